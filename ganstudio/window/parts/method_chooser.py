"""Choosing a method: all of them, by what an artist wants, those that fit the folders first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.aims import Aim, aim_of, by_aim
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.method_picture import MethodPicture
from ganstudio.window.parts.preset_card import ChoiceCard
from ganstudio.window.parts.scroll import scrolling
from ganstudio.words.cards import MethodCard

_NARROWEST = 340
_MOST_COLUMNS = 4
_WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class _Section(QWidget):
    """What methods of one aim there are: a heading and their cards."""

    def __init__(self, aim: Aim, cards: Sequence[ChoiceCard]) -> None:
        super().__init__()
        self.cards = cards
        for card in cards:
            card.setParent(self)
        self._blanks = [QWidget(self) for _ in range(_MOST_COLUMNS - 1)]
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(theme.label(aim.title, "heading"), 0, Qt.AlignmentFlag.AlignBaseline)
        heading.addWidget(theme.label(aim.sentence, "muted"), 1, Qt.AlignmentFlag.AlignBaseline)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(heading)
        layout.addLayout(self._grid)

    def place(self, columns: int) -> None:
        """Lay out the cards that are not left out, in so many columns of one width."""
        while self._grid.count():
            self._grid.takeAt(0)
        shown = [card for card in self.cards if not card.isHidden()]
        # A column without anything in it would also have no distance to its neighbour, and the others be wider.
        places = [*shown, *self._blanks[: max(0, columns - len(shown))]]
        for number, widget in enumerate(places):
            self._grid.addWidget(widget, number // columns, number % columns)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, int(column < columns))
        self.setVisible(bool(shown))


class MethodChooser(QWidget):
    """Every method of the catalogue. Told what does not fit; says what was chosen.

    Arrow keys go from card to card, Enter and Space choose, Escape goes back, and letters go to the filter.

    Signals:
        chosen: The key of the method.
        left: Back, without another choice.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: tuple[MethodCard, ...] = ()
        self._reasons: dict[str, str] = {}
        self._folders = 0
        self._method: str | None = None
        self._columns = 0
        self.cards: dict[str, ChoiceCard] = {}
        self.sections: list[_Section] = []
        self.back = icon_button(self.tr("Back (Esc)"), "chevron-left", self.left.emit)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Find a method"))
        self.filter.setAccessibleName(self.tr("Find a method"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(264)
        self.filter.textChanged.connect(self._sift)
        self.filter.returnPressed.connect(self._to_first)
        self.filter.installEventFilter(self)
        self.nothing = theme.label("", "muted")
        self.rest = QWidget()
        self._column = QVBoxLayout()
        self._layout()
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._escape, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Find),
            self,
            self.filter.setFocus,
            Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def set_catalogue(self, catalogue: Sequence[MethodCard]) -> None:
        """Show a card for each method."""
        self._catalogue = tuple(catalogue)
        self._reasons = {}
        for section in self.sections:
            section.deleteLater()
        self.sections = []
        self.cards = {}
        for card in catalogue:
            made = ChoiceCard(card.title, card.sentence, MethodPicture(card.key, aim_of(card)))
            made.clicked.connect(lambda _=False, key=card.key: self._clicked(key))
            made.installEventFilter(self)
            self.cards[card.key] = made
        self._arrange()

    def set_reasons(self, folders: int, reasons: Mapping[str, str], details: Mapping[str, str]) -> None:
        """Say of each method why it cannot be chosen now.

        Args:
            folders: How many the project has.
            reasons: Method → sentence; those that can be chosen are not in it.
            details: Method → more about that, for a tool tip.
        """
        self._folders, self._reasons = folders, dict(reasons)
        for key, card in self.cards.items():
            card.set_reason(reasons.get(key, ""))
            card.setToolTip(theme.tip(details.get(key, "")))
        self.set_method(self._method)
        if self.isVisible():  # The order stays under the pointer of someone who chooses; heights may not.
            self._place()
        else:
            self._arrange()

    def set_method(self, method: str | None) -> None:
        """Mark the method that is chosen."""
        self._method = method
        for key, card in self.cards.items():
            card.setChecked(key == method and not card.reason)

    def begin(self) -> None:
        """Show all, the keyboard at the chosen one."""
        self.filter.clear()
        first = self.cards.get(self._method or "") or next(iter(self.cards.values()), None)
        if first is not None:
            self._go_to(first)

    def showEvent(self, event: QShowEvent) -> None:
        """What fits comes first."""
        self._arrange()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as are wide enough."""
        super().resizeEvent(event)
        if self._fitting_columns() != self._columns:
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys, and letters typed on a card."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if watched is self.filter:
            if key == Qt.Key.Key_Down:
                self._to_first()
            return key == Qt.Key.Key_Down
        if key in _WAYS and isinstance(watched, ChoiceCard):
            self._go(watched, *_WAYS[key])
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(watched, ChoiceCard):
            watched.click()
            return True
        if event.text().strip() and event.text().isprintable():
            self.filter.setFocus()
            self.filter.insert(event.text())
            return True
        return super().eventFilter(watched, event)

    # Inside

    @Slot()
    def _clicked(self, key: str) -> None:
        self.set_method(self._method)  # A click checks the card; choosing is up to who listens.
        if not self.cards[key].reason:
            self.chosen.emit(key)

    @Slot()
    def _escape(self) -> None:
        if self.filter.text():
            self.filter.clear()
        else:
            self.left.emit()

    @Slot()
    def _to_first(self) -> None:
        shown = [card for section in self.sections for card in section.cards if not card.isHidden()]
        fitting = [card for card in shown if not card.reason]
        if shown:
            self._go_to((fitting or shown)[0])

    def _go_to(self, card: ChoiceCard) -> None:
        card.setFocus(Qt.FocusReason.ShortcutFocusReason)
        # A margin shows the heading above, or the next row below.
        self._area.ensureWidgetVisible(card, 0, 6 * theme.GRID)

    def _go(self, card: ChoiceCard, across: int, down: int) -> None:
        """The keyboard goes to the nearest card in that direction, or to the filter above all."""
        here = self._middle(card)

        def distance(other: ChoiceCard) -> float:
            way = self._middle(other) - here
            along, aside = (way.x(), way.y()) if across else (way.y(), way.x())
            along *= across or down
            return along + 3 * abs(aside) if along > 8 else float("inf")

        shown = [other for other in self.cards.values() if not other.isHidden()]
        nearest = min(shown, key=distance)
        if distance(nearest) < float("inf"):
            self._go_to(nearest)
        elif down < 0:
            self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _middle(self, card: QWidget) -> QPoint:
        return card.mapTo(self, card.rect().center())

    @Slot()
    def _sift(self) -> None:
        wanted = self.filter.text().lower().split()
        for card in self._catalogue:
            said = f"{card.key} {card.title} {card.sentence} {card.task} {aim_of(card).title}".lower()
            self.cards[card.key].setHidden(not all(word in said for word in wanted))
        self._place()

    def _arrange(self) -> None:
        """Sections in the order of what fits."""
        gone, self.sections = self.sections, []
        for at, (aim, group) in enumerate(by_aim(self._catalogue, self._folders, self._reasons)):
            section = _Section(aim, [self.cards[card.key] for card in group])
            self.sections.append(section)
            self._column.insertWidget(at, section)
        for section in gone:
            self._column.removeWidget(section)
            section.hide()
            section.deleteLater()
        self._part()
        self._sift()

    def _part(self) -> None:
        """A line above the first section that nothing of fits."""
        self._column.removeWidget(self.rest)
        self._column.insertWidget(self._fitting_sections(), self.rest)

    def _fitting_sections(self) -> int:
        """How many sections come before those that nothing of fits."""
        none = (n for n, section in enumerate(self.sections) if all(card.reason for card in section.cards))
        return next(none, len(self.sections))

    def _fitting_columns(self) -> int:
        return max(1, min(_MOST_COLUMNS, (self.width() + 12) // (_NARROWEST + 12)))

    def _place(self) -> None:
        self._columns = self._fitting_columns()
        for section in self.sections:
            section.place(self._columns)
        parted = self._fitting_sections()
        above, below = (
            [section for section in part if not section.isHidden()]
            for part in (self.sections[:parted], self.sections[parted:])
        )
        self.rest.setVisible(bool(above and below))
        none = not above and not below
        self.nothing.setText(self.tr("No method is called “{}”.").format(self.filter.text()) if none else "")
        self.nothing.setVisible(none and bool(self.filter.text()))
        self._chain()

    def _chain(self) -> None:
        """Tab goes as one reads."""
        order = [self.back, self.filter, *(card for section in self.sections for card in section.cards)]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _layout(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(theme.GRID)
        header.addWidget(self.back)
        header.addWidget(theme.label(self.tr("What should it learn?"), "heading"), 1)
        header.addWidget(self.filter)
        rule = QFrame()
        rule.setProperty("role", "rule")
        rest = QVBoxLayout(self.rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(16)
        rest.addWidget(rule)
        rest.addWidget(theme.label(self.tr("With other folders"), "muted"))
        scrolled = QWidget()
        scrolled.setProperty("role", "scrolled")
        self._column = QVBoxLayout(scrolled)
        self._column.setSpacing(24)
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self._area = scrolling(scrolled)
        bar = self._area.verticalScrollBar()
        bar.rangeChanged.connect(lambda _, most: self._column.setContentsMargins(0, 0, 16 if most else 0, 16))
        self._column.setContentsMargins(0, 0, 0, 16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(header)
        layout.addWidget(self._area, 1)

"""Which of the project's folders are trained on, and in which order: one row, for as many as the method takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.flow import Flow
from ganstudio.window.selection import Selection, counts, is_choice, put, roles, sign, toggled
from ganstudio.words.cards import MethodCard

_WIDEST = 224


class _Place(QWidget):
    """One folder: its name, a box to choose it from where others could stand there, and what it is to the method.

    Signals:
        taken: Another folder is chosen; None for none.
    """

    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.role = theme.label("", "small")
        self.name = theme.label("", "strong")
        self.box = QuietChoice()
        self.box.setSizeAdjustPolicy(QuietChoice.SizeAdjustPolicy.AdjustToContents)
        self.box.setMinimumWidth(144)
        self.box.setMaximumWidth(_WIDEST)
        self.box.setFixedHeight(theme.ROW)
        self.box.activated.connect(lambda _: self.taken.emit(self.box.currentData()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.role)
        column.addWidget(self.name, 1)
        column.addWidget(self.box)

    def show_folder(
        self, names: Sequence[str], at: int | None, role: str, *, choice: bool, nothing: str, spoken: str
    ) -> None:
        """Show a folder.

        Args:
            names: All folders.
            at: Which one it is; None for none.
            role: What it is to the method.
            choice: Whether another one can be chosen.
            nothing: What it means that there is none; empty when there must be one.
            spoken: What screen readers say of the box.
        """
        self.role.setText(role)
        self.role.setVisible(bool(role))
        name = nothing if at is None else names[at]
        short = self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST)
        self.name.setText(short)
        self.name.setToolTip(theme.tip(name if short != name else ""))
        self.box.clear()
        for index, each in enumerate(names):
            self.box.addItem(each, index)
        if nothing:
            self.box.addItem(nothing, None)
        self.box.setCurrentIndex(len(names) if at is None else at)
        self.box.setAccessibleName(f"{spoken}: {role}" if role else spoken)
        self.name.setVisible(not choice)
        self.box.setVisible(choice)


class FolderChoice(QWidget):
    """One box, or two with a direction, or a mark for each folder; nothing where there is nothing to choose.

    Signals:
        chosen: Another selection, by hand.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._card: MethodCard | None = None
        self._selection: Selection = ()
        self.places = (_Place(), _Place())
        self.sign = theme.label("", "heading")
        self.swap = icon_button(self.tr("Swap the folders"), "swap", self._swap)
        self.marks: list[QPushButton] = []
        self.title = theme.label("", "muted")
        self._row, self._marked = QWidget(), QWidget()
        for at, place in enumerate(self.places):
            place.taken.connect(lambda folder, at=at: self._choose(put(self._selection, at, folder)))
        self._layout()
        self.show_method(None, ())

    @property
    def selection(self) -> Selection:
        """What is shown."""
        return self._selection

    def set_folders(self, names: Sequence[str]) -> None:
        """The project's folders; what is chosen of them follows with `show_method`."""
        self._names = tuple(names)
        self._flow.clear()
        self.marks = []
        for at, name in enumerate(names):
            mark = QPushButton(name.replace("&", "&&"))
            mark.setProperty("role", "chip")
            mark.setCheckable(True)
            mark.setAccessibleName(self.tr("Learn from {}").format(name))
            mark.clicked.connect(lambda _=False, at=at: self._mark(at))
            self.marks.append(mark)
            self._flow.addWidget(mark)

    def show_method(self, card: MethodCard | None, selection: Selection) -> None:
        """Show what a method learns from; None shows nothing."""
        self._card, self._selection = card, selection
        most = counts(card.needs, len(self._names))[-1] if card is not None and selection else 0
        if card is None or (most < 2 and not is_choice(card.needs, len(self._names))):
            self.hide()
            return
        self.show()
        self.title.setText(self.tr("Folders") if most > 1 else self.tr("Folder"))
        several = most > len(self.places)
        self._row.setVisible(not several)
        self._marked.setVisible(several)
        # Of several rows of marks the word stands beside the first.
        self.title.setFixedHeight(self.marks[0].sizeHint().height() if several else theme.ROW)
        self._all.setAlignment(self.title, Qt.AlignmentFlag.AlignTop if several else Qt.AlignmentFlag.AlignBottom)
        if several:
            self._show_marks(card, most)
        else:
            self._show_row(card, most)

    # Inside

    def _show_marks(self, card: MethodCard, most: int) -> None:
        no_more = self.tr("{} learns from {} folders at most.").format(card.title, most)
        full = len(self._selection) >= most
        for at, mark in enumerate(self.marks):
            chosen = at in self._selection
            mark.setChecked(chosen)
            mark.setEnabled(chosen or not full)
            mark.setToolTip(theme.tip("" if mark.isEnabled() else no_more))

    def _show_row(self, card: MethodCard, most: int) -> None:
        choice = is_choice(card.needs, len(self._names))
        # Of two, both may also be found in each picture of one.
        nothing = self.tr("beside it, in each picture") if counts(card.needs, len(self._names))[0] < most else ""
        parts = (*roles(card), "", "")
        spoken = (self.tr("First folder"), self.tr("Second folder")) if most > 1 else (self.tr("Folder"), "")
        for at, place in enumerate(self.places):
            place.setVisible(at < most)
            folder = self._selection[at] if at < len(self._selection) else None
            place.show_folder(
                self._names,
                folder,
                parts[at],
                choice=choice,
                nothing=nothing if at else "",
                spoken=spoken[at],
            )
        self.sign.setText(sign(card))
        self.sign.setVisible(most > 1)
        self.swap.setVisible(most > 1)
        self.swap.setEnabled(len(self._selection) > 1)

    @Slot()
    def _swap(self) -> None:
        self._choose(self._selection[::-1])

    def _mark(self, at: int) -> None:
        assert self._card is not None
        self._choose(toggled(self._selection, at, counts(self._card.needs, len(self._names))))

    def _choose(self, selection: Selection) -> None:
        changed = selection != self._selection
        self.show_method(self._card, selection)  # Also puts back a mark that may not go.
        if changed:
            self.chosen.emit(selection)

    def _layout(self) -> None:
        self._flow = Flow(self._marked, spacing=theme.GRID)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self._marked.setSizePolicy(policy)
        low = Qt.AlignmentFlag.AlignBottom
        self.sign.setFixedHeight(theme.ROW)
        self.sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for place in self.places:
            place.name.setFixedHeight(theme.ROW)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.places[0], 0, low)
        row.addWidget(self.sign, 0, low)
        row.addWidget(self.places[1], 0, low)
        row.addWidget(self.swap, 0, low)
        row.addStretch(1)
        self._all = QHBoxLayout(self)
        self._all.setContentsMargins(16, 0, 16, 0)
        self._all.setSpacing(24)
        self._all.addWidget(self.title, 0, low)
        self._all.addWidget(self._row, 1)
        self._all.addWidget(self._marked, 1, Qt.AlignmentFlag.AlignTop)

"""Comparing: two models, or two moments of a run, side by side on the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.runs.moment import address
from ganstudio.runs.run import Run
from ganstudio.runs.shelf import Entry
from ganstudio.window import theme, words
from ganstudio.window.model_order import translations
from ganstudio.window.pages.models_trials import Trials, Wanted
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.twin import Twin
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage

ROOMY = 460
"""Pixels that model, moment and direction want beside each other."""


class Side(QWidget):
    """Which model, which moment of it, and which way.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, page: ModelsPage, name: str) -> None:
        super().__init__()
        self._page = page
        self.model, self.moment, self.route = QuietChoice(), QuietChoice(), QuietChoice()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID)
        for box, title in (
            (self.model, self.tr("Model")),
            (self.moment, self.tr("Moment")),
            (self.route, self.tr("Direction")),
        ):
            box.setAccessibleName(f"{name}: {title}")
            box.setFixedHeight(theme.ROW)
            box.setMinimumWidth(80)
            # As wide as its longest entry, one would leave the others no room for a word.
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._arrange(1)
        self.model.activated.connect(self._turned)
        self.moment.activated.connect(self.changed)
        self.route.activated.connect(self.changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row where there is room for it, else two."""
        super().resizeEvent(event)
        rows = 1 if event.size().width() >= ROOMY else 2
        if rows != self._rows:
            self._arrange(rows)

    def _arrange(self, rows: int) -> None:
        self._rows = rows
        self._grid.addWidget(self.model, 0, 0, 1, 1 if rows == 1 else 2)
        self._grid.addWidget(self.moment, rows - 1, 1 if rows == 1 else 0)
        self._grid.addWidget(self.route, rows - 1, 2 if rows == 1 else 1)

    @property
    def path(self) -> Path | None:
        """The model."""
        chosen = self.model.currentData()
        return Path(chosen) if chosen else None

    def fill(self, cards: dict[Path, ModelCard], path: Path | None, step: int | None = None) -> None:
        """Offer these models and choose one, at a step or as it is now."""
        self.model.clear()
        for each, card in cards.items():
            self.model.addItem(card.name, str(each))
        self.choose(path, step)

    def choose(self, path: Path | None, step: int | None = None, to: str = "") -> None:
        """Choose one of the models, at a step or as it is now, and a way."""
        self.model.setCurrentIndex(max(0, self.model.findData(str(path))))
        self._fill_moments(step)
        self._fill_routes()
        if to:
            self.route.setCurrentText(to)

    def wanted(self) -> Wanted | None:
        """What is to be made; None while there is no model."""
        path = self.path
        if path is None or path not in self._page.cards:
            return None
        step, to = self.moment.currentData(), self.route.currentText()
        if step is None:
            return Wanted(path, to, self._page.cards[path].created)
        return Wanted(address(path, step), to)

    def caption(self) -> str:
        """Its name, and the moment where it is not the newest."""
        said = [self.model.currentText(), self.route.currentText()]
        if self.moment.currentData() is not None:
            said.insert(1, self.moment.currentText())
        return "  ·  ".join(said)

    def short(self) -> str:
        """Its name, or the moment where it is not the newest."""
        return self.model.currentText() if self.moment.currentData() is None else self.moment.currentText()

    @Slot()
    def _turned(self) -> None:
        self._fill_moments(None)
        self._fill_routes()
        self.changed.emit()

    def _fill_moments(self, step: int | None) -> None:
        self.moment.clear()
        self.moment.addItem(self.tr("As it is now"), None)
        for saved in moments(self.path):
            names = words.listed(saved.names)
            said = self.tr("Step {}").format(words.count(saved.step))
            marks = [mark for mark in (self.tr("the best") if saved.best else "", names) if mark]
            self.moment.addItem(" – ".join([said, *marks]), saved.step)
        self.moment.setVisible(self.moment.count() > 1)
        self.moment.setCurrentIndex(max(0, self.moment.findData(step)) if step is not None else 0)

    def _fill_routes(self) -> None:
        self.route.clear()
        path = self.path
        if path is not None and path in self._page.cards:
            self.route.addItems([route.title for route in translations(self._page.cards[path])])
            self.route.setCurrentText(self._page.direction_of(path))
        self.route.setVisible(self.route.count() > 1)


class CompareDesk(QWidget):
    """Two sides above, two pictures below, zoomed and moved as one."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._page = page
        self.trials: Trials = page.trials
        self.sides = (Side(page, self.tr("Left")), Side(page, self.tr("Right")))
        self.twin = Twin(between=theme.ROW + 2 * theme.GRID)
        self.drop = DropZone(
            "image-plus",
            self.tr("Choose a picture to compare on"),
            self.tr("Drop one here, paste it, or click."),
            large=True,
        )
        self.drop.setAcceptDrops(False)  # The page itself takes what is dropped.
        self.drop.clicked.connect(page.ask_picture)
        self.back = button(self.tr("All models"), "chevron-left", page.show_gallery, "quiet")
        self.swap = icon_button(self.tr("Swap the two sides"), "swap", self._swap)
        self.zoom = theme.label("", "muted")
        self.over = Compare()
        self.original = self._chip(self.tr("Before"), self.tr("Show the picture as it was, on both sides (\\)"))
        self.slide = self._chip(self.tr("Slide"), self.tr("One over the other, with a line between them (S)"))
        self._lay_out()
        for side in self.sides:
            side.changed.connect(self.refresh)
        for chip in (self.original, self.slide):
            chip.toggled.connect(self.refresh)
        self.trials.picture_changed.connect(self.refresh)
        self.trials.changed.connect(self._tried)
        self.twin.sides[0].zoomed.connect(self._zoomed)
        self.over.zoomed.connect(self._zoomed)
        for keys, does in (
            (Qt.Key.Key_Escape, page.show_gallery),
            (Qt.Key.Key_X, self._swap),
            (Qt.Key.Key_Backslash, self.original.toggle),
            (Qt.Key.Key_S, self.slide.toggle),
        ):
            QShortcut(QKeySequence(keys), self, does, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def open(self, chosen: Sequence[Path]) -> None:
        """Compare these two; of one, its newest save with the one before, else with the next model."""
        page = self._page
        cards = {path: card for path, card in page.cards.items() if translations(card)}
        first = chosen[0]
        if len(chosen) > 1:
            second, step = chosen[1], None
        else:
            saved = [entry.step for entry in moments(first) if entry.step != cards[first].step]
            step = saved[0] if saved else None
            others = [path for path in page.gallery.rows.paths if path in cards and path != first]
            second = first if saved or not others else others[0]
        self.sides[0].fill(cards, first)
        self.sides[1].fill(cards, second, step)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is there, and have made what is not: small copies first."""
        has = self.trials.trial is not None
        self.twin.setVisible(has and not self.slide.isChecked())
        self.over.setVisible(has and self.slide.isChecked())
        self.drop.setVisible(not has)
        if not has or not self.isVisible():
            return
        wishes = [wanted for side in self.sides if (wanted := side.wanted()) is not None]
        large = [replace(each, large=True) for each in wishes]
        self._show()
        self.trials.want(list(dict.fromkeys([*wishes, *large])))

    def _show(self) -> None:
        pictures, messages = [], []
        for number, side in enumerate(self.sides):
            picture, message = self._made(side)
            self.twin.show_side(number, side.caption(), picture, message)
            pictures.append(picture)
            messages.append(message)
        self.over.set_captions(*(side.short() for side in self.sides))
        self.over.show_pair(*pictures)
        self.over.set_message(next(filter(None, messages), ""))

    def _made(self, side: Side) -> tuple[Levels | None, str]:
        """The best picture of a side there is by now, and why there is none."""
        wanted = side.wanted()
        if wanted is None:
            return None, ""
        if self.original.isChecked():
            return self.trials.levels, ""
        better = replace(wanted, large=True)
        shown = self.trials.levels_of(better) or self.trials.levels_of(wanted)
        fault = self.trials.fault_of(wanted) or self.trials.fault_of(better)
        return shown, fault or ("" if shown is not None else self.tr("Translating…"))

    @Slot(object)
    def _tried(self, path: object) -> None:
        if self.isVisible() and path in [wanted.model for side in self.sides if (wanted := side.wanted())]:
            self._show()

    @Slot()
    def _swap(self) -> None:
        left, right = ((side.path, side.moment.currentData(), side.route.currentText()) for side in self.sides)
        for side, (path, step, to) in zip(self.sides, (right, left), strict=True):
            side.choose(path, step, to)
        self.refresh()

    @Slot(float)
    def _zoomed(self, scale: float) -> None:
        self.zoom.setText(f"{100 * scale:.0f} %" if self.twin.sides[0].levels is not None else "")

    def showEvent(self, event: QShowEvent) -> None:
        """Begin, or go on."""
        super().showEvent(event)
        self.refresh()

    def _chip(self, title: str, tip: str) -> QPushButton:
        chip = QPushButton(title)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setToolTip(tip)
        return chip

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self.trials.leave()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * theme.GRID)
        head.addWidget(self.back)
        head.addWidget(theme.label(self.tr("Compare"), "title"))
        head.addStretch()
        fit, full = QPushButton(self.tr("Fit")), QPushButton("100 %")
        theme.set_icon(fit, "fit")
        theme.set_icon(full, "zoom-in")
        for pictures in (self.over, self.twin):
            fit.clicked.connect(pictures.fit)
            full.clicked.connect(pictures.actual_size)
        head.addWidget(self.zoom)
        head.addWidget(self.original)
        head.addWidget(self.slide)
        head.addWidget(fit)
        head.addWidget(full)
        choices = QHBoxLayout()
        choices.setSpacing(theme.GRID)
        choices.addWidget(self.sides[0], 1)
        choices.addWidget(self.swap, 0, Qt.AlignmentFlag.AlignTop)
        choices.addWidget(self.sides[1], 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(choices)
        column.addWidget(self.twin, 1)
        column.addWidget(self.over, 1)
        column.addWidget(self.drop, 1)


def moments(path: Path | None) -> list[Entry]:
    """The saves of a run that can be looked at, newest first; none of a model file."""
    return Run(path).shelf.entries() if path is not None and path.is_dir() else []

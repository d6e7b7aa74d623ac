"""Mixing: a slider between two models, live on the artist's picture, and what it finds kept as a new model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from ganstudio.window import jobs, theme
from ganstudio.window.model_files import free_file
from ganstudio.window.model_order import mixable, mixed_title, translations
from ganstudio.window.pages.models_trials import Wanted
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed, Progress
from ganstudio.words.mix import Mix

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage

REST = 350
"""Milliseconds that the slider stands still before the large copy is made."""


class MixDesk(QWidget):
    """Two models, how much of each, and a picture."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._saving: tuple[int, Path] | None = None
        self._shown: Levels | None = None
        self.ends = (QuietChoice(), QuietChoice())
        self.route = QuietChoice()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(self.tr("How much of the second model"))
        self.shares = (theme.label("", "strong"), theme.label("", "strong"))
        self.compare = Compare()
        self.drop = DropZone(
            "image-plus",
            self.tr("Choose a picture to mix on"),
            self.tr("Drop one here, paste it, or click."),
            large=True,
        )
        self.drop.setAcceptDrops(False)  # The page itself takes what is dropped.
        self.drop.clicked.connect(page.ask_picture)
        self.hint = theme.label("", "muted", wrap=True)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self.name.setMaxLength(80)
        self.save = button(self.tr("Save as a new model"), "save", self.keep, "primary")
        self.work = ProgressRow()
        self.work.cancelled.connect(self._cancel)
        self._named = ""
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def open(self, chosen: Sequence[Path]) -> None:
        """Mix these two; of one, with the first that it can be mixed with."""
        cards = {path: card for path, card in self._page.cards.items() if translations(card)}
        first = chosen[0]
        others = [path for path in cards if path != first and mixable(cards[first], cards[path])]
        second = chosen[1] if len(chosen) > 1 else next(iter(others), None)
        for box, path in zip(self.ends, (first, second), strict=True):
            box.clear()
            for each, card in cards.items():
                box.addItem(card.name, str(each))
            box.setCurrentIndex(box.findData(str(path)) if path is not None else -1)
        self.slider.setValue(50)
        self._turned()

    @property
    def mix(self) -> Mix | None:
        """What is looked at; None while there are not two models, or nothing lies between them."""
        one, other = (box.currentData() for box in self.ends)
        cards = self._page.cards
        if not one or not other or Path(one) not in cards or Path(other) not in cards or self._why_not():
            return None
        return Mix(Path(one), Path(other), self.slider.value() / 100)

    def wanted(self, *, large: bool = False) -> Wanted | None:
        """The trial of it."""
        mix = self.mix
        if mix is None:
            return None
        cards = self._page.cards
        to = mixed_title(self.route.currentText(), cards[mix.one], cards[mix.other])
        return Wanted(mix, to, max(cards[mix.one].created, cards[mix.other].created), large)

    def _why_not(self) -> str:
        one, other = (box.currentData() for box in self.ends)
        cards = self._page.cards
        if other is None:
            return self.tr(
                "There is no second model like this one. Mix models of one method: train on from it, for one."
            )
        if one == other:
            return self.tr("Choose two different models.")
        mine, theirs = cards.get(Path(one)), cards.get(Path(other))
        if mine is None or theirs is None or not mixable(mine, theirs):
            return self.tr("Only models of one method, with as many folders, can be mixed.")
        return ""

    # What is shown

    @Slot()
    def _turned(self) -> None:
        """Other models were chosen."""
        self.route.clear()
        one = self.ends[0].currentData()
        if one and Path(one) in self._page.cards:
            path = Path(one)
            self.route.addItems([route.title for route in translations(self._page.cards[path])])
            self.route.setCurrentText(self._page.direction_of(path))
        self.route.setVisible(self.route.count() > 1)
        self._shown = None
        self._slid()

    @Slot()
    def _slid(self) -> None:
        share = self.slider.value()
        for label, percent in zip(self.shares, (100 - share, share), strict=True):
            label.setText(f"{percent} %")
        names = [box.currentText() for box in self.ends]
        if not self.name.text() or self.name.text() == self._named:
            self._named = f"{names[0][:32]} + {names[1][:32]} {share} %" if all(names) else ""
            self.name.setText(self._named)
        self.refresh()
        self._rest.start()

    @Slot()
    def refresh(self) -> None:
        """Show what is there; have made what is not, once what is in hand is done."""
        trials, why = self._page.trials, self._why_not()
        self.hint.setText(why)
        self.hint.setVisible(bool(why))
        has = trials.trial is not None
        self.compare.setVisible(has)
        self.drop.setVisible(not has)
        self.slider.setEnabled(not why)
        self.save.setEnabled(not why and self._saving is None and bool(self.name.text().strip()))
        small, large = self.wanted(), self.wanted(large=True)
        if not has or small is None or large is None:
            self.compare.show_pair(trials.levels, None)
            self.compare.set_message("")
            return
        self._show(small, large)
        if not self.isVisible() or trials.busy(small=True):
            return  # News of it comes back here.
        if trials.look(small) is None:
            trials.want([small])
        elif not self._rest.isActive() and trials.look(large) is None:
            trials.want([large])

    def _show(self, small: Wanted, large: Wanted) -> None:
        trials = self._page.trials
        fault = trials.fault_of(small) or trials.fault_of(large)
        made = trials.levels_of(large) or trials.levels_of(small)
        self._shown = None if fault else made or self._shown  # While the next is made, the last one stays.
        self.compare.set_captions(self.tr("Before"), f"{self.shares[0].text()} + {self.shares[1].text()}")
        if trials.levels is not self.compare.levels or self._shown is not self.compare.after:
            self.compare.show_pair(trials.levels, self._shown)
        self.compare.set_message(fault or ("" if self._shown is not None else self.tr("Mixing…")))

    @Slot(object)
    def _tried(self, model: object) -> None:
        if isinstance(model, Mix) and self.isVisible():
            self.refresh()

    # Keeping

    @Slot()
    def keep(self) -> None:
        """Save the mixture as a model of the project."""
        mix, project = self.mix, self._studio.project
        if mix is None or project is None or self._saving is not None:
            return
        try:
            target = free_file(project.path / "models", self.name.text().strip())
            target.parent.mkdir(parents=True, exist_ok=True)
        except (ValueError, OSError) as error:
            self._studio.say(str(error), fault=True)
            return
        self._saving = (self._studio.worker.begin(lambda: jobs.mix(mix, target)), target)
        self.work.begin(self.tr("Saving {}").format(target.stem))
        self.slider.setFocus()  # A button that is switched off hands the keyboard to who comes next.
        self.save.setEnabled(False)

    @Slot()
    def _cancel(self) -> None:
        if self._saving is not None:
            self._studio.worker.cancel(self._saving[0])

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._saving is not None and job == self._saving[0] and isinstance(event, Progress):
            self.work.show_progress(event)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._saving is None or job != self._saving[0]:
            return
        (_, target), self._saving = self._saving, None
        self.work.hide()
        self.save.setEnabled(True)
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif result is not None:
            self._page.expect(target)
            self._studio.offer(
                self.tr("{} is a model of this project now.").format(target.stem),
                self.tr("Show"),
                self._page.show_gallery,
            )
            self._studio.runs_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the slider."""
        super().focusInEvent(event)
        self.slider.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin, or go on."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self._rest.stop()
        self._page.trials.leave()
        super().hideEvent(event)

    def _connect(self) -> None:
        for box in (*self.ends, self.route):
            box.activated.connect(self._turned if box is not self.route else self._slid)
        self.slider.valueChanged.connect(self._slid)
        self.name.textChanged.connect(self.refresh)
        self._page.trials.picture_changed.connect(self.refresh)
        self._page.trials.changed.connect(self._tried)
        self._studio.worker.happened.connect(self._happened)
        self._studio.worker.ended.connect(self._ended)
        whole = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._page.show_gallery, context=whole)

    def _lay_out(self) -> None:
        back = button(self.tr("All models"), "chevron-left", self._page.show_gallery, "quiet")
        head = QHBoxLayout()
        head.setSpacing(2 * theme.GRID)
        head.addWidget(back)
        head.addWidget(theme.label(self.tr("Mix"), "title"))
        head.addStretch()
        head.addWidget(self.route)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for place, (box, label, name) in enumerate(
            zip(self.ends, self.shares, (self.tr("First model"), self.tr("Second model")), strict=True)
        ):
            box.setAccessibleName(name)
            box.setFixedHeight(theme.ROW)
            box.setFixedWidth(232)
            side = Qt.AlignmentFlag.AlignLeft if place == 0 else Qt.AlignmentFlag.AlignRight
            grid.addWidget(box, 0, 2 * place)
            grid.addWidget(label, 1, 2 * place, side)
        grid.addWidget(self.slider, 0, 1)
        self.route.setAccessibleName(self.tr("Direction"))
        self.route.setFixedHeight(theme.ROW)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GRID)
        label = theme.label(self.tr("Name"), "muted")
        label.setBuddy(self.name)
        foot.addWidget(label)
        foot.addWidget(self.name, 1)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self.hint)
        column.addWidget(self.compare, 1)
        column.addWidget(self.drop, 1)
        column.addWidget(self.work)
        column.addLayout(foot)

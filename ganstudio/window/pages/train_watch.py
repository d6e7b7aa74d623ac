"""Watching one training: sample grids, timeline, curves, the coach, and the buttons that steer it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs.run import Run
from ganstudio.window import theme, words
from ganstudio.window.pages.train_facts import ROLES, facts, headline
from ganstudio.window.pages.train_marks import Saves, marks_of
from ganstudio.window.parts.advice_card import AdviceCard
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.charts_card import ChartsCard
from ganstudio.window.parts.elided import Elided
from ganstudio.window.parts.moments import Moments
from ganstudio.window.parts.notes import NotesLine
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.window.parts.sheet_view import SheetView, age_of
from ganstudio.window.parts.timeline import Timeline
from ganstudio.window.screen import Screen
from ganstudio.words.events import Advised

REFRESH_MS = 100
WIDE = 1000

_LIVE = {"training", "waiting", "pausing", "paused", "stopping"}
_RESTING = {"stopped", "interrupted", "silent", "failed", "idle"}
_OVER = {"stopped", "interrupted", "failed", "finished"}


class TrainWatch(QWidget):
    """One run, live or from its history. Knows nothing of jobs: it shows a screen and says which button was pressed.

    Signals:
        pause_wanted: Pause, or go on when paused.
        stop_wanted: Stop and save.
        sample_wanted: Make sample pictures now.
        translate_wanted: Use the run's model.
        continue_wanted: Train on from the last checkpoint.
        again_wanted: Set up another training.
        longer_wanted: Set up the same training with more steps.
        smaller_wanted: Train the same on smaller pictures.
        keep_wanted: Give this moment a name.
        film_wanted: Make a film of the samples.
        return_wanted: Go back to the checkpoint of this step.
    """

    pause_wanted = Signal()
    stop_wanted = Signal()
    sample_wanted = Signal()
    translate_wanted = Signal()
    continue_wanted = Signal()
    again_wanted = Signal()
    longer_wanted = Signal()
    smaller_wanted = Signal()
    keep_wanted = Signal()
    film_wanted = Signal()
    return_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = Path()
        self._screen = Screen()
        self._drawn: Screen | None = None
        self._mood = "idle"
        self._place: str | None = None
        self._has_model = False
        self._saves = Saves()
        self._noted: set[tuple[str, int]] = set()
        self.state = theme.label("", "strong")
        self.facts = Elided("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Steps done"))
        self.fault = theme.label("", "bad", wrap=True)
        self.advice = AdviceCard()
        self.sheets = SheetView()
        self.moments = Moments()
        self._seen = QStackedWidget()
        self.timeline = Timeline(self._age)
        self.charts = ChartsCard()
        self.work = ProgressRow()
        self.notes = NotesLine()
        self.changed = theme.label("", "muted", wrap=True)
        self.pause = self._button(self.tr("Pause"), "pause", self.pause_wanted)
        self.stop = self._button(self.tr("Stop"), "stop", self.stop_wanted)
        self.stop.setToolTip(self.tr("Finish this step, save, and end; you can continue later"))
        self.sample = self._button(self.tr("Sample now"), "sample", self.sample_wanted)
        self.sample.setToolTip(self.tr("Make sample pictures with what is learnt so far"))
        self.go_on = self._button(self.tr("Continue"), "play", self.continue_wanted)
        self.translate = self._button(self.tr("Use it now"), "translate", self.translate_wanted)
        self.again = self._button(self.tr("New training"), "plus", self.again_wanted)
        self.longer = self._button(self.tr("Train longer"), "refresh", self.longer_wanted)
        self.smaller = self._button("", "minimise", self.smaller_wanted)
        self.together = QPushButton(self.tr("Compare"))
        self.more = icon_button(self.tr("More to do with this moment"), "more", side=18)
        self._menu()
        self._layout()
        self._connect()
        self._timer = QTimer(self, interval=REFRESH_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self._minute = QTimer(self, interval=15_000)
        self._minute.timeout.connect(self.timeline.refresh)
        self._minute.start()

    @property
    def screen_shown(self) -> Screen:
        """What is shown, or will be within a tenth of a second."""
        return self._screen

    def set_run(self, run: Path) -> None:
        """Look at another run."""
        if run != self._run:
            self._run, self._drawn = run, None
            self._noted.clear()
            self._saves = Saves()
            self.together.setChecked(False)
            self.sheets.show_sampled(run, None)
            self.timeline.set_steps(())
            self.timeline.go_live()
            self.charts.set_curves({})
            self.look_at_saves()

    def set_screen(self, screen: Screen, mood: str = "", *, has_model: bool = False, place: str | None = None) -> None:
        """Show this from the next refresh on.

        Args:
            screen: What is known of the run.
            mood: "pausing", "paused" or "stopping" while the worker says so, "silent" when its machine is; else the
                screen's own state counts.
            has_model: Whether there is a model to use already.
            place: Who else trains it, as `facts` takes it.
        """
        self._screen, self._mood, self._has_model, self._place = screen, mood or screen.state, has_model, place
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def offer_smaller(self, size: int | None) -> None:
        """Offer to train on pictures of this size instead, where memory was too little; None offers nothing."""
        self.smaller.setVisible(size is not None)
        if size is not None:
            self.smaller.setText(self.tr("Try {} px").format(size))

    def look_at_saves(self) -> None:
        """Checkpoints came, went or were named."""
        self._saves = Saves.of(Run(self._run))
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a small window the pictures get more of the room."""
        super().resizeEvent(event)
        self.charts.setFixedWidth(376 if event.size().width() >= WIDE else 304)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw what is known."""
        screen, drawn = self._screen, self._drawn
        self._head()
        for part in (self.sheets, self.charts):
            part.expect(more=self._mood not in _OVER)
        self.fault.setText(screen.fault)
        self.fault.setVisible(bool(screen.fault))
        self.notes.tell(screen.warnings, screen.skipped)
        self.charts.set_curves(screen.curves)
        self._advise()
        if drawn is None or drawn.quality is not screen.quality:
            self.charts.set_quality(screen.quality)
            self.timeline.set_best(screen.quality.best if screen.samples else None)
        if drawn is None or drawn.saves is not screen.saves:
            self.look_at_saves()
        elif (drawn.quality, drawn.returns) != (screen.quality, screen.returns):
            self._mark()
        self._buttons()
        if drawn is None or drawn.samples is not screen.samples:
            self._show_samples()
        self._drawn = screen

    def _head(self) -> None:
        screen = self._screen
        self.state.setText(headline(screen, self._mood, self._place))
        if self.state.property("role") != (role := ROLES[self._mood]):
            theme.set_role(self.state, role)
        self.facts.setText(facts(screen, self._mood, self._place))
        self.bar.setValue(round(1000 * screen.share))
        changes = words.listed([f"{name.replace('_', ' ')} {value}" for name, value in screen.changes.items()])
        self.changed.setText(self.tr("Changed on the way: {}").format(changes) if changes else "")
        self.changed.setVisible(bool(changes))

    def _advise(self) -> None:
        live, resting = self._mood in _LIVE, self._mood in _RESTING
        advice = [
            advised
            for advised in self._screen.advice.values()
            if advised.rule != "healthy" and (advised.rule, advised.step) not in self._noted
        ]
        self.advice.set_advice(advice, "live" if live else "resting" if resting else "over")

    def _buttons(self) -> None:
        live = self._mood in _LIVE
        paused = self._mood in {"paused", "pausing"}
        self.pause.setVisible(live)
        self.pause.setEnabled(self._mood != "stopping")  # Else the keyboard would be on Stop after a click.
        self.pause.setText(self.tr("Continue") if paused else self.tr("Pause"))
        theme.set_icon(self.pause, "play" if paused else "pause")
        self.stop.setVisible(live)
        self.stop.setEnabled(self._mood != "stopping")
        self.sample.setVisible(live)
        self.sample.setEnabled(self._mood == "training" and bool(self._screen.steps))
        self.translate.setEnabled(self._has_model or (live and self._screen.step > 0))
        self.translate.setToolTip("" if self.translate.isEnabled() else self.tr("There is no model yet."))
        self.go_on.setVisible(self._mood in _RESTING)
        self.go_on.setText(self.tr("Continue here") if self._mood == "silent" else self.tr("Continue"))
        self.again.setVisible(not live)
        self.longer.setVisible(self._mood == "finished")
        self.keep.setEnabled(self._mood in {"training", "paused"} or bool(self._saves.entries))
        self.film.setEnabled(len(self._screen.samples) > 1)
        self.back.setEnabled(self._mood in (_LIVE | _RESTING) - {"stopping"} and bool(self._saves.entries))
        first = self.translate if self._mood == "finished" else self.go_on
        for button in (self.translate, self.go_on):
            role = "primary" if button is first and not live else ""
            if button.property("role") != role:
                theme.set_role(button, role)
                theme.set_icon(button, button.property("icon_name"), "on_accent" if role else "text")

    # The moments

    def _age(self, index: int) -> float | None:
        samples = self._screen.samples
        return age_of(self._run, samples[index]) if index < len(samples) else None

    def _show_samples(self) -> None:
        steps = tuple(sampled.step for sampled in self._screen.samples)
        self.timeline.set_steps(steps)
        self.moments.set_steps(steps)
        self.together.setEnabled(len(steps) > 1)
        if len(steps) < 2:
            self.together.setChecked(False)
        if steps:
            self._show_moment()

    @Slot()
    def _show_moment(self) -> None:
        samples = self._screen.samples
        if self.timeline.index >= len(samples):
            return
        after = samples[self.timeline.index]
        if self.together.isChecked():
            self.moments.show_pair(self._run, samples[min(self.moments.index, len(samples) - 1)], after)
        else:
            self.sheets.show_sampled(self._run, after)

    @Slot(bool)
    def _compare(self, wanted: bool) -> None:
        self._seen.setCurrentWidget(self.moments if wanted else self.sheets)
        self._show_moment()

    def _mark(self) -> None:
        self.timeline.track.set_marks(marks_of(self._screen, self._saves))

    @Slot(object)
    def _note(self, advised: Advised) -> None:
        self._noted.add((advised.rule, advised.step))
        self._advise()

    @Slot()
    def _fill_back(self) -> None:
        self.back.clear()
        for entry in self._saves.entries:
            self.back.addAction(self._saves.title(entry), partial(self.return_wanted.emit, entry.step))

    # Its parts

    def _button(self, text: str, icon: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        theme.set_icon(button, icon)
        button.clicked.connect(signal)
        return button

    def _menu(self) -> None:
        menu = QMenu(self.more)
        self.keep = menu.addAction(self.tr("Name this moment…"), self.keep_wanted.emit)
        self.film = menu.addAction(self.tr("Save the timeline as a film…"), self.film_wanted.emit)
        self.back = menu.addMenu(self.tr("Go back to a save"))
        self.back.aboutToShow.connect(self._fill_back)
        self.more.setMenu(menu)

    def _connect(self) -> None:
        self.timeline.chosen.connect(self._show_moment)
        self.moments.chosen.connect(self._show_moment)
        self.moments.left.connect(lambda: self.together.setChecked(False))
        self.together.toggled.connect(self._compare)
        self.advice.dismissed.connect(self._note)

    def _layout(self) -> None:
        self.together.setProperty("role", "chip")
        self.together.setCheckable(True)
        self.together.setToolTip(self.tr("See one picture at two moments"))
        self.timeline.tools.addWidget(self.together)
        self.timeline.tools.addWidget(self.more)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.state)
        line.addWidget(self.facts, 1)
        for button in (self.pause, self.go_on, self.smaller, self.stop, self.sample, self.translate):
            line.addWidget(button)
        line.addWidget(self.longer)
        line.addWidget(self.again)
        self._seen.addWidget(self.sheets)
        self._seen.addWidget(self.moments)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._seen, 1)
        left.addWidget(self.timeline)
        left.addWidget(self.work)
        middle = QHBoxLayout()
        middle.setSpacing(24)
        middle.addLayout(left, 1)
        middle.addWidget(self.charts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.fault)
        layout.addWidget(self.advice)
        layout.addLayout(middle, 1)
        layout.addWidget(self.changed)
        layout.addWidget(self.notes)
        self.smaller.hide()
        self.changed.hide()
        # However long the facts are, the buttons keep their room.
        self.state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

"""Watching one training: sample grids, timeline, curves, and the buttons that steer it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.curves import CurvesView
from ganstudio.window.parts.notes import NotesLine
from ganstudio.window.parts.sheet_view import SheetView, age_of
from ganstudio.window.parts.timeline import Timeline
from ganstudio.window.screen import Screen

REFRESH_MS = 100
_STATES: Mapping[str, tuple[str, str]] = {
    "idle": ("Not started", "muted"),
    "training": ("Training", "strong"),
    "pausing": ("Pausing…", "muted"),
    "stopping": ("Stopping…", "muted"),
    "paused": ("Paused", "caution"),
    "waiting": ("Waiting", "caution"),
    "stopped": ("Stopped", "caution"),
    "interrupted": ("Interrupted", "caution"),
    "finished": ("Finished", "good"),
    "failed": ("Failed", "bad"),
}


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
    """

    pause_wanted = Signal()
    stop_wanted = Signal()
    sample_wanted = Signal()
    translate_wanted = Signal()
    continue_wanted = Signal()
    again_wanted = Signal()
    longer_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = Path()
        self._screen = Screen()
        self._drawn: Screen | None = None
        self._mood = "idle"
        self._has_model = False
        self.state = theme.label("", "strong")
        self.facts = theme.label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Steps done"))
        self.fault = theme.label("", "bad", wrap=True)
        self.sheets = SheetView()
        self.timeline = Timeline(self._age)
        self.curves = CurvesView()
        self.notes = NotesLine()
        self.pause = self._button(self.tr("Pause"), "pause", self.pause_wanted)
        self.stop = self._button(self.tr("Stop"), "stop", self.stop_wanted)
        self.stop.setToolTip(self.tr("Finish this step, save, and end; you can continue later"))
        self.sample = self._button(self.tr("Sample now"), "sample", self.sample_wanted)
        self.sample.setToolTip(self.tr("Make sample pictures with what is learnt so far"))
        self.go_on = self._button(self.tr("Continue"), "play", self.continue_wanted)
        self.translate = self._button(self.tr("Use it now"), "translate", self.translate_wanted)
        self.again = self._button(self.tr("New training"), "plus", self.again_wanted)
        self.longer = self._button(self.tr("Train again with more steps"), "refresh", self.longer_wanted)
        self.longer.setToolTip(self.tr("Set up a new training like this one, with twice the steps"))
        self._layout()
        self.timeline.chosen.connect(self._show_sample)
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
            self._run = run
            self.sheets.show_sampled(run, None)
            self.timeline.set_steps(())
            self.timeline.go_live()
            self.curves.set_curves({})

    def set_screen(self, screen: Screen, mood: str = "", *, has_model: bool = False) -> None:
        """Show this from the next refresh on.

        Args:
            screen: What is known of the run.
            mood: "pausing", "paused" or "stopping" while the worker says so; else the screen's own state counts.
            has_model: Whether there is a model to use already.
        """
        self._screen, self._mood, self._has_model = screen, mood or screen.state, has_model
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw what is known."""
        screen = self._screen
        word, role = _STATES[self._mood]
        finished = self._mood == "finished"
        self.state.setText(words.finished(screen.step, screen.seconds) if finished else self.tr(word))
        if self.state.property("role") != role:
            theme.set_role(self.state, role)
        self.facts.setText(self._facts())
        self.bar.setValue(round(1000 * screen.share))
        self.fault.setText(screen.fault)
        self.fault.setVisible(bool(screen.fault))
        self.notes.tell(screen.warnings, screen.skipped)
        self.curves.set_curves(screen.curves)
        self._buttons()
        if self._drawn is None or self._drawn.samples is not screen.samples:
            self.timeline.set_steps([sampled.step for sampled in screen.samples])
            if screen.samples:
                self._show_sample(self.timeline.index)
        self._drawn = screen

    def _facts(self) -> str:
        screen = self._screen
        if self._mood == "waiting":
            return screen.held
        if screen.doing:
            share = f" {words.count(screen.done)} of {words.count(screen.total)}" if screen.total else ""
            return f"{screen.doing.capitalize()}{share}"
        if not screen.steps:
            return self.tr("Getting ready…") if self._mood == "training" else ""
        if self._mood == "finished":
            return ""
        facts = [words.step_of(screen.step, screen.steps)]
        if self._mood == "training":
            facts.append(words.left(screen.eta))
            if screen.speed:
                facts.append(words.speed(screen.speed))
            facts.append(screen.device)
        elif screen.saved is not None:
            facts.append(f"saved at step {screen.saved:,}")
        return "   ·   ".join(facts)

    def _buttons(self) -> None:
        live = self._mood in {"training", "waiting", "pausing", "paused", "stopping"}
        paused = self._mood == "paused"
        self.pause.setVisible(live)
        self.pause.setEnabled(self._mood in {"training", "paused"})
        self.pause.setText(self.tr("Continue") if paused else self.tr("Pause"))
        theme.set_icon(self.pause, "play" if paused else "pause")
        self.stop.setVisible(live)
        self.stop.setEnabled(self._mood != "stopping")
        self.sample.setVisible(live)
        self.sample.setEnabled(self._mood == "training" and bool(self._screen.steps))
        self.translate.setEnabled(self._has_model or (live and self._screen.step > 0))
        self.translate.setToolTip("" if self.translate.isEnabled() else self.tr("There is no model yet."))
        self.go_on.setVisible(self._mood in {"stopped", "interrupted", "failed", "idle"})
        self.again.setVisible(not live)
        self.longer.setVisible(self._mood == "finished")
        first = self.translate if self._mood == "finished" else self.go_on
        for button in (self.translate, self.go_on):
            role = "primary" if button is first and not live else ""
            if button.property("role") != role:
                theme.set_role(button, role)
                theme.set_icon(button, button.property("icon_name"), "on_accent" if role else "text")

    def _age(self, index: int) -> float | None:
        samples = self._screen.samples
        return age_of(self._run, samples[index]) if index < len(samples) else None

    @Slot(int)
    def _show_sample(self, index: int) -> None:
        if index < len(self._screen.samples):
            self.sheets.show_sampled(self._run, self._screen.samples[index])

    def _button(self, text: str, icon: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        theme.set_icon(button, icon)
        button.clicked.connect(signal)
        return button

    def _layout(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.state)
        line.addWidget(self.facts, 1)
        for button in (self.pause, self.go_on, self.stop, self.sample, self.translate, self.longer, self.again):
            line.addWidget(button)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.sheets, 1)
        left.addWidget(self.timeline)
        right = self._card(self.curves)
        right.setFixedWidth(376)
        middle = QHBoxLayout()
        middle.setSpacing(24)
        middle.addLayout(left, 1)
        middle.addWidget(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.fault)
        layout.addLayout(middle, 1)
        layout.addWidget(self.notes)
        self.facts.setMinimumWidth(1)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    @staticmethod
    def _card(inside: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(inside)
        return card

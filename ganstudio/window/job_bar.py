"""Job bar: always at the bottom; what runs, how far it is, when it will be done, and how the device fares."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.runs.title import title
from ganstudio.window import theme, words
from ganstudio.window.after import WISHES, AfterTraining, Wish
from ganstudio.window.meter import Meter, Reading
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.elided import Elided
from ganstudio.window.pulse import Pulse
from ganstudio.window.studio import Studio
from ganstudio.words.events import Held, Progress, Saved, Started

PARTS = 1000
DOT = "  ·  "


class JobBar(QFrame):
    """State, run, step, share, time left, speed, last save; the device's meter; pause, stop, what comes after.

    Attributes:
        telling: What is only read; sentences that come up may lie over it.

    Signals:
        share_changed: The window's title says how far the training is: 0 to 100, or -1 when nothing runs.
    """

    share_changed = Signal(int)

    def __init__(self, studio: Studio, after: AfterTraining, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._after = after
        self._progress: Progress | None = None
        self._held = ""
        self._name = ""
        self._pulse = Pulse(time.monotonic())
        self._reading: Reading | None = None
        self._share = -1
        self._measured: int | None = None
        self.meter = Meter(self)
        self.setProperty("role", "bar")
        self.setFixedHeight(80)
        self._build()
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show_facts)
        studio.training_changed.connect(self._training_changed)
        studio.catalogue_ready.connect(self._fill_devices)
        studio.device_changed.connect(self._fill_devices)
        studio.worker.happened.connect(self._happened)
        studio.closing.connect(self.meter.stop)
        after.wish_changed.connect(self._show_wish)
        self.meter.read.connect(self._measure)
        self._fill_devices()
        self._show_wish()
        self._training_changed()

    def _build(self) -> None:
        self.telling = QWidget()
        self.state = theme.label(role="strong")
        self.details = Elided("small")
        self.bar = QProgressBar()
        self.bar.setRange(0, PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        self.mark = QLabel()
        self.mark.setFixedSize(20, 20)
        self.facts = Elided("small")
        self.awake = theme.label(self.tr("Awake"), "small")
        self.awake.hide()
        self.awake.setToolTip(self.tr("The computer does not go to sleep while this trains. Its screen may."))

        self.pause = QPushButton()
        self.pause.setMinimumWidth(116)
        self.pause.clicked.connect(self._studio.toggle_training)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Finish this step, save, and end. The run can be continued later."))
        theme.set_icon(self.stop, "stop", side=16)
        self.stop.clicked.connect(self._studio.stop_training)
        self.after = icon_button(self.tr("When this training ends"), "clock")
        self.after.setMenu(self._wishes())

        self.device = QPushButton()
        self.device.setProperty("role", "quiet")
        self.device.setAccessibleName(self.tr("Device"))
        self.device.setToolTip(self.tr("Where trainings and translations run. A change counts from the next one on."))
        theme.set_icon(self.device, "chip", "muted")
        self._devices = QMenu(self.device)
        self.device.setMenu(self._devices)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.mark)
        head.addWidget(self.state)
        head.addWidget(self.details, 1)
        foot = QHBoxLayout()
        foot.setSpacing(2 * theme.GRID)
        foot.addWidget(self.facts, 1)
        foot.addWidget(self.awake)
        middle = QVBoxLayout(self.telling)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(6)
        middle.addStretch()
        middle.addLayout(head)
        middle.addWidget(self.bar)
        middle.addLayout(foot)
        middle.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 16, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.telling, 1)
        row.addSpacing(theme.GRID)
        for widget in (self.pause, self.stop, self.after, self.device):
            row.addWidget(widget)

    # What the training says

    @Slot()
    def _training_changed(self) -> None:
        """Another one, or another state of it."""
        training = self._studio.training
        job = None if training is None else training.job
        if training is not None and job != self._measured:
            self._name = title(training.run)
        if job != self._measured:
            self._measured = job
            self._progress, self._held, self._reading = None, "", None
            self._pulse = Pulse(time.monotonic())
            self.awake.hide()
            self._look(training is not None)
        self._pulse.beat = time.monotonic()
        self._refresh()

    def _look(self, running: bool) -> None:
        """Read the device and tell the time while something trains, and only then."""
        if running:
            self.meter.start(self._studio.device_in_use)
            self._clock.start()
        else:
            self.meter.stop()
            self._clock.stop()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._studio.training is None or job != self._studio.training.job:
            return
        now = time.monotonic()
        self._pulse.beat = now
        paused = self._studio.training_state == "paused"
        self._held = event.message if isinstance(event, Held) and not paused else ""
        match event:
            case Started():
                self._progress = Progress(event.step, event.steps)
                self.awake.setVisible(event.awake)
            case Progress(what="training"):
                self._progress = event
                self._pulse.stepped(now, event.per_second)
            case Saved(kind="checkpoint"):
                self._pulse.saved = now
            case Held():
                pass
            case _:
                return
        self._refresh()

    @Slot(object)
    def _measure(self, reading: Reading) -> None:
        self._reading = reading
        self._show_facts()

    # What is shown

    @Slot()
    def _refresh(self) -> None:
        training, state = self._studio.training, self._studio.training_state
        for widget in (self.bar, self.facts, self.pause, self.stop, self.after):
            widget.setVisible(training is not None)
        if self.state.property("role") != (role := "strong" if training else "muted"):
            theme.set_role(self.state, role)
        self.state.setText(self._headline())
        self.details.setText(self._held or self._figures())
        name, ink = {"running": ("train", "accent"), "idle": ("check", "muted")}.get(state, ("pause", "muted"))
        if self._held:
            name, ink = "warning", "caution"
        if (self.mark.property("icon_name"), self.mark.property("icon_colour")) != (name, ink):
            theme.set_icon(self.mark, name, ink)
        waiting = state in {"paused", "pausing"}
        self.pause.setText(self.tr("Continue") if waiting else self.tr("Pause"))
        self.pause.setEnabled(state != "stopping")  # Else the keyboard would be on Stop after a click.
        self.stop.setEnabled(state != "stopping")
        if self.pause.property("icon_name") != (shown := "play" if waiting else "pause"):
            theme.set_icon(self.pause, shown, side=16)
        self._show_share()
        self._show_facts()

    def _headline(self) -> str:
        if self._studio.training is None:
            return self.tr("No training is running")
        word = {
            "running": self.tr("Training") if self._progress else self.tr("Preparing"),
            "pausing": self.tr("Pausing after this step"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Saving"),
        }[self._studio.training_state]
        return f"{self.tr('Waiting') if self._held else word}  {self._name}"

    def _figures(self) -> str:
        seen = self._progress
        if seen is None or not seen.total:
            return ""
        # What is wanted most comes first: in a small window the end is cut.
        running = self._studio.training_state == "running"
        parts = [
            f"{percent(seen)} %",
            words.left(seen.eta_seconds) if running else "",
            words.step_of(seen.done, seen.total),
            words.speed(seen.per_second or 0) if running else "",
        ]
        return DOT.join(part for part in parts if part)

    @Slot()
    def _show_facts(self) -> None:
        now, state = time.monotonic(), self._studio.training_state
        parts = []
        if state in {"running", "stopping"} and not self._held and (quiet := self._pulse.silence(now)) is not None:
            parts.append(self.tr("Still working? Last step {} ago").format(words.duration(quiet)))
        if (ago := self._pulse.saved_ago(now)) is not None:
            parts.append(self.tr("saved just now") if ago < 10 else self.tr("saved {} ago").format(words.duration(ago)))
        if self._reading is not None:
            parts += measured(self._reading)
        self.facts.setText(DOT.join(parts))

    def _show_share(self) -> None:
        seen = self._progress
        self.bar.setValue(round(PARTS * seen.done / seen.total) if seen and seen.total else 0)
        share = percent(seen) if self._studio.training is not None else -1
        if share != self._share:
            self._share = share
            self.share_changed.emit(share)

    # What comes after

    def _wishes(self) -> QMenu:
        menu = QMenu(self.after)
        titles: dict[Wish, str] = {
            "nothing": self.tr("Do nothing more"),
            "quit": self.tr("Quit GAN Studio"),
            "sleep": self.tr("Put the computer to sleep"),
        }
        heading = menu.addAction(self.tr("When this training ends"))
        heading.setEnabled(False)
        group = QActionGroup(menu)
        for wish in WISHES:
            action = group.addAction(menu.addAction(titles[wish]))
            action.setCheckable(True)
            action.setData(wish)
        group.triggered.connect(lambda action: self._after.wish_for(action.data()))
        return menu

    @Slot()
    def _show_wish(self) -> None:
        for action in self.after.menu().actions():
            if action.isCheckable():
                action.setChecked(action.data() == self._after.wish)
        chosen = self._after.wish != "nothing"
        theme.set_icon(self.after, "clock", "accent" if chosen else "muted")

    # The device

    @Slot()
    def _fill_devices(self) -> None:
        known = dict(self._studio.devices)
        self._devices.clear()
        group = QActionGroup(self._devices)
        best = next(iter(known.values()), "")
        entries = {"auto": self.tr("Automatic: {}").format(best) if best else self.tr("Automatic"), **known}
        for key, known_as in entries.items():
            action = QAction(known_as.replace("&", "&&"), self._devices)
            action.setCheckable(True)
            action.setChecked(key == self._studio.device)
            action.setData(key)
            group.addAction(action)
            self._devices.addAction(action)
        group.triggered.connect(self._choose)
        chosen = best if self._studio.device == "auto" else known.get(self._studio.device, self._studio.device)
        self.device.setText((chosen or self.tr("Loading the engine")).replace("&", "&&"))

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._studio.set_device(str(action.data()))


def percent(seen: Progress | None) -> int:
    """How much is done; 100 only at the end."""
    return 100 * seen.done // seen.total if seen and seen.total else 0


def measured(reading: Reading) -> list[str]:
    """A reading in words: "GPU 87 %", "memory 6.1 of 12.0 GB", "67 °C"."""
    parts = []
    if reading.use is not None:
        parts.append(f"{'GPU' if reading.name else 'CPU'} {100 * reading.use:.0f} %")
    parts.append(words.memory(reading.used, reading.total))
    if reading.celsius is not None:
        parts.append(f"{reading.celsius} °C")
    return parts

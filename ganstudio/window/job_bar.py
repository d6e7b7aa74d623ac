"""Job bar: always at the bottom; what runs, how far it is, when it will be done, and on which device."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.studio import Studio
from ganstudio.words.events import Progress, Started

PARTS = 1000


class JobBar(QFrame):
    """State, run, step, share, time left, speed; pause, stop; the device.

    Signals:
        share_changed: The window's title says how far the training is: 0 to 100, or -1 when nothing runs.
    """

    share_changed = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._progress: Progress | None = None
        self._share = -1
        self.setProperty("role", "bar")
        self.setFixedHeight(72)
        self._build()
        studio.training_changed.connect(self._refresh)
        studio.catalogue_ready.connect(self._fill_devices)
        studio.device_changed.connect(self._fill_devices)
        studio.worker.happened.connect(self._happened)
        self._fill_devices()
        self._refresh()

    def _build(self) -> None:
        self.state = theme.label(role="strong")
        self.details = theme.label(role="small")
        self.bar = QProgressBar()
        self.bar.setRange(0, PARTS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        self.mark = QLabel()
        self.mark.setFixedSize(20, 20)

        self.pause = QPushButton()
        self.pause.setMinimumWidth(116)
        self.pause.clicked.connect(self._studio.toggle_training)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Finish this step, save, and end. The run can be continued later."))
        theme.set_icon(self.stop, "stop", side=16)
        self.stop.clicked.connect(self._studio.stop_training)

        self.device = QPushButton()
        self.device.setProperty("role", "quiet")
        self.device.setAccessibleName(self.tr("Device"))
        self.device.setToolTip(self.tr("Where trainings and translations run. A change counts from the next one on."))
        theme.set_icon(self.device, "chip", "muted")
        self._devices = QMenu(self.device)
        self.device.setMenu(self._devices)

        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.mark)
        head.addWidget(self.state)
        head.addWidget(self.details, 1)
        middle = QVBoxLayout()
        middle.setSpacing(6)
        middle.addStretch()
        middle.addLayout(head)
        middle.addWidget(self.bar)
        middle.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 16, 0)
        row.setSpacing(theme.GRID)
        row.addLayout(middle, 1)
        row.addSpacing(theme.GRID)
        row.addWidget(self.pause)
        row.addWidget(self.stop)
        row.addWidget(self.device)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._studio.training is None or job != self._studio.training.job:
            return
        if isinstance(event, Started):
            self._progress = Progress(event.step, event.steps)
        elif isinstance(event, Progress) and event.what == "training":
            self._progress = event
        else:
            return
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        training, state = self._studio.training, self._studio.training_state
        if training is None:
            self._progress = None
        for widget in (self.bar, self.pause, self.stop):
            widget.setVisible(training is not None)
        self.state.setProperty("role", "strong" if training else "muted")
        theme.set_role(self.state, "strong" if training else "muted")
        self.state.setText(self._headline())
        self.details.setText(self._figures())
        name, ink = {"running": ("train", "accent"), "idle": ("check", "muted")}.get(state, ("pause", "muted"))
        theme.set_icon(self.mark, name, ink)
        waiting = state in {"paused", "pausing"}
        self.pause.setText(self.tr("Continue") if waiting else self.tr("Pause"))
        self.pause.setEnabled(state in {"running", "paused"})
        self.stop.setEnabled(state != "stopping")
        theme.set_icon(self.pause, "play" if waiting else "pause", side=16)
        self._show_share()

    def _headline(self) -> str:
        training = self._studio.training
        if training is None:
            return self.tr("Nothing is running")
        word = {
            "running": self.tr("Training") if self._progress else self.tr("Preparing"),
            "pausing": self.tr("Pausing after this step"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Saving"),
        }[self._studio.training_state]
        return f"{word}  {training.run.name}"

    def _figures(self) -> str:
        seen = self._progress
        if seen is None or not seen.total:
            return ""
        parts = [
            words.step_of(seen.done, seen.total),
            f"{100 * seen.done / seen.total:.0f} %",
        ]
        if self._studio.training_state == "running":
            parts.append(words.left(seen.eta_seconds))
            if seen.per_second:
                parts.append(words.speed(seen.per_second))
        return "  ·  ".join(parts)

    def _show_share(self) -> None:
        seen = self._progress
        part = seen.done / seen.total if seen and seen.total else 0.0
        self.bar.setValue(round(PARTS * part))
        share = int(100 * part) if self._studio.training is not None else -1
        if share != self._share:
            self._share = share
            self.share_changed.emit(share)

    # The device

    @Slot()
    def _fill_devices(self) -> None:
        known = dict(self._studio.devices)
        self._devices.clear()
        group = QActionGroup(self._devices)
        best = next(iter(known.values()), "")
        entries = {"auto": self.tr("Automatic: {}").format(best) if best else self.tr("Automatic"), **known}
        for key, title in entries.items():
            action = QAction(title.replace("&", "&&"), self._devices)
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

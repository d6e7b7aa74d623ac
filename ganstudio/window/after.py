"""When a training has ended by itself: tell the artist, and do what was wished for then."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QPushButton, QVBoxLayout, QWidget

from ganstudio.runs.title import title
from ganstudio.window import theme, words
from ganstudio.window.studio import Studio, Training
from ganstudio.window.tray import Tray
from ganstudio.words.events import Failed, Finished

log = logging.getLogger(__name__)

Wish: TypeAlias = Literal["nothing", "quit", "sleep"]
WISHES: tuple[Wish, ...] = get_args(Wish)
COUNTDOWN = 60
"""Seconds in which a wish can be taken back."""

SLEEP: Mapping[str, Sequence[str]] = {
    "linux": ("systemctl", "suspend"),
    "darwin": ("pmset", "sleepnow"),
    "win32": ("rundll32.exe", "powrprof.dll,SetSuspendState", "0,1,0"),
}


class AfterTraining(QObject):
    """Notices how a training ended.

    A training that the artist stopped needs no news, and nothing is done after it.

    Signals:
        wish_changed: Another wish for the training in progress.
    """

    wish_changed = Signal()

    def __init__(self, window: QMainWindow, studio: Studio, tray: Tray) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._tray = tray
        self._training: Training | None = None
        self._finished: Finished | None = None
        self.wish = wish_of(studio)
        self.countdown: Countdown | None = None
        studio.training_changed.connect(self._training_changed)
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    def wish_for(self, wish: Wish) -> None:
        """Do this after the training in progress; the next one begins with the wish from the settings."""
        self.wish = wish
        self.wish_changed.emit()

    @Slot()
    def _training_changed(self) -> None:
        training = self._studio.training
        if training is not None and training != self._training:
            self._training, self._finished = training, None
            self.wish_for(wish_of(self._studio))
            log.info("Training %s", training.run)
            if self.countdown is not None:  # Another of the queue began.
                self.countdown.reject()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._training is not None and job == self._training.job and isinstance(event, Finished):
            self._finished = event

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._training is None or job != self._training.job:
            return
        name, finished, self._training = title(self._training.run), self._finished, None
        if isinstance(result, Failed):
            log.error("%s failed: %s", name, result.message)
            self._announce("failure", self.tr("{} stopped").format(name), result.message)
        elif finished is not None and finished.reason == "done":
            log.info("%s finished", name)
            self._announce(
                "finish", self.tr("{} has finished").format(name), words.finished(finished.step, finished.seconds)
            )
        else:
            return
        if self.wish != "nothing":
            # A queue begins its next training now, and then nothing else is wanted.
            QTimer.singleShot(0, self, self._count_down)

    def _announce(self, what: str, title: str, message: str) -> None:
        settings = self._studio.settings
        QApplication.alert(self._window)
        if self._window.isActiveWindow() or not settings.value(f"notify_{what}", True, type=bool):
            return
        self._tray.notify(title, message, fault=what == "failure")
        if settings.value("notify_sound", False, type=bool):
            QApplication.beep()

    @Slot()
    def _count_down(self) -> None:
        if self._studio.training is None and self.countdown is None:
            self.countdown = Countdown(self.wish, self._window)
            self.countdown.accepted.connect(self._fulfil)
            self.countdown.finished.connect(self._counted)
            self.countdown.show()

    @Slot()
    def _counted(self) -> None:
        if self.countdown is not None:
            self.countdown.deleteLater()
            self.countdown = None

    @Slot()
    def _fulfil(self) -> None:
        if self.wish == "sleep":
            if not sleep():
                self._studio.say(self.tr("This computer could not be put to sleep from here."), fault=True)
        else:
            self._window.close()


class Countdown(QDialog):
    """Says what is about to happen and lets it be taken back."""

    def __init__(self, wish: Wish, parent: QWidget) -> None:
        super().__init__(parent)
        self._wish = wish
        self._left = COUNTDOWN
        self.setWindowTitle("GAN Studio")
        self.words = theme.label("", "heading")
        now = QPushButton(self.tr("Sleep now") if wish == "sleep" else self.tr("Quit now"))
        now.clicked.connect(self.accept)
        stay = QPushButton(self.tr("Stay awake") if wish == "sleep" else self.tr("Keep it open"))
        stay.setProperty("role", "primary")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(now)
        row.addWidget(stay)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, 3 * theme.GRID, theme.MARGIN, 3 * theme.GRID)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.words)
        column.addWidget(theme.label(self.tr("The training has ended and is saved."), "muted"))
        column.addLayout(row)
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self._say()

    @Slot()
    def tick(self) -> None:
        """A second has gone by."""
        self._left -= 1
        self._say()
        if self._left <= 0:
            self.accept()

    def done(self, result: int) -> None:
        """Count no further."""
        self._timer.stop()
        super().done(result)

    def _say(self) -> None:
        said = (
            self.tr("The computer goes to sleep in {} s")
            if self._wish == "sleep"
            else self.tr("GAN Studio quits in {} s")
        )
        self.words.setText(said.format(max(0, self._left)))


def wish_of(studio: Studio) -> Wish:
    """What the settings say is done after a training."""
    wish = studio.settings.value("after_training", "nothing")
    return next((known for known in WISHES if known == wish), "nothing")


def sleep() -> bool:
    """Put the computer to sleep; whether that could be asked for."""
    program, *arguments = SLEEP.get(sys.platform, SLEEP["linux"])
    asked, _ = QProcess.startDetached(program, arguments)
    if not asked:
        log.warning("The computer could not be put to sleep: %s did not start", program)
    return asked

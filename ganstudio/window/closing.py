"""Closing while something trains: ask a person, obey the system, and never take longer than it waits."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMessageBox, QWidget

from ganstudio.window.studio import Studio
from ganstudio.words import endings

log = logging.getLogger(__name__)

PATIENCE_MS = 15_000
"""The promise is 20 s from the request to the end of the process, which needs a moment itself."""

SESSION_MS = 15_000
"""Systems that end a session wait about so long before they use force."""


class Closing(QObject):
    """Decides whether the window may close now.

    Args:
        window: Is closed, and carries the question.
        studio: Knows what trains.
        aside: Puts the window where it does not disturb while the training goes on.
    """

    def __init__(self, window: QMainWindow, studio: Studio, aside: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._aside = aside
        self._leaving = False
        self._question: QMessageBox | None = None
        studio.training_changed.connect(self._training_changed)
        studio.said.connect(self._stay)

    def leave(self) -> None:
        """Stop and save what trains, then close; asks nothing, and takes back what was being asked."""
        self._leaving = True
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        if self._studio.training is None:
            self._window.close()
        else:
            self._studio.stop_training()

    @Slot()
    def leave_session(self) -> None:
        """Leave, and return when that is done: the system ends the session as soon as this returns."""
        loop = QEventLoop()

        def ended() -> None:
            if self._studio.training is None:
                loop.quit()

        self._studio.training_changed.connect(ended)
        QTimer.singleShot(SESSION_MS, loop.quit)
        self.leave()
        if self._studio.training is not None:
            loop.exec()

    @property
    def saved(self) -> bool:
        """Whether nothing is left to save; a save that failed has taken back the wish to leave."""
        return self._leaving and self._studio.training is None

    def may_close(self) -> bool:
        """Whether the window may close at once; otherwise the artist is asked, once."""
        if self._studio.training is None:
            return True
        if not self._leaving:
            self._ask()
        return False

    @Slot()
    def _training_changed(self) -> None:
        if self._leaving and self._studio.training is None:
            self._window.close()

    @Slot(str, bool)
    def _stay(self, message: str, fault: bool) -> None:
        """A run that could not be saved is told, not closed over."""
        self._leaving = self._leaving and not fault

    def _ask(self) -> None:
        if self._question is not None:
            self._question.raise_()
            return
        if self._studio.training_state == "stopping":  # That was asked already.
            self._leaving = True
            return
        paused = self._studio.training_state == "paused"
        box = QMessageBox(self._window)
        box.setWindowTitle("GAN Studio")
        box.setText(self.tr("A training is paused.") if paused else self.tr("A training is running."))
        box.setInformativeText(
            self.tr("It is saved, and can be continued later.")
            if paused
            else self.tr("Keep training puts the window aside. A stopped run can be continued later.")
        )
        stop = box.addButton(
            self.tr("Close") if paused else self.tr("Stop and save"), QMessageBox.ButtonRole.AcceptRole
        )
        stop.setObjectName("stop")
        box.setDefaultButton(stop)
        if not paused:
            keep = box.addButton(self.tr("Keep training"), QMessageBox.ButtonRole.RejectRole)
            keep.setObjectName("keep")
            box.setDefaultButton(keep)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setObjectName("cancel")
        box.setEscapeButton(cancel)
        box.buttonClicked.connect(self._answered)
        box.finished.connect(self._asked)
        self._question = box
        box.open()

    @Slot("QAbstractButton*")
    def _answered(self, button: QWidget) -> None:
        if button.objectName() == "keep":
            self._aside()
        elif button.objectName() == "stop":
            self.leave()

    @Slot()
    def _asked(self) -> None:
        if self._question is not None:
            self._question.deleteLater()
            self._question = None


def obey_signals(closing: Closing, app: QApplication, end: Callable[[], object]) -> None:
    """A request to end, from a terminal or the system: stop, save, close; a second one ends at once.

    A request that cannot be met in time ends the process all the same; the last checkpoint is on the disk then.

    Args:
        closing: Closes the window.
        app: The application.
        end: Writes down that the session ended in order; called in another thread when nothing is left to save but
            something else, such as loading the engine, takes too long.
    """

    def give_up() -> None:
        saved = closing.saved
        if saved:
            end()
        else:
            log.error("The training could not be saved in time; its last checkpoint is kept")
        os._exit(0 if saved else 1)

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  As `signal` calls it.
        if timer.property("asked"):
            os._exit(128 + number)
        timer.setProperty("asked", True)
        log.info("Asked to end by signal %d", number)
        # A thread: the window's may be waiting for the worker's.
        patience = threading.Timer(PATIENCE_MS / 1000, give_up)
        patience.daemon = True
        patience.start()
        # Not from here: a signal comes between any two steps of Python.
        QTimer.singleShot(0, closing, closing.leave)

    # Python obeys signals between two of its own steps; without this timer none comes while Qt waits.
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(200)
    for number in endings.requests():
        signal.signal(number, leave)

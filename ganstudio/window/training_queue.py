"""The queue of trainings: when one has ended, the next begins by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.runs import queue
from ganstudio.runs.queue import Runs
from ganstudio.runs.title import title

if TYPE_CHECKING:
    from ganstudio.window.studio import Studio


class TrainingQueue(QObject):
    """The runs of the open project that wait for their turn.

    The next one begins when a training has finished or failed. When the artist stopped it, the queue waits too: they
    want the machine, or something else first.

    Signals:
        changed: Other runs wait, or in another order.
    """

    changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._trained: str | None = None
        self._stopped = False
        self._closing = False
        self.runs: Runs = ()
        studio.project_changed.connect(self._read)
        studio.runs_changed.connect(self._read)
        studio.training_changed.connect(self._training_changed)
        studio.closing.connect(self._close)

    def add(self, run: Path) -> None:
        """Let a run wait, behind the others."""
        self._change(lambda runs: runs if run in runs else (*runs, run))

    def remove(self, run: Path) -> None:
        """Let a run wait no more; its folder stays."""
        self._change(lambda runs: tuple(other for other in runs if other != run))

    def move(self, run: Path, by: int) -> None:
        """Move a run forwards (-1) or backwards (1)."""

        def moved(runs: Runs) -> Runs:
            others = [other for other in runs if other != run]
            if len(others) < len(runs):
                others.insert(max(0, min(runs.index(run) + by, len(others))), run)
            return tuple(others)

        self._change(moved)

    @Slot()
    def begin_next(self) -> None:
        """Begin the first that waits, unless something trains."""
        if self._studio.training is not None or not self.runs or self._closing:
            return
        run, before, now = self.runs[0], self._trained, title(self.runs[0])
        self.remove(run)
        if self._studio.begin_training(run) is not None:
            self._studio.say(
                self.tr("{} has ended; {} begins.").format(before, now) if before else self.tr("{} begins.").format(now)
            )

    @Slot()
    def _read(self) -> None:
        project = self._studio.project
        try:
            self._take(queue.waiting(project.path) if project is not None else ())
        except OSError:  # Read again before anything is written.
            self._take(tuple(run for run in self.runs if project is not None and run.is_relative_to(project.path)))

    def _change(self, changed: Callable[[Runs], Runs]) -> None:
        project = self._studio.project
        if project is None:
            return
        try:
            runs = queue.change(project.path, changed)
        except OSError as error:
            self._studio.say(self.tr("The queue could not be saved: {}").format(error), fault=True)
            runs = changed(self.runs)  # Or what began would begin again and again.
        self._take(runs)

    def _take(self, runs: Runs) -> None:
        if runs != self.runs:
            self.runs = runs
            self.changed.emit()

    @Slot()
    def _training_changed(self) -> None:
        training = self._studio.training
        if training is not None:
            self._trained = title(training.run)
            self._stopped = self._studio.training_state == "stopping"
            if training.run in self.runs:  # Begun by hand, out of its turn.
                self.remove(training.run)
        elif self._trained is not None and not self._stopped:
            # Everyone hears first that the one before has ended.
            QTimer.singleShot(0, self, self.begin_next)

    @Slot()
    def _close(self) -> None:
        self._closing = True

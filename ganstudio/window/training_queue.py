"""The queue of trainings: when one has ended, the next begins by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.runs import queue
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
        self.runs: tuple[Path, ...] = ()
        studio.project_changed.connect(self._read)
        studio.runs_changed.connect(self._read)
        studio.training_changed.connect(self._training_changed)
        studio.closing.connect(self._close)

    def add(self, run: Path) -> None:
        """Let a run wait, behind the others."""
        if run not in self.runs:
            self._keep((*self.runs, run))

    def remove(self, run: Path) -> None:
        """Let a run wait no more; its folder stays."""
        self._keep(tuple(other for other in self.runs if other != run))

    def move(self, run: Path, by: int) -> None:
        """Move a run forwards (-1) or backwards (1)."""
        if run in self.runs:
            at = self.runs.index(run)
            others = [other for other in self.runs if other != run]
            others.insert(max(0, min(at + by, len(others))), run)
            self._keep(tuple(others))

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
        found = queue.waiting(project.path) if project is not None else ()
        if found != self.runs:
            self.runs = found
            self.changed.emit()

    def _keep(self, runs: tuple[Path, ...]) -> None:
        project = self._studio.project
        if project is None or runs == self.runs:
            return
        try:
            queue.keep(project.path, runs)
        except OSError as error:
            self._studio.say(self.tr("The queue could not be saved: {}").format(error), fault=True)
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

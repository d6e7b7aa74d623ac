"""Training longer: a new run that goes on where another one stands, to more steps."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from ganstudio.runs.run import Run
from ganstudio.runs.title import title
from ganstudio.window import jobs, words
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed

MOST = 100_000_000


class Longer(QObject):
    """Asks for how many steps, makes the new run, and begins it or lets it wait for what trains.

    Signals:
        began: The new run trains.
    """

    began = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._parent = studio, parent
        self._branching: int | None = None
        studio.worker.ended.connect(self._branched)

    def ask(self, source: Path, done: int) -> None:
        """Ask how long `source` is to go on in a new run; so many steps are done."""
        project = self._studio.project
        if project is None or self._branching is not None:
            return
        try:
            recipe = Run(source).recipe()
        except ValueError as error:
            self._studio.say(str(error), fault=True)
            return
        said = self.tr("How many steps in all? {} are done.").format(words.count(done))
        wanted = max(2 * recipe.steps, done + 1)
        steps, agreed = QInputDialog.getInt(self._parent, self.tr("Train longer"), said, wanted, done + 1, MOST)
        if agreed:
            target = project.next_run(recipe.method)
            self._branching = self._studio.worker.begin(lambda: jobs.branch(source, target, steps))

    @Slot(int, object)
    def _branched(self, job: int, result: object) -> None:
        if job != self._branching:
            return
        self._branching = None
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif isinstance(result, Path):
            begin_or_wait(self._studio, result)
            if self._studio.training is not None and self._studio.training.run == result:
                self.began.emit(result)


def begin_or_wait(studio: Studio, run: Path) -> bool:
    """Begin a run; while another one trains it waits in the queue, and the artist is told. Whether it trains."""
    training = studio.training
    if training is None:
        return studio.begin_training(run) is not None
    studio.queue.add(run)
    studio.runs_changed.emit()
    said = studio.tr("{} waits: it begins when {} has ended.")
    studio.say(said.format(title(run), title(training.run)))
    return False

"""Asking, once, for each file of weights that a method would do better with."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.window import jobs, places
from ganstudio.window.pages.train_setup import TrainSetup
from ganstudio.window.studio import Studio
from ganstudio.words.cards import WeightsFile
from ganstudio.words.events import Failed


class WeightsKeeper(QObject):
    """Offers a `TrainSetup` the files that are missing, and puts one in its place.

    Signals:
        taken: A file is in its place; what is trained from now on is another training, and takes another time.
    """

    taken = Signal()

    def __init__(self, studio: Studio, setup: TrainSetup) -> None:
        super().__init__(setup)
        self._studio, self._setup = studio, setup
        self._missing: dict[str, tuple[WeightsFile, ...]] = {}
        self._look_job: int | None = None
        self._use_job: int | None = None
        setup.weights.file_chosen.connect(self._use)
        setup.weights.declined.connect(self._decline)
        studio.worker.ended.connect(self._ended)

    def look(self) -> None:
        """Find out what is missing, now that the engine is there."""
        self._look_job = self._studio.worker.begin(jobs.missing_weights)

    @Slot(Path)
    def _use(self, file: Path) -> None:
        if (offered := self._setup.weights.file) is not None:
            self._use_job = self._studio.worker.begin(lambda: jobs.use_weights(offered.name, file))

    @Slot()
    def _decline(self) -> None:
        if (file := self._setup.weights.file) is not None:
            places.decline(self._studio.settings, file.name)
            self._offer()

    def _offer(self) -> None:
        unwanted = places.declined(self._studio.settings)
        left = {key: [file for file in files if file.name not in unwanted] for key, files in self._missing.items()}
        self._setup.set_weights({key: files[0] for key, files in left.items() if files})

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._look_job and isinstance(result, dict):
            self._missing = result
            self._offer()
        elif job == self._use_job:
            self._use_job = None
            self._setup.weights.set_busy(busy=False)
            if isinstance(result, Failed):
                self._setup.weights.refuse(result.message)
                return
            self._studio.say(self.tr("The weights are in their place. Trainings from now on use them."))
            self.look()
            self.taken.emit()

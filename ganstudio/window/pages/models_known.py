"""What is known of the project's models: read in the background, and read again where something changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.pages.models_work import Known, reading_models, weighing
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.events import Failed


class KnownModels(QObject):
    """The cards of all models, and the room they take.

    Signals:
        read: `cards` has what there is now.
        weighed: `room` is known.
    """

    read = Signal()
    weighed = Signal()

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._known = Known()
        self._reading: int | None = None
        self._read_of: Path | None = None
        self._again = False
        self._weighing: int | None = None
        self._writing: dict[int, Path] = {}
        self._unwritten: dict[Path, Remarks] = {}
        self._pen = Lock()
        self.room: Mapping[Path, int] = {}
        studio.reader.ended.connect(self._ended)

    @property
    def cards(self) -> Mapping[Path, ModelCard]:
        """What each model says of itself."""
        return self._known.cards

    @property
    def looking(self) -> bool:
        """Whether it is not known yet that there is any."""
        project = self._studio.project
        return project is not None and self._read_of != project.path

    @Slot()
    def fill(self) -> None:
        """Read what there is now; `read` follows."""
        project = self._studio.project
        if self._reading is not None:
            self._again = True
        elif project is None:
            self._take(Known())
        else:
            known = self._known
            self._reading = self._studio.reader.begin(lambda: reading_models(project, known))

    def remark(self, path: Path, said: Remarks) -> None:
        """Take this as said of a model at once, and have it written down."""
        cards = dict(self.cards)
        cards[path] = replace(cards[path], remarks=said)
        self._known = replace(self._known, cards=cards)
        self._unwritten[path] = said
        self._writing[self._studio.reader.begin(lambda: self._write(path))] = path

    def write_all(self) -> None:
        """Write down at once what the reader has not come to, before it closes."""
        for path in list(self._unwritten):
            with suppress(OSError, ValueError):  # Nobody is there to be told any more.
                _finish(self._write(path))

    def _write(self, path: Path) -> Job[None]:
        """Write what is said of a model by then: the reader begins with what it was asked for last."""
        yield None
        with self._pen:
            if (said := self._unwritten.pop(path, None)) is not None:
                _finish(jobs.remark(path, said))

    def _take(self, known: Known) -> None:
        for path, fault in known.faults.items():
            if self._known.faults.get(path) != fault:
                self._studio.say(fault, fault=True)
        self._known = known
        self._read_of = self._studio.project.path if self._studio.project is not None else None
        paths = list(known.cards)
        self._weighing = self._studio.reader.begin(lambda: weighing(paths)) if paths else None
        self.read.emit()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job in self._writing:
            self._written(self._writing.pop(job), result)
        elif job == self._reading:
            self._reading = None
            if isinstance(result, Failed):
                self._studio.say(result.message, fault=True)
            elif isinstance(result, Known) and not self._writing:
                self._take(result)
            if self._again or self._writing:
                self._again = False
                self.fill()
        elif job == self._weighing and isinstance(result, dict):
            self._weighing, self.room = None, result
            self.weighed.emit()

    def _written(self, path: Path, result: object) -> None:
        if isinstance(result, Failed):
            said = self.tr("What you said of {name} was not kept: {why}")
            self._studio.say(said.format(name=path.name, why=result.message), fault=True)
            signs = {other: sign for other, sign in self._known.signs.items() if other != path}
            self._known = replace(self._known, signs=signs)  # The file is as it was; its card is not.
            self.fill()


def _finish(job: Job[None]) -> None:
    for _ in job:
        pass

"""Taking in what was dropped on the Data page: folders at once, zips with a line that tells how far they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.window import taking, words
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.window.studio import Studio
from ganstudio.window.taking import Dropped
from ganstudio.words.events import Failed, Progress
from ganstudio.words.recipe import Domain

Then: TypeAlias = Callable[[Dropped], None]


class Taking(QObject):
    """Looks at what was dropped, one drop after the other, for the project that is open then.

    Signals:
        said: A sentence.
    """

    said = Signal(str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._jobs: dict[int, tuple[Path, Then]] = {}
        self.row = ProgressRow()
        self.row.cancelled.connect(self.cancel)
        studio.reader.happened.connect(self._happened)
        studio.reader.ended.connect(self._ended)
        studio.project_changed.connect(self._project_changed)

    def begin(self, paths: Sequence[Path], names: Sequence[str], then: Then, to: Domain | None = None) -> None:
        """Look at `paths`, for the domain `to` or for new ones, and hand over what they are; `names` are taken."""
        assert self._studio.project is not None
        project = self._studio.project.path
        into = project / "pictures"
        self._jobs[self._studio.reader.begin(lambda: taking.dropped(paths, names, into, to))] = (project, then)

    @Slot()
    def cancel(self) -> None:
        """Take in nothing more; what is half unpacked goes."""
        for job in self._jobs:
            self._studio.reader.cancel(job)

    @Slot()
    def _project_changed(self) -> None:
        open_now = self._studio.project.path if self._studio.project is not None else None
        if any(project != open_now for project, _ in self._jobs.values()):
            self.cancel()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job in self._jobs and isinstance(event, Progress):
            if not self.row.isVisible():
                self.row.begin(event.what.capitalize())
            self.row.show_progress(event)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job not in self._jobs:
            return
        _, then = self._jobs.pop(job)
        self.row.hide()
        if isinstance(result, Failed):
            self.said.emit(result.message)
        elif isinstance(result, Dropped) and result.sources:
            then(result)
        if isinstance(result, Dropped) and result.skipped:
            self.said.emit(words.left_out(result.skipped))
        elif isinstance(result, Dropped) and not result.sources:
            self.said.emit(self.tr("Drop folders of pictures, a zip, or picture files, from this computer."))

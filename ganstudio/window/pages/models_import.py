"""Importing: files of other programs, and models of our own from elsewhere, become models of the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from ganstudio.runs import model
from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.model_files import free_file
from ganstudio.window.parts.import_sheet import ImportSheet
from ganstudio.window.studio import Studio
from ganstudio.words.cards import Foreign, ModelCard
from ganstudio.words.events import Failed, Progress, Warned

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage

KINDS = "*.pth *.pt *.safetensors *.ckpt *.bin"


def recognising(file: Path) -> Job[Foreign | ModelCard]:
    """The card of a model of our own, or what a file of another program would be imported as."""
    yield None
    try:
        return model.card(file)
    except ValueError:
        return (yield from jobs.recognise(file))


class Importing(QObject):
    """Looks into one file after the other, asks, imports."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._files: list[Path] = []
        self._file = Path()
        self._found: Foreign | ModelCard | None = None
        self._looking: int | None = None
        self._importing: tuple[int, Path] | None = None
        self.sheet: ImportSheet | None = None
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    def ask(self) -> None:
        """Choose files."""
        title, kinds = self.tr("Import models"), self.tr("Models")
        names, _ = QFileDialog.getOpenFileNames(self._page, title, "", f"{kinds} ({KINDS});;{self.tr('All files')} (*)")
        if names:
            self.begin([Path(name) for name in names])

    def begin(self, files: Sequence[Path]) -> None:
        """Look into these files, one after the other."""
        if self._studio.project is None:
            self._studio.say(self.tr("Open a project first: a model is imported into it."), fault=True)
            return
        self._files += files
        if self.sheet is None:
            self.sheet = ImportSheet(self._page)
            self.sheet.agreed.connect(self._import)
            self.sheet.left.connect(self._leave)
            self._next()

    def _next(self) -> None:
        assert self.sheet is not None
        if not self._files:
            sheet, self.sheet = self.sheet, None
            sheet.done(0)
            sheet.deleteLater()
            return
        self._file = file = self._files.pop(0)
        if file in self._page.cards:  # It was dragged out of the page itself, or chosen where it lies.
            self._page.expect(file)
            self._page.known.fill()
            self._next()
            return
        self.sheet.show_looking(file)
        self.sheet.open()
        self._looking = self._studio.worker.begin(lambda: recognising(file))

    @Slot()
    def _leave(self) -> None:
        for job in (self._looking, self._importing[0] if self._importing else None):
            if job is not None:
                self._studio.worker.cancel(job)
        self._looking = self._importing = None
        self._next()

    @Slot()
    def _import(self) -> None:
        project, sheet, file = self._studio.project, self.sheet, self._file
        if project is None or sheet is None:
            return
        try:
            target = free_file(project.path / "models", sheet.name.text().strip())
            target.parent.mkdir(parents=True, exist_ok=True)
        except (ValueError, OSError) as error:
            sheet.show_fault(str(error))
            return
        names, alone, by_picture = sheet.names, sheet.alone.isChecked(), sheet.by_picture.isChecked()
        job = self._studio.worker.begin(
            lambda: jobs.import_model(file, target, names=names, alone=alone, by_picture=by_picture)
        )
        self._importing = (job, target)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._importing is None or job != self._importing[0] or self.sheet is None:
            return
        if isinstance(event, Progress):
            self.sheet.show_progress(event)
        elif isinstance(event, Warned):
            self._studio.say(event.message)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self.sheet is None:
            return
        if job == self._looking:
            self._looking = None
            self._recognised(self.sheet, result)
        elif self._importing is not None and job == self._importing[0]:
            target, self._importing = self._importing[1], None
            if isinstance(result, Failed):
                self.sheet.show_fault(result.message)
                return
            # Its way back lies in the same model now.
            done = (
                set(self._found.files)
                if isinstance(self._found, Foreign) and not self.sheet.alone.isChecked()
                else set()
            )
            self._files = [file for file in self._files if file.parent != self._file.parent or file.name not in done]
            self._studio.say(self.tr("{} is imported.").format(target.stem))
            self._page.expect(target)
            self._studio.runs_changed.emit()
            self._next()

    def _recognised(self, sheet: ImportSheet, result: object) -> None:
        if isinstance(result, Foreign):
            self._found = result
            sheet.show_foreign(result)
        elif isinstance(result, ModelCard):
            self._found = result
            sheet.show_own(result)
        elif isinstance(result, Failed):
            sheet.show_fault(result.message)

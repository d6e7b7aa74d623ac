"""Exporting and sharing: a model in another program's format, or all of it as one file for other people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDrag
from PySide6.QtWidgets import QFileDialog

from ganstudio.runs.remarks import FILE as REMARKS
from ganstudio.runs.run import MODEL
from ganstudio.runs.title import FILE as TITLE
from ganstudio.window import jobs, places, words
from ganstudio.window.jobs import Job
from ganstudio.window.model_files import SUFFIX, file_name
from ganstudio.window.pages.models_work import saying
from ganstudio.window.parts.export_dialog import Export, ExportDialog
from ganstudio.window.parts.model_gallery import as_files
from ganstudio.window.studio import Studio
from ganstudio.words.cards import Lightness, ModelCard, Remarks
from ganstudio.words.events import Failed, Progress

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage


class Exporting(QObject):
    """One file at a time; the details show how far it is."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._work: tuple[int, Path] | None = None
        self._ready = ""
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    def ask(self, path: Path, card: ModelCard) -> None:
        """Ask for format and direction, then for a file."""
        self._open(ExportDialog(card, self._page, licence=self._usual_licence()), path, card)

    def ask_share(self, path: Path, card: ModelCard) -> None:
        """Ask for the file that takes all of the model; for a licence too while it has none."""
        if card.remarks.licence:
            self._ask_file(path, card, Export(".safetensors", whole=True))
        else:
            self._open(ExportDialog(card, self._page, licence=self._usual_licence(), sharing=True), path, card)

    def _open(self, dialog: ExportDialog, path: Path, card: ModelCard) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.picked.connect(lambda asked: self._ask_file(path, card, asked))
        dialog.open()

    def _usual_licence(self) -> str:
        return str(self._studio.settings.value("licence", "") or "")

    def _ask_file(self, path: Path, card: ModelCard, asked: Export) -> None:
        said = self._said(path)
        if asked.licence and asked.licence != said.licence:
            self._studio.settings.setValue("licence", asked.licence)
            self._page.details.remarks.remarked.emit(path, replace(said, licence=asked.licence))
        pictures = self._pictures(path, card, asked) if asked.light else ()
        if pictures is None:
            return
        way = asked.to.replace("→", self.tr("to"))
        name = f"{card.name} {way}" if way else card.name
        folder = path / "exports" if path.is_dir() else Path.home()
        if asked.light:
            name = self.tr("{} light").format(f"{card.name} {way}" if len(card.routes) > 1 else card.name)
            if asked.suffix == SUFFIX and self._studio.project is not None:  # Where it is at hand for the camera.
                folder = self._studio.project.path / "models"
        start = str(places.ready(folder / f"{file_name(name)}{asked.suffix}"))
        chosen, _ = QFileDialog.getSaveFileName(self._page, self.tr("Save as"), start, f"*{asked.suffix}")
        if chosen:
            file = Path(chosen)
            suffixed = file if file.suffix.lower() == asked.suffix else file.with_name(file.name + asked.suffix)
            if asked.whole:
                self.share(path, suffixed)
            else:
                self.export(path, suffixed, asked, pictures)

    def _pictures(self, path: Path, card: ModelCard, asked: Export) -> tuple[Path, ...] | None:
        """Folders that a light copy learns from: a run's own, or those the artist names; None for not at all."""
        if path.is_dir():
            return ()
        route = next((route for route in card.routes if route.title == asked.to), card.routes[0])
        title = self.tr("Pictures to learn from: {}").format(route.source or "")
        name = QFileDialog.getExistingDirectory(self._page, title)
        return (Path(name),) if name else None

    def export(self, path: Path, file: Path, asked: Export, pictures: Sequence[Path] = ()) -> None:
        """Write it; the details show how far it is."""
        said = self._said(path)
        if asked.light:
            device = self._studio.device
            make = partial(jobs.export_light, path, file, asked.to or None, pictures=pictures, device=device)
            self._begin(file, lambda: saying(path, said, make(floating=asked.floats, leaflet=asked.card)))
            return
        self._begin(
            file,
            lambda: saying(
                path, said, jobs.export(path, file, asked.to or None, floating=asked.floats, leaflet=asked.card)
            ),
        )

    def share(self, path: Path, file: Path) -> None:
        """Write all of it into one file."""
        said = self._said(path)
        self._begin(file, lambda: saying(path, said, jobs.share(path, file)))

    def _said(self, path: Path) -> Remarks:
        """What is said of a model by now, the word that is being written included."""
        self._page.details.remarks.keep()
        return self._page.cards[path].remarks

    def _begin(self, file: Path, make: Callable[[], Job[Any]]) -> None:
        if self._work is not None:
            self._studio.say(self.tr("{} is still being written.").format(self._work[1].name), fault=True)
            return
        self._work = (self._studio.worker.begin(make), file)
        self._page.details.work.begin(self.tr("Writing {}").format(file.name))
        for door in (self._page.details.export, self._page.details.share):
            if door.hasFocus():
                self._page.gallery.setFocus()  # Else the keyboard would go on to the next button, which renames.
            door.setEnabled(False)

    def cancel(self) -> None:
        """End the export in hand."""
        if self._work is not None:
            self._studio.worker.cancel(self._work[0])

    def drag(self, paths: Sequence[Path], cards: Mapping[Path, ModelCard]) -> None:
        """Drag models out of the window: into a folder, a mail, another window.

        A model in a run is written as one file first, which takes a moment; the hand takes it again when it is there.
        """
        files = [path if not path.is_dir() else shared_file(path, cards[path]) for path in paths]
        for path, file in zip(paths, files, strict=True):
            if path.is_dir() and not _is_fresh(path, file):
                self._ready = self.tr("{} is ready: drag it anywhere.").format(cards[path].name)
                self.share(path, file)
                self._studio.say(self.tr("{} is being made ready to be dragged.").format(cards[path].name))
                return
        drag = QDrag(self._page)
        drag.setMimeData(as_files(files))
        drag.exec(Qt.DropAction.CopyAction)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._work is not None and job == self._work[0] and isinstance(event, Progress):
            self._page.details.work.show_progress(event)
            left = "" if event.eta_seconds is None else words.left(event.eta_seconds)
            self._page.details.work.tell_left(left)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._work is None or job != self._work[0]:
            return
        (_, file), self._work = self._work, None
        ready, self._ready = self._ready, ""
        details = self._page.details
        details.work.hide()
        details.export.setEnabled(True)
        details.share.setEnabled(True)
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif result is None:
            self._studio.say(self.tr("The export was cancelled."))
        elif ready:
            self._studio.say(ready)
        else:
            url = QUrl.fromLocalFile(str(file.parent))
            if file.suffix == SUFFIX:
                self._page.shown()  # It may lie where the page looks.
            self._studio.offer(self._outcome(file, result), self.tr("Show"), lambda: QDesktopServices.openUrl(url))

    def _outcome(self, file: Path, result: object) -> str:
        said = self.tr("{} is written.").format(file.name)
        light = getattr(result, "light", None)
        if isinstance(light, Lightness):
            return said + " " + words.lightness(light)
        width, height = getattr(result, "checked_size", (0, 0))
        if not width:
            return said
        return said + self.tr(" Compared on a picture of {w} × {h}: at most {d} of 255 apart.").format(
            w=width, h=height, d=getattr(result, "difference", 0)
        )


def shared_file(run: Path, card: ModelCard) -> Path:
    """Where a run keeps its model as the one file that is given away."""
    return run / "exports" / f"{file_name(card.name)}{SUFFIX}"


def _is_fresh(run: Path, file: Path) -> bool:
    """Whether the file was written after the model and all that is said of it."""
    try:
        newest = max(each.stat().st_mtime for each in (run / MODEL, run / REMARKS, run / TITLE) if each.is_file())
        return file.stat().st_mtime >= newest
    except (OSError, ValueError):
        return False

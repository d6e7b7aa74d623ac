"""Where translations go: a file, a folder, the clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.window import jobs
from ganstudio.window.pages.translate_drag import DragOut
from ganstudio.window.pages.translate_work import mixed, mixing, saving, stem_of, write
from ganstudio.window.parts.queue_list import Piece
from ganstudio.window.studio import Studio
from ganstudio.words.events import Event, Failed, Made, Progress, Skipped
from ganstudio.words.routes import Route


class Results(QObject):
    """Asks where, and writes in the background.

    Signals:
        progressed: A line about the folder being filled.
        changed: `saving_all` is another now.
    """

    progressed = Signal(str)
    changed = Signal()

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._window = studio, parent
        self._all: int | None = None
        self._saves: dict[int, str] = {}
        self._copy: int | None = None
        self._left_out = 0
        self._dragging = DragOut(studio, parent)
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    @property
    def saving_all(self) -> bool:
        """Whether a folder is being filled."""
        return self._all is not None

    def save(self, piece: Piece, route: Route, strength: float) -> None:
        """Ask for a file and write one translation."""
        before, after = piece.before, piece.after
        if before is None or after is None:
            return
        source = piece.source if isinstance(piece.source, Path) else None
        start = (source.parent if source else Path.home()) / f"{stem_of(piece.source, route.target)}.png"
        kinds = self.tr("Pictures (*.png *.jpg *.webp *.tif)")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save the translation"), str(start), kinds)
        if not name:
            return
        target = Path(name) if Path(name).suffix else Path(f"{name}.png")
        if source is not None and target.exists() and target.samefile(source):
            self._studio.say(self.tr("That is the original picture. Choose another name."), fault=True)
            return
        job = self._studio.worker.begin(lambda: saving(before, after, strength, target, source))
        self._saves[job] = target.name

    def save_all(self, model: Path, route: Route, paths: Sequence[Path], strength: float) -> None:
        """Ask for a folder and translate all these files into it."""
        if not paths or self._all is not None:
            return
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Folder for the translations"))
        if not name:
            return
        device = self._studio.device
        self._left_out = 0
        self._all = self._studio.worker.begin(
            lambda: jobs.translate_files(model, route.title, paths, Path(name), strength=strength, device=device)
        )
        self.changed.emit()

    def copy(self, piece: Piece, strength: float) -> None:
        """Put one translation on the clipboard."""
        before, after = piece.before, piece.after
        if before is not None and after is not None:
            self._copy = self._studio.worker.begin(lambda: mixing(before, after, strength))

    def drag(self, piece: Piece, route: Route, strength: float) -> None:
        """Drag one translation out of the window."""
        before, after = piece.before, piece.after
        if before is None or after is None:
            return
        source = piece.source if isinstance(piece.source, Path) else None
        name = f"{stem_of(piece.source, route.target)}.png"

        def written(files: Sequence[Path]) -> QImage:
            image = mixed(before, after, strength)
            write(image, files[0], source)
            return image

        self._dragging.begin([name], written, piece.thumbnail)

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if job != self._all:
            return
        if isinstance(event, Skipped):
            self._left_out += 1
        elif isinstance(event, Progress):
            self.progressed.emit(self.tr("Saving {} of {}").format(event.done, event.total))
        elif isinstance(event, Made):
            self.progressed.emit(self.tr("Saved {}").format(Path(event.path).name))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job in self._saves:
            self._tell(result, self.tr("Saved {}.").format(self._saves.pop(job)))
        elif job == self._all:
            self._all = None
            left_out = self.tr(" {} could not be translated.").format(self._left_out) if self._left_out else ""
            self._tell(result, self.tr("All translations are saved.") + left_out)
            self.changed.emit()
        elif job == self._copy:
            self._copy = None
            if isinstance(result, QImage):
                QGuiApplication.clipboard().setImage(result)
            self._tell(result, self.tr("Copied."))

    def _tell(self, result: object, sentence: str) -> None:
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        else:
            self._studio.say(sentence)

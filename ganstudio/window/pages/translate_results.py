"""Where one translation goes: a file, the clipboard, another program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.window.pages.translate_drag import DragOut
from ganstudio.window.pages.translate_work import mixed, mixing, saving, stem_of, write
from ganstudio.window.parts.queue_list import Piece
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.look import Look
from ganstudio.words.routes import Route


class Results(QObject):
    """Asks where, and writes in the background.

    Signals:
        saved: This piece was written.
    """

    saved = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._window = studio, parent
        self._saves: dict[int, tuple[Piece, Path]] = {}
        self._copy: int | None = None
        self._dragging = DragOut(studio, parent)
        studio.reader.ended.connect(self._ended)

    def ask(self, piece: Piece, route: Route, suffix: str = ".png") -> Path | None:
        """Ask for a file; None when there is none to be, or when it is the original."""
        source = piece.source if isinstance(piece.source, Path) else None
        start = (source.parent if source else Path.home()) / f"{stem_of(piece.source, route.target)}{suffix}"
        kinds = self.tr("Pictures (*.png *.jpg *.webp *.tif *.avif)")
        if piece.kind == "film":
            kinds = self.tr("Films (*.mp4 *.webm *.mov *.mkv *.gif *.webp *.png)")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save the translation"), str(start), kinds)
        if not name:
            return None
        target = Path(name) if Path(name).suffix else Path(f"{name}{suffix}")
        if source is not None and target.exists() and target.samefile(source):
            self._studio.say(self.tr("That is the original. Choose another name."), fault=True)
            return None
        return target

    def save(self, piece: Piece, target: Path, look: Look) -> None:
        """Write one translation that is there."""
        before, after, mask = piece.before, piece.after, piece.mask
        if before is None or after is None:
            return
        source = piece.source if isinstance(piece.source, Path) else None
        job = self._studio.reader.begin(lambda: saving(before, after, look, mask, target, source=source))
        self._saves[job] = (piece, target)

    def copy(self, piece: Piece, look: Look) -> None:
        """Put one translation on the clipboard."""
        before, after, mask = piece.before, piece.after, piece.mask
        if before is not None and after is not None:
            self._copy = self._studio.reader.begin(lambda: mixing(before, after, look, mask))

    def drag(self, piece: Piece, route: Route, look: Look) -> None:
        """Drag one translation out of the window."""
        before, after, mask = piece.before, piece.after, piece.mask
        if before is None or after is None:
            return
        source = piece.source if isinstance(piece.source, Path) else None
        name = f"{stem_of(piece.source, route.target)}.png"

        def written(files: Sequence[Path]) -> QImage:
            image = mixed(before, after, look, mask)
            write(image, files[0], source)
            return image

        self._dragging.begin([name], written, piece.thumbnail)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job in self._saves:
            piece, target = self._saves.pop(job)
            if not isinstance(result, Failed):
                piece.saved = target
                self.saved.emit(piece)
            self._tell(result, self.tr("Saved {}.").format(target.name))
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

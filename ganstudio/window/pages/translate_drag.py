"""Dragging pictures that were made out of the window: into a folder, another program, a mail."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from ganstudio.window.parts.drop_zone import OURS
from ganstudio.window.studio import Studio

_URLS, _IMAGE = "text/uri-list", "application/x-qt-image"


class Dragged(QMimeData):
    """Pictures as files that are written while the hand still moves, and the first of them as an image.

    Args:
        files: Where they will lie.
        ready: The first picture, once all files are written.
    """

    def __init__(self, files: Sequence[Path], ready: Future[QImage]) -> None:
        super().__init__()
        self._files, self._ready = files, ready

    def formats(self) -> list[str]:
        """What can be asked for."""
        return [_URLS, _IMAGE, OURS]

    def retrieveData(self, kind: str, wanted: object) -> object:
        """What the other side asks for; waits until it is written, and gives nothing when that failed."""
        if kind == OURS:
            return QByteArray(b"1")
        if kind not in {_URLS, _IMAGE} or self._ready.exception() is not None:
            return None
        if kind == _IMAGE:
            return self._ready.result()
        return [QUrl.fromLocalFile(str(file)) for file in self._files]


class DragOut(QObject):
    """Starts drags. Their files lie in a folder of the system's temporary one, which goes when the window closes."""

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._window = studio, window
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        # Not the worker's thread: a training in progress would keep the hand waiting for a step.
        self._writer = ThreadPoolExecutor(1, "drag")
        studio.closing.connect(self._close)

    def begin(self, names: Sequence[str], write: Callable[[Sequence[Path]], QImage], shown: QImage | None) -> None:
        """Drag pictures until they are dropped.

        Args:
            names: File names, each a different one.
            write: Writes the files, in a thread of its own, and returns the first picture.
            shown: What hangs at the pointer.
        """
        try:
            folder = Path(tempfile.mkdtemp(dir=self._home()))
        except OSError as error:
            self._studio.say(f"The picture could not be written for dragging: {error}", fault=True)
            return
        files = [folder / name for name in names]
        ready = self._writer.submit(write, files)
        drag = QDrag(self._window)
        drag.setMimeData(Dragged(files, ready))
        if shown is not None:
            pixmap = QPixmap.fromImage(shown)
            drag.setPixmap(pixmap)
            drag.setHotSpot(pixmap.rect().center())
        drag.exec(Qt.DropAction.CopyAction)
        if ready.done() and (fault := ready.exception()) is not None:
            self._studio.say(f"The picture could not be written for dragging: {fault}", fault=True)

    def _home(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="ganstudio-", ignore_cleanup_errors=True)
        return self._folder.name

    @Slot()
    def _close(self) -> None:
        self._writer.shutdown(cancel_futures=True)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

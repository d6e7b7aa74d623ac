"""Thumbnails: small square pictures of files, decoded by a few threads, newest wish first, and forgotten when many.

They come from the same decoder as training, so a file that shows here trains, and one that does not says why.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from PIL import Image

THREADS = 2
"""Decoding holds the interpreter now and then; more threads would make the window stutter."""

KEPT = 800
"""Thumbnails in memory: 160 × 160 pixels are 100 KB each."""

WAITING = 120
"""Wishes that wait; older ones are rows that scrolled away, and are wished again when they come back."""


def to_image(picture: Image.Image) -> QImage:
    """A Qt image with memory of its own."""
    rgb = picture.convert("RGB")
    data = rgb.tobytes()
    return QImage(data, rgb.width, rgb.height, 3 * rgb.width, QImage.Format.Format_RGB888).copy()


class Thumbnails(QObject):
    """Squares of `side` device pixels by path.

    Signals:
        ready: The picture of this path is there, or it is known that there is none.
    """

    ready = Signal(str)
    _made = Signal(str, QImage)

    def __init__(self, side: int = 192, parent: QObject | None = None, *, crop: bool = True) -> None:
        super().__init__(parent)
        self._side = side
        self._crop = crop
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._lock = threading.Lock()
        self._wishes: OrderedDict[str, None] = OrderedDict()
        self._running = 0
        self._closing = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._pool.setStackSize(8 << 20)
        self._made.connect(self._keep)

    def pixmap(self, path: Path) -> QPixmap | None:
        """The picture if it is there; otherwise it is wished for, and `ready` follows. Empty for an unreadable file."""
        key = str(path)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        with self._lock:
            self._wishes[key] = None
            self._wishes.move_to_end(key)
            if len(self._wishes) > WAITING:
                self._wishes.popitem(last=False)
            start = self._running < THREADS
            self._running += start
        if start:
            self._pool.start(_Decoding(self))
        return None

    def forget(self) -> None:
        """Drop every picture, for instance because files changed."""
        with self._lock:
            self._wishes.clear()
        self._kept.clear()

    @Slot()
    def shut(self) -> None:
        """Wait for the pictures in hand."""
        with self._lock:
            self._closing = True
            self._wishes.clear()
        self._pool.waitForDone()

    def next_wish(self) -> str | None:
        """For the decoding threads: the newest wish, or None when there is none and the thread ends."""
        with self._lock:
            if self._wishes and not self._closing:
                return self._wishes.popitem()[0]
            self._running -= 1
            return None

    def decode(self, key: str) -> None:
        """For the decoding threads: decode one file and hand it over."""
        from PIL import Image, ImageOps  # The decoder loads numpy, which the window need not wait for.

        from ganstudio.pictures import reading

        try:
            picture = reading.read(Path(key), at_least=self._side)
            if self._crop:
                picture = ImageOps.fit(picture, (self._side, self._side), Image.Resampling.BILINEAR)
            else:
                picture.thumbnail((2 * self._side, 2 * self._side), Image.Resampling.BILINEAR)
            image = to_image(picture)
        except (OSError, ValueError):
            image = QImage()
        # The window may be gone by now.
        with contextlib.suppress(RuntimeError):
            self._made.emit(key, image)

    @Slot(str, QImage)
    def _keep(self, key: str, image: QImage) -> None:
        self._kept[key] = QPixmap() if image.isNull() else QPixmap.fromImage(image)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(key)


class _Decoding(QRunnable):
    """Decodes until no wish is left."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails

    def run(self) -> None:
        """As long as there are wishes."""
        while (key := self._thumbnails.next_wish()) is not None:
            self._thumbnails.decode(key)

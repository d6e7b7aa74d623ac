"""Thumbnails: small pictures of files, decoded by a few threads, what is in sight first, forgotten when many.

They come from the same decoder as training, so a file that shows here trains, and one that does not says why. Those
made once are kept on disk (`thumbnail_files`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from ganstudio.words import places

if TYPE_CHECKING:
    from PIL import Image

    from ganstudio.window.thumbnail_files import ThumbnailFiles

THREADS = min(4, max(2, (os.cpu_count() or 2) // 2))
"""Decoding holds the interpreter now and then; more threads would make the window stutter."""

THREADS_WHILE_MOVING = min(THREADS, max(1, (os.cpu_count() or 2) - 1))
"""While someone scrolls, one core is the window's: what it paints comes before what it has not yet."""

MOVING_MS = 150
"""So long after the last move one scrolls no more."""

KEPT_BYTES = 96 << 20
"""Thumbnails in memory: 192 × 192 pixels are 144 KB each."""

WAITING = 120
"""Wishes that wait; older ones are cards that scrolled away, and are wished again when they come back."""

NICE = 3
"""Of 19: behind the window's own thread, before the jobs'."""


def to_image(picture: Image.Image) -> QImage:
    """A Qt image with memory of its own."""
    rgb = picture.convert("RGB")
    data = rgb.tobytes()
    return QImage(data, rgb.width, rgb.height, 3 * rgb.width, QImage.Format.Format_RGB888).copy()


class Thumbnails(QObject):
    """Pictures of about `side` device pixels by path.

    Args:
        side: Device pixels; exactly with `crop`, and at most twice that without.
        crop: Make squares out of the middle.
        kept: Keep them on disk too.
        most_bytes: Memory that they take at most.

    Signals:
        ready: The picture of this path is there, or it is known that there is none.
    """

    ready = Signal(str)
    _made = Signal(str, QImage)

    def __init__(
        self,
        side: int = 192,
        parent: QObject | None = None,
        *,
        crop: bool = True,
        kept: bool = False,
        most_bytes: int = KEPT_BYTES,
    ) -> None:
        super().__init__(parent)
        self._side = side
        self._crop = crop
        self._keeps, self._most_bytes = kept, most_bytes
        self._files: ThumbnailFiles | None = None
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._wanted: OrderedDict[object, deque[str]] = OrderedDict()
        self._wishes: OrderedDict[str, None] = OrderedDict()
        self._in_hand: set[str] = set()
        self._running = 0
        self._closing = False
        self._most = THREADS
        self._moving = QTimer(self, interval=MOVING_MS, singleShot=True)
        self._moving.timeout.connect(self._rest)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        self._pool.setStackSize(8 << 20)
        self._made.connect(self._keep)

    def look(self, path: Path) -> QPixmap | None:
        """The picture if it is there; empty for an unreadable file. Asks for nothing."""
        key = str(path)
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def pixmap(self, path: Path) -> QPixmap | None:
        """The picture if it is there; otherwise it is wished for, and `ready` follows. Empty for an unreadable file."""
        if (known := self.look(path)) is not None:
            return known
        with self._lock:
            self._wishes[str(path)] = None
            self._wishes.move_to_end(str(path))
            if len(self._wishes) > WAITING:
                self._wishes.popitem(last=False)
        self._start(1)
        return None

    def want(self, asker: object, paths: Sequence[Path]) -> None:
        """What `asker` shows now, the most important first; what it wanted before and has not got is dropped."""
        missing = deque(key for path in paths if (key := str(path)) not in self._kept)
        with self._lock:
            self._wanted.pop(asker, None)
            if missing:
                self._wanted[asker] = missing
        self._start(len(missing))

    def give_way(self) -> None:
        """Someone scrolls: decode in fewer threads until that is over."""
        with self._lock:
            self._most = THREADS_WHILE_MOVING
        self._moving.start()

    @Slot()
    def _rest(self) -> None:
        with self._lock:
            self._most = THREADS
            waiting = len(self._wishes) + sum(map(len, self._wanted.values()))
        self._start(waiting)

    def forget(self) -> None:
        """Drop every picture, for instance because files changed."""
        with self._lock:
            self._wishes.clear()
            self._wanted.clear()
        self._kept.clear()
        self._bytes = 0

    @Slot()
    def shut(self) -> None:
        """Wait for the pictures in hand."""
        with self._lock:
            self._closing = True
            self._wishes.clear()
            self._wanted.clear()
        self._pool.waitForDone()

    def _start(self, pieces: int) -> None:
        with self._lock:
            more = max(0, min(pieces, self._most - self._running))
            self._running += more
        for _ in range(more):
            self._pool.start(_Decoding(self))

    # In the decoding threads

    def next_wish(self) -> str | None:
        """What to decode next: what is in sight, each asker in turn, then the newest wish; None when there is none."""
        with self._lock:
            while self._running <= self._most and (key := self._next()) is not None:
                # Wanted while it was in hand, it may be there by now.
                if key not in self._in_hand and key not in self._kept:
                    self._in_hand.add(key)
                    return key
            self._running -= 1
            return None

    def _next(self) -> str | None:
        if self._wanted:
            asker, keys = self._wanted.popitem(last=False)
            key = keys.popleft()
            if keys:
                self._wanted[asker] = keys
            return key
        return self._wishes.popitem()[0] if self._wishes else None

    def decode(self, key: str) -> None:
        """Decode one file, or take what was kept of it, and hand it over."""
        try:
            image = to_image(self._picture(Path(key)))
        except (OSError, ValueError, MemoryError):
            image = QImage()
        # The window may be gone by now.
        with contextlib.suppress(RuntimeError):
            self._made.emit(key, image)

    def _picture(self, path: Path) -> Image.Image:
        files = self._on_disk()
        place = files.place(path) if files is not None else None
        if files is not None and place is not None and (known := files.read(place)) is not None:
            return known
        picture = self._small(path)
        if files is not None and place is not None:
            files.write(place, picture)
        return picture

    def _small(self, path: Path) -> Image.Image:
        from PIL import Image, ImageOps  # The decoder loads numpy, which the window need not wait for.

        from ganstudio.pictures import reading

        picture = reading.read(path, at_least=self._side)
        if self._crop:
            return ImageOps.fit(picture, (self._side, self._side), Image.Resampling.BILINEAR)
        picture.thumbnail((2 * self._side, 2 * self._side), Image.Resampling.BILINEAR)
        return picture

    def _on_disk(self) -> ThumbnailFiles | None:
        if not self._keeps:
            return None
        with self._lock:
            if self._files is None:
                from ganstudio.window.thumbnail_files import ThumbnailFiles

                kind = f"{self._side} {'square' if self._crop else 'whole'}"
                self._files = ThumbnailFiles(places.cache("thumbnails"), kind)
        return self._files

    @Slot(str, QImage)
    def _keep(self, key: str, image: QImage) -> None:
        with self._lock:
            self._in_hand.discard(key)
        self._bytes -= _size(self._kept.pop(key, None))
        made = self._kept[key] = QPixmap() if image.isNull() else QPixmap.fromImage(image)
        self._bytes += _size(made)
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        self.ready.emit(key)


def _size(picture: QPixmap | None) -> int:
    """Bytes in memory, with some for the name of an empty one."""
    return 256 + 4 * picture.width() * picture.height() if picture is not None else 0


class _Decoding(QRunnable):
    """Decodes until nothing is wanted."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails

    def run(self) -> None:
        """As long as something is wanted."""
        if sys.platform == "linux":  # As in the worker: Linux ignores Qt's priorities.
            with contextlib.suppress(OSError):
                own = os.getpriority(os.PRIO_PROCESS, os.getpid())
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), own + NICE)
        while (key := self._thumbnails.next_wish()) is not None:
            self._thumbnails.decode(key)

"""Mixing what is on the screen: a look over a picture and its translation, by the blending that files get too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from ganstudio.pictures.blending import blended
from ganstudio.words.look import Look

QUICK = 300_000
"""Pixels that are mixed by a table within a few milliseconds."""


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """The pixels of an 8-bit RGB or grey image, (h, w, 3) or (h, w), without a copy; valid while the image lives."""
    count = image.depth() // 8
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rows = rows[:, : image.width() * count]
    if count == 1:
        return rows
    pixels = rows.reshape(image.height(), image.width(), count)
    if count == 3:
        return pixels
    # Qt's 32 bits are one number each, with red above green above blue.
    return pixels[..., 2::-1] if sys.byteorder == "little" else pixels[..., 1:]


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """An RGB or grey image that owns its pixels."""
    kind = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    height, width = pixels.shape[:2]
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data, width, height, whole.strides[0], kind).copy()


def mixed(before: QImage, after: QImage, look: Look, mask: QImage | None = None) -> QImage:
    """What the look makes of two 8-bit RGB images of one size, under a grey mask of that size."""
    result = blended(pixels_of(before), pixels_of(after), look, None if mask is None else pixels_of(mask))
    image = image_of(result.astype(np.uint8, copy=False))
    image.setDevicePixelRatio(after.devicePixelRatio())
    return image


def is_quick(look: Look, mask: QImage | None, pixels: int) -> bool:
    """Whether so many pixels are mixed within the time of a frame, also beside a training."""
    return mask is None and look.blend == "light" and not look.keep_colours and pixels <= QUICK


class Mixer(QObject):
    """Mixes in a thread of its own; what was asked for meanwhile is forgotten but for the last.

    Signals:
        mixed: The key that was given, and the image.
    """

    mixed = Signal(object, QImage)
    _made = Signal(object, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._wanted: tuple[object, Callable[[], QImage]] | None = None
        self._busy = False
        self._made.connect(self._finish)

    def ask(self, key: object, make: Callable[[], QImage]) -> None:
        """Have `make` called in the thread; `mixed` follows unless something else is asked for before."""
        self._wanted = (key, make)
        self._begin()

    def forget(self) -> None:
        """Do not begin what was asked for."""
        self._wanted = None

    def _begin(self) -> None:
        if self._busy or self._wanted is None:
            return
        if self._pool is None:  # Most canvases never mix.
            self._pool = ThreadPoolExecutor(1, "mixing")
            self.destroyed.connect(self._pool.shutdown)
        key, make = self._wanted
        self._wanted, self._busy = None, True
        self._pool.submit(self._run, key, make)

    def _run(self, key: object, make: Callable[[], QImage]) -> None:
        self._made.emit(key, make())

    @Slot(object, QImage)
    def _finish(self, key: object, image: QImage) -> None:
        self._busy = False
        self.mixed.emit(key, image)
        self._begin()

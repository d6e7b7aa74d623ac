"""A mask that is painted: white where the translation shows, black where it does not, with soft edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage

from ganstudio.pictures.blending import fitted

LONGEST = 2048
"""Pixels along the longer side; a mask is soft and needs no more, and undoing keeps several."""

UNDOABLE = 20
_PIECE = 4  # Of the brush's radius, of which one rectangle tells.
_SPACING = 0.2  # Of the brush's radius, between two dabs of a stroke.
_SOFTEST = 0.02


class Mask(QObject):
    """A mask for pictures of one size.

    Before the first stroke there is none: the translation shows everywhere. A first stroke that paints begins with a
    black mask and one that erases with a white one, so that either does what the hand means.

    Args:
        size: Of the picture, in pixels.

    Signals:
        changed: It is another, within this part of the picture as shares of its width and height; for most of it or
            for all of it, the part is null.
    """

    changed = Signal(QRectF)

    def __init__(self, size: QSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        share = min(1.0, LONGEST / max(size.width(), size.height()))
        self._shape = (max(1, round(size.height() * share)), max(1, round(size.width() * share)))
        self._pixels: NDArray[np.uint8] | None = None
        self._past: list[NDArray[np.uint8] | None] = []
        self._ground: NDArray[np.uint8] | None = None  # As it was when the stroke began.
        self._stroke: NDArray[np.uint8] | None = None  # How much of the brush lies where.
        self._last: QPointF | None = None
        self._erases = False
        self._image: QImage | None = None

    @property
    def is_blank(self) -> bool:
        """Whether the translation shows everywhere."""
        return self._pixels is None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the mask itself, which may be smaller than the picture."""
        return self._shape[1], self._shape[0]

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._past)

    def image(self) -> QImage | None:
        """The mask as it is, 8-bit grey and smaller than the picture perhaps; None while it is blank.

        It is no copy: what is painted later is seen in it.
        """
        if self._image is None and self._pixels is not None:
            height, width = self._shape
            self._image = QImage(self._pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
        return self._image

    def pixels(self, width: int, height: int) -> NDArray[np.uint8] | None:
        """The mask for a picture of this size, (height, width), as it is saved and loaded; None while it is blank."""
        return None if self._pixels is None else fitted(Image.fromarray(self._pixels), (width, height))

    def save(self, file: Path) -> None:
        """Write it as a picture, for work that takes a file.

        Raises:
            OSError: It cannot be written.
        """
        Image.fromarray(self._white() if self._pixels is None else self._pixels).save(file)

    def take(self, pixels: NDArray[np.uint8]) -> None:
        """Use this mask, of any size, instead."""
        self._keep()
        height, width = self._shape
        self._put(fitted(Image.fromarray(pixels), (width, height)).copy())

    # The brush

    def begin(self, at: QPointF, radius: float, softness: float, *, erases: bool) -> None:
        """Put the brush down.

        Args:
            at: Where, as shares of the picture's width and height.
            radius: Of the brush, as a share of the picture's width.
            softness: Share of the radius over which its edge fades.
            erases: Hide the translation instead of showing it.
        """
        self._keep()
        self._erases = erases
        if self._pixels is None:
            self._put(self._white() if erases else np.zeros(self._shape, np.uint8))
        assert self._pixels is not None
        self._ground, self._stroke = self._pixels.copy(), np.zeros(self._shape, np.uint8)
        self._last = None
        self.draw(at, radius, softness)

    def draw(self, to: QPointF, radius: float, softness: float) -> None:
        """Draw the brush on to here."""
        if self._stroke is None:
            return
        height, width = self._shape
        size = max(0.5, radius * width)
        target = QPointF(to.x() * width, to.y() * height)
        start = self._last if self._last is not None else target
        way = target - start
        length = float(np.hypot(way.x(), way.y()))
        steps = max(1, round(length / max(1.0, size * _SPACING)))
        for step in range(0 if self._last is None else 1, steps + 1):
            self._dab(start + way * (step / steps), size, max(_SOFTEST, softness))
        self._last = target
        # A long stroke is told in pieces: one rectangle around it would be far more than what it touches.
        pieces = max(1, round(length / (_PIECE * size)))
        for piece in range(pieces):
            ends = QRectF(start + way * (piece / pieces), start + way * ((piece + 1) / pieces)).normalized()
            box = ends.adjusted(-size - 1, -size - 1, size + 1, size + 1)
            self._lay_down(box)
            self.changed.emit(QRectF(box.x() / width, box.y() / height, box.width() / width, box.height() / height))

    def end(self) -> None:
        """Lift the brush."""
        self._ground = self._stroke = self._last = None

    def invert(self) -> None:
        """Show where it was hidden, and hide where it was shown."""
        if self._pixels is not None:
            self._keep()
            self._put(255 - self._pixels)

    def clear(self) -> None:
        """Show the translation everywhere again."""
        if self._pixels is not None:
            self._keep()
            self._put(None)

    def undo(self) -> None:
        """Take the last stroke or change back."""
        if self._past:
            self.end()
            self._put(self._past.pop())

    def _keep(self) -> None:
        self._past = [*self._past[1 - UNDOABLE :], None if self._pixels is None else self._pixels.copy()]

    def _put(self, pixels: NDArray[np.uint8] | None) -> None:
        self._image = None  # It goes before the pixels that it shows.
        self._pixels = None if pixels is None else np.ascontiguousarray(pixels)
        self.changed.emit(QRectF())

    def _white(self) -> NDArray[np.uint8]:
        return np.full(self._shape, 255, np.uint8)

    def _dab(self, at: QPointF, radius: float, softness: float) -> None:
        """One print of the brush; within a stroke the strongest counts, so that edges stay as soft as they are."""
        assert self._stroke is not None
        height, width = self._shape
        left, right = max(0, int(at.x() - radius - 1)), min(width, int(at.x() + radius + 2))
        top, bottom = max(0, int(at.y() - radius - 1)), min(height, int(at.y() + radius + 2))
        if left >= right or top >= bottom:
            return
        y, x = np.ogrid[top:bottom, left:right]
        distance = np.hypot(x + 0.5 - at.x(), y + 0.5 - at.y()).astype(np.float32) / radius
        share = np.clip((1 - distance) / softness, 0, 1)
        dab = (share * share * (3 - 2 * share) * 255 + 0.5).astype(np.uint8)
        part = self._stroke[top:bottom, left:right]
        np.maximum(part, dab, out=part)

    def _lay_down(self, box: QRectF) -> None:
        """The stroke over the ground, where it is new."""
        assert self._pixels is not None
        assert self._ground is not None
        assert self._stroke is not None
        rows = slice(max(0, int(box.top())), max(0, int(box.bottom()) + 1))
        columns = slice(max(0, int(box.left())), max(0, int(box.right()) + 1))
        share = self._stroke[rows, columns].astype(np.uint16)
        ground = self._ground[rows, columns]
        target = 0 if self._erases else 255
        self._pixels[rows, columns] = (ground * (255 - share) + target * share + 127) // 255

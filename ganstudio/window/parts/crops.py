"""Crops: what the network will see, cut as training cuts it: scale the short side, crop anywhere, mirror half."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps
from PySide6.QtCore import QObject, QRectF, QRunnable, QSize, Qt, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.pictures import reading
from ganstudio.window import theme
from ganstudio.window.parts.card import cover
from ganstudio.window.thumbnails import to_image

SIZE, MARGIN = 256, 1.1172
"""The published recipe; the share of a picture that a crop shows is the same at any size."""

SIDE = 80
GAP = 8
MILLISECONDS = 1800
"""One of the crops changes this often: alive, and calm enough to look at."""


def training_size(width: int, height: int, size: int, margin: float) -> tuple[int, int]:
    """Width and height at which training keeps a picture; the rule of pictures/stock.py, "cover"."""
    short = min(width, height)
    scale = max(min(1.0, size * margin / short), size / short)
    return max(size, round(width * scale)), max(size, round(height * scale))


def crop(picture: Image.Image, size: int, margin: float, chance: random.Random) -> Image.Image:
    """One random square of `size` pixels, as a training step draws it."""
    width, height = training_size(*picture.size, size, margin)
    if picture.size != (width, height):
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    left, top = chance.randint(0, width - size), chance.randint(0, height - size)
    square = picture.crop((left, top, left + size, top + size))
    return ImageOps.mirror(square) if chance.random() < 0.5 else square


class _Hand(QObject):
    """Carries a finished crop to the window's thread."""

    made = Signal(int, QImage)


class _Cutting(QRunnable):
    """Cuts one crop of one file."""

    def __init__(self, hand: _Hand, place: int, path: Path, seed: int) -> None:
        super().__init__()
        self._hand, self._place, self._path = hand, place, path
        self._chance = random.Random(seed)  # noqa: S311  Not a secret.

    def run(self) -> None:
        """Decode, cut, hand over; an unreadable file gives none."""
        try:
            picture = reading.read(self._path, at_least=round(SIZE * MARGIN))
            image = to_image(crop(picture, SIZE, MARGIN, self._chance))
        except (OSError, ValueError):
            return
        # Its strip may be gone by now.
        with contextlib.suppress(RuntimeError):
            self._hand.made.emit(self._place, image)


class CropStrip(QWidget):
    """A row of live crops.

    Args:
        pool: Threads that cut; shared by all strips of a page.
    """

    def __init__(self, pool: QThreadPool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._paths: Sequence[Path] = ()
        self._crops: dict[int, QPixmap] = {}
        self._chance = random.Random()  # noqa: S311  Not a secret.
        self._hand = _Hand(self)
        self._hand.made.connect(self._made)
        self._timer = QTimer(self)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self._one)
        self.setFixedHeight(SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the network will see"))

    def show_paths(self, paths: Sequence[Path]) -> None:
        """Draw from these files."""
        self._paths = paths
        self._crops.clear()
        self.shuffle()

    def places(self) -> int:
        """Crops that fit side by side."""
        return max(1, (self.width() + GAP) // (SIDE + GAP))

    @Slot()
    def shuffle(self) -> None:
        """Draw all anew."""
        if self.isVisible():
            for place in range(self.places()):
                self._wish(place)
        self.update()

    @Slot()
    def _one(self) -> None:
        empty = [place for place in range(self.places()) if place not in self._crops]
        self._wish(empty[0] if empty else self._chance.randrange(self.places()))

    def _wish(self, place: int) -> None:
        if self._paths:
            path = self._chance.choice(self._paths)
            seed = self._chance.getrandbits(32)
            self._pool.start(_Cutting(self._hand, place, path, seed))

    @Slot(int, QImage)
    def _made(self, place: int, image: QImage) -> None:
        side = round(2 * SIDE * self.devicePixelRatioF())
        small = image.scaled(side, side, mode=Qt.TransformationMode.SmoothTransformation)
        self._crops[place] = QPixmap.fromImage(small)
        self.update()

    def sizeHint(self) -> QSize:
        """Four crops."""
        return QSize(4 * (SIDE + GAP) - GAP, SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the row to its end with squares."""
        super().resizeEvent(event)
        self.setFixedHeight(self._side())

    def _side(self) -> int:
        return (self.width() + GAP) // self.places() - GAP

    def showEvent(self, event: QShowEvent) -> None:
        """Come alive."""
        super().showEvent(event)
        self._timer.start()
        self.shuffle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the crops."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._side()
        for place in range(self.places()):
            area = QRectF(place * (side + GAP), 0, side, side)
            outline = QPainterPath()
            outline.addRoundedRect(area, 6, 6)
            painter.fillPath(outline, theme.colour("rail"))
            if place in self._crops:
                painter.setClipPath(outline)
                cover(painter, area, self._crops[place])
                painter.setClipping(False)
        painter.end()

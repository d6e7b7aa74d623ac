"""Crops: what the network will see, cut, mirrored and augmented by the training's own code."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.window import jobs, theme
from ganstudio.window.parts.card import cover
from ganstudio.window.thumbnails import to_image
from ganstudio.window.worker import Worker
from ganstudio.words.settings import Value

SIDE = 80
GAP = 8
MILLISECONDS = 2500
"""One of the crops changes this often: alive, and calm enough to look at."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a training looks at pictures: the method, the side of its squares in pixels, what differs from its defaults.

    Attributes:
        method: Key in the catalogue.
        size: Side in pixels.
        settings: What differs from the method's defaults.
        side_by_side: Each picture holds the two of a pair.
    """

    method: str = "cyclegan"
    size: int = 256
    settings: Mapping[str, Value] = field(default_factory=dict)
    side_by_side: bool = False


class CropStrip(QWidget):
    """A row of crops that come anew one by one.

    Args:
        worker: Who cuts them; one job at a time, so that a training in progress is hardly slowed.
    """

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._job: int | None = None
        self._wanted: list[int] = []
        self._asked: list[int] = []
        self._paths: Sequence[Path] = ()
        self._sight = Sight()
        self._crops: dict[int, QPixmap] = {}
        self._chance = random.Random()  # noqa: S311  Not a secret.
        self._timer = QTimer(self)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self._one)
        worker.ended.connect(self._ended)
        self.setFixedHeight(SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the network will see"))

    def show_paths(self, paths: Sequence[Path]) -> None:
        """Draw from these files."""
        if list(paths) != list(self._paths):
            self._paths = paths
            self._crops.clear()
            self.shuffle()

    def follow(self, sight: Sight) -> None:
        """Cut as a training with these settings does."""
        if sight != self._sight:
            self._sight = sight
            self.shuffle()

    def places(self) -> int:
        """Crops that fit side by side."""
        return max(1, (self.width() + GAP) // (SIDE + GAP))

    @Slot()
    def shuffle(self) -> None:
        """Draw all anew."""
        self._wanted = list(range(self.places()))
        self._ask()
        self.update()

    @Slot()
    def _one(self) -> None:
        missing = [place for place in range(self.places()) if place not in self._crops]
        self._wanted = missing or [self._chance.randrange(self.places())]
        self._ask()

    def _ask(self) -> None:
        if not self.isVisible() or not self._paths or self._job is not None:
            return
        self._asked, self._wanted = self._wanted, []
        paths, sight, count, seed = tuple(self._paths), self._sight, len(self._asked), self._chance.getrandbits(31)
        self._job = self._worker.begin(
            lambda: jobs.crops(
                paths,
                sight.method,
                sight.size,
                sight.settings,
                count=count,
                seed=seed,
                side_by_side=sight.side_by_side,
            )
        )

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._job or job is None:
            return
        self._job = None
        if isinstance(result, list):
            for place, picture in zip(self._asked, result, strict=False):
                self._crops[place] = self._small(picture)
            self.update()
        if self._wanted:
            self._ask()

    def _small(self, picture: Image.Image) -> QPixmap:
        image = to_image(picture)
        side = round(2 * SIDE * self.devicePixelRatioF())
        if image.height() > side:
            image = image.scaledToHeight(side, Qt.TransformationMode.SmoothTransformation)
        return QPixmap.fromImage(image)

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

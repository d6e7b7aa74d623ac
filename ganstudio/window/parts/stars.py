"""Stars: how much something is liked, from none to five; painted, and pressed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ganstudio.window import theme

MOST = 5
SIDE = 16.0
"""Pixels of one star, with the space around it."""


def paint_stars(painter: QPainter, corner: QPointF, stars: int, *, empty: bool = True) -> None:
    """Five stars side by side, so many of them full; `empty` ones are drawn as outlines, or not at all."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in range(MOST):
        full = number < stars
        if not full and not empty:
            break
        ink = theme.colour("accent" if full else "muted")
        painter.setPen(QPen(ink, 1.2, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(ink if full else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(_star(corner + QPointF((number + 0.5) * SIDE, 0.5 * SIDE)))
    painter.restore()


def star_at(offset: QPointF) -> int:
    """Which star, from 1 on, is at this place from the corner of the five; 0 for none."""
    if not (0 <= offset.y() < SIDE and 0 <= offset.x() < MOST * SIDE):
        return 0
    return int(offset.x() // SIDE) + 1


def toggled(stars: int, pressed: int) -> int:
    """What a press on a star makes of so many: pressing the last full one takes all away."""
    return 0 if pressed == stars else pressed


def _star(middle: QPointF) -> QPolygonF:
    points = []
    for corner in range(10):
        angle = math.pi * (corner / 5 - 0.5)
        radius = 0.42 * SIDE * (0.45 if corner % 2 else 1.0)
        points.append(middle + QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    return QPolygonF(points)


class Stars(QWidget):
    """Five stars to press; arrow keys and the digits 0 to 5 do the same.

    Signals:
        chosen: The artist gave so many.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stars = 0
        self.setFixedSize(self.sizeHint())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_stars(0)

    @property
    def stars(self) -> int:
        """How many are full."""
        return self._stars

    def show_stars(self, stars: int) -> None:
        """Show so many."""
        self._stars = stars
        said = self.tr("No stars") if not stars else self.tr("{} of 5 stars").format(stars)
        self.setAccessibleName(said)
        self.setToolTip(self.tr("{}. Keys 0 to 5 change it.").format(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Five stars, and room for the ring of the keyboard."""
        return QSize(round(MOST * SIDE) + 8, round(SIDE) + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them, and a ring when the keyboard is here."""
        painter = QPainter(self)
        paint_stars(painter, QPointF(4, 4), self._stars)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give as many stars as are left of the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and (
            pressed := star_at(QPointF(event.position().x() - 4, SIDE / 2))
        ):
            self._give(toggled(self._stars, pressed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits give, arrows give one more or less."""
        key = Qt.Key(event.key())
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_5:
            self._give(int(key) - int(Qt.Key.Key_0))
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Down}:
            self._give(max(0, self._stars - 1))
        elif key in {Qt.Key.Key_Right, Qt.Key.Key_Up}:
            self._give(min(MOST, self._stars + 1))
        else:
            super().keyPressEvent(event)

    def _give(self, stars: int) -> None:
        if stars != self._stars:
            self.show_stars(stars)
            self.chosen.emit(stars)

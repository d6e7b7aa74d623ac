"""The words of small drawings: landscapes, noise, labels, arrows; their lines take the colour of the theme."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

SUMMER = ("#8fc7e8", "#f5c542", "#5a9e4b")
WINTER = ("#c3cfdc", "#ffffff", "#8fa3b8")
DUSK = ("#f3c9a1", "#d9664f", "#7a3b2e")
SPRING = ("#d8e8f4", "#f7b7c5", "#8cbf6a")
RED, BLUE, GREEN = "#d9664f", "#4f86d9", "#5a9e4b"


class Sketch:
    """A painter's words: tiles, noise, tags, arrows. All lengths are in the units of a 96 × 48 drawing."""

    def __init__(self, painter: QPainter, ink: QColor, faint: QColor) -> None:
        self.painter, self.ink, self.faint = painter, ink, faint

    def scene(self, x: float, y: float, side: float, colours: tuple[str, str, str] = SUMMER) -> None:
        """A small landscape: sky, sun and hills."""
        p, (sky, sun, hill) = self.painter, colours
        p.save()
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(x, y, side, side), side / 10, side / 10)
        p.setClipPath(clip)
        p.setPen(Qt.PenStyle.NoPen)
        p.fillRect(QRectF(x, y, side, side), QColor(sky))
        p.setBrush(QColor(sun))
        p.drawEllipse(QPointF(x + 0.7 * side, y + 0.3 * side), 0.14 * side, 0.14 * side)
        p.setBrush(QColor(hill))
        p.drawEllipse(QRectF(x - 0.4 * side, y + 0.55 * side, 1.2 * side, 1.1 * side))
        p.setBrush(QColor(hill).darker(115))
        p.drawEllipse(QRectF(x + 0.4 * side, y + 0.67 * side, 1.1 * side, side))
        p.restore()

    def drawing(self, x: float, y: float, side: float) -> None:
        """The landscape as a line drawing on paper."""
        p = self.painter
        p.save()
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(x, y, side, side), side / 10, side / 10)
        p.setClipPath(clip)
        p.fillRect(QRectF(x, y, side, side), QColor("#f4f1ea"))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor("#4a4a50"), 1.3))
        p.drawEllipse(QPointF(x + 0.7 * side, y + 0.3 * side), 0.14 * side, 0.14 * side)
        p.drawEllipse(QRectF(x - 0.4 * side, y + 0.55 * side, 1.2 * side, 1.1 * side))
        p.drawArc(QRectF(x + 0.4 * side, y + 0.67 * side, 1.1 * side, side), 70 * 16, 75 * 16)
        p.restore()
        # White paper on a white card needs an edge.
        p.setPen(QPen(self.faint, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRoundedRect(QRectF(x + 0.5, y + 0.5, side - 1, side - 1), side / 10, side / 10)

    def noise(self, x: float, y: float, side: float, dots: int = 24) -> None:
        """Chance, as dots; evenly strewn, as chance is only in the mean."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.faint)
        for dot in range(1, dots + 1):
            at = QPointF(x + side * (0.7549 * dot % 1), y + side * (0.5698 * dot % 1))
            self.painter.drawEllipse(at, 1.3, 1.3)

    def tag(self, x: float, y: float, width: float, colour: str, height: float = 9) -> None:
        """A label."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        self.painter.drawRoundedRect(QRectF(x, y, width, height), height / 2, height / 2)

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """A filled circle."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        self.painter.drawEllipse(QPointF(x, y), radius, radius)

    def ring(self, x: float, y: float, radius: float, colour: str = "") -> None:
        """A circle's line, in the ink where no colour is named."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.setPen(QPen(QColor(colour) if colour else self.ink, 1.6))
        self.painter.drawEllipse(QPointF(x, y), radius, radius)

    def line(self, *points: tuple[float, float], faint: bool = False) -> None:
        """A line through points."""
        pen = QPen(self.faint if faint else self.ink, 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))

    def arrow(self, x: float, to: float, y: float = 24, end: float | None = None) -> None:
        """An arrow from (x, y) to (to, end)."""
        end = y if end is None else end
        self.line((x, y), (to, end))
        back = -3.5 if to > x else 3.5
        tilt = (end - y) / (to - x) * back
        self.line((to + back, end + tilt - 3.2), (to, end), (to + back, end + tilt + 3.2))

    def both_ways(self, x: float, to: float) -> None:
        """Two arrows, there and back."""
        self.arrow(x, to, 19)
        self.arrow(to, x, 29)

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """A bracket around what belongs together."""
        pen = QPen(self.faint, 1.2)
        pen.setDashPattern([2.5, 2.5])
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(QRectF(x, y, width, height), 5, 5)

    def tick(self, x: float, y: float) -> None:
        """Taken for real."""
        self.dot(x, y, 7, GREEN)
        self._mark((x - 3, y), (x - 0.8, y + 2.4), (x + 3.2, y - 2.4))

    def cross(self, x: float, y: float) -> None:
        """Found out."""
        self.dot(x, y, 7, RED)
        self._mark((x - 2.4, y - 2.4), (x + 2.4, y + 2.4))
        self._mark((x + 2.4, y - 2.4), (x - 2.4, y + 2.4))

    def _mark(self, *points: tuple[float, float]) -> None:
        self.painter.setPen(QPen(QColor("#ffffff"), 1.7))
        self.painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))

    def bell(self, x: float, y: float, width: float, height: float) -> None:
        """The curve of a normal distribution, its foot at (x, y)."""
        path = QPainterPath(QPointF(x, y))
        path.cubicTo(x + 0.4 * width, y, x + 0.3 * width, y - height, x + 0.5 * width, y - height)
        path.cubicTo(x + 0.7 * width, y - height, x + 0.6 * width, y, x + width, y)
        self.painter.setPen(QPen(self.ink, 1.6))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(path)

    def patches(self, spots: Iterable[tuple[float, float]]) -> None:
        """Small squares that mark places of a picture."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in spots:
            self.painter.setPen(QPen(QColor("#ffffff"), 3))
            self.painter.drawRect(QRectF(x, y, 8, 8))
            self.painter.setPen(QPen(QColor("#1c1c1e"), 1.2))
            self.painter.drawRect(QRectF(x, y, 8, 8))

    def squares(self, x: float, y: float, side: float) -> None:
        """The landscape with pixels as large as tiles."""
        colours = ("#8fc7e8", "#b9cf9a", "#f5c542", "#8fc7e8", "#7fb3a0", "#a9cbb0", "#5a9e4b", "#5a9e4b", "#4f8b42")
        for number, colour in enumerate(colours):
            at = QRectF(x + number % 3 * side / 3, y + number // 3 * side / 3, side / 3, side / 3)
            self.painter.fillRect(at, QColor(colour))

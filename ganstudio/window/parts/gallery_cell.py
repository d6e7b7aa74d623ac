"""One cell of a gallery: a picture with round corners, a ring when chosen, marks in its corners.

A cell is scaled and rounded once and then only copied: while the gallery scrolls, a frame has a few milliseconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPixmap

from ganstudio.window import theme
from ganstudio.window.parts.card import cover
from ganstudio.window.parts.gallery_model import Marks
from ganstudio.window.thumbnails import Thumbnails

KEPT_BYTES = 48 << 20
"""More than any screen shows at once."""

ROOM = 4
"""Pixels around each picture."""

RADIUS = 6
PALE = 0.35


@dataclass(frozen=True, slots=True)
class State:
    """How a cell stands in the view."""

    selected: bool
    current: bool


class Cells:
    """Paints cells; `thumbnails` have their pictures."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        self._thumbnails = thumbnails
        self._faces: OrderedDict[str, QPixmap] = OrderedDict()
        self._made_for: tuple[int, float] = (0, 1.0)
        self._bytes = 0

    def forget(self, key: str) -> None:
        """The picture of this path is another now."""
        if (face := self._faces.pop(key, None)) is not None:
            self._bytes -= _bytes(face)

    def paint(self, painter: QPainter, cell: QRect, path: Path, marks: Marks, state: State) -> None:
        """Paint one cell."""
        area = QRectF(cell).adjusted(ROOM, ROOM, -ROOM, -ROOM)
        if marks.groups.get(path, 0) % 2 or state.selected:
            painter.fillRect(cell, theme.colour("soft" if state.selected else "rail"))
        face = self._face(path, cell.width() - 2 * ROOM, painter.device().devicePixelRatioF())
        if face is None or face.isNull():
            self._blank(painter, area, broken=face is not None)
        else:
            painter.setOpacity(PALE if path in marks.left_out else 1.0)
            painter.drawPixmap(area.topLeft(), face)
            painter.setOpacity(1.0)
        if path in marks.best:
            self._best(painter, area)
        elif path in marks.notes:
            self._badge(painter, area.topRight() + QPointF(-9, 9), "caution")
        if path in marks.held_out:
            self._badge(painter, area.topLeft() + QPointF(9, 9), "accent")
        if state.selected or state.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 3 if state.current else 2))
            painter.drawRoundedRect(area, RADIUS, RADIUS)
        if state.current:  # A second line, which is seen on a picture as dark, or as blue, as the first one.
            painter.setPen(QPen(theme.colour("surface"), 2))
            painter.drawRoundedRect(area.adjusted(2.5, 2.5, -2.5, -2.5), RADIUS - 2, RADIUS - 2)

    def _face(self, path: Path, side: int, ratio: float) -> QPixmap | None:
        """The picture as it is painted; None while it is not there, empty when there is none."""
        if self._made_for != (side, ratio):
            self._faces.clear()
            self._made_for, self._bytes = (side, ratio), 0
        key = str(path)
        if key in self._faces:
            self._faces.move_to_end(key)
            return self._faces[key]
        shown = self._thumbnails.look(path)
        if shown is None or shown.isNull():
            return shown
        face = self._faces[key] = _rounded(shown, side, ratio)
        self._bytes += _bytes(face)
        while self._bytes > KEPT_BYTES:
            self._bytes -= _bytes(self._faces.popitem(last=False)[1])
        return face

    @staticmethod
    def _blank(painter: QPainter, area: QRectF, *, broken: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("rail"))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        if broken:
            mark = theme.pixmap("warning", 24, theme.colour("caution"), painter.device().devicePixelRatioF())
            painter.drawPixmap(area.center() - QPointF(12, 12), mark)

    @staticmethod
    def _badge(painter: QPainter, centre: QPointF, ink: str) -> None:
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour(ink))
        painter.drawEllipse(centre, 5, 5)

    @staticmethod
    def _best(painter: QPainter, area: QRectF) -> None:
        centre = area.topRight() + QPointF(-13, 13)
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour("good"))
        painter.drawEllipse(centre, 10, 10)
        mark = theme.pixmap("check", 14, theme.colour("surface"), painter.device().devicePixelRatioF())
        painter.drawPixmap(centre - QPointF(7, 7), mark)


def _rounded(picture: QPixmap, side: int, ratio: float) -> QPixmap:
    """The middle of `picture` as a square of `side` pixels with round corners."""
    pixels = round(side * ratio)
    square = QPixmap(pixels, pixels)
    painter = QPainter(square)
    cover(painter, QRectF(0, 0, pixels, pixels), picture)
    painter.end()
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(square))
    painter.drawRoundedRect(QRectF(0, 0, pixels, pixels), RADIUS * ratio, RADIUS * ratio)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def _bytes(face: QPixmap) -> int:
    return 4 * face.width() * face.height()

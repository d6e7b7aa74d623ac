"""Strokes: lines of any number of points, drawn in a time that depends on the width of the picture alone.

A line as dense as its pixels is an area: in each column of pixels it goes from its lowest to its highest place there.
How much of each pixel that covers is worked out for all at once, which is many times faster than to follow a line from
point to point, smoother than a line of whole pixels, and the same for a line twice as thick. Only where points are far
apart, and few, the line itself is drawn.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from ganstudio.window.curve import Numbers

FAR = 4
"""Pixels between two points from which the line itself is drawn."""

DEGREES = 16
"""How many shades of coverage there are."""

DOT = 5.0
"""Pixels across."""

FARTHEST = 1e6
"""Pixels; what lies farther outside is drawn at this distance."""


def stroke(painter: QPainter, area: QRectF, x: Numbers, y: Numbers, pen: QPen) -> None:
    """Draw a line through points.

    Args:
        painter: Where.
        area: Nothing is drawn outside; its corner lies on a whole pixel.
        x: In pixels of `painter`, never falling; at least one.
        y: As many; may lie outside, however far.
        pen: Its colour with its opacity, and its width in pixels.
    """
    y = np.clip(y, -FARTHEST, FARTHEST)
    if len(x) * FAR < area.width():
        _line(painter, area, x, y, pen)
        return
    ratio = painter.device().devicePixelRatio()
    across, down = round(area.width() * ratio), round(area.height() * ratio)
    first, top, bottom = columns(ratio * (x - area.left()), ratio * (y - area.top()), across)
    if not len(top):
        return
    half = ratio * pen.widthF() / 2
    above, cover = coverage(top - half, bottom + half, down)
    if not len(cover):
        return
    image = QImage(cover.data, len(top), len(cover), cover.strides[0], QImage.Format.Format_Indexed8)
    image.setColorTable(_shades(pen.color().rgba()))
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(area.left() + first / ratio, area.top() + above / ratio), image)


def columns(x: Numbers, y: Numbers, count: int) -> tuple[int, Numbers, Numbers]:
    """The first column of pixels that a line meets, and its least and greatest y in this one and those after it.

    Args:
        x: Of its points, never falling.
        y: As many.
        count: Columns that there are, one pixel wide, from 0.
    """
    first, end = max(0, int(x[0])), min(count, int(x[-1]) + 1)
    if first >= end:
        return first, y[:0], y[:0]
    at_edges = np.interp(np.arange(first, end + 1), x, y)
    top, bottom = np.minimum(at_edges[:-1], at_edges[1:]), np.maximum(at_edges[:-1], at_edges[1:])
    inside = slice(int(np.searchsorted(x, first)), int(np.searchsorted(x, end)))
    column = x[inside].astype(np.intp) - first
    np.minimum.at(top, column, y[inside])
    np.maximum.at(bottom, column, y[inside])
    return first, top, bottom


def coverage(top: Numbers, bottom: Numbers, rows: int) -> tuple[int, Numbers]:
    """How much of each pixel lies between top and bottom of its column, which are a pixel apart at least.

    Returns:
        The first row that has any, and from there on (rows, columns) uint8 up to `DEGREES`; rows are filled up to whole
        words, as pictures of Qt want them.
    """
    first, end = max(0, math.floor(top.min())), min(rows, math.ceil(bottom.max()))
    count = max(0, end - first)
    # Small whole numbers, of which a processor takes many at once.
    kind = np.int16 if count * DEGREES < np.iinfo(np.int16).max - 2 * DEGREES else np.int32
    high, low = (np.rint(DEGREES * np.clip(edge - first, -1, count + 1)).astype(kind) for edge in (top, bottom))
    row = (DEGREES * np.arange(count, dtype=kind))[:, None]
    share = np.minimum(row + (DEGREES - high), low - row)
    np.clip(share, 0, DEGREES, out=share)
    found = np.zeros((count, -(-len(top) // 4) * 4), np.uint8)
    np.copyto(found[:, : len(top)], share, casting="unsafe")
    return first, found


def dots(painter: QPainter, area: QRectF, x: Numbers, y: Numbers, colour: QColor) -> None:
    """A dot at each point, where they would not run into each other."""
    if len(x) * DOT > area.width():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for each in zip(x.tolist(), y.tolist(), strict=True):
        if area.contains(QPointF(*each)):
            painter.drawEllipse(QPointF(*each), DOT / 2, DOT / 2)


def _line(painter: QPainter, area: QRectF, x: Numbers, y: Numbers, pen: QPen) -> None:
    polygon = QPolygonF()
    polygon.resize(len(x))
    memory: Any = shiboken6.VoidPtr(polygon.data(), 16 * len(x), True)  # type: ignore[call-arg, arg-type]
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0], points[:, 1] = x, y
    painter.save()
    painter.setClipRect(area)
    painter.setPen(pen)
    if len(x) == 1:
        painter.drawPoint(QPointF(x[0], y[0]))
    painter.drawPolyline(polygon)
    painter.restore()


@lru_cache(64)
def _shades(rgba: int) -> list[int]:
    """The colour as strong as each degree of coverage."""
    return [round((rgba >> 24) * degree / DEGREES) << 24 | (rgba & 0xFFFFFF) for degree in range(DEGREES + 1)]

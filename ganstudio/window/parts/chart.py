"""One chart of curves: its axes, its marks, and the pointer that chooses a span of steps to look at closer.

It is painted by hand, since a library's charts are made of items that tell each other of every change: with them, most
of a frame went into that, and little into the curves. What is behind the pointer's line is painted once and kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.window import theme, ticks
from ganstudio.window.curve import Numbers
from ganstudio.window.parts.strokes import dots, stroke

LEAST_HEIGHT = 96
LEAST_DRAG = 6
"""Pixels; a shorter one is a click."""

LEFT, RIGHT, TOP = 56, 16, 6
"""Pixels beside the area of the curves; what stands below it is as high as a line of text."""

GAP = 4
ROOM = 0.06
"""Share of the height that is left free above and below the curves."""

LONGEST = 1e9
"""Steps; fewer are written out."""

LEAST_VALUE = 1e-300
"""What has no logarithm lies as far below."""


@dataclass(slots=True)
class Trace:
    """One line of a chart.

    Attributes:
        steps: Never falling.
        values: As many.
        pen: Its colour with its opacity, and its width in pixels.
        dotted: Whether each value is a dot, where there is room.
        shown: Whether it is drawn.
    """

    steps: Numbers = field(default_factory=lambda: np.empty(0))
    values: Numbers = field(default_factory=lambda: np.empty(0))
    pen: QPen = field(default_factory=QPen)
    dotted: bool = False
    shown: bool = False

    def within(self, span: tuple[float, float]) -> Numbers:
        """Its values at these steps."""
        if span[0] <= self.steps[0] and self.steps[-1] <= span[1]:
            return self.values
        first = np.searchsorted(self.steps, span[0])
        return self.values[first : np.searchsorted(self.steps, span[1], side="right")]


class Chart(QWidget):
    """A chart as small as it may be, with its marks.

    Args:
        title: What a screen reader calls it.
        ground: The theme's colour that it lies on. It paints that itself, so that nothing below is painted with it.
        parent: Qt's parent.

    Signals:
        pointed: The pointer is over this step; None when it is over none.
        spanned: The pointer was drawn over the steps from the first to the last.
        widened: A double click: show all steps.
    """

    pointed = Signal(object)
    spanned = Signal(float, float)
    widened = Signal()

    def __init__(self, title: str, ground: str = "window", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._ground = ground
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.traces: list[Trace] = []
        self.marks: Mapping[int, str] = {}
        self.span = (0.0, 1.0)
        self.logarithmic = False
        self.numbered = True
        self._cross: float | None = None
        self._band: tuple[float, float] | None = None
        self._from: QPointF | None = None
        self._picture: QPixmap | None = None
        self._low, self._high = 0.0, 1.0
        self._line_height = self.fontMetrics().height()

    # Where what lies

    @property
    def area(self) -> QRectF:
        """Where curves are drawn, on whole pixels."""
        below = self._line_height + GAP if self.numbered else GAP
        width, height = self.width() - LEFT - RIGHT, self.height() - TOP - below
        return QRectF(LEFT, TOP, max(1, width), max(1, height))

    def x_at(self, step: float) -> float:
        """Where a step lies."""
        area, (first, last) = self.area, self.span
        return area.left() + (step - first) / (last - first) * area.width()

    def step_at(self, x: float) -> float:
        """The step that lies there."""
        area, (first, last) = self.area, self.span
        return first + (x - area.left()) / area.width() * (last - first)

    @property
    def values_seen(self) -> tuple[float, float]:
        """The lowest and the highest value that there is room for."""
        ends = self._low, self._high
        return (10.0 ** ends[0], 10.0 ** ends[1]) if self.logarithmic else ends

    # What is shown

    def refresh(self) -> None:
        """Draw anew: traces, marks, colours or the span have changed."""
        self._picture = None
        self.update()

    def set_cross(self, step: float | None) -> None:
        """Draw the pointer's line at this step; None for none."""
        if step != self._cross:
            self._cross = step
            self.update()

    def sizeHint(self) -> QSize:
        """The least; layouts stretch it."""
        return QSize(160, LEAST_HEIGHT)

    # The pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose a span."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where it is, and show the span so far."""
        at = event.position()
        self.pointed.emit(self.step_at(at.x()) if self.area.contains(at) else None)
        if self._from is not None:
            drawn = abs(at.x() - self._from.x()) >= LEAST_DRAG
            self._band = self._chosen(self._from, at) if drawn else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say which it became."""
        begin, self._from, self._band = self._from, None, None
        self.update()
        if begin is not None and abs(event.position().x() - begin.x()) >= LEAST_DRAG:
            self.spanned.emit(*self._chosen(begin, event.position()))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All steps again."""
        self._from = self._band = None
        self.widened.emit()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """It is over no step any more."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _chosen(self, begin: QPointF, end: QPointF) -> tuple[float, float]:
        first, last = sorted((self.step_at(begin.x()), self.step_at(end.x())))
        return max(first, self.span[0]), min(last, self.span[1])

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is another area."""
        super().resizeEvent(event)
        self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._line_height = self.fontMetrics().height()
            self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What stands still, and over it what follows the pointer."""
        ratio = self.devicePixelRatio()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(theme.colour(self._ground))
            with QPainter(self._picture) as painter:
                self._paint(painter)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            area = self.area
            if self._band is not None:
                accent = theme.colour("accent")
                accent.setAlpha(50)
                left, right = (self.x_at(end) for end in self._band)
                painter.fillRect(QRectF(left, area.top(), right - left, area.height()), accent)
            if self._cross is not None and self.span[0] <= self._cross <= self.span[1]:
                painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DashLine))
                painter.drawLine(_upright(self.x_at(self._cross), area))

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        area, shown = self.area, [trace for trace in self.traces if trace.shown and len(trace.steps)]
        self._fit(shown)
        self._paint_axes(painter, area)
        for trace in shown:
            x = area.left() + (trace.steps - self.span[0]) * (area.width() / (self.span[1] - self.span[0]))
            height = (self._scaled(trace.values) - self._low) / (self._high - self._low)
            if self.logarithmic:  # A line to where there is nothing leaves the chart, and not straight down.
                height = np.maximum(height, -1)
            y = area.bottom() - height * area.height()
            stroke(painter, area, x, y, trace.pen)
            if trace.dotted or len(trace.steps) == 1:  # A line through one point is not to be seen.
                dots(painter, area, x, y, trace.pen.color())
        self._paint_marks(painter, area)

    def _fit(self, shown: Iterable[Trace]) -> None:
        """Make room for the values that are seen."""
        seen = [values for trace in shown if len(values := trace.within(self.span))]
        if self.logarithmic:
            seen = [values for each in seen if len(values := each[each > 0])]
        low, high = 0.0, 1.0
        if seen:
            ends = np.array([min(values.min() for values in seen), max(values.max() for values in seen)])
            low, high = self._scaled(ends).tolist()
        room = ROOM * (high - low) or abs(high) / 2 or 0.5
        self._low, self._high = low - room, high + room

    def _scaled(self, values: Numbers) -> Numbers:
        return np.log10(np.maximum(values, LEAST_VALUE)) if self.logarithmic else values

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        metrics, line = QFontMetricsF(painter.font()), theme.colour("line")
        faint, muted = QColor(line), theme.colour("muted")
        faint.setAlpha(130)
        left, bottom, high = area.left() - 0.5, area.bottom() + 0.5, metrics.height()
        levels = [
            (round(area.bottom() - (level - self._low) / (self._high - self._low) * area.height()) + 0.5, text)
            for level, text in self._levels(int(area.height() / (2.2 * high)))
        ]
        painter.setPen(QPen(faint, 1))
        painter.drawLines([QLineF(area.left(), y, area.right(), y) for y, _ in levels])
        painter.setPen(QPen(line, 1))
        painter.drawLines([QLineF(left, area.top(), left, bottom), QLineF(left, bottom, area.right(), bottom)])
        painter.setPen(muted)
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for y, text in levels:
            painter.drawText(QRectF(0, y - high, LEFT - GAP - 2, 2 * high), place, text)
        for x, text in self._steps_written(metrics, area) if self.numbered else ():
            wide = metrics.horizontalAdvance(text)
            from_left = min(max(0.0, x - wide / 2), self.width() - wide)
            painter.drawText(QPointF(from_left, bottom + GAP + metrics.ascent()), text)

    def _levels(self, most: int) -> Iterator[tuple[float, str]]:
        """Numbers beside the axis, where they lie between `_low` and `_high`, and how they are written."""
        if not self.logarithmic:
            found = ticks.even(self._low, self._high, max(2, most))
            return iter(zip(found, ticks.written(found), strict=True))
        found = ticks.decades(*self.values_seen, max(2, most))
        return iter(zip(map(math.log10, found), ticks.written(found, alike=False), strict=True))

    def _steps_written(self, metrics: QFontMetricsF, area: QRectF) -> Iterator[tuple[float, str]]:
        wide = max(map(metrics.horizontalAdvance, ticks.written([math.ceil(self.span[1])], largest=LONGEST)))
        found = ticks.even(*self.span, 1 + int(area.width() / (wide + 3 * GAP)), whole=True)
        return zip(map(self.x_at, found), ticks.written(found, largest=LONGEST), strict=True)

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        if not self.marks:
            return
        painter.setPen(QPen(theme.colour("good"), 1, Qt.PenStyle.DashLine))
        metrics = QFontMetricsF(painter.font())
        for step, word in self.marks.items():
            if not self.span[0] <= step <= self.span[1]:
                continue
            line = _upright(self.x_at(step), area)
            painter.drawLine(line)
            wide = metrics.horizontalAdvance(word)
            beside = line.x1() + GAP if line.x1() + GAP + wide < self.width() else line.x1() - GAP - wide
            # A curve may run where the word stands.
            painter.fillRect(QRectF(beside - 2, area.top(), wide + 4, metrics.height()), theme.colour(self._ground))
            painter.drawText(QPointF(beside, area.top() + metrics.ascent()), word)


def _upright(x: float, area: QRectF) -> QLineF:
    """A line from top to bottom on whole pixels."""
    x = min(round(x), area.right() - 1) + 0.5
    return QLineF(x, area.top(), x, area.bottom())

"""One chart of curves: its axes, its marks, and the pointer that chooses a span of steps to look at closer."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

LEAST_HEIGHT = 96
LEAST_DRAG = 6
"""Pixels; a shorter one is a click."""


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """A chart as small as it may be, with its marks.

    Signals:
        spanned: The pointer was drawn over the steps from the first to the last.
        widened: A double click: show all steps.
    """

    spanned = Signal(float, float)
    widened = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setStyleSheet("background: transparent")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(title)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.getAxis("left").setWidth(48)
        self.showGrid(x=False, y=True, alpha=0.12)
        self.cross = pg.InfiniteLine(angle=90, movable=False)
        self.cross.hide()
        self.addItem(self.cross, ignoreBounds=True)
        self.marks: list[pg.InfiniteLine] = []
        self.band = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self.band.hide()
        self.addItem(self.band, ignoreBounds=True)
        self._from: QPointF | None = None

    def sizeHint(self) -> QSize:
        """The least; layouts stretch it."""
        return QSize(160, LEAST_HEIGHT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over the chart scrolls the page."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose a span."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the span so far."""
        super().mouseMoveEvent(event)
        if self._from is not None:
            self.band.setRegion((self._step(self._from), self._step(event.position())))
            self.band.setVisible(self._is_drag(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say which it became."""
        begin, self._from = self._from, None
        self.band.hide()
        if begin is not None and abs(event.position().x() - begin.x()) >= LEAST_DRAG:
            first, last = sorted((self._step(begin), self._step(event.position())))
            self.spanned.emit(first, last)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All steps again."""
        self._from = None
        self.widened.emit()
        event.accept()

    def _is_drag(self, at: QPointF) -> bool:
        return self._from is not None and abs(at.x() - self._from.x()) >= LEAST_DRAG

    def _step(self, at: QPointF) -> float:
        return float(self.getPlotItem().vb.mapSceneToView(self.mapToScene(at.toPoint())).x())

"""Before and after, and a brush that paints where the translation shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ganstudio.window import theme
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.mask import Mask

SMALLEST_BRUSH, LARGEST_BRUSH = 4, 400


@dataclass(frozen=True, slots=True)
class Brush:
    """What the hand paints with.

    Attributes:
        size: Diameter in pixels of the screen, so that zooming in makes it finer.
        softness: Share of its radius over which the edge fades.
        erases: Hide the translation instead of showing it.
    """

    size: float = 80
    softness: float = 0.6
    erases: bool = False


class MaskCanvas(Compare):
    """A comparison that can be painted on. While it is, all of the picture shows its translation.

    Signals:
        brush_wanted: A key asked for another brush.
    """

    brush_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brush: Brush | None = None
        self._painted: Mask | None = None
        self._stroking = False
        self._hand: QPointF | None = None
        self._shows_mask = False

    def set_mask(self, mask: Mask | None) -> None:
        """Show the after only where this mask lets it, and paint on it."""
        self._painted = mask
        super().set_mask(mask)

    def set_brush(self, brush: Brush | None) -> None:
        """Paint with this; None goes back to the line between before and after."""
        self._brush = brush
        self.setCursor(Qt.CursorShape.CrossCursor if brush is not None else Qt.CursorShape.OpenHandCursor)
        self.update()

    def set_mask_shown(self, shown: bool) -> None:
        """Lay a tint over where the translation shows."""
        self._shows_mask = shown
        self.update()

    @property
    def line(self) -> float:
        """Where the line stands; at the left edge while one paints."""
        return 0.0 if self._brush is not None else self._line

    def has_line(self) -> bool:
        """None while one paints."""
        return self._brush is None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the mask and the brush."""
        super().paintEvent(event)
        if self._brush is None or self.levels is None:
            return
        painter = QPainter(self)
        if self._shows_mask:
            self._paint_mask(painter)
        if self._hand is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            outer = self._brush.size / 2
            for radius, alpha in ((outer, 255), (outer * (1 - self._brush.softness), 120)):
                for ink, width in ((QColor(0, 0, 0, alpha // 2), 3), (QColor(255, 255, 255, alpha), 1)):
                    painter.setPen(QPen(ink, width))
                    painter.drawEllipse(self._hand, radius, radius)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke; the middle button, and the left one with the space bar's help, pan."""
        if not self._paints(event):
            super().mousePressEvent(event)
            return
        assert self._brush is not None
        assert self._painted is not None
        erases = self._brush.erases != bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._stroking = True
        self._painted.begin(self._at(event.position()), self._radius(), self._brush.softness, erases=erases)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint on, and show where the brush is."""
        self._hand = event.position()
        if self._brush is None:
            super().mouseMoveEvent(event)
            return
        if self._stroking and self._painted is not None:
            self._painted.draw(self._at(event.position()), self._radius(), self._brush.softness)
        elif event.buttons() & Qt.MouseButton.MiddleButton:
            super().mouseMoveEvent(event)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if self._stroking and event.button() == Qt.MouseButton.LeftButton:
            self._stroking = False
            if self._painted is not None:
                self._painted.end()
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """While one paints, two quick touches are two touches."""
        if self._paints(event):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush."""
        self._hand = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """[ and ] make the brush smaller and larger, X turns it over, Escape puts it away."""
        if self._brush is None:
            super().keyPressEvent(event)
            return
        factor = {Qt.Key.Key_BracketLeft: 0.8, Qt.Key.Key_BracketRight: 1.25}.get(Qt.Key(event.key()))
        if factor is not None:
            size = min(LARGEST_BRUSH, max(SMALLEST_BRUSH, self._brush.size * factor))
            self.brush_wanted.emit(Brush(size, self._brush.softness, self._brush.erases))
        elif event.key() == Qt.Key.Key_X:
            self.brush_wanted.emit(Brush(self._brush.size, self._brush.softness, not self._brush.erases))
        elif event.key() == Qt.Key.Key_Escape:
            self.brush_wanted.emit(None)
        else:
            super().keyPressEvent(event)

    def _paints(self, event: QMouseEvent) -> bool:
        here = self._brush is not None and self._painted is not None and self.levels is not None
        return here and event.button() == Qt.MouseButton.LeftButton

    def _at(self, at: QPointF) -> QPointF:
        frame = self.frame()
        return QPointF((at.x() - frame.x()) / frame.width(), (at.y() - frame.y()) / frame.height())

    def _radius(self) -> float:
        assert self._brush is not None
        return self._brush.size / 2 / self.frame().width()

    def _paint_mask(self, painter: QPainter) -> None:
        mask = self._seen_mask()
        if mask is None:
            return
        tint = mask.convertToFormat(mask.Format.Format_ARGB32)
        tint.fill(theme.colour("accent"))
        tint.setAlphaChannel(mask)
        painter.setOpacity(0.5)
        painter.setClipRect(self.frame())
        painter.drawImage(QRectF(self.rect()), tint)
        painter.setOpacity(1)
        painter.setClipping(False)

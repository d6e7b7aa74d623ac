"""Before and after of one picture, with a line between them that the hand or the arrow keys move."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.window.parts.picture_view import Canvas, Levels

_GRIP = 16


def blend_table(strength: float) -> np.ndarray:
    """What becomes of each pair (before, after) of 8-bit sRGB values when mixed in linear light.

    Args:
        strength: Share of the after in [0, 1].

    Returns:
        (256, 256) uint8, indexed [before, after].
    """
    # The arithmetic of the engine's translator, which gives the same pixels on the command line.
    level = np.arange(256, dtype=np.float32) / 255
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    mixed = light[:, None] * np.float32(1 - strength) + light[None, :] * np.float32(strength)
    level = np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * np.maximum(mixed, 0) ** (1 / 2.4) - 0.055)
    return np.clip(np.rint(level * 255), 0, 255).astype(np.uint8)


def blended(before: QImage, after: QImage, strength: float) -> QImage:
    """`after` at a strength; both pictures 8-bit RGB and of one size."""
    size = after.size()
    mixed = blend_table(strength)[_pixels(before), _pixels(after)]
    result = QImage(mixed.tobytes(), size.width(), size.height(), size.width() * 3, QImage.Format.Format_RGB888).copy()
    result.setDevicePixelRatio(after.devicePixelRatio())
    return result


def _pixels(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)


class Compare(Canvas):
    """A canvas whose left part shows the picture before and its right part the picture after."""

    moved = Signal(float)
    pulled = Signal()
    """The picture is being dragged out of the widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Before and after"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right arrow keys move the line between before and after. "
                "The picture can be dragged into a folder or another program; hold Ctrl when it is zoomed in."
            )
        )
        self._after: Levels | None = None
        self._strength = 1.0
        self._line = 0.5
        self._moving = False
        self._pull: QPointF | None = None
        self._prepared: tuple[QImage, QImage | None] | None = None
        self._captions = (self.tr("Before"), self.tr("After"))
        self._message = ""

    @property
    def line(self) -> float:
        """Where the line stands, as a share of the picture's width."""
        return self._line

    @property
    def after(self) -> Levels | None:
        """The picture after; None while it is being made."""
        return self._after

    def show_pair(self, before: Levels | None, after: Levels | None) -> None:
        """Show a picture before and after; `after` is None while it is being made."""
        self._after = after
        self.show_picture(before)

    def set_captions(self, before: str, after: str) -> None:
        """Name the two sides."""
        self._captions = (before, after)
        self.update()

    def set_message(self, message: str) -> None:
        """Say something in the middle, such as why there is no picture; an empty text says nothing."""
        self._message = message
        self.update()

    def set_strength(self, strength: float) -> None:
        """Mix so much of the after in, in [0, 1]."""
        self._strength = strength
        self.changed()

    def set_line(self, share: float) -> None:
        """Move the line between before and after."""
        self._line = min(1.0, max(0.0, share))
        self.update()
        self.moved.emit(self._line)

    def changed(self) -> None:
        """Forget what was prepared for painting."""
        self._prepared = None
        super().changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two sides, the line and its grip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.levels is not None:
            before, after = self._prepare()
            frame = self.frame()
            painter.setClipRect(frame)
            painter.drawImage(0, 0, before)
            if after is not None:
                x = self._line_x()
                painter.setClipRect(frame.intersected(QRectF(x, 0, self.width() - x, self.height())))
                painter.drawImage(0, 0, after)
                painter.setClipping(False)
                self._paint_line(painter, x)
                self._paint_captions(painter, x)
            painter.setClipping(False)
        if self._message:
            self._paint_message(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.paint_ring(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the grip, or the picture itself, or begin to pan."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._moving = left and self._near(event.position())
        self._pull = event.position() if left and not self._moving and self._can_pull(event) else None
        if not self._moving and self._pull is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the line, drag the picture out, or pan."""
        if self._moving:
            frame = self.frame()
            self.set_line((event.position().x() - frame.x()) / frame.width())
            return
        if self._pull is not None:
            if (event.position() - self._pull).manhattanLength() >= QApplication.startDragDistance():
                self._pull = None  # The release goes to where the picture is dropped.
                self.pulled.emit()
            return
        near = self._near(event.position())
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._moving, self._pull = False, None
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the line, Home and End to the edges."""
        step = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.02
        match event.key():
            case Qt.Key.Key_Left:
                self.set_line(self._line - step)
            case Qt.Key.Key_Right:
                self.set_line(self._line + step)
            case Qt.Key.Key_Home:
                self.set_line(0)
            case Qt.Key.Key_End:
                self.set_line(1)
            case _:
                super().keyPressEvent(event)

    def _prepare(self) -> tuple[QImage, QImage | None]:
        if self._prepared is None:
            assert self.levels is not None
            before = self.prepared(self.levels)
            after = self.prepared(self._after) if self._after is not None else None
            if after is not None and self._strength < 1:
                after = blended(before, after, self._strength)
            self._prepared = (before, after)
        return self._prepared

    def _line_x(self) -> float:
        frame = self.frame()
        return frame.x() + frame.width() * self._line

    def _near(self, at: QPointF) -> bool:
        return self.levels is not None and self._after is not None and abs(at.x() - self._line_x()) <= _GRIP

    def _can_pull(self, event: QMouseEvent) -> bool:
        """Whether this press takes the picture: where there is more of it than is seen, the hand pans."""
        if self.levels is None or self._after is None or not self.frame().contains(event.position()):
            return False
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return held or QRectF(self.rect()).adjusted(-1, -1, 1, 1).contains(self.frame())

    def _paint_line(self, painter: QPainter, x: float) -> None:
        top, bottom = max(0.0, self.frame().top()), min(float(self.height()), self.frame().bottom())
        middle = QPointF(x, (top + bottom) / 2)
        painter.setPen(QPen(QColor(0, 0, 0, 110), 4))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        ring = self.palette().highlight().color() if self.hasFocus() else QColor(0, 0, 0, 140)
        painter.setPen(QPen(ring, 2))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(QPen(QColor(40, 44, 52), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        for side in (-1, 1):
            tip = middle + QPointF(side * 9, 0)
            painter.drawPolyline([tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)])

    def _paint_message(self, painter: QPainter) -> None:
        wrap = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(48, 48, -48, -48)
        words = painter.boundingRect(room, wrap, self._message)
        if self.levels is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 165))
            painter.drawRoundedRect(words.adjusted(-16, -8, 16, 8), 8, 8)
            painter.setPen(QColor(255, 255, 255))
        else:
            painter.setPen(self.palette().text().color())
        painter.drawText(room, wrap, self._message)

    def _paint_captions(self, painter: QPainter, x: float) -> None:
        frame = self.frame().intersected(QRectF(self.rect()))
        metrics = painter.fontMetrics()
        for side, text in enumerate(self._captions):
            width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
            left = frame.left() + 8 if side == 0 else frame.right() - 8 - width
            covered = left + width > x - 4 if side == 0 else left < x + 4
            if covered:
                continue
            box = QRectF(left, frame.top() + 8, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 165))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

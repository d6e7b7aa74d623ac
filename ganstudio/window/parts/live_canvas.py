"""Before and after of what moves: painted anew with every frame, and smoothly where a small copy is shown large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen

from ganstudio.window import theme
from ganstudio.window.parts.compare import Compare

_MARK = 48


class LiveCanvas(Compare):
    """A comparison whose pictures come many times a second; they cannot be dragged out.

    Attributes:
        mark: The icon that stands where there is no picture.
    """

    mark = "camera"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Without a picture, a calm field that says what is waited for."""
        if self.levels is None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.setBrush(theme.colour("surface"))
            field = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(field, theme.RADIUS, theme.RADIUS)
            ratio = self.devicePixelRatioF()
            mark = theme.pixmap(self.mark, _MARK, theme.colour("muted"), ratio)
            painter.drawPixmap(QPointF(field.center().x() - _MARK / 2, field.center().y() - 2 * _MARK), mark)
            painter.end()
        super().paintEvent(event)

    def _paint_sides(self, painter: QPainter) -> None:
        """Each side where it is seen, and no more of it than is seen: the next frame is another.

        Soft between pixels, for it is a preview, not the network's own pixels. Both lie over the frame, however large.
        """
        assert self.levels is not None
        frame = self.frame()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        x = self._line_x() if self.after is not None else frame.right()
        # One pixel more: the other side begins where a pixel does.
        painter.setClipRect(QRectF(frame.topLeft(), QPointF(x + 1, frame.bottom())).intersected(frame))
        painter.drawImage(frame, self.levels.images[0])
        if self.after is not None and x < frame.right():
            painter.setClipRect(self._right_side())
            painter.drawImage(frame, self.after.images[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _can_pull(self, event: QMouseEvent) -> bool:
        return False

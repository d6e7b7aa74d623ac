"""Before and after of what moves: painted anew with every frame, and smoothly where a small copy is shown large."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen

from ganstudio.window import theme
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.picture_view import Levels

_MARK = 48


class LiveCanvas(Compare):
    """A comparison whose pictures come many times a second; they cannot be dragged out.

    Attributes:
        mark: The icon that stands where there is no picture.
    """

    mark = "camera"

    def prepared(self, levels: Levels) -> QImage:
        """As any canvas, but soft between pixels: what is seen is a preview, not the network's own pixels."""
        ratio = self.devicePixelRatioF()
        window = (QSizeF(self.size()) * ratio).toSize()
        assert self._levels is not None
        view = QImage(window, QImage.Format.Format_RGB32)
        view.fill(QColor(0, 0, 0))
        painter = QPainter(view)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Both lie over the frame, however large they are.
        painter.drawImage(QRectF(self.corner(), QSizeF(self._levels.size) * self.scale()), levels.images[0])
        painter.end()
        view.setDevicePixelRatio(ratio)
        return view

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

    def _can_pull(self, event: QMouseEvent) -> bool:
        return False

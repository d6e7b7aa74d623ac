"""Card: a picture with a name and a line or two, that is pressed like a button."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from ganstudio.window import theme
from ganstudio.window.thumbnails import Thumbnails

SIZE = QSize(240, 224)
PICTURE = 144
RADIUS = 12


def cover(painter: QPainter, target: QRectF, picture: QPixmap) -> None:
    """Paint the middle of `picture` so that it fills `target`, keeping its shape."""
    scale = max(target.width() / picture.width(), target.height() / picture.height())
    width, height = target.width() / scale, target.height() / scale
    source = QRectF((picture.width() - width) / 2, (picture.height() - height) / 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(target, picture, source)


class Card(QAbstractButton):
    """A pressable card.

    Args:
        title: Its name, shown as it is.
        lines: Up to two lines under it.
        picture: The file to show; None shows `icon` instead.
        thumbnails: Where the picture comes from.
        icon: Shown while there is no picture.
    """

    def __init__(
        self,
        title: str,
        lines: tuple[str, ...],
        picture: Path | None,
        thumbnails: Thumbnails,
        *,
        icon: str = "image",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title, self.lines = title, lines
        self.menu: QMenu | None = None
        self._picture, self._thumbnails, self._icon = picture, thumbnails, icon
        self.setFixedSize(SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(", ".join(lines))
        thumbnails.ready.connect(self._ready)

    @Slot(str)
    def _ready(self, key: str) -> None:
        if self._picture is not None and key == str(self._picture):
            self.update()

    def sizeHint(self) -> QSize:
        """Fixed."""
        return SIZE

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Its menu, when it has one."""
        if self.menu is not None:
            self.menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture, words, border, and the ring of the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(outline, theme.colour("surface"))
        painter.save()
        painter.setClipPath(outline)
        self._paint_picture(painter, QRectF(frame.x(), frame.y(), frame.width(), PICTURE))
        painter.restore()
        self._paint_words(painter)
        marked = self.hasFocus() or self.isChecked()
        lively = marked or self.underMouse()
        ink = theme.colour("accent") if marked else theme.colour("muted" if lively else "line")
        painter.setPen(QPen(ink, 2 if marked else 1))
        painter.drawPath(outline)
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, theme.colour("rail"))
        shown = self._thumbnails.pixmap(self._picture) if self._picture is not None else None
        if shown is not None and not shown.isNull():
            cover(painter, area, shown)
            return
        if self._picture is None or shown is not None:
            side = 40
            mark = theme.pixmap(self._icon, side, QColor(theme.tokens().muted), self.devicePixelRatioF())
            painter.drawPixmap(round(area.center().x() - side / 2), round(area.center().y() - side / 2), mark)

    def _paint_words(self, painter: QPainter) -> None:
        area = QRect(16, PICTURE + 10, self.width() - 32, 22)
        for at, line in enumerate((self.title, *self.lines)):
            font = QFont(self.font())
            if at == 0:
                font.setWeight(QFont.Weight.DemiBold)
            else:
                font.setPixelSize(12)
            painter.setFont(font)
            painter.setPen(theme.colour("text" if at == 0 else "muted"))
            words = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)
            area.translate(0, 22 if at == 0 else 18)

"""A border that lights up while files are dragged over a place that takes them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ganstudio.window import theme
from ganstudio.window.parts.drop_zone import local_paths


class DropGlow(QWidget):
    """Lies over a widget, lets everything through, and is there only while files hang above what takes them.

    Args:
        place: Takes files.
        lit: The part of it that lights up; all of it by default.
    """

    def __init__(self, place: QWidget, lit: QWidget | None = None) -> None:
        super().__init__(lit or place)
        self._lit = lit or place
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        place.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See what is dragged in and out; the place itself decides what it takes."""
        if isinstance(event, QDragEnterEvent) and local_paths(event.mimeData()):
            self.setGeometry(self._lit.rect())
            self.raise_()
            self.show()
        elif event.type() in {QEvent.Type.DragLeave, QEvent.Type.Drop}:
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.end()

"""Drop zone: a place that takes files and folders by drag, by click and by keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.window import theme

OURS = "application/x-ganstudio-made"
"""Marks what is dragged out of our own window, which is not meant to be dropped in it."""


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this machine in what is dragged; addresses of the web are left out."""
    if data.hasFormat(OURS):
        return []
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def taken(event: QDropEvent) -> list[Path]:
    """The files that are dragged here, to be read where they are: taken as a move, the other program deletes them."""
    paths = local_paths(event.mimeData())
    allowed = (Qt.DropAction.CopyAction, Qt.DropAction.LinkAction)
    action = next((one for one in allowed if one & event.possibleActions()), None)
    if not paths or action is None:
        event.ignore()
        return []
    event.setDropAction(action)
    event.accept()
    return paths


class DropZone(QAbstractButton):
    """A dashed field with an icon and two lines.

    Signals:
        dropped: These paths were dropped (list of Path). A click is `clicked`, as of any button.
    """

    dropped = Signal(list)

    def __init__(self, icon: str, title: str, hint: str, *, large: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        self._mark = theme.label()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.set_icon(self._mark, icon, "accent", 48 if large else 32)
        self.title = theme.label(title, "title" if large else "strong", wrap=True)
        self.hint = theme.label(hint, "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(theme.GRID)
        column.addStretch()
        for label in (self._mark, self.title, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)
        column.addStretch()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for local files."""
        if taken(event):
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go dark."""
        self._light(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self._light(False)
        if paths := taken(event):
            self.dropped.emit(paths)

    def _light(self, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and its dashed border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self._over or self.underMouse() or self.hasFocus()
        painter.setBrush(theme.colour("soft" if self._over else "surface"))
        line = QPen(theme.colour("accent" if lively else "muted"), 2 if self.hasFocus() or self._over else 1.5)
        if not self.hasFocus():
            line.setStyle(Qt.PenStyle.CustomDashLine)
            line.setDashPattern([4, 4])
        painter.setPen(line)
        half = line.widthF() / 2  # The outside of the line lies where the cards beside it end.
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 14, 14)
        painter.end()

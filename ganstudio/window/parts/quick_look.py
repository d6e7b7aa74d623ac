"""Quick look: one picture of a gallery, large, over the page; arrow keys go on to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.gallery import Gallery
from ganstudio.window.thumbnails import Thumbnails

ROOM = 24
MOST_TIMES = 4
"""Larger than this the picture's own pixels would be all one sees."""

_MARK = 48
LINES = 72
"""Pixels under the picture for its name and what is to be said of it."""

_STEPS = {
    Qt.Key.Key_Left: QAbstractItemView.CursorAction.MoveLeft,
    Qt.Key.Key_Right: QAbstractItemView.CursorAction.MoveRight,
    Qt.Key.Key_Up: QAbstractItemView.CursorAction.MoveUp,
    Qt.Key.Key_Down: QAbstractItemView.CursorAction.MoveDown,
    Qt.Key.Key_Home: QAbstractItemView.CursorAction.MoveHome,
    Qt.Key.Key_End: QAbstractItemView.CursorAction.MoveEnd,
}
_CLOSING = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


class QuickLook(QWidget):
    """Covers `over` while it is open.

    Args:
        over: The page.
        large: Whole pictures of a screen's size.
        small: The gallery's pictures, shown until the large one is there.

    Signals:
        delete_pressed: The Delete key; the picture is the gallery's chosen one.
    """

    delete_pressed = Signal()

    def __init__(self, over: QWidget, large: Thumbnails, small: Thumbnails) -> None:
        super().__init__(over)
        self._over, self._large, self._small = over, large, small
        self._gallery: Gallery | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        over.installEventFilter(self)
        large.ready.connect(self._ready)
        self.hide()

    @property
    def path(self) -> Path | None:
        """The picture shown."""
        gallery = self._gallery
        if gallery is None or not gallery.currentIndex().isValid():
            return None
        return gallery.pictures.paths[gallery.currentIndex().row()]

    def look(self, gallery: Gallery) -> None:
        """Show the current picture of this gallery."""
        self._gallery = gallery
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.setFocus()
        self._showing()

    @Slot()
    def leave(self) -> None:
        """Close, with the keyboard back at the gallery."""
        gallery, self._gallery = self._gallery, None
        self._large.want(self, [])
        self.hide()
        if gallery is not None:
            gallery.setFocus()

    def refresh(self) -> None:
        """The gallery shows other pictures; close when it shows none."""
        if self._gallery is not None:
            if self.path is None:
                self.leave()
            else:
                self._gallery.setCurrentIndex(self._gallery.currentIndex())
                self._showing()

    def _showing(self) -> None:
        """Want the picture and its neighbours, and say its name."""
        gallery, path = self._gallery, self.path
        if gallery is None or path is None:
            return
        row, paths = gallery.currentIndex().row(), gallery.pictures.paths
        self._large.want(self, [path, *paths[row + 1 : row + 2], *paths[max(0, row - 1) : row]])
        self._tell()

    @Slot(str)
    def _ready(self, key: str) -> None:
        if key == str(self.path):
            self._tell()

    def _tell(self) -> None:
        gallery, path = self._gallery, self.path
        assert gallery is not None
        assert path is not None
        shown = self._large.look(path)
        gone = [self.unreadable()] if shown is not None and shown.isNull() else []
        self.setAccessibleName(". ".join([*gallery.pictures.lines(path), *gone]))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go on, Space, Enter and Escape close, Delete leaves out."""
        key, gallery = Qt.Key(event.key()), self._gallery
        if gallery is None:
            return
        if key in _CLOSING:
            self.leave()
        elif key in _STEPS:
            gallery.setCurrentIndex(gallery.moveCursor(_STEPS[key], Qt.KeyboardModifier.NoModifier))
            self._showing()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click closes."""
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, its name and what is to be said of it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("window"))
        gallery, path = self._gallery, self.path
        if gallery is not None and path is not None:
            area = QRectF(self.rect()).adjusted(ROOM, ROOM, -ROOM, -ROOM - LINES)
            shown = self._large.look(path)
            self._paint_picture(painter, area, self._small.look(path) if shown is None else shown)
            words = QRectF(ROOM, self.height() - LINES - 8, self.width() - 2 * ROOM, LINES)
            self._paint_words(painter, words, gallery.pictures.lines(path), gallery)
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF, shown: QPixmap | None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if shown is None:
            return
        if shown.isNull():
            mark = theme.pixmap("warning", _MARK, theme.colour("caution"), self.devicePixelRatioF())
            painter.drawPixmap(area.center() - QPointF(_MARK / 2, _MARK), mark)
            painter.setPen(theme.colour("text"))
            below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(area.adjusted(0, area.height() / 2 + theme.GRID, 0, 0), below, self.unreadable())
            return
        size = shown.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        if size.width() > MOST_TIMES * shown.width():
            size = shown.size() * MOST_TIMES
        target = QRectF(0, 0, size.width(), size.height())
        target.moveCenter(area.center())
        painter.drawPixmap(target, shown, QRectF(shown.rect()))

    def unreadable(self) -> str:
        """What is said in the place of a picture that cannot be shown; nobody waits for a disk to know more."""
        return self.tr("This file cannot be read: it is damaged, or no longer there.")

    def _paint_words(self, painter: QPainter, area: QRectF, lines: list[str], gallery: Gallery) -> None:
        place = self.tr("{} of {}").format(gallery.currentIndex().row() + 1, len(gallery.pictures.paths))
        font = painter.font()
        for at, text in enumerate((lines[0], "  ·  ".join([place, *lines[1:]]))):
            font.setBold(at == 0)
            painter.setFont(font)
            painter.setPen(QColor(theme.colour("text" if at == 0 else "muted")))
            fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
            line = area.translated(0, 26 * at)
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, fitting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the page whatever its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

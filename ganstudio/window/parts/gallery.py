"""Gallery: tens of thousands of pictures in a grid. Only rows in sight are decoded, and only they cost time.

Qt's own icon view lays out every item whenever its width changes; here all cells are alike, and a cell's place is its
number divided by the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.gallery_cell import Cells, State
from ganstudio.window.parts.gallery_model import PATH, Index, Marks, Pictures
from ganstudio.window.thumbnails import Thumbnails

CELL = 104
"""Least side of one cell in pixels, with the space around its picture."""


class Gallery(QAbstractItemView):
    """The grid. `pictures` is its model.

    Signals:
        looked_at: Show this picture large.
        delete_pressed: The Delete key, with pictures chosen.
        chosen_changed: Other pictures are chosen.
        scrolled: Other rows come into sight.
    """

    looked_at = Signal(Path)
    delete_pressed = Signal()
    chosen_changed = Signal()
    scrolled = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = Pictures(self)
        self._thumbnails = thumbnails
        self._cells = Cells(thumbnails)
        self._pressed: QPoint | None = None
        self._laid_out = (1, CELL)
        self._asking = QTimer(self, interval=0, singleShot=True)
        self._asking.timeout.connect(self._ask)
        thumbnails.ready.connect(self._ready)
        self.setModel(self.pictures)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Scrolling copies what is there and paints what is new only on ground that nothing shines through.
        self.setProperty("role", "gallery")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Pictures"))
        self.setAccessibleDescription(
            self.tr("Space shows a picture large, Delete leaves the chosen ones out of training.")
        )

    def chosen(self) -> list[Path]:
        """The selected files, in order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.pictures.paths[row] for row in rows]

    def choose(self, path: Path) -> None:
        """Select this picture alone and bring it into sight."""
        if (row := self.pictures.row(str(path))) >= 0:
            self.setCurrentIndex(self.pictures.index(row))

    def show_pictures(self, paths: Sequence[Path], marks: Marks, *, afresh: bool = False) -> None:
        """Show these; what is chosen and in sight stays so, unless they are shown `afresh`, from the top."""
        chosen, row, top = self.chosen(), self.currentIndex().row(), self.verticalOffset()
        self.pictures.show(paths, marks)
        self.updateGeometries()
        self.verticalScrollBar().setValue(0 if afresh else top)
        select = QItemSelectionModel.SelectionFlag
        if afresh:
            self.selectionModel().clear()
        elif row >= 0 and paths:
            current = self.pictures.index(min(row, len(paths) - 1))
            self.selectionModel().setCurrentIndex(current, select.NoUpdate)
            # Choosing thousands one by one would take seconds.
            rows = [at for path in chosen if (at := self.pictures.row(str(path))) >= 0]
            again = QItemSelection()
            for first, last in _stretches(rows):
                again.append(QItemSelectionRange(self.pictures.index(first), self.pictures.index(last)))
            self.selectionModel().select(again, select.ClearAndSelect)
        self.viewport().update()

    def in_sight(self) -> list[Path]:
        """Files of the rows in sight."""
        top = self.verticalOffset()
        return self._between(top, top + self.viewport().height())

    # The grid

    @property
    def _wide(self) -> int:
        """Pixels for a row, with or without a scroll bar: cells keep their width when a filter leaves few pictures."""
        return max(1, self.width() - self.verticalScrollBar().sizeHint().width())

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return max(1, self._wide // CELL)

    @property
    def side(self) -> int:
        """Side of a cell in pixels; a row is filled to its end."""
        return self._wide // self.columns

    def _cell(self, row: int) -> QRect:
        """Where a cell is in the viewport."""
        line, column = divmod(row, self.columns)
        side = self.side
        return QRect(column * side, line * side - self.verticalOffset(), side, side)

    def _between(self, top: int, bottom: int) -> list[Path]:
        """Files of the rows that touch this stretch of the whole grid."""
        first = max(0, top // self.side) * self.columns
        last = max(0, -(-bottom // self.side)) * self.columns
        return self.pictures.paths[first:last]

    def visualRect(self, index: Index) -> QRect:
        """Where an item is in the viewport."""
        return self._cell(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The item at this point of the viewport."""
        column, line = point.x() // self.side, (point.y() + self.verticalOffset()) // self.side
        row = line * self.columns + column
        if not 0 <= column < self.columns or not 0 <= row < len(self.pictures.paths):
            return QModelIndex()
        return self.pictures.index(row)

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring an item into sight."""
        area, bar = self.visualRect(index), self.verticalScrollBar()
        below = area.bottom() + 1 - self.viewport().height()
        if area.top() < 0 or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + area.top())
        elif below > 0:
            bar.setValue(bar.value() + below)

    def horizontalOffset(self) -> int:
        """The grid never scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:
        """How far the grid is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        """None is."""
        return False

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Where a key leads."""
        count, row, wide = len(self.pictures.paths), self.currentIndex().row(), self.columns
        if not count:
            return QModelIndex()
        if row < 0:
            return self.pictures.index(0)
        move = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // self.side) * wide
        steps = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -wide if row >= wide else 0,
            move.MoveDown: wide if row + wide < count else 0,
            move.MovePageUp: -page,
            move.MovePageDown: page,
            move.MoveHome: -row,
            move.MoveEnd: count,
        }
        return self.pictures.index(min(max(row + steps.get(action, 0), 0), count - 1))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Choose what a drag of the mouse touches; else all from the first corner of `rect` to the last, row by row."""
        chosen = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            for first, last in self._touched(rect.normalized()):
                chosen.select(self.pictures.index(first), self.pictures.index(last))
        else:
            ends = sorted(self.indexAt(corner).row() for corner in (rect.topLeft(), rect.bottomRight()))
            if ends[0] >= 0:
                chosen.select(self.pictures.index(ends[0]), self.pictures.index(ends[1]))
        self.selectionModel().select(chosen, command)

    def _touched(self, rect: QRect) -> Iterator[tuple[int, int]]:
        """First and last row of each line of cells that a rectangle of the viewport touches."""
        area = rect.translated(0, self.verticalOffset())
        count, side = len(self.pictures.paths), self.side
        left, right = max(0, area.left() // side), min(self.columns - 1, area.right() // side)
        for line in range(max(0, area.top() // side), area.bottom() // side + 1):
            first, last = line * self.columns + left, min(line * self.columns + right, count - 1)
            if first > last:
                return
            yield first, last

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What is painted anew when the selection changes: all of it, which costs less than to find out."""
        return QRegion(self.viewport().rect())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that the event touches."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = self.verticalOffset()
        first = max(0, (event.rect().top() + top) // self.side) * self.columns
        last = -(-(event.rect().bottom() + 1 + top) // self.side) * self.columns
        model, selection = self.pictures, self.selectionModel()
        current = self.currentIndex().row() if self.hasFocus() else -1
        some = selection.hasSelection()
        for row in range(first, min(last, len(model.paths))):
            cell = self._cell(row)
            if cell.intersects(event.rect()):
                selected = some and selection.isSelected(model.index(row))
                self._cells.paint(painter, cell, model.paths[row], model.marks, State(selected, row == current))
        self._paint_band(painter)
        painter.end()

    def _paint_band(self, painter: QPainter) -> None:
        """The rectangle that a drag of the mouse draws."""
        if self.state() == QAbstractItemView.State.DragSelectingState and self._pressed is not None:
            pointer = self.viewport().mapFromGlobal(self.cursor().pos())
            ink = theme.colour("accent")
            painter.setPen(ink)
            ink.setAlpha(40)
            painter.setBrush(ink)
            painter.drawRect(QRect(self._pressed - QPoint(0, self.verticalOffset()), pointer).normalized())

    @Slot(str)
    def _ready(self, key: str) -> None:
        self._cells.forget(key)
        row = self.pictures.row(key)
        if row >= 0 and (cell := self._cell(row)).intersects(self.viewport().rect()):
            self.viewport().update(cell)

    @Slot()
    def _ask(self) -> None:
        """Want the pictures in sight, then those that come into sight soon."""
        if not self.isVisible():
            self._thumbnails.want(self, [])
            return
        top, high = self.verticalOffset(), self.viewport().height()
        self._thumbnails.want(
            self, [*self.in_sight(), *self._between(top + high, top + 2 * high), *self._between(top - high, top)]
        )

    # What happens to it

    def updateGeometries(self) -> None:
        """The scroll bar follows the size and the number of pictures."""
        lines = -(-len(self.pictures.paths) // self.columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, lines * self.side - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(CELL // 2)
        self._asking.start()
        super().updateGeometries()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """Make room for pictures that were found later."""
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is there, and ask for what comes into sight."""
        self.viewport().scroll(dx, dy)
        self._thumbnails.give_way()
        self._asking.start()
        self.scrolled.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the first picture in sight where it is, whatever the number of columns becomes."""
        super().resizeEvent(event)
        columns, side = self._laid_out
        first = self.verticalOffset() // side * columns
        self._laid_out = (self.columns, self.side)
        self.updateGeometries()
        if columns != self.columns:
            self.verticalScrollBar().setValue(first // self.columns * self.side)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for pictures."""
        super().showEvent(event)
        self._asking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for no more."""
        super().hideEvent(event)
        self._thumbnails.want(self, [])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter look closer, Delete leaves out, the rest moves and chooses."""
        key, current = Qt.Key(event.key()), self.currentIndex()
        if key in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            if current.isValid():
                self.looked_at.emit(current.data(PATH))
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            if self.selectionModel().hasSelection():
                self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag begins."""
        self._pressed = event.position().toPoint() + QPoint(0, self.verticalOffset())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        super().mouseMoveEvent(event)
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        super().mouseReleaseEvent(event)
        self._pressed = None
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look closer."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.looked_at.emit(index.data(PATH))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell it."""
        super().selectionChanged(selected, deselected)
        self.viewport().update()
        self.chosen_changed.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Move the ring of the keyboard."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Put on other colours."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}:
            self.viewport().update()


def _stretches(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each stretch of rows without a gap."""
    first = last = -1
    for row in sorted(rows):
        if row != last + 1:
            if first >= 0:
                yield first, last
            first = row
        last = row
    if first >= 0:
        yield first, last

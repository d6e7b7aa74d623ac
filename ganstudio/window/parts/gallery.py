"""Gallery: thousands of pictures in a grid. Only rows in sight are decoded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ganstudio.pictures.examples import captions_beside
from ganstudio.pictures.reading import Unreadable
from ganstudio.window import theme
from ganstudio.window.parts.card import cover
from ganstudio.window.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex

MOST_LINES = 6
CELL = 104
"""Least side of one cell in pixels, with the space around its picture."""

PATH = Qt.ItemDataRole.UserRole
HELD_OUT = Qt.ItemDataRole.UserRole + 1
NOTE = Qt.ItemDataRole.UserRole + 2


def _captions(path: Path) -> Sequence[str]:
    """What is written beside a picture, read when someone asks."""
    try:
        return captions_beside(path)[:MOST_LINES]
    except Unreadable as reason:
        return (str(reason),)


class Pictures(QAbstractListModel):
    """Picture files, all or those of a filter."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[Path] = []
        self._rows: dict[str, int] = {}
        self._held_out: Collection[Path] = ()
        self._notes: Mapping[Path, str] = {}
        thumbnails.ready.connect(self._ready)

    def show(
        self, paths: Sequence[Path], held_out: Collection[Path] = (), notes: Mapping[Path, str] | None = None
    ) -> None:
        """Show these files.

        Args:
            paths: The files, in order.
            held_out: Those marked as held out.
            notes: What is wrong with a file, for its tool tip.
        """
        self.beginResetModel()
        self._shown = list(paths)
        self._rows = {str(path): row for row, path in enumerate(self._shown)}
        self._held_out, self._notes = held_out, notes or {}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  As Qt declares it.
        """Files shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, path, tool tip and marks of one file."""
        path = self._shown[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return path.name
        if role == PATH:
            return path
        if role == HELD_OUT:
            return path in self._held_out
        if role == NOTE:
            return self._notes.get(path, "")
        if role == Qt.ItemDataRole.ToolTipRole:
            held = self.tr("Held out: never trained on, used to judge") if path in self._held_out else ""
            said = [path.name, *_captions(path), self._notes.get(path, ""), held]
            return theme.tip("\n".join(line for line in said if line))
        return None

    def roleNames(self) -> dict[int, QByteArray]:
        """Names of the roles."""
        return {**super().roleNames(), PATH: QByteArray(b"path"), HELD_OUT: QByteArray(b"held_out")}

    @Slot(str)
    def _ready(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)


class _Cell(QStyledItemDelegate):
    """Paints one picture with round corners, a ring when chosen, and a mark when held out or wrong."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All alike."""
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) else QSize(CELL, CELL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell."""
        area = QRectF(option.rect).adjusted(4, 4, -4, -4)
        outline = QPainterPath()
        outline.addRoundedRect(area, 6, 6)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, theme.colour("rail"))
        shown = self._thumbnails.pixmap(index.data(PATH))
        painter.setClipPath(outline)
        if shown is not None and not shown.isNull():
            cover(painter, area, shown)
        elif shown is not None:
            mark = theme.pixmap("warning", 24, theme.colour("caution"), painter.device().devicePixelRatio())
            painter.drawPixmap(area.center() - QPointF(12, 12), mark)
        painter.setClipping(False)
        if index.data(HELD_OUT) or index.data(NOTE):
            self._badge(painter, area, "caution" if index.data(NOTE) else "accent")
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawPath(outline)
        painter.restore()

    @staticmethod
    def _badge(painter: QPainter, area: QRectF, ink: str) -> None:
        painter.setPen(QPen(theme.colour("surface"), 2))
        painter.setBrush(theme.colour(ink))
        painter.drawEllipse(area.topRight() + QPointF(-9, 9), 5, 5)


class Gallery(QListView):
    """The grid. `pictures` is its model."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = Pictures(thumbnails, self)
        self.setModel(self.pictures)
        self.setItemDelegate(_Cell(thumbnails, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(500)
        self.setSpacing(0)
        self.setGridSize(QSize(CELL, CELL))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(CELL // 2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(self.tr("Pictures"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill each row to its end."""
        width = self.viewport().width()
        side = width // max(1, width // CELL)
        if side != self.gridSize().width():
            self.setGridSize(QSize(side, side))
        super().resizeEvent(event)

    def chosen(self) -> list[Path]:
        """The selected files."""
        return [index.data(PATH) for index in self.selectedIndexes()]

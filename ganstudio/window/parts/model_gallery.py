"""The models' gallery: cards that fill their rows, chosen by hand and by keyboard, several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.model_cell import (
    FACE,
    SPACE,
    WORDS,
    Face,
    Index,
    ModelCells,
    picture_height,
    picture_of,
    stars_of,
)
from ganstudio.window.parts.stars import star_at, toggled

NARROWEST = 216
"""Pixels of a cell; a row is filled to its end."""

_NONE = QModelIndex()


class ModelRows(QAbstractListModel):
    """The models in order; `faces` says what a card shows, when it is painted."""

    def __init__(self, faces: Callable[[Path], Face]) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self._faces = faces

    def show(self, paths: Sequence[Path]) -> None:
        """Show these."""
        self.beginResetModel()
        self.paths = list(paths)
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        """Models shown."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, card and tool tip of one model."""
        path = self.paths[index.row()]
        if role not in {FACE, *_WORDS}:
            return None
        face = self._faces(path)
        said = {
            FACE: face,
            Qt.ItemDataRole.DisplayRole: face.title,
            Qt.ItemDataRole.ToolTipRole: theme.tip(face.fault),
            Qt.ItemDataRole.AccessibleTextRole: ". ".join(
                filter(None, (face.title, face.tag, *face.lines, face.fault))
            ),
        }
        return said[Qt.ItemDataRole(role) if role != FACE else FACE]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A model can be dragged out."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def changed(self, path: Path) -> None:
        """What the card of this model shows has changed."""
        if path in self.paths:
            index = self.index(self.paths.index(path))
            self.dataChanged.emit(index, index)


_WORDS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class ModelGallery(QListView):
    """The grid of cards.

    Signals:
        chosen_changed: Other models are chosen.
        starred: So many stars for this model.
        opened: Enter or a double click.
        trash_pressed: The Delete key.
        pulled: The chosen models are being dragged out.
        menu_wanted: The context menu, here.
        sight_changed: Other cards may be in sight.
    """

    chosen_changed = Signal()
    starred = Signal(object, int)
    opened = Signal()
    trash_pressed = Signal()
    pulled = Signal()
    menu_wanted = Signal(QPoint)
    sight_changed = Signal()

    def __init__(self, faces: Callable[[Path], Face], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ModelRows(faces)
        self.cells = ModelCells()
        self._asking = QTimer(self, interval=60, singleShot=True)
        self._asking.timeout.connect(self.sight_changed)
        self.setModel(self.rows)
        self.setItemDelegate(self.cells)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(False)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Models"))
        self.setAccessibleDescription(
            self.tr("Keys 0 to 5 give stars, Enter translates, F2 renames, Delete moves to the trash, \\ shows before.")
        )
        self.selectionModel().selectionChanged.connect(self.chosen_changed)
        self.doubleClicked.connect(self.opened)
        self.verticalScrollBar().valueChanged.connect(self._asking.start)

    # What is shown

    def show_models(self, paths: Sequence[Path]) -> None:
        """Show these; what is chosen stays chosen where it is still there."""
        if list(paths) == self.rows.paths:
            self.viewport().update()
            self._asking.start()
            return
        chosen, current, top = self.chosen(), self.current(), self.verticalScrollBar().value()
        self.rows.show(paths)
        self.doItemsLayout()
        self.verticalScrollBar().setValue(top)
        for path in chosen:
            if path in self.rows.paths:
                self._select(path, QItemSelectionModel.SelectionFlag.Select)
        if current in self.rows.paths:
            assert current is not None
            self._select(current, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._asking.start()

    def choose(self, *paths: Path) -> None:
        """Choose these alone, the first one as the current one, in sight."""
        self.clearSelection()
        for path in reversed(paths):
            if path in self.rows.paths:
                self._select(path, QItemSelectionModel.SelectionFlag.Select)
                self.scrollTo(self.rows.index(self.rows.paths.index(path)))

    def chosen(self) -> list[Path]:
        """The chosen models, in order."""
        return [self.rows.paths[row] for row in sorted(index.row() for index in self.selectedIndexes())]

    def current(self) -> Path | None:
        """The one that the keyboard is on."""
        row = self.currentIndex().row()
        return self.rows.paths[row] if 0 <= row < len(self.rows.paths) else None

    def in_sight(self) -> list[Path]:
        """Those of which something is to be seen, from the top."""
        seen = self.viewport().rect()
        shown = [self.visualRect(self.rows.index(row)) for row in range(len(self.rows.paths))]
        return [path for path, place in zip(self.rows.paths, shown, strict=True) if seen.intersects(place)]

    def bar_width(self) -> int:
        """Pixels that are kept for the scroll bar."""
        return self.verticalScrollBar().sizeHint().width()

    def _select(self, path: Path, how: QItemSelectionModel.SelectionFlag) -> None:
        self.selectionModel().setCurrentIndex(self.rows.index(self.rows.paths.index(path)), how)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the rows."""
        wide = self.width() - self.bar_width() - 1
        width = wide // max(1, wide // NARROWEST)
        self.cells.columns_width = width
        self.setGridSize(QSize(width, picture_height(width) + WORDS + 2 * SPACE))
        super().resizeEvent(event)
        self._asking.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Say what is in sight."""
        super().showEvent(event)
        self._asking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        self._asking.stop()
        super().hideEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The line between before and after follows the hand."""
        self._point(event.position())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The hand is away."""
        self.cells.pointed = (-1, 0.0)
        self.viewport().update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a star gives stars and chooses nothing."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            corner = stars_of(QRectF(self.visualRect(index))).topLeft()
            if pressed := star_at(event.position() - corner):
                face: Face = index.data(FACE)
                self.starred.emit(self.rows.paths[index.row()], toggled(face.stars, pressed))
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By hand on a card, or by the keyboard's key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center()))
        elif self.indexAt(event.pos()).isValid():
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits give stars, the backslash shows the picture before, Enter opens."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key()) if plain else Qt.Key.Key_unknown
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_5:
            for path in self.chosen():
                self.starred.emit(path, int(key) - int(Qt.Key.Key_0))
        elif key == Qt.Key.Key_Backslash:
            self.cells.only_before = not self.cells.only_before
            self.viewport().update()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.trash_pressed.emit()
        elif key == Qt.Key.Key_Space:
            event.ignore()  # The window's own: it pauses a training.
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """The page makes the files that are dragged."""
        self.pulled.emit()

    def _point(self, at: QPointF) -> None:
        index = self.indexAt(at.toPoint())
        before, pointed = self.cells.pointed, (-1, 0.0)
        if index.isValid():
            area = picture_of(QRectF(self.visualRect(index)))
            share = min(1.0, max(0.0, (at.x() - area.x()) / area.width())) if area.contains(at) else 0.0
            pointed = (index.row(), share)
        if pointed != before:
            self.cells.pointed = pointed
            for row in {before[0], pointed[0]} - {-1}:
                self.update(self.rows.index(row))

    @Slot(object)
    def refresh(self, path: Path) -> None:
        """The card of this model shows something else now."""
        self.rows.changed(path)


def as_files(paths: Sequence[Path]) -> QMimeData:
    """Files, for a drag or the clipboard."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data

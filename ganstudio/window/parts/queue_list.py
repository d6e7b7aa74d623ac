"""The queue of pictures to translate: a thumbnail, a name and a state each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.picture_view import Levels
from ganstudio.words.films import FilmFacts
from ganstudio.words.packed import Packed

State: TypeAlias = Literal["waiting", "working", "first", "done", "failed"]
Kind: TypeAlias = Literal["picture", "large", "film", "set"]

THUMBNAIL = 48
_NONE = QModelIndex()


@dataclass(slots=True, eq=False)
class Piece:
    """One picture, film or set of shards of the queue.

    Attributes:
        name: For people.
        source: The file, or the pasted picture itself.
        kind: A "large" picture is shown smaller and translated straight into a file, as a film is; of a "set" of
            shards the first picture is shown, and all are translated into a folder.
        state: Where it stands; "first" has the translation of a small copy to show.
        reason: Why it failed.
        before: The picture, once it is read.
        first: The translation of a small copy of it, for a first look.
        after: Its translation.
        thumbnail: At most 96 pixels; of the translation once there is one.
        size: Of the file's picture in pixels, once it is read.
        exact: Whether `before` is all that the file holds; else saving translates the file itself.
        made: How GAN Studio made it, in a sentence; empty for most.
        facts: Of a film.
        packed: Of a set.
        mask: Where the translation shows; None until one is painted or loaded.
        way: How the whole file would be done, "whole", "exact" or "fast"; empty while that is not asked.
        share: How much of the work in hand is done.
        left: How many seconds it will still take.
        saved: Where its translation was written last.
        whole: A file in which all of its translation lies as the model makes it, to be shown from there.
    """

    name: str
    source: Path | Image.Image
    kind: Kind = "picture"
    state: State = "waiting"
    reason: str = ""
    before: Levels | None = None
    first: Levels | None = None
    after: Levels | None = None
    thumbnail: QImage | None = None
    size: QSize | None = None
    exact: bool = True
    made: str = ""
    facts: FilmFacts | None = None
    packed: Packed | None = None
    mask: Mask | None = None
    way: str = ""
    share: float | None = None
    left: float | None = None
    saved: Path | None = None
    whole: Path | None = None

    @property
    def shown(self) -> Levels | None:
        """What there is of the translation."""
        return self.after or self.first

    def bytes(self) -> int:
        """Memory of its pictures."""
        levels = [one for one in (self.before, self.first, self.after) if one is not None]
        return sum(level.sizeInBytes() for one in levels for level in one.images)

    def begin_anew(self) -> None:
        """Forget its translation; a file that could not be read stays as it is."""
        self.first = self.after = self.share = self.left = self.saved = self.whole = None
        self.way = ""
        if self.before is not None or self.state != "failed":
            self.state, self.reason = "waiting", ""


class Queue(QAbstractListModel):
    """The pieces, for the list."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[Piece] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NONE) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.pieces)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name and state, thumbnail, or the reason of a failure."""
        piece = self.pieces[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{piece.name}\n{self.line(piece)}"
        if role == Qt.ItemDataRole.DecorationRole:
            return _icon(piece)
        if role == Qt.ItemDataRole.ToolTipRole:
            return theme.tip(self._tip(piece))
        if role == Qt.ItemDataRole.ForegroundRole and piece.state == "failed":
            return theme.colour("bad")
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """What is done can be dragged out."""
        flags = super().flags(index)
        there = index.isValid() and self.pieces[index.row()].after is not None
        return flags | Qt.ItemFlag.ItemIsDragEnabled if there else flags

    def _tip(self, piece: Piece) -> str:
        name = str(piece.source if isinstance(piece.source, Path) else piece.name)
        if piece.state == "failed":
            return f"{name}\n{piece.reason}"
        if piece.made:
            name += f"\n{piece.made}"
        if piece.after is None:
            return name
        return name + "\n" + self.tr("Drag it into a folder or another program")

    def line(self, piece: Piece) -> str:
        """Where a piece stands."""
        words = {
            "waiting": self.tr("waiting"),
            "working": self.tr("translating…"),
            "first": self.tr("first look"),
            "done": self.tr("done"),
            "failed": self.tr("failed"),
        }
        if piece.saved is not None:
            return self.tr("saved")
        if piece.share is not None and piece.state != "failed":
            return self.tr("translating… {} %").format(round(100 * piece.share))
        return words[piece.state]

    def add(self, pieces: list[Piece]) -> None:
        """Add pieces at the end."""
        if pieces:
            self.beginInsertRows(QModelIndex(), len(self.pieces), len(self.pieces) + len(pieces) - 1)
            self.pieces.extend(pieces)
            self.endInsertRows()

    def clear(self) -> None:
        """Take all away."""
        self.show([])

    def show(self, pieces: list[Piece]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self.pieces = pieces
        self.endResetModel()

    def remove(self, piece: Piece) -> None:
        """Take one away."""
        row = self.pieces.index(piece)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self.pieces[row]
        self.endRemoveRows()

    def changed(self, piece: Piece) -> None:
        """Show a piece anew."""
        if piece in self.pieces:
            index = self.index(self.pieces.index(piece))
            self.dataChanged.emit(index, index)


class QueueList(QListView):
    """The list of the queue.

    Signals:
        pulled: The current picture is being dragged out.
    """

    pulled = Signal()

    def __init__(self, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "queue")
        self.setModel(queue)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.setSpacing(2)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Pictures to translate"))
        self.setAccessibleDescription(self.tr("What is done can be dragged into a folder or another program"))
        self.setDragEnabled(True)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the translation, not the row."""
        self.pulled.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current row in sight also when something takes room below it."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())


def thumbnail_of(levels: Levels) -> QImage:
    """A small square of a picture's middle."""
    image = levels.images[-1]
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    smooth = Qt.TransformationMode.SmoothTransformation
    return square.scaled(2 * THUMBNAIL, 2 * THUMBNAIL, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _icon(piece: Piece) -> QIcon:
    if piece.thumbnail is not None:
        icon = QIcon(QPixmap.fromImage(piece.thumbnail))
        # Else Qt tints the picture of the selected row.
        icon.addPixmap(QPixmap.fromImage(piece.thumbnail), QIcon.Mode.Selected)
        return icon
    icons = {"film": "film", "set": "folder"}
    return theme.icon("warning" if piece.state == "failed" else icons.get(piece.kind, "image"), "muted")

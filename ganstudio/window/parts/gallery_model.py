"""What a gallery shows: picture files in order, and what is known of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt

from ganstudio.window import theme

Index = QModelIndex | QPersistentModelIndex

MOST_LINES = 6
"""Lines of a caption in a tool tip."""

PATH = Qt.ItemDataRole.UserRole
HELD_OUT = Qt.ItemDataRole.UserRole + 1
NOTE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of pictures.

    Attributes:
        held_out: Those never trained on.
        left_out: Those that the artist left out; they are painted pale.
        notes: What is wrong with a picture.
        captions: What a picture is described by.
        classes: The class of a picture.
        groups: Number of the group that a picture stands in; groups are set apart.
        best: The one to keep of each group.
    """

    held_out: Collection[Path] = frozenset()
    left_out: Collection[Path] = frozenset()
    notes: Mapping[Path, str] = field(default_factory=dict)
    captions: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    classes: Mapping[Path, str] = field(default_factory=dict)
    groups: Mapping[Path, int] = field(default_factory=dict)
    best: Collection[Path] = frozenset()


class Pictures(QAbstractListModel):
    """Picture files, all or those of a filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paths: list[Path] = []
        self.marks = Marks()
        self._rows: dict[str, int] | None = None

    def show(self, paths: Sequence[Path], marks: Marks | None = None) -> None:
        """Show these files. Where they go on from those shown already, those stay as they are.

        Args:
            paths: The files, in order.
            marks: What is known of them.
        """
        self.marks = marks or Marks()
        known = len(self.paths)
        if known and list(paths[:known]) == self.paths:
            self.add(paths[known:])
            self.dataChanged.emit(self.index(0), self.index(known - 1))
            return
        self.beginResetModel()
        self.paths, self._rows = list(paths), None
        self.endResetModel()

    def add(self, paths: Sequence[Path]) -> None:
        """Show these files too, after the others."""
        if paths:
            self.beginInsertRows(QModelIndex(), len(self.paths), len(self.paths) + len(paths) - 1)
            self.paths += paths
            self._rows = None
            self.endInsertRows()

    def row(self, key: str) -> int:
        """Where this path is; -1 when it is not shown."""
        if self._rows is None:
            self._rows = {str(path): row for row, path in enumerate(self.paths)}
        return self._rows.get(key, -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  As Qt declares it.
        """Files shown."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, path, tool tip and marks of one file."""
        path = self.paths[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                said: object = path.name
            case Qt.ItemDataRole.ToolTipRole:
                said = theme.tip("\n".join(self.lines(path)))
            case Qt.ItemDataRole.AccessibleTextRole:
                said = ". ".join(self.lines(path))
            case _:
                said = {PATH: path, HELD_OUT: path in self.marks.held_out, NOTE: self.marks.notes.get(path, "")}.get(
                    role
                )
        return said

    def lines(self, path: Path) -> list[str]:
        """What is to be said of a picture, its name first."""
        marks = self.marks
        said = [path.name, *marks.captions.get(path, ())[:MOST_LINES]]
        if path in marks.classes:
            said.append(self.tr("Class: {}").format(marks.classes[path]))
        said.append(marks.notes.get(path, ""))
        if path in marks.best:
            said.append(self.tr("The best of its group"))
        if path in marks.held_out:
            said.append(self.tr("Held out: never trained on, used to judge"))
        if path in marks.left_out:
            said.append(self.tr("Left out of training"))
        return [line for line in said if line]

    def roleNames(self) -> dict[int, QByteArray]:
        """Names of the roles."""
        return {**super().roleNames(), PATH: QByteArray(b"path"), HELD_OUT: QByteArray(b"held_out")}

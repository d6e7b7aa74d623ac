"""Pairs: what training would take for before and after, side by side, and what has no partner."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QObject, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.pairing import Lonely, Pairing
from ganstudio.window import theme, words
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.card import cover
from ganstudio.window.parts.gallery_model import Index
from ganstudio.window.thumbnails import Thumbnails

SIDE = 104
ROW = SIDE + 16

PAIR = Qt.ItemDataRole.UserRole
REASON = Qt.ItemDataRole.UserRole + 1


def _half(picture: QPixmap, at: int) -> QPixmap:
    """The left or the right of a picture that shows both."""
    wide = picture.width() // 2
    return picture.copy(at * (picture.width() - wide), 0, wide, picture.height())


def _both(lonely: Lonely) -> tuple[Path, ...]:
    """A picture without a partner, and the one that may be meant."""
    return (lonely.path,) if lonely.nearest is None else (lonely.path, lonely.nearest)


class _Rows(QAbstractListModel):
    """Pairs, or pictures alone with the reason."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[tuple[tuple[Path, ...], str]] = []

    def show(self, rows: list[tuple[tuple[Path, ...], str]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        paths, reason = self._rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return ", ".join(path.name for path in paths) + (f": {reason}" if reason else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return theme.tip("\n".join([*map(str, paths), reason]).strip())
        return {PAIR: paths, REASON: reason}.get(role)


class _Row(QStyledItemDelegate):
    """Paints the two pictures of a pair, or one and why it is alone."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(2 * SIDE, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.colour("soft"))
        paths, reason = index.data(PAIR), index.data(REASON)
        for at, path in enumerate(paths):
            square = QRectF(area.x() + 8 + at * (SIDE + 8), area.y() + 8, SIDE, SIDE)
            edge = QPainterPath()
            edge.addRoundedRect(square, theme.RADIUS, theme.RADIUS)
            painter.fillPath(edge, theme.colour("rail"))
            shown = self._thumbnails.pixmap(path)
            if shown is not None and not shown.isNull():
                if len(paths) == 2 and paths[0] == paths[1]:
                    shown = _half(shown, at)
                painter.save()
                painter.setClipPath(edge)
                cover(painter, square, shown)
                painter.restore()
        left = area.x() + 24 + len(paths) * (SIDE + 8)
        words_area = QRect(left, area.y(), area.right() - left - 8, area.height())
        painter.setPen(theme.colour("text"))
        name = (
            paths[0].name
            if len(paths) == 1 or paths[0].name == paths[-1].name
            else (f"{paths[0].name}  –  {paths[-1].name}")
        )
        said = f"{name}\n{reason}" if reason else name
        painter.drawText(words_area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, said)
        painter.restore()


class PairsView(QWidget):
    """A page over the columns.

    Signals:
        left: Back to the columns.
    """

    left = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairing = Pairing(())
        self._names: tuple[str, ...] = ("", "")
        self.back = button(self.tr("Back"), "chevron-left", self.left.emit)
        self.title = theme.label(self.tr("Pairs"), "title")
        self.hint = theme.label(role="muted", wrap=True)
        self.matched, self.alone = QPushButton(), QPushButton()
        for chip in (self.matched, self.alone):
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.clicked.connect(self._fill)
        self.matched.setChecked(True)
        self._rows = _Rows(self)
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Row(thumbnails, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(self.tr("Pairs"))
        thumbnails.ready.connect(self.list.viewport().update)
        self.setFocusProxy(self.list)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * theme.GRID)
        head.addWidget(self.title, 1)
        head.addWidget(self.back)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        chips.addWidget(self.matched)
        chips.addWidget(self.alone)
        chips.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        column.setSpacing(theme.GRID)
        column.addLayout(head)
        column.addWidget(self.hint)
        column.addLayout(chips)
        column.addWidget(self.list, 1)

    def show_pairing(self, pairing: Pairing, names: Sequence[str]) -> None:
        """Show what was matched of the domains with these names."""
        self._pairing, self._names = pairing, tuple(names)
        by_name = self.tr(
            "{} before, {} after, matched by file name. A method that learns from pairs takes these; whether they "
            "belong together only you can see."
        )
        side_by_side = self.tr(
            "Each picture of {} cut in the middle: what stands left is before, what stands right after."
        )
        self.hint.setText((side_by_side if len(names) == 1 else by_name).format(*names))
        self.matched.setText(self.tr("{} pairs").format(words.count(len(pairing.pairs))))
        alone = len(pairing.first) + len(pairing.second)
        self.alone.setText(self.tr("{} without a partner").format(words.count(alone)))
        self.alone.setVisible(alone > 0)
        if not alone:
            self.matched.setChecked(True)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        if self.alone.isChecked():
            groups = ((self._pairing.first, self._names[-1]), (self._pairing.second, self._names[0]))
            self._rows.show([(_both(each), self._why(each, name)) for group, name in groups for each in group])
        else:
            self._rows.show([(pair, "") for pair in self._pairing.pairs])

    def _why(self, lonely: Lonely, other: str) -> str:
        if lonely.nearest is None:
            return self.tr("Nothing in {} has this name.").format(other)
        return self.tr("Nothing in {other} has this name. The nearest is {nearest}.").format(
            other=other, nearest=lonely.nearest.name
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

"""The sample grids of all routes side by side: what the training makes of the same held-out pictures."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ganstudio.window.parts.picture_view import LargeView, Shown
from ganstudio.words.events import Sampled, SheetFile

GAP = 4
BETWEEN = 24
_CACHED = 12
_ROWS_WANTED = 3
_LITTLE_SMALLER = 0.8
_WIDEST_LABEL = 120


class Reader(QObject):
    """Reads pictures outside the window's thread and remembers the last few."""

    read = Signal(str, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._wanted: set[str] = set()
        self.read.connect(self._keep)

    def get(self, path: str) -> QImage | None:
        """The picture if it is at hand; else None, and `read` tells when it is."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path not in self._wanted:
            self._wanted.add(path)
            QThreadPool.globalInstance().start(_Reading(path, self))
        return None

    def forget(self) -> None:
        """Forget all, for another run."""
        self._kept.clear()

    @Slot(str, QImage)
    def _keep(self, path: str, image: QImage) -> None:
        self._wanted.discard(path)
        self._kept[path] = image
        while len(self._kept) > _CACHED:
            self._kept.popitem(last=False)


class _Reading(QRunnable):
    def __init__(self, path: str, reader: Reader) -> None:
        super().__init__()
        self._path, self._reader = path, reader

    def run(self) -> None:
        image = QImage(self._path)
        try:
            self._reader.read.emit(self._path, image)
        except RuntimeError:  # The window was closed meanwhile.
            return


@dataclass(frozen=True, slots=True)
class Place:
    """One cell: which grid, row and column."""

    sheet: int
    row: int
    column: int


class SheetView(QWidget):
    """The grids of one sampling. Cells are as large as whole rows of them fit; the wheel brings further rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scaled: dict[Place, QPixmap] = {}
        self.empty = ""
        self.expect(more=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 140)
        self.setAccessibleName(self.tr("Sample pictures"))
        self.setAccessibleDescription(self.tr("Arrow keys choose a picture, Enter shows it large"))
        self._reader = Reader(self)
        self._reader.read.connect(self._arrived)
        self._folder = Path()
        self._wanted: Sampled | None = None
        self._shown: Sampled | None = None
        self._images: tuple[QImage, ...] = ()
        self._first_row = 0
        self._at: Place | None = None

    @property
    def shown(self) -> Sampled | None:
        """The sampling whose pictures are seen."""
        return self._shown

    def show_sampled(self, folder: Path, sampled: Sampled | None) -> None:
        """Show the grids of one sampling; the old ones stay until the new ones are read."""
        if folder != self._folder or sampled is None:
            self._shown, self._images, self._at = None, (), None
            self._reader.forget()
        self._folder, self._wanted = folder, sampled
        self._try()

    def visible_rows(self) -> int:
        """How many rows of cells are seen."""
        side = self._side()
        rows = max((len(sheet.rows) for sheet in self._sheets()), default=0)
        if self._is_stacked():
            return rows
        return min(rows, max(1, (self.height() - self._top() + GAP) // (side + GAP))) if side else 0

    def cell(self, place: Place) -> QRect:
        """Where a cell lies in the widget."""
        side = self._side()
        x = self._left(place.sheet) + place.column * (side + GAP)
        y = self._above(place.sheet) + (place.row - self._first_row) * (side + GAP)
        return QRect(x, y, side, side)

    def place_at(self, at: QPointF) -> Place | None:
        """The cell under a point."""
        for index, sheet in enumerate(self._sheets()):
            for row in range(self._first_row, min(len(sheet.rows), self._first_row + self.visible_rows())):
                for column in range(len(sheet.columns)):
                    place = Place(index, row, column)
                    if self.cell(place).contains(at.toPoint()):
                        return place
        return None

    def open_large(self, place: Place) -> LargeView:
        """Show the row of a cell large, that cell first."""
        sheet = self._sheets()[place.sheet]
        row = sheet.rows[place.row]
        pictures = [
            Shown(" · ".join(filter(None, (row, column))), self._cut(Place(place.sheet, place.row, index)))
            for index, column in enumerate(sheet.columns)
        ]
        view = LargeView(pictures, place.column, self)
        view.open()
        return view

    def expect(self, *, more: bool) -> None:
        """Whether pictures may still come; said where there are none."""
        said = (
            self.tr("The first sample pictures appear here in a moment.")
            if more
            else self.tr("This training has made no sample pictures.")
        )
        if said != self.empty:
            self.empty = said
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint captions and cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        sheets = self._sheets()
        if not sheets or not self._side():
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            return
        side, rows = self._side(), self.visible_rows()
        for index, sheet in enumerate(sheets):
            for column, caption in enumerate(sheet.columns):
                box = self.cell(Place(index, self._first_row, column))
                painter.setPen(self.palette().text().color())
                line = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, side)
                above = box.y() - self._top()
                painter.drawText(box.x(), above, side, self._top() - GAP, Qt.AlignmentFlag.AlignCenter, line)
            for row in range(self._first_row, min(len(sheet.rows), self._first_row + rows)):
                self._paint_label(painter, sheet, self.cell(Place(index, row, 0)), sheet.rows[row])
                for column in range(len(sheet.columns)):
                    place = Place(index, row, column)
                    painter.drawPixmap(self.cell(place), self._pixmap(place))
        if self._at is not None and (self.hasFocus() or self.underMouse()):
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.cell(self._at).adjusted(-1, -1, 1, 1))
        more = max(len(sheet.rows) for sheet in sheets) - rows
        if more > 0:
            self._paint_scroll(painter, rows, rows + more)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale the cells anew."""
        super().resizeEvent(event)
        self._scaled.clear()
        self._scroll_to(self._first_row)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the screen's resolution and the theme."""
        super().changeEvent(event)
        self._scaled.clear()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go through the rows."""
        before = self._first_row
        self._scroll_to(self._first_row - (1 if event.angleDelta().y() > 0 else -1))
        event.setAccepted(before != self._first_row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the cell under the pointer."""
        place = self.place_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if place else Qt.CursorShape.ArrowCursor)
        if place != self._at:
            self._at = place
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show the cell large."""
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.open_large(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose a cell, Enter shows it large, page keys bring further rows."""
        key = Qt.Key(event.key())
        if not self._sheets():
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.open_large(self._at or Place(0, self._first_row, 0))
        elif key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self._scroll_to(self._first_row + (1 if key == Qt.Key.Key_PageDown else -1) * self.visible_rows())
        elif key in _ARROWS:
            self._step(*_ARROWS[key])
        else:
            super().keyPressEvent(event)

    @Slot(str, QImage)
    def _arrived(self, path: str, image: QImage) -> None:
        self._try()

    def _try(self) -> None:
        wanted = self._wanted
        if wanted is None:
            self.update()
            return
        images = [self._reader.get(str(self._folder / sheet.path)) for sheet in wanted.sheets]
        ready = [image for image in images if image is not None]
        if len(ready) == len(images) and (self._shown is not wanted):
            self._shown, self._images = wanted, tuple(ready)
            self._scaled.clear()
            self._scroll_to(self._first_row)
            self.update()

    def _sheets(self) -> tuple[SheetFile, ...]:
        return self._shown.sheets if self._shown is not None else ()

    def _top(self) -> int:
        named = any(any(sheet.columns) for sheet in self._sheets())
        return self.fontMetrics().height() + 8 if named else GAP

    def _side(self) -> int:
        """Side of a cell: as large as it gets with the grids side by side or one below the other."""
        return max(self._side_beside(), self._side_stacked())

    def _is_stacked(self) -> bool:
        """Whether the grids stand one below the other: where there are few rows, their cells become larger."""
        return self._side_stacked() > self._side_beside()

    def _side_stacked(self) -> int:
        """Side of a cell when all rows of all grids stand below each other."""
        sheets = self._sheets()
        if len(sheets) < 2:
            return 0
        rows, columns = sum(len(sheet.rows) for sheet in sheets), max(len(sheet.columns) for sheet in sheets)
        width = self.width() - max(self._label_width(sheet) for sheet in sheets) - GAP * (columns + 1)
        height = self.height() - len(sheets) * self._top() - GAP * (rows + len(sheets))
        return max(0, min(width // max(1, columns), height // max(1, rows)))

    def _above(self, sheet: int) -> int:
        """Where the first row of a grid begins."""
        if not self._is_stacked():
            return self._top()
        before = sum(len(each.rows) * (self._side() + GAP) + GAP for each in self._sheets()[:sheet])
        return before + (sheet + 1) * self._top()

    def _side_beside(self) -> int:
        """Side of a cell in a row of grids: as wide as the columns allow, so small that a few rows are seen whole."""
        sheets = self._sheets()
        columns = sum(len(sheet.columns) for sheet in sheets)
        if not columns:
            return 0
        rows = max(len(sheet.rows) for sheet in sheets)
        labels = sum(self._label_width(sheet) for sheet in sheets)
        width = self.width() - labels - BETWEEN * (len(sheets) - 1) - GAP * (columns - len(sheets)) - 2 * GAP
        height = self.height() - self._top()
        widest = width // columns
        # The most rows whose cells would not be smaller than the width alone asks for, at least a few.
        whole = max(min(rows, _ROWS_WANTED), min(rows, (height + GAP) // (widest + GAP) or 1))
        side = min(widest, (height - GAP * (whole - 1)) // whole)
        # Rather a little smaller than an empty strip below, and a row that is not seen.
        smaller = (height - GAP * whole) // (whole + 1)
        return max(8, smaller if whole < rows and smaller >= _LITTLE_SMALLER * side else side)

    def _left(self, sheet: int) -> int:
        side, sheets = self._side(), self._sheets()
        widths = [self._label_width(each) + len(each.columns) * (side + GAP) - GAP for each in sheets]
        if self._is_stacked():
            return (self.width() - widths[sheet]) // 2 + self._label_width(sheets[sheet])
        whole = sum(widths) + BETWEEN * (len(sheets) - 1)
        before = sum(widths[:sheet]) + BETWEEN * sheet + self._label_width(sheets[sheet])
        return (self.width() - whole) // 2 + before

    def _label_width(self, sheet: SheetFile) -> int:
        """Room for the names of the rows on the left, when they have any."""
        widest = max((self.fontMetrics().horizontalAdvance(row) for row in sheet.rows), default=0)
        return min(_WIDEST_LABEL, widest + 4 * GAP) if widest else 0

    def _cut(self, place: Place) -> QImage:
        sheet = self._sheets()[place.sheet]
        cut = self._images[place.sheet].copy(place.column * sheet.side, place.row * sheet.side, sheet.side, sheet.side)
        if cut.isNull():  # Someone deleted the file.
            cut = QImage(sheet.side, sheet.side, QImage.Format.Format_RGB888)
            cut.fill(self.palette().mid().color())
        return cut

    def _pixmap(self, place: Place) -> QPixmap:
        if place not in self._scaled:
            ratio = self.devicePixelRatioF()
            side = round(self._side() * ratio)
            cut = self._cut(place)
            if side > cut.width():
                # Whole multiples first: the pixels of a small network stay sharp and stay even.
                cut = cut.scaled(cut.size() * -(-side // cut.width()))
            smooth = Qt.TransformationMode.SmoothTransformation
            pixmap = QPixmap.fromImage(cut.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
            pixmap.setDevicePixelRatio(ratio)
            self._scaled[place] = pixmap
        return self._scaled[place]

    def _scroll_to(self, row: int) -> None:
        rows = max((len(sheet.rows) for sheet in self._sheets()), default=0)
        self._first_row = max(0, min(row, rows - self.visible_rows()))
        self.update()

    def _step(self, across: int, down: int) -> None:
        places = [Place(i, 0, c) for i, sheet in enumerate(self._sheets()) for c in range(len(sheet.columns))]
        at = self._at or Place(0, self._first_row, 0)
        index = places.index(Place(at.sheet, 0, at.column)) + (across if self._at else 0)
        to = places[max(0, min(index, len(places) - 1))]
        last = len(self._sheets()[to.sheet].rows) - 1
        row = max(0, min(at.row + (down if self._at else 0), last))
        self._at = Place(to.sheet, row, to.column)
        if row < self._first_row:
            self._scroll_to(row)
        elif row >= self._first_row + self.visible_rows():
            self._scroll_to(row - self.visible_rows() + 1)
        self.update()

    def _paint_label(self, painter: QPainter, sheet: SheetFile, cell: QRect, name: str) -> None:
        room = self._label_width(sheet)
        if room:
            painter.setPen(self.palette().text().color())
            line = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room - 2 * GAP)
            box = QRect(cell.x() - room, cell.y(), room - 2 * GAP, cell.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line)

    def _paint_scroll(self, painter: QPainter, seen: int, rows: int) -> None:
        height = self.height() - self._top()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().mid())
        top = self._top() + round(height * self._first_row / rows)
        painter.drawRoundedRect(self.width() - 4, top, 4, round(height * seen / rows), 2, 2)


_ARROWS: Mapping[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def age_of(folder: Path, sampled: Sampled) -> float | None:
    """Seconds since a sampling was written; None when its file is gone."""
    try:
        return max(0.0, time.time() - (folder / sampled.sheets[0].path).stat().st_mtime)
    except (OSError, IndexError):
        return None

"""Two moments of one training: the same picture before and after, with a line between them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.sheet_view import Place, Reader
from ganstudio.window.parts.timeline import Track
from ganstudio.words.events import Sampled, SheetFile

THUMBNAIL = 48


def places_of(sampled: Sampled) -> list[Place]:
    """The cells of a sampling that training changes: what is made, not what it is made from."""
    places = []
    for number, sheet in enumerate(sampled.sheets):
        named = len(sheet.columns) > 1 and bool(sheet.columns[0])
        columns = [1] if named else range(len(sheet.columns))
        places += [Place(number, row, column) for row in range(len(sheet.rows)) for column in columns]
    return places


class Moments(QWidget):
    """One picture at two moments, a strip to choose which picture, and a track to choose the moment before.

    Signals:
        chosen: Index of the sample that is the moment before.
        left: Compare no more.
    """

    chosen = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = Reader(self)
        self._reader.read.connect(self._arrived)
        self._folder = Path()
        self._pair: tuple[Sampled, Sampled] | None = None
        self._steps: tuple[int, ...] = ()
        self.compare = Compare()
        self.strip = QListWidget()
        self.track = Track()
        self.label = theme.label()
        self._layout()
        self.track.valueChanged.connect(self._moved)
        self.strip.currentRowChanged.connect(self._show_picture)

    @property
    def index(self) -> int:
        """The sample that is the moment before."""
        return self.track.value()

    def set_steps(self, steps: tuple[int, ...]) -> None:
        """The moments there are to choose from."""
        if steps != self._steps:
            self._steps = steps
            self.track.set_steps(steps)
            self._tell()

    def show_pair(self, folder: Path, before: Sampled, after: Sampled) -> None:
        """Compare two samplings of a run."""
        if folder != self._folder:
            self._reader.forget()
        anew = self._pair is None or folder != self._folder or self._pair[1] != after
        self._folder, self._pair = folder, (before, after)
        self.compare.set_captions(f"step {before.step:,}", f"step {after.step:,}")
        if anew:
            self._fill_strip()
        self._show_picture()

    @Slot(int)
    def _moved(self, index: int) -> None:
        self._tell()
        self.chosen.emit(index)

    def _tell(self) -> None:
        step = self._steps[self.track.value()] if self._steps else 0
        self.label.setText(self.tr("Before: step {}").format(f"{step:,}"))

    def _image(self, sampled: Sampled, place: Place) -> QImage | None:
        """One cell; None until its sheet is read, or when this sampling has none there."""
        if place.sheet >= len(sampled.sheets):
            return None
        sheet = sampled.sheets[place.sheet]
        if place.row >= len(sheet.rows) or place.column >= len(sheet.columns):
            return None
        image = self._reader.get(str(self._folder / sheet.path))
        return None if image is None else _cut(image, sheet, place)

    @Slot(str, QImage)
    def _arrived(self, path: str, image: QImage) -> None:
        if self._pair is not None and self.isVisible():
            self._fill_strip()
            self._show_picture()

    def _fill_strip(self) -> None:
        """A thumbnail for each picture of the moment after; the chosen one stays."""
        assert self._pair is not None
        row, after = max(0, self.strip.currentRow()), self._pair[1]
        self.strip.blockSignals(True)
        self.strip.clear()
        for place in places_of(after):
            item = QListWidgetItem()
            sheet = after.sheets[place.sheet]
            item.setToolTip(theme.tip(" · ".join(filter(None, (sheet.route, sheet.rows[place.row])))))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, sheet.route)
            item.setData(Qt.ItemDataRole.UserRole, place)
            if (image := self._image(after, place)) is not None:
                pixmap = QPixmap.fromImage(image)
                icon = QIcon(pixmap)
                icon.addPixmap(pixmap, QIcon.Mode.Selected)
                item.setIcon(icon)
            self.strip.addItem(item)
        self.strip.setCurrentRow(min(row, self.strip.count() - 1))
        self.strip.setVisible(self.strip.count() > 1)
        self.strip.blockSignals(False)

    @Slot()
    def _show_picture(self) -> None:
        item = self.strip.currentItem()
        if self._pair is None or item is None:
            self.compare.show_pair(None, None)
            return
        place: Place = item.data(Qt.ItemDataRole.UserRole)
        before, after = (self._image(sampled, place) for sampled in self._pair)
        if before is not None and after is not None:
            self.compare.show_pair(Levels.of(before), Levels.of(after.scaled(before.size())))

    def _layout(self) -> None:
        self.strip.setProperty("role", "queue")
        self.strip.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.strip.setFixedWidth(THUMBNAIL + 32)
        self.strip.setMinimumHeight(64)
        self.strip.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.strip.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.strip.setAccessibleName(self.tr("Pictures to compare"))
        self.track.setAccessibleName(self.tr("The moment before"))
        self.compare.setMinimumHeight(96)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.label)
        top.addWidget(self.track, 1)
        top.addWidget(icon_button(self.tr("Compare no more"), "close", self.left.emit, side=16))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.strip)
        middle.addWidget(self.compare, 1)
        layout.addLayout(middle, 1)
        self._tell()


def _cut(image: QImage, sheet: SheetFile, place: Place) -> QImage:
    cut = image.copy(place.column * sheet.side, place.row * sheet.side, sheet.side, sheet.side)
    if cut.isNull():  # Someone deleted the file.
        cut = QImage(sheet.side, sheet.side, QImage.Format.Format_RGB888)
        cut.fill(theme.colour("line"))
    return cut.convertToFormat(QImage.Format.Format_RGB888)

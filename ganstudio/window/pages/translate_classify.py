"""Telling classes apart: pictures in, each with its class and how sure the model is of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.folders import natural
from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import jobs, theme, words
from ganstudio.window.parts.drop_zone import DropZone, taken
from ganstudio.window.studio import Studio
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.events import Event, Failed, Progress, Skipped, Told
from ganstudio.words.routes import Route

SIDE = 40
"""Of a thumbnail, in pixels."""


class Row(QTreeWidgetItem):
    """One picture; its thumbnail is asked for when it is painted, and numbers sort as numbers.

    Args:
        path: The picture.
        thumbnails: Who makes its thumbnail.
        ratio: Device pixels of one pixel.
    """

    def __init__(self, path: Path, thumbnails: Thumbnails, ratio: float) -> None:
        super().__init__()
        self._path, self._thumbnails, self._ratio = path, thumbnails, ratio
        self.share = 0.0

    def data(self, column: int, role: int) -> object:
        """The thumbnail too, once it is there."""
        if column == 1 and role == Qt.ItemDataRole.ForegroundRole and not self.share:
            return theme.colour("bad")
        if column == 0 and role == Qt.ItemDataRole.DecorationRole:
            pixmap = self._thumbnails.pixmap(self._path)
            if pixmap is None or pixmap.isNull():
                return QColor(Qt.GlobalColor.transparent)
            pixmap.setDevicePixelRatio(self._ratio)
            icon = QIcon(pixmap)
            icon.addPixmap(pixmap, QIcon.Mode.Selected)  # Else Qt tints the picture of the selected row.
            return icon
        return super().data(column, role)

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn() if self.treeWidget() is not None else 0
        if column == 2 and isinstance(other, Row):
            return self.share < other.share
        return natural(self.text(column)) < natural(other.text(column))


class ClassifyDesk(QWidget):
    """A list of pictures, the class of each, and copies sorted into folders."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model: Path | None = None
        self._route: Route | None = None
        self._job: int | None = None
        self._sorting: tuple[int, Path] | None = None
        self._copies = 0
        self._rows: dict[str, Row] = {}
        self._unread: set[str] = set()
        self._thumbnails = Thumbnails(round(SIDE * self.devicePixelRatioF()), self)
        self._paths: list[Path] = []
        self.drop = DropZone(
            "image-plus", self.tr("Drop pictures or folders here"), self.tr("Or click to open some"), large=True
        )
        self.list = QTreeWidget()
        self.stack = QStackedWidget()
        self.status = theme.label("", "muted")
        self.open, self.folder = QPushButton(self.tr("Open…")), QPushButton(self.tr("Folder…"))
        self.clear, self.sort = QPushButton(self.tr("Clear")), QPushButton(self.tr("Sort copies into folders…"))
        self.setAcceptDrops(True)
        self._layout()
        self._connect()
        self._refresh()

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Classify by this route of this model; what another said is asked anew."""
        if (model, route) == (self._model, self._route):
            return
        self._model, self._route = model, route
        if self._paths:
            paths, self._paths = self._paths, []
            self._forget()
            self.add(paths)
        self._refresh()

    def add(self, paths: Sequence[Path]) -> None:
        """Classify these files and the pictures in these folders."""
        model, route, device = self._model, self._route, self._studio.device
        self._paths += [path for path in paths if path not in self._paths]
        if model is None or route is None or not paths:
            self._refresh()
            return
        if self._job is not None:
            self._studio.worker.cancel(self._job)
        asked = list(self._paths)
        self._job = self._studio.worker.begin(lambda: jobs.classify(model, route.title, asked, device=device))
        self._refresh()

    def _show(self, path: str, label: str, share: float | None, tip: str) -> None:
        self._unread.discard(path)
        if share is None:
            self._unread.add(path)
        row = self._rows.get(path) or Row(Path(path), self._thumbnails, self.devicePixelRatioF())
        row.share = share or 0.0
        for column, text in enumerate((Path(path).name, label, "" if share is None else f"{round(100 * share)} %")):
            row.setText(column, text)
            row.setToolTip(column, theme.tip(tip))
        if path not in self._rows:
            self._rows[path] = row
            self.list.addTopLevelItem(row)

    def _forget(self) -> None:
        if self._job is not None:
            self._studio.worker.cancel(self._job)
            self._job = None
        self._rows.clear()
        self._unread.clear()
        self.list.clear()

    @Slot()
    def _clear(self) -> None:
        self._paths = []
        self._forget()
        self._refresh()

    # What happens elsewhere

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if self._sorting is not None and job == self._sorting[0]:
            if isinstance(event, Progress):
                self.status.setText(
                    self.tr("Sorting {} of {}").format(words.count(event.done), words.count(event.total))
                )
            self._copies += isinstance(event, Told)
        if job != self._job:
            return
        if isinstance(event, Told):
            shares = "\n".join(f"{label} {100 * share:.1f} %" for label, share in event.shares.items())
            self._show(event.source, event.label, event.shares[event.label], f"{event.source}\n{shares}")
        elif isinstance(event, Skipped):
            self._show(event.path, self.tr("not read"), None, event.reason)
        elif isinstance(event, Progress):
            self.status.setText(self.tr("{} of {}").format(words.count(event.done), words.count(event.total)))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._job:
            self._job = None
        elif self._sorting is not None and job == self._sorting[0]:
            folder, self._sorting = self._sorting[1], None
            if not isinstance(result, Failed):
                said = self.tr("Copies of {} are sorted. The originals stay where they are.")
                show = QUrl.fromLocalFile(str(folder))
                self._studio.offer(
                    said.format(words.pictures(self._copies)),
                    self.tr("Show them"),
                    lambda: QDesktopServices.openUrl(show),
                )
        else:
            return
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        self._refresh()

    @Slot()
    def _ask_sort(self) -> None:
        model, route, device, paths = self._model, self._route, self._studio.device, list(self._paths)
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for the sorted copies"))
        if name and model is not None and route is not None:
            out, self._copies = Path(name), 0
            job = self._studio.worker.begin(lambda: jobs.classify(model, route.title, paths, out=out, device=device))
            self._sorting = (job, out)
            self._refresh()

    @Slot()
    def _ask_files(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Open pictures"), "", self.tr("Pictures ({})").format(kinds)
        )
        self.add([Path(name) for name in names])

    @Slot()
    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Open a folder of pictures"))
        self.add([Path(name)] if name else [])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files anywhere on the desk."""
        taken(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Classify what was dropped."""
        self.add(taken(event))

    @Slot()
    def _refresh(self) -> None:
        had_keyboard = self.window().focusWidget()
        self.stack.setCurrentWidget(self.list if self._paths else self.drop)
        self.clear.setEnabled(bool(self._paths))
        self.sort.setEnabled(bool(self._rows) and self._job is None and self._sorting is None)
        if had_keyboard in {self.clear, self.sort} and not had_keyboard.isEnabled():
            (self.list if self._paths else self.drop).setFocus()  # Else the window's first button has it.
        if self._job is None and self._sorting is None:
            self.status.setText(self._counts())

    def _counts(self) -> str:
        """How many were told apart, into how many classes, and how many could not be read."""
        told = [row.text(1) for path, row in self._rows.items() if path not in self._unread]
        parts = []
        if told:
            classes = len(set(told))
            parts = [words.pictures(len(told))]
            parts.append(self.tr("1 class") if classes == 1 else self.tr("{} classes").format(words.count(classes)))
        if self._unread:
            parts.append(self.tr("{} could not be read").format(words.count(len(self._unread))))
        return "  ·  ".join(parts)

    def _connect(self) -> None:
        self.drop.dropped.connect(self.add)
        self.drop.clicked.connect(self._ask_files)
        self.open.clicked.connect(self._ask_files)
        self.folder.clicked.connect(self._ask_folder)
        self.clear.clicked.connect(self._clear)
        self.sort.clicked.connect(self._ask_sort)
        self._studio.worker.happened.connect(self._happened)
        self._studio.worker.ended.connect(self._ended)
        self._studio.closing.connect(self._thumbnails.shut)
        self._thumbnails.ready.connect(self.list.viewport().update)

    def _layout(self) -> None:
        self.list.setHeaderLabels([self.tr("Picture"), self.tr("Class"), self.tr("How sure")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setSortingEnabled(True)
        self.list.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.list.setProperty("role", "table")
        self.list.header().setMinimumSectionSize(112)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.setAccessibleName(self.tr("Pictures and their classes"))
        for button, icon in (
            (self.open, "image-plus"),
            (self.folder, "folder"),
            (self.clear, "close"),
            (self.sort, "folder-open"),
        ):
            theme.set_icon(button, icon)
        self.stack.addWidget(self.drop)
        self.stack.addWidget(self.list)
        bar = QHBoxLayout()
        bar.setSpacing(theme.GRID)
        for widget in (self.open, self.folder, self.clear):
            bar.addWidget(widget)
        bar.addWidget(self.status, 1)
        bar.addWidget(self.sort)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(self.stack, 1)
        layout.addLayout(bar)

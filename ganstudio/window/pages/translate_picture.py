"""Translating pictures: a queue, the picture before and after, and where the results go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import theme
from ganstudio.window.pages.translate_results import Results
from ganstudio.window.pages.translate_work import listing, reading, to_picture, translating
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.drop_zone import DropZone, local_paths
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.queue_list import Piece, Queue, QueueList, thumbnail_of
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.routes import Route

AT_ONCE = 24
"""So many pictures of a queue are translated without being looked at."""
KEPT_BYTES = 512 << 20
"""Pictures kept in memory; older ones are translated again when they are looked at."""


class PictureDesk(QWidget):
    """The queue on the right, the picture on the left, strength and zoom below it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model: Path | None = None
        self._route: Route | None = None
        self._work: tuple[int, Piece] | None = None
        self._listing: int | None = None
        self._results = Results(studio, self)
        self._current: Piece | None = None
        self.queue = Queue()
        self.list = QueueList(self.queue)
        self.compare = Compare()
        self.drop = DropZone(
            "image-plus",
            self.tr("Drop pictures here"),
            self.tr("Or click to open some, or paste with Ctrl+V"),
            large=True,
        )
        self.stack = QStackedWidget()
        self.status = theme.label("", "muted")
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setAccessibleName(self.tr("Strength"))
        self.strength.setFixedWidth(144)
        self.percent = theme.label("100 %", "muted")
        self.zoom = theme.label("", "muted")
        self.fit, self.full = self._button(self.tr("Fit"), "fit"), self._button("100 %", "zoom-in")
        self.open = self._button(self.tr("Open…"), "image-plus")
        self.folder = self._button(self.tr("Folder…"), "folder")
        self.clear = self._button(self.tr("Clear"), "close")
        self.copy = self._button(self.tr("Copy"), "copy")
        self.save = self._button(self.tr("Save…"), "save")
        self.save_all = self._button(self.tr("Save all…"), "folder-open")
        self.setAcceptDrops(True)
        self._layout()
        self._connect()
        self._refresh()

    # Told from outside

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Translate by this route of this model; what was translated by another is translated anew."""
        self._cancel()
        self._model, self._route = model, route
        for piece in self.queue.pieces:
            piece.after = None
            piece.state, piece.reason = (
                ("waiting", "") if piece.before or piece.state != "failed" else ("failed", piece.reason)
            )
            self.queue.changed(piece)
        if route is not None and route.source is not None:
            same = route.source == route.target
            self.compare.set_captions(route.source, route.title if same else route.target)
        self._look()
        self._next()

    def add(self, paths: Sequence[Path]) -> None:
        """Queue files and the pictures in folders."""
        files = [path for path in paths if path.is_file()]
        self._take([Piece(path.name, path) for path in files])
        folders = [path for path in paths if path.is_dir()]
        if folders:
            self._listing = self._studio.worker.begin(lambda: listing(folders))
            self._refresh()

    @Slot()
    def paste(self) -> None:
        """Queue what is on the clipboard: files, or a picture."""
        data = QApplication.clipboard().mimeData()
        paths = local_paths(data)
        image = QApplication.clipboard().image()
        if paths:
            self.add(paths)
        elif not image.isNull():
            self._take([Piece(self.tr("Pasted picture"), to_picture(image))])
        else:
            self._studio.say(self.tr("There is no picture on the clipboard."))

    # The queue

    def _take(self, pieces: list[Piece]) -> None:
        first = len(self.queue.pieces)
        self.queue.add(pieces)
        if pieces:
            self.list.setCurrentIndex(self.queue.index(first))
        self._refresh()
        self._next()

    @Slot()
    def _chosen(self) -> None:
        row = self.list.currentIndex().row()
        self._current = self.queue.pieces[row] if 0 <= row < len(self.queue.pieces) else None
        piece = self._current
        if piece is not None and piece.state == "done" and piece.after is None:
            piece.state = "waiting"
        self._look()
        self._next()

    def _look(self) -> None:
        piece = self._current
        self.compare.show_pair(piece.before if piece else None, piece.after if piece else None)
        self._refresh()

    def _next(self) -> None:
        """Work on the picture looked at, then on the first ones of the queue."""
        if self._work is not None or self._route is None or self._model is None:
            return
        pieces = ([self._current] if self._current else []) + self.queue.pieces[:AT_ONCE]
        piece = next((piece for piece in pieces if piece.state == "waiting"), None)
        if piece is None:
            return
        piece.state = "working"
        self._step(piece)
        self.queue.changed(piece)
        self._refresh()

    def _step(self, piece: Piece) -> None:
        before, model, route, device = piece.before, self._model, self._route, self._studio.device
        assert model is not None
        assert route is not None
        begin = self._studio.worker.begin
        if before is None:
            self._work = (begin(lambda: reading(piece.source)), piece)
        else:
            self._work = (begin(lambda: translating(model, route.title, before, device)), piece)

    def _worked(self, piece: Piece, result: object) -> None:
        if isinstance(result, Failed):
            piece.state, piece.reason = "failed", result.message
        elif isinstance(result, Levels) and piece.before is None:
            piece.before, piece.thumbnail = result, thumbnail_of(result)
            if piece is self._current:
                self._look()
            self._step(piece)
            self.queue.changed(piece)
            return
        elif isinstance(result, Levels):
            piece.after, piece.thumbnail, piece.state = result, thumbnail_of(result), "done"
            self._forget_some(piece)
        else:
            piece.state = "waiting"
        self.queue.changed(piece)
        if piece is self._current:
            self._look()
        self._refresh()
        self._next()

    def _forget_some(self, newest: Piece) -> None:
        held = [piece for piece in self.queue.pieces if piece not in (newest, self._current)]
        total = sum(piece.bytes() for piece in self.queue.pieces)
        for piece in held:
            if total <= KEPT_BYTES:
                return
            total -= piece.bytes()
            piece.before = piece.after = None

    def _cancel(self) -> None:
        if self._work is not None:
            job, piece = self._work
            self._work = None
            piece.state = "waiting"
            self._studio.worker.cancel(job)

    # What happens elsewhere

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._work is not None and job == self._work[0]:
            piece, self._work = self._work[1], None
            self._worked(piece, result)
        elif job == self._listing:
            self._listing = None
            self._refresh()
            if isinstance(result, list):
                self._take([Piece(path.name, path) for path in result])
            elif isinstance(result, Failed):
                self._studio.say(result.message, fault=True)

    @Slot()
    def _ask_save(self) -> None:
        if self._current is not None and self._route is not None:
            self._results.save(self._current, self._route, self.strength.value() / 100)

    @Slot()
    def _ask_save_all(self) -> None:
        paths = [piece.source for piece in self.queue.pieces if isinstance(piece.source, Path)]
        if self._model is not None and self._route is not None:
            self._results.save_all(self._model, self._route, paths, self.strength.value() / 100)

    @Slot()
    def _ask_copy(self) -> None:
        if self._current is not None:
            self._results.copy(self._current, self.strength.value() / 100)

    @Slot()
    def _drag(self) -> None:
        if self._current is not None and self._route is not None:
            self._results.drag(self._current, self._route, self.strength.value() / 100)

    def _refresh(self) -> None:
        piece = self._current
        self.stack.setCurrentWidget(self.compare if self.queue.pieces else self.drop)
        done = piece is not None and piece.after is not None
        for button in (self.copy, self.save):
            button.setEnabled(done)
        self.strength.setEnabled(done)
        paths = any(isinstance(each.source, Path) for each in self.queue.pieces)
        self.save_all.setEnabled(paths and self._route is not None and not self._results.saving_all)
        self.clear.setEnabled(bool(self.queue.pieces))
        for button in (self.fit, self.full):
            button.setEnabled(piece is not None and piece.before is not None)
        self.compare.set_message(self._message())
        if self._results.saving_all:
            return
        if self._listing is not None:
            self.status.setText(self.tr("Looking for pictures…"))
        elif piece is None:
            self.status.setText("")
        elif piece.state == "failed":
            self.status.setText(piece.name)
        else:
            size = piece.before.size if piece.before is not None else None
            pixels = f"{size.width():,} × {size.height():,}" if size is not None else ""
            hint = self.tr("drag the picture into a folder or another program")
            state = hint if piece.state == "done" else self.queue.words()[piece.state]
            self.status.setText("   ·   ".join(filter(None, (piece.name, pixels, state))))

    def _message(self) -> str:
        piece = self._current
        if piece is None or piece.state == "done":
            return ""
        if piece.state == "failed":
            return f"{piece.name}\n\n{piece.reason}"
        if self._route is None:
            return self.tr("Waiting for the model…")
        return self.tr("Translating…") if piece.before is not None else self.tr("Reading…")

    @Slot()
    def _ask_open(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open pictures"), "", f"{self.tr('Pictures')} ({kinds})")
        self.add([Path(name) for name in names])

    @Slot()
    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Open a folder of pictures"))
        if name:
            self.add([Path(name)])

    @Slot()
    def _clear(self) -> None:
        self._cancel()
        self.queue.clear()
        self._current = None
        self._look()

    @Slot(int)
    def _mix(self, value: int) -> None:
        self.percent.setText(f"{value} %")
        self.compare.set_strength(value / 100)

    @Slot(float)
    def _zoomed(self, scale: float) -> None:
        self.zoom.setText(f"{100 * scale:.0f} %" if self.compare.levels is not None else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files wherever they are dropped."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Queue what was dropped."""
        event.acceptProposedAction()
        self.add(local_paths(event.mimeData()))

    def _connect(self) -> None:
        for button, slot in (
            (self.fit, self.compare.fit),
            (self.full, self.compare.actual_size),
            (self.open, self._ask_open),
            (self.drop, self._ask_open),
            (self.folder, self._ask_folder),
            (self.clear, self._clear),
            (self.copy, self._ask_copy),
            (self.save, self._ask_save),
            (self.save_all, self._ask_save_all),
        ):
            button.clicked.connect(slot)
        for keys, slot in (
            (QKeySequence.StandardKey.Paste, self.paste),
            (QKeySequence.StandardKey.Copy, self._ask_copy),
            (QKeySequence.StandardKey.Save, self._ask_save),
        ):
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.drop.dropped.connect(self.add)
        self.strength.valueChanged.connect(self._mix)
        self.compare.zoomed.connect(self._zoomed)
        self.compare.pulled.connect(self._drag)
        self.list.pulled.connect(self._drag)
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self._results.progressed.connect(self.status.setText)
        self._results.changed.connect(self._refresh)
        self._studio.worker.ended.connect(self._ended)

    def _button(self, text: str, icon: str) -> QPushButton:
        button = QPushButton(text)
        theme.set_icon(button, icon)
        return button

    def _layout(self) -> None:
        self.save.setProperty("role", "primary")
        theme.set_icon(self.save, "save", "on_accent")
        self.stack.addWidget(self.drop)
        self.stack.addWidget(self.compare)
        self.status.setMinimumWidth(1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.fit)
        below.addWidget(self.full)
        below.addWidget(self.zoom)
        below.addStretch(1)
        strength = theme.label(self.tr("Strength"))
        strength.setBuddy(self.strength)
        below.addWidget(strength)
        below.addWidget(self.strength)
        self.percent.setFixedWidth(self.percent.fontMetrics().horizontalAdvance("100 %") + 4)
        below.addWidget(self.percent)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.stack, 1)
        left.addWidget(self.status)
        left.addLayout(below)
        taking, giving = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((taking, (self.open, self.folder)), (giving, (self.copy, self.save))):
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button, 1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(taking)
        right.addWidget(self.list, 1)
        right.addWidget(self.clear)
        right.addLayout(giving)
        right.addWidget(self.save_all)
        side = QWidget()
        side.setFixedWidth(248)
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 1)
        layout.addWidget(side)

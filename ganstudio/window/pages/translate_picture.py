"""Translating pictures and films: a queue, before and after, how much of it one wants, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog, QStackedWidget, QWidget

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import theme, words
from ganstudio.window.pages import translate_lines
from ganstudio.window.pages.translate_bench import Bench
from ganstudio.window.pages.translate_filling import Filler, can_fill
from ganstudio.window.pages.translate_layout import lay_out
from ganstudio.window.pages.translate_live import LiveDesk
from ganstudio.window.pages.translate_masking import Masking
from ganstudio.window.pages.translate_removing import Removing
from ganstudio.window.pages.translate_results import Results
from ganstudio.window.pages.translate_saving import Saving
from ganstudio.window.pages.translate_work import Treatment, is_set, listing, to_picture
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.drop_glow import DropGlow
from ganstudio.window.parts.drop_zone import DropZone, local_paths, taken
from ganstudio.window.parts.elided import Elided
from ganstudio.window.parts.film_bar import FilmBar
from ganstudio.window.parts.look_bar import LookBar
from ganstudio.window.parts.manner_menu import MannerMenu
from ganstudio.window.parts.mask_bar import MaskBar
from ganstudio.window.parts.mask_canvas import MaskCanvas
from ganstudio.window.parts.queue_list import Piece, Queue, QueueList
from ganstudio.window.parts.saving_row import SavingRow
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.films import VIDEOS, is_video_name
from ganstudio.words.packed import SHARD
from ganstudio.words.routes import Route


class PictureDesk(QWidget):
    """The queue on the right, the picture on the left, the look below it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model: Path | None = None
        self._route: Route | None = None
        self._listing: int | None = None
        self._listed = ""
        self._current: Piece | None = None
        self.queue = Queue()
        self.list = QueueList(self.queue)
        self.compare = MaskCanvas()
        self.look, self.brush, self.film = LookBar(), MaskBar(), FilmBar()
        self.saving_row = SavingRow()
        self.drop = DropZone(
            "image-plus",
            self.tr("Drop pictures, folders or films here"),
            self.tr("Or click to open some, or paste with Ctrl+V"),
            large=True,
        )
        self.stack = QStackedWidget()
        self.status, self.zoom = Elided("muted"), theme.label("", "muted")
        self.fit = icon_button(self.tr("The whole picture (0)"), "fit", self.compare.fit)
        self.full = icon_button(self.tr("Each pixel as one of the screen (1)"), "zoom-in", self.compare.actual_size)
        self.retry = button(self.tr("Try again"), "refresh", self._retry, "quiet")
        self.manner = MannerMenu(studio.settings, self)
        self.more = icon_button(self.tr("How large pictures are done"), "more")
        self.more.setMenu(self.manner)
        self.open = button(self.tr("Open…"), "image-plus", self._ask_open)
        self.folder = button(self.tr("Folder…"), "folder", self._ask_folder)
        self.camera = button(self.tr("Live camera"), "camera", self._open_camera)
        self.clear = button(self.tr("Clear"), "close", self._clear)
        self.copy = button(self.tr("Copy"), "copy", self._ask_copy)
        self.save = button(self.tr("Save…"), "save", self._ask_save, "primary")
        self.save_all = button(self.tr("Save all…"), "folder-open", self._ask_save_all)
        self.pages, self.still = QStackedWidget(), QWidget()
        self.live = LiveDesk(studio, self.queue, self.look)
        self._results = Results(studio, self)
        self._saving = Saving(studio, self.queue, self.saving_row, self)
        self._bench = Bench(studio, self.queue, lambda: self.manner.manner, self._saving, self)
        self._filler = Filler(studio, self._saving, self)
        self._removing = Removing(studio, self.queue, self._bench, self._filler, self)
        self._masking = Masking(studio, self.compare, self.look, self.brush, self)
        self.setAcceptDrops(True)
        lay_out(self)
        DropGlow(self, self.stack)
        self._connect()
        self._look()

    # Told from outside

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Translate by this route of this model; what was translated by another is translated anew."""
        self._model, self._route = model, route
        self._bench.set_route(model, route)
        self.live.set_route(model, route)
        if route is not None and route.source is not None:
            same = route.source == route.target
            self.compare.set_captions(route.source, route.title if same else route.target)
        self._look()

    def add(self, paths: Sequence[Path]) -> None:
        """Queue files and what is in folders."""
        self._filler.remember(paths)
        self._take([_piece(path) for path in paths if path.is_file()])
        folders = [path for path in paths if path.is_dir()]
        if folders:
            self._listing = self._studio.reader.begin(lambda: listing(folders))
            self._listed = words.listed([path.name for path in folders])
            self._refresh()

    @Slot()
    def paste(self) -> None:
        """Queue what is on the clipboard: files, or a picture."""
        paths = local_paths(QApplication.clipboard().mimeData())
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
        self._removing.forget()
        self.queue.add(pieces)
        if pieces:
            self.list.setCurrentIndex(self.queue.index(first))
        self._refresh()
        self._bench.go_on()

    @Slot()
    def _chosen(self) -> None:
        row = self.list.currentIndex().row()
        self._current = self.queue.pieces[row] if 0 <= row < len(self.queue.pieces) else None
        self._bench.look_at(self._current)
        self._look()

    def _look(self) -> None:
        piece = self._current
        self.compare.show_pair(piece.before if piece else None, piece.shown if piece else None)
        self._refresh()
        self._masking.show_piece(piece)  # Last: whether one can paint hangs on whether the look can be chosen.

    def _changed(self, piece: Piece) -> None:
        if piece is not self._current:
            return
        if piece.before is not self.compare.levels or piece.shown is not self.compare.after:
            self._look()
        else:
            self._refresh()

    @Slot()
    def _retry(self) -> None:
        if self._current is not None:
            self._bench.retry(self._current)

    @Slot()
    def _remove(self) -> None:
        piece = self._current
        if piece is None or self._saving.busy:
            return
        self._removing.take_out([piece])
        self._chosen()

    @Slot()
    def _clear(self) -> None:
        if self.queue.pieces:
            self._removing.take_out(list(self.queue.pieces))
            self._chosen()

    @Slot(list)
    def _put_back(self, pieces: list[Piece]) -> None:
        self.list.setCurrentIndex(self.queue.index(self.queue.pieces.index(pieces[0])))
        self.list.setFocus()
        self._chosen()

    @Slot()
    def _undo(self) -> None:
        """While one paints, the last stroke; else what was taken out of the list."""
        if self._masking.active or not self._removing.undo():
            self._masking.undo()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._listing:
            self._listing = None
            if isinstance(result, list):
                self._take([_piece(path) for path in result])
                if not result:
                    self._studio.say(self.tr("There is no picture and no film in {}.").format(self._listed), fault=True)
            elif isinstance(result, Failed):
                self._studio.say(result.message, fault=True)
            self._refresh()

    # Live

    @Slot()
    def _open_camera(self) -> None:
        self._enter_live()
        self.live.open_camera()

    @Slot()
    def _play(self) -> None:
        if self._current is not None and isinstance(self._current.source, Path):
            self._enter_live()
            self.live.play(self._current.source)

    def _enter_live(self) -> None:
        self._bench.rest()
        self.pages.setCurrentWidget(self.live)

    @Slot(int)
    def _leave_live(self, row: int) -> None:
        self.pages.setCurrentWidget(self.still)
        if row >= 0:
            self.list.setCurrentIndex(self.queue.index(row))
        self._bench.wake(self._current)
        self.list.setFocus()

    # What is wanted of it

    def treatment(self) -> Treatment | None:
        """What is chosen, without a mask; None while there is no model."""
        if self._model is None or self._route is None:
            return None
        look, manner = self.look.look, self.manner.manner
        return Treatment(self._model, self._route, look, manner, self._studio.device, self.film.smooth)

    @Slot()
    def _ask_save(self) -> None:
        piece, treatment = self._current, self.treatment()
        if piece is None or treatment is None or not self.save.isEnabled():
            return
        if piece.kind == "set":
            self._filler.ask([piece], treatment, piece.mask)
            return
        suffix = translate_lines.film_suffix(piece) if piece.kind == "film" else ".png"
        target = self._results.ask(piece, treatment.route, suffix)
        if target is None:
            return
        if _is_in_hand(piece):
            self._results.save(piece, target, treatment.look)
        else:
            self._filler.save_one(piece, target, treatment)

    @Slot()
    def _ask_save_all(self) -> None:
        treatment = self.treatment()
        if treatment is not None and self.save_all.isEnabled():
            self._filler.ask(self.queue.pieces, treatment, self._current.mask if self._current is not None else None)

    @Slot()
    def _ask_copy(self) -> None:
        if self._current is not None and self.copy.isEnabled():
            self._results.copy(self._current, self.look.look)

    @Slot()
    def _drag(self) -> None:
        if self._current is not None and self._route is not None:
            self._results.drag(self._current, self._route, self.look.look)

    @Slot()
    def _refresh(self) -> None:
        piece, route = self._current, self._route
        there = piece is not None and piece.shown is not None
        had_keyboard = self.window().focusWidget()
        self.stack.setCurrentWidget(self.compare if self.queue.pieces else self.drop)
        self.copy.setEnabled(piece is not None and piece.after is not None and piece.kind == "picture")
        free = not self._saving.busy or (piece is not None and _is_in_hand(piece))
        self.save.setEnabled(free and translate_lines.can_save(piece, route))
        self.look.setEnabled(there)
        self.film.setVisible(piece is not None and piece.kind == "film" and piece.state != "failed")
        self.retry.setVisible(piece is not None and piece.state == "failed")
        paths = any(can_fill(each) for each in self.queue.pieces)
        self.save_all.setEnabled(paths and route is not None and not self._saving.busy)
        self.clear.setEnabled(bool(self.queue.pieces) and not self._saving.busy)
        for each in (self.fit, self.full):
            each.setEnabled(piece is not None and piece.before is not None)
        if had_keyboard in {self.save, self.save_all, self.clear, self.copy} and not had_keyboard.isEnabled():
            # Else the next one in line has it, which is a direction.
            (self.list if self.queue.pieces else self.drop).setFocus()
        self.compare.set_message(translate_lines.message(piece, route))
        self.compare.set_note(translate_lines.note(piece, route))
        looking = self.tr("Looking for pictures…") if self._listing is not None else ""
        self.status.setText(looking or translate_lines.status(piece))

    # Opening

    @Slot()
    def _ask_open(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES | VIDEOS | {SHARD}))
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Open pictures"), "", f"{self.tr('Pictures and films')} ({kinds})"
        )
        self.add([Path(name) for name in names])

    @Slot()
    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Open a folder of pictures"))
        if name:
            self.add([Path(name)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files wherever they are dropped."""
        taken(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Queue what was dropped, and show it."""
        paths = taken(event)
        if self.live.active:
            self.live.leave()
        self.add(paths)

    @Slot(float)
    def _zoomed(self, scale: float) -> None:
        piece = self._current
        if piece is not None and piece.size is not None and piece.before is not None:
            scale *= piece.before.size.width() / max(1, piece.size.width())  # A large picture is shown smaller.
        self.zoom.setText(f"{100 * scale:.0f} %" if self.compare.levels is not None else "")

    def _connect(self) -> None:
        for keys, slot in (
            (QKeySequence.StandardKey.Paste, self.paste),
            (QKeySequence.StandardKey.Copy, self._ask_copy),
            (QKeySequence.StandardKey.Save, self._ask_save),
            (QKeySequence.StandardKey.Undo, self._undo),
            ("M", self.look.paint.click),
        ):
            QShortcut(QKeySequence(keys), self.still, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Delete),
            self.list,
            self._remove,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        self.drop.clicked.connect(self._ask_open)
        self.drop.dropped.connect(self.add)
        self.film.play_wanted.connect(self._play)
        self.live.kept.connect(lambda piece: self._take([piece]))
        self.live.left.connect(self._leave_live)
        self.look.changed.connect(self.compare.set_look)
        self.compare.zoomed.connect(self._zoomed)
        self.compare.pulled.connect(self._drag)
        self.list.pulled.connect(self._drag)
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.manner.changed.connect(lambda: self._bench.set_route(self._model, self._route))
        self._removing.put_back.connect(self._put_back)
        self.queue.dataChanged.connect(lambda first, *_: self._changed(self.queue.pieces[first.row()]))
        self._saving.changed.connect(self._refresh)
        self._results.saved.connect(self.queue.changed)
        self._studio.reader.ended.connect(self._ended)


def _is_in_hand(piece: Piece) -> bool:
    """Whether what is seen is all that is saved; else the file itself is translated into another."""
    return piece.exact and piece.after is not None


def _piece(path: Path) -> Piece:
    return Piece(path.name, path, "film" if is_video_name(path.name) else "set" if is_set(path) else "picture")

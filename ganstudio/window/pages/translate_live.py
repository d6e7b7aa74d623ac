"""The live picture: what a camera sees, or a film, through the model; while one looks, and not a moment longer."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ganstudio.pictures.films.cameras import Camera
from ganstudio.window import theme
from ganstudio.window.pages import translate_live_lines as lines
from ganstudio.window.pages.translate_live_layout import lay_out
from ganstudio.window.pages.translate_live_stage import Stage
from ganstudio.window.pages.translate_live_work import Source, finding, levels_of, of_camera, of_film
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.editors import QuietCheck
from ganstudio.window.parts.elided import Elided
from ganstudio.window.parts.live_canvas import LiveCanvas
from ganstudio.window.parts.look_bar import LookBar
from ganstudio.window.parts.notice import Notice
from ganstudio.window.parts.picker import Picker
from ganstudio.window.parts.queue_list import Piece, Queue, QueueList
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.look import Look
from ganstudio.words.routes import Route

REMEMBERED = "translate/camera"
TICK_MS = 250


def shortcuts() -> list[tuple[str, str, str]]:
    """What the keyboard does here: the name of a method of `LiveDesk`, its title, its key."""
    say = QCoreApplication.translate
    return [
        ("keep", say("live", "Live: keep this frame"), "S"),
        ("swap_sides", say("live", "Live: mirror"), "M"),
        ("leave", say("live", "Live: end"), "Esc"),
    ]


class LiveDesk(QWidget):
    """The moving picture on the left, where it comes from and what was kept of it on the right.

    Signals:
        kept: This frame is wanted as a picture (a Piece).
        left: It has ended; the row of the queue that is wanted now, -1 for none.
    """

    kept = Signal(object)
    left = Signal(int)

    def __init__(self, studio: Studio, queue: Queue, look: LookBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._others_look = look
        self._model: Path | None = None
        self._route: Route | None = None
        self._cameras: tuple[Camera, ...] = ()
        self._finding: int | None = None
        self._source: Source | None = None
        self._rate, self._began = lines.Rate(), 0.0
        self._fault = ""
        self._kept = 0
        self.stage = Stage(studio, self)
        self.canvas = LiveCanvas()
        self.look = LookBar()
        self.look.paint.hide()
        self.status, self.pace = Elided("muted"), theme.label("", "muted")
        self.again = button(self.tr("Look again"), "refresh", self._again, "quiet")
        self.notice = Notice()
        self.picker = Picker(self.tr("Look again for cameras"))
        self.mirror = QuietCheck(self.tr("Mirror"))
        self.snapshot = button(self.tr("Keep this frame"), "snapshot", self.keep, "primary")
        self.fit = icon_button(self.tr("The whole picture (0)"), "fit", self.canvas.fit)
        self.list = QueueList(queue)
        self.end = button(self.tr("End live"), "stop", self.leave)
        self._ticking = QTimer(self, interval=TICK_MS)
        lay_out(self)
        self._connect()
        self._refresh()

    @property
    def active(self) -> bool:
        """Whether one looks."""
        return self._ticking.isActive()

    # Told from outside

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Go on with this route of this model."""
        if route is not None and route.source is not None:
            same = route.source == route.target
            self.canvas.set_captions(route.source, route.title if same else route.target)
        # Asked for the same again, a model may still have learnt meanwhile: it is opened anew.
        self._model, self._route = model, route
        if self._source is None or not self.active:
            return
        if self._fault:
            self._begin(self._source)
        else:
            self.stage.translate(model, route)

    def open_camera(self) -> None:
        """Look through the camera that was used last, or the first there is."""
        self._enter()
        self._find()

    def play(self, file: Path) -> None:
        """Look at a film."""
        self._enter()
        self._begin(of_film(file))

    @Slot()
    def stop(self) -> None:
        """Let everything go."""
        self._ticking.stop()
        self._quiet()
        if self._finding is not None:
            self._studio.reader.cancel(self._finding)
            self._finding = None
        self._source = None

    @Slot()
    def leave(self) -> None:
        """Let everything go, and back to the pictures."""
        self.stop()
        self.left.emit(-1)

    @Slot()
    def keep(self) -> None:
        """Queue the frame that is seen, in its full size, to be translated as any picture."""
        seen = self.stage.seen
        if seen is None or self._source is None:
            return
        self._kept += 1
        stem = self._source.title if self._source.camera else Path(self._source.title).stem
        piece = Piece(f"{stem} {self._kept}", seen.picture)
        self.kept.emit(piece)
        self.list.scrollToBottom()  # Where it is seen to be translated: that says enough.

    @Slot()
    def swap_sides(self) -> None:
        """Mirror it, or no longer."""
        self.mirror.toggle()

    def hideEvent(self, event: QHideEvent) -> None:
        """A camera sees nobody who has left the page or closed the window; a minimised window waits."""
        super().hideEvent(event)
        if not event.spontaneous() and self.active:
            self.leave()

    # Where it comes from

    def _enter(self) -> None:
        """Begin with nothing, in the look that the pictures have."""
        self.stop()
        self.look.strength.setValue(self._others_look.strength.value())
        self.look.blend.setCurrentIndex(self._others_look.blend.currentIndex())
        self.look.colours.setChecked(self._others_look.colours.isChecked())
        self.stage.look = self.look.look
        self._fault = ""
        self._ticking.start()
        self.canvas.setFocus()
        self._refresh()

    def _find(self) -> None:
        self._quiet()
        self._source, self._fault = None, ""
        self._finding = self._studio.reader.begin(finding)
        self._refresh()

    @Slot(int, object)
    def _found(self, job: int, result: object) -> None:
        if job != self._finding:
            return
        self._finding = None
        self._cameras = result if isinstance(result, tuple) else ()
        kept = str(self._studio.settings.value(REMEMBERED, ""))
        self.picker.fill([(camera.name, camera.address) for camera in self._cameras], "")
        known = next((camera for camera in self._cameras if camera.name == kept), None)
        chosen = known or next(iter(self._cameras), None)
        if isinstance(result, Failed):
            self._fault = result.message
        elif chosen is None:
            self._fault = lines.no_camera()
        else:
            self.picker.choose(chosen.address)
            self._begin(of_camera(chosen))
        self._refresh()

    @Slot()
    def _picked(self) -> None:
        camera = next((one for one in self._cameras if one.address == self.picker.currentData()), None)
        if camera is not None:
            self._studio.settings.setValue(REMEMBERED, camera.name)
            self._begin(of_camera(camera))

    def _begin(self, source: Source) -> None:
        self._quiet()
        self._source, self._fault, self._began = source, "", time.monotonic()
        self.canvas.mark = "camera" if source.camera is not None else "film"
        self.mirror.setChecked(source.mirrored)
        self.stage.open(source)
        self.stage.translate(self._model, self._route)
        self._refresh()

    @Slot()
    def _again(self) -> None:
        if self._source is None:
            self._find()
        else:
            self._begin(self._source)

    def _quiet(self) -> None:
        """Neither look nor translate."""
        self.stage.stop()
        self._rate = lines.Rate()
        self.canvas.show_pair(None, None)

    # What is seen

    @Slot()
    def _came(self) -> None:
        seen, first = self.stage.seen, self.canvas.after is None
        if seen is not None:
            self._rate.came(time.monotonic())
            self.canvas.show_pair(seen.before, seen.after)
        if first:
            self._refresh()

    @Slot(str)
    def _ended(self, reason: str) -> None:
        self._quiet()
        self._fault = reason or self.tr("It has ended.")
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        source, seen = self._source, self.stage.seen
        last = self.stage.last if source is not None and not self._fault else None
        if seen is None and last is not None:
            self.canvas.show_pair(levels_of(last.pixels), None)  # The model may need a while; the camera is there.
        self.canvas.set_message(
            lines.message(
                fault=self._fault,
                finding=self._finding is not None,
                title=source.title if source is not None else "",
                comes=last is not None,
                silent=time.monotonic() - self._began > lines.SILENT,
                shown=seen is not None,
            )
        )
        self.again.setVisible(bool(self._fault))
        self.again.setText(self.tr("Look again") if source is None else self.tr("Try again"))
        for each in (self.snapshot, self.look, self.fit):
            each.setEnabled(seen is not None)
        self.mirror.setVisible(source is not None)
        self.picker.setVisible(bool(self._cameras) and (source is None or source.camera is not None))
        said = [source.title] if source is not None else []
        if seen is not None:
            said.append(f"{seen.before.size.width()} × {seen.before.size.height()}")
        self.status.setText("   ·   ".join(said))
        self.pace.setText(lines.pace(seen.side, self._rate.per_second(time.monotonic())) if seen is not None else "")
        self._advise()

    def _advise(self) -> None:
        seen = self.stage.seen
        trains = self._studio.training_state == "running" and self._source is not None
        match lines.advice(trains=trains, heavy=seen is not None and seen.heavy):
            case "training":
                self.notice.say(
                    self.tr("The training takes turns with this picture, so both are slower."),
                    self.tr("Pause the training"),
                    self._studio.pause_training,
                )
            case "heavy":
                self.notice.say(
                    self.tr("This model is heavy for a live picture here. Export it as light to go faster."),
                    self.tr("Models"),
                    lambda: self._studio.show("models", self._model),
                )
            case _:
                self.notice.hide()

    @Slot(object)
    def _take_look(self, look: Look) -> None:
        self.stage.look = look

    @Slot(bool)
    def _mirrored(self, on: bool) -> None:
        self.stage.mirror(on=on)

    def _connect(self) -> None:
        for name, _, key in shortcuts():
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(getattr(self, name))
        self._ticking.timeout.connect(self._refresh)
        self.look.changed.connect(self._take_look)
        self.picker.picked.connect(self._picked)
        self.picker.more_wanted.connect(self._find)
        self.mirror.toggled.connect(self._mirrored)
        self.list.clicked.connect(lambda index: self._show_piece(index.row()))
        self.list.activated.connect(lambda index: self._show_piece(index.row()))
        studio = self._studio
        studio.reader.ended.connect(self._found)
        studio.training_changed.connect(self._refresh)
        studio.closing.connect(self.stop)
        self.stage.came.connect(self._came)
        self.stage.ended.connect(self._ended)

    def _show_piece(self, row: int) -> None:
        self.stop()
        self.left.emit(row)

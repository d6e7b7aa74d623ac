"""What is translated next: the picture looked at first, a small copy of it before all of it, then the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Slot

from ganstudio.window import jobs
from ganstudio.window.pages.translate_saving import Saving
from ganstudio.window.pages.translate_work import Opened, first_look, has_first_look, opening, translating, viewed
from ganstudio.window.parts.manner_menu import Manner
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.queue_list import Piece, Queue, thumbnail_of
from ganstudio.window.studio import Studio
from ganstudio.words.events import Advanced, Event, Failed
from ganstudio.words.routes import Route

AT_ONCE = 24
"""So many pictures of a queue are read, and small copies of them translated, without being looked at."""
KEPT_BYTES = 512 << 20
"""Pictures kept in memory; older ones are read again when they are looked at."""

Task: TypeAlias = Literal["first", "whole"]
_MAKE = {"first": first_look, "whole": translating}


class Bench(QObject):
    """Reads and translates the pieces of a queue; work that nobody waits for any more is cancelled.

    What is being written into files is not translated a second time: once it is written, it is shown from there.
    """

    def __init__(
        self, studio: Studio, queue: Queue, manner: Callable[[], Manner], saving: Saving, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio, self._queue, self._manner, self._saving = studio, queue, manner, saving
        self._model: Path | None = None
        self._route: Route | None = None
        self._current: Piece | None = None
        self._reading: tuple[int, Piece] | None = None
        self._working: tuple[int, Piece, Task] | None = None
        self._asking: tuple[int, Piece] | None = None
        self._resting = False
        studio.reader.ended.connect(self._read)
        studio.worker.ended.connect(self._worked)
        studio.worker.ended.connect(self._answered)
        studio.worker.happened.connect(self._happened)
        saving.changed.connect(self._give_way)
        saving.written.connect(self.go_on)

    @property
    def working_on(self) -> Piece | None:
        """What is being translated."""
        return self._working[1] if self._working is not None else None

    @property
    def made_by(self) -> tuple[Path | None, str]:
        """The model and what its route is called."""
        return self._model, self._route.title if self._route is not None else ""

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Translate by this route of this model; what was translated by another is translated anew."""
        self._cancel_work()
        self._model, self._route = model, route
        for piece in self._queue.pieces:
            piece.begin_anew()
            self._queue.changed(piece)
        self.go_on()

    def look_at(self, piece: Piece | None) -> None:
        """Work on this one first."""
        self._current = piece
        if piece is not None and piece.state == "done" and piece.after is None:
            piece.state = "first" if piece.first is not None else "waiting"
        if self._working is not None and self._working[1] is not piece and self._task(piece) is not None:
            self._cancel_work()
        self.go_on()

    def retry(self, piece: Piece) -> None:
        """Try again what failed."""
        piece.state, piece.reason = "waiting", ""
        self._queue.changed(piece)
        self.go_on()

    def clear(self) -> None:
        """Leave everything."""
        self._cancel_work()
        if self._reading is not None:
            self._studio.reader.cancel(self._reading[0])
            self._reading = None
        self._current = None

    def rest(self) -> None:
        """Leave the device to a picture that moves: from now on, only what is looked at next is worked on."""
        self._resting = True
        self._cancel_work()
        self._current = None

    def wake(self, piece: Piece | None) -> None:
        """Work on all again, on this one first."""
        self._resting = False
        self.look_at(piece)

    @Slot()
    def go_on(self) -> None:
        """Begin what comes next, where nothing is in hand."""
        if self._reading is None:
            self._begin_reading()
        if self._working is None and self._route is not None and self._model is not None:
            self._begin_work(self._model, self._route)

    @Slot()
    def _give_way(self) -> None:
        """Leave to the saving what it begins with; what it leaves goes on."""
        if self._working is not None and self._task(self._working[1]) is None:
            self._cancel_work()
        self.go_on()

    # Reading

    def _begin_reading(self) -> None:
        piece = next((one for one in self._wanted() if one.before is None and self._is_awaited(one)), None)
        if piece is not None:
            self._reading = (self._studio.reader.begin(lambda: opening(piece.source)), piece)
            return
        seen = self._current
        if seen is not None and seen.whole is not None and seen.after is None:
            file = seen.whole
            self._reading = (self._studio.reader.begin(lambda: viewed(file)), seen)

    @Slot(int, object)
    def _read(self, job: int, result: object) -> None:
        if self._reading is None or job != self._reading[0]:
            return
        piece, self._reading = self._reading[1], None
        if isinstance(result, Opened):
            piece.before, piece.size, piece.kind = result.levels, result.size, result.kind
            piece.exact, piece.made, piece.facts, piece.packed = result.exact, result.made, result.facts, result.packed
            if piece.thumbnail is None:
                piece.thumbnail = thumbnail_of(result.levels)
            self._forget_some(piece)
        elif isinstance(result, Levels):
            # As it was written: in its own colour space and rounded, so that saving begins with the original again.
            piece.after, piece.state, piece.exact = result, "done", False
            piece.thumbnail = thumbnail_of(result)
            self._forget_some(piece)
        elif piece.before is not None:
            piece.whole = None  # That file is gone.
        else:
            piece.state = "failed"
            piece.reason = result.message if isinstance(result, Failed) else ""
        self._queue.changed(piece)
        self.go_on()

    def _is_awaited(self, piece: Piece) -> bool:
        return piece.state == "waiting" or (piece is self._current and piece.state != "failed")

    # Translating

    def _begin_work(self, model: Path, route: Route) -> None:
        for piece in self._wanted():
            task, before = self._task(piece), piece.before
            if task is not None and before is not None:
                break
        else:
            return
        make, device, manner = _MAKE[task], self._studio.device, self._manner()
        piece.state = "working"
        self._working = (
            self._studio.worker.begin(lambda: make(model, route.title, before, device, manner)),
            piece,
            task,
        )
        self._queue.changed(piece)

    def _task(self, piece: Piece | None) -> Task | None:
        """What there is to do for a piece: of those that nobody looks at, only a small copy is translated."""
        if piece is None or piece.before is None or piece.state in {"done", "failed"} or piece.after is not None:
            return None
        if piece is not self._current and self._saving.comes_to(piece):
            return None
        if piece.size is None or not has_first_look(piece.before.size):
            if piece.kind != "picture":
                return "whole" if piece.first is None else None
            return None if self._is_written(piece) else "whole"
        if piece.first is None:
            return "first"
        return "whole" if piece is self._current and piece.kind == "picture" and not self._is_written(piece) else None

    def _is_written(self, piece: Piece) -> bool:
        """Whether it can be shown from its file, now or soon."""
        return piece.whole is not None or self._saving.comes_to(piece, soon=True)

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if self._working is not None and job == self._working[0] and isinstance(event, Advanced):
            _, piece, task = self._working
            if task == "whole":
                piece.share, piece.left = event.share, event.eta_seconds
                self._queue.changed(piece)

    @Slot(int, object)
    def _worked(self, job: int, result: object) -> None:
        if self._working is None or job != self._working[0]:
            return
        (_, piece, task), self._working = self._working, None
        piece.share = piece.left = None
        if isinstance(result, Failed):
            piece.state, piece.reason = "failed", result.message
        elif isinstance(result, Levels):
            self._take(piece, task, result)
        else:
            piece.state = "first" if piece.first is not None else "waiting"
        self._queue.changed(piece)
        self.go_on()

    def _take(self, piece: Piece, task: Task, made: Levels) -> None:
        piece.thumbnail = thumbnail_of(made)
        if piece.kind == "large" and self._model is not None and self._route is not None and piece.size is not None:
            self._ask_way(piece, self._model, self._route)
        if task == "first" or piece.kind != "picture":
            piece.first, piece.state = made, "first"
        else:
            piece.after, piece.state = made, "done"
        self._forget_some(piece)

    def _ask_way(self, piece: Piece, model: Path, route: Route) -> None:
        size, device, manner = piece.size, self._studio.device, self._manner()
        assert size is not None
        pixels = (size.width(), size.height())
        job = self._studio.worker.begin(
            lambda: jobs.way(model, route.title, pixels, quality=manner.quality, memory=manner.memory, device=device)
        )
        self._asking = (job, piece)

    @Slot(int, object)
    def _answered(self, job: int, result: object) -> None:
        if self._asking is not None and job == self._asking[0]:
            piece, self._asking = self._asking[1], None
            if isinstance(result, str):
                piece.way = result
                self._queue.changed(piece)

    def _cancel_work(self) -> None:
        if self._working is None:
            return
        (job, piece, _), self._working = self._working, None
        piece.state = "first" if piece.first is not None else "waiting"
        piece.share = piece.left = None
        self._studio.worker.cancel(job)
        self._queue.changed(piece)

    def _wanted(self) -> list[Piece]:
        current = [self._current] if self._current is not None else []
        if self._resting:
            return current
        return current + [piece for piece in self._queue.pieces[:AT_ONCE] if piece is not self._current]

    def _forget_some(self, newest: Piece) -> None:
        """Let the oldest pictures go; first looks are small and stay."""
        total = sum(piece.bytes() for piece in self._queue.pieces)
        for piece in self._queue.pieces:
            if total <= KEPT_BYTES:
                return
            if piece in {newest, self._current} or piece is self.working_on or piece.state == "waiting":
                continue
            total -= piece.bytes()
            piece.after = None
            if piece.state in {"first", "done"}:
                piece.before = None

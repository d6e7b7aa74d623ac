"""Work that goes straight into files: a very large picture, a film, a folder; one at a time, with pause and cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from ganstudio.window import words
from ganstudio.window.jobs import Job
from ganstudio.window.parts.queue_list import Piece, Queue
from ganstudio.window.parts.saving_row import SavingRow
from ganstudio.window.studio import Studio
from ganstudio.words.events import Advanced, Event, Failed, Made, Progress, Skipped, Warned

SOON = 3
"""So many pictures ahead are as good as in hand."""
EXACT = {".png", ".tif", ".tiff"}
"""Files that lose nothing."""


@dataclass(slots=True)
class _Work:
    """What is being written.

    Attributes:
        title: In words, such as "Saving 340 pictures".
        make: Makes its job, again when something of it failed.
        pieces: Those of the queue that it is about, by their file.
        left: How many seconds all of it still takes, as was told when the last file was written.
        hand: The same of the file in hand.
        plain: Whether what is written is what the model makes, without a look.
        lost: Files that it comes to although they are known to be unreadable; they are not counted.
    """

    title: str
    make: Callable[[], Job[Any]]
    pieces: dict[str, Piece]
    plain: bool = False
    lost: frozenset[str] = frozenset()
    job: int = 0
    done: int = 0
    total: int = 0
    kept: int = 0
    made: list[Path] = field(default_factory=list)
    folders: dict[Piece, Path] = field(default_factory=dict)
    through: set[Piece] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    left: float | None = None
    hand: float | None = None
    note: str = ""
    within: float = 0.0
    stopped: bool = False
    still: bool = False


class Saving(QObject):
    """Runs the work and tells of it in a row of its own.

    Signals:
        changed: It began or ended.
        written: This piece was written.
        reasons_wanted: These files were left out, and why.
    """

    changed = Signal()
    written = Signal(object)
    reasons_wanted = Signal(object)

    def __init__(self, studio: Studio, queue: Queue, row: SavingRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._queue, self._row = studio, queue, row
        self._work: _Work | None = None
        self._last: _Work | None = None
        worker = studio.worker
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)
        worker.paused.connect(lambda job: self._stands(job, still=True))
        worker.resumed.connect(lambda job: self._stands(job, still=False))
        row.pause_wanted.connect(self._pause)
        row.resume_wanted.connect(self._resume)
        row.cancelled.connect(self.cancel)
        row.retried.connect(self._retry)
        row.listed.connect(self._list)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._work is not None

    @property
    def failures(self) -> tuple[Skipped, ...]:
        """What the last work left out."""
        return tuple(self._last.skipped) if self._last is not None else ()

    def comes_to(self, piece: Piece, *, soon: bool = False) -> bool:
        """Whether this one is yet to be written, and soon, so that nobody else need translate it."""
        work = self._work
        # Asked for each of thousands, whenever one is written.
        if work is None or piece in work.through or work.pieces.get(str(piece.source)) is not piece:
            return False
        return not soon or (not work.still and list(work.pieces.values()).index(piece) < work.done + SOON)

    def begin(
        self,
        title: str,
        make: Callable[[], Job[Any]],
        pieces: Sequence[Piece],
        *,
        plain: bool = False,
        lost: frozenset[str] = frozenset(),
    ) -> None:
        """Begin; nothing else may be under way. `plain` is what has no look, `lost` is known to be unreadable."""
        assert self._work is None
        known = {str(piece.source): piece for piece in pieces if isinstance(piece.source, Path)}
        self._work = _Work(title, make, known, plain, lost)
        self._row.begin(title)
        self._work.job = self._studio.worker.begin(make)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End it; what is written stays, and the next time it goes on from there."""
        if self._work is not None:
            self._work.stopped = True
            self._studio.worker.cancel(self._work.job)

    @Slot()
    def _pause(self) -> None:
        if self._work is not None:
            self._studio.worker.pause(self._work.job)

    @Slot()
    def _resume(self) -> None:
        if self._work is not None:
            self._studio.worker.resume(self._work.job)

    @Slot()
    def _retry(self) -> None:
        last = self._last
        if last is None or self._work is not None:
            return
        for piece in last.pieces.values():
            if piece.state == "failed" and piece.before is not None:
                piece.state, piece.reason = "first" if piece.first is not None else "waiting", ""
                self._queue.changed(piece)
        self.begin(last.title, last.make, tuple(last.pieces.values()), plain=last.plain, lost=last.lost)

    @Slot()
    def _list(self) -> None:
        self.reasons_wanted.emit(self.failures)

    def _stands(self, job: int, *, still: bool) -> None:
        if self._work is not None and job == self._work.job:
            self._work.still = still
            self._row.set_paused(still)
            self.changed.emit()

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        work = self._work
        if work is None or job != work.job:
            return
        match event:
            case Progress():
                work.done = event.done - sum(one.path in work.lost for one in work.skipped)
                work.total, work.left = event.total - len(work.lost), event.eta_seconds
                work.within, work.hand, work.note = 0.0, None, ""
            case Advanced():
                work.within, work.hand, work.note = event.share, event.eta_seconds, event.note
                self._mark(work, event.path, share=event.share)
            case Made():
                work.made.append(Path(event.path))
                work.kept += event.kept
                self._mark(work, event.source, saved=Path(event.path))
            case Skipped():
                work.skipped.append(event)
                self._mark(work, event.path, reason=event.reason)
            case Warned():
                work.warned.append(event.message)
            case _:
                return
        self._say(work)

    def _say(self, work: _Work) -> None:
        title, share = work.title, work.within
        if work.total > 1:
            title = self.tr("Saving {} of {}").format(
                words.count(min(work.done + 1, work.total)), words.count(work.total)
            )
            share = (work.done + work.within) / work.total
        # A film may take longer than all the pictures before it let one expect; but the first of many tells of itself.
        told = (work.left, work.hand) if work.left is not None or work.total <= 1 else ()
        known = [seconds for seconds in told if seconds is not None]
        parts = [words.left(max(known, default=None)), work.note]
        if work.kept:
            parts.append(self.tr("{} already there").format(words.count(work.kept)))
        self._row.say(title, "  ·  ".join(filter(None, parts)), share)

    def _mark(
        self, work: _Work, path: str, *, share: float | None = None, saved: Path | None = None, reason: str = ""
    ) -> None:
        piece = work.pieces.get(path)
        if piece is None:
            if saved is not None:
                self._mark_set(work, Path(path), saved.parent)
            return
        piece.share = share
        if share is None:
            work.through.add(piece)
        if saved is not None:
            piece.saved = saved
            if work.plain and (piece.kind == "large" or saved.suffix.lower() in EXACT):
                piece.whole = saved
            self.written.emit(piece)
        if reason:
            piece.state, piece.reason = "failed", reason
        self._queue.changed(piece)

    def _mark_set(self, work: _Work, path: Path, folder: Path) -> None:
        """A picture of a set was written; the set itself is once the work has ended."""
        for piece in work.pieces.values():
            if piece.kind == "set" and path.is_relative_to(str(piece.source)):
                work.folders[piece] = folder

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        work = self._work
        if work is None or job != work.job:
            return
        self._work, self._last = None, work
        for piece in work.pieces.values():
            if piece.share is not None:
                piece.share = None
                self._queue.changed(piece)
        if isinstance(result, Failed):
            failed = bool(work.skipped)
            self._row.end(
                self.tr("It could not be finished."), result.message, failed=failed, retry=self.tr("Try again")
            )
            self._studio.say(result.message, fault=True)
        elif work.stopped or not work.made:
            goes_on = len(work.pieces) > 1 or any(piece.kind in {"film", "set"} for piece in work.pieces.values())
            note = self.tr("What is done stays.") if goes_on else self.tr("Nothing was written.")
            again = self.tr("Go on") if goes_on else self.tr("Begin again")
            self._row.end(self.tr("Stopped."), note, failed=False, retry=again)
        else:
            self._sum_up(work)
        self.changed.emit()

    def _sum_up(self, work: _Work) -> None:
        for piece, folder in work.folders.items():
            piece.saved = folder
            self._queue.changed(piece)
        fresh = len(work.made) - work.kept
        films = any(piece.kind == "film" for piece in work.pieces.values())
        many = self.tr("{} files").format(words.count(fresh)) if films else words.pictures(fresh)
        said = self.tr("Saved {}.").format(work.made[0].name if len(work.made) == 1 else many)
        if work.kept and len(work.made) > 1:
            were = self.tr(" 1 was there already.") if work.kept == 1 else self.tr(" {} were there already.")
            said += were.format(words.count(work.kept))
        if work.skipped:
            count = words.count(len(work.skipped))
            note = self.tr("{} could not be translated.").format(count)
            self._row.end(said, note, failed=True, retry=self.tr("Try again"))
            self._studio.say(f"{said} {note}", fault=True)
            return
        self._row.hide()
        self._studio.say(" ".join([said, *work.warned]))

"""Taking pictures out of the queue, and putting them back with all that was made and painted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ganstudio.window import words
from ganstudio.window.pages.translate_bench import Bench
from ganstudio.window.pages.translate_filling import Filler, Roots
from ganstudio.window.parts.queue_list import Piece, Queue
from ganstudio.window.studio import Studio


@dataclass(frozen=True, slots=True)
class _Before:
    """How the queue was: its pieces in order, where they came from, and by what they were translated."""

    pieces: tuple[Piece, ...]
    roots: Roots
    made_by: tuple[Path | None, str]
    said: str


class Removing(QObject):
    """What leaves the queue can come back: a painted mask or minutes of translating are not thrown away by a key.

    Signals:
        put_back: These pieces are in the queue again (list of Piece).
    """

    put_back = Signal(list)

    def __init__(self, studio: Studio, queue: Queue, bench: Bench, filler: Filler, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._queue = studio, queue
        self._bench, self._filler = bench, filler
        self._last: _Before | None = None

    def take_out(self, pieces: Sequence[Piece]) -> None:
        """Take these out, and offer to put them back."""
        what = pieces[0].name if len(pieces) == 1 else self.tr("{} entries").format(words.count(len(pieces)))
        said = self.tr("{} taken out of the list.").format(what)
        before = _Before(tuple(self._queue.pieces), self._filler.roots, self._bench.made_by, said)
        if len(pieces) == len(before.pieces):
            self._bench.clear()
            self._filler.clear()
            self._queue.clear()
        else:
            self._bench.look_at(None)
            for piece in pieces:
                self._filler.forget(piece)
                self._queue.remove(piece)
        self._last = before
        self._studio.offer(said, self.tr("Undo"), partial(self._restore, before))

    def forget(self) -> None:
        """Something else was done since; it cannot be undone by a key any more."""
        self._last = None

    def undo(self) -> bool:
        """Put back what was taken out last; False when nothing was."""
        if self._last is None:
            return False
        self._restore(self._last)
        return True

    def _restore(self, before: _Before) -> None:
        self._studio.withdraw(before.said)
        there = self._queue.pieces
        missing = [piece for piece in before.pieces if piece not in there]
        if self._last is before:
            self._last = None
        if not missing:
            return
        if before.made_by != self._bench.made_by:  # Another model or direction was chosen meanwhile.
            for piece in missing:
                piece.begin_anew()
        self._queue.show([*before.pieces, *(piece for piece in there if piece not in before.pieces)])
        self._filler.restore(before.roots)
        self.put_back.emit(missing)

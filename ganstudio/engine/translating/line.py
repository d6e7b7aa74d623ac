"""The line of a batch: files are read by some threads, translated here, and written by others.

What was read waits a little to find company of its size. Results are told in the order of the files, whoever was made
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from ganstudio.engine.faults import TooLarge
from ganstudio.engine.translating.account import Account, Result
from ganstudio.engine.translating.company import Waiting
from ganstudio.engine.translating.conveyor import Ahead, Behind, Slot
from ganstudio.engine.translating.darkroom import Darkroom, Opened, Reel, Writing
from ganstudio.engine.translating.listening import PATIENCE, heard
from ganstudio.engine.translating.together import MOST, Begun
from ganstudio.pictures.writing.naming import Place
from ganstudio.words.events import Made, Skipped
from ganstudio.words.works import Work

READERS, WRITERS = 4, 8  # At most; what they do in Python they do one after the other anyway.


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file and its place in the line of results."""

    found: Opened | Reel
    slot: Slot[Result]


@dataclass(frozen=True, slots=True)
class _Underway:
    """A company that is being translated."""

    kind: object
    company: Sequence[tuple[Opened, Slot[Result]]]
    begun: Begun


class Line:
    """One batch at work.

    Args:
        room: What is the same for all files.
        entries: The files.
        stack: Ends its threads.
        cores: Of the processor that are for this batch.
    """

    def __init__(self, room: Darkroom, entries: Sequence[Place | Skipped], stack: ExitStack, *, cores: int) -> None:
        readers, writers = min(READERS, max(1, cores // 2)), min(WRITERS, max(2, cores // 2))
        window = 2 * MOST if room.in_company else 1
        ahead = Ahead(room.named, room.opened, entries, weigh=_weight, hands=readers, most=window)
        self._room = room
        self._ahead = stack.enter_context(ahead)
        self._behind = stack.enter_context(Behind[Result](writers))
        self._waiting = Waiting[_Entry](lambda one: room.kind(one.found), lambda one: room.company(one.found), window)
        self._underway: _Underway | None = None

    def run(self, told: Account) -> Work[None]:
        """Until all is told."""
        while not (self._ahead.over and not self._waiting and self._underway is None):
            yield from self._gathered(told)
            if self._waiting:
                yield from self._translated(told)
            elif self._underway is not None:
                yield from self._landed(told)
            yield from _settled(self._behind, told)
        while not self._behind.empty:
            yield from settling(self._behind, told)

    def end(self) -> list[Result]:
        """Begin nothing more; what was done and not yet told."""
        return self._behind.end()

    def _gathered(self, told: Account) -> Work[None]:
        """Take what has been read, and wait for it only where there is nothing else to do."""
        while not (self._waiting or self._underway or self._ahead.wait(PATIENCE)):
            yield from heard(None)
            yield from _settled(self._behind, told)
        while not self._waiting.full and (found := self._ahead.take()) is not None:
            slot = self._behind.slot()
            if isinstance(found, (Opened, Reel)):
                self._waiting.add(_Entry(found, slot))
            elif isinstance(found, (Made, Skipped)):
                self._behind.tell(slot, Result(found))

    def _translated(self, told: Account) -> Work[None]:
        """Translate who waits longest, with company; on a graphics card that of before is taken meanwhile."""
        kind, company = self._waiting.company()
        pictures = [(one.found, one.slot) for one in company if isinstance(one.found, Opened)]
        if kind is not None:
            try:
                begun = self._room.begun([opened for opened, _ in pictures])
            except TooLarge:
                self._waiting.measured.too_many(kind, len(company))
            else:
                yield from self._landed(told)
                self._underway = _Underway(kind, pictures, begun)
                return
        yield from self._landed(told)
        for entry in company:
            yield from self._put((yield from self._room.made(entry.found)), entry.slot, told, _weight(entry.found))

    def _landed(self, told: Account) -> Work[None]:
        """Have a company written that is underway."""
        if self._underway is None:
            return
        flight, self._underway = self._underway, None
        opened = [one for one, _ in flight.company]
        writings = self._room.finished(opened, flight.begun)
        self._waiting.measured.took(flight.kind, len(opened), flight.begun.seconds())
        for (one, slot), writing in zip(flight.company, writings, strict=True):
            yield from self._put(writing, slot, told, _weight(one))

    def _put(self, written: Writing | Made | Skipped, slot: Slot[Result], told: Account, weight: int) -> Work[None]:
        while self._behind.full:
            yield from settling(self._behind, told)
        if isinstance(written, (Made, Skipped)):
            self._behind.tell(slot, Result(written))
        else:
            self._behind.put(slot, written, weight)


def settling(behind: Behind[Result], told: Account) -> Work[None]:
    """Wait a moment for what is being written, and tell what is next."""
    if not behind.wait(PATIENCE):
        yield from heard(None)
    yield from _settled(behind, told)


def _settled(behind: Behind[Result], told: Account) -> Work[None]:
    """Tell what is there."""
    while (result := behind.take()) is not None:
        yield from told.tell(result)


def _weight(found: object) -> int:
    return found.in_memory if isinstance(found, Opened) else 0

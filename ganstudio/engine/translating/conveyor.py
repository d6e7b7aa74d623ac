"""Reading ahead and writing behind: what takes the disk and a decoder's time happens while the network works.

Several threads read and several write, a little ahead or behind and no more, so that memory stays bounded; results come
in the order of their inputs, so that nothing changes but the time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
N = TypeVar("N")
R = TypeVar("R")

AHEAD = 2  # Read and not yet used, or being read, at least.
BEHIND = 2  # Waiting to be written, or being written, besides those that the threads have in hand.
ROOM = 128 << 20  # Bytes that may wait on either side before nothing more is begun there.
GRACE = 1.0  # Seconds that a file which is almost written gets when everything is to end.


class Ahead(Generic[T, N, R]):
    """Entries that are read a little before they are asked for: named in their order, read by several threads.

    Args:
        name: Done on one entry after the other, in their order.
        read: Done on what came of that, by several threads at once.
        entries: What it is done on.
        weigh: Bytes that a result holds.
        hands: Threads.
        most: How many may wait, read or being read.
    """

    def __init__(
        self,
        name: Callable[[T], N],
        read: Callable[[N], R],
        entries: Iterable[T],
        *,
        weigh: Callable[[R], int] = lambda _: 0,
        hands: int = 1,
        most: int = AHEAD,
    ) -> None:
        self._name, self._read, self._weigh = name, read, weigh
        self._entries, self._most = iter(entries), max(most, AHEAD)
        self._line: deque[Future[R]] = deque()
        self._held = 0
        self._exhausted = self._ended = False
        self._naming, self._changed = threading.Lock(), threading.Condition()
        self._pool = ThreadPoolExecutor(hands, "reading")
        for _ in range(hands):
            self._pool.submit(self._work)

    @property
    def over(self) -> bool:
        """Whether all results have been taken."""
        with self._changed:
            return self._exhausted and not self._line

    def wait(self, seconds: float) -> bool:
        """Wait so long at most for the next result; whether it is there, or none will come."""
        with self._changed:
            return self._changed.wait_for(self._there, seconds)

    def take(self) -> R | None:
        """The next result if it is there.

        Raises:
            Exception: What its work raised.
        """
        with self._changed:
            if not (self._line and self._line[0].done()):
                return None
            found = self._line.popleft()
            if found.exception() is None:
                self._held -= self._weigh(found.result())
            self._changed.notify_all()
        return found.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Read nothing more; what is being read just now ends by itself."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _there(self) -> bool:
        return self._line[0].done() if self._line else self._exhausted

    def _work(self) -> None:
        while (found := self._named()) is not None:
            coming, named = found
            with self._changed:  # Whoever is next may always be read; the others while there is room.
                self._changed.wait_for(lambda: self._ended or self._held < ROOM or self._line[0] is coming)  # noqa: B023
                if self._ended:
                    return
            try:
                result = self._read(named)
            except BaseException as error:  # noqa: BLE001  It is raised where the result is asked for.
                self._settle(coming, error)
            else:
                self._settle(coming, None, result)

    def _named(self) -> tuple[Future[R], N] | None:
        """The next entry, named; None when there is no more."""
        with self._naming:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._ended or len(self._line) < self._most)
                    if self._ended or self._exhausted:
                        return None
                    try:
                        entry = next(self._entries)
                    except StopIteration:
                        self._exhausted = True
                        self._changed.notify_all()
                        return None
                    coming: Future[R] = Future()
                    self._line.append(coming)
                try:
                    return coming, self._name(entry)
                except BaseException as error:  # noqa: BLE001  As above.
                    self._settle(coming, error)

    def _settle(self, coming: Future[R], error: BaseException | None, *result: R) -> None:
        with self._changed:
            if error is not None:
                coming.set_exception(error)
            else:
                self._held += self._weigh(result[0])
                coming.set_result(result[0])
            self._changed.notify_all()


@dataclass(slots=True)
class Slot(Generic[R]):
    """A place in the line of results, which may be taken before anything is begun for it."""

    coming: Future[R] | None = None

    @property
    def done(self) -> bool:
        """Whether its result is there."""
        return self.coming is not None and self.coming.done()


class Behind(Generic[R]):
    """Results that are written in other threads, and those that need no writing, in their order.

    Args:
        hands: Threads.
    """

    def __init__(self, hands: int = 1) -> None:
        self._pool = ThreadPoolExecutor(hands, "writing")
        self._most = hands - 1 + BEHIND
        self._line: deque[Slot[R]] = deque()
        self._busy: dict[Future[R], int] = {}
        self._given_up = threading.Event()

    @property
    def full(self) -> bool:
        """Whether enough waits to be written."""
        self._busy = {one: weight for one, weight in self._busy.items() if not one.done()}
        return len(self._busy) >= self._most or (len(self._busy) >= BEHIND and sum(self._busy.values()) > ROOM)

    @property
    def empty(self) -> bool:
        """Whether all results have been taken."""
        return not self._line

    def slot(self) -> Slot[R]:
        """The next place in the line."""
        self._line.append(Slot())
        return self._line[-1]

    def put(self, slot: Slot[R], work: Callable[[Callable[[], bool]], R], weight: int = 0) -> None:
        """Do `work`, which holds so many bytes, for a place in the line when its turn comes.

        It is given a question to ask now and then: whether it was given up.
        """
        slot.coming = self._pool.submit(work, self._given_up.is_set)
        self._busy[slot.coming] = weight

    def tell(self, slot: Slot[R], result: R) -> None:
        """A result that needs no writing."""
        slot.coming = Future()
        slot.coming.set_result(result)

    def take(self) -> R | None:
        """The next result in the line if it is there.

        Raises:
            Exception: What its work raised.
        """
        if not (self._line and self._line[0].done):
            return None
        coming = self._line.popleft().coming
        assert coming is not None
        return coming.result()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most until something more is written; whether there is something to take or to put."""
        if not self._line or self._line[0].done:
            return True
        busy = [one for one in self._busy if not one.done()]
        return not busy or bool(wait(busy, seconds, FIRST_COMPLETED).done)

    def end(self) -> list[R]:
        """Begin nothing more, wait a moment for what is being written, and give it up after that; what was done."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._busy, GRACE)
        self._given_up.set()
        begun = [slot.coming for slot in self._line if slot.coming is not None]
        done = [one for one in begun if one.done() and not one.cancelled() and one.exception() is None]
        self._line.clear()
        return [one.result() for one in done]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Give up what is not written yet."""
        self._given_up.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

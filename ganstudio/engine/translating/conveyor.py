"""Reading ahead and writing behind: what takes the disk and a decoder's time happens while the network works.

One thread reads and one writes, each a little ahead or behind and no more, so that memory stays bounded; results come
in the order of their inputs, so that nothing changes but the time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 2  # Read and not yet used, or being read.
BEHIND = 2  # Waiting to be written, or being written.
GRACE = 1.0  # Seconds that a file which is almost written gets when everything is to end.


class Ahead(Generic[T, R]):
    """`work` done on each entry in another thread, a little before its result is asked for.

    Args:
        work: What takes its time.
        entries: What it is done on.
    """

    def __init__(self, work: Callable[[T], R], entries: Iterable[T]) -> None:
        self._work, self._entries = work, iter(entries)
        self._pool = ThreadPoolExecutor(1, "reading")
        self._waiting: deque[Future[R]] = deque()
        self._fill()

    def next(self) -> Future[R] | None:
        """The next result, which may not be there yet; None after the last."""
        if not self._waiting:
            return None
        found = self._waiting.popleft()
        self._fill()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Read nothing more; what is being read just now ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fill(self) -> None:
        missing = AHEAD - len(self._waiting)
        self._waiting.extend(self._pool.submit(self._work, entry) for entry in islice(self._entries, missing))


class Behind(Generic[R]):
    """Results that are written in another thread, and those that need no writing, in their order."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "writing")
        self._line: deque[Future[R]] = deque()
        self._given_up = threading.Event()

    @property
    def full(self) -> bool:
        """Whether enough waits to be written."""
        return sum(not one.done() for one in self._line) >= BEHIND

    @property
    def empty(self) -> bool:
        """Whether all results have been taken."""
        return not self._line

    def put(self, work: Callable[[Callable[[], bool]], R]) -> None:
        """Do `work` when its turn comes; it is given a question to ask now and then: whether it was given up."""
        self._line.append(self._pool.submit(work, self._given_up.is_set))

    def tell(self, result: R) -> None:
        """A result that needs no writing takes its place in the line."""
        told: Future[R] = Future()
        told.set_result(result)
        self._line.append(told)

    def take(self) -> R | None:
        """The next result in the line if it is there.

        Raises:
            Exception: What its work raised.
        """
        return self._line.popleft().result() if self._line and self._line[0].done() else None

    def wait(self, seconds: float) -> bool:
        """Wait so long at most for the next result in the line; whether it is there."""
        return not self._line or bool(wait(islice(self._line, 1), seconds).done)

    def end(self) -> list[R]:
        """Begin nothing more, wait a moment for what is being written, and give it up after that; what was done."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._line, GRACE)
        self._given_up.set()
        done = [one for one in self._line if one.done() and not one.cancelled() and one.exception() is None]
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

"""Work on many pictures: a few at the same time, in order, and held while their folder is away."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from ganstudio.pictures.away import Away, until_back
from ganstudio.words.events import Held

T = TypeVar("T")
R = TypeVar("R")


def several_at_once(work: Callable[[T], R], entries: Iterable[T]) -> Iterator[R]:
    """`work` done on each entry, a few at the same time; results in the entries' order.

    Only a few results wait at any time, and leaving the loop early drops what was not begun.
    """
    workers = min(4, os.cpu_count() or 1)
    ahead, waiting = iter(entries), deque[Future[R]]()
    pool = ThreadPoolExecutor(workers)
    try:
        waiting.extend(pool.submit(work, entry) for entry in islice(ahead, 2 * workers))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, entry) for entry in islice(ahead, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


def steadily(work: Callable[[T], R], entries: Iterable[T]) -> Iterator[R | Held]:
    """`several_at_once`; work that raised Away is done again once the folder is back, with Held until then."""

    def attempt(entry: T) -> tuple[T, R] | tuple[T, Away]:
        try:
            return entry, work(entry)
        except Away as gone:
            return entry, gone

    for entry, first in several_at_once(attempt, entries):
        result = first
        while isinstance(result, Away):
            yield from until_back(result)
            _, result = attempt(entry)
        yield result

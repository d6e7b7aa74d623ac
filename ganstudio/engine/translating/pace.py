"""How fast files go of late, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque

from ganstudio.words.events import Progress

RECENT = 20  # Files whose time tells how long the rest will take.


class Pace:
    """Counts the files of a job.

    Args:
        total: How many there are.
        what: What is done with them, such as "translating".
    """

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._began = time.perf_counter()

    def took(self, seconds: float) -> None:
        """One more was done, in so many seconds."""
        self._recent.append(seconds)

    def progress(self, done: int) -> Progress:
        """Where it stands."""
        each = sum(self._recent) / len(self._recent) if self._recent else None
        return Progress(
            done=done,
            total=self._total,
            what=self._what,
            seconds=time.perf_counter() - self._began,
            eta_seconds=each * (self._total - done) if each is not None else None,
            per_second=1 / each if each else None,
        )

"""When things are due, and how fast the work goes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

RECENT = 50  # Steps that the speed is measured over.


class Clock:
    """A clock that no one can set back.

    Args:
        first: What is due for the first time after how many seconds; anything else is due at once.
    """

    def __init__(self, **first: float) -> None:
        self._began = time.monotonic()
        self._next = dict(first)
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._waited = 0.0
        self._told = self._began

    @property
    def seconds(self) -> float:
        """Since this sitting began."""
        return time.monotonic() - self._began

    def due(self, what: str) -> bool:
        """Whether it is time."""
        return self.seconds >= self._next.get(what, 0.0)

    def done(self, what: str, pause: float) -> None:
        """It was done; the next time is in `pause` seconds."""
        self._next[what] = self.seconds + pause

    @contextmanager
    def step(self) -> Iterator[None]:
        """Measure one step."""
        began = time.perf_counter()
        yield
        self._recent.append(time.perf_counter() - began)

    def recent(self) -> float | None:
        """Mean seconds of the last steps; None before the third."""
        return sum(self._recent) / len(self._recent) if len(self._recent) > 2 else None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Measure a wait for something else than the work itself."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - began

    def waited(self) -> float:
        """Share of the time since this was last asked that was spent waiting, in [0, 1]."""
        now = time.monotonic()
        passed, waited = now - self._told, self._waited
        self._told, self._waited = now, 0.0
        return min(1.0, waited / passed) if passed > 0 else 0.0

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
        self._last = 0.0

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

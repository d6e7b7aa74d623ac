"""A place where one thread leaves things for another, and only the newest counts: frames of a camera, translations."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """A place for one thing. `put` never waits: it replaces what nobody took in time, so what is taken is never old.

    Attributes:
        dropped: How many things were replaced before anybody took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._thing: T | None = None
        self._came = threading.Condition()

    def put(self, thing: T) -> None:
        """Leave this in place of what lies there."""
        with self._came:
            self.dropped += self._thing is not None
            self._thing = thing
            self._came.notify()

    def take(self, seconds: float = 0.0) -> T | None:
        """Take what lies there, waiting for it at most `seconds`; None when nothing comes."""
        with self._came:
            if self._thing is None and seconds > 0:
                self._came.wait(seconds)
            thing, self._thing = self._thing, None
            return thing

    def clear(self) -> None:
        """Leave nothing."""
        with self._came:
            self._thing = None

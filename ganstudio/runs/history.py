"""History: writes down what happens, and keeps for later what a drive does not take just now."""

from __future__ import annotations

from collections import deque

from ganstudio.runs.run import Run
from ganstudio.words.events import Event

WAITING = 20_000  # Events; hours of a training.


class History:
    """The history of one sitting. A full disk is told by what cannot be saved, not by a line that has to wait."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._waiting: deque[Event] = deque(maxlen=WAITING)

    def add(self, event: Event) -> None:
        """Write down `event` after those that wait; it waits too when the drive does not take it."""
        self._waiting.append(event)
        while self._waiting:
            try:
                self._run.append(self._waiting[0])
            except OSError:
                return
            self._waiting.popleft()

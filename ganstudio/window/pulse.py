"""The pulse of a training: when it last made a step and was last saved, in plain words. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

MANY_STEPS = 10
LEAST_SECONDS = 30.0
"""Samples, a save and a look into the folders come between two steps; below this nobody wonders."""


@dataclass(slots=True)
class Pulse:
    """Times are seconds of one clock that never goes back, such as `time.monotonic()`.

    Attributes:
        beat: When something was last heard of the training.
        step_seconds: How long a step takes lately; None until known.
        saved: When it was last saved in this sitting; None before that.
    """

    beat: float
    step_seconds: float | None = None
    saved: float | None = None

    def stepped(self, now: float, per_second: float | None) -> None:
        """A step was made."""
        self.beat = now
        if per_second:
            self.step_seconds = 1 / per_second

    def silence(self, now: float) -> float | None:
        """Seconds since the last sign of life when that is strangely long; None while all is as usual."""
        if self.step_seconds is None:
            return None
        quiet = now - self.beat
        return quiet if quiet > max(LEAST_SECONDS, MANY_STEPS * self.step_seconds) else None

    def saved_ago(self, now: float) -> float | None:
        """Seconds since the last save."""
        return None if self.saved is None else now - self.saved

"""Quality: scores a method while it trains, on held-out pictures and its averaged weights, and says which step is best.

Scoring changes nothing of the training, neither its random numbers nor its results, and takes at most a twentieth of
its time: the dearer one scoring was, the longer until the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from ganstudio.engine.watching import examining
from ganstudio.engine.watching.examining import LEAST_SIDE, SIDE, Examiner, hold
from ganstudio.engine.watching.record import deciding
from ganstudio.game import Method
from ganstudio.pictures.survey import Side
from ganstudio.words.events import Scored

FIRST_SECONDS = 20.0  # From the start to the first scoring; a training shorter than that is not scored.
SOON_SECONDS, LATE_SECONDS = 10.0, 300.0  # Between two, at first and after hours.
SHARE = 20  # Times as long as a scoring took must pass until the next.


class Quality:
    """Scores the method of one run.

    Pictures are read and weights looked for at the first scoring, so that a start is as quick as without.

    Args:
        sides: Their held-out examples are shown to the method.
        size: Side of the training pictures in pixels.
        device: Where the method lives.
        past: What was scored in earlier sittings.
    """

    def __init__(self, sides: Sequence[Side], size: int, device: torch.device, past: Sequence[Scored] = ()) -> None:
        self._sides = tuple(sides)
        self._pixels = max(LEAST_SIDE, min(size, SIDE))
        self._device = device
        self._examiner: Examiner | None = None
        self._measure = ""
        self._broken = False
        self._next = FIRST_SECONDS
        self._earliest = FIRST_SECONDS
        self._past = list(past)
        self.notes: list[str] = []
        """What the artist should know; the caller takes them out as they are told."""

    def due(self, step: int, seconds: float, *, ending: bool = False) -> bool:
        """Whether it is time, `seconds` after the sitting began; at its end as soon as the cost allows it."""
        fresh = not self._past or self._past[-1].step != step
        return fresh and not self._broken and seconds >= (self._earliest if ending else self._next)

    def latest(self, step: int) -> Scored | None:
        """The newest scores of a run that is at `step`; it may have gone back."""
        return next((scored for scored in reversed(self._past) if scored.step <= step), None)

    def spent(self, took: float, seconds: float) -> None:
        """Something that is done for the scores took so long until now, `seconds` after the sitting began."""
        # A scoring and the saving of the best follow each other: the pauses for both add up.
        self._earliest = max(self._earliest, seconds) + SHARE * took
        self._next = max(self._earliest, seconds + min(max(SOON_SECONDS, seconds / 20), LATE_SECONDS))

    def score(self, method: Method, step: int) -> Scored | None:
        """Score the method with the weights it has now; None when there is nothing to score or no memory for it.

        Args:
            method: In evaluation mode, its averaged weights in place.
            step: When.
        """
        scores: dict[str, dict[str, float]] = {}
        try:
            examiner = self._examiner or self._prepared()
            scores = {route.title: examiner.figures(method, route) for route in method.routes()}
        except (torch.OutOfMemoryError, MemoryError):
            self.notes.append(
                "There is too little memory to score the results beside the training; it goes on without."
            )
        scores = {title: figures for title, figures in scores.items() if figures}
        if not scores:  # Also where nothing can be read of what was held out.
            self._broken, self._examiner = True, None
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
            return None
        self._past = [scored for scored in self._past if scored.step < step]
        scored = Scored(step, self._measure, scores)
        earlier = [deciding(other) for other in self._past if other.measure == self._measure]
        value = deciding(scored)
        best = value is not None and all(other is None or value < other for other in earlier)
        self._past.append(replace(scored, best=best))
        return self._past[-1]

    def _prepared(self) -> Examiner:
        try:
            seeing = examining.eyes()
        except ValueError as error:
            self.notes.append(f"{error} Results are scored without it.")
            seeing = None
        self._measure, ruler = examining.rulers(seeing, self._device)
        held = {name: domain for side in self._sides for name, domain in hold(side, self._pixels).items()}
        paired = len(self._sides[0].names) > 1
        self._examiner = Examiner(held, paired=paired, ruler=ruler, device=self._device)
        return self._examiner

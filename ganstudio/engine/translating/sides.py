"""How large a live picture is translated: as large as keeps it moving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

LADDER = (128, 192, 256, 384, 512)
"""Pixels of the shorter side that are tried."""

FIRST = 256
RATE = 12.0
"""Frames a second below which a picture does not seem to move by itself."""

ROOM = 15.0
"""Frames a second that a larger side must promise before it is tried: what only just holds would go up and down."""

ENOUGH = 3  # Frames that tell what one costs.
STALE = 200  # Frames after which a larger side may be tried again that was too slow once.


def sides_for(shorter: int, fixed: int = 0) -> tuple[int, ...]:
    """The sides that can be chosen for frames whose shorter side has so many pixels, the smallest first.

    Args:
        shorter: Nothing is enlarged, so none is larger; it is the largest itself where it is small.
        fixed: The only side that the route knows; 0 for any.
    """
    if fixed:
        return (fixed,)
    return (*(side for side in LADDER if side < shorter), *((shorter,) if shorter <= LADDER[-1] else ()))


def next_side(side: int, costs: Mapping[int, float], sides: Sequence[int]) -> int:
    """On which side to go on.

    Args:
        side: The one that is used now.
        costs: Seconds a frame, by side; must hold the one that is used. Others go by their share of pixels.
        sides: Those that can be chosen, the smallest first.
    """
    cost = costs[side]

    def expected(other: int) -> float:
        return costs.get(other, cost * (other / side) ** 2)

    if cost > 1 / RATE:
        return max((one for one in sides if one < side and expected(one) <= 1 / RATE), default=sides[0])
    larger = next((one for one in sides if one > side), side)
    return larger if expected(larger) <= 1 / ROOM else side


class Sizer:
    """Chooses from what frames cost."""

    def __init__(self, sides: Sequence[int]) -> None:
        self._sides = tuple(sides)
        self._costs: dict[int, float] = {}
        self._recent: list[float] = []
        self._cold = True
        self._age = 0
        self.side = max((one for one in self._sides if one <= FIRST), default=self._sides[0])

    @property
    def too_slow(self) -> bool:
        """Whether even the smallest side does not hold the rate."""
        return self.side == self._sides[0] and self._costs.get(self.side, 0.0) > 1 / RATE

    def took(self, seconds: float) -> None:
        """A frame of this side cost so much."""
        cold, self._cold = self._cold, False
        self._age += 1
        if self._age >= STALE:
            self._age, self._costs = 0, {}
        if cold:  # The first of a size also pays for its memory; it counts when there is no hope.
            if seconds > 4 / RATE:
                self._go(next_side(self.side, {self.side: seconds}, self._sides))
            return
        self._recent.append(seconds)
        if len(self._recent) < ENOUGH and seconds <= 2 / RATE:
            return
        self._costs[self.side] = median(self._recent)
        self._recent = []
        self._go(next_side(self.side, self._costs, self._sides))

    def _go(self, side: int) -> None:
        if side != self.side:
            self.side, self._cold, self._recent = side, True, []

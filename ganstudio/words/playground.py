"""What the playground can play: data of known density, the two forms of the game, and what may be turned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

EQUILIBRIUM = -2 * math.log(2)
"""V where nobody can tell real from made."""

REACH = 3.0
"""Everything is shown from -3 to 3."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Gaussians of equal weight: data whose density is known.

    Attributes:
        title: For people.
        centres: K places of D coordinates.
        deviation: Of each Gaussian in each direction.
    """

    title: str
    centres: tuple[tuple[float, ...], ...]
    deviation: float

    @property
    def dimensions(self) -> int:
        """1 or 2."""
        return len(self.centres[0])


def _circle(count: int, radius: float) -> tuple[tuple[float, float], ...]:
    turns = [2 * math.pi * index / count for index in range(count)]
    return tuple((radius * math.cos(turn), radius * math.sin(turn)) for turn in turns)


DATA: Mapping[str, Mixture] = {
    "bell": Mixture("One bell", ((1.0,),), 0.5),
    "bells": Mixture("Two bells", ((-1.2,), (1.2,)), 0.35),
    "comb": Mixture("Five bells", tuple((1.1 * place,) for place in range(-2, 3)), 0.15),
    "spot": Mixture("One spot", ((0.8, 0.4),), 0.4),
    "ring": Mixture("Ring of eight spots", _circle(8, 2.0), 0.2),
    "grid": Mixture("Nine spots", tuple((1.6 * x, 1.6 * y) for x in (-1, 0, 1) for y in (-1, 0, 1)), 0.2),
}
FORMS = ("non-saturating", "minimax")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is played.

    Attributes:
        data: Key of `DATA`.
        form: What the generator descends: one of `FORMS`.
        discriminator_steps: Turns of the discriminator before each of the generator.
        learning_rate: Of both, in Adam.
        batch: Points of each kind in a turn.
        seed: Other numbers, other play.
    """

    data: str = "bells"
    form: str = "non-saturating"
    discriminator_steps: int = 1
    learning_rate: float = 1e-3
    batch: int = 128
    seed: int = 0

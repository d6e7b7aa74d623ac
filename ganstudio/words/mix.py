"""Mix: a model between two models, named by its ends and how far it lies from the first to the second."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mix:
    """What lies between two models of the same networks.

    Attributes:
        one: The model at share 0: a model file, a run folder, or a moment of a run.
        other: The model at share 1.
        share: How much of `other` is in it, from 0 to 1.
    """

    one: Path
    other: Path
    share: float = 0.5

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: A share outside of 0 to 1.
        """
        if not 0 <= self.share <= 1:
            raise ValueError(f"A share is from 0 to 1, not {self.share:g}.")

"""Look: how much of a translation one wants to see, and where; the same for a preview, a folder and a video."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ganstudio.words.settings import unknown

Blend: TypeAlias = Literal["light", "luminance", "colour"]
Quality: TypeAlias = Literal["exact", "fast"]

BLENDS: tuple[str, ...] = get_args(Blend)
QUALITIES: tuple[str, ...] = get_args(Quality)


@dataclass(frozen=True, slots=True)
class Look:
    """What an artist asked of a translation beyond the model's own work.

    Attributes:
        strength: 1 gives the translation, 0 the picture as it was.
        blend: What goes back to the picture's own below full strength: "light" mixes the two as light mixes,
            "luminance" gives only light and shade back, "colour" only the colours.
        keep_colours: Keep the picture's own colours and take the translation's light and shade alone.
        mask: A picture, white where the translation shows and black where it does not; empty for everywhere.
    """

    strength: float = 1.0
    blend: Blend = "light"
    keep_colours: bool = False
    mask: str = ""

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: A strength outside of 0 to 1, or no such blend.
        """
        if not 0 <= self.strength <= 1:
            raise ValueError(f"Strength is from 0 to 1, not {self.strength:g}.")
        if self.blend not in BLENDS:
            raise ValueError(unknown("blend", self.blend, BLENDS))

    @property
    def is_plain(self) -> bool:
        """Whether it is the translation as the model makes it."""
        return self.strength == 1 and not self.keep_colours and not self.mask

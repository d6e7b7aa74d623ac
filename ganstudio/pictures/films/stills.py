"""Stills: the frames of a film, and marks by which one of them is found again."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.pictures.colour import shallow


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of a film.

    Attributes:
        number: From 0.
        time: When it is shown, in units of the film's time base; later than that of the one before it.
        lasts: How long, in the same units.
        pixels: (H, W, 3) sRGB, upright, uint8, or uint16 of a film with more than 8 bits.
        alpha: (H, W) uint8 of an animation that can be seen through.
    """

    number: int
    time: int
    lasts: int
    pixels: NDArray[Any]
    alpha: NDArray[np.uint8] | None = None

    @property
    def picture(self) -> Image.Image:
        """Its pixels in 8 bits."""
        return Image.fromarray(shallow(self.pixels))

    @property
    def mark(self) -> Mark:
        """By which it is found again."""
        return Mark(self.number, self.time, self.digest)

    @property
    def digest(self) -> str:
        """A fingerprint of its pixels."""
        return blake2b(np.ascontiguousarray(self.pixels).data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Mark:
    """A still that was seen before, from which one can go on; what it shows is known by its digest."""

    number: int
    time: int
    digest: str

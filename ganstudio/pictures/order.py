"""Order: what an artist asks of a batch of translations beyond its model."""

from __future__ import annotations

from dataclasses import dataclass, field

from ganstudio.pictures.writing.naming import PLAIN, Naming
from ganstudio.words.films import FilmFormat
from ganstudio.words.look import Look


@dataclass(frozen=True, slots=True)
class Order:
    """What an artist asks of a batch beyond its model.

    Attributes:
        look: How much of the translation shows, and where.
        naming: What the files are called, and their format.
        file_quality: From 1 to 100 for formats that lose something; 0 for what is usual.
        again: Make all anew, also what is there already.
        film: How videos and animations are written; None leaves videos out and takes the first picture of animations.
        smooth: How much a frame of a film follows the one before, from 0 to 1.
    """

    look: Look = field(default_factory=Look)
    naming: Naming = PLAIN
    file_quality: int = 0
    again: bool = False
    film: FilmFormat | None = None
    smooth: float = 0.0

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: A quality or smoothing that is none.
        """
        if not 0 <= self.smooth <= 1:
            raise ValueError(f"Smoothing is from 0 to 1, not {self.smooth:g}.")
        if not 0 <= self.file_quality <= 100:
            raise ValueError(f"The quality of a file is from 1 to 100, not {self.file_quality}.")

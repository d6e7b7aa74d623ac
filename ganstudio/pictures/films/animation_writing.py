"""Writing an animation part by part, as a video is written, so that one that was begun can be gone on with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.pictures.films.animation import check_length, save_animation
from ganstudio.pictures.films.stills import Still
from ganstudio.pictures.provenance import packet, text
from ganstudio.words.films import ANIMATIONS
from ganstudio.words.making import Making

if TYPE_CHECKING:
    from ganstudio.pictures.films.films import Film


class Drawing:
    """An animation that is to be written.

    Args:
        film: What it is made from.
        target: Where it goes; its suffix says as what.
        scale: How many times as large as the original's its frames are.

    Attributes:
        target: As given.
        remarks: What the artist should know of it, in sentences.

    Raises:
        ValueError: Another suffix, or too many frames.
    """

    def __init__(self, film: Film, target: Path, scale: int = 1) -> None:
        if target.suffix.lower() not in ANIMATIONS:
            raise ValueError(f"Animations are written as .gif, .webp or .png, not as {target.suffix}.")
        check_length(film.facts, scale)
        self.target = target
        self.remarks: tuple[str, ...] = ("An animation has no sound; it stays behind.",) if film.facts.sound else ()
        self._milliseconds = float(film.time_base * 1000)
        # A video is watched again and again as an animation; an animation as often as before.
        self._plays = film.facts.loops if film.facts.kind == "animation" else 0

    def packed(self, stills: Iterable[Still]) -> Mapping[str, NDArray[Any]]:
        """A part of it: frames in order, as they are."""
        frames, marks = [], []
        for still in stills:
            alpha = np.full(still.pixels.shape[:2], 255, np.uint8) if still.alpha is None else still.alpha
            frames.append(np.dstack([np.asarray(still.picture), alpha]))
            marks.append((still.time, still.lasts))
        return {"frames": np.stack(frames), "marks": np.array(marks, np.int64)}

    def join(
        self, parts: Sequence[Path], file: IO[bytes], software: str, making: Making | None = None
    ) -> Iterator[float]:
        """Put the parts together into `file`; yields the share that is done."""
        yield 0.0
        words = text(making, software).encode("ascii", "replace"), packet(making, software)
        times = np.concatenate([_load(part, "marks") for part in parts]).astype(float) * self._milliseconds
        # Each ends when the next begins; rounded ends do not drift, as rounded lengths would.
        ends = np.rint([*times[1:, 0], times[-1].sum()])
        lasts = np.diff(ends, prepend=np.rint(times[0, 0])).astype(int)
        suffix = self.target.suffix.lower()
        save_animation(_pictures(parts), lasts.tolist(), file, suffix, plays=self._plays, words=words)
        yield 1.0


def _pictures(parts: Sequence[Path]) -> Iterator[Image.Image]:
    see_through = any((_load(part, "frames")[..., 3] != np.iinfo(np.uint8).max).any() for part in parts)
    for part in parts:
        for frame in _load(part, "frames"):
            yield Image.fromarray(frame if see_through else np.ascontiguousarray(frame[..., :3]))


def _load(part: Path, name: str) -> NDArray[Any]:
    with np.load(part, allow_pickle=False) as file:
        found: NDArray[Any] = file[name]
        return found

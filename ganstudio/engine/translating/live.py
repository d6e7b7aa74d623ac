"""Live: the newest frame of a camera or film through a model, again and again, as large as keeps it moving."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.engine.translating.sides import Sizer, sides_for
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures.blending import blended
from ganstudio.pictures.films.shot import Shot
from ganstudio.pictures.writing.enlarging import enlarged
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest
from ganstudio.words.routes import Route

PATIENCE = 0.01
"""Seconds that one turn waits for a frame; who shares the worker waits with it."""

STEP = 8
"""The longer side is a multiple of this many pixels, or of the network's own."""


LIGHT = "light"
"""The method of models that are as light as they get."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A frame and what the model makes of a small copy of it.

    Attributes:
        shot: The frame.
        made: (h, w, 3) uint8, in the look that was asked for.
        side: Pixels of the small copy's shorter side.
        seconds: What making it cost, without the turns of others.
        heavy: Even the smallest copy is too slow to seem to move, and the model could be lighter.
    """

    shot: Shot
    made: NDArray[np.uint8]
    side: int
    seconds: float
    heavy: bool


def live(
    translator: Translator, route: Route, shots: Newest[Shot], look: Callable[[], Look]
) -> Generator[Glimpse | None, object, None]:
    """Translate the newest shot, and the next, until it is closed; None while there is none, or between two stages.

    Args:
        translator: The model.
        route: A translating route of it.
        shots: Where the newest frame lies.
        look: How much of the translation is wanted now; asked for each frame.
    """
    sizer, shorter = Sizer((1,)), 0
    while True:
        shot = shots.take(PATIENCE)
        if shot is None:
            yield None
            continue
        if shorter != min(shot.pixels.shape[:2]):  # A camera that was turned, another film.
            shorter = min(shot.pixels.shape[:2])
            sizer = Sizer(sides_for(shorter, route.side))
        side, began = sizer.side, time.perf_counter()
        small = reduced(shot.pixels, side, max(STEP, route.multiple))
        spent = time.perf_counter() - began
        with closing(translator.painting(small, route)) as work:
            while True:
                began = time.perf_counter()
                try:
                    next(work)
                except StopIteration as done:
                    made: NDArray[Any] = done.value
                    break
                spent += time.perf_counter() - began
                yield None
        wanted = look()
        if not wanted.is_plain:
            made = blended(enlarged(small, route.scale, 0, made.shape[0]), made, wanted)
        spent += time.perf_counter() - began
        sizer.took(spent)
        yield Glimpse(shot, made, side, spent, sizer.too_slow and translator.card.method != LIGHT)


def reduced(pixels: NDArray[np.uint8], side: int, multiple: int) -> NDArray[np.uint8]:
    """A small copy: its shorter side of `side` pixels, the longer a multiple of `multiple`."""
    height, width = pixels.shape[:2]
    shorter = min(height, width)
    if side >= shorter:
        return pixels
    longer = max(side, round(max(height, width) * side / shorter / multiple) * multiple)
    size = (longer, side) if width >= height else (side, longer)
    # Halved as often as it goes first, which is three times as quick as the whole way at once.
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0))

"""Thumbnails: what a model makes, so small that it travels inside the model's own file."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from torch import Tensor

from ganstudio.pictures.batches import to_pixels
from ganstudio.runs.thumbnail import LARGEST
from ganstudio.words.routes import Route

SIDE = 160
"""Pixels of one picture; a translation shows two, before and after, side by side."""

MOST = 4
QUALITIES = (80, 60, 40)  # The first that is small enough.


def thumbnails(shown: Sequence[Tensor]) -> tuple[bytes, ...]:
    """Some of what the routes of a model make, each route in turn.

    Args:
        shown: For each route that makes pictures (rows, columns, 3, S, S) in [-1, 1]; two columns are before and
            after, one is of a picture that came of noise.
    """
    turns = [rows[number] for number in range(MOST) for rows in shown if number < len(rows)]
    return tuple(small([_picture(cell) for cell in row]) for row in turns[:MOST])


def small(pictures: Sequence[Image.Image]) -> bytes:
    """Square pictures, side by side, as a small WebP."""
    whole = Image.new("RGB", (SIDE * len(pictures), SIDE))
    for number, picture in enumerate(pictures):
        fits = picture if picture.size == (SIDE, SIDE) else picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        whole.paste(fits, (SIDE * number, 0))
    for quality in QUALITIES:
        stream = io.BytesIO()
        whole.save(stream, "WEBP", quality=quality, method=2)
        if stream.tell() <= LARGEST:
            break
    return stream.getvalue()


def befores(samples: Sequence[bytes], routes: Sequence[Route]) -> list[tuple[Route, Image.Image]]:
    """What went into each of a model's thumbnails, with the route that it went."""
    turns = [route for route in routes if not route.answers]
    found = []
    for number, sample in enumerate(samples):
        route = turns[number % len(turns)]
        with Image.open(io.BytesIO(sample)) as whole:
            if route.source is not None and whole.width == 2 * whole.height:
                found.append((route, whole.convert("RGB").crop((0, 0, whole.height, whole.height))))
    return found


def _picture(cell: Tensor) -> Image.Image:
    """(3, S, S) in [-1, 1] as a picture."""
    return Image.fromarray(to_pixels(cell[None])[0].cpu().permute(1, 2, 0).contiguous().numpy())

"""Lesson: what a small generator learns from, squares of pictures and what the full model paints of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ganstudio.engine.models.painting import Painting
from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Method
from ganstudio.pictures.batches import to_network, to_pixels

MINUTES = 5.0
"""That learning may take where nobody says how long."""

FEWEST_STEPS, MOST_STEPS = 300, 4000
TRIED = 4
REMEMBERED = 128 << 20
"""Bytes of squares that are kept to be shown again."""


class Lesson(Iterator[Batch]):
    """Endless batches of (square, what the full model paints of it).

    The full model takes many times as long as the small one's whole step, so each batch has one new pair, and the rest
    are some of those before, drawn by chance.

    Args:
        painting: The full model's way.
        squares: Batches of one picture.
        side: Pixels of a side.
        seed: Decides which pairs are shown again.
    """

    batch = 4

    def __init__(self, painting: Painting, squares: Iterator[Batch], side: int, seed: int) -> None:
        self._painting, self._squares = painting, squares
        self._random = torch.Generator().manual_seed(seed)
        self._room = max(self.batch, REMEMBERED // (6 * side**2))
        self._pairs: list[Tensor] = []

    def __next__(self) -> Batch:
        """The next (batch, 3, side, side) of both, in [-1, 1]; the first few hold the same pair several times."""
        a = next(self._squares).images[0]
        with torch.no_grad():  # What inference mode gives could not be learnt from.
            b = self._painting.paint(a)
        # As bytes, as which they will be seen, so that four times as many fit.
        new = to_pixels(torch.cat([a, b], dim=1))
        if len(self._pairs) < self._room:
            self._pairs.append(new)
        else:
            self._pairs[self._drawn(1)[0]] = new
        pairs = torch.cat([new, *(self._pairs[number] for number in self._drawn(self.batch - 1))])
        before, after = to_network(pairs, pairs.device).split(3, dim=1)
        return Batch((before, after))

    def _drawn(self, count: int) -> list[int]:
        return torch.randint(len(self._pairs), (count,), generator=self._random).tolist()


def affordable(lesson: Lesson, make: Callable[[], Method]) -> int:
    """Steps that some minutes are enough for here, found by trying a few with a method that is thrown away."""
    descending = Descending(make().train(), TRIED)
    seconds = []
    for step in range(TRIED):
        began = time.perf_counter()
        terms = descending.step(next(lesson), step)
        float(next(iter(terms.values())))  # Waits for the device.
        seconds.append(time.perf_counter() - began)
    # The first one also makes ready what the others find.
    return round(min(MOST_STEPS, max(FEWEST_STEPS, MINUTES * 60 * (TRIED - 1) / sum(seconds[1:]))))

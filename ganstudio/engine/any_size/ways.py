"""Ways: how a picture of some size goes through a route's networks: at once, or exactly in parts, or fast.

At once is simple and takes a kilobyte for each pixel. In parts takes as little memory as one allows, and gives the same
to the rounding. Fast takes the statistics of norms from a small copy, which spares the sweeps that gather them: off by
a few levels of 255, and on a processor hardly quicker, because most sweeps are needed for the maps they keep as well.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.any_size import spill
from ganstudio.engine.any_size.quick import quickened
from ganstudio.engine.any_size.streaming import Means, Streaming
from ganstudio.engine.any_size.sweep import Statistics
from ganstudio.engine.models.painting import LEAST_SIDE, colours, fitted, numbers
from ganstudio.game import Method
from ganstudio.networks.describing import Undescribed, describe
from ganstudio.networks.stages import Graph, InstanceNorm
from ganstudio.words.routes import Route

Way: TypeAlias = Literal["whole", "exact", "fast"]
Into: TypeAlias = Callable[[int, NDArray[Any]], None]
"""Takes the rows (h, W, 3) of a picture from `top` on; rows come in order."""

ENOUGH = 1 << 30
"""Bytes that a translation takes unasked at most: pictures of a megapixel go at once, and in parts is as quick."""

IN_PARTS = 512 << 20
"""The same in parts: with more it is no quicker, and the picture itself and what becomes of it want room too."""

MOMENT = 1e8
"""Multiplications between two pauses at least: a few thousandths of a second, beside which a pause is nothing."""

COPY = 1_000_000
"""Pixels of the copy that the fast way takes its statistics from."""


class Arithmetic(Protocol):
    """Makes the context of computing; with `mixed`, torch chooses what to compute in bfloat16, if that is wanted."""

    def __call__(self, *, mixed: bool) -> AbstractContextManager[None]:
        """A context to enter once."""


class Mirrored:
    """A picture continued by its reflection at the right and at the bottom, to a size that a network takes.

    Args:
        pixels: (H, W, 3) uint8 or uint16; may be mapped from a file.
        multiple: What the network wants height and width to be multiples of.
    """

    def __init__(self, pixels: NDArray[Any], multiple: int) -> None:
        self._pixels = pixels
        height, width = (-(-max(side, LEAST_SIDE) // multiple) * multiple for side in pixels.shape[:2])
        self.size = (height, width)
        self._across = None if width == pixels.shape[1] else _reflected(0, width, pixels.shape[1])

    def rows(self, low: int, high: int) -> Tensor:
        """(1, 3, high - low, W) float32 in [-1, 1]."""
        rows = _reflected(low, high, self._pixels.shape[0])
        first, last = int(rows.min()), int(rows.max()) + 1
        band = self._pixels[first:last]
        if high - low != last - first or rows[0] != first or rows[-1] != last - 1:
            band = band[rows - first]
        found = numbers(band if self._across is None else band[:, self._across], torch.device("cpu"))
        let_go(self._pixels)
        return found


class Ways:
    """A route, ready for pictures that are too large to go at once.

    Args:
        method: The method that the route is one of.
        route: A translating route.
        device: Where the arithmetic runs.
        arithmetic: Makes the context of all computing, where torch may compute in bfloat16 itself or must not.
        bf16: Compute convolutions in bfloat16, and nothing else.
        memory: Bytes that were asked for; None for a sensible share of what is free.
    """

    def __init__(
        self,
        method: Method,
        route: Route,
        device: torch.device,
        arithmetic: Arithmetic,
        *,
        bf16: bool = False,
        memory: int | None = None,
    ) -> None:
        self._route, self._device, self._arithmetic = route, device, arithmetic
        self._whole = self._graph = _described(method, route, device)
        if self._graph is not None and bf16:
            self._graph = self._graph.in_halves()
        elif self._whole is not None and device.type == "cpu":
            self._whole = quickened(self._whole, tiled=memory is None or memory >= ENOUGH)

    @property
    def possible(self) -> bool:
        """Whether the networks can be run in parts at all."""
        return self._graph is not None

    def differ(self, size: tuple[int, int]) -> bool:
        """Whether the fast way is another than the exact one for a picture of this size."""
        assert self._graph is not None, "asked before"
        normed = any(isinstance(node.stage, InstanceNorm) for node in self._graph.nodes)
        return normed and _times(*size) > 1

    def at_once(self, pixels: NDArray[Any]) -> Generator[float, None, NDArray[Any]]:
        """Paint a whole picture, (H, W, 3), stage by stage: exactly what the networks make of it, and one can end it.

        Yields:
            The share that is done, after each stage or a few that are quickly done.
        """
        x, multiple = numbers(pixels, self._device), self._route.multiple
        if any(side % multiple or side < LEAST_SIDE for side in pixels.shape[:2]):
            x = fitted(x, self._route)
        made = yield from self.through(x)
        height, width = (side * self._route.scale for side in pixels.shape[:2])
        with torch.inference_mode():
            return colours(made[:, :, :height, :width], pixels.dtype)

    def through(self, x: Tensor) -> Generator[float, None, Tensor]:
        """The networks' own numbers for whole pictures (N, 3, H, W) of a size that they take, as `at_once`."""
        graph = self._whole
        assert graph is not None, "asked before"
        works = graph.works(graph.sizes(*x.shape[2:]))
        last_user, done, total = graph.last_users(), 0.0, sum(works)
        if self._device.type == "cpu":
            x = x.contiguous(memory_format=torch.channels_last)
        maps = {0: x}
        del x
        for stretch in _stretches(works):
            with torch.inference_mode(), self._arithmetic(mixed=True):
                for number in stretch:
                    node = graph.nodes[number]
                    maps[number] = node.stage.whole([maps[source] for source in node.sources])
                    for source in set(node.sources):
                        if last_user[source] == number:
                            del maps[source]
            done += sum(works[number] for number in stretch)
            yield done / total
        return maps[len(graph.nodes) - 1]

    def strips(self, pixels: NDArray[Any], into: Into, memory: int, *, fast: bool) -> Generator[float, None, None]:
        """Paint a picture in parts; see `Translator.strips`.

        Raises:
            ValueError: There is too little room on the disk.
            OSError: The disk is full.
        """
        assert self._graph is not None, "asked before"
        means = Means.within(memory, self._device, partial(self._arithmetic, mixed=False))
        known, begun = Statistics(), 0.0
        if fast and (times := _times(*pixels.shape[:2])) > 1:
            copy = Mirrored(reduced(pixels, times), self._route.multiple)
            begun = 1 / (1 + times**2)
            known = yield from _scaled(Streaming(self._graph, copy, means).statistics(), 0.0, begun)
        work = Streaming(self._graph, Mirrored(pixels, self._route.multiple), means, known)
        self._check_disk(work.filed, pixels)

        def take(top: int, rows: Tensor) -> None:
            into(top, colours(rows.permute(2, 0, 1)[None], pixels.dtype))

        height, width = (side * self._route.scale for side in pixels.shape[:2])
        yield from _scaled(work.paint(take, height, width), begun, 1.0)

    def _check_disk(self, needed: int, pixels: NDArray[Any]) -> None:
        folder = spill.place()
        free = spill.free_bytes(folder)
        if needed and free is not None and needed > free:
            raise ValueError(
                f"There is too little room in {folder}: a picture of {pixels.shape[1]}×{pixels.shape[0]} pixels needs "
                f"{needed / 1e9:.1f} GB there while it is translated, {free / 1e9:.1f} GB are free. Make room, or "
                "allow more memory."
            )


def allowed(memory: int | None, device: torch.device) -> int:
    """Bytes that a translation may take: what was asked for, or a sensible share of what is free."""
    if memory is not None:
        return memory
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free) // 2
    return min(ENOUGH, psutil.virtual_memory().available // 2)


def allowed_in_parts(memory: int | None, device: torch.device) -> int:
    """Bytes of the computer's memory that a translation in parts may take."""
    if memory is not None:
        return memory
    half = psutil.virtual_memory().available // 2
    return half if device.type == "cuda" else min(IN_PARTS, half)  # A card would wait for a disk.


def reduced(pixels: NDArray[Any], times: int) -> NDArray[Any]:
    """A picture so many times smaller along each axis: means of squares, and what is left over is left out."""
    height, width = (side // times for side in pixels.shape[:2])
    small = np.empty((height, width, 3), pixels.dtype)
    for row in range(height):  # Row by row: the picture may be larger than memory.
        band = pixels[row * times : (row + 1) * times, : width * times]
        small[row] = np.rint(band.reshape(times, width, times, 3).mean((0, 2), dtype=np.float64))
        let_go(pixels)
    return small


def let_go(pixels: NDArray[Any]) -> None:
    """Of a picture mapped from a file, have the system forget what was read: it counts as memory in use."""
    if isinstance(pixels, np.memmap) and pixels.mode == "r" and hasattr(mmap, "MADV_DONTNEED"):
        mapped = getattr(pixels, "_mmap", None)
        if isinstance(mapped, mmap.mmap):
            mapped.madvise(mmap.MADV_DONTNEED)


def _described(method: Method, route: Route, device: torch.device) -> Graph | None:
    """The stages of a route; None for one that takes pictures of one size only, or does what no stage describes."""
    if route.side:
        return None
    example = fitted(torch.zeros(1, 3, 1, 1, device=device), route)
    try:
        graph = describe(lambda x: method.make(route, x), example)
    except Undescribed:
        return None
    scaled = tuple(side * route.scale for side in example.shape[2:])
    return graph if graph.sizes(*example.shape[2:])[-1] == scaled else None


def _stretches(works: Sequence[float]) -> Iterator[range]:
    """The nodes behind the first in their order, as many at a time as are done in a moment."""
    first, begun = 1, 0.0
    for number in range(1, len(works)):
        begun += works[number]
        if begun >= MOMENT or number == len(works) - 1:
            yield range(first, number + 1)
            first, begun = number + 1, 0.0


def _times(height: int, width: int) -> int:
    """How many times smaller the copy is, along each axis, that statistics are taken from."""
    return round(math.sqrt(height * width / COPY))


def _scaled(work: Generator[float, None, Any], low: float, high: float) -> Generator[float, None, Any]:
    """The same work as a part of a larger one."""
    try:
        while True:
            try:
                share = next(work)
            except StopIteration as done:
                return done.value
            yield low + share * (high - low)
    finally:
        work.close()


def _reflected(low: int, high: int, side: int) -> NDArray[np.int64]:
    """Where places from `low` to `high` of a continued side lie on the side itself, as `painting.mirrored` does it."""
    period = max(2 * (side - 1), 1)
    place = np.arange(low, high) % period
    return np.where(place < side, place, period - place)

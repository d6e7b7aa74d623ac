"""Together: several pictures through a route's networks in one call, each as it comes out alone.

On a graphics card the call comes back before the work is done, and the results are copied into memory that the card
reaches by itself; so the next company can be begun meanwhile.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.models.painting import LEAST_SIDE, colours, fitted, network, numbers, pixels, resized
from ganstudio.words.routes import Route

MOST = 32
"""Pictures in one company; what gains by more was not met."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A company that is being made.

    Attributes:
        take: Wait for the pictures, (H, W, 3) each.
        seconds: What the arithmetic took, once they are there.
    """

    take: Callable[[], list[NDArray[Any]]]
    seconds: Callable[[], float]


def begin(
    pictures: Sequence[NDArray[Any]], route: Route, through: Callable[[Tensor], Tensor], device: torch.device
) -> Begun:
    """Begin to make pictures that the networks see in the same size.

    Args:
        pictures: (H, W, 3) uint8 or uint16 each.
        route: A translating route.
        through: Its networks, of (N, 3, H, W) that fits.
        device: Where the arithmetic runs.
    """
    clock, card = _Clock(device), device.type == "cuda"
    with torch.inference_mode():
        made = through(_side_by_side(pictures, route, device))
        sizes = [(one.shape[0] * route.scale, one.shape[1] * route.scale) for one in pictures]
        if route.side or any(one.dtype != np.uint8 for one in pictures):
            each = [
                colours(_cut(y[None], size, route), one.dtype)
                for y, size, one in zip(made, sizes, pictures, strict=True)
            ]
            clock.stop()
            return Begun(lambda: each, clock.seconds)
        shallow = pixels(made)
        here = torch.empty(shallow.shape, dtype=torch.uint8, pin_memory=card)
        here.copy_(shallow, non_blocking=card)
    clock.stop()

    def take() -> list[NDArray[Any]]:
        clock.wait()
        whole = here.numpy()
        return [one[:height, :width] for one, (height, width) in zip(whole, sizes, strict=True)]

    return Begun(take, clock.seconds)


def seen_size(size: tuple[int, int], route: Route) -> tuple[int, int]:
    """In which size, (width, height), the networks see a picture of `size`: those that agree may go together."""
    if route.side:
        return route.side, route.side
    width, height = (math.ceil(max(side, LEAST_SIDE) / route.multiple) * route.multiple for side in size)
    return width, height


def _side_by_side(pictures: Sequence[NDArray[Any]], route: Route, device: torch.device) -> Tensor:
    first = pictures[0]
    if first.dtype == np.uint8 and all((one.shape, one.dtype) == (first.shape, first.dtype) for one in pictures):
        stacked = torch.from_numpy(np.stack(pictures))
        if device.type == "cuda":
            stacked = stacked.pin_memory().to(device, non_blocking=True)
        return fitted(network(stacked.to(device)), route)
    return torch.cat([fitted(numbers(one, device), route) for one in pictures])


def _cut(y: Tensor, size: tuple[int, int], route: Route) -> Tensor:
    return resized(y, *size) if route.side else y[:, :, : size[0], : size[1]]


class _Clock:
    """How long the arithmetic takes, which a graphics card does at its own time."""

    def __init__(self, device: torch.device) -> None:
        self._events = [torch.cuda.Event(enable_timing=True) for _ in range(2)] if device.type == "cuda" else []
        self._times = [0.0, 0.0]
        self._mark(0)

    def stop(self) -> None:
        """All has been asked for."""
        self._mark(1)

    def wait(self) -> None:
        """Wait until it is done."""
        if self._events:
            self._events[1].synchronize()

    def seconds(self) -> float:
        """What it took, once it is done."""
        if self._events:
            return float(self._events[0].elapsed_time(self._events[1])) / 1e3
        return self._times[1] - self._times[0]

    def _mark(self, which: int) -> None:
        self._times[which] = time.perf_counter()
        if self._events:
            self._events[which].record()

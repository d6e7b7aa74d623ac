"""Windows: the squares of a map that a filter looks at, and memory in which they are laid side by side.

For convolutions that compute by themselves, on a processor and in float32, what a library takes longer for.
"""

from __future__ import annotations

import math
import threading

import torch
from torch import Tensor


def exact(x: Tensor, weight: Tensor) -> bool:
    """Whether torch would compute with these in float32 on a processor, now and as it is told to."""
    plain = not (torch.is_autocast_enabled("cpu") or torch.compiler.is_compiling())
    return plain and x.device.type == "cpu" and x.dtype == weight.dtype == torch.float32


def windows(picture: Tensor, side: int, step: int, rows: range, wide: int) -> Tensor:
    """Where squares lie in a picture; those of neighbours overlap where they are larger than a step.

    Args:
        picture: (C, H, W) in any layout.
        side: Pixels along each side of a square.
        step: Pixels from one to the next.
        rows: Of squares, one after the other.
        wide: Squares in a row.

    Returns:
        (side, side, rows, wide, C), a view.
    """
    channel, down, across = picture.stride()
    size = (side, side, len(rows), wide, len(picture))
    place = picture.storage_offset() + rows.start * step * down
    return picture.as_strided(size, (down, across, step * down, step * across, channel), place)


class Room:
    """Memory that is used again and again."""

    def __init__(self) -> None:
        self._numbers: Tensor | None = None

    def of(self, *shape: int) -> Tensor:
        """So much of it; what was there is gone."""
        wanted = math.prod(shape)
        if self._numbers is None or wanted > len(self._numbers):
            with torch.inference_mode(mode=False):
                self._numbers = torch.empty(wanted)
        return self._numbers[:wanted].view(shape)

    def copied(self, windows: Tensor) -> Tensor:
        """Windows side by side: (pixels of a window, the rest)."""
        pixels = windows.shape[0] * windows.shape[1]
        room = self.of(pixels, windows.numel() // pixels)
        room.view(windows.shape).copy_(windows)
        return room


class Rooms(threading.local):
    """Where each thread works, kept from call to call.

    Given back each time, large rooms would leave holes among the maps and gradients that stay, too small for the next
    one: a step then took half as much memory again.
    All layers of all networks share them, so that no network could own them: they live as long as their thread.
    """

    def __init__(self) -> None:
        self.one, self.other, self.third, self.filters, self.sums = (Room() for _ in range(5))


rooms = Rooms()

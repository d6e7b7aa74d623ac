"""Winograd's minimal filtering: 3×3 convolutions over tiles of 4×4 pixels, with a quarter of the multiplications.

A processor that reaches nearly all it can on plain convolutions still does these quicker. Each tile of 6×6 pixels that
are looked at, and each filter, is turned into 36 numbers by sums alone; products of matrices take these channel by
channel; and what comes of them is turned back into 4×4 pixels.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.3, F(4×4, 3×3).
"""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE, REACH = 4, 6  # Pixels of a tile that come out, and that are looked at.
TILES = 256  # At once: what they become stays near the processor.


def tiles_of(height: int, width: int) -> int:
    """Tiles that a result of this many pixels takes."""
    return -(-height // SIDE) * -(-width // SIDE)


def turned(weight: Tensor) -> Tensor:
    """Filters (K, C, 3, 3) as tiles want them, (36, C, K): four times the memory."""
    rows = weight.permute(2, 3, 1, 0).reshape(9, -1)
    return (_matrices()[1] @ rows).view(REACH * REACH, weight.shape[1], -1)


def convolved(x: Tensor, weights: Tensor, sides: tuple[int, int, int, int] = (0, 0, 0, 0)) -> Tensor:
    """The convolution of pictures, each by itself, so that company changes no bit.

    Args:
        x: (N, C, H, W) float32.
        weights: (36, C, K), as `turned` gives them.
        sides: Pixels of nothing left, right, above and below.

    Returns:
        (N, K, H', W'), channels last.
    """
    left, right, above, below = sides
    height, width = x.shape[2] + above + below - 2, x.shape[3] + left + right - 2
    high, wide = -(-height // SIDE), -(-width // SIDE)
    more = (left, right + wide * SIDE - width, above, below + high * SIDE - height)
    x = (F.pad(x, more) if any(more) else x).contiguous(memory_format=torch.channels_last)
    made = torch.empty(len(x), high * SIDE, wide * SIDE, weights.shape[2])
    rows = max(1, TILES // wide)
    for one, picture in zip(made, x, strict=True):
        for top in range(0, high, rows):
            count = min(rows, high - top)
            tiles = _tiles(picture, weights, top, count, wide)
            one[top * SIDE : (top + count) * SIDE].view(count, SIDE, wide, SIDE, -1).copy_(tiles)
    return made[:, :height, :width].permute(0, 3, 1, 2)


def _tiles(picture: Tensor, weights: Tensor, top: int, count: int, wide: int) -> Tensor:
    """Some rows of tiles of a picture (C, H, W), channels last: (count, 4, wide, 4, K)."""
    into, _, back = _matrices()
    channel, down, across = picture.stride()
    size = (REACH, REACH, count, wide, len(picture))
    place = picture.storage_offset() + top * SIDE * down
    seen = picture.as_strided(size, (down, across, SIDE * down, SIDE * across, channel), place)
    tiles = (into @ seen.reshape(REACH * REACH, -1)).view(REACH * REACH, -1, len(picture))
    made = back @ torch.bmm(tiles, weights).view(REACH * REACH, -1)
    return made.view(SIDE, SIDE, count, wide, -1).permute(2, 0, 3, 1, 4)


@cache
def _matrices() -> tuple[Tensor, Tensor, Tensor]:
    """Of the source: what turns a tile (36, 36), a filter (36, 9), and a product back (16, 36)."""
    tile = [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
    sixths = [[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]
    kernel = [[number / 24 for number in row] for row in sixths]
    back = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]
    with torch.inference_mode(mode=False):
        tiles, kernels, results = (torch.tensor(rows, dtype=torch.float64) for rows in (tile, kernel, back))
        return (
            torch.kron(tiles, tiles).float(),
            torch.kron(kernels, kernels).float(),
            torch.kron(results, results).float(),
        )

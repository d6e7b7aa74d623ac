"""Winograd's minimal filtering: 3×3 convolutions over tiles of 4×4 pixels, with a quarter of the multiplications.

A processor that reaches nearly all it can on plain convolutions still does these quicker. Each tile of 6×6 pixels that
are looked at, and each filter, is turned into 36 numbers by sums alone; products of matrices take these channel by
channel; and what comes of them is turned back into 4×4 pixels. Gradients go the same way backwards: what comes back is
turned once, for the pictures' gradient and the filters' both.

It is the same convolution, rounded otherwise. With 256 channels, beside one in float64, results and gradients are off
by 0.7 to 1.5 millionths of their length, where plain float32 is off by 0.2 to 0.9. What was measured on one core of a
processor with AVX2, forwards and backwards, as often as quick: with 256 channels 3.9 times over maps of 64×64, 2.1 over
32×32, 1.6 over 24×24 and 1.1 over 16×16; with 128 channels 2.4, 1.9, 1.4 and 1.0; with 64 channels 1.7, 1.1 and less.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.3, F(4×4, 3×3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.polynomial.polynomial import polyfromroots
from torch import Tensor, nn

from ganstudio.networks.windows import Room, exact, rooms, windows

SIDE, REACH = 4, 6  # Pixels of a tile that come out, and that are looked at.
PLACES = (0.0, 0.75, -0.75, 1.5, -1.5)
"""Where polynomials are looked at. Any five are the same but for rounding: at the source's 0, ±1 and ±2 the largest
error is three times as large, and the length of all errors twice."""
TILES = 128  # At once: what they become stays near the processor.
WIDE = 64  # Channels, in and out, from which on turning into tiles and back costs less than it spares.
WORTH = 8192  # Tiles of a picture times channels, from which on turning the filters costs less than is won.

Sides = tuple[int, int, int, int]
"""Pixels of nothing to the left, to the right, above and below."""


class TiledConv2d(nn.Conv2d):
    """`nn.Conv2d` that learns in tiles where that is quicker: on a processor, in float32, wide and over large maps."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, K, H', W')."""
        if not (self.training and self._fits(x)):
            return super().forward(x)
        made: Tensor = _Tiled.apply(x, self.weight, self.bias, self.padding)
        return made

    def _fits(self, x: Tensor) -> bool:
        """Whether layer and pictures are such, and torch computes now as it is told to."""
        layer = (self.kernel_size, self.stride, self.dilation, self.groups, self.padding_mode)
        if layer != ((3, 3), (1, 1), (1, 1), 1, "zeros") or isinstance(self.padding, str):
            return False
        if not exact(x, self.weight):
            return False
        down, across = self.padding
        tiles, channels = tiles_of(x.shape[2] + 2 * down - 2, x.shape[3] + 2 * across - 2), min(self.weight.shape[:2])
        return channels >= WIDE and tiles * channels >= WORTH


class _Tiled(torch.autograd.Function):
    """The convolution of pictures (N, C, H, W) with filters (K, C, 3, 3), and what it gives back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, padding: tuple[int, int]) -> Tensor:
        """As `nn.Conv2d`. Tiles are not kept for the way back: they are more than they are dear to make again."""
        ctx.save_for_backward(x, weight)
        ctx.padding = padding
        made = convolved(x, turned(weight, rooms.filters), _around(padding))
        return made if bias is None else made.add_(bias[:, None, None])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of pictures, filters and bias, as far as they are wanted."""
        x, weight = ctx.saved_tensors
        *wanted, biased, _ = ctx.needs_input_grad
        if torch.is_grad_enabled():  # Someone wants the gradient of a gradient, which the plain one has.
            rest = ([1, 1], ctx.padding, [1, 1], False, [0, 0], 1, [*wanted, False])
            found = torch.ops.aten.convolution_backward(gradient, x, weight, None, *rest)[:2]
        else:
            found = gradients(gradient, x, weight, _around(ctx.padding), tuple(wanted))
        return *found, gradient.sum((0, 2, 3)) if biased else None, None


def _around(padding: tuple[int, int]) -> Sides:
    down, across = padding
    return across, across, down, down


def tiles_of(height: int, width: int) -> int:
    """Tiles that a result of so many pixels takes."""
    return -(-height // SIDE) * -(-width // SIDE)


def turned(weight: Tensor, room: Room | None = None) -> Tensor:
    """Filters (K, C, 3, 3) as tiles want them, (36, C, K): four times the memory, which may be that of `room`."""
    filters = weight.reshape(-1, 9).T
    rows = _product(_matrices()[1], filters, room.of(REACH**2, filters.shape[1]) if room else None)
    return rows.view(REACH**2, *weight.shape[:2]).transpose(1, 2)


def _product(one: Tensor, other: Tensor, out: Tensor | None = None) -> Tensor:
    """`one @ other`, shared out by rows: where one side is that small, a library lets a single thread do it all."""
    parts = math.gcd(torch.get_num_threads(), len(one))
    if parts == 1:
        return torch.mm(one, other, out=out)
    room = None if out is None else out.view(parts, -1, out.shape[1])
    return torch.bmm(one.unflatten(0, (parts, -1)), other.expand(parts, *other.shape), out=room).flatten(0, 1)


def convolved(x: Tensor, weights: Tensor, sides: Sides = (0, 0, 0, 0)) -> Tensor:
    """The convolution of pictures, each by itself, so that company changes no bit.

    Args:
        x: (N, C, H, W) float32.
        weights: (36, C, K), as `turned` gives them.
        sides: What is around the pictures.

    Returns:
        (N, K, H', W'), channels last.
    """
    cover = _Cover.of(x, sides)
    into, _, back = _matrices()
    inside, outside = weights.shape[1:]
    made = _empty(len(x), outside, cover.high * SIDE, cover.wide * SIDE)
    one, other = rooms.one, rooms.other
    for picture, result in zip(cover.looked_at(x), made, strict=True):
        for rows in cover.bands():
            seen = one.copied(windows(picture, REACH, SIDE, rows, cover.wide))
            tiles = _product(into, seen, other.of(REACH**2, seen.shape[1]))
            tiles = tiles.view(REACH**2, -1, inside)
            products = torch.bmm(tiles, weights, out=one.of(REACH**2, tiles.shape[1], outside)).view(REACH**2, -1)
            pixels = _product(back, products, other.of(SIDE**2, products.shape[1]))
            there = windows(result, SIDE, SIDE, rows, cover.wide)
            there.copy_(pixels.view(there.shape))
    return made[:, :, : cover.height, : cover.width]


def gradients(
    gradient: Tensor, x: Tensor, weight: Tensor, sides: Sides = (0, 0, 0, 0), wanted: tuple[bool, bool] = (True, True)
) -> tuple[Tensor | None, Tensor | None]:
    """What `convolved` gives back.

    Args:
        gradient: Of its result, (N, K, H', W').
        x: The pictures, (N, C, H, W).
        weight: The filters, (K, C, 3, 3).
        sides: What is around the pictures.
        wanted: Whether the gradient of the pictures is, and that of the filters.

    Returns:
        The gradients of the pictures, channels last, and of the filters; None for what is not wanted.
    """
    of_pictures, of_filters = wanted
    cover = _Cover.of(x, sides)
    into, kernels, back = _matrices()
    outside, inside = weight.shape[:2]
    weights = turned(weight, rooms.filters).transpose(1, 2) if of_pictures else None
    summed: Tensor | None = None
    pictures = cover.looked_at(x)
    slopes = torch.zeros_like(pictures) if of_pictures else pictures
    one, other, third = rooms.one, rooms.other, rooms.third
    for back_there, picture, slope in zip(cover.covered(gradient), pictures, slopes, strict=True):
        for rows in cover.bands():
            pixels = one.copied(windows(back_there, SIDE, SIDE, rows, cover.wide))
            tiles = _product(back.T, pixels, third.of(REACH**2, pixels.shape[1])).view(REACH**2, -1, outside)
            size = (REACH**2, tiles.shape[1] * inside)
            if of_filters:
                seen = one.copied(windows(picture, REACH, SIDE, rows, cover.wide))
                looked = _product(into, seen, other.of(*size)).view(REACH**2, -1, inside)
                product = tiles.transpose(1, 2), looked
                room = rooms.sums.of(REACH**2, outside, inside)
                summed = torch.bmm(*product, out=room) if summed is None else summed.baddbmm_(*product)
            if weights is not None:
                products = torch.bmm(tiles, weights, out=one.of(REACH**2, tiles.shape[1], inside))
                turned_back = _product(into.T, products.view(size), other.of(*size))
                _add(turned_back, windows(slope, REACH, SIDE, rows, cover.wide))
    filters = None
    if summed is not None:
        # The short side first: the same product with the long one first took ten times as long.
        parts = math.gcd(torch.get_num_threads(), outside)
        shares = summed.view(REACH**2, parts, -1).transpose(0, 1)
        filters = torch.bmm(kernels.T.expand(parts, -1, -1), shares).transpose(1, 2).reshape(weight.shape)
    return cover.cut(slopes, x) if of_pictures else None, filters


def _add(tiles: Tensor, there: Tensor) -> None:
    """Add tiles that overlap, (36, …), to where they belong, four parts by four that do not."""
    tiles = tiles.view(there.shape)
    parts = slice(0, SIDE), slice(SIDE, REACH)
    for rows in parts:
        for columns in parts:
            there[rows, columns].add_(tiles[rows, columns])


@dataclass(frozen=True, slots=True)
class _Cover:
    """The tiles that cover a result of `height` × `width` pixels, of pictures with so much around them."""

    height: int
    width: int
    sides: Sides

    @classmethod
    def of(cls, x: Tensor, sides: Sides) -> _Cover:
        """For pictures (N, C, H, W)."""
        left, right, above, below = sides
        return cls(x.shape[2] + above + below - 2, x.shape[3] + left + right - 2, sides)

    @property
    def high(self) -> int:
        """Rows of tiles."""
        return -(-self.height // SIDE)

    @property
    def wide(self) -> int:
        """Tiles of a row."""
        return -(-self.width // SIDE)

    @property
    def _over(self) -> tuple[int, int]:
        """Pixels that tiles have to the right and below and the result has not."""
        return self.wide * SIDE - self.width, self.high * SIDE - self.height

    def bands(self) -> Iterator[range]:
        """Rows of tiles that are computed at once."""
        rows = max(1, TILES // self.wide)
        return (range(top, min(top + rows, self.high)) for top in range(0, self.high, rows))

    def looked_at(self, x: Tensor) -> Tensor:
        """Pictures with all that tiles look at, channels last."""
        left, right, above, below = self.sides
        more_right, more_below = self._over
        return _grown(x, (left, right + more_right, above, below + more_below)).contiguous(
            memory_format=torch.channels_last
        )

    def covered(self, result: Tensor) -> Tensor:
        """A result with all pixels that tiles have."""
        more_right, more_below = self._over
        return _grown(result, (0, more_right, 0, more_below))

    def cut(self, looked_at: Tensor, x: Tensor) -> Tensor:
        """What of that belongs to the pictures themselves."""
        left, _, above, _ = self.sides
        return looked_at[:, :, above : above + x.shape[2], left : left + x.shape[3]]


def _grown(x: Tensor, sides: Sides) -> Tensor:
    return F.pad(x, sides) if any(sides) else x


def _empty(count: int, channels: int, height: int, width: int) -> Tensor:
    return torch.empty(count, height, width, channels).permute(0, 3, 1, 2)


@cache
def _matrices() -> tuple[Tensor, Tensor, Tensor]:
    """What turns a tile (36, 36), a filter (36, 9), and a product back (16, 36), by Toom and Cook.

    Along each axis the pixels, and the filter's numbers, are coefficients of a polynomial, whose values at some places
    are multiplied instead; the last place lies at infinity.
    """
    others = [[other for other in PLACES if other != place] for place in PLACES]
    tile = [*([*polyfromroots(rest), 0.0] for rest in others), polyfromroots(PLACES)]
    scales = [math.prod(place - other for other in rest) for place, rest in zip(PLACES, others, strict=True)]
    kernel = [*([place**k / scale for k in range(3)] for place, scale in zip(PLACES, scales, strict=True)), [0, 0, 1]]
    back = [[*(place**k for place in PLACES), float(k == SIDE - 1)] for k in range(SIDE)]
    with torch.inference_mode(mode=False):
        along = (torch.tensor(np.array(rows), dtype=torch.float64) for rows in (tile, kernel, back))
        tiles, kernels, results = (torch.kron(one, one).float() for one in along)
    return tiles, kernels, results

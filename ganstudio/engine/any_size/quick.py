"""Quick: stages with the arithmetic that a processor does fastest, for pictures that go whole and for their parts.

The result moves by less than a hundredth of a level of 255. Maps lie channels last, which convolutions prefer, and
norms leave them so. Stages write over maps that nobody needs any more. Wide 3×3 convolutions are computed in tiles,
with a quarter of the multiplications. And those that give few channels, as a generator's last, give them for four
pixels at once: a processor multiplies sixteen numbers at a time, whether they are asked for or not.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.networks import winograd
from ganstudio.networks.reaches import Reach, Window
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Stage

NARROW = 80
"""Channels, in and out, from which on tiles are worth it where filters are turned once and used again and again."""

BLOCK = 2
"""Pixels along each axis that are given at once where few channels are; of more, too many products are with nothing."""

FEW = 4
"""Channels out that are few: those of a block fit into what a processor multiplies at a time."""

FEWEST = 64  # Tiles, below which the convolution as it is is quicker.

SMALL = 1 << 18
"""Numbers of a weight that may lie in memory a second time, laid out as convolutions want it."""


def quickened(graph: Graph, *, tiled: bool = True) -> Graph:
    """The same network for a processor and whole maps in float32.

    Args:
        graph: The network.
        tiled: Whether there is memory for weights as tiles want them: four times as much as the weights take.
    """
    normed = _normed(graph)
    nodes = []
    for number, node in enumerate(graph.nodes):
        stage = node.stage
        if isinstance(stage, Convolution) and number in normed:
            stage = dataclasses.replace(stage, bias=None)
        nodes.append(dataclasses.replace(node, stage=_quick(stage, tiled=tiled)))
    return Graph(tuple(nodes)).in_place()


def _normed(graph: Graph) -> set[int]:
    """Nodes that only norms look at, which take away what is the same for a whole channel."""
    looked_at, otherwise = set[int](), set[int]()
    for node in graph.nodes:
        (looked_at if isinstance(node.stage, InstanceNorm) else otherwise).update(node.sources)
    return looked_at - otherwise


def _quick(stage: Stage, *, tiled: bool) -> Stage:
    if isinstance(stage, InstanceNorm):
        return Norm(stage.rows, stage.cols, weight=stage.weight, bias=stage.bias, eps=stage.eps)
    return quick_convolution(stage, tiled=tiled)


def quick_convolution(stage: Stage, *, tiled: bool) -> Stage:
    """The same stage; a convolution in tiles or blocks where that is quicker."""
    if not _is_exact(stage):
        return stage
    numbers = {one.name: getattr(stage, one.name) for one in dataclasses.fields(Convolution)}
    if tiled and _fits(stage):
        return Tiled(**numbers)
    if _is_plain(stage) and len(stage.weight) <= FEW and min(stage.weight.shape[2:]) > 1:
        return InBlocks(**numbers)
    if stage.transposed or stage.weight.numel() > SMALL:
        return stage
    return dataclasses.replace(stage, weight=stage.weight.contiguous(memory_format=torch.channels_last))


def bytes_in_tiles(stages: Iterable[Stage]) -> int:
    """What tiles take beside these stages' maps and their weights as they are: weights as tiles want them, and tiles.

    Those that are computed at once are there twice, before and behind a product.
    """
    shapes = [stage.weight.shape[:2] for stage in stages if _fits(stage)]
    numbers = sum(map(math.prod, shapes)) + 2 * winograd.TILES * max(map(max, shapes), default=0)
    return winograd.REACH**2 * numbers * torch.float32.itemsize


def _fits(stage: Stage) -> TypeGuard[Convolution]:
    return _is_plain(stage) and stage.weight.shape[2:] == (3, 3) and min(stage.weight.shape[:2]) >= NARROW


def _is_plain(stage: Stage) -> TypeGuard[Convolution]:
    if not _is_exact(stage) or stage.transposed:
        return False
    return (stage.stride, stage.dilation, stage.groups) == ((1, 1), (1, 1), 1)


def _is_exact(stage: Stage) -> TypeGuard[Convolution]:
    return isinstance(stage, Convolution) and stage.weight.dtype == torch.float32


@dataclass(frozen=True, slots=True)
class Norm(InstanceNorm):
    """An instance norm that leaves a map in its layout, where torch's own would copy it there and back."""

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        return self._into(torch.empty_like(maps[0]), maps[0])

    def in_place(self) -> Stage:
        """As Stage."""
        return NormInPlace(self.rows, self.cols, weight=self.weight, bias=self.bias, eps=self.eps)

    def _into(self, made: Tensor, x: Tensor) -> Tensor:
        """Of a single picture, batch norm and instance norm are one."""
        kept = x.new_empty(2, x.shape[1])
        for result, one in zip(made.split(1), x.split(1), strict=True):
            torch.native_batch_norm(
                one, self.weight, self.bias, None, None, True, 0.0, self.eps, out=(result, kept[0], kept[1])
            )
        return made


@dataclass(frozen=True, slots=True)
class NormInPlace(Norm):
    """The same, written over its map."""

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        return self._into(maps[0], maps[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class InBlocks(Convolution):
    """A convolution whose filters lie at each place of a block of pixels: it gives a block's channels at once."""

    _spread: list[tuple[Tensor, Tensor | None]] = field(default_factory=list, repr=False, compare=False)

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        assert isinstance(self.rows, Window)
        assert isinstance(self.cols, Window)
        made = self._blocks(maps[0], (self.rows.padding, self.cols.padding))
        return Convolution.whole(self, maps) if made is None else made

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        sides = (cols.before, cols.after, rows.before, rows.after)
        made = self._blocks(F.pad(maps[0], sides) if any(sides) else maps[0], (0, 0))
        return Convolution.run(self, maps, rows, cols) if made is None else made

    def _blocks(self, x: Tensor, padding: tuple[int, int]) -> Tensor | None:
        """What is made of maps with so many zeros above and below, left and right; None where blocks leave some over.

        Where they leave none, what a window sees beyond the filter is nothing, times what is there.
        """
        sizes = zip(x.shape[2:], padding, self.weight.shape[2:], strict=True)
        if any((size + 2 * beyond - taps + 1) % BLOCK for size, beyond, taps in sizes):
            return None
        if not self._spread:
            self._spread.append(self._filters())
        weight, bias = self._spread[0]
        return F.pixel_shuffle(F.conv2d(x, weight, bias, BLOCK, padding), BLOCK)

    def _filters(self) -> tuple[Tensor, Tensor | None]:
        """The filters (K·4, C, h + 1, w + 1) and biases of a block, as pixels are laid out again."""
        outside, inside, high, wide = self.weight.shape
        more = BLOCK - 1
        spread = self.weight.new_zeros(outside, BLOCK, BLOCK, inside, high + more, wide + more)
        for down in range(BLOCK):
            for across in range(BLOCK):
                spread[:, down, across, :, down : down + high, across : across + wide] = self.weight
        bias = None if self.bias is None else self.bias.repeat_interleave(BLOCK**2)
        return spread.flatten(0, 2).contiguous(memory_format=torch.channels_last), bias


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiled(Convolution):
    """A 3×3 convolution over tiles of 4×4 pixels: 36 products of matrices instead of 144 products a pixel pair."""

    _turned: list[Tensor] = field(default_factory=list, repr=False, compare=False)

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage: (N, C, H, W) → (N, K, H', W'), channels last."""
        assert isinstance(self.rows, Window)
        assert isinstance(self.cols, Window)
        down, across = self.rows.padding, self.cols.padding
        made = self._filtered(maps[0], (across, across, down, down))
        return Convolution.whole(self, maps) if made is None else made

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage; tiles begin where the part begins."""
        made = self._filtered(maps[0], (cols.before, cols.after, rows.before, rows.after))
        return Convolution.run(self, maps, rows, cols) if made is None else made

    def _filtered(self, x: Tensor, sides: tuple[int, int, int, int]) -> Tensor | None:
        """Maps with so many zeros left, right, above and below; None for those that are too small."""
        left, right, above, below = sides
        height, width = x.shape[2] + above + below - 2, x.shape[3] + left + right - 2
        if winograd.tiles_of(height, width) < FEWEST:
            return None
        # Norms are slow on a map that is cut out of a larger one.
        made = winograd.convolved(x, self._weights(), sides).contiguous(memory_format=torch.channels_last)
        return made if self.bias is None else made.add_(self.bias[:, None, None])

    def _weights(self) -> Tensor:
        """The weights as tiles want them, (36, C, K), made when they are first needed."""
        if not self._turned:
            # In this order products are a fifth quicker, which for a single use would not pay.
            self._turned.append(winograd.turned(self.weight).contiguous())
        return self._turned[0]

"""Quick: a graph of stages with the arithmetic that a processor does fastest, for pictures that go whole.

Three things, and the result moves by less than a hundredth of a level of 255. Maps lie channels last, which
convolutions prefer. Norms leave them so. And wide 3×3 convolutions are computed in tiles by Winograd's minimal
filtering, with a quarter of the multiplications.

Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.3, F(4×4, 3×3).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.networks.reaches import Window
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Stage

SIDE, REACH = 4, 6  # Pixels of a tile that come out, and that are looked at.
TILES = 256  # At once: what they become stays near the processor.
WIDE = 128  # Channels, in and out, from which on turning into tiles and back costs less than it spares.
FEWEST = 64  # Tiles of a map, below which reading the weights, four times as many, costs more.


def quickened(graph: Graph, *, tiled: bool = True) -> Graph:
    """The same network for a processor and whole maps in float32.

    Args:
        graph: The network.
        tiled: Whether there is memory for weights as tiles want them: four times as much as the weights take.
    """
    nodes = (dataclasses.replace(node, stage=_quick(node.stage, tiled=tiled)) for node in graph.nodes)
    return Graph(tuple(nodes))


def _quick(stage: Stage, *, tiled: bool) -> Stage:
    if isinstance(stage, InstanceNorm):
        return Norm(stage.rows, stage.cols, weight=stage.weight, bias=stage.bias, eps=stage.eps)
    if tiled and isinstance(stage, Convolution) and _fits(stage):
        return Tiled(**{one.name: getattr(stage, one.name) for one in dataclasses.fields(Convolution)})
    return stage


def _fits(stage: Convolution) -> bool:
    plain = not stage.transposed and (stage.stride, stage.dilation, stage.groups) == ((1, 1), (1, 1), 1)
    return plain and stage.weight.shape[2:] == (3, 3) and min(stage.weight.shape[:2]) >= WIDE


@dataclass(frozen=True, slots=True)
class Norm(InstanceNorm):
    """An instance norm that leaves a map in its layout, where torch's own would copy it there and back."""

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage; of a single picture, batch norm and instance norm are one."""
        each = [F.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.eps) for x in maps[0].split(1)]
        return each[0] if len(each) == 1 else torch.cat(each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiled(Convolution):
    """A 3×3 convolution over tiles of 4×4 pixels: 36 products of matrices instead of 144 products a pixel pair."""

    _turned: list[Tensor] = field(default_factory=list, repr=False, compare=False)

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage: (N, C, H, W) → (N, K, H', W'), channels last."""
        x = maps[0]
        assert isinstance(self.rows, Window)
        assert isinstance(self.cols, Window)
        down, across = self.rows.padding, self.cols.padding
        height, width = x.shape[2] + 2 * down - 2, x.shape[3] + 2 * across - 2
        high, wide = -(-height // SIDE), -(-width // SIDE)
        if high * wide < FEWEST:
            return Convolution.whole(self, maps)
        more = (across, across + wide * SIDE - width, down, down + high * SIDE - height)
        x = (F.pad(x, more) if any(more) else x).contiguous(memory_format=torch.channels_last)
        made = torch.empty(len(x), high * SIDE, wide * SIDE, self.weight.shape[0])
        rows = max(1, TILES // wide)
        for one, picture in zip(made, x, strict=True):  # Each by itself, so that company changes no bit.
            for top in range(0, high, rows):
                count = min(rows, high - top)
                tiles = self._tiles(picture, top, count, wide)
                one[top * SIDE : (top + count) * SIDE].view(count, SIDE, wide, SIDE, -1).copy_(tiles)
        if self.bias is not None:
            made += self.bias
        return made[:, :height, :width].permute(0, 3, 1, 2)

    def _tiles(self, picture: Tensor, top: int, count: int, wide: int) -> Tensor:
        """Some rows of tiles of a picture (C, H, W), channels last: (count, 4, wide, 4, K)."""
        into, _, back = _matrices()
        channel, down, across = picture.stride()
        size = (REACH, REACH, count, wide, len(picture))
        place = picture.storage_offset() + top * SIDE * down
        seen = picture.as_strided(size, (down, across, SIDE * down, SIDE * across, channel), place)
        turned = (into @ seen.reshape(REACH * REACH, -1)).view(REACH * REACH, -1, len(picture))
        made = back @ torch.bmm(turned, self._weights()).view(REACH * REACH, -1)
        return made.view(SIDE, SIDE, count, wide, -1).permute(2, 0, 3, 1, 4)

    def _weights(self) -> Tensor:
        """The weights as tiles want them, (36, C, K), made when they are first needed."""
        if not self._turned:
            rows = self.weight.permute(2, 3, 1, 0).reshape(9, -1)
            self._turned.append((_matrices()[1] @ rows).view(REACH * REACH, self.weight.shape[1], -1))
        return self._turned[0]


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

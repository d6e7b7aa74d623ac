"""Quick: stages with the arithmetic that a processor does fastest, for pictures that go whole and for their parts.

Three things, and the result moves by less than a hundredth of a level of 255. Maps lie channels last, which
convolutions prefer. Norms leave them so. And wide 3×3 convolutions are computed in tiles, with a quarter of the
multiplications.
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
    return in_tiles(stage) if tiled else stage


def in_tiles(stage: Stage) -> Stage:
    """The same stage, in tiles where that is quicker."""
    if not _fits(stage):
        return stage
    return Tiled(**{one.name: getattr(stage, one.name) for one in dataclasses.fields(Convolution)})


def bytes_in_tiles(stages: Iterable[Stage]) -> int:
    """What tiles take beside these stages' maps and their weights as they are: weights as tiles want them, and tiles.

    Those that are computed at once are there twice, before and behind a product.
    """
    shapes = [stage.weight.shape[:2] for stage in stages if _fits(stage)]
    numbers = sum(map(math.prod, shapes)) + 2 * winograd.TILES * max(map(max, shapes), default=0)
    return winograd.REACH**2 * numbers * torch.float32.itemsize


def _fits(stage: Stage) -> TypeGuard[Convolution]:
    if not isinstance(stage, Convolution) or stage.weight.dtype != torch.float32:
        return False
    plain = not stage.transposed and (stage.stride, stage.dilation, stage.groups) == ((1, 1), (1, 1), 1)
    return plain and stage.weight.shape[2:] == (3, 3) and min(stage.weight.shape[:2]) >= winograd.WIDE


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
        if winograd.tiles_of(height, width) < winograd.FEWEST:
            return None
        made = winograd.convolved(x, self._weights(), sides)
        return made if self.bias is None else made.add_(self.bias[:, None, None])

    def _weights(self) -> Tensor:
        """The weights as tiles want them, (36, C, K), made when they are first needed."""
        if not self._turned:
            self._turned.append(winograd.turned(self.weight))
        return self._turned[0]

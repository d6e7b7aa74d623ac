"""Stages: what networks that turn pictures into pictures are made of, and what feeds what.

A stage can be run on a part of a map, given just the inputs that this part needs; `networks.reaches` says which they
are. Whoever runs a network in parts goes by its graph of stages, which `networks.describing` takes down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.networks.reaches import Axis, Padded, Plain, Reach, Spread, Window

PLAIN = Plain()


@dataclass(frozen=True, slots=True)
class Stage:
    """Something done to one map or to several.

    Attributes:
        rows: Its geometry down the map.
        cols: Its geometry across.
    """

    rows: Axis = PLAIN
    cols: Axis = PLAIN

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """Do it to parts of maps (1, C, h, w) that are just what the reaches say; `skip` is left to the caller."""
        raise NotImplementedError

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """Do it to whole maps, by the very calls that the network makes itself."""
        everything = Reach(0, 0)
        return self.run(maps, everything, everything)

    def work(self, channels: int) -> float:
        """About how many multiplications one pixel of the output, of so many channels, takes."""
        return channels

    def in_halves(self) -> Stage:
        """The same in bfloat16, where that is quicker; what comes out is float32 all the same."""
        return self

    def in_place(self) -> Stage | None:
        """The same written over its first map, of the same size, which nobody needs any more; None if there is none."""
        return None

    @property
    def copies(self) -> bool:
        """Whether what comes out never lies where something lies that goes in."""
        return False


@dataclass(frozen=True, slots=True)
class Pointwise(Stage):
    """A function that goes pixel by pixel: activations, sums, what a batch norm does in use, concatenation.

    Attributes:
        function: What is done.
        over: The same, written over the first map; None where that is not known.
    """

    function: Callable[..., Tensor] = torch.clone
    over: Callable[..., Tensor] | None = None

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        return self.function(*maps)

    def in_place(self) -> Stage | None:
        """As Stage."""
        return None if self.over is None else replace(self, function=self.over)

    @property
    def copies(self) -> bool:
        """As Stage."""
        return True


@dataclass(frozen=True, slots=True)
class InstanceNorm(Stage):
    """Normalises each channel by its mean and variance over the whole map, which nobody knows before all is seen."""

    weight: Tensor | None = None
    bias: Tensor | None = None
    eps: float = 1e-5

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        return F.instance_norm(maps[0], weight=self.weight, bias=self.bias, eps=self.eps)

    @property
    def copies(self) -> bool:
        """As Stage."""
        return True

    def known(self, mean: Tensor, variance: Tensor) -> Stage:
        """The same with the statistics (C,) of its map given, which goes pixel by pixel."""

        def normalise(x: Tensor) -> Tensor:
            return F.batch_norm(x, mean, variance, self.weight, self.bias, False, 0.0, self.eps)

        return Pointwise(function=normalise)


@dataclass(frozen=True, slots=True)
class Pad(Stage):
    """Makes up pixels around a map."""

    border: str = "constant"
    value: float = 0.0

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        sides = (cols.before, cols.after, rows.before, rows.after)
        if not any(sides):
            return maps[0]
        return self._padded(maps[0], sides)

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        return self._padded(maps[0], self._sides)

    @property
    def copies(self) -> bool:
        """As Stage."""
        return any(self._sides)

    @property
    def _sides(self) -> tuple[int, int, int, int]:
        assert isinstance(self.rows, Padded)
        assert isinstance(self.cols, Padded)
        return self.cols.before, self.cols.after, self.rows.before, self.rows.after

    def _padded(self, x: Tensor, sides: tuple[int, int, int, int]) -> Tensor:
        return F.pad(x, sides, mode=self.border, value=self.value if self.border == "constant" else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution(Stage):
    """A convolution, or a transposed one."""

    weight: Tensor
    bias: Tensor | None
    stride: tuple[int, int]
    dilation: tuple[int, int]
    groups: int
    transposed: bool = False

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        x = maps[0]
        if self.transposed:
            made = F.conv_transpose2d(
                x.to(self.weight.dtype), self.weight, self.bias, self.stride, 0, 0, self.groups, self.dilation
            )
            return made.float()
        sides = (cols.before, cols.after, rows.before, rows.after)
        if any(sides):
            x = F.pad(x, sides)
        x = x.to(self.weight.dtype)
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups).float()

    def work(self, channels: int) -> float:
        """As Stage."""
        taps = self.weight[0, 0].numel() / (self.stride[0] * self.stride[1] if self.transposed else 1)
        return (
            channels * taps * (self.weight.shape[0 if self.transposed else 1] / (self.groups if self.transposed else 1))
        )

    def whole(self, maps: Sequence[Tensor]) -> Tensor:
        """As Stage."""
        rows, cols = self.rows, self.cols
        if isinstance(rows, Spread) and isinstance(cols, Spread):
            sides, more = (rows.padding, cols.padding), (rows.more, cols.more)
            return F.conv_transpose2d(
                maps[0], self.weight, self.bias, self.stride, sides, more, self.groups, self.dilation
            )
        assert isinstance(rows, Window)
        assert isinstance(cols, Window)
        sides = (rows.padding, cols.padding)
        return F.conv2d(maps[0], self.weight, self.bias, self.stride, sides, self.dilation, self.groups)

    @property
    def copies(self) -> bool:
        """As Stage."""
        return True

    def in_halves(self) -> Stage:
        """As Stage."""
        bias = None if self.bias is None else self.bias.to(torch.bfloat16)
        return replace(self, weight=self.weight.to(torch.bfloat16), bias=bias)


@dataclass(frozen=True, slots=True)
class Resize(Stage):
    """Enlarges a map by a whole factor."""

    factors: tuple[int, int] = (1, 1)
    mode: str = "nearest"

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        aligned = None if self.mode == "nearest" else False
        return F.interpolate(maps[0], scale_factor=self.factors, mode=self.mode, align_corners=aligned)


@dataclass(frozen=True, slots=True)
class Shuffle(Stage):
    """Turns channels into pixels."""

    factor: int = 2

    def run(self, maps: Sequence[Tensor], rows: Reach, cols: Reach) -> Tensor:
        """As Stage."""
        return F.pixel_shuffle(maps[0], self.factor)


@dataclass(frozen=True, slots=True)
class Node:
    """One stage in its place.

    Attributes:
        stage: What is done.
        sources: Numbers of the nodes whose maps it is done to.
        channels: Of the map that comes out.
    """

    stage: Stage
    sources: tuple[int, ...]
    channels: int


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as nodes, each after those that feed it; node 0 is the picture and the last node the result."""

    nodes: tuple[Node, ...]

    def sizes(self, height: int, width: int) -> tuple[tuple[int, int], ...]:
        """Height and width of every node's map for a picture of this size."""
        known = [(height, width)]
        for node in self.nodes[1:]:
            rows, cols = known[node.sources[0]]
            known.append((node.stage.rows.extent(rows), node.stage.cols.extent(cols)))
        return tuple(known)

    def works(self, sizes: Sequence[tuple[int, int]]) -> tuple[float, ...]:
        """About how many multiplications each node takes for maps of these sizes."""
        found = [0.0]
        for node, (height, width) in zip(self.nodes[1:], sizes[1:], strict=True):
            # Reading and writing a number counts like a few.
            found.append(height * width * (node.stage.work(node.channels) + 4 * node.channels))
        return tuple(found)

    def last_users(self) -> dict[int, int]:
        """Node → the last one that its map goes into."""
        return {source: number for number, node in enumerate(self.nodes) for source in node.sources}

    def in_place(self) -> Graph:
        """The same, where stages write over maps that nobody needs any more, but never over the picture itself.

        New memory has to be made ready by the system first, which takes longer than such a stage.
        """
        last, nodes = self.last_users(), list(self.nodes)
        owned = [node.stage.copies for node in nodes]  # Maps that no other lies in.
        for node in nodes:
            if not node.stage.copies:
                for source in node.sources:
                    owned[source] = False
        for number, node in enumerate(nodes[1:], start=1):
            first = node.sources[0]
            alone = owned[first] and last[first] == number and node.sources.count(first) == 1
            over = node.stage.in_place() if alone and nodes[first].channels == node.channels else None
            if over is not None:
                nodes[number] = replace(node, stage=over)
        return Graph(tuple(nodes))

    def in_halves(self) -> Graph:
        """The same with convolutions in bfloat16."""
        return Graph(tuple(replace(node, stage=node.stage.in_halves()) for node in self.nodes))

"""Reaches: which inputs a stretch of outputs needs, along one axis of a map.

All stages of a network are the same along rows and columns but for their numbers, so the geometry of tiles is two
one-dimensional sums. A border is made only where a stretch meets the true border of the map; everywhere else its
neighbours are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Border: TypeAlias = Literal["reflect", "replicate", "constant"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a stage reads to give a stretch of outputs.

    Attributes:
        low: First input.
        high: Behind the last input.
        before: Inputs to make up before the first, at a true border.
        after: Inputs to make up behind the last.
        skip: Outputs that come out before those that are wanted.
    """

    low: int
    high: int
    before: int = 0
    after: int = 0
    skip: int = 0


class Axis(Protocol):
    """The geometry of a stage along one axis."""

    def extent(self, size: int) -> int:
        """How many outputs come of `size` inputs."""

    def reach(self, low: int, high: int, size: int) -> Reach:
        """What outputs `low` to `high` (behind the last) read of `size` inputs."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Each output comes of the input at its place."""

    def extent(self, size: int) -> int:
        """As the protocol."""
        return size

    def reach(self, low: int, high: int, size: int) -> Reach:
        """As the protocol."""
        return Reach(low, high)


@dataclass(frozen=True, slots=True)
class Padded:
    """Inputs made up around the map."""

    before: int
    after: int
    border: Border

    def extent(self, size: int) -> int:
        """As the protocol."""
        return size + self.before + self.after

    def reach(self, low: int, high: int, size: int) -> Reach:
        """As the protocol; reflection needs the inputs that it mirrors."""
        first, last = low - self.before, high - self.before
        begin, end = max(0, min(first, size - 1)), min(size, max(last, 1))
        before, after = max(0, -first), max(0, last - size)
        if self.border == "reflect":
            end = max(end, 1 + before) if before else end
            begin = min(begin, size - 1 - after) if after else begin
        return Reach(begin, end, before, after, first - (begin - before))


@dataclass(frozen=True, slots=True)
class Window:
    """A convolution: each output sees a window of inputs, and nothing beyond the map."""

    kernel: int
    stride: int
    padding: int
    dilation: int

    @property
    def width(self) -> int:
        """Inputs from the first to the last that a window sees."""
        return self.dilation * (self.kernel - 1) + 1

    def extent(self, size: int) -> int:
        """As the protocol."""
        return (size + 2 * self.padding - self.width) // self.stride + 1

    def reach(self, low: int, high: int, size: int) -> Reach:
        """As the protocol."""
        first, last = low * self.stride - self.padding, (high - 1) * self.stride - self.padding + self.width
        begin, end = max(0, first), min(size, last)
        return Reach(begin, end, begin - first, last - end)


@dataclass(frozen=True, slots=True)
class Spread:
    """A transposed convolution: each input is spread over a window of outputs."""

    kernel: int
    stride: int
    padding: int
    more: int
    dilation: int

    @property
    def width(self) -> int:
        """Outputs from the first to the last that an input reaches."""
        return self.dilation * (self.kernel - 1) + 1

    def extent(self, size: int) -> int:
        """As the protocol."""
        return (size - 1) * self.stride - 2 * self.padding + self.width + self.more

    def reach(self, low: int, high: int, size: int) -> Reach:
        """As the protocol."""
        begin = max(0, -((self.width - 1 - low - self.padding) // self.stride))
        end = min(size, (high - 1 + self.padding) // self.stride + 1)
        return Reach(begin, end, skip=low - (begin * self.stride - self.padding))


@dataclass(frozen=True, slots=True)
class Enlarged:
    """Resizing to a whole multiple.

    Attributes:
        factor: How many outputs come of an input.
        halo: Inputs beyond its own that an output sees to either side.
    """

    factor: int
    halo: int = 0

    def extent(self, size: int) -> int:
        """As the protocol."""
        return size * self.factor

    def reach(self, low: int, high: int, size: int) -> Reach:
        """As the protocol."""
        begin = max(0, low // self.factor - self.halo)
        end = min(size, (high - 1) // self.factor + 1 + self.halo)
        return Reach(begin, end, skip=low - begin * self.factor)

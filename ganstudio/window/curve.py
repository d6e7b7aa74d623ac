"""Curves of any length that are drawn in as many points as there is room for, and no spike is ever lost.

No Qt here. A curve is a value: adding a point gives another curve, and the one before stays what it was. Both are the
beginning of the same columns, which only grow, so that a curve takes room for its points once, however many there were
on the way. Over the columns stands a pyramid: for blocks of 16, 32, 64, … points where the lowest and the highest are,
and what all sum up to. It grows with the columns, so that a stretch of any length is drawn by looking at about as many
blocks as there are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[Any]

LONGEST = 1 << 20
"""Points; a curve that has more keeps the lowest and the highest of every four, and goes on."""

STRETCH = 1 << 12
"""Points of which the lowest and highest are picked out at once, while a curve grows towards the longest."""

BLOCK = 16
SPARE = 1 << 14
"""Numbers that a long column has room for beyond its own, at least; no more than an eighth of it in all."""

AHEAD = 1 << 16
"""From so many numbers on, a column that grows one by one gets room for all it may ever have: a place is no memory
before something lies in it, and no frame waits for a million numbers to move."""

WIDTH = 1000
"""Blocks that a drawing shows where nobody knows of how many pixels."""


class Point(NamedTuple):
    """One value of a curve."""

    step: int
    value: float


class Line(NamedTuple):
    """Points to draw, as columns of the same length, by step."""

    steps: Numbers
    values: Numbers

    def points(self) -> list[Point]:
        """The same one by one."""
        return [Point(step, value) for step, value in zip(self.steps.tolist(), self.values.tolist(), strict=True)]

    def nearest(self, step: float) -> Point:
        """The point whose step is nearest; there is at least one."""
        place = int(np.abs(self.steps - step).argmin())
        return Point(int(self.steps[place]), float(self.values[place]))


class _Column:
    """Numbers that are added at the end, in a place that becomes a larger one when it is full."""

    __slots__ = ("_room", "used")

    def __init__(self, data: Numbers, used: int | None = None) -> None:
        self._room, self.used = data, len(data) if used is None else used

    @property
    def data(self) -> Numbers:
        """All of them."""
        return self._room[: self.used]

    def append(self, value: float) -> None:
        """Add one."""
        if self.used == len(self._room):
            self._make_room(LONGEST + 1 - self.used if self.used >= AHEAD else 1)
        self._room[self.used] = value
        self.used += 1

    def extend(self, values: Numbers) -> None:
        """Add many."""
        if self.used + len(values) > len(self._room):
            self._make_room(len(values))
        self._room[self.used : self.used + len(values)] = values
        self.used += len(values)

    def _make_room(self, count: int) -> None:
        spare = min(self.used, max(SPARE, self.used // 8))
        room = np.empty(self.used + max(2 * BLOCK, spare, count), self._room.dtype)
        room[: self.used] = self.data
        self._room = room


class _Level:
    """One floor of the pyramid: of each block the places of its lowest and highest point, and its sum."""

    __slots__ = ("high", "low", "total")

    def __init__(self) -> None:
        self.low, self.high = _Column(np.empty(0, np.int32)), _Column(np.empty(0, np.int32))
        self.total = _Column(np.empty(0, np.float64))

    def extend(self, low: Numbers, high: Numbers, total: Numbers) -> None:
        """Add blocks."""
        self.low.extend(low)
        self.high.extend(high)
        self.total.extend(total)


class Columns:
    """What curves share: steps, values, and the pyramid over them. They only grow.

    Args:
        steps: Of every point so far, never falling.
        values: As many.
    """

    __slots__ = ("halved", "levels", "steps", "values")

    def __init__(self, steps: Numbers | Sequence[int] = (), values: Numbers | Sequence[float] = ()) -> None:
        self.steps, self.values = _Column(np.asarray(steps, np.int64)), _Column(np.asarray(values, np.float64))
        self.levels: list[_Level] = []
        self.halved: Columns | None = None

    def halve(self, last: int, least: int = 1) -> Columns:
        """The lowest and highest of every four of the first `last` points; fewer while less than `least` are missing.

        Curves that are too long go on with it. It is made a stretch at a time, so that no frame waits for a million
        points.
        """
        if self.halved is None:
            self.halved = Columns()
            self.halved.steps = _Column(np.empty(LONGEST + 1, np.int64), used=0)
            self.halved.values = _Column(np.empty(LONGEST + 1, np.float64), used=0)
        first, last = 2 * self.halved.values.used, last - last % 4
        if last - first >= least:
            blocks = self.values.data[first:last].reshape(-1, 4)
            ends = np.sort(np.stack([blocks.argmin(axis=1), blocks.argmax(axis=1)], axis=1), axis=1)
            places = (ends + np.arange(first, last, 4)[:, None]).ravel()
            self.halved.steps.extend(self.steps.data[places])
            self.halved.values.extend(self.values.data[places])
            self.halved.level(BLOCK)  # The floor that takes long; the others are soon built on it.
        return self.halved

    def level(self, width: int) -> _Level:
        """The floor of blocks of `width` points, up to date with all whole blocks."""
        at = (width // BLOCK).bit_length() - 1
        if at < len(self.levels) and self.levels[at].total.used == self.values.used // width:
            return self.levels[at]  # Nearly always: most points begin no block.
        while len(self.levels) <= at:
            self.levels.append(_Level())
        self._grow_first()
        for below, level in zip(self.levels[:at], self.levels[1 : at + 1], strict=True):
            self._grow(level, below)
        return self.levels[at]

    def _grow_first(self) -> None:
        level = self.levels[0]
        done, whole = level.low.used, self.values.used // BLOCK
        if whole == done:
            return
        blocks = self.values.data[done * BLOCK : whole * BLOCK].reshape(-1, BLOCK)
        begin = np.arange(done, whole) * BLOCK
        level.extend(begin + blocks.argmin(axis=1), begin + blocks.argmax(axis=1), blocks.sum(axis=1))

    def _grow(self, level: _Level, below: _Level) -> None:
        done, whole = level.low.used, below.low.used // 2
        if whole == done:
            return
        values, pairs = self.values.data, slice(2 * done, 2 * whole)
        low, high = below.low.data[pairs].reshape(-1, 2), below.high.data[pairs].reshape(-1, 2)
        level.extend(
            np.where(values[low[:, 1]] < values[low[:, 0]], low[:, 1], low[:, 0]),
            np.where(values[high[:, 1]] > values[high[:, 0]], high[:, 1], high[:, 0]),
            below.total.data[pairs].reshape(-1, 2).sum(axis=1),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One loss term over the steps.

    Attributes:
        columns: What it shares with the curves it comes from and those that come from it.
        size: How many points of that are its own.
    """

    columns: Columns = field(default_factory=Columns)
    size: int = 0

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Whether it says the same."""
        return (
            isinstance(other, Curve)
            and np.array_equal(self.steps, other.steps)
            and np.array_equal(self.values, other.values)
        )

    @property
    def steps(self) -> Numbers:
        """Of every point kept, int64."""
        return self.columns.steps.data[: self.size]

    @property
    def values(self) -> Numbers:
        """Of every point kept, float64."""
        return self.columns.values.data[: self.size]

    def plus(self, step: int, value: float) -> Curve:
        """The curve with one more point; what comes again, such as after a return, takes the place of what was."""
        if self.size and step < self.columns.steps.data[self.size - 1]:
            return self.until(step).plus(step, value)
        columns = self._own()
        columns.steps.append(step)
        columns.values.append(value)
        return _bounded(Curve(columns, self.size + 1))

    def extended(self, steps: Numbers, values: Numbers) -> Curve:
        """The curve with many more points, whose steps never fall; the same as adding one after the other."""
        if len(steps) and self.size and steps[0] < self.steps[-1]:
            return self.until(steps[0]).extended(steps, values)
        if len(steps) > (room := LONGEST + 1 - self.size):
            return self.extended(steps[:room], values[:room]).extended(steps[room:], values[room:])
        columns = self._own()
        columns.steps.extend(steps)
        columns.values.extend(values)
        return _bounded(Curve(columns, self.size + len(steps)))

    def until(self, step: int) -> Curve:
        """The curve without what came after `step`, for a run that went back to a checkpoint."""
        return Curve(self.columns, int(np.searchsorted(self.steps, step, side="right")))

    def prepared(self) -> Curve:
        """The same, its pyramid built: a tenth of a second for a million points, which need not be the window's."""
        self.columns.level(max(BLOCK, 1 << max(0, self.size.bit_length() - 1)))
        return self

    def points(self, span: tuple[float, float] | None = None, width: int = WIDTH) -> Line:
        """Lowest and highest point of each of at most `width` blocks, in the order they happened, and both ends.

        Args:
            span: First and last step to be seen; None for all. One block at each side is drawn beyond, so that lines
                reach the edge.
            width: How many blocks there is room for, such as pixels.
        """
        first, last, block = self._blocks(span, width)
        if block == 1:
            return Line(self.steps[first:last], self.values[first:last])
        low, high = self._ends(first, last, block)
        places = np.empty(2 * len(low) + 2, np.intp)
        places[0], places[-1] = first, last - 1
        np.minimum(low, high, out=places[1:-1:2])
        np.maximum(low, high, out=places[2:-1:2])
        if len(again := np.flatnonzero(places[1:] == places[:-1])):
            places = np.delete(places, again)
        return Line(self.steps.take(places), self.values.take(places))

    def means(self, span: tuple[float, float] | None = None, width: int = WIDTH) -> Line:
        """The mean of each of at most `width` blocks at the middle of its steps, for smoothing."""
        first, last, block = self._blocks(span, width)
        if block == 1:
            return Line(self.steps[first:last], self.values[first:last])
        ends = np.arange(first + block, last + block, block)
        totals, counts = self._totals(first, last, block), np.full(len(ends), block)
        ends[-1], counts[-1] = last, last - ends[-1] + block
        return Line((self.steps[first:last:block] + self.steps.take(ends - 1)) // 2, totals / counts)

    def lowest(self) -> float | None:
        """Its smallest value; None while there is none."""
        return float(self.values.min()) if self.size else None

    def _blocks(self, span: tuple[float, float] | None, width: int) -> tuple[int, int, int]:
        """First place, place behind the last, and points a block for drawing this span."""
        first, last = 0, self.size
        if span is not None:
            # Whole numbers: for others numpy would turn the whole column into such.
            first = max(0, int(np.searchsorted(self.steps, math.floor(span[0]))) - 1)
            last = min(self.size, int(np.searchsorted(self.steps, math.ceil(span[1]), side="right")) + 1)
        block = 1
        while (last - first) > 2 * width and (last - first) > block * width:
            block *= 2
        beyond = block if block > 1 and span is not None else 0
        return max(0, first - first % block - beyond), min(self.size, last + -last % block + beyond), block

    def _ends(self, first: int, last: int, block: int) -> tuple[Numbers, Numbers]:
        """Places of the lowest and the highest point of each block from `first`, a whole one."""
        whole = last - last % block
        rest = self.values[whole:last]
        low, high = np.empty((2, (whole - first) // block + bool(len(rest))), np.int32)
        done = slice(len(low) - bool(len(rest)))
        if block < BLOCK:
            begin, blocks = np.arange(first, whole, block), self.values[first:whole].reshape(-1, block)
            low[done], high[done] = begin + blocks.argmin(axis=1), begin + blocks.argmax(axis=1)
        else:
            level, there = self.columns.level(block), slice(first // block, whole // block)
            low[done], high[done] = level.low.data[there], level.high.data[there]
        if len(rest):
            low[-1], high[-1] = whole + rest.argmin(), whole + rest.argmax()
        return low, high

    def _totals(self, first: int, last: int, block: int) -> Numbers:
        """What each block from `first`, a whole one, sums up to."""
        whole = last - last % block
        if block < BLOCK:
            totals: Numbers = self.values[first:whole].reshape(-1, block).sum(axis=1)
        else:
            totals = self.columns.level(block).total.data[first // block : whole // block]
        return totals if whole == last else np.append(totals, self.values[whole:last].sum())

    def _own(self) -> Columns:
        """Columns that end where this curve does: the shared ones, or a copy where another curve went on from here."""
        columns = self.columns
        if columns.values.used == self.size:
            return columns
        return Columns(self.steps.copy(), self.values.copy())


def _bounded(curve: Curve) -> Curve:
    columns, size = curve.columns, curve.size
    if size <= LONGEST:
        if 2 * size > LONGEST:  # In its second half all is halved, so that nothing is left to do at its end.
            columns.halve(2 * size - LONGEST, STRETCH)
        return curve
    halved, columns.halved = columns.halve(size), None
    halved.steps.extend(curve.steps[size - size % 4 :])
    halved.values.extend(curve.values[size - size % 4 :])
    return Curve(halved, halved.values.used)

"""Passes: in which sweeps a network goes over a picture that is too large for memory, and what is kept between them.

An instance norm must have seen the whole map before it can change any of it, so the network is cut there: a pass goes
up to the next norm, gathers its statistics, and the next one begins from what was kept. Only coarse maps are kept, the
picture itself, and nothing else; finer ones are wide, and are made anew from those. A network without such norms is one
pass, or a few where tiles would otherwise be mostly halo.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ganstudio.networks.reaches import Reach
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Pointwise
from ganstudio.networks.winograd import SIDE

FLOAT = 4  # Bytes.
COARSE = (4, 2)  # Maps are kept when so many pixels of the result, along an axis, share one of theirs;
WORTH = 0.1  # the finer ones only where that saves so much of all work.
SLIM = 4  # And when they hold so many times fewer numbers than the widest.
WASTE = 1.12  # More work than without halos, as a factor, before a pass is cut where no norm asks for it.
HALO = 1.15  # The same, before tiles are made larger than is good for the cache.


@dataclass(frozen=True, slots=True)
class Pass:
    """One sweep.

    Attributes:
        target: The node that it goes up to.
        reads: Kept maps that it begins from; 0 is the picture.
        order: The nodes it computes, each after those that feed it.
        keeps: Those whose maps are kept for later.
        drops: Kept maps that nobody needs afterwards.
        tile: Rows and columns of the target that are computed at once.
        work: About how many multiplications, with those in halos.
    """

    target: int
    reads: tuple[int, ...]
    order: tuple[int, ...]
    keeps: tuple[int, ...]
    drops: tuple[int, ...]
    tile: tuple[int, int]
    work: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """One axis of a tile: what each node needs of its map, and how its stage gets it."""

    needs: Mapping[int, tuple[int, int]]
    reaches: Mapping[int, Reach]


@dataclass(frozen=True, slots=True)
class Thrift:
    """How much of what may be in memory at once.

    Attributes:
        tile: Bytes of the widest map of a tile; small ones stay in the processor's cache.
        band: Bytes of a band of rows of all kept maps together.
    """

    tile: int = 8 << 20
    band: int = 64 << 20


def stretch(
    graph: Graph, order: Sequence[int], wanted: Mapping[int, tuple[int, int]], sizes: Sequence[int], *, down: bool
) -> Stretch:
    """Go back from what is wanted of some nodes to what is needed of all others, along one axis.

    Args:
        graph: The network.
        order: The nodes to compute; needs end where none of them computes the map.
        wanted: Node → first and last (exclusive) place.
        sizes: Of each node's map along this axis.
        down: Along rows, not columns.
    """
    needs, reaches = dict(wanted), {}
    for number in reversed(order):
        node = graph.nodes[number]
        axis = node.stage.rows if down else node.stage.cols
        reach = axis.reach(*needs[number], sizes[node.sources[0]])
        reaches[number] = reach
        for source in node.sources:
            low, high = needs.get(source, (reach.low, reach.high))
            needs[source] = (min(low, reach.low), max(high, reach.high))
    return Stretch(needs, reaches)


def part(low: int, high: int, size: int, of: int) -> tuple[int, int]:
    """Which places of a map of `size` belong to `low` to `high` of one of size `of`: every place to just one part."""
    return -(-low * size // of), -(-high * size // of)


def plan(
    graph: Graph,
    size: tuple[int, int],
    thrift: Thrift = Thrift(),
    known: Iterable[int] = (),
) -> list[Pass]:
    """Cut a network into passes.

    Args:
        graph: The network.
        size: Height and width of the picture that it gets.
        thrift: How much may be in memory at once.
        known: Nodes whose maps' statistics are known beforehand; no pass ends there for them.
    """
    sizes, given = graph.sizes(*size), frozenset(known)
    found, finer = (_Planner(graph, sizes, thrift, coarse).passes(given) for coarse in COARSE)
    saved = 1 - sum(one.work for one in finer) / sum(one.work for one in found)
    return finer if saved > WORTH else found


def kept_bytes(graph: Graph, size: tuple[int, int], passes: Sequence[Pass]) -> int:
    """The most bytes that kept maps take at any time."""
    sizes = graph.sizes(*size)

    def shape(node: int) -> tuple[int, int, int]:
        return (*sizes[node], graph.nodes[node].channels)

    most, there = 0, set[int]()
    for one in passes:
        there |= set(one.keeps)
        # What is dropped gives its place to a kept map of the same shape.
        free = [shape(node) for node in one.drops]
        spared = 0
        for node in one.keeps:
            if shape(node) in free:
                free.remove(shape(node))
                spared += math.prod(shape(node))
        most = max(most, sum(math.prod(shape(node)) for node in there) - spared)
        there -= set(one.drops)
    return most * FLOAT


class _Planner:
    def __init__(self, graph: Graph, sizes: Sequence[tuple[int, int]], thrift: Thrift, coarse: int) -> None:
        self._graph, self._sizes, self._thrift = graph, sizes, thrift
        self._widest = max(map(self._numbers, range(len(graph.nodes))))
        self._works = graph.works(sizes)
        rows = sizes[-1][0]
        coarsest = max(rows // max(1, height) for height, _ in sizes)
        self._limit = min(coarse, coarsest) if coarsest > 1 else math.inf
        self._users: list[list[int]] = [[] for _ in graph.nodes]
        for number, node in enumerate(graph.nodes):
            for source in node.sources:
                self._users[source].append(number)

    def passes(self, known: frozenset[int]) -> list[Pass]:
        last = len(self._graph.nodes) - 1
        norms = [node.sources[0] for node in self._graph.nodes if isinstance(node.stage, InstanceNorm)]
        found: list[Pass] = []
        kept, seen = frozenset[int](), {0}
        for target in [*dict.fromkeys(norm for norm in norms if norm not in known), last]:
            for end in self._ends(kept, seen, target):
                order, reads = self._way(end, kept)
                seen |= set(order)
                after = self._kept_after(order, kept, seen) if end != last else frozenset[int]()
                tile, waste = self._tile(end, order, reads)
                found.append(
                    Pass(
                        end,
                        tuple(sorted(reads)),
                        order,
                        tuple(sorted(after - kept)),
                        tuple(sorted(kept - after)),
                        tile,
                        waste * sum(self._works[node] for node in order),
                    )
                )
                kept = after
        return found

    def _ends(self, kept: frozenset[int], seen: set[int], target: int) -> list[int]:
        """Where passes end on the way to `target`, for tiles that are not mostly halo."""
        ends: list[int] = []
        kept, seen = frozenset(kept), set(seen)
        while True:
            order, reads = self._way(target, kept)
            if self._tile(target, order, reads)[1] <= WASTE:
                return [*ends, target]
            best = None
            for node in order[:-1]:
                if not self._may_keep(node) or not self._is_convolution(node):
                    continue
                way, begins = self._way(node, kept)
                if best is None or self._tile(node, way, begins)[1] <= WASTE:
                    best = node
            if best is None:
                return [*ends, target]
            ends.append(best)
            order, _ = self._way(best, kept)
            seen |= set(order)
            kept = self._kept_after(order, kept, seen)

    def _way(self, target: int, kept: frozenset[int]) -> tuple[tuple[int, ...], set[int]]:
        """The nodes to compute for `target`, and what they begin from."""
        order, reads, open_ = set[int](), set[int](), [target]
        while open_:
            number = open_.pop()
            if number == 0 or (number in kept and number != target):
                reads.add(number)
            elif number not in order:
                order.add(number)
                open_ += self._graph.nodes[number].sources
        return tuple(sorted(order)), reads

    def _kept_after(self, order: Sequence[int], kept: frozenset[int], seen: set[int]) -> frozenset[int]:
        """What is kept behind a pass through `order`, when everything in `seen` has been computed once.

        That is its target or, where that is too wide, the last map before it that is not.
        """
        slim = [node for node in order if self._may_keep(node) and self._is_convolution(node)]
        if not slim:
            return kept
        end = slim[-1]
        wanted = [node for node in seen if node and not set(self._users[node]) <= seen]
        after = {end}
        again = []
        for node in sorted(wanted):
            if node in kept:
                after.add(node)
            elif not self._may_keep(node):
                again.append(node)
            elif (root := self._root(node, kept | set(wanted))) is not None:
                after.add(root)
            else:
                after.add(node)
        for node in again:
            after |= self._way(node, kept | frozenset(after))[1] - {0}
        return frozenset(after)

    def _root(self, node: int, there: frozenset[int]) -> int | None:
        """The map that `node` is a mere change pixel by pixel of, if that is kept anyway."""
        while True:
            sources, stage = self._graph.nodes[node].sources, self._graph.nodes[node].stage
            if len(sources) != 1 or not isinstance(stage, (Pointwise, InstanceNorm)):
                return None
            node = sources[0]
            if node in there:
                return node

    def _is_convolution(self, node: int) -> bool:
        return isinstance(self._graph.nodes[node].stage, Convolution)

    def _may_keep(self, node: int) -> bool:
        coarse = self._sizes[node][0] * self._limit <= self._sizes[-1][0]
        return coarse and SLIM * self._numbers(node) <= self._widest

    def _numbers(self, node: int) -> int:
        return math.prod(self._sizes[node]) * self._graph.nodes[node].channels

    def _tile(self, target: int, order: Sequence[int], reads: Iterable[int]) -> tuple[tuple[int, int], float]:
        """Rows and columns of a tile, and how much more work its halo makes, as a factor."""
        rows, cols = self._sizes[target]
        channels = {node: self._graph.nodes[node].channels for node in (*order, *reads)}
        share = {node: math.prod(self._sizes[node]) / (rows * cols) for node in channels}
        widest = max(channels[node] * share[node] for node in channels) * FLOAT
        row = sum(channels[node] * math.prod(self._sizes[node]) for node in (*reads, target)) / rows * FLOAT
        step = max(-(-rows // max(1, self._sizes[node][0])) for node in channels)
        for more in (1, 2, 4):
            pixels = max(1.0, more * self._thrift.tile / widest)
            high = _even(rows, min(math.sqrt(pixels), self._thrift.band / row), step)
            tile = (high, _even(cols, pixels / high, step))
            waste = self._waste(target, order, tile)
            if waste <= HALO:
                break
        return tile, waste

    def _waste(self, target: int, order: Sequence[int], tile: tuple[int, int]) -> float:
        """Work of a tile in the middle, with its halo, by its share in the work without."""
        rows, cols = self._sizes[target]
        axes = []
        for axis, (size, side) in enumerate(zip((rows, cols), tile, strict=True)):
            low = (size // 2) // side * side
            wanted = {target: (low, min(size, low + side))}
            found = stretch(self._graph, order, wanted, [both[axis] for both in self._sizes], down=axis == 0)
            axes.append({node: high - low for node, (low, high) in found.needs.items()})
        spent = sum(axes[0][node] * axes[1][node] * self._works[node] / math.prod(self._sizes[node]) for node in order)
        ideal = axes[0][target] * axes[1][target] / (rows * cols) * sum(self._works[node] for node in order)
        return spent / ideal


def _even(size: int, wanted: float, step: int) -> int:
    """A side that divides `size` into equal parts of at most `wanted`, in multiples of `step`.

    Where there is room, also in multiples of what wide convolutions compute at once: theirs begin at the same places
    then as in the whole map, and none is computed for a pixel that nobody asked for.
    """
    aligned = math.lcm(step, SIDE)
    step = aligned if wanted >= aligned else step
    count = math.ceil(size / max(step, wanted // step * step))
    return min(-(-size // step) * step, -(-math.ceil(size / count) // step) * step)

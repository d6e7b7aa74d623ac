"""A sweep: one pass over a picture, in bands of rows and tiles of each band.

A tile is computed from just those inputs that it needs, so nothing is made up inside the picture and the result is the
same as at once. What a pass keeps it may write where the map it was made from lay: a band is written when the next one
has been read, and where no halo is larger than a band, what is read is then still the old map.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from ganstudio.engine.any_size.moments import Moments
from ganstudio.engine.any_size.passes import Pass, Stretch, part, stretch
from ganstudio.engine.any_size.quick import quick_convolution
from ganstudio.engine.any_size.spill import KeptMap, Spill
from ganstudio.networks.reaches import Reach
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Stage

Statistics: TypeAlias = dict[int, tuple[Tensor, Tensor]]
"""Node → mean and variance (C,) of its map."""

Into: TypeAlias = Callable[[int, Tensor], None]
"""Takes a band of rows (h, W, C) and the number of the first."""

_LAST = torch.channels_last


class Picture(Protocol):
    """Where a picture comes from, in the size that the network takes."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""

    def rows(self, low: int, high: int) -> Tensor:
        """(1, C, high - low, W) float32 in [-1, 1]."""


@dataclass(slots=True)
class Works:
    """What all sweeps over one picture share.

    Attributes:
        graph: The network.
        picture: What goes in.
        sizes: Height and width of each node's map.
        device: Where tiles are computed.
        arithmetic: Makes the context of computing; it is never open while others work in this thread.
        spill: Room for kept maps.
        kept: Node → its map.
        tiled: Whether wide convolutions are computed in tiles, and there is room for their weights as these want them.
        statistics: Of the maps before norms.
    """

    graph: Graph
    picture: Picture
    sizes: tuple[tuple[int, int], ...]
    device: torch.device
    arithmetic: Callable[[], AbstractContextManager[None]]
    spill: Spill
    tiled: bool = False
    kept: dict[int, KeptMap] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=dict)


class Sweep:
    """One pass at work.

    Args:
        works: What it shares with the others.
        one: The pass.
        wanted: Height and width of the part of its target that is wanted, from the upper left corner.
    """

    def __init__(self, works: Works, one: Pass, wanted: tuple[int, int]) -> None:
        self._works, self._pass = works, one
        nodes = works.graph.nodes
        self._bands, self._columns = (
            [(low, min(size, low + side)) for low in range(0, size, side)]
            for size, side in zip(wanted, one.tile, strict=True)
        )
        self._width = wanted[1]
        self._down = [self._stretch(edge, down=True) for edge in self._bands]
        self._across = [self._stretch(edge, down=False) for edge in self._columns]
        normed = any(isinstance(node.stage, InstanceNorm) and node.sources[0] == one.target for node in nodes)
        gathers = normed and one.target not in works.statistics
        self._moments = Moments(nodes[one.target].channels) if gathers else None
        self._stages = {number: self._stage(number) for number in one.order}
        # After the last of these nobody in this pass needs the map.
        self._last_user = {source: number for number in one.order for source in nodes[number].sources}

    def run(self, io: Executor, into: Into | None = None) -> Generator[float, None, None]:
        """Go down the picture.

        Args:
            io: One thread that reads and writes, in order.
            into: Is given the target in bands; without it the target is not handed out.

        Yields:
            The share that is done, after each tile.

        Raises:
            OSError: The disk is full.
        """
        one, works = self._pass, self._works
        targets, reused = self._targets()
        reading, writing = io.submit(self._read, self._down[0]), Future[None]()
        writing.set_result(None)
        for number, (low, _) in enumerate(self._bands):
            inputs = reading.result()
            if number + 1 < len(self._bands):
                reading = io.submit(self._read, self._down[number + 1])
            outputs = self._room(number, handed_out=into is not None)
            for tile in range(len(self._columns)):
                with torch.inference_mode(), works.arithmetic():
                    self._tile(inputs, number, tile, outputs)
                yield (number + (tile + 1) / len(self._columns)) / len(self._bands)
            del inputs
            writing.result()
            writing = io.submit(self._write, targets, number, outputs)
            if into is not None:
                into(low, outputs[one.target])
        writing.result()
        for old in one.drops:
            kept = works.kept.pop(old)
            if old not in reused:
                works.spill.drop(kept)
        works.kept.update(targets)
        if self._moments is not None:
            works.statistics[one.target] = self._moments.result()

    def _stretch(self, edge: tuple[int, int], *, down: bool) -> Stretch:
        """Along one axis, what a tile's target and its parts of kept maps need."""
        works, one = self._works, self._pass
        sizes = [both[0 if down else 1] for both in works.sizes]
        wanted = {number: part(*edge, sizes[number], sizes[one.target]) for number in one.keeps}
        wanted = {number: (low, high) for number, (low, high) in wanted.items() if low < high}
        return stretch(works.graph, one.order, wanted | {one.target: edge}, sizes, down=down)

    def _stage(self, number: int) -> Stage:
        """What is done there, a norm by the statistics that are known by now."""
        node, works = self._works.graph.nodes[number], self._works
        if not isinstance(node.stage, InstanceNorm):
            return quick_convolution(node.stage, tiled=works.tiled) if works.device.type == "cpu" else node.stage
        mean, variance = works.statistics[node.sources[0]]
        return node.stage.known(mean.to(works.device), variance.to(works.device))

    def _targets(self) -> tuple[dict[int, KeptMap], set[int]]:
        """Where new maps are written, and which old ones lie there."""
        one, works = self._pass, self._works
        targets: dict[int, KeptMap] = {}
        reused = set[int]()
        for number in one.keeps:
            shape = (*works.sizes[number], works.graph.nodes[number].channels)
            old = next(
                (
                    old
                    for old in one.drops
                    if old not in reused and works.kept[old].shape == shape and self._is_safe(number, old)
                ),
                None,
            )
            if old is None:
                targets[number] = works.spill.keep(*shape)
            else:
                targets[number] = works.kept[old]
                reused.add(old)
        return targets, reused

    def _is_safe(self, new: int, old: int) -> bool:
        """Whether no band reads what the last but one has written."""
        return all(
            old not in later.needs or later.needs[old][0] >= self._rows(new, number)[1]
            for number, later in enumerate(self._down[2:])
        )

    def _rows(self, node: int, band: int) -> tuple[int, int]:
        """Which rows of a node's map belong to a band."""
        return part(*self._bands[band], self._works.sizes[node][0], self._works.sizes[self._pass.target][0])

    def _read(self, rows: Stretch) -> dict[int, Tensor]:
        """The maps (1, C, h, W) that a band begins from; in the thread for that."""
        works, found = self._works, {}
        for number in self._pass.reads:
            if number in rows.needs:
                low, high = rows.needs[number]
                if number:
                    found[number] = works.spill.give(works.kept[number], low, high).permute(2, 0, 1)[None]
                else:
                    found[number] = works.picture.rows(low, high)
        return found

    def _room(self, band: int, *, handed_out: bool) -> dict[int, Tensor]:
        """Empty maps (h, W, C) for what a band gives."""
        works, one = self._works, self._pass
        outputs = {}
        for number in {*one.keeps, one.target} if handed_out else one.keeps:
            low, high = self._rows(number, band)
            width = self._width if number == one.target else works.sizes[number][1]
            outputs[number] = torch.empty(high - low, width, works.graph.nodes[number].channels)
        return outputs

    def _write(self, targets: Mapping[int, KeptMap], band: int, outputs: Mapping[int, Tensor]) -> None:
        for number, kept in targets.items():
            self._works.spill.take(kept, self._rows(number, band)[0], outputs[number])

    def _tile(self, inputs: Mapping[int, Tensor], row: int, col: int, outputs: Mapping[int, Tensor]) -> None:
        """Compute one tile and put what it gives into its place."""
        rows, cols, works = self._down[row], self._across[col], self._works
        maps: dict[int, Tensor] = {}
        for number, value in inputs.items():
            if number in cols.needs:
                low, high = cols.needs[number]
                maps[number] = value[..., low:high].to(works.device).contiguous(memory_format=_LAST)
        for number in self._pass.order:
            if number not in rows.reaches or number not in cols.reaches:
                continue  # Of a coarse map that is kept, not every tile has a part.
            maps[number] = self._step(number, maps, rows, cols)
            if number in outputs:
                self._put(maps[number], number, (row, col), outputs[number])
            for source in works.graph.nodes[number].sources:
                if self._last_user[source] == number:
                    maps.pop(source, None)
        if self._moments is not None:
            self._moments.add(maps[self._pass.target])

    def _step(self, number: int, maps: Mapping[int, Tensor], rows: Stretch, cols: Stretch) -> Tensor:
        """One stage of a tile."""
        node, down, across = self._works.graph.nodes[number], rows.reaches[number], cols.reaches[number]
        seen = [_cut(maps[source], rows.needs[source], cols.needs[source], down, across) for source in node.sources]
        made = self._stages[number].run(seen, down, across)
        (top, bottom), (left, right) = rows.needs[number], cols.needs[number]
        if made.shape[2:] != (bottom - top, right - left):
            made = made[:, :, down.skip : down.skip + bottom - top, across.skip : across.skip + right - left]
        # Norms are slow on maps that do not lie as they expect.
        return made.contiguous(memory_format=_LAST) if isinstance(node.stage, Convolution) else made

    def _put(self, made: Tensor, number: int, tile: tuple[int, int], output: Tensor) -> None:
        """The part of a map that belongs to this tile."""
        sizes, target, (row, col) = self._works.sizes, self._pass.target, tile
        low, high = self._rows(number, row)
        left, right = part(*self._columns[col], sizes[number][1], sizes[target][1])
        if low < high and left < right:
            top, first = self._down[row].needs[number][0], self._across[col].needs[number][0]
            piece = made[0, :, low - top : high - top, left - first : right - first].permute(1, 2, 0)
            output[:, left:right].copy_(piece)


def _cut(value: Tensor, rows: tuple[int, int], cols: tuple[int, int], down: Reach, across: Reach) -> Tensor:
    """Of a map that is there for `rows` and `cols`, what the reaches ask for."""
    if rows == (down.low, down.high) and cols == (across.low, across.high):
        return value
    return value[:, :, down.low - rows[0] : down.high - rows[0], across.low - cols[0] : across.high - cols[0]]

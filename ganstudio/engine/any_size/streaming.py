"""Streaming: a network at work on a picture of any size, exactly and in bounded memory.

The network is cut into `passes`, each a `sweep` over the picture that keeps what the next begins from (`spill`).
Statistics of instance norms are those of the whole picture (`moments`), so the result is that of the whole picture, to
the rounding of single numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import torch

from ganstudio.engine.any_size.passes import Thrift, kept_bytes, plan
from ganstudio.engine.any_size.quick import bytes_in_tiles
from ganstudio.engine.any_size.spill import Spill
from ganstudio.engine.any_size.sweep import Into, Picture, Statistics, Sweep, Works
from ganstudio.networks.stages import Graph

CACHED = 8 << 20
"""Bytes of the widest map of a tile: measured to be quickest on processors."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a translation may use.

    Attributes:
        memory: Bytes of memory for everything.
        device: Where tiles are computed.
        arithmetic: Makes the context of all computing.
        thrift: Sizes of tiles and bands.
        folder: Where maps go that do not fit into memory; None for the cache.
    """

    memory: int
    device: torch.device
    arithmetic: Callable[[], AbstractContextManager[None]]
    thrift: Thrift
    folder: Path | None = None

    @classmethod
    def within(cls, memory: int, device: torch.device, arithmetic: Callable[[], AbstractContextManager[None]]) -> Means:
        """Tiles and bands of the sizes that were measured to be quick, or of less where memory is short."""
        # Tiles on a processor stay in its cache; a graphics card wants to be kept busy.
        widest = CACHED if device.type == "cpu" else 8 * CACHED
        thrift = Thrift(min(widest, max(1 << 20, memory // 96)), min(48 << 20, max(1 << 20, memory // 20)))
        return cls(memory, device, arithmetic, thrift)

    @property
    def for_maps(self) -> int:
        """What is left for maps beside tiles at work and bands that come and go."""
        return max(0, self.memory - 12 * self.thrift.tile - 6 * self.thrift.band)


class Streaming:
    """One network and one picture.

    Args:
        graph: The network.
        picture: What goes in.
        means: What may be used.
        known: Statistics that are taken as given instead of gathered.

    Attributes:
        spill: What is kept, with its figures.
    """

    def __init__(self, graph: Graph, picture: Picture, means: Means, known: Statistics | None = None) -> None:
        self._passes = plan(graph, picture.size, means.thrift, known or ())
        # Weights as tiles want them live as long as a sweep; they come before maps, which may lie in a file.
        weights = max(bytes_in_tiles(graph.nodes[node].stage for node in one.order) for one in self._passes)
        tiled = means.device.type == "cpu" and weights <= means.for_maps
        for_maps = means.for_maps - (weights if tiled else 0)
        self.spill, sizes = Spill(for_maps, means.folder), graph.sizes(*picture.size)
        self._works = Works(
            graph, picture, sizes, means.device, means.arithmetic, self.spill, tiled, statistics=dict(known or {})
        )
        self._last = len(graph.nodes) - 1
        self.filed = max(0, kept_bytes(graph, picture.size, self._passes) - for_maps)
        """Bytes that will go to files."""

    def paint(self, into: Into, height: int, width: int) -> Generator[float, None, None]:
        """Compute the upper left part of the result, and hand it out in bands (h, width, C) from top to bottom.

        Yields:
            The share that is done, after each tile. Closing the generator ends the work and leaves nothing behind.

        Raises:
            OSError: The disk is full.
        """
        yield from self._run((height, width), into)

    def statistics(self) -> Generator[float, None, Statistics]:
        """Compute no result, only the statistics of what goes into the norms; yields as `paint`."""
        yield from self._run(None, None)
        return self._works.statistics

    def _run(self, wanted: tuple[int, int] | None, into: Into | None) -> Generator[float, None, None]:
        works = self._works
        passes = [one for one in self._passes if wanted or one.target != self._last]
        done, total = 0.0, sum(one.work for one in passes)
        try:
            with ThreadPoolExecutor(1, "maps") as io:
                for one in passes:
                    last = one.target == self._last
                    sweep = Sweep(works, one, wanted if last and wanted else works.sizes[one.target])
                    for share in sweep.run(io, into if last else None):
                        yield (done + share * one.work) / total
                    done += one.work
        finally:  # The thread has ended before files are closed under it.
            works.kept.clear()
            self.spill.close()

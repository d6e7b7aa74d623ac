"""The outset of a run: what it computes in and how it plays with the memory there is, settled before its first step.

Both stand in its checkpoints, so a run that goes on does as it did; only a device that cannot makes it do otherwise.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch

from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training import memory, precision
from ganstudio.engine.training.precision import Chosen
from ganstudio.engine.training.thrift import Thrift
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory


@dataclass(frozen=True, slots=True)
class Outset:
    """How a run is played.

    Attributes:
        chosen: What it computes in.
        thrift: How its steps begin with the memory there is; a run that goes on knows by itself.
        notes: What the artist should know of it.
    """

    chosen: Chosen
    thrift: Thrift
    notes: tuple[str, ...] = ()


def settle(
    recipe: Recipe, inventory: Inventory, device: torch.device, found: Checkpoint | None
) -> Generator[Progress, None, Outset]:
    """Settle it.

    Args:
        recipe: With as many pictures in a batch as are played here.
        inventory: What was found.
        device: Where it trains.
        found: The state it goes on from.

    Yields:
        Progress, where something is measured.

    Raises:
        TooLarge: No way to play fits into memory.
        ValueError: The device cannot compute in what was asked for.
    """
    begins = found is None or found.step == 0
    chosen = precision.settled(recipe, device, found)
    fit = memory.fit(recipe, inventory, device, bf16=chosen is not None and chosen.bf16) if begins else memory.ENOUGH
    if chosen is None:
        chosen = yield from precision.measured(recipe, inventory, device, fit.thrift)
        if chosen.bf16 and begins:  # It needs less.
            fit = memory.fit(recipe, inventory, device, bf16=True)
    return Outset(chosen, fit.thrift, tuple(note for note in (chosen.note, fit.note) if note))

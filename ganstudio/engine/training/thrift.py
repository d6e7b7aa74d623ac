"""Thrift: playing the same step with less memory, and the same maths.

A batch can be played in parts, one after the other, whose gradients add up to the whole batch's; that holds only where
every picture is judged on its own. Where it does not, and for a single picture, what a step must remember until its
gradients are known can wait in the computer's memory instead of the graphics card's: slower, and exact for any method.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganstudio.game import Batch, Method


@dataclass(frozen=True, slots=True)
class Thrift:
    """How a step is played.

    Attributes:
        parts: Of equal size that a batch is played in.
        spilled: Whether what a step remembers waits in the computer's memory.
    """

    parts: int = 1
    spilled: bool = False

    def sentence(self, batch: int) -> str:
        """What it means for the artist."""
        if self.spilled:
            return "From here on a part of its work waits in the computer's memory, which is slower."
        if self.parts > 1:
            return (
                f"From here on each step plays its {batch} pictures in {self.parts} parts; what it learns is the same."
            )
        return "The step is repeated."


WHOLE = Thrift()


def ladder(method: Method, batch: int, device: torch.device) -> Iterator[Thrift]:
    """Ways to play a batch, each needing less memory than the one before, as far as the maths stay the same."""
    parts = [1]
    if splits(method):
        parts += [number for number in range(2, batch + 1) if batch % number == 0]
    yield from (Thrift(number) for number in parts[1:])
    # On the CPU there is no other memory; the step may still do when it is repeated, with nothing else around.
    yield Thrift(parts[-1], spilled=device.type == "cuda")


def splits(method: Method) -> bool:
    """Whether the mean of what parts of a batch give is what the batch gives."""
    return method.apart and not any(_looks_around(module) for module in method.modules())


def _looks_around(module: nn.Module) -> bool:
    """Batch norm measures a picture by the others of its batch."""
    return isinstance(module, _BatchNorm)


def divided(batch: Batch, draws: int, parts: int) -> tuple[Batch, ...]:
    """`parts` batches of equal size; each has its share of every draw of a game that plays with `batch.parts`."""
    if parts == 1:
        return (batch,)
    shares = [draw.parts(parts) for draw in batch.parts(draws)]
    return tuple(_joined([draw[number] for draw in shares]) for number in range(parts))


def _joined(batches: list[Batch]) -> Batch:
    first = batches[0]
    return Batch(
        tuple(torch.cat(images) for images in zip(*(batch.images for batch in batches), strict=True)),
        None if first.labels is None else torch.cat([batch.labels for batch in batches if batch.labels is not None]),
        None if first.captions is None else torch.cat([b.captions for b in batches if b.captions is not None]),
    )

"""Thrift: playing the same step with less memory, and the same maths.

A batch can be played in parts, one after the other, whose gradients add up to the whole batch's; that holds only where
every picture is judged on its own. Where it does not, and for a single picture, blocks of the generators can be
computed twice instead of remembered; and what is left to remember until its gradients are known can wait in the
computer's memory instead of the graphics card's: slower, and exact for any method.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganstudio.engine.training.recomputing import blocks
from ganstudio.game import Batch, Method


@dataclass(frozen=True, slots=True)
class Thrift:
    """How a step is played.

    Attributes:
        parts: Of equal size that a batch is played in.
        spilled: Whether what a step remembers waits in the computer's memory.
        recomputed: Whether blocks of the generators are computed twice instead of remembered.
    """

    parts: int = 1
    spilled: bool = False
    recomputed: bool = False

    def sentence(self, batch: int) -> str:
        """What it means for the artist, from where it begins."""
        if self == WHOLE:
            return "The step is repeated."
        return f"From here on {self.way(batch)}."

    def way(self, batch: int) -> str:
        """The same within a sentence: "each step plays its 4 pictures in 2 parts; what it learns is the same"."""
        if self.spilled:
            return "a part of its work waits in the computer's memory, which is slower"
        told = []
        if self.parts > 1:
            told.append(f"each step plays its {batch} pictures in {self.parts} parts")
        if self.recomputed:
            told.append(f"{'' if told else 'each step '}computes a part of its generators twice, a little slower")
        return f"{' and '.join(told)}; what it learns is the same"

    def short(self) -> str:
        """The same as a part of a line: "with steps in 2 parts"; empty where nothing is saved."""
        ways = [
            *([f"steps in {self.parts} parts"] if self.parts > 1 else []),
            *(["blocks computed twice"] if self.recomputed else []),
            *(["the computer's memory"] if self.spilled else []),
        ]
        return f"with {' and '.join(ways)}" if ways else ""


WHOLE = Thrift()


def ladder(method: Method, batch: int, device: torch.device) -> Iterator[Thrift]:
    """Ways to play a batch, each needing less memory than the one before, as far as the maths stay the same."""
    parts = [1]
    if splits(method):
        parts += [number for number in range(2, batch + 1) if batch % number == 0]
    rungs = [Thrift(number) for number in parts]
    if blocks(method):
        rungs.append(Thrift(parts[-1], recomputed=True))
    if device.type == "cuda":
        rungs.append(replace(rungs[-1], spilled=True))
    # With nothing left to save, the step may still do when it is repeated, with nothing else around.
    yield from rungs[1:] or rungs


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

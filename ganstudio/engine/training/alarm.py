"""The alarm: notices on the device itself, step by step, that a number exploded, without waiting for the device.

Losses of GANs leap as a matter of course, and a discriminator that wins has a loss of next to nothing. What counts as
an explosion is therefore a number that is none, or one many times above its own running level, which is never taken for
less than what it was at the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

JUMP = 50.0  # Times the running level.
SETTLING = 30  # Steps in which a loss finds its level; only what is no number counts as an explosion until then.
MEMORY = 100  # Steps that the running level looks back on.
LEAST = 0.1  # Below this no level is trusted: 50 times next to nothing is still little.


@dataclass(frozen=True, slots=True)
class Explosion:
    """The first step at which something exploded, counted from 0, and which losses it was."""

    step: int
    losses: tuple[str, ...]


class Alarm:
    """Watches the losses of every step.

    Args:
        device: Where they live.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._names: tuple[str, ...] = ()
        self._seen = 0
        self._levels = self._floors = self._wild = torch.empty(0, device=device)
        self._first = torch.full((), -1, device=device)

    @torch.no_grad()
    def note(self, step: int, losses: Sequence[tuple[str, Tensor]]) -> None:
        """Take in the losses of one step, (player, () float) in the order of their turns."""
        names = tuple(name for name, _ in losses)
        values = torch.stack([loss.detach().float() for _, loss in losses])
        sizes = values.abs()
        if names != self._names:  # The first step, or a game that has begun to play otherwise.
            self._names, self._seen = names, 0
            self._levels, self._floors = torch.zeros_like(sizes), torch.zeros_like(sizes)
            self._wild = torch.zeros_like(sizes, dtype=torch.bool)
        wild = ~values.isfinite()
        if self._seen >= SETTLING:
            wild |= sizes > JUMP * torch.maximum(self._levels, self._floors)
        share = 1 / min(self._seen + 1, MEMORY)
        self._levels = torch.where(wild, self._levels, self._levels.lerp(sizes, share))
        self._seen += 1
        if self._seen == SETTLING:
            self._floors = self._levels.clamp(min=LEAST)
        rings = wild.any() & (self._first < 0)
        self._wild = torch.where(rings, wild, self._wild)
        self._first = torch.where(rings, step, self._first)

    def rung(self) -> Explosion | None:
        """Whether it has rung, and for what; waits for the device."""
        first = int(self._first)
        if first < 0:
            return None
        which = zip(self._names, self._wild.tolist(), strict=True)
        return Explosion(first, tuple(dict.fromkeys(name for name, wild in which if wild)))

    def known(self) -> dict[str, list[Any]]:
        """What it has learnt of the losses, as plain values; empty until they have settled."""
        if self._seen < SETTLING:
            return {}
        return {"names": list(self._names), "levels": self._levels.tolist(), "floors": self._floors.tolist()}

    def know(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        """Go on from what `known` gave."""
        if learnt:
            self._names, self._seen = tuple(learnt["names"]), MEMORY
            self._levels, self._floors = (torch.tensor(learnt[name]).to(self._device) for name in ("levels", "floors"))
            self._wild = torch.zeros_like(self._levels, dtype=torch.bool)


def sound(tensors: Mapping[str, Tensor]) -> bool:
    """Whether all numbers of all tensors are finite; waits for the device once."""
    floats = [tensor for tensor in tensors.values() if tensor.is_floating_point() and tensor.numel()]
    by_device: dict[torch.device, list[Tensor]] = {}
    for tensor in floats:
        by_device.setdefault(tensor.device, []).append(tensor)
    # A norm is finite only if every number is; its square must not overflow, so the largest counts.
    return all(
        bool(torch.stack([norm.float() for norm in torch._foreach_norm(group, float("inf"))]).isfinite().all())  # noqa: SLF001
        for group in by_device.values()
    )

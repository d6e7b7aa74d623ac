"""Chance of one run, kept apart from all other work in the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor


@contextmanager
def untouched(device: torch.device) -> Iterator[None]:
    """What is drawn in the block, on the CPU or the device, leaves no trace in torch's chance."""
    own = device.type in {"cuda", "mps"}
    # A card without a number is the current one, which need not be the first.
    with torch.random.fork_rng([device] if own else [], device_type=device.type if own else "cuda"):
        yield


class Chance:
    """The run's own random numbers.

    torch's global generators are lent to it only while a step is played, so jobs that take turns on one thread do not
    change each other's numbers. Use it as a context manager around each piece of work.

    Args:
        seed: Where the numbers begin.
        device: Whose generator is lent beside the CPU's.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._devices = [device] if device.type == "cuda" else []
        with untouched(device):
            torch.manual_seed(seed)
            self._mine = self._states()

    def __enter__(self) -> None:
        self._theirs = self._states()
        self._put(self._mine)

    def __exit__(self, *_: object) -> None:
        self._mine = self._states()
        self._put(self._theirs)

    def stir(self, number: int) -> None:
        """Go on with other numbers, which `number` and those so far decide."""
        with self:
            torch.manual_seed(int(torch.randint(1 << 62, ())) + number)

    def state(self) -> dict[str, Tensor]:
        """The generators' states, by flat names."""
        return {f"random.{index}": state for index, state in enumerate(self._mine)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` gave, as far as the devices are the same."""
        self._mine = [state.get(f"random.{index}", mine) for index, mine in enumerate(self._mine)]

    def _states(self) -> list[Tensor]:
        return [torch.get_rng_state()] + [torch.cuda.get_rng_state(device) for device in self._devices]

    def _put(self, states: list[Tensor]) -> None:
        torch.set_rng_state(states[0])
        for device, state in zip(self._devices, states[1:], strict=False):
            torch.cuda.set_rng_state(state, device)

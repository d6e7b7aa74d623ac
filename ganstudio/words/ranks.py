"""Rank: which of several processes this is that train or translate together, as torchrun tells each of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Rank:
    """One of the processes that work together.

    Attributes:
        number: From 0 on; 0 leads.
        count: How many there are on all machines; 1 when it works alone.
        card: Number of its graphics card on its machine.
        neighbours: How many there are on its machine.
    """

    number: int = 0
    count: int = 1
    card: int = 0
    neighbours: int = 1

    @property
    def leads(self) -> bool:
        """Whether it decides, writes and speaks for all."""
        return self.number == 0

    @property
    def speaks(self) -> bool:
        """Whether it says on its machine why all end."""
        return self.card == 0

    def takes(self, name: str) -> bool:
        """Whether the piece of work of this name is this one's; all agree on that without a word."""
        return int.from_bytes(sha256(name.encode(errors="surrogateescape")).digest()[:8]) % self.count == self.number


ALONE = Rank()


def rank(environment: Mapping[str, str] | None = None) -> Rank:
    """What torchrun says in the environment; alone without it."""
    environment = os.environ if environment is None else environment
    if "TORCHELASTIC_RUN_ID" not in environment:  # RANK alone may be left over from another program.
        return ALONE
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    return Rank(*(int(environment.get(name, default)) for name, default in zip(names, (0, 1, 0, 1), strict=True)))

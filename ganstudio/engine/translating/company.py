"""Company: which of the pictures that are read go through the network together, and how many at once.

Only pictures that the network sees in the same size go together, so that each comes out as it does alone. How many is
measured: twice as many are tried as long as each picture gains by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")

GAIN = 0.95
"""What a picture may take of the time that it took in half as large a company, for the larger one to be worth it."""

TRIES = 2  # The first of a size pays for memory and plans; the quickest counts.


class Measured:
    """How many pictures of a kind go together, from what companies took."""

    def __init__(self) -> None:
        self._now: dict[Hashable, int] = defaultdict(lambda: 1)
        self._most: dict[Hashable, int] = {}
        self._costs: dict[tuple[Hashable, int], list[float]] = defaultdict(list)

    def count(self, kind: Hashable, most: int) -> int:
        """How many to take now, `most` at most."""
        return max(1, min(self._now[kind], most, self._most.get(kind, most)))

    def took(self, kind: Hashable, count: int, seconds: float) -> None:
        """A company of so many took so long."""
        if count != self._now[kind]:
            return  # No more had been read.
        costs = self._costs[kind, count]
        costs.append(seconds / count)
        if len(costs) != TRIES:
            return
        half = self._costs.get((kind, count // 2))
        if half and min(costs) > GAIN * min(half):
            self._now[kind] = self._most[kind] = count // 2
        else:
            self._now[kind] = 2 * count

    def too_many(self, kind: Hashable, count: int) -> None:
        """There was too little memory for so many."""
        self._now[kind] = self._most[kind] = max(1, count // 2)


class Waiting(Generic[T]):
    """What waits to be translated, in order.

    Args:
        kind: What those that go together have in common; None for one that goes alone.
        most: How many of a kind there is room for at once.
        window: How many may wait, to find company among them.
    """

    def __init__(self, kind: Callable[[T], Hashable | None], most: Callable[[T], int], window: int) -> None:
        self._kind, self._most, self._window = kind, most, window
        self._entries: list[tuple[Hashable | None, T]] = []
        self.measured = Measured()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def full(self) -> bool:
        """Whether enough waits."""
        return len(self._entries) >= self._window

    def add(self, entry: T) -> None:
        """One more."""
        self._entries.append((self._kind(entry), entry))

    def company(self) -> tuple[Hashable | None, list[T]]:
        """The first, and those that go with it; they wait no longer."""
        kind, first = self._entries[0]
        count = 1 if kind is None else self.measured.count(kind, self._most(first))
        alike = [place for place, (other, _) in enumerate(self._entries) if other == kind]
        going = set(alike[:count])
        company = [entry for place, (_, entry) in enumerate(self._entries) if place in going]
        self._entries = [one for place, one in enumerate(self._entries) if place not in going]
        return kind, company

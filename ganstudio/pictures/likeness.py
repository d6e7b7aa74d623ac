"""Which pictures look nearly the same: resized, saved again, cut a little, retouched; not mirrored, not recoloured.

Candidates differ in at most 8 of the 64 bits of their perceptual hashes, and are compared as 16 × 16 pixels then. The
bits are cut into nine bands: of nine, two such hashes share at least one, so only pictures of the same band are met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from ganstudio.pictures.looking import SMALL, Look

Indices: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

MOST_BITS = 8
MOST_COLOUR = 12.0  # Mean difference of the small pictures, of 255.
_SHIFTS = tuple(range(0, 63, 7))  # The last band has 8 bits.


class Likeness:
    """The pictures of some looks, to be asked which of them look like another one."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._hashes = np.array([look.likeness for look in looks], np.uint64)
        self._small = np.frombuffer(b"".join(look.small for look in looks), np.uint8).reshape(len(looks), 3 * SMALL**2)
        self._bands: list[tuple[Indices, Indices]] = []
        for shift in _SHIFTS:
            keys = self._band(self._hashes, shift)
            order = np.argsort(keys, kind="stable")
            self._bands.append((order, np.searchsorted(keys[order], np.arange(257))))

    @staticmethod
    def _band(hashes: np.ndarray[Any, np.dtype[np.uint64]], shift: int) -> Indices:
        bits = 64 - shift if shift == _SHIFTS[-1] else 7
        return ((hashes >> np.uint64(shift)) & np.uint64(2**bits - 1)).astype(np.intp)

    def near(self, look: Look) -> Indices:
        """Places of the looks that look nearly the same, the nearest first; its own too when it is among them."""
        if not len(self._hashes):
            return np.empty(0, np.intp)
        wanted = np.uint64(look.likeness)
        met = []
        for shift, (order, starts) in zip(_SHIFTS, self._bands, strict=True):
            key = int(self._band(np.array([wanted]), shift)[0])
            met.append(order[starts[key] : starts[key + 1]])
        found = np.concatenate(met)
        found = np.unique(found[np.bitwise_count(self._hashes[found] ^ wanted) <= MOST_BITS])
        small = np.frombuffer(look.small, np.uint8).astype(np.int16)
        colour = np.abs(self._small[found] - small).mean(axis=1)
        return found[np.argsort(colour, kind="stable")][: np.count_nonzero(colour <= MOST_COLOUR)]


def groups(looks: Sequence[Look]) -> Iterator[tuple[int, list[int]]]:
    """Looks that are near to one: its place, and theirs; each look comes once, those first in line lead.

    Every member is near to its leader itself, so a film that slowly changes does not become one group.
    """
    likeness = Likeness(looks)
    free = np.ones(len(looks), bool)
    for index, look in enumerate(looks):
        if free[index]:
            free[index] = False
            near = likeness.near(look)
            members = near[free[near]]
            free[members] = False
            yield index, members.tolist()

"""Which pictures look nearly the same: resized, saved again, cut a little, retouched; not mirrored, not recoloured.

Candidates differ in at most 8 of the 64 bits of their perceptual hashes, and are compared as 16 × 16 pixels then. Every
hash meets every other one, in words of 64 bits: among 10,000 pictures that takes half a second, half of what an index
by bands of bits took, which gained from 50,000 pictures on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from ganstudio.pictures.looking import SMALL, Glance

Indices: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]

MOST_BITS = 8
MOST_COLOUR = 12.0  # Mean difference of the small pictures, of 255.


class Likeness:
    """The pictures of some glances, to be asked which of them look like another one."""

    def __init__(self, glances: Sequence[Glance]) -> None:
        self._hashes = np.array([glance.likeness for glance in glances], np.uint64)
        small = b"".join(glance.small for glance in glances)
        self._small = np.frombuffer(small, np.uint8).reshape(len(glances), 3 * SMALL**2)

    def near(self, glance: Glance) -> Indices:
        """Places of the glances that look nearly the same, the nearest first; its own too when it is among them."""
        apart = np.bitwise_count(self._hashes ^ np.uint64(glance.likeness))
        found = np.flatnonzero(apart <= MOST_BITS)
        if not found.size:
            return found
        small = np.frombuffer(glance.small, np.uint8).astype(np.int16)
        colour = np.abs(self._small[found] - small).mean(axis=1)
        return found[np.argsort(colour, kind="stable")][: np.count_nonzero(colour <= MOST_COLOUR)]


def groups(glances: Sequence[Glance]) -> Iterator[tuple[int, list[int]]]:
    """Glances that are near to one: its place, and theirs; each glance comes once, those first in line lead.

    Every member is near to its leader itself, so a film that slowly changes does not become one group.
    """
    likeness = Likeness(glances)
    free = np.ones(len(glances), bool)
    for index, glance in enumerate(glances):
        if free[index]:
            free[index] = False
            near = likeness.near(glance)
            members = near[free[near]]
            free[members] = False
            yield index, members.tolist()

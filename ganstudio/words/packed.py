"""What shards hold, as far as it is known: they are too large to be listed."""

from __future__ import annotations

from dataclasses import dataclass

from ganstudio.words.events import Skipped

SHARD = ".tar"
"""How the name of a shard ends."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What lies in the shards of a domain.

    Attributes:
        shards: How many files there are.
        pictures: How many lie in them.
        exact: Whether these were counted; else it is about so many.
        classes: Into how many classes they are sorted; 0 for none, or before they were counted.
        captions: How many have a caption; the same.
        faults: Files and pictures that cannot be read.
        first: The first of these, and why.
    """

    shards: int
    pictures: int
    exact: bool = False
    classes: int = 0
    captions: int = 0
    faults: int = 0
    first: Skipped | None = None

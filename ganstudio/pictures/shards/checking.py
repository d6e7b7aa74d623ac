"""What is in all shards of a domain: every header is walked, and of each shard some pictures are decoded.

It takes as long as the shards are large, and no more memory for many than for few.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ganstudio.pictures.reading import Unreadable, decode
from ganstudio.pictures.shards.finding import plain
from ganstudio.pictures.shards.naming import shards_of
from ganstudio.pictures.shards.walking import CAPTION, CLASS, Sample, location, read, text, walk
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Domain

DECODED = 50  # Pictures of each shard.
KEPT = 1000  # Faults that are remembered.
_SOON = 1000  # Pictures between two words of progress.


@dataclass(slots=True)
class Checked:
    """What was seen.

    Attributes:
        shards: How many are named.
        pictures: How many lie in them.
        decoded: How many of these were decoded.
        captions: How many have a caption.
        classes: Class → how many pictures have it.
        faults: Shards and pictures that cannot be read.
        broken: The first of these.
    """

    shards: int = 0
    pictures: int = 0
    decoded: int = 0
    captions: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    broken: list[Skipped] = field(default_factory=list)

    def note(self, place: Path, reason: str) -> Skipped:
        """Keep what cannot be read, and say it."""
        skipped = Skipped(str(place), reason)
        self.faults += 1
        if len(self.broken) < KEPT:
            self.broken.append(skipped)
        return skipped

    @property
    def told(self) -> str:
        """The same in a sentence."""
        parts = [f"{self.pictures:,} pictures in {self.shards} shard{'s'[: self.shards != 1]}"]
        if self.classes:
            parts.append(f"{len(self.classes)} class{'es'[: 2 * (len(self.classes) != 1)]}")
        if self.captions:
            parts.append(f"{self.captions:,} captions")
        return f"{', '.join(parts)}; {self.decoded:,} of them decoded, {self.faults:,} broken"

    def to_table(self) -> Mapping[str, Any]:
        """Plain values for JSON."""
        counts = {name: getattr(self, name) for name in ("shards", "pictures", "decoded", "captions")}
        return counts | {"classes": dict(self.classes), "broken": self.faults}


def check(domain: Domain, decoded: int | None = None) -> Generator[Progress | Skipped | None, None, Checked]:
    """Walk all shards of a domain; what cannot be read is yielded, and the first of it is in the result too.

    None is yielded where there is nothing to say, to let others have their turn.

    Args:
        domain: A domain that `holds_shards`.
        decoded: Pictures that are decoded of all shards together, one of each at least; None for `DECODED` of each.
    """
    shards = shards_of(domain)
    seen = Checked(shards=len(shards))
    each = DECODED if decoded is None else max(1, decoded // max(1, len(shards)))
    began = time.monotonic()
    for done, shard in enumerate(shards):
        try:
            with shard.open("rb") as file:
                yield from _through(shard, file, seen, done, each)
        except Unreadable as reason:
            yield seen.note(shard, str(reason))
        except OSError as error:
            yield seen.note(shard, f"The shard cannot be opened: {error.strerror or 'the disk fails'}.")
        seconds = time.monotonic() - began
        left = seconds / (done + 1) * (len(shards) - done - 1)
        yield Progress(done + 1, len(shards), "checking shards", seconds, left)
    return seen


def _through(
    shard: Path, file: IO[bytes], seen: Checked, done: int, each: int
) -> Generator[Progress | Skipped | None, None, None]:
    for sample in walk(file):
        if sample.picture is None:
            continue
        seen.pictures += 1
        seen.captions += CAPTION in sample.members
        try:
            if CLASS in sample.members:
                seen.classes[plain(text(file, sample, CLASS))] += 1
            if sample.number < each:
                _look(file, sample)
                seen.decoded += 1
                yield None  # A large picture takes its time.
        except Unreadable as reason:
            yield seen.note(location(shard, sample), str(reason))
        if seen.pictures % _SOON == 0:
            yield Progress(done, seen.shards, "checking shards")


def _look(file: IO[bytes], sample: Sample) -> None:
    decode(read(file, sample.members[sample.picture or ""]))

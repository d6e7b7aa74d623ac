"""What lies in the folders of a domain, and what that is with the artist's edits.

The folders are listed once; an edit (leave out, sort anew, describe anew) only folds the listing anew, so that it shows
at once however far away the folders are.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ganstudio.words.events import Command, Held, Progress, Skipped
from ganstudio.words.packed import Packed
from ganstudio.words.recipe import Domain

T = TypeVar("T")

FIRST = 48
"""So many pictures fill a gallery; they are told before the others."""

SECONDS_BETWEEN = 0.25
AT_ONCE = 64
"""Files looked at between two chances to stop."""


@dataclass(frozen=True, slots=True)
class Found:
    """These picture files were found next; an event of `listing`."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a domain's folders, by name and caption only.

    Attributes:
        found: Picture files in natural order, also those left out.
        folders: Picture → class folder it lies in, for those that lie in one.
        beside: Picture → what is written beside it, one entry a line; only those that have a text.
        away: Sources that are not there or cannot be opened, and why.
        named: Path as text → the picture, for `found`; to make thousands of paths anew would be felt.
        packed: What the shards hold that `found` are the first pictures of; None for folders.
        changed: Source or folder of a picture → when the disk says that it was changed last; None while it is away.
    """

    found: tuple[Path, ...]
    folders: Mapping[Path, str] = field(default_factory=dict)
    beside: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    away: tuple[Skipped, ...] = ()
    named: Mapping[str, Path] = field(default_factory=dict)
    packed: Packed | None = None
    changed: Mapping[Path, int | None] = field(default_factory=dict)

    def same_as(self, other: Listing) -> bool:
        """Whether the same lies there, whenever it was changed."""
        return replace(self, changed={}) == replace(other, changed={})


@dataclass(frozen=True, slots=True)
class Contents:
    """A listing with the artist's edits.

    Attributes:
        paths: Picture files that are used.
        held_out: Those of them that are never trained on.
        left_out: Picture files that the artist left out.
        classes: Picture → its class, for those that have one.
        captions: Picture → what describes it, one entry a line, for those that are described.
        named: As of the listing.
        packed: As of the listing.
    """

    paths: tuple[Path, ...]
    held_out: frozenset[Path]
    left_out: tuple[Path, ...]
    classes: Mapping[Path, str]
    captions: Mapping[Path, tuple[str, ...]]
    named: Mapping[str, Path] = field(default_factory=dict)
    packed: Packed | None = None

    @property
    def count(self) -> int:
        """Pictures that are used, also those that are not shown."""
        return len(self.paths) if self.packed is None else self.packed.pictures

    def path(self, name: str) -> Path:
        """The picture of this path as text."""
        return self.named.get(name) or Path(name)

    @property
    def sizes(self) -> dict[str, int]:
        """Class → how many pictures are used, in natural order."""
        from ganstudio.pictures import folders

        if not self.classes:
            return {}
        counts = Counter(self.classes[path] for path in self.paths if path in self.classes)
        return {name: counts[name] for name in sorted(counts, key=folders.natural)}

    @property
    def unsorted(self) -> int:
        """How many pictures are used that have no class."""
        return sum(path not in self.classes for path in self.paths) if self.classes else len(self.paths)

    @classmethod
    def of(cls, listing: Listing, domain: Domain) -> Contents:
        """Fold the edits of `domain` into what was found; the rules are those of `pictures.folders`."""
        from ganstudio.pictures import folders

        if listing.packed is not None:  # Pictures in shards cannot be edited one by one.
            return cls(listing.found, frozenset(), (), {}, {}, packed=listing.packed)
        out = frozenset(domain.excluded)
        used = tuple(path for path in listing.found if str(path) not in out) if out else listing.found
        left_out = tuple(path for path in listing.found if str(path) in out) if out else ()
        there = frozenset(listing.found) if domain.labels or domain.captions else frozenset()
        classes, captions = dict(listing.folders), dict(listing.beside)
        for path in there.intersection(map(Path, domain.labels)):
            _put(classes, path, folders.class_of(path, domain) or "")
        for path in there.intersection(map(Path, domain.captions)):
            _put(captions, path, lines(domain.captions[str(path)]))
        return cls(used, frozenset(folders.split(used)[1]), left_out, classes, captions, listing.named)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a caption that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def listing(domain: Domain) -> Generator[Found | Held | Progress | None, Command | None, Listing]:
    """List the picture files of one domain; what was found is told along the way, the first of it soon.

    When a folder goes away in the middle it holds and begins anew once that is back. Of shards it tells how they begin.

    Raises:
        ValueError: Shards without pictures, or shards and folders in one domain; the message says what to do.
    """
    yield None
    from ganstudio.pictures.shards import naming

    before = {place: _changed(place) for place in map(Path, domain.sources)}
    made = yield from _peeked(domain) if naming.holds_shards(domain) else _of_folders(domain)
    changed = dict[Path, int | None]()
    for number, place in enumerate({path.parent for path in made.found} if made.packed is None else ()):
        changed[place] = _changed(place)
        if number % AT_ONCE == 0:
            yield None
    return replace(made, changed=changed | before)


def news(domain: Domain, known: Listing) -> Generator[object, Command | None, Listing | None]:
    """What lies there now, where the disk says that something changed since `known`; else None.

    While nothing did, it costs a look at each folder and none at a picture.
    """
    for number, (place, changed) in enumerate(known.changed.items()):
        if number % AT_ONCE == 0:
            yield None
        if _changed(place) != changed:
            return (yield from listing(domain))
    return None


def _changed(place: Path) -> int | None:
    """When a file or folder was changed last, in nanoseconds; None where there is none."""
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return None


def _of_folders(domain: Domain) -> Generator[Found | Held | Progress | None, Command | None, Listing]:
    from ganstudio.pictures import folders
    from ganstudio.pictures.away import Away, until_back

    whole, sources, told = replace(domain, excluded=()), folders.sources_of(domain), 0
    while True:
        found: list[Path] = []
        away: list[Skipped] = []
        told_at = time.monotonic()
        try:
            for number, entry in enumerate(folders.listed(whole)):
                if isinstance(entry, Path):
                    found.append(entry)
                elif entry.path in domain.sources:
                    away.append(entry)
                soon = len(found) == FIRST or time.monotonic() - told_at > SECONDS_BETWEEN
                if soon and len(found) > told:
                    yield Found(tuple(found[told:]))
                    told, told_at = len(found), time.monotonic()
                elif number % AT_ONCE == 0:
                    yield None
            break
        except Away as gone:
            yield from until_back(gone)
    yield Found(tuple(found[told:]))
    labels = yield from _labels(found, sources)
    beside = yield from _captions(found)
    folders.split(found)  # It remembers: whoever asks next, in the window's thread, need not wait.
    return Listing(tuple(found), labels, beside, tuple(away), {str(path): path for path in found})


def _labels(found: Sequence[Path], sources: Sequence[Path]) -> Generator[None, Command | None, dict[Path, str]]:
    """The classes of those that lie in one. A folder's files have the same, but for those given by themselves."""
    from ganstudio.pictures import folders

    labels: dict[Path, str] = {}
    given, of_folder = frozenset(sources), dict[Path, str]()
    for number, path in enumerate(found):
        if path in given:
            _put(labels, path, folders.label_of(path, sources) or "")
            continue
        if (folder := path.parent) not in of_folder:
            of_folder[folder] = folders.label_of(path, sources) or ""
        if of_folder[folder]:
            labels[path] = of_folder[folder]
        if number % AT_ONCE == 0:
            yield None
    return labels


def _peeked(domain: Domain) -> Generator[Found | None, Command | None, Listing]:
    first, packed = yield from peek(domain, FIRST)
    yield Found(first)
    return Listing(first, named={str(path): path for path in first}, packed=packed)


def peek(domain: Domain, most: int) -> Generator[None, Command | None, tuple[tuple[Path, ...], Packed]]:
    """So many of the first pictures of shards, which hold far too many to be listed, and about how many there are."""
    from ganstudio.pictures.shards import finding

    looking = finding.peek(domain, most)
    while True:
        try:
            next(looking)  # What cannot be read is told when all are looked at.
        except StopIteration as end:
            first, packed = end.value
            return first, packed
        yield None


def count(domain: Domain) -> Generator[Progress | Skipped | None, Command | None, Packed]:
    """Count what lies in the shards of a domain, and see whether they can be read."""
    from ganstudio.pictures.shards import counting

    return (yield from counting.count(domain))


def _captions(paths: Sequence[Path]) -> Generator[Progress | None, Command | None, dict[Path, tuple[str, ...]]]:
    """What is written beside the pictures. Folders are listed, so that not every picture costs a look at the disk."""
    from ganstudio.pictures import examples
    from ganstudio.pictures.reading import Unreadable

    names: dict[Path, frozenset[str]] = {}
    beside: dict[Path, tuple[str, ...]] = {}
    for number, path in enumerate(paths):
        if (folder := path.parent) not in names:
            names[folder] = frozenset(_texts(folder))
        if (texts := names[folder]) and {path.stem.casefold(), path.name.casefold()} & texts:
            try:
                _put(beside, path, examples.captions_beside(path))
            except Unreadable as reason:
                beside[path] = (str(reason),)
        if number % AT_ONCE == 0:
            yield Progress(number, len(paths), "reading captions") if texts else None
    return beside


def _texts(folder: Path) -> Iterable[str]:
    """Names of the texts in a folder, without their suffix, however they are written."""
    try:
        entries = os.listdir(folder)  # noqa: PTH208  Names are all that is wanted.
    except OSError:
        return
    for name in entries:
        stem, suffix = os.path.splitext(name.casefold())  # noqa: PTH122
        if suffix == ".txt":
            yield stem


def _put(table: dict[Path, T], path: Path, value: T) -> None:
    """Set what says something; what says nothing is not there."""
    if value:
        table[path] = value
    else:
        table.pop(path, None)

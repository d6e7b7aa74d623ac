"""Pictures of shards as files for a while, for what works on folders: named by their keys, and gone afterwards."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePath
from typing import IO

from ganstudio.pictures.names import Names, parts_of
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards.finding import aside, class_names, plain
from ganstudio.pictures.shards.walking import CAPTION, CLASS, Sample, location, read, text, walk
from ganstudio.runs import locks
from ganstudio.words.events import Skipped
from ganstudio.words.places import cache

LOOKED_INTO = 32  # Shards, of which some pictures are taken.
_PREFIX = "unpacked-"
_NEW = 60  # Seconds in which one that has just been made is left alone,
_OLD = 24 * 3600  # and one that was never locked.


@contextmanager
def room() -> Iterator[Path]:
    """A folder for them, in the cache; it is gone afterwards, and so are those that killed programs left."""
    home = cache("shards")
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=home, ignore_cleanup_errors=True) as name:
        place = Path(name) / "pictures"
        place.mkdir()
        with ExitStack() as stack:
            with suppress(OSError):  # A disk without locks will do.
                stack.enter_context(locks.held(Path(name), "{}"))
            yield place


def _sweep(home: Path) -> None:
    for left in home.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            patience = _NEW if (left / locks.HOLDER).exists() else _OLD
            if time.time() - left.stat().st_mtime > patience and locks.holder(left) is None:
                shutil.rmtree(left, ignore_errors=True)


def unpack(
    shard: Path,
    into: Path,
    *,
    most: int | None = None,
    told: bool = False,
    names: Names | None = None,
    wanted: Callable[[PurePath], bool] = lambda _: True,
) -> Generator[Skipped | None, None, dict[str, Path]]:
    """Write the pictures of a shard into a folder, with the shard's time, so that they are the same again next time.

    Args:
        shard: What to unpack.
        into: The folder.
        most: So many of the first pictures; None for all.
        told: Put them into folders of their classes, and their captions beside them.
        names: What other shards have written there already.
        wanted: Whether the file of this name is; the bytes of others are never read. Who yields what cannot be
            unpacked at all is decided in the same way.

    Yields:
        What cannot be unpacked; None between two pictures.

    Returns:
        Each file and how it is named to people: by the shard, and its name there.

    Raises:
        OSError: The shard cannot be read, or the folder cannot be written.
    """
    written: dict[str, Path] = {}
    names = names or Names()
    classes = class_names(shard) if told else None
    changed = shard.stat().st_mtime_ns
    with shard.open("rb") as file:
        try:
            for sample in walk(file):
                if sample.picture is None:
                    continue
                if len(written) == most:
                    break
                called = location(shard, sample)
                try:
                    given = names.give(_parts(file, sample, classes))
                except Unreadable as reason:
                    if wanted(called):
                        yield Skipped(str(called), str(reason))
                    continue
                if not wanted(PurePath(given)):
                    yield None
                    continue
                try:
                    place = _write(file, sample, into / given, told=told)
                except Unreadable as reason:
                    yield Skipped(str(called), str(reason))
                    continue
                os.utime(place, ns=(changed, changed))
                written[str(place)] = called
                yield None
        except Unreadable as reason:
            if wanted(shard):
                yield Skipped(str(shard), str(reason))
    return written


def unpack_some(
    shards: Sequence[Path], into: Path, most: int, *, told: bool = False
) -> Generator[Skipped | None, None, dict[str, Path]]:
    """At most so many pictures of a whole set, as many from each of some of its shards; else as `unpack`."""
    some = shards[:: math.ceil(len(shards) / LOOKED_INTO)] if shards else ()
    written: dict[str, Path] = {}
    names = Names()
    for number, shard in enumerate(some):
        if not shard.is_file():
            yield Skipped(str(shard), "The shard is not there.")
            continue
        share = math.ceil((most - len(written)) / (len(some) - number))
        # The keys of two sets are often the same, and yet they are no pairs.
        place = into if told else into / aside(shard).name
        written |= yield from unpack(shard, place, most=share, told=told, names=names if told else None)
    return written


def _parts(file: IO[bytes], sample: Sample, classes: Sequence[str] | None) -> tuple[str, ...]:
    """Folders and name of a sample's picture."""
    parts = parts_of(f"{sample.name}.{(sample.picture or '').rpartition('.')[2]}")
    if parts is None:
        raise Unreadable("Its name leads out of the shard, or is none that a file can have.")
    if classes is not None and CLASS in sample.members:
        label = plain(text(file, sample, CLASS))
        if label.isdecimal() and int(label) < len(classes):
            label = classes[int(label)]
        parts = (*(parts_of(label) or ())[:1], *parts)
    return parts


def _write(file: IO[bytes], sample: Sample, place: Path, *, told: bool) -> Path:
    data = read(file, sample.members[sample.picture or ""])
    caption = text(file, sample, CAPTION) if told and CAPTION in sample.members else None
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    if caption is not None:
        place.with_suffix(".txt").write_text(caption, "utf-8")
    return place

"""What lies in the shards of a domain, told from a look at some of them: a million pictures are never listed.

The first shard is looked into, and a little into some of the others; how many pictures there are follows from the sizes
of the files, unless an index beside them says it. The first pictures of the first shard are held out, as files of their
own in the cache, so that whoever shows or scores held-out pictures need not know of shards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from ganstudio.pictures.examples import Example
from ganstudio.pictures.folders import HELD_OUT, natural
from ganstudio.pictures.reading import SUFFIXES, Unreadable, decode
from ganstudio.pictures.shards.naming import holds_shards, shards_of
from ganstudio.pictures.shards.walking import CAPTION, CLASS, Sample, location, read, text, walk
from ganstudio.runs.writing import write_atomically
from ganstudio.words.captions import encode, vocabulary
from ganstudio.words.events import Skipped
from ganstudio.words.packed import Packed
from ganstudio.words.places import cache
from ganstudio.words.recipe import Domain

LOOKED_INTO = 2000  # Samples of the first shard.
GLANCED_AT = 100  # Samples of some of the others.
OTHERS = 32
MOST_HELD_OUT = 64
MOST_CLASSES = 10_000
NAMES = "classes.txt"
MOST_TOLD = 10**12  # Pictures of one shard.
_INDEX_LIMIT = 64 << 20  # Bytes.


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the shards of a domain.

    Attributes:
        shards: Those that are there, in natural order.
        count: Pictures to train on.
        exact: Whether they were counted; else it is about so many.
        held: So many samples at the beginning of the first shard are held out.
        held_out: The pictures among these.
        classes: Names of the classes; empty when none were asked for.
        known: What stands for a class in a .cls file → its index.
        words: The words of the captions; empty when none were asked for.
    """

    shards: tuple[Path, ...]
    count: int
    exact: bool
    held: int
    held_out: tuple[Example, ...] = ()
    classes: tuple[str, ...] = ()
    known: Mapping[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """As in "about 1,000,000 pictures in 100 shards"."""
        many = "s"[: len(self.shards) > 1]
        return f"{'' if self.exact else 'about '}{self.count:,} pictures in {len(self.shards)} shard{many}"


@dataclass(slots=True)
class _Glance:
    """The first samples of a shard, and what was seen of the rest.

    Attributes:
        samples: Those with a picture.
        passed: How many samples there were, also without a picture.
        whole: Whether there are no more.
        end: Where the last began.
        classes: What their .cls files say, if that was asked for.
        captions: Lines of their .txt files, if that was asked for.
        fault: Why it could not be read any further.
    """

    samples: list[Sample]
    passed: int = 0
    whole: bool = False
    end: int = 0
    classes: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    fault: str = ""


def look(
    domain: Domain, *, classes: bool = False, captions: bool = False, words: Sequence[str] = ()
) -> Generator[Skipped, None, Found]:
    """Look into the shards of a domain; what is missing or damaged is yielded with its reason.

    Args:
        domain: A domain that `holds_shards`.
        classes: Pictures are wanted by class.
        captions: Pictures are wanted with captions.
        words: The words that captions are told by; empty to take them from the captions that are seen.

    Raises:
        ValueError: There is no picture, or none as it is wanted; the message says what to do.
        OSError: The shards cannot be read, or the cache cannot be written.
    """
    assert holds_shards(domain), "others are looked at as folders"
    shards = yield from _there(domain)
    asked = tuple(name for name, wanted in ((CLASS, classes), (CAPTION, captions)) if wanted)
    first = yield from _first(domain, shards, asked)
    shards = shards[shards.index(first[0]) :] + shards[: shards.index(first[0])]
    glances = [first[1]]
    if asked:
        step = max(1, len(shards) // OTHERS)
        for shard in shards[1::step]:
            glance = yield from _glance(shard, GLANCED_AT, asked)
            glances.append(glance)
    count, exact = _count(shards, first[1])
    held = min(MOST_HELD_OUT, max(1, round(count * HELD_OUT)), len(first[1].samples) // 2)
    known, names = _classes(domain, shards[0], glances) if classes else ({}, ())
    told = tuple(words) or vocabulary(line for glance in glances for line in glance.captions) if captions else ()
    if captions and not told:
        raise ValueError(
            f"No picture in {domain.name} has a caption. Put a text beside each: 000001.txt beside 000001.jpg."
        )
    held_out = yield from _set_aside(shards[0], first[1].samples, held, known=known, words=told, asked=asked)
    if not held_out:
        raise ValueError(f"No readable pictures at the beginning of {shards[0]}. Make the shard anew, or take it out.")
    numbers = [sample.number for sample in first[1].samples]
    return Found(tuple(shards), count - held, exact, numbers[held - 1] + 1 if held else 0, held_out, names, known, told)


def peek(domain: Domain, most: int) -> Generator[Skipped, None, tuple[tuple[Path, ...], Packed]]:
    """At most so many of the first pictures, as files of their own, and about how many there are in all.

    What cannot be read is yielded.

    Raises:
        ValueError: There is no picture; the message says what to do.
        OSError: The shards cannot be read, or the cache cannot be written.
    """
    shards = yield from _there(domain)
    first, seen = yield from _first(domain, shards, ())
    count, exact = _count(shards[shards.index(first) :], seen)
    shown = yield from _set_aside(first, seen.samples, most, known={}, words=(), asked=())
    return tuple(example.path for example in shown), Packed(len(shards), count, exact)


def caption_lines(told: str) -> list[str]:
    """Captions of a text, one a line."""
    return [line.strip() for line in told.splitlines() if line.strip()]


def plain(name: str) -> str:
    """What a .cls file says, with numbers written in one way."""
    return str(int(name)) if name.isdecimal() and name.isascii() else name


def _there(domain: Domain) -> Generator[Skipped, None, list[Path]]:
    named = shards_of(domain)
    there = [shard for shard in named if shard.is_file()]
    for shard in named:
        if there and not shard.is_file():
            yield Skipped(str(shard), "The shard is not there.")
    if not there:
        raise ValueError(
            f"There is none of the shards of {domain.name}: {named[0] if named else domain.sources[0]}. "
            "Check their names, or whether their drive is there."
        )
    return there


def _first(
    domain: Domain, shards: Sequence[Path], asked: Sequence[str]
) -> Generator[Skipped, None, tuple[Path, _Glance]]:
    """The first shard with a picture, and what it shows."""
    faults = []
    for shard in shards:
        seen = yield from _glance(shard, LOOKED_INTO, asked)
        if seen.samples:
            return shard, seen
        if seen.fault:
            faults.append(f"{shard.name}: {seen.fault}")
    if faults:
        raise ValueError(f"No picture can be read in the shards of {domain.name}. {faults[0]} Write it anew.")
    raise ValueError(
        f"No pictures in the shards of {domain.name}, such as {shards[0].name}. In the WebDataset layout each picture "
        "is a file in the tar: 000001.jpg, and its class or caption beside it as 000001.cls or 000001.txt."
    )


def _glance(shard: Path, most: int, asked: Sequence[str]) -> Generator[Skipped, None, _Glance]:
    seen = _Glance([])
    try:
        with shard.open("rb") as file:
            samples = walk(file)
            for sample in islice(samples, most):
                seen.passed, seen.end = sample.number + 1, sample.start
                if sample.picture is not None:
                    seen.samples.append(sample)
                    _read_texts(seen, file, sample, asked)
            seen.whole = next(samples, None) is None
    except Unreadable as reason:
        seen.fault = str(reason)
    except OSError as error:
        seen.fault = f"The shard cannot be opened: {error.strerror or 'the disk does not answer'}."
    if seen.fault:
        seen.whole = True
        yield Skipped(str(shard), seen.fault)
    return seen


def _read_texts(seen: _Glance, file: IO[bytes], sample: Sample, asked: Sequence[str]) -> None:
    for name in asked:
        if name not in sample.members:
            continue
        try:
            told = text(file, sample, name)
        except Unreadable:
            continue  # The training names it.
        if name == CLASS and told:
            seen.classes.append(plain(told))
        elif name == CAPTION:
            seen.captions += caption_lines(told)


def _classes(domain: Domain, first: Path, glances: Sequence[_Glance]) -> tuple[dict[str, int], tuple[str, ...]]:
    """What stands for each class, and their names: of a list beside the shards, or as the .cls files have them."""
    seen = {name for glance in glances for name in glance.classes}
    if not seen:
        raise ValueError(
            f"No picture in {domain.name} has a class. Put it beside each: 000001.cls beside 000001.jpg, with a number "
            f"or a name in it."
        )
    names = class_names(first)
    numbered = all(name.isdecimal() for name in seen)
    if numbered and not names:
        largest = max(map(int, seen))
        if largest >= MOST_CLASSES:
            raise ValueError(
                f"A picture of {domain.name} has the class {largest}; at most {MOST_CLASSES:,} are told apart."
            )
        names = tuple(map(str, range(largest + 1)))  # Those that were not seen lie in between.
    names = names or tuple(sorted(seen, key=natural))
    if len(names) < 2 or len(names) > MOST_CLASSES:
        raise ValueError(
            f"{domain.name} has {len(names)} class; two at least are told apart.".replace("1 class", "one class")
        )
    known = {name: index for index, name in enumerate(names)}
    return ({str(index): index for index in range(len(names))} | known if numbered else known), names


def class_names(shard: Path) -> tuple[str, ...]:
    """Names of numbered classes, of the list beside a shard, one a line; empty when there is none."""
    try:
        with (shard.parent / NAMES).open("rb") as stream:
            lines = stream.read(_INDEX_LIMIT).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _count(shards: Sequence[Path], first: _Glance) -> tuple[int, bool]:
    """How many pictures there are, and whether they were counted."""
    if len(shards) == 1 and first.whole:
        return len(first.samples), True
    if (told := _indexed(shards)) is not None:
        return told, True
    sizes = [shard.stat().st_size for shard in shards]
    share = 1.0 if first.whole else max(first.end, 1) / max(sizes[0], 1) * first.passed / max(first.passed - 1, 1)
    about = len(first.samples) / share * sum(sizes) / max(sizes[0], 1)
    digits = 10 ** max(0, len(str(int(about))) - 2)
    return max(len(first.samples), round(about / digits) * digits), False


def _indexed(shards: Sequence[Path]) -> int | None:
    """What an index beside the shards says: one .idx each, or one list of all of them."""
    told = dict(_listed(shards[0].parent))
    counts = [told.get(shard.name) or _of_index(shard.with_suffix(".idx")) for shard in shards]
    sane = [count for count in counts if count is not None and 0 < count < MOST_TOLD]
    return sum(sane) if len(sane) == len(shards) else None


def _listed(folder: Path) -> Iterator[tuple[str, int]]:
    """Shards and their counts, of a list as WebDataset's tools write it."""
    for file in sorted(folder.glob("*.json")):
        try:
            if file.stat().st_size > _INDEX_LIMIT:
                continue
            table = json.loads(file.read_bytes())
            entries = table["shardlist"] if isinstance(table, dict) else table
            yield from [(Path(str(entry["url"])).name, int(entry["nsamples"])) for entry in entries]
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue  # Another file, which says nothing of shards.


def _of_index(file: Path) -> int | None:
    """The count in the first line of an .idx file: "v1.2 1000"."""
    try:
        with file.open("rb") as stream:
            version, count = stream.readline(100).split()
        return int(count) if version.startswith(b"v") else None
    except (OSError, ValueError):
        return None


def _set_aside(
    shard: Path,
    samples: Sequence[Sample],
    count: int,
    *,
    known: Mapping[str, int],
    words: Sequence[str],
    asked: Sequence[str],
) -> Generator[Skipped, None, tuple[Example, ...]]:
    """The first `count` pictures as files of their own, under names of ours; one at least, to show what is learnt."""
    folder = aside(shard)
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Example] = []
    with shard.open("rb") as file:
        for index, sample in enumerate(samples):
            if index >= count and kept:
                break
            ending = sample.picture or ""
            place = folder / f"{sample.number:06d}.{ending.rpartition('.')[2]}"
            try:
                data = read(file, sample.members[ending])
                decode(data, at_least=1)
                told = {name: text(file, sample, name) for name in asked if name in sample.members}
            except Unreadable as reason:
                yield Skipped(str(location(shard, sample)), str(reason))
                continue
            if len(told) < len(asked) or (CLASS in asked and plain(told[CLASS]) not in known):
                continue
            _write(place, data)
            if CAPTION in asked:
                _write(place.with_suffix(".txt"), told[CAPTION].encode())
            label = known[plain(told[CLASS])] if CLASS in asked else -1
            lines = caption_lines(told.get(CAPTION, ""))
            kept.append(Example(place, label, tuple(tuple(encode(line, words)) for line in lines)))
    return tuple(kept)


def first_aside(shard: Path) -> Path | None:
    """The first picture of a shard that was looked into before; None where there is none."""
    try:
        return min((file for file in aside(shard).iterdir() if file.suffix in SUFFIXES), default=None)
    except OSError:
        return None


def aside(shard: Path) -> Path:
    """The folder for a shard's pictures, which is another when the shard is written anew."""
    state = shard.stat()
    told = f"{shard} {state.st_size} {state.st_mtime_ns}"
    return cache("shards") / hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:16]


def _write(place: Path, data: bytes) -> None:
    """Whole or not at all; several processes may write the same, and what is there is left."""
    if not place.is_file() or place.stat().st_size != len(data):
        write_atomically(place, data)

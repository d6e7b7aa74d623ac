"""Pictures out of shards, endless, in an order that the seed decides, with bounded memory and from any place on.

A pass goes through the shards in a shuffled order. It is dealt out to lanes, which never share a picture within a pass,
and every place in a batch draws from a lane of its own: a process reads the shards of its own places alone, and what it
draws does not hang on how many processes there are. A lane reads its shard a block at a time, front to back, shuffles
the block, and has the next one read in the background. A block is decided by the seed and by where it begins, so a run
goes on exactly where it stood, after reading one block of each lane again.
"""

from __future__ import annotations

import math
import os
import random
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO

from ganstudio.pictures.attendance import Attendance
from ganstudio.pictures.away import check_there
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable, decode
from ganstudio.pictures.shards.finding import Found, caption_lines, plain
from ganstudio.pictures.shards.walking import CAPTION, CLASS, Sample, location, read, text, walk
from ganstudio.pictures.stock import Scale, scaled
from ganstudio.pictures.store import Pixels
from ganstudio.words.captions import encode
from ganstudio.words.events import Skipped

MOST_LANES = 64
LEAST_LANES = 4  # So that a step of one picture still mixes shards.
LANES_OF_A_SHARD = 4  # More would read its headers over and over.
BLOCK = 8192  # Pictures that the blocks of all lanes hold together, and
BLOCK_BYTES = 48 << 20  # their bytes, as they lie in the shards.
LEAST_BLOCK = 8
DECODED = 16  # Pictures of all lanes together that wait decoded, two of each at least.
NAMED = 100  # Unreadable pictures; those after them are passed over in silence.


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lane stands.

    Attributes:
        part: Which part of which pass it reads; parts of all passes are counted through.
        start: Where its block begins in the shard.
        number: How many samples of the shard lie before.
        taken: How many pictures of the block were handed out or passed over.
    """

    part: int
    start: int = 0
    number: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn, (3, H, W) uint8 at training scale, and what belongs to it."""

    pixels: Pixels
    example: Example


@dataclass(frozen=True, slots=True)
class _Raw:
    """A picture as it lies in the shard, with its class and captions; or what is wrong with it."""

    name: Path
    data: bytes = b""
    told: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(slots=True)
class _Block:
    """Pictures of one shard, in shuffled order, and where the lane goes on behind them."""

    place: Place
    pictures: list[_Raw]
    then: Place


@dataclass(frozen=True, slots=True)
class Tap:
    """Shards to be trained on; `open` lets them run.

    Attributes:
        found: What lies in them.
        scale: How pictures meet the training size.
    """

    found: Found
    scale: Scale

    memory = 0
    waits = True

    def attendance(self) -> Attendance:
        """The shards by name and state."""
        return Attendance.of(Example(shard) for shard in self.found.shards)

    def told(self) -> Iterator[str]:
        """What must be the same for all who train together."""
        for shard in self.found.shards:
            yield f"{shard.name} {shard.stat().st_size}"

    def open(self, seed: int, slots: int, own: Sequence[int]) -> Stream:
        """The stream for batches of `slots` pictures, of which those at `own` are wanted here."""
        return Stream(self, seed, slots, own)


class Stream:
    """The pictures of a tap, drawn in batches.

    Args:
        tap: The shards.
        seed: Decides the order.
        slots: Pictures of a batch, those of all processes together.
        own: Which of them are wanted here.
    """

    def __init__(self, tap: Tap, seed: int, slots: int, own: Sequence[int]) -> None:
        self._tap, self._seed, self._slots, self._own = tap, seed, slots, frozenset(own)
        shards = len(tap.found.shards)
        self.lanes = _lanes(slots, shards)
        self._splits = max(1, math.ceil(self.lanes / shards))
        self._parts = shards * self._splits
        workers = min(8, os.cpu_count() or 1)
        self._decoders = ThreadPoolExecutor(workers, "decode")
        self._readers = ThreadPoolExecutor(2, "shards")
        self._lock = threading.Lock()
        self._news: deque[Skipped] = deque()
        self._named = 0
        turns = max(1, self.lanes // slots)
        self._mine = {self._lane(slot, turn) for slot in own for turn in range(turns)}
        self._places = [Place(lane) for lane in range(self.lanes)]
        self._running: dict[int, _Lane] = {}
        self._before: tuple[int, list[Place]] | None = None

    def draw(self, number: int) -> tuple[list[Drawn], tuple[Place, ...]]:
        """The own pictures of batch `number`, in the order of their slots, and where each lane stands behind them.

        Asked for the same batch again, it draws the same; of lanes of others, it tells where they stood before.

        Raises:
            Away: The folder of the shards is away.
            ValueError: No picture can be read any more.
        """
        with self._lock:
            if self._before is not None and self._before[0] == number:
                self._seek(self._before[1])
            self._before = number, list(self._places)
            drawn = []
            for slot in range(self._slots):
                lane = self._lane(slot, number)
                if lane in self._mine:
                    picture, self._places[lane] = self._of(lane).take()
                    if slot in self._own:
                        drawn.append(picture)
            return drawn, tuple(self._places)

    def places(self) -> tuple[Place, ...]:
        """Where each lane stands now."""
        with self._lock:
            return tuple(self._places)

    @property
    def told(self) -> bool:
        """Whether its pictures come with captions."""
        return bool(self._tap.found.words)

    @property
    def mine(self) -> frozenset[int]:
        """The lanes that are read here."""
        return frozenset(self._mine)

    def seek(self, places: Sequence[Place]) -> None:
        """Go on from there."""
        with self._lock:
            self._before = None
            self._seek(places)

    def begin_anew(self, after: Sequence[Place]) -> None:
        """Begin the next pass behind these places of what the shards were before."""
        passes = max((place.part for place in after), default=0) // self._parts + 1
        self.seek([Place(passes * self._parts + lane) for lane in range(self.lanes)])

    def news(self) -> Iterator[Skipped]:
        """What could not be read since it was last asked."""
        while self._news:
            yield self._news.popleft()

    def _seek(self, places: Sequence[Place]) -> None:
        assert len(places) == self.lanes, "each lane has a place"
        self._places = list(places)
        self._running.clear()

    def _lane(self, slot: int, number: int) -> int:
        """From which lane a slot of batch `number` draws."""
        if self._slots > self.lanes:
            return slot * self.lanes // self._slots
        turns = self.lanes // self._slots
        return slot * turns + number % turns

    def _of(self, lane: int) -> _Lane:
        if lane not in self._running:
            self._running[lane] = _Lane(self, self._places[lane])
        return self._running[lane]

    def begin(self, place: Place) -> Future[_Block]:
        """Read a block in the background."""
        return self._readers.submit(self._read, place)

    def begin_decoding(self, raw: _Raw) -> Future[Drawn | Skipped]:
        """Decode a picture in the background."""
        return self._decoders.submit(self._decode, raw)

    @property
    def ahead(self) -> int:
        """Pictures that wait decoded in each lane."""
        return max(2, DECODED // len(self._mine))

    @property
    def parts(self) -> int:
        """Parts of a pass."""
        return self._parts

    def tell(self, skipped: Skipped) -> None:
        """Note what could not be read, if that is news."""
        if self._named < NAMED:
            self._news.append(skipped)
        elif self._named == NAMED:
            self._news.append(
                Skipped(skipped.path, f"{skipped.reason} Others that cannot be read are no longer named.")
            )
        self._named += 1

    def _read(self, place: Place) -> _Block:
        """A block: pictures of this part of a shard, from there on."""
        shards, found = self._tap.found.shards, self._tap.found
        order = _order(self._seed, place.part // self._parts, self._parts)
        index, residue = divmod(order[place.part % self._parts], self._splits)
        shard, then = shards[index], Place(place.part + self.lanes)
        most, bytes_left = max(LEAST_BLOCK, BLOCK // self.lanes), BLOCK_BYTES // self.lanes
        pictures: list[_Raw] = []
        try:
            with shard.open("rb") as file:
                for sample in walk(file, place.start, place.number):
                    if len(pictures) >= most or (bytes_left < 0 and len(pictures) >= LEAST_BLOCK):
                        then = Place(place.part, sample.start, sample.number)
                        break
                    held = index == 0 and sample.number < found.held
                    if sample.picture is None or held or sample.number % self._splits != residue:
                        continue
                    pictures.append(self._raw(shard, file, sample))
                    bytes_left -= len(pictures[-1].data)
        except Unreadable as reason:
            pictures.append(_Raw(shard, fault=str(reason)))
        except OSError as error:
            check_there(shard, ())
            missing = isinstance(error, FileNotFoundError)
            why = "It is not there any more" if missing else f"It cannot be read: {error.strerror or 'the disk fails'}"
            pictures.append(_Raw(shard, fault=f"{why}; the shard is passed over."))
        random.Random(f"{self._seed} {place.part} {place.start}").shuffle(pictures)  # noqa: S311  No secret.
        return _Block(place, pictures, then)

    def _raw(self, shard: Path, file: IO[bytes], sample: Sample) -> _Raw:
        found, name = self._tap.found, location(shard, sample)
        wanted = [ending for ending, asked in ((CLASS, found.classes), (CAPTION, found.words)) if asked]
        for ending in wanted:
            if ending not in sample.members:
                kind = "class" if ending == CLASS else "caption"
                return _Raw(name, fault=f"It has no {kind}: there is no {sample.name}.{ending} beside it.")
        try:
            told = {ending: text(file, sample.members[ending]) for ending in wanted}
            return _Raw(name, read(file, sample.members[sample.picture or ""]), told)
        except Unreadable as reason:
            return _Raw(name, fault=str(reason))

    def _decode(self, raw: _Raw) -> Drawn | Skipped:
        try:
            return self._drawn(raw)
        except Unreadable as reason:
            return Skipped(str(raw.name), str(reason))

    def _drawn(self, raw: _Raw) -> Drawn:
        if raw.fault:
            raise Unreadable(raw.fault)
        found, scale, label = self._tap.found, self._tap.scale, -1
        if CLASS in raw.told:
            name = plain(raw.told[CLASS])
            if name not in found.known:
                raise Unreadable(f"Its class {name[:40]!r} is none of those that the training began with.")
            label = found.known[name]
        lines = caption_lines(raw.told.get(CAPTION, ""))
        if CAPTION in raw.told and not lines:
            raise Unreadable("Its caption is empty.")
        picture = decode(raw.data, scale.least()).picture
        captions = tuple(tuple(encode(line, found.words)) for line in lines)
        return Drawn(scaled([picture], scale), Example(raw.name, label, captions))


class _Lane:
    """One lane on its way: a block, the next one that is being read, and some pictures that are being decoded."""

    def __init__(self, stream: Stream, place: Place) -> None:
        self._stream, self._place = stream, place
        self._reading = stream.begin(place)
        self._block: _Block | None = None
        self._given = place.taken
        self._waiting: deque[tuple[Place, Future[Drawn | Skipped]]] = deque()
        self._barren = 0

    def take(self) -> tuple[Drawn, Place]:
        """The next picture that can be read, and where the lane stands behind it."""
        while True:
            self._fill()
            place, future = self._waiting.popleft()
            found = future.result()
            if isinstance(found, Drawn):
                self._barren = 0
                self._fill()
                return found, place
            self._stream.tell(found)

    def _fill(self) -> None:
        """Have enough pictures decoded; waits for the disk only when there is none at all."""
        while len(self._waiting) < self._stream.ahead:
            block = self._block
            if block is not None and self._given < len(block.pictures):
                # The bytes go as soon as they are decoded.
                raw, block.pictures[self._given] = block.pictures[self._given], _GONE
                self._given += 1
                place = Place(block.place.part, block.place.start, block.place.number, self._given)
                self._waiting.append((place, self._stream.begin_decoding(raw)))
            elif self._waiting and not self._reading.done():
                return
            else:
                self._turn()

    def _turn(self) -> None:
        """Go on to the next block."""
        block = self._reading.result()
        self._given = self._given if self._block is None else 0
        self._block, self._reading = block, self._stream.begin(block.then)
        self._barren += 1
        if self._barren > 2 * self._stream.parts + 2:
            raise ValueError(
                "None of the pictures in the shards can be read any more. Put them back, and continue the run."
            )


_GONE = _Raw(Path())


def _lanes(slots: int, shards: int) -> int:
    """How many lanes serve batches of `slots` pictures from so many shards; the same for any number of processes."""
    most = max(1, min(MOST_LANES, LANES_OF_A_SHARD * shards))
    if slots >= most:
        return most
    return slots * min(most // slots, math.ceil(LEAST_LANES / slots))


@lru_cache(maxsize=8)  # Lanes may be in different passes.
def _order(seed: int, number: int, parts: int) -> tuple[int, ...]:
    """The order of the parts in a pass."""
    order = list(range(parts))
    random.Random(f"{seed} {number}").shuffle(order)  # noqa: S311  No secret.
    return tuple(order)


def as_rows(places: Iterable[Place]) -> list[list[int]]:
    """Places as numbers, to be kept."""
    return [[place.part, place.start, place.number, place.taken] for place in places]


def from_rows(rows: Iterable[Sequence[int]]) -> list[Place]:
    """What `as_rows` gave."""
    return [Place(*map(int, row)) for row in rows]

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
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ganstudio.pictures.attendance import Attendance
from ganstudio.pictures.away import check_there
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards.decoding import Drawn, Raw, drawn_of, raw_of
from ganstudio.pictures.shards.finding import Found
from ganstudio.pictures.shards.walking import walk
from ganstudio.pictures.stock import Scale
from ganstudio.words.events import Skipped

MOST_LANES = 64
LEAST_LANES = 4  # So that a step of one picture still mixes shards.
LANES_OF_A_SHARD = 4  # More would read its headers over and over.
BLOCK = 8192  # Pictures that the blocks of all lanes hold together, and
BLOCK_BYTES = 48 << 20  # their bytes, as they lie in the shards.
LEAST_BLOCK = 8
DECODED = 16  # Pictures of all lanes together that wait decoded, or twice what a batch takes if that is more.
TOGETHER = 16  # Pictures that a thread decodes in one go: to hand over small ones takes as long as to decode them.
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


@dataclass(slots=True)
class _Block:
    """Pictures of one shard, in shuffled order, and where the lane goes on behind them."""

    place: Place
    pictures: list[Raw]
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
        self._threads = min(8, os.cpu_count() or 1)
        self._decoders = ThreadPoolExecutor(self._threads, "decode")
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
            lanes = [self._lane(slot, number) for slot in range(self._slots)]
            running = {lane: self._of(lane) for lane in lanes if lane in self._mine}
            self.prepare(running.values())
            drawn = []
            for slot, lane in enumerate(lanes):
                if lane in running:
                    picture, self._places[lane] = running[lane].take()
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
            # Each lane reads on at another time; all at once, they would hold up a step now and then.
            self._running[lane] = _Lane(self, self._places[lane], reads_on=lane / self.lanes / 2)
        return self._running[lane]

    def begin(self, place: Place) -> Future[_Block]:
        """Read a block in the background."""
        return self._readers.submit(self._read, place)

    def prepare(self, lanes: Collection[_Lane]) -> None:
        """Have enough pictures of these lanes decoded in the background."""
        wanted = [(lane, place, raw) for lane in lanes for place, raw in lane.wanted()]
        each = min(TOGETHER, max(1, len(wanted) // self._threads))
        for first in range(0, len(wanted), each):
            some = wanted[first : first + each]
            decoding = self._decoders.submit(self._decode, [raw for _, _, raw in some])
            for index, (lane, place, _) in enumerate(some):
                lane.expect(place, decoding, index)

    @property
    def ahead(self) -> int:
        """Pictures of each lane that wait decoded when a batch is drawn."""
        return max(2 * math.ceil(self._slots / self.lanes), DECODED // len(self._mine))

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
        pictures: list[Raw] = []
        try:
            with shard.open("rb") as file:
                for sample in walk(file, place.start, place.number):
                    if len(pictures) >= most or (bytes_left < 0 and len(pictures) >= LEAST_BLOCK):
                        then = Place(place.part, sample.start, sample.number)
                        break
                    held = index == 0 and sample.number < found.held
                    if sample.picture is None or held or sample.number % self._splits != residue:
                        continue
                    pictures.append(raw_of(shard, file, sample, found))
                    bytes_left -= len(pictures[-1].data)
        except Unreadable as reason:
            pictures.append(Raw(shard, fault=str(reason)))
        except OSError as error:
            check_there(shard, ())
            missing = isinstance(error, FileNotFoundError)
            why = "It is not there any more" if missing else f"It cannot be read: {error.strerror or 'the disk fails'}"
            pictures.append(Raw(shard, fault=f"{why}; the shard is passed over."))
        random.Random(f"{self._seed} {place.part} {place.start}").shuffle(pictures)  # noqa: S311  No secret.
        return _Block(place, pictures, then)

    def _decode(self, raws: Sequence[Raw]) -> list[Drawn | Skipped]:
        return [drawn_of(raw, self._tap.found, self._tap.scale) for raw in raws]


class _Lane:
    """One lane on its way: a block, the next one that is being read, and some pictures that are being decoded.

    Args:
        stream: Whose lane it is.
        place: Where it begins.
        reads_on: The next block is read when so much of the present one is used up, from 0 to 1.
    """

    def __init__(self, stream: Stream, place: Place, reads_on: float) -> None:
        self._stream, self._reads_on = stream, reads_on
        self._reading: Future[_Block] | None = stream.begin(place)
        self._block: _Block | None = None
        self._given = place.taken
        self._waiting: deque[tuple[Place, Future[list[Drawn | Skipped]], int]] = deque()
        self._barren = 0

    def take(self) -> tuple[Drawn, Place]:
        """The next picture that can be read, and where the lane stands behind it."""
        while True:
            if not self._waiting:
                self._stream.prepare([self])
            place, decoding, index = self._waiting.popleft()
            found = decoding.result()[index]
            if isinstance(found, Drawn):
                self._barren = 0
                return found, place
            self._stream.tell(found)

    def wanted(self) -> list[tuple[Place, Raw]]:
        """What is to be decoded next, and where it stands; waits for the disk only when there is none at all."""
        found: list[tuple[Place, Raw]] = []
        while (there := len(self._waiting) + len(found)) < self._stream.ahead:
            block = self._block
            if block is not None and self._given < len(block.pictures):
                # The bytes go as soon as they are decoded.
                raw, block.pictures[self._given] = block.pictures[self._given], _GONE
                self._given += 1
                found.append((Place(block.place.part, block.place.start, block.place.number, self._given), raw))
                self._read_on(block)
            elif there and self._reading is not None and not self._reading.done():
                break
            else:
                self._turn()
        return found

    def expect(self, place: Place, decoding: Future[list[Drawn | Skipped]], index: int) -> None:
        """Take note that the picture of this place will be the result's at `index`."""
        self._waiting.append((place, decoding, index))

    def _turn(self) -> None:
        """Go on to the next block."""
        assert self._reading is not None, "at the end of a block, the next one is on its way"
        block = self._reading.result()
        self._given = self._given if self._block is None else 0
        self._block, self._reading = block, None
        self._read_on(block)
        self._barren += 1
        if self._barren > 2 * self._stream.parts + 2:
            raise ValueError(
                "None of the pictures in the shards can be read any more. Put them back, and continue the run."
            )

    def _read_on(self, block: _Block) -> None:
        """Have the next block read if it is time."""
        if self._reading is None and self._given >= self._reads_on * len(block.pictures):
            self._reading = self._stream.begin(block.then)


_GONE = Raw(Path())


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

"""History: what happened in a run, as fast as a file is read once it has been read before. No Qt.

The run's `events.jsonl` is the truth. Nearly all of its lines are points of curves; they are kept as columns in a file
of the cache, between the other lines as they are, so that the second reading takes no line apart but the few. Such a
file counts only while the history begins with exactly what it was made of; whatever is wrong with it makes it no worse
than missing, and it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import struct
import time
import zlib
from array import array
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np

from ganstudio.runs.plain import open_plain
from ganstudio.runs.run import HISTORY
from ganstudio.runs.writing import write_atomically
from ganstudio.window.curve import Numbers
from ganstudio.window.points import Pattern
from ganstudio.words import events
from ganstudio.words.events import Command, Event
from ganstudio.words.places import cache

MAGIC = b"GSpast\x00\x01"
HEAD = struct.Struct("<8sIQ")
"""Magic with the version, checksum of all that follows this head, bytes of the table before the columns."""

LEAST_BYTES = 256 << 10
"""A shorter history is read as fast without."""

LIMIT_BYTES = 512 << 20
"""All such files together; the oldest go first."""

SETTLED_NS = 2_000_000_000
"""A file that was changed so shortly before it was read may have been changed again within one tick of its clock."""

_CHUNK = 64 << 10
"""Bytes whose lines are taken apart at once: about a millisecond, for which no other thread runs."""

_CHUNKS_A_PULL = 16
_LOSSES = b'{"event": "losses"'
_OTHERS = re.compile(rb"^(?!%b).*\n" % re.escape(_LOSSES), re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Many points of the same curves with nothing between them: as many `Losses`, as columns.

    Attributes:
        steps: int64, never falling.
        waited: float64, in [0, 1].
        terms: Curve name → values, float64.
    """

    steps: Numbers
    waited: Numbers
    terms: Mapping[str, Numbers]


Piece: TypeAlias = Event | Stretch
T = TypeVar("T")
Reading: TypeAlias = Generator[None, Command | None, T]
"""A job that says nothing on its way, so that others may take it into theirs."""


@dataclass(slots=True)
class _Gathered:
    """A history so far: its pieces, what of them is written how, and the points of the stretch in hand."""

    pieces: list[Piece] = field(default_factory=list)
    table: list[Any] = field(default_factory=list)
    names: tuple[str, ...] = ()
    columns: tuple[array[Any], ...] = ()
    covered: int = 0
    checksum: int = 0
    pattern: Pattern = field(default_factory=lambda: Pattern(()))

    def lines(self, lines: bytes) -> None:
        """More whole lines; those of losses that follow each other at once."""
        begin = 0
        alone = lines.count(_LOSSES) == lines.count(b"\n")
        for other in () if alone else _OTHERS.finditer(lines):
            self._losses(lines[begin : other.start()])
            self.line(other[0])
            begin = other.end()
        self._losses(lines[begin:])

    def _losses(self, lines: bytes) -> None:
        first = lines.find(b"\n") + 1
        if first:
            self.line(lines[:first])
        rest = lines[first:]
        if self.pattern.names != self.names:
            self.pattern = Pattern(self.names)
        columns = None
        if rest and self.columns:
            with contextlib.suppress(ValueError):
                columns = self.pattern.columns(rest)
        if columns is None or columns[0][0] < self.columns[0][-1]:
            for line in rest.split(b"\n")[:-1]:
                self.line(line + b"\n")
            return
        for column, more in zip(self.columns, columns, strict=True):
            column.extend(more)
        self.covered += len(rest)
        self.checksum = zlib.crc32(rest, self.checksum)

    def line(self, line: bytes) -> None:
        """One more line; one that is none of ours is passed over."""
        self.covered += len(line)
        self.checksum = zlib.crc32(line, self.checksum)
        try:
            table = json.loads(line)
            if table["event"] != "losses":
                text = line.decode("ascii").strip()
                event = events.from_json(text)
                self.close()
                self.pieces.append(event)
                self.table.append(text)
                return
            values = [float(value) for value in table["terms"].values()]
            self._point(int(table["step"]), float(table.get("waited", 0.0)), tuple(table["terms"]), values)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return

    def _point(self, step: int, waited: float, names: tuple[str, ...], values: list[float]) -> None:
        if names != self.names or not self.columns or step < self.columns[0][-1]:
            self.close()
            self.names = names
            self.columns = (array("q"), array("d"), *(array("d") for _ in names))
        for column, value in zip(self.columns, (step, waited, *values), strict=True):
            column.append(value)

    def close(self) -> None:
        """End the stretch in hand."""
        if self.columns:
            steps, waited, *terms = (np.frombuffer(column, column.typecode) for column in self.columns)
            self.add(Stretch(steps, waited, dict(zip(self.names, terms, strict=True))))
            self.columns = ()

    def add(self, stretch: Stretch) -> None:
        """One more stretch."""
        self.pieces.append(stretch)
        self.table.append({"names": list(stretch.terms), "count": len(stretch.steps)})


def history(run: Path) -> Reading[tuple[list[Piece], int]]:
    """What happened in `run` until now, oldest first, and how many bytes of whole lines tell it.

    Yields:
        None, so that others have their turn.
    """
    path = run / HISTORY
    try:
        found = path.stat()
    except OSError:
        return [], 0
    kept = kept_file(run)
    gathered = (yield from _known(path, kept, found)) if found.st_size >= LEAST_BYTES else None
    gathered = gathered or _Gathered()
    before, last = gathered.covered, b""
    with contextlib.suppress(OSError), open_plain(path) as file:
        file.seek(before)
        for number in count(1):
            if not (more := file.read(_CHUNK)):
                break
            lines, end, more = more.rpartition(b"\n")
            if end:
                gathered.lines(last + lines + end)
            last = more if end else last + more  # It goes on, is being written, or a kill cut it off.
            if number % _CHUNKS_A_PULL == 0:
                yield None
    yield None
    gathered.close()
    if gathered.covered - before >= LEAST_BYTES:
        with contextlib.suppress(OSError):
            _keep(gathered, kept, found)
    return gathered.pieces, gathered.covered


def kept_file(run: Path) -> Path:
    """Where the columns of its history lie, or would."""
    name = hashlib.sha256(os.fsencode(run.absolute())).hexdigest()[:32]
    return cache("histories") / f"{name}.columns"


def _known(path: Path, kept: Path, found: os.stat_result) -> Reading[_Gathered | None]:
    """What the file in the cache knows of this history; None when it is missing, damaged, or of another one."""
    try:
        data = np.fromfile(kept, np.uint8)
        magic, checksum, length = HEAD.unpack(data[: HEAD.size].tobytes())
        if magic != MAGIC or zlib.crc32(data[HEAD.size :].data) != checksum:
            return None
        table = json.loads(data[HEAD.size : HEAD.size + length].tobytes())
        gathered = _Gathered(covered=table["covered"], checksum=table["checksum"])
        if table["found"] != [found.st_size, found.st_mtime_ns] or not table["settled"]:
            same = yield from _begins(path, gathered)
            if not same:
                return None
        gathered.pieces.extend(_pieces(table["pieces"], data[HEAD.size + length :]))
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    gathered.table = table["pieces"]
    return gathered


def _begins(path: Path, gathered: _Gathered) -> Reading[bool]:
    """Whether the history still begins with what was read of it then."""
    left, checksum = gathered.covered, 0
    with open_plain(path) as file:
        while left and (part := file.read(min(left, 4 << 20))):
            left -= len(part)
            checksum = zlib.crc32(part, checksum)
            yield None
    return not left and checksum == gathered.checksum


def _pieces(table: list[Any], body: Numbers) -> Iterator[Piece]:
    at = 0
    for piece in table:
        if isinstance(piece, str):
            yield events.from_json(piece)
            continue
        count, names = piece["count"], piece["names"]
        columns = body[at : at + 8 * count * (2 + len(names))].view(np.float64).reshape(2 + len(names), count)
        at += columns.nbytes
        yield Stretch(columns[0].view(np.int64), columns[1], dict(zip(names, columns[2:], strict=True)))


def _keep(gathered: _Gathered, kept: Path, found: os.stat_result) -> None:
    """Write down for the next time what was read.

    Raises:
        OSError: The cache cannot be written.
    """
    settled = time.time_ns() - found.st_mtime_ns > SETTLED_NS and gathered.covered == found.st_size
    table = {
        "covered": gathered.covered,
        "checksum": gathered.checksum,
        "found": [found.st_size, found.st_mtime_ns],
        "settled": settled,
        "pieces": gathered.table,
    }
    head = json.dumps(table).encode("ascii")
    head += b" " * (-(HEAD.size + len(head)) % 8)  # Columns are looked at where they lie.
    parts = [head]
    for piece in gathered.pieces:
        if isinstance(piece, Stretch):
            parts += [column.tobytes() for column in (piece.steps, piece.waited, *piece.terms.values())]
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    make_room(kept.parent, sum(map(len, parts)))
    write_atomically(kept, [HEAD.pack(MAGIC, checksum, len(head)), *parts])


def make_room(folder: Path, size: int) -> None:
    """Delete the oldest files so that one more of `size` bytes fits."""
    files: list[tuple[float, int, Path]] = []
    for path in folder.glob("*.columns"):
        with contextlib.suppress(OSError):
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    taken = size + sum(each for _, each, _ in files)
    for _, each, path in sorted(files):
        if taken <= LIMIT_BYTES:
            return
        with contextlib.suppress(OSError):
            path.unlink()
            taken -= each

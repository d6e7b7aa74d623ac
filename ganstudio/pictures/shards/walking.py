"""What lies in a shard: samples by their names, found in the headers of the tar alone.

Which members belong together is WebDataset's to say: those that follow each other under one name up to its first dot.
The tar is walked here and not by the library, because its reader takes members of any size into the memory, reads past
what nobody wants, and cannot begin in the middle. Nothing is ever unpacked: a name is never a place on the disk.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from ganstudio.pictures.reading import CODEC_FAULTS, SUFFIXES, Unreadable

PICTURE_LIMIT = 256 << 20  # Bytes.
CLASS, CAPTION = "cls", "txt"
TEXT_LIMITS = {CLASS: 200, CAPTION: 1 << 16}
_NOTES_LIMIT = 1 << 16
_BLOCK = tarfile.BLOCKSIZE
_NAME, _SIZE, _SUM, _KIND, _PREFIX = slice(100), slice(124, 136), slice(148, 156), slice(156, 157), slice(345, 346)
# Notes of a POSIX header that say something of the file itself.
_TELLING = re.compile(rb" (path|size|linkpath|hdrcharset|GNU\.sparse[^=]*)=")
_CUT_OFF = "The shard is cut off; the file was not written completely."
# WebDataset keeps notes on a whole shard under names in double underscores, and macOS leaves its litter there.
_NO_SAMPLE = re.compile(r"(__[^/]*__|(.*/)?__MACOSX)($|/)")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a shard.

    Attributes:
        offset: Where its bytes begin in the shard.
        size: How many there are.
        start: Where its header begins.
    """

    offset: int
    size: int
    start: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Members of one name.

    Attributes:
        name: The name, up to the first dot.
        number: How many samples lie before it in the shard.
        members: By what stands behind the first dot, in lower case.
    """

    name: str
    number: int
    members: Mapping[str, Member]

    @property
    def start(self) -> int:
        """Where it begins in the shard."""
        return min(member.start for member in self.members.values())

    @property
    def picture(self) -> str | None:
        """Which member is its picture: "jpg", or else the first that ends so; None for none."""
        endings = [ending for ending in self.members if f".{ending.rpartition('.')[2]}" in SUFFIXES]
        return min(endings, key=lambda ending: "." in ending, default=None)


def walk(file: IO[bytes], start: int = 0, number: int = 0) -> Iterator[Sample]:
    """The samples of a shard in their order; the file may be read elsewhere meanwhile.

    Args:
        file: The shard.
        start: Where a sample begins.
        number: Its number.

    Raises:
        Unreadable: The shard is cut off or damaged from here on, or is no tar.
    """
    from webdataset.tariterators import group_by_keys  # noqa: PLC0415  It brings torch.

    faults: list[Unreadable] = []
    groups: Iterator[dict[str, Any]] = group_by_keys(_until_fault(_members(file, start), faults), handler=_is_twin)
    for group in groups:
        members = {name: member for name, member in group.items() if isinstance(member, Member)}
        yield Sample(group["__key__"], number, members)
        number += 1
    for fault in faults:
        raise fault


def read(file: IO[bytes], member: Member, limit: int = PICTURE_LIMIT) -> bytes:
    """The bytes of a member.

    Raises:
        Unreadable: It has more bytes than `limit`, or the shard ends before.
    """
    if member.size > limit:
        raise Unreadable(f"It is larger than {limit >> 20} MB." if limit >> 20 else "Its text is too long.")
    file.seek(member.offset)
    data = file.read(member.size)
    if len(data) < member.size:
        raise Unreadable("The shard is cut off here; the file was not written completely.")
    return data


def text(file: IO[bytes], sample: Sample, ending: str) -> str:
    """The class or the caption of a sample that has one.

    Raises:
        Unreadable: It is too long, or no text.
    """
    try:
        return read(file, sample.members[ending], TEXT_LIMITS[ending]).decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Unreadable("Its class or caption is not text in UTF-8.") from error


def _members(file: IO[bytes], start: int) -> Iterator[dict[str, Any]]:
    """Each plain file, as WebDataset's own reader tells it, with its place instead of its bytes."""
    at = start
    while (entry := _usual(file, at) or _any(file, at)) is not None:
        if entry.member is not None and not _NO_SAMPLE.match(entry.name):
            yield {"fname": entry.name, "data": entry.member, "__url__": ""}
        at = entry.behind


class _Entry(NamedTuple):
    """What a header tells: a name, the place of a plain file's bytes, and where the next header begins."""

    name: str
    member: Member | None
    behind: int


def _usual(file: IO[bytes], start: int) -> _Entry | None:
    """A file whose headers are as nearly all are, which the library would take many times as long for.

    None where the library has to look: at other kinds, long names, the end, and whatever may be damaged.
    """
    file.seek(start)
    header, at = file.read(_BLOCK), start + _BLOCK
    if header[_KIND] == b"x":  # WebDataset's writer notes before each file when it was written, to the microsecond.
        length = _size(header)
        notes = file.read(_whole(length)) if length is not None and length <= _NOTES_LIMIT else b""
        if not notes or _TELLING.search(notes):
            return None
        header, at = file.read(_BLOCK), at + len(notes) + _BLOCK
    size = _size(header)
    if size is None or header[_KIND] != b"0" or header[_PREFIX] != b"\0":
        return None
    name = header[_NAME].partition(b"\0")[0].decode("utf-8", "surrogateescape")
    return _Entry(name, Member(at, size, start), at + _whole(size))


def _size(header: bytes) -> int | None:
    """The bytes behind a header, when that is whole and says it in the usual way."""
    told, stated = header[_SIZE].rstrip(b" \0"), header[_SUM].strip(b" \0")
    if len(header) < _BLOCK or not told.isdigit() or not stated.isdigit():
        return None
    try:
        # The sum holds spaces in its own place. Adler's lower half is the same sum and one, modulo a prime.
        total = int(stated, 8) + sum(header[_SUM]) - 8 * ord(" ")
        return int(told, 8) if zlib.adler32(header) & 0xFFFF == (total + 1) % 65521 else None
    except ValueError:
        return None


def _whole(size: int) -> int:
    """Bytes that so many take up in a tar."""
    return size + -size % _BLOCK


def _any(file: IO[bytes], at: int) -> _Entry | None:
    """What the library finds there; None at the end."""
    try:
        _check_reached(file, at)
        file.seek(at)
        with tarfile.TarFile(fileobj=file, mode="r", encoding="utf-8", errorlevel=0) as tar:
            info = tar.next()
            if info is None:
                _check_end(file, tar.offset)
                return None
            plain = info.isreg() and not info.issparse()
            member = Member(info.offset_data, info.size, info.offset) if plain else None
            return _Entry(info.name, member, tar.offset)
    except tarfile.ReadError as error:
        raise Unreadable(_fault(file, at, error)) from error
    except CODEC_FAULTS as error:
        if isinstance(error, (OSError, Unreadable)) and not isinstance(error, tarfile.TarError):
            raise
        raise Unreadable("The shard is damaged here.") from error


def _check_reached(file: IO[bytes], at: int) -> None:
    """Whether the file goes as far as the last header said."""
    file.seek(max(0, at - 1))
    if at and not file.read(1):
        raise Unreadable(_CUT_OFF)


def _check_end(file: IO[bytes], offset: int) -> None:
    """Whether the walk ended where the tar does, and not at rubbish in the middle."""
    file.seek(offset)
    end = file.read(_BLOCK)
    if 0 < len(end) < _BLOCK:
        raise Unreadable(_CUT_OFF)
    if end.strip(b"\0"):
        raise Unreadable("The shard is damaged in the middle; what lies behind is not found.")


def _fault(file: IO[bytes], start: int, error: tarfile.ReadError) -> str:
    file.seek(0)
    if not file.read(1):
        return "The shard is empty."
    text = str(error)
    if "end of data" in text or "truncated" in text:
        return _CUT_OFF
    return "The shard is damaged here." if start else "It is not a tar file."


def _until_fault(members: Iterator[dict[str, Any]], faults: list[Unreadable]) -> Iterator[dict[str, Any]]:
    """End at a fault as at the end, so that the sample before it is not lost."""
    try:
        yield from members
    except Unreadable as fault:
        faults.append(fault)


def _is_twin(error: Exception) -> bool:
    """Of two members of the same name, the first counts."""
    return isinstance(error, ValueError)


def location(shard: Path, sample: Sample) -> Path:
    """How a sample is named to people: the shard, and its name there. It is no place on the disk."""
    ending = sample.picture
    return shard / f"{sample.name}.{ending}" if ending else shard / sample.name

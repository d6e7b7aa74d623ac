"""Zips of pictures, unpacked once into a folder: nothing in them can be written elsewhere, run, or fill the disk.

Only what looks like a picture or a caption is written, under a name of our own making from its own, as a plain file.
Everything else is named or, like the litter of systems, passed over. A zip that was unpacked before is not again.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ganstudio.pictures.folders import COMPANIONS, is_litter
from ganstudio.pictures.names import Names, parts_of
from ganstudio.pictures.reading import BYTE_LIMIT, SUFFIXES, Unreadable, size_of
from ganstudio.words.events import Progress, Skipped

SUFFIX = ".zip"
MOST_MEMBERS = 200_000
MOST_RATIO = 200  # Times its own size that a zip may grow to, beyond the first gigabyte.
SPARE = 1 << 30  # Bytes of the disk that stay free.
_UNSUSPICIOUS = 1 << 30
_CHUNK = 1 << 20
_LEAST_ENTRY = 46  # Bytes of a member in the list at the end of a zip.
_NESTED = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cbz", ".cbr"})
_READ = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # Others may take any memory while they unpack a little.
_MARK = ".unpacked.json"
_LOCKED = "It is protected by a password."
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip that is wanted, and where it goes below the folder."""

    info: zipfile.ZipInfo
    place: PurePosixPath


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in a zip.

    Attributes:
        members: What is unpacked; a folder that holds everything is not kept.
        skipped: What is not, and why.
    """

    members: tuple[Member, ...]
    skipped: tuple[Skipped, ...]

    @property
    def size(self) -> int:
        """Bytes, unpacked, as the zip declares them; no member is read any further."""
        return sum(member.info.file_size for member in self.members)


def is_archive(path: Path) -> bool:
    """Whether this is a zip file, by its name."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def top_folders(archive: Path) -> tuple[str, ...]:
    """The folders at the top of a zip when all of its pictures lie in them, else none.

    Raises:
        ValueError: It cannot be read as a zip; the message names it.
    """
    with _opened(archive) as zipped:
        places = [member.place for member in _contents(archive, zipped).members if _is_picture(member.place)]
    tops = dict.fromkeys(place.parts[0] for place in places if len(place.parts) > 1)
    return tuple(tops) if all(len(place.parts) > 1 for place in places) else ()


def unpack(archive: Path, into: Path) -> Generator[Progress | Skipped, None, Path]:
    """Unpack a zip into a folder of its name in `into`, all or nothing; returns that folder.

    Left in the middle, it leaves nothing. The same zip, unpacked there before, is not unpacked again; another one of
    the same name gets a folder with a number.

    Raises:
        ValueError: It is no zip, damaged, protected by a password, holds no pictures, or would fill the disk.
        OSError: The folder cannot be written.
    """
    mark = _mark(archive)
    folder = _folder_for(archive, into, mark)
    if (folder / _MARK).is_file():
        return folder
    into.mkdir(parents=True, exist_ok=True)
    half = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir()
        with _opened(archive) as zipped:
            contents = _contents(archive, zipped)
            yield from contents.skipped
            _check_size(archive, contents, into)
            written = yield from _write(archive, zipped, contents.members, half)
        if not written:
            raise ValueError(f"No picture in {archive.name} can be unpacked.")
        (half / _MARK).write_text(json.dumps(mark), "utf-8")
        half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return folder


def unpacked(sources: Iterable[Path], into: Path) -> Generator[Progress | Skipped, None, list[Path]]:
    """Sources with each zip among them unpacked into `into` and replaced by its folder.

    Raises:
        ValueError: As `unpack`.
        OSError: As `unpack`.
    """
    places: list[Path] = []
    for source in sources:
        place = (yield from unpack(source, into)) if is_archive(source) else source
        places.append(place)
    return places


@contextmanager
def _opened(archive: Path) -> Generator[zipfile.ZipFile, None, None]:
    """The zip with its list of members read, once that is known to be of a sane length."""
    try:
        file = archive.open("rb")
    except OSError as error:
        raise ValueError(f"{archive} cannot be opened: {error.strerror or 'the disk does not answer'}.") from error
    with file:
        if _list_bytes(file) > MOST_MEMBERS * 4 * _LEAST_ENTRY:
            raise ValueError(_too_many(archive))
        try:
            zipped = zipfile.ZipFile(file)
        except _FAULTS as error:
            raise ValueError(f"{archive.name} is no zip file, or a damaged one. Try to get it again.") from error
        with zipped:
            yield zipped


def _too_many(archive: Path) -> str:
    return f"{archive.name} holds too many files; at most {MOST_MEMBERS:,} are unpacked."


def _list_bytes(file: IO[bytes]) -> int:
    """Length of the list of members, as the end of the zip declares it; 0 when there is no such end."""
    whole = file.seek(0, os.SEEK_END)
    file.seek(max(0, whole - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return 0
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at < 20 or not tail[at - 20 : at].startswith(b"PK\6\7"):
        return size
    # A large zip has another end before this one.
    file.seek(min(whole, int.from_bytes(tail[at - 12 : at - 4], "little")))
    large = int.from_bytes(file.read(56)[40:48], "little")
    return large if size == 0xFFFFFFFF else max(size, large)


def _contents(archive: Path, zipped: zipfile.ZipFile) -> Contents:
    infos = zipped.infolist()
    if len(infos) > MOST_MEMBERS:
        raise ValueError(_too_many(archive))
    wanted: list[tuple[zipfile.ZipInfo, tuple[str, ...]]] = []
    skipped: list[Skipped] = []
    for info in infos:
        name = _name(info)
        parts = parts_of(name)
        if name.endswith(("/", "\\")) or any(is_litter(part) for part in parts or ()):
            continue
        if reason := _why_not(info, parts):
            skipped.append(Skipped(f"{archive}/{name}", reason))
        elif parts and PurePosixPath(parts[-1]).suffix.lower() not in COMPANIONS - {".txt"}:
            wanted.append((info, parts))
    if not any(_is_picture(PurePosixPath(parts[-1])) for _, parts in wanted):
        if any(entry.reason == _LOCKED for entry in skipped):
            raise ValueError(f"{archive.name} is protected by a password. Unpack it yourself and take its folder.")
        wanted = [entry for entry in wanted if PurePosixPath(entry[1][-1]).suffix.lower() != ".txt"]
        if not wanted:
            raise ValueError(f"{archive.name} holds no pictures.")
    return Contents(tuple(_placed(wanted)), tuple(skipped))


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 and do not say so."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _why_not(info: zipfile.ZipInfo, parts: Sequence[str] | None) -> str:
    """Why a member is not unpacked; empty when it may be."""
    if parts is None:
        return "Its name leads out of the zip, or is none that a file can have."
    kind = stat.S_IFMT(info.external_attr >> 16)
    reasons = {
        "It is a link or a device, not a file.": kind not in {0, stat.S_IFREG},
        "It is an archive inside the zip. Unpack it first.": PurePosixPath(parts[-1]).suffix.lower() in _NESTED,
        _LOCKED: bool(info.flag_bits & 0x41),
        "It is packed in a way that is not read. Unpack it yourself.": info.compress_type not in _READ,
        f"The file is larger than {BYTE_LIMIT // 2**30} GB.": info.file_size > BYTE_LIMIT,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _is_picture(place: PurePosixPath) -> bool:
    return place.suffix.lower() in SUFFIXES


def _placed(wanted: Sequence[tuple[zipfile.ZipInfo, tuple[str, ...]]]) -> Iterable[Member]:
    """Each with a name of its own, without the folders that all pictures have in common."""
    folders = [parts[:-1] for _, parts in wanted if _is_picture(PurePosixPath(parts[-1]))]
    common = _beginning(folders or [parts[:-1] for _, parts in wanted])
    names = Names()
    for info, parts in wanted:
        if parts[: len(common)] == common and len(parts) > len(common):
            yield Member(info, names.give(parts[len(common) :]))


def _beginning(folders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What all begin with."""
    first, last = min(folders), max(folders)
    for depth, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:depth]
    return first[: len(last)]


def _check_size(archive: Path, contents: Contents, into: Path) -> None:
    packed = archive.stat().st_size
    if sum(member.info.compress_size for member in contents.members) > packed:
        raise ValueError(f"{archive.name} is damaged: its files overlap.")
    if contents.size > _UNSUSPICIOUS and contents.size > MOST_RATIO * packed:
        raise ValueError(
            f"{archive.name} would grow to {contents.size / 1e9:.1f} GB, {contents.size // packed} times its size. "
            "No pictures do that; it is not unpacked."
        )
    free = shutil.disk_usage(into).free
    if contents.size + SPARE > free:
        raise ValueError(
            f"{archive.name} needs {contents.size / 1e9:.1f} GB unpacked; {free / 1e9:.1f} GB are free, and "
            f"{SPARE / 1e9:.1f} GB stay so. Make room first."
        )


def _write(
    archive: Path, zipped: zipfile.ZipFile, members: Sequence[Member], folder: Path
) -> Generator[Progress | Skipped, None, int]:
    """Write the members; returns how many pictures there are."""
    pictures = 0
    for done, member in enumerate(members, start=1):
        file = folder / member.place
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            for _ in _copied(zipped, member.info, file):
                yield Progress(done - 1, len(members), f"unpacking {archive.name}")
            if file.suffix.lower() not in SUFFIXES | {".txt"}:
                size_of(file)  # As in a folder, what is named like no picture counts when it is one.
        except (*_FAULTS, Unreadable) as reason:
            file.unlink(missing_ok=True)
            text = str(reason) if isinstance(reason, Unreadable) else "The zip is damaged here."
            yield Skipped(f"{archive}/{_name(member.info)}", text)
        else:
            pictures += file.suffix.lower() != ".txt"
        yield Progress(done, len(members), f"unpacking {archive.name}")
    return pictures


def _copied(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, file: Path) -> Generator[int, None, None]:
    """Copy one member, never more than it declares, and never the disk's last; tells the bytes now and then."""
    if info.header_offset < 0:  # The beginning of the zip is missing, and nobody can seek there.
        raise zipfile.BadZipFile
    count = 0
    with zipped.open(info) as packed, file.open("xb") as plain:
        while chunk := packed.read(_CHUNK):
            count += len(chunk)
            if count > info.file_size:
                raise zipfile.BadZipFile
            plain.write(chunk)
            if count % (16 * _CHUNK) == 0:
                yield count


def _mark(archive: Path) -> dict[str, str | int]:
    """What tells that this zip was unpacked, and not another one."""
    try:
        found = archive.stat()
    except FileNotFoundError as error:
        raise ValueError(f"{archive} is not there any more.") from error
    return {"name": archive.name, "size": found.st_size, "changed": found.st_mtime_ns}


def _folder_for(archive: Path, into: Path, mark: dict[str, str | int]) -> Path:
    """The folder where it was unpacked before, or one that is free."""
    stem = (parts_of(archive.stem) or ("pictures",))[-1]
    number, folder = 1, into / stem
    while folder.exists():
        try:
            if json.loads((folder / _MARK).read_text("utf-8")) == mark:
                return folder
        except (OSError, ValueError):
            pass
        number += 1
        folder = into / f"{stem} {number}"
    return folder

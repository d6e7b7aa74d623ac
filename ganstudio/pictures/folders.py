"""Folders as lists of pictures: what is there, in which order, of which class, and what is held out for testing."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from ganstudio.pictures.away import Away, check_there, until_back
from ganstudio.pictures.reading import SUFFIXES, Unreadable, size_of
from ganstudio.words.events import Held, Progress, Skipped
from ganstudio.words.recipe import Domain

HELD_OUT = 0.05
# What lies beside pictures for good reason: captions, notes, lists, what systems leave behind.
COMPANIONS = frozenset(
    {".cfg", ".csv", ".db", ".ini", ".json", ".jsonl", ".lnk", ".log", ".md", ".npy", ".py"}
    | {".toml", ".tsv", ".txt", ".url", ".xml", ".xmp", ".yaml", ".yml"}
)
_LEFT_BY_SYSTEMS = frozenset({"__macosx", "$recycle.bin", "system volume information"})
_HIDDEN_ON_WINDOWS = 0x2


def real(place: Path) -> Path:
    """Where a path leads, through all links; one that leads to itself stays as it is, where `Path.resolve` fails."""
    return Path(os.path.realpath(place))


def find(sources: Iterable[Path], also: frozenset[str] = frozenset()) -> Iterator[Path | Skipped]:
    """Every picture file under folders, and the files given, each once, in natural order (2 before 10).

    Files are told by suffix; one without a picture's suffix counts when its content is a picture, is passed over in
    silence when it is a companion such as a caption, and is named otherwise. Hidden files and folders are passed over;
    links are followed, loops are not.

    Args:
        sources: Folders and files.
        also: Further suffixes that count, such as those of videos.
    """
    seen: set[str] = set()
    for source in sources:
        yield from _under(Path(source), seen, also, given=True)


def listed(domain: Domain) -> Iterator[Path | Skipped]:
    """`find` in the domain's sources, without what the artist left out: every listing of a domain begins here.

    Raises:
        Away: A source went away in the middle.
    """
    left_out, sources = frozenset(domain.excluded), sources_of(domain)
    for entry in find(sources):
        if isinstance(entry, Skipped) and Path(entry.path) not in sources:
            check_there(Path(entry.path), sources)
        if (entry.path if isinstance(entry, Skipped) else str(entry)) not in left_out:
            yield entry


def patiently_listed(domain: Domain) -> Generator[Progress | Held, None, list[Path | Skipped]]:
    """All of `listed`, begun anew when a source went away in the middle and is back."""
    while True:
        found: list[Path | Skipped] = []
        try:
            for entry in listed(domain):
                found.append(entry)
                if len(found) % 100 == 1:
                    yield Progress(len(found), 0, "listing")
        except Away as gone:
            yield from until_back(gone)
        else:
            return found


def sources_of(domain: Domain) -> list[Path]:
    """Its folders and files."""
    return [Path(source) for source in domain.sources]


def class_of(path: Path, domain: Domain) -> str | None:
    """The class the artist gave a picture of the domain, else that of its folder; None for none.

    A name that no folder has makes a new class; an empty one takes the picture out of its class.
    """
    given = domain.labels.get(str(path))
    return label_of(path, sources_of(domain)) if given is None else given.strip() or None


def label_of(path: Path, sources: Iterable[Path]) -> str | None:
    """Name of the first folder between a source and the file; None for a file that lies in the source itself."""
    for source in sources:
        if path.is_relative_to(source):
            parts = path.relative_to(source).parts
            return parts[0] if len(parts) > 1 else None
    return None


def split(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """(train, test) by a hash of each file's name, in the order given: 5 % are held out, and one of two at least.

    What was decided for a picture stays so when others are added, and pictures of the same name in two folders go the
    same way.
    """
    marks = [_mark(path.name) for path in paths]
    held = {mark for mark in marks if mark < HELD_OUT} or ({min(marks)} if marks else set())
    train = [path for path, mark in zip(paths, marks, strict=True) if mark not in held]
    test = [path for path, mark in zip(paths, marks, strict=True) if mark in held]
    return (train, test) if train else (test[1:] or test, test[:1] if len(test) > 1 else [])


def natural(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """Sort key under which "a2" comes before "a10" and case does not matter."""
    parts = re.split(r"(\d+)", unicodedata.normalize("NFC", name).casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part), name


@lru_cache(maxsize=1 << 16)  # The window asks for the same again at every edit.
def _mark(name: str) -> float:
    """A number from 0 to 1 that depends on the name alone, alike on every system."""
    plain = unicodedata.normalize("NFC", name).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.sha256(plain).digest()[:8], "big") / 2**64


def _under(path: Path, seen: set[str], also: frozenset[str], *, given: bool) -> Iterator[Path | Skipped]:
    try:
        found = path.stat()
        real = os.path.realpath(path)
    except FileNotFoundError:
        reason = "The link leads nowhere." if path.is_symlink() else "It is not there."
        yield Skipped(str(path), reason)
        return
    except OSError as error:
        yield Skipped(str(path), f"It cannot be opened: {error.strerror or 'the disk does not answer'}.")
        return
    if real in seen or (not given and _is_hidden(path, found)):
        return
    seen.add(real)
    if stat.S_ISDIR(found.st_mode):
        yield from _inside(path, real, seen, also)
    elif stat.S_ISREG(found.st_mode):
        yield from _file(path, also, given=given)
    else:
        yield Skipped(str(path), "It is a pipe or a device, not a file.")


def _inside(folder: Path, real: str, seen: set[str], also: frozenset[str]) -> Iterator[Path | Skipped]:
    """The files of a folder, which is `real` without links, then its subfolders."""
    try:
        with os.scandir(folder) as listing:
            entries = [(_is_folder(entry), natural(entry.name), entry.name, _is_plain(entry)) for entry in listing]
    except OSError as error:
        yield Skipped(str(folder), f"The folder cannot be opened: {error.strerror or 'the disk does not answer'}.")
        return
    for _, _, name, plain in sorted(entries):
        if not plain:
            yield from _under(folder / name, seen, also, given=False)
        elif (place := os.path.join(real, name)) not in seen and not is_litter(name):  # noqa: PTH118  Thousands of them.
            seen.add(place)
            yield from _file(folder / name, also, given=False)
    if entries and not folder.exists():  # It went away meanwhile, and nobody looked at each of its files.
        yield Skipped(str(folder / entries[-1][2]), "It is not there.")


def _is_plain(entry: os.DirEntry[str]) -> bool:
    """Whether the folder's listing tells all there is to know of it: a file that is neither a link nor hidden."""
    try:
        if not entry.is_file(follow_symlinks=False):
            return False
        if os.name != "nt":
            return True
        found = entry.stat(follow_symlinks=False)  # Known from the listing there; elsewhere a look at the disk.
        return not getattr(found, "st_file_attributes", 0) & _HIDDEN_ON_WINDOWS
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(path: Path, also: frozenset[str], *, given: bool) -> Iterator[Path | Skipped]:
    suffix = path.suffix.lower()
    if suffix in SUFFIXES or suffix in also:
        yield path
    elif given or suffix not in COMPANIONS:
        try:
            size_of(path)
        except Unreadable as reason:
            yield Skipped(str(path), str(reason))
        else:
            yield path


def _is_hidden(path: Path, found: os.stat_result) -> bool:
    attributes = getattr(found, "st_file_attributes", 0)
    return is_litter(path.name) or bool(attributes & _HIDDEN_ON_WINDOWS)


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or left behind by a system."""
    return name.startswith(".") or name.lower() in _LEFT_BY_SYSTEMS

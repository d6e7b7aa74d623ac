"""Names of files that come from elsewhere, made such that every system takes them and none leads anywhere else."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Sequence
from pathlib import PurePosixPath

LONGEST = 200  # Bytes of a name; systems take 255, and numbers may be added.
DEEPEST = 64  # Folders within each other.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)( *\..*)?", re.IGNORECASE)


def parts_of(name: str) -> tuple[str, ...] | None:
    """The folders and the file of a name with slashes of either kind, each safe on every system.

    None for a name that leads elsewhere (absolute, with a drive, with ..), is empty, or holds a zero.
    """
    if "\0" in name or re.match(r"[A-Za-z]:", name) or name.startswith(("/", "\\")):
        return None
    parts = [part for part in re.split(r"[/\\]", name) if part not in {"", "."}]
    if not parts or ".." in parts or len(parts) > DEEPEST:
        return None
    return tuple(map(_safe, parts))


def _safe(part: str) -> str:
    """The name, with what Windows forbids replaced, and shortened to what every disk takes."""
    part = _FORBIDDEN.sub("_", part)
    part = part.encode("utf-8", "replace").decode("utf-8")  # No half characters.
    if part != part.rstrip(" ."):
        part = part.rstrip(" .") + "_"
    if _DEVICES.fullmatch(part):
        part = f"_{part}"
    if len(part.encode()) <= LONGEST:
        return part
    suffix = PurePosixPath(part).suffix if len(PurePosixPath(part).suffix.encode()) <= 16 else ""
    mark = hashlib.sha256(part.encode()).hexdigest()[:8]
    room = LONGEST - len(suffix.encode()) - len(mark) - 1
    return f"{part.encode()[:room].decode('utf-8', 'ignore')}-{mark}{suffix}"


class Names:
    """Gives each file a path of its own, also where systems do not tell A from a."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def give(self, parts: Sequence[str]) -> PurePosixPath:
        """The path of these parts, with numbers where another file or folder has it."""
        place = PurePosixPath()
        for part in parts[:-1]:
            place = _free(place / part, self._files)
            self._folders.add(_key(place))
        place = _free(place / parts[-1], self._files, self._folders)
        self._files.add(_key(place))
        return place


def _free(place: PurePosixPath, *taken: Container[str]) -> PurePosixPath:
    number, free = 1, place
    while any(_key(free) in names for names in taken):
        number += 1
        free = place.with_name(f"{place.stem} {number}{place.suffix}")
    return free


def _key(place: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(place)).casefold()

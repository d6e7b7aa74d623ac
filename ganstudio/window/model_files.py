"""Model files on the disk: how they are called, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

SUFFIX = ".safetensors"
LONGEST = 80
"""Letters of a name."""

_FORBIDDEN = frozenset('/\\:*?"<>|')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def file_name(name: str) -> str:
    """A name as every system allows it in a folder: "day/night" becomes "day-night".

    Raises:
        ValueError: Nothing of it is left.
    """
    made = "".join("-" if letter in _FORBIDDEN or not letter.isprintable() else letter for letter in name)
    made = made.strip(". ")[:LONGEST].strip(". ")
    if not made.strip("-. "):
        raise ValueError(f'"{name}" has nothing in it that a file may be called by. Use letters or digits.')
    return f"{made}_" if made.partition(".")[0].lower() in _RESERVED else made


def free_file(folder: Path, name: str, suffix: str = SUFFIX) -> Path:
    """A file of this name that is not there yet, with a number where the name is taken.

    Raises:
        ValueError: The name has nothing in it that a file may be called by.
    """
    stem = file_name(name)
    number, file = 1, folder / f"{stem}{suffix}"
    while file.exists():
        number += 1
        file = folder / f"{stem} {number}{suffix}"
    return file


def with_sidecars(file: Path) -> list[Path]:
    """A model file and, after it, its card and what else is called as it is."""
    return [file, *(beside for beside in sorted(_beside(file)) if beside != file)]


def move(file: Path, name: str) -> Path:
    """Call a model file, and what belongs to it, by another name; where it is now.

    Raises:
        ValueError: There is one of this name already.
        OSError: It could not be moved; nothing was.
    """
    new = file.with_name(f"{name}{file.suffix}")
    same = name.casefold() == file.stem.casefold()  # Some systems take both for one name.
    if new.exists() and not same:
        raise ValueError(f'There is a "{name}" already.')
    moved: list[tuple[Path, Path]] = []
    try:
        for old in with_sidecars(file):
            target = old.with_name(name + old.name[len(file.stem) :])
            if target.exists() and not same:
                continue  # It belongs to something else; the model goes without it.
            old.rename(target)
            moved.append((old, target))
    except OSError:
        for old, target in reversed(moved):
            target.rename(old)
        raise
    return new


def _beside(file: Path) -> Iterable[Path]:
    """What lies beside a model and is called after it, as "monet.safetensors.md" and "monet.json"; no other model."""
    return (
        other
        for other in file.parent.iterdir()
        if other.suffix != SUFFIX
        and other.is_file()
        and (other.stem == file.stem or other.name.startswith(f"{file.name}."))
    )

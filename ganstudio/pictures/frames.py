"""Frames: the pictures of a batch, in from files and folders and out again with all that came with them."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ganstudio.pictures.folders import find, real
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.writing.made import made_from
from ganstudio.pictures.writing.naming import Batch, Place, identity, place_seal
from ganstudio.pictures.writing.originals import Original, original
from ganstudio.pictures.writing.painted import Painted
from ganstudio.words.events import Skipped
from ganstudio.words.making import Making


@dataclass(frozen=True, slots=True)
class Frame(Place):
    """One picture of a batch, decoded.

    Attributes:
        original: Its pixels and what came with them.
    """

    original: Original

    @property
    def picture(self) -> Image.Image:
        """RGB, 8 bit, upright, sRGB, transparency on white."""
        return self.original.picture


def places(
    inputs: Iterable[Path],
    also: frozenset[str] = frozenset(),
    out: Path | None = None,
    classes: frozenset[str] = frozenset(),
) -> list[Place | Skipped]:
    """Every picture file of these files and folders, not read yet, in natural order.

    Args:
        inputs: Files and folders; folders with all that lies below them.
        also: Further suffixes that count, such as those of videos.
        out: Where what is made of them goes. Where that is in one of the folders, what was made of these very pictures
            before is none of them, unless it is named itself.
        classes: Folders of `out` into which they are copied as they are, as they lie below theirs.
    """
    roots = [Path(one) for one in inputs]
    found = list(find(roots, also))
    if out is not None and any(root.is_dir() and real(out).is_relative_to(real(root)) for root in roots):
        made = _copied(found, roots, real(out), classes) if classes else _made(found, real(out))
        named = set(map(identity, roots))
        made = {path for path in made if identity(path) not in named}
        found = [entry for entry in found if entry not in made]
    paths = [entry for entry in found if isinstance(entry, Path)]
    batch = Batch(frozenset(map(identity, paths)), frozenset(identity(path.parent) for path in paths), len(paths))
    numbers = iter(range(1, len(paths) + 1))
    return [
        entry if isinstance(entry, Skipped) else Place(entry, _relative(entry, roots), next(numbers), batch)
        for entry in found
    ]


def _made(found: list[Path | Skipped], out: Path) -> set[Path]:
    """Those below `out` that say that they were made of another of them."""
    paths = [entry for entry in found if isinstance(entry, Path)]
    seals = set(map(place_seal, paths))
    below = (path for path in paths if real(path).is_relative_to(out))
    return {path for path in below if (making := made_from(path)) is not None and making.source_place in seals}


def _copied(found: list[Path | Skipped], roots: list[Path], out: Path, classes: frozenset[str]) -> set[Path]:
    """Those in a class folder of `out` where one of them would be copied to, byte for byte the same."""
    lying: dict[Path, list[Path]] = {}
    for path in (entry for entry in found if isinstance(entry, Path)):
        lying.setdefault(_relative(path, roots).parent, []).append(path)

    def is_copy(path: Path) -> bool:
        place = real(path)
        below = place.relative_to(out).parts if place.is_relative_to(out) else ()
        if len(below) < 2 or below[0] not in classes:
            return False
        others = lying.get(Path(*below[1:-1]), ())  # A copy may have a number behind its name.
        return any(other != path and path.stem.startswith(other.stem) and _same(path, other) for other in others)

    return {path for paths in lying.values() for path in paths if is_copy(path)}


def _same(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def frame_of(place: Place) -> Frame | Skipped:
    """The picture at a place, or why it cannot be read.

    Raises:
        Unwritten: It is large, and the disk has no room for its pixels.
    """
    try:
        found = original(place.path)
    except Unreadable as reason:
        return Skipped(str(place.path), str(reason))
    return Frame(place.path, place.relative, place.number, place.batch, found)


def save(
    picture: Image.Image,
    target: Path,
    frame: Frame | Original | None = None,
    *,
    note: str = "",
    recipe: Making | None = None,
) -> Path:
    """Write a picture in the format of the target's suffix, whole or not at all, and make its folder.

    What came with the original goes along: transparency, profile, resolution, EXIF. "GAN Studio" and the note stand as
    its software.

    Args:
        picture: RGB in sRGB.
        target: An earlier file of this name is replaced.
        frame: What it was made from.
        note: How it was made, such as the model's name.
        recipe: The same in full.

    Raises:
        ValueError: A suffix that is not written, or a picture too large for the format.
        OSError: The disk is full, the folder is read-only.
    """
    with Painted(picture.width, picture.height) as painted:
        painted.write(0, np.asarray(picture.convert("RGB")))
        painted.save(target, frame, note=note, recipe=recipe)
    return target


def nothing(inputs: Iterable[Path], done: str, reason: str) -> str:
    """What to say when no picture of `inputs` could be `done`, such as "translated"."""
    where = ", ".join(str(path) for path in inputs)
    why = f" ({reason.rstrip('.')})" if reason else ""
    return f"No picture in {where} could be {done}{why}. Choose .png, .jpg or .webp pictures."


def _relative(path: Path, roots: list[Path]) -> Path:
    for root in roots:
        if root != path and path.is_relative_to(root):
            return path.relative_to(root)
    return Path(path.name)

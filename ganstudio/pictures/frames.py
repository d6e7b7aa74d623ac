"""Pictures on their way through a translation: in from files and folders, out beside nothing that was there before.

What came with a picture (its EXIF, its place below a folder) goes out with it. Originals are never touched: a batch
knows all its originals and everything it has made, and finds another name rather than write over one.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from ganstudio.pictures.folders import find
from ganstudio.pictures.reading import CODEC_FAULTS, Unreadable, decode
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Skipped

SOFTWARE = "GAN Studio"
BESIDE = "-translated"
# How each format is written; lossless where it can be. TIFF plain: its compressors drop the camera's part of EXIF.
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"lossless": True}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
    ".avif": ("AVIF", {"quality": 95, "subsampling": "4:4:4"}),
    ".bmp": ("BMP", {}),
}
_LARGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_536}
_JPEG_EXIF_BYTES = 65_000
_SOFTWARE_TAG = 0x0131
# Most systems allow 255 bytes; a file is first written under a longer name of its own.
_NAME_BYTES = 200


@dataclass(slots=True)
class Batch:
    """What one batch must not write over: its originals, and what it has given out already."""

    originals: frozenset[str]
    homes: frozenset[str]
    given: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a batch.

    Attributes:
        path: The original.
        relative: Its place below the folder that was given; only its name when the file itself was given.
        picture: RGB, upright, sRGB.
        exif: Its EXIF block, upright; empty when it has none.
        batch: The batch it belongs to.
    """

    path: Path
    relative: Path
    picture: Image.Image
    exif: bytes
    batch: Batch


def frames(inputs: Iterable[Path]) -> Iterator[Frame | Skipped]:
    """Every picture of these files and folders, decoded one at a time, in natural order.

    Args:
        inputs: Files and folders; folders with all that lies below them.
    """
    roots = [Path(one) for one in inputs]
    found = list(find(roots))
    paths = [entry for entry in found if isinstance(entry, Path)]
    batch = Batch(frozenset(map(_identity, paths)), frozenset(_identity(path.parent) for path in paths))
    for entry in found:
        if isinstance(entry, Skipped):
            yield entry
            continue
        try:
            decoded = decode(entry)
        except Unreadable as reason:
            yield Skipped(str(entry), str(reason))
        else:
            yield Frame(entry, _relative(entry, roots), decoded.picture, decoded.exif, batch)


def target_for(frame: Frame, out: Path, suffix: str = ".png") -> Path:
    """Where the translation of `frame` goes: below `out` as its original lies below its folder, under the same stem.

    A folder that holds originals gets names with "-translated"; a name that an original or an earlier picture of the
    batch has is numbered. The same frame gets the same answer.
    """
    home = out / frame.relative.parent
    stem = frame.relative.stem + (BESIDE if _identity(home) in frame.batch.homes else "")
    number = 1
    while True:
        ending = suffix if number == 1 else f"-{number}{suffix}"
        target = home / (_cut(stem, _NAME_BYTES - len(ending)) + ending)
        name = _identity(target)
        if name not in frame.batch.originals and frame.batch.given.setdefault(name, frame.path) == frame.path:
            return target
        number += 1


def save(picture: Image.Image, target: Path, frame: Frame | None = None, *, note: str = "") -> Path:
    """Write a picture in the format of the target's suffix, whole or not at all, and make its folder.

    sRGB is named as its profile, the original's EXIF goes along, and "GAN Studio" and the note stand as its software.

    Args:
        picture: RGB in sRGB.
        target: An earlier file of this name is replaced.
        frame: What it was made from.
        note: How it was made, such as the model's name.

    Raises:
        ValueError: A suffix that is not written, or a picture too large for the format.
        OSError: The disk is full, the folder is read-only.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"Pictures are not written as {suffix or 'files without a suffix'}. Use {', '.join(FORMATS)}.")
    kind, options = FORMATS[suffix]
    if max(picture.size) > _LARGEST_SIDE.get(kind, 2**31):
        size = f"{picture.width} × {picture.height}"
        raise ValueError(f"A picture of {size} pixels cannot be written as {kind}. Use .png or .tif.")
    exif = frame.exif if frame else b""
    try:
        data = _encoded(picture, kind, options | _notes(kind, exif, note))
    except CODEC_FAULTS:  # Nothing was written to disk yet: it is the camera's odd EXIF that this format cannot hold.
        data = _encoded(picture, kind, options | _notes(kind, b"", note))
    write_atomically(target, data)
    return target


def _encoded(picture: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


@cache
def srgb_profile() -> bytes:
    """The sRGB profile as bytes, the same on every day: without the time of its making."""
    body = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return body[:24] + bytes(12) + body[36:]


def _notes(kind: str, exif: bytes, note: str) -> dict[str, Any]:
    """What Pillow takes to write profile, EXIF and software into a file of this kind."""
    if kind == "BMP":
        return {}
    software = f"{SOFTWARE}: {note}" if note else SOFTWARE
    kept = Image.Exif()
    if exif and not (kind == "JPEG" and len(exif) > _JPEG_EXIF_BYTES):
        kept.load(exif)
    kept[_SOFTWARE_TAG] = software
    notes: dict[str, Any] = {"icc_profile": srgb_profile(), "exif": kept}
    if kind == "PNG":
        notes["pnginfo"] = PngInfo()
        notes["pnginfo"].add_itxt("Software", software)
    return notes


def _relative(path: Path, roots: list[Path]) -> Path:
    for root in roots:
        if root != path and path.is_relative_to(root):
            return path.relative_to(root)
    return Path(path.name)


def _identity(path: Path) -> str:
    """One text for all spellings of a path, on systems too where case or composed letters make no difference."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _cut(stem: str, size: int) -> str:
    """`stem` in at most `size` bytes, whole letters only."""
    if len(os.fsencode(stem)) <= size:
        return stem
    while len(os.fsencode(stem)) > size:
        stem = stem[:-1]
    return stem

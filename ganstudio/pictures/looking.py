"""One glance at a picture: it is decoded once, small, and what tells it from others is kept without its pixels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from ganstudio.pictures.reading import Decoded, decode

SMALL = 16  # Pixels a side of the version by which two pictures are compared.
_DRAFT = 64  # Pixels of the short side at which a picture is decoded.
_THUMBNAIL = 128  # Pixels of the long side of what is measured.
# Which suffixes a format goes by, and what people call it.
_NAMES: dict[str, tuple[str, frozenset[str]]] = {
    "JPEG": ("JPEG", frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"})),
    "MPO": ("JPEG", frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"})),
    "PNG": ("PNG", frozenset({".png", ".apng"})),
    "WEBP": ("WebP", frozenset({".webp"})),
    "AVIF": ("AVIF", frozenset({".avif"})),
    "HEIF": ("HEIC", frozenset({".heic", ".heif", ".hif"})),
    "TIFF": ("TIFF", frozenset({".tif", ".tiff"})),
    "BMP": ("BMP", frozenset({".bmp"})),
    "GIF": ("GIF", frozenset({".gif"})),
}


@dataclass(frozen=True, slots=True)
class Glance:
    """What is kept of a picture.

    Attributes:
        path: Its file.
        width: Upright width in pixels.
        height: Upright height in pixels.
        file_bytes: Size of the file.
        content: SHA-256 of the file.
        likeness: Perceptual hash of 64 bits: pictures that look alike differ in few of them.
        small: The picture as 16 × 16 pixels of RGB, 768 bytes.
        sharpness: Mean difference between neighbouring pixels of a thumbnail, in [0, 255].
        spread: Between the darkest and the brightest hundredth of its pixels, in the channel where that is most; in
            [0, 255].
        odd: What is unusual in it, a sentence; empty when nothing is.
    """

    path: Path
    width: int
    height: int
    file_bytes: int
    content: str
    likeness: int
    small: bytes
    sharpness: float
    spread: int
    odd: str


def look_at(path: Path) -> Glance:
    """Look at a picture, reading its file once for its pixels and once for its bytes.

    Raises:
        Unreadable: As `reading.decode`.
        OSError: It went away in between.
    """
    decoded = decode(path, at_least=_DRAFT)
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
        file_bytes = file.tell()
    thumbnail = decoded.picture.copy()
    thumbnail.thumbnail((_THUMBNAIL, _THUMBNAIL), reducing_gap=2.0)
    small = thumbnail.resize((SMALL, SMALL), Image.Resampling.BOX)
    return Glance(
        path=path,
        width=decoded.width,
        height=decoded.height,
        file_bytes=file_bytes,
        content=content,
        likeness=int(str(imagehash.phash(thumbnail)), 16),
        small=small.tobytes(),
        sharpness=_sharpness(thumbnail),
        spread=_spread(decoded.picture),
        odd=_odd(path, decoded),
    )


def _sharpness(picture: Image.Image) -> float:
    grey = np.asarray(picture.convert("L"), np.int16)
    steps = [np.abs(np.diff(grey, axis=axis)) for axis in (0, 1)]
    return float(np.mean([step.mean() if step.size else 0.0 for step in steps]))


def _spread(picture: Image.Image) -> int:
    """Of pixels that were picked, not averaged: fine grain is no blank."""
    scale = max(1.0, max(picture.size) / _THUMBNAIL)
    size = (max(1, round(picture.width / scale)), max(1, round(picture.height / scale)))
    pixels = np.sort(np.asarray(picture.resize(size, Image.Resampling.NEAREST)).reshape(-1, 3), axis=0)
    hundredth = len(pixels) // 100
    return int(np.max(pixels[-1 - hundredth].astype(int) - pixels[hundredth]))


def _odd(path: Path, decoded: Decoded) -> str:
    """What is unusual in a picture that can be used all the same."""
    name, suffixes = _NAMES[decoded.format]
    if path.suffix.lower() not in suffixes:
        return f"It is a {name} picture named {path.suffix}." if path.suffix else f"It is a {name} without a suffix."
    if decoded.mode == "CMYK":
        return "It is CMYK, for print; its colours are converted to RGB."
    if decoded.deep:
        return "It has more than 8 bits a channel; 8 are used."
    return ""

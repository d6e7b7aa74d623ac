"""What the Translate page asks of the worker: read, translate, mix and save one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from ganstudio.pictures.folders import find
from ganstudio.pictures.frames import Frame, frames, save
from ganstudio.pictures.reading import read
from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.parts.compare import blended
from ganstudio.window.parts.picture_view import Levels, to_qimage


def listing(folders: Sequence[Path]) -> Job[list[Path]]:
    """The pictures in folders and all below them, in natural order."""
    found: list[Path] = []
    for number, entry in enumerate(find(folders)):
        if isinstance(entry, Path):
            found.append(entry)
        if number % 100 == 0:
            yield None
    return found


def reading(source: Path | Image.Image) -> Job[Levels]:
    """A picture, ready to be shown."""
    yield None
    return Levels.of(read(source) if isinstance(source, Path) else source)


def translating(model: Path, to: str, before: Levels, device: str) -> Job[Levels]:
    """Its translation, ready to be shown."""
    made = yield from jobs.translate(model, to, to_picture(before.images[0]), device=device)
    yield None
    return Levels.of(made)


def mixing(before: Levels, after: Levels, strength: float) -> Job[QImage]:
    """The translation at a strength, full size."""
    yield None
    return mixed(before, after, strength)


def mixed(before: Levels, after: Levels, strength: float) -> QImage:
    """The translation at a strength, full size, at once."""
    if strength >= 1:
        return after.images[0]
    image = before.images[0]
    if image.size() != after.size:  # As the engine enlarges it, for the same pixels.
        image = to_qimage(to_picture(image).resize(after.size.toTuple(), Image.Resampling.BICUBIC))
    return blended(image, after.images[0], strength)


def saving(before: Levels, after: Levels, strength: float, target: Path, source: Path | None) -> Job[Path]:
    """Write one translation, with the notes of the file it came from."""
    image = yield from mixing(before, after, strength)
    return write(image, target, source)


def write(image: QImage, target: Path, source: Path | None) -> Path:
    """Write a picture at once, with the notes of the file it came from."""
    frame = next(frames([source]), None) if source is not None else None
    return save(to_picture(image), target, frame if isinstance(frame, Frame) else None)


def stem_of(source: Path | Image.Image, target: str) -> str:
    """What a translation's file is called, without its suffix: "photo winter"."""
    name = source.stem if isinstance(source, Path) else "picture"
    return f"{name[:60]} {plain(target)[:20]}".strip()


def plain(name: str) -> str:
    """A name as part of a file name; domains and labels of a foreign model may hold anything."""
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip() or "picture"


def to_picture(image: QImage) -> Image.Image:
    """A Pillow copy of an 8-bit RGB image."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return Image.fromarray(rows[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy())

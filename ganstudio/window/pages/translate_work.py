"""What the Translate page asks of its workers: read, translate, mix and save one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage

from ganstudio.pictures import reading, viewing
from ganstudio.pictures.blending import blended
from ganstudio.pictures.films.films import is_film
from ganstudio.pictures.folders import find
from ganstudio.pictures.reading import SUFFIXES
from ganstudio.pictures.shards.naming import holds_shards, is_named_so
from ganstudio.pictures.writing.enlarging import enlarged
from ganstudio.pictures.writing.made import made_from
from ganstudio.pictures.writing.originals import original
from ganstudio.pictures.writing.painted import Painted
from ganstudio.window import contents, jobs
from ganstudio.window.jobs import Job
from ganstudio.window.parts.manner_menu import Manner
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.mixing import image_of, pixels_of
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.queue_list import Kind
from ganstudio.words.films import FilmFacts, is_video_name
from ganstudio.words.look import Look
from ganstudio.words.making import Making
from ganstudio.words.packed import Packed
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Route

LARGE = 64 * 10**6
"""Pixels from which on a picture is shown smaller and translated straight into a file."""

FIRST = 384 * 384
"""Pixels of the small copy that is translated for a first look."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is to be made of files: by which model and route, in which look and manner.

    Attributes:
        smooth: How much the flicker of films is calmed, from 0 to 1.
    """

    model: Path
    route: Route
    look: Look
    manner: Manner
    device: str
    smooth: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture, or the first one of a film or of a set, ready to be shown, and what is known of it."""

    levels: Levels
    size: QSize
    kind: Kind = "picture"
    exact: bool = True
    made: str = ""
    facts: FilmFacts | None = None
    packed: Packed | None = None


def listing(folders: Sequence[Path]) -> Job[list[Path]]:
    """The pictures and videos in folders and all below them, in natural order; a folder of shards is one thing."""
    sets = [folder for folder in folders if holds_shards(_set_of(folder))]
    folders = [folder for folder in folders if folder not in sets]
    found: list[Path] = list(sets)
    for number, entry in enumerate(find(folders)):
        if isinstance(entry, Path):
            found.append(entry)
        if number % 100 == 0:
            yield None
    for folder in folders:
        found += sorted(path for path in folder.rglob("*") if is_video_name(path.name) and path.is_file())
    return found


def is_set(place: Path) -> bool:
    """Whether this is a shard, or a folder that was listed as a set of them; only what looks so costs a look."""
    return is_named_so(place) or (place.suffix.lower() not in SUFFIXES and place.is_dir())


def opening(source: Path | Image.Image) -> Job[Opened]:
    """A picture or a film, ready to be shown."""
    yield None
    if isinstance(source, Image.Image):
        return Opened(Levels.of(source), QSize(source.width, source.height))
    if is_film(source):
        picture, facts = yield from jobs.film_frame(source)
        return Opened(Levels.of(picture), QSize(facts.width, facts.height), "film", exact=False, facts=facts)
    if is_set(source):
        return (yield from _peeked(source))
    made = made_from(source)
    words = said(made) if made is not None else ""
    width, height = reading.size_of(source)
    if width * height > LARGE:
        picture = viewing.view(source)
        return Opened(Levels.of(picture), QSize(width, height), "large", exact=False, made=words)
    decoded = reading.decode(source)
    yield None
    levels = Levels.of(decoded.picture)
    return Opened(levels, levels.size, exact=not decoded.deep, made=words)


def _peeked(place: Path) -> Job[Opened]:
    """The first picture of a set of shards, and about how many there are."""
    domain = _set_of(place)
    holds_shards(domain)  # Refuses what is packed once more, in a sentence.
    first, packed = yield from contents.peek(domain, 1)
    levels = Levels.of(reading.read(first[0]))
    return Opened(levels, levels.size, "set", exact=False, packed=packed)


def _set_of(place: Path) -> Domain:
    return Domain(place.name, (str(place),))


def viewed(file: Path) -> Job[Levels]:
    """A translation that was written, ready to be shown; a very large one is shown smaller."""
    yield None
    return Levels.of(viewing.view(file))


def first_look(model: Path, to: str, before: Levels, device: str, manner: Manner) -> Job[Levels]:
    """The translation of a small copy, which is there soon."""
    picture = to_picture(before.images[-1])
    share = (FIRST / (picture.width * picture.height)) ** 0.5
    if share < 1:
        size = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
        picture = picture.resize(size, Image.Resampling.BOX)
    made = yield from jobs.translate(model, to, picture, device=device, quality=manner.quality, memory=manner.memory)
    return Levels.of(made)


def has_first_look(size: QSize) -> bool:
    """Whether a small copy of a picture of this size is there clearly sooner than the picture itself."""
    return size.width() * size.height() > 2 * FIRST


def translating(model: Path, to: str, before: Levels, device: str, manner: Manner) -> Job[Levels]:
    """A whole translation, ready to be shown."""
    made = yield from jobs.translate(
        model, to, to_picture(before.images[0]), device=device, quality=manner.quality, memory=manner.memory
    )
    yield None
    return Levels.of(made)


def mixing(before: Levels, after: Levels, look: Look, mask: Mask | None = None) -> Job[QImage]:
    """The translation as the look asks for it, full size."""
    yield None
    return mixed(before, after, look, mask)


def mixed(before: Levels, after: Levels, look: Look, mask: Mask | None = None) -> QImage:
    """The translation as the look asks for it, full size, at once."""
    size = after.size
    lies = mask.pixels(size.width(), size.height()) if mask is not None else None
    if lies is None and look.is_plain:
        return after.images[0]
    own, scale = np.asarray(to_picture(before.images[0])), size.width() // before.size.width()
    made = blended(enlarged(own, scale, 0, size.height()), np.asarray(to_picture(after.images[0])), look, lies)
    return image_of(made.astype(np.uint8, copy=False))


def saving(
    before: Levels, after: Levels, look: Look, mask: Mask | None, target: Path, *, source: Path | None
) -> Job[Path]:
    """Write one translation, with all that the file held which it came from."""
    image = yield from mixing(before, after, look, mask)
    return write(image, target, source)


def write(image: QImage, target: Path, source: Path | None) -> Path:
    """Write a picture at once, with all that the file held which it came from."""
    picture = to_picture(image)
    with Painted(picture.width, picture.height) as painted:
        painted.write(0, np.asarray(picture))
        painted.save(target, original(source) if source is not None and source.is_file() else None)
    return target


def said(making: Making) -> str:
    """How a picture was made, in one line."""
    tr = QCoreApplication.translate
    parts = [tr("translate", "Made by {}").format(making.model), making.route or making.asked]
    if making.keep_colours:
        parts.append(tr("translate", "own colours"))
    if making.strength < 1:
        parts.append(tr("translate", "strength {} %").format(round(100 * making.strength)))
    if making.mask:
        parts.append(tr("translate", "with a mask"))
    return ", ".join(filter(None, parts))


def stem_of(source: Path | Image.Image, target: str) -> str:
    """What a translation's file is called, without its suffix: "photo winter"."""
    name = source.stem if isinstance(source, Path) else "picture"
    return f"{name[:60]} {plain(target)[:20]}".strip()


def plain(name: str) -> str:
    """A name as part of a file name; domains and labels of a foreign model may hold anything."""
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name).strip() or "picture"


def to_picture(image: QImage) -> Image.Image:
    """A Pillow copy of an 8-bit RGB image."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)  # Lives until its pixels are copied.
    return Image.fromarray(pixels_of(rgb).copy())

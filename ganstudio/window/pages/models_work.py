"""What the Models page asks of the workers: pictures to try models on, what models make of them, remarks, copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

from PIL import Image
from PySide6.QtGui import QImage

from ganstudio.pictures.reading import Unreadable, read
from ganstudio.runs import model as models
from ganstudio.runs.disk_use import disk_use
from ganstudio.runs.project import Project
from ganstudio.runs.remarks import FILE as REMARKS
from ganstudio.runs.remarks import remarks
from ganstudio.runs.run import MODEL
from ganstudio.runs.title import FILE as TITLE
from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.parts.picture_view import Levels, to_qimage
from ganstudio.window.places import first_picture
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.mix import Mix

T = TypeVar("T")
Sign: TypeAlias = tuple[int, ...]

SMALL = 320
"""Longest side in pixels of the copy that the gallery's cards show."""

LARGE = 1600
"""Longest side of the copy that is looked at closely; larger ones are for the Translate page."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The artist's picture to try models on.

    Attributes:
        name: What it is called.
        small: A small copy.
        large: A larger one, or the picture itself.
        face: The small copy, to be painted.
        levels: The large one, ready to be zoomed.
    """

    name: str
    small: Image.Image
    large: Image.Image
    face: QImage
    levels: Levels


def choosing(source: Path | QImage) -> Job[Trial]:
    """A picture from a file or the clipboard, made ready to try models on."""
    yield None
    picture = read(source, at_least=LARGE) if isinstance(source, Path) else to_picture(source)
    yield None
    large, small = picture.copy(), picture.copy()
    large.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    yield None
    return Trial(source.name if isinstance(source, Path) else "", small, large, to_qimage(small), Levels.of(large))


def suggesting(sources: Sequence[Path]) -> Job[Trial | None]:
    """A picture of these folders to try models on; None where there is none that can be read."""
    for source in sources:
        yield None
        if (file := first_picture(source)) is not None:
            try:
                return (yield from choosing(file))
            except Unreadable:
                continue
    return None


def trying(model: Path | Mix, to: str, picture: Image.Image, device: str) -> Job[Levels]:
    """What a model, or a moment of a run, makes of a picture, ready to be zoomed."""
    made = yield from jobs.translate(model, to, picture, device=device)
    yield None
    return Levels.of(made)


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of the models of a project.

    Attributes:
        cards: What each says of itself, the project's newest first.
        signs: By which it is told whether a model must be read again.
        faults: Why others cannot be read, by the same signs.
    """

    cards: Mapping[Path, ModelCard] = field(default_factory=dict)
    signs: Mapping[Path, Sign] = field(default_factory=dict)
    faults: Mapping[Path, str] = field(default_factory=dict)


def reading_models(project: Project, known: Known) -> Job[Known]:
    """The cards of all models; those that have not changed are not read again."""
    cards: dict[Path, ModelCard] = {}
    signs: dict[Path, Sign] = {}
    faults: dict[Path, str] = {}
    for path in project.models():
        yield None
        signs[path] = _sign(path)
        if known.signs.get(path) == signs[path]:
            if path in known.cards:
                cards[path] = known.cards[path]
            else:
                faults[path] = known.faults[path]
            continue
        try:
            cards[path] = models.card(path)
        except (ValueError, OSError) as error:
            faults[path] = str(error)
    return Known(cards, signs, faults)


def _sign(path: Path) -> Sign:
    """Times and sizes of the files that a card is read from."""
    files = [path / MODEL, path / TITLE, path / REMARKS] if path.is_dir() else [path]
    seen: list[int] = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            seen.append(0)
        else:
            seen += [found.st_mtime_ns, found.st_size]
    return tuple(seen)


def saying(path: Path, said: Remarks, then: Job[T]) -> Job[T]:
    """Another job on a model, once what is said of it is written down; the reader may not have come to that yet."""
    if remarks(path) != said:
        yield from jobs.remark(path, said)
    return (yield from then)


def weighing(paths: Sequence[Path]) -> Job[dict[Path, int]]:
    """How much room each model takes on the disk, a run with all that is in its folder."""
    room: dict[Path, int] = {}
    for path in paths:
        yield None
        room[path] = disk_use(path).whole
    return room

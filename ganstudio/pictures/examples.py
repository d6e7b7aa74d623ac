"""Training examples: a picture file and what belongs to it, a class, captions or the other picture of its pair."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ganstudio.pictures.pairing import match
from ganstudio.pictures.reading import Unreadable, read
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain

CAPTION_BYTES = 1 << 16
SHAPES_APART = 0.02  # How far, relative to each other, the shapes of a pair's pictures may differ.


@dataclass(frozen=True, slots=True)
class Example:
    """One example.

    Attributes:
        path: Its picture.
        label: Index of its class, -1 without classes.
        captions: Its captions as numbers of words, each padded to the same length; empty without captions.
        partner: The other picture of a pair; the same file when both stand side by side in it; None without pairs.
    """

    path: Path
    label: int = -1
    captions: tuple[tuple[int, ...], ...] = ()
    partner: Path | None = None


def pictures_of(example: Example, at_least: int | None = None) -> tuple[Image.Image, ...]:
    """Its picture, or both pictures of its pair, upright RGB; those of a pair have the size of the first.

    Args:
        example: What to read.
        at_least: A short side in pixels that is enough; None reads in full.

    Raises:
        Unreadable: A file cannot be read, or the two do not fit together; the message says why.
    """
    if example.partner is None:
        return (read(example.path, at_least=at_least),)
    if example.partner == example.path:
        both = read(example.path, at_least=at_least)
        half = both.width // 2
        if not half:
            raise Unreadable("It is too narrow to hold two pictures side by side.")
        return both.crop((0, 0, half, both.height)), both.crop((both.width - half, 0, both.width, both.height))
    one = read(example.path, at_least=at_least)
    try:
        other = read(example.partner, at_least=at_least)
    except Unreadable as reason:
        raise Unreadable(f"Its partner {example.partner.name} cannot be read: {reason}") from reason
    if abs(one.width * other.height / (one.height * other.width) - 1) > SHAPES_APART:
        raise Unreadable(
            f"Its partner {example.partner.name} has another shape ({one.width}×{one.height} beside "
            f"{other.width}×{other.height} pixels)."
        )
    return one, other if other.size == one.size else other.resize(one.size, Image.Resampling.BICUBIC)


def caption_files(path: Path) -> tuple[Path, Path]:
    """Where the captions of a picture may lie: cat.txt, or cat.png.txt, beside cat.png."""
    return path.with_suffix(".txt"), path.with_name(f"{path.name}.txt")


def captions_beside(path: Path) -> tuple[str, ...]:
    """The captions of a picture: each line of the .txt file with its name; empty when there is none.

    Raises:
        Unreadable: The file is not text.
    """
    for beside in caption_files(path):
        try:
            with beside.open("rb") as stream:
                text = stream.read(CAPTION_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unreadable(f"Its caption {beside.name} is not text in UTF-8.") from error
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENAMETOOLONG}:
                continue
            raise Unreadable(f"Its caption {beside.name} cannot be opened: {error.strerror}.") from error
        return _lines(text)
    return ()


def captions_of(path: Path, domain: Domain) -> tuple[str, ...]:
    """The captions the artist gave a picture of the domain, else those beside it; an empty text means none.

    Raises:
        Unreadable: As `captions_beside`.
    """
    given = domain.captions.get(str(path))
    return captions_beside(path) if given is None else _lines(given)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def pairs(
    first: Sequence[Path], second: Sequence[Path], roots: tuple[Sequence[Path], Sequence[Path]]
) -> Iterator[Example | Skipped]:
    """Pictures of two folders matched by name, whatever their suffix and case; those without a partner are skipped.

    Args:
        first: Files of the first folder.
        second: Files of the second folder.
        roots: The sources of each; a name is the way from there, so that subfolders match too.
    """
    found = match(first, second, roots)
    yield from (Example(one, partner=other) for one, other in found.pairs)
    for lonely in (*found.first, *found.second):
        more = f" The nearest is {lonely.nearest.name}." if lonely.nearest else ""
        yield Skipped(str(lonely.path), f"It has no partner of the same name in the other folder.{more}")

"""Stock: the decoded pictures of a domain at training scale, in memory as far as there is room, the rest on disk.

A picture is scaled once, when it is read. Then its bytes lie in memory, or in the cache on disk, whose files the system
keeps in the memory that nobody else wants; only where both are full it is decoded at each draw. So the second round
through the pictures waits for no decoder, and neither does a run that goes on another day.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL
import psutil
from PIL import Image

from ganstudio.pictures.attendance import Attendance
from ganstudio.pictures.away import check_there
from ganstudio.pictures.examples import Example, pictures_of
from ganstudio.pictures.parallel import steadily
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.store import Pixels, Store, key_of
from ganstudio.words.events import Held, Progress, Skipped, Warned
from ganstudio.words.limits import picture_memory

LONGEST = 20  # Times the short side; scaled up, a longer picture would fill the memory and show next to nothing.
SHARE = 0.25  # Of the memory that is free now.


@dataclass(frozen=True, slots=True)
class Scale:
    """How pictures meet the training size.

    Attributes:
        size: Side of the training squares in pixels.
        fit: "cover" brings the short side to size·margin but never enlarges, except a picture smaller than `size`;
            "native" only does the latter; "squash" ignores the shape.
        margin: See `fit`.
    """

    size: int
    fit: str = "cover"
    margin: float = 286 / 256

    def of(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in pixels at which a picture of this width and height is kept."""
        if self.fit == "squash":
            return round(self.size * self.margin), round(self.size * self.margin)
        short = min(width, height)
        wanted = 1.0 if self.fit == "native" else min(1.0, self.size * self.margin / short)
        scale = max(wanted, self.size / short)
        return max(self.size, round(width * scale)), max(self.size, round(height * scale))

    def least(self) -> int | None:
        """The short side in pixels that is enough to decode; None for all there is."""
        return None if self.fit == "native" else round(self.size * self.margin)


@dataclass(frozen=True, slots=True)
class Filed:
    """A decoded picture that is not in memory.

    Attributes:
        shape: (C, H, W).
        example: What to decode when it is not in the cache, or no longer.
        scale: How.
        store: The cache.
        key: Its key there; None where the cache had no room for it.
    """

    shape: tuple[int, ...]
    example: Example
    scale: Scale
    store: Store | None = None
    key: str | None = None

    def pixels(self) -> Pixels:
        """(C, H, W) uint8.

        Raises:
            Unreadable: It is not in the cache, and its file cannot be read any more or is another picture now.
        """
        if self.store is not None and self.key is not None:
            try:
                return self.store.look(self.key, self.shape)
            except (OSError, ValueError):
                pass  # The cache was emptied.
        again = decode(self.example, self.scale)
        if again.shape != self.shape:
            raise Unreadable("It is another picture than when the training began.")
        return again


@dataclass(frozen=True, slots=True)
class Stock:
    """The decoded pictures of one domain, or of the two domains of pairs.

    Attributes:
        examples: Where they came from, in order.
        pictures: (3, H, W) uint8 each, (6, H, W) for pairs, at training scale; H and W at least the training size.
        sources: The folders they were found in.
    """

    examples: tuple[Example, ...]
    pictures: tuple[Pixels | Filed, ...]
    sources: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def memory(self) -> int:
        """Bytes of those in memory."""
        return sum(picture.nbytes for picture in self.pictures if not isinstance(picture, Filed))

    @property
    def waits(self) -> bool:
        """Whether some are not in memory."""
        return any(isinstance(picture, Filed) for picture in self.pictures)

    def attendance(self) -> Attendance:
        """Its pictures by name and state."""
        return Attendance.of(self.examples)

    def told(self) -> Iterator[str]:
        """What must be the same for all who train together: names, classes and shapes."""
        for index, example in enumerate(self.examples):
            yield f"{example.path.name} {example.label} {self.shape(index)}"

    def shape(self, index: int) -> tuple[int, int]:
        """Height and width of a picture."""
        _, height, width = self.pictures[index].shape
        return height, width

    def pixels(self, index: int) -> Pixels:
        """A picture, (C, H, W) uint8.

        Raises:
            Unreadable: It is neither in memory nor in the cache, and its file cannot be read any more.
            Away: Its folder is away.
        """
        picture = self.pictures[index]
        if not isinstance(picture, Filed):
            return picture
        try:
            return picture.pixels()
        except Unreadable:
            for path in _files(picture.example):
                check_there(path, self.sources)
            raise


def decode(example: Example, scale: Scale) -> Pixels:
    """One example at training scale, (3, H, W) uint8; a pair is one picture of six channels, (6, H, W).

    Raises:
        Unreadable: The file is not a picture we can read; the message says why.
    """
    return scaled(pictures_of(example, at_least=scale.least()), scale)


def scaled(pictures: Sequence[Image.Image], scale: Scale) -> Pixels:
    """Pictures of one size at training scale, one behind the other, (3·n, H, W) uint8.

    Raises:
        Unreadable: They are too long and narrow.
    """
    width, height = pictures[0].size
    if max(width, height) > LONGEST * min(width, height):
        raise Unreadable(f"It is too long and narrow to train on ({width}×{height} pixels).")
    wanted = scale.of(width, height)
    fitting = [
        picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.BICUBIC) for picture in pictures
    ]
    return np.ascontiguousarray(np.concatenate([np.asarray(picture) for picture in fitting], axis=2).transpose(2, 0, 1))


def stock_up(
    examples: Sequence[Example],
    scale: Scale,
    *,
    sources: Sequence[Path] = (),
    store: Store | None = None,
    memory: int | None = None,
    what: str = "reading pictures",
) -> Generator[Progress | Skipped | Held | Warned, None, Stock]:
    """Bring `examples` to training scale on several cores; one that cannot be read is skipped with its reason.

    Args:
        examples: What to decode.
        scale: How.
        sources: The folders they were found in; while one of them is away as a whole, the work holds.
        store: The cache that is asked first, and then holds what was decoded; None for none.
        memory: Most bytes of pictures in memory; None for `room`.
        what: The words for its progress.
    """
    left = room() if memory is None else memory
    kept: list[Example] = []
    pictures: list[Pixels | Filed] = []

    def attempt(example: Example) -> tuple[Example, str | tuple[Pixels, str | None]]:
        try:
            return example, _fetched(example, scale, store)
        except Unreadable:
            for path in _files(example):
                check_there(path, sources)
        try:  # It may be back since.
            return example, _fetched(example, scale, store)
        except Unreadable as error:
            return example, str(error)

    done = 0
    for answer in steadily(attempt, examples):
        if isinstance(answer, Held):
            yield answer
            continue
        example, found = answer
        if isinstance(found, str):
            yield Skipped(str(example.path), found)
        else:
            pixels, key = found
            fits = pixels.nbytes <= left
            left -= pixels.nbytes if fits else 0
            kept.append(example)
            pictures.append(pixels if fits else Filed(pixels.shape, example, scale, store, key))
        done += 1
        yield Progress(done, len(examples), what)
    if homeless := sum(isinstance(picture, Filed) and picture.key is None for picture in pictures):
        yield Warned(
            f"{homeless} of {len(pictures)} pictures fit neither into the memory nor into the cache on the disk, and "
            "are read anew each time, which is slower. Make room on the disk, or choose a smaller size."
        )
    return Stock(tuple(kept), tuple(pictures), tuple(sources))


def room() -> int:
    """Bytes of memory that pictures may fill: as many as the artist said, else a quarter of what is free."""
    return picture_memory() or int(psutil.virtual_memory().available * SHARE)


def _fetched(example: Example, scale: Scale, store: Store | None) -> tuple[Pixels, str | None]:
    """An example's picture from the cache, or else decoded and laid there, and its key if it lies there now."""
    if store is None:
        return decode(example, scale), None
    # Another Pillow may decode another picture from the same file.
    how = f"{scale} {PIL.__version__} {example.partner == example.path}"
    try:
        key = key_of(how, _files(example))
    except OSError:
        return decode(example, scale), None  # It says what is wrong with the file.
    if (found := store.load(key)) is not None:
        return found, key
    pixels = decode(example, scale)
    return pixels, key if store.keep(key, pixels) else None


def _files(example: Example) -> tuple[Path, ...]:
    """What is read for it: one file, also where both pictures of a pair stand in it, or two."""
    return tuple(dict.fromkeys(path for path in (example.path, example.partner) if path is not None))

"""One picture of a batch on its way: whose name it gets, what is made of it, and how it is written."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.any_size.ways import Way
from ganstudio.engine.translating.account import Result
from ganstudio.engine.translating.listening import advancing
from ganstudio.engine.translating.together import Begun, seen_size
from ganstudio.engine.translating.translator import Translator
from ganstudio.engine.translating.video import suffix_of, translated
from ganstudio.pictures import frames
from ganstudio.pictures.blending import blended, read_mask
from ganstudio.pictures.films.films import is_film, open_film
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import Unreadable, size_of
from ganstudio.pictures.writing import encoding
from ganstudio.pictures.writing.enlarging import enlarged
from ganstudio.pictures.writing.naming import Place, Target, place_seal, settled
from ganstudio.pictures.writing.originals import Original
from ganstudio.pictures.writing.painted import Painted, kind_for
from ganstudio.runs.writing import sweep
from ganstudio.words.events import Made, Skipped
from ganstudio.words.films import FilmFormat
from ganstudio.words.making import Making
from ganstudio.words.routes import Route
from ganstudio.words.works import Work

NOTES = {"whole": "", "exact": "exact, in bands", "fast": "fast, in bands"}

# Faults of the place rather than of one file: the next picture would meet them too.
PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}

Writing: TypeAlias = Callable[[Callable[[], bool]], Result]
"""Writes a picture; it is given a question to ask now and then: whether it was given up."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """A picture that is to be read, and where its translation goes."""

    place: Place
    target: Path
    making: Making


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that is to be translated, and where it goes."""

    frame: frames.Frame
    target: Path
    making: Making

    @property
    def pixels(self) -> NDArray[Any]:
        """(H, W, 3)."""
        return self.frame.original.pixels

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def in_memory(self) -> int:
        """Bytes; large pictures lie on the disk."""
        return 0 if isinstance(self.pixels, np.memmap) else self.pixels.nbytes


@dataclass(frozen=True, slots=True)
class Reel:
    """A film that is to be translated, and where it goes."""

    path: Path
    target: Path
    making: Making


class Darkroom:
    """One batch: what is the same for all of its files."""

    def __init__(self, translator: Translator, route: Route, out: Path, order: Order, *, sweeping: bool) -> None:
        self._translator, self._route, self._out, self._order = translator, route, out, order
        self._swept: set[Path] | None = set() if sweeping else None
        card, look = translator.card, order.look
        self._words = {"model": card.name, "to": route.target}
        self._note = f"{card.name}, {route.title}"
        self._making = Making(
            card.name,
            translator.seal,
            route.title,
            strength=look.strength,
            blend=look.blend if look.strength < 1 else "light",
            keep_colours=look.keep_colours,
            mask=Path(look.mask).name if look.mask else "",
            mask_seal=_mask_seal(Path(look.mask)) if look.mask else "",
            precision=translator.precision,
            version=version("ganstudio"),
        )

    def named(self, place: Place | Skipped) -> Aimed | Reel | Made | Skipped:
        """Where a file goes, unless it is there already; asked of one file after the other, each knows the others."""
        if isinstance(place, Skipped):
            return place
        try:
            if self._order.film is not None and is_film(place.path):
                return self._threaded(place, self._order.film)
            making = self._made_of(place, encoding.SUFFIXES[self._order.naming.suffix(place.path)])
        except Unreadable as reason:
            return Skipped(str(place.path), str(reason))
        target = self._target(place, making)
        if target.kept:
            return Made(str(target.path), str(place.path), kept=True)
        return Aimed(place, target.path, making)

    def opened(self, found: Aimed | Reel | Made | Skipped) -> Opened | Reel | Made | Skipped:
        """In a reading thread: the pixels of a file that has its name."""
        if not isinstance(found, Aimed):
            return found
        frame = frames.frame_of(found.place)
        return frame if isinstance(frame, Skipped) else Opened(frame, found.target, found.making)

    def aimed(self, place: Place | Skipped, target: Path) -> Opened | Skipped:
        """The pixels of a file whose translation goes where somebody said, whatever is there.

        Raises:
            ValueError: A suffix that is not written.
        """
        kind = kind_for(target)
        if isinstance(place, Skipped):
            return place
        try:
            making = self._made_of(place, kind)
        except Unreadable as reason:
            return Skipped(str(place.path), str(reason))
        found = self.opened(Aimed(place, target, making))
        assert isinstance(found, (Opened, Skipped))
        return found

    @property
    def in_company(self) -> bool:
        """Whether any pictures are translated together here."""
        return self._translator.company((256, 256), self._route) > 1

    def kind(self, found: Opened | Reel) -> tuple[int, int] | None:
        """What pictures that are translated together have in common; None for who goes alone."""
        if isinstance(found, Reel) or self.company(found) == 1:
            return None
        return seen_size(found.size, self._route)

    def company(self, found: Opened | Reel) -> int:
        """How many like it may be translated together."""
        return 1 if isinstance(found, Reel) else self._translator.company(found.size, self._route)

    def begun(self, company: Sequence[Opened]) -> Begun:
        """Begin to translate several pictures.

        Raises:
            TooLarge: There is too little memory for so many.
        """
        return self._translator.together([one.pixels for one in company], self._route)

    def finished(self, company: Sequence[Opened], begun: Begun) -> list[Writing]:
        """What writes each of several pictures that were begun together."""
        made = begun.take()
        each = begun.seconds() / len(made)
        return [self._writing(one, pixels, each) for one, pixels in zip(company, made, strict=True)]

    def _writing(self, opened: Opened, made: NDArray[Any], seconds: float) -> Writing:
        def written(given_up: Callable[[], bool]) -> Result:
            canvas = Painted(made.shape[1], made.shape[0], made.dtype)
            self._into(canvas, opened.frame.original)(0, made)
            return self._written(canvas, opened, seconds, given_up)

        return written

    def made(self, found: Opened | Reel) -> Work[Writing | Made | Skipped]:
        """Translate a picture, which is still to be written, or a film, which is written as it goes."""
        return (yield from self._filmed(found) if isinstance(found, Reel) else self.painted(found))

    def _filmed(self, reel: Reel) -> Work[Made | Skipped]:
        order = self._order
        try:
            return (
                yield from translated(
                    self._translator,
                    self._route,
                    reel.path,
                    reel.target,
                    order.look,
                    smooth=order.smooth,
                    making=replace(reel.making, made=time.time()),
                )
            )
        except (ValueError, OSError) as error:
            return _skipped(reel.path, error)

    def painted(self, opened: Opened) -> Work[Writing | Skipped]:
        """Translate a picture; what comes back writes it."""
        began = time.perf_counter()
        frame, pixels = opened.frame, opened.frame.original.pixels
        scale = self._route.scale
        canvas = Painted(pixels.shape[1] * scale, pixels.shape[0] * scale, pixels.dtype)
        with ExitStack() as stack:
            stack.enter_context(canvas)
            try:
                way = self._translator.way(opened.size, self._route)
                strips = self._translator.strips(pixels, self._route, self._into(canvas, frame.original))
                with closing(strips):
                    yield from advancing(strips, str(frame.path), NOTES[way])
            except (ValueError, OSError) as error:
                return _skipped(frame.path, error)
            stack.pop_all()
        seconds = time.perf_counter() - began

        def written(given_up: Callable[[], bool]) -> Result:
            return self._written(canvas, opened, seconds, given_up)

        return written

    def _written(self, canvas: Painted, opened: Opened, seconds: float, given_up: Callable[[], bool]) -> Result:
        """In a writing thread."""
        began = time.perf_counter()
        with canvas:
            try:
                loss = canvas.save(
                    opened.target,
                    opened.frame,
                    recipe=replace(opened.making, made=time.time()),
                    note=self._note,
                    quality=self._order.file_quality,
                    given_up=given_up,
                )
            except (ValueError, OSError) as error:
                return Result(_skipped(opened.frame.path, error))
        seconds += time.perf_counter() - began
        return Result(Made(str(opened.target), str(opened.frame.path), seconds), loss)

    def _into(self, canvas: Painted, original: Original) -> Callable[[int, NDArray[Any]], None]:
        look, scale = self._order.look, self._route.scale
        if look.is_plain:
            return canvas.write
        before = original.pixels
        height, width = before.shape[:2]
        mask = read_mask(Path(look.mask), (width * scale, height * scale)) if look.mask else None

        def blend(top: int, rows: NDArray[Any]) -> None:
            end = top + len(rows)
            own = enlarged(before, scale, top, end)
            canvas.write(top, blended(own, rows, look, None if mask is None else mask[top:end]))

        return blend

    def _threaded(self, place: Place, wanted: FilmFormat) -> Reel | Made | Skipped:
        """Where a film goes; its suffix is that of what can hold its sound.

        Raises:
            Unreadable: It is broken.
        """
        film = open_film(place.path)
        try:
            suffix = suffix_of(film, wanted, self._route.scale)
        except ValueError as error:
            return Skipped(str(place.path), str(error))
        making = replace(self._made_of(place, "", film.size), smooth=self._order.smooth)
        target = self._target(place, making, suffix)
        if target.kept:
            return Made(str(target.path), str(place.path), kept=True)
        return Reel(place.path, target.path, making)

    def _made_of(self, place: Place, kind: str, size: tuple[int, int] | None = None) -> Making:
        """How the translation of this file is going to be made."""
        try:
            facts = place.path.stat()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror or 'the disk does not answer'}.") from error
        fast = self._translator.quality == "fast"
        return replace(
            self._making,
            source=place.path.name,
            source_bytes=facts.st_size,
            source_changed=facts.st_mtime_ns,
            source_place=place_seal(place.path),
            quality="fast" if fast and self._way(place.path, size) == "fast" else "exact",
            file_quality=(self._order.file_quality or encoding.LOSSY[kind]) if kind in encoding.LOSSY else 0,
        )

    def _way(self, path: Path, size: tuple[int, int] | None) -> Way:
        return self._translator.way(size or size_of(path), self._route)

    def _target(self, place: Place, making: Making, suffix: str = "") -> Target:
        order = self._order
        target = settled(place, self._out, making, order.naming, words=self._words, again=order.again, suffix=suffix)
        home = target.path.parent
        if self._swept is not None and home not in self._swept:
            self._swept.add(home)
            sweep(home)
        return target


def _skipped(path: Path, error: ValueError | OSError) -> Skipped:
    """One file that was left out.

    Raises:
        OSError: The next file would meet the same fault.
    """
    if isinstance(error, OSError):
        if error.errno in PLACE:
            raise error
        return Skipped(str(path), f"Could not be written: {error.strerror or error}.")
    return Skipped(str(path), str(error))


def _mask_seal(mask: Path) -> str:
    """A checksum of a mask, which is looked at before anything is made.

    Raises:
        ValueError: It cannot be read.
    """
    try:
        read_mask(mask, (8, 8))
        return sha256(mask.read_bytes()).hexdigest()[:16]
    except Unreadable as reason:
        raise ValueError(f"The mask {mask} cannot be used. {reason}") from reason
    except OSError as error:
        raise ValueError(f"The mask {mask} cannot be read: {error.strerror}.") from error

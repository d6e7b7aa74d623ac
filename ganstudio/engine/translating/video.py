"""Videos and animations through one translator, frame by frame; what is done is kept, so that any end is a pause.

A frame is translated exactly as a picture is. What was done when the work was stopped, closed or killed lies beside the
target in a folder of its own, and the same order goes on from there; the folder goes when the film is whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeAlias

from numpy.typing import NDArray

from ganstudio.engine.translating.listening import StopAsked, heard
from ganstudio.engine.translating.smoothing import Smoothing
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures.blending import blended, read_mask
from ganstudio.pictures.films.animation_writing import Drawing
from ganstudio.pictures.films.films import Film, open_film, suffix_for
from ganstudio.pictures.films.stills import Still
from ganstudio.pictures.films.unfinished import Done, Unfinished
from ganstudio.pictures.films.video_writing import Recording
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.writing.enlarging import enlarged
from ganstudio.pictures.writing.made import made_from
from ganstudio.pictures.writing.naming import identity
from ganstudio.runs import locks
from ganstudio.runs.writing import Unwritten, replacing
from ganstudio.words.events import Advanced, Finished, Made, Warned
from ganstudio.words.films import ANIMATIONS, FilmFormat
from ganstudio.words.look import Look
from ganstudio.words.making import Making
from ganstudio.words.routes import Route
from ganstudio.words.works import Work

RECENT = 20  # Frames whose time tells how long the rest will take.
SHORT = 0.9  # Of the length that a file claims; what ends before was cut off.
_Writing: TypeAlias = Recording | Drawing


def translate_video(
    translator: Translator,
    route: Route,
    file: Path,
    target: Path,
    look: Look = Look(),  # noqa: B008  Frozen.
    *,
    smooth: float = 0.0,
) -> Work[Path | None]:
    """Translate a video or an animation.

    Args:
        translator: The model.
        route: A translating route of it.
        file: The film.
        target: Where it goes. Its suffix says how it is written: .mp4 (H.264, plays everywhere), .webm (VP9), .mov
            (ProRes, for editing), .mkv (FFV1, without loss), .gif, .webp or .png.
        look: How much of the translation shows, and where.
        smooth: How much a frame follows the one before, from 0 to 1; see `engine.translating.smoothing`.

    Yields:
        Warned for what the artist should know; Advanced; Made with the name that the file was given in the end, which
        has another suffix where the sound asks for another container; Finished.

    Returns:
        The file; None when it was stopped.

    Raises:
        Unreadable: It is no film, or is broken.
        ValueError: `smooth` outside of 0 to 1, no such suffix, no such mask, `target` is `file`, or another process
            writes it.
        OSError: The disk is full, or cannot be written.
    """
    try:
        made = yield from translated(translator, route, file, target, look, smooth=smooth)
        yield from heard(made)
    except StopAsked:
        yield Finished(0, "stopped")
        return None
    yield Finished(1)
    return Path(made.path)


def translated(
    translator: Translator,
    route: Route,
    file: Path,
    target: Path,
    look: Look,
    *,
    smooth: float = 0.0,
    making: Making | None = None,
) -> Work[Made]:
    """As `translate_video`, as one of many files: its end is returned, and a Stop is raised as StopAsked.

    What is known of how it is made, `making`, is written into the file.
    """
    if not 0 <= smooth <= 1:
        raise ValueError(f"Smoothing is from 0 to 1, not {smooth:g}.")
    began = time.perf_counter()
    yield from heard(Advanced(str(file), 0.0))
    film = open_film(file)
    writing = _writing(film, target, route.scale)
    target = _beside(writing.target) if writing.target != target else target
    if identity(target) == identity(file):
        raise ValueError(f"{file.name} would be written over itself. Choose another folder.")
    folder = target.with_name(f".{target.name}.unfinished")
    studio = _Studio(translator, route, film, look, smooth)
    with _alone(folder, target.name):
        work = Unfinished(folder, studio.plan(target.name))
        for remark in (*_remarks(film), *writing.remarks):
            yield from heard(Warned(remark))
        yield from _frames(studio, work, writing)
        words = f"{translator.card.name}, {route.title}"
        with replacing(target) as written:
            for share in writing.join(work.parts, written, words, making):
                yield from heard(Advanced(str(file), 1.0, None, f"putting it together, {share:.0%}"))
        work.clear()
    return Made(str(target), str(file), time.perf_counter() - began)


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """The folder of what is unfinished, held by this process; it goes when nothing is left in it.

    Raises:
        ValueError: Another process has it.
        Unwritten: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritten(folder.parent / name, error) from error
    empty = False
    try:
        with locks.held(folder, f"{name} is being written already, by {{}}."):
            try:
                yield
            finally:
                empty = not any(folder.glob("*.npz"))
    finally:
        if empty:
            shutil.rmtree(folder, ignore_errors=True)


class _Studio:
    """What makes a frame of one film from another's."""

    def __init__(self, translator: Translator, route: Route, film: Film, look: Look, smooth: float) -> None:
        self.film = film
        self._translator, self._route, self._look, self._smooth = translator, route, look, smooth
        self._smoothing = Smoothing(smooth, translator.device) if smooth else None
        size = (film.facts.width * route.scale, film.facts.height * route.scale)
        self._mask = read_mask(Path(look.mask), size) if look.mask else None

    def plan(self, name: str) -> str:
        """All that decides how the frames of the file `name` look: when a word of it changes, what was done is void."""
        import av  # noqa: PLC0415  It takes a moment.

        path, look, translator = self.film.path, self._look, self._translator
        found = path.stat()
        words: dict[str, object] = {
            "model": translator.seal,
            "route": self._route.title,
            "computed": [translator.precision, translator.quality, translator.device.type],
            "look": asdict(look),
            "mask": hashlib.sha256(Path(look.mask).read_bytes()).hexdigest() if look.mask else "",
            "smooth": self._smooth,
            "original": [identity(path), found.st_size, found.st_mtime_ns],
            "name": name,
            "libraries": [av.__version__, *map(list, av.library_versions.values())],
        }
        return json.dumps(words)

    def made(self, still: Still, before: Still | None, state: NDArray[Any] | None) -> Generator[float, None, Done]:
        """The frame that is to be seen for `still`; yields the share that is done.

        Args:
            still: The original's.
            before: The original's frame before it.
            state: What was left when that one was made.
        """
        scale = self._route.scale
        made = yield from self._translator.painting(still.pixels, self._route)
        if self._smoothing is not None:
            made, state = self._smoothing.follow(made, still.pixels, None if before is None else before.pixels, state)
        if not self._look.is_plain:
            made = blended(enlarged(still.pixels, scale, 0, len(made)), made, self._look, self._mask)
        alpha = still.alpha
        if alpha is not None:
            alpha = alpha.repeat(scale, 0).repeat(scale, 1)
        return Done(replace(still, pixels=made, alpha=alpha), still.mark, state)


class _Clock:
    """How far a film is, and how long the rest will take."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._recent: deque[float] = deque(maxlen=RECENT)

    def took(self, seconds: float) -> None:
        """One more frame was made."""
        self._recent.append(seconds)

    def advanced(self, still: Still, share: float) -> Advanced:
        """Where it stands when so much of this frame is done. Files may lie about the number of their frames."""
        total = self._film.facts.frames
        believed = still.number < total
        note = f"frame {still.number + 1:,} of {total:,}" if believed else f"frame {still.number + 1:,}"
        done = still.number + share
        eta = None
        if self._recent and believed:
            eta = sum(self._recent) / len(self._recent) * (total - done)
        return Advanced(str(self._film.path), min(1.0, done / total) if total else 0.0, eta, note)


def _frames(studio: _Studio, work: Unfinished, writing: _Writing) -> Work[None]:
    """Make every frame that is not done, and pack them.

    Raises:
        Unreadable: There is none.
    """
    clock, film = _Clock(studio.film), studio.film
    before: Still | None = None
    state: NDArray[Any] | None = None
    with closing(film.stills(work.last.mark if work.last else None)) as stills:
        if work.last is not None:
            before, state = next(stills), work.last.state
        for still in stills:
            began = time.perf_counter()
            done = yield from _one(studio.made(still, before, state), clock, still)
            work.keep(done)
            before, state = still, done.state
            clock.took(time.perf_counter() - began)
            if work.full:
                work.pack(writing.packed(work.waiting()))
            yield from heard(clock.advanced(still, 1.0))
    if work.has_waiting:
        work.pack(writing.packed(work.waiting()))
    if not work.done:
        raise Unreadable("Not one frame of it could be decoded.")
    for remark in _losses(film, work.done):
        yield from heard(Warned(remark))


def _one(shares: Generator[float, None, Done], clock: _Clock, still: Still) -> Work[Done]:
    with closing(shares):
        while True:
            try:
                share = next(shares)
            except StopIteration as end:
                done: Done = end.value
                return done
            yield from heard(clock.advanced(still, share))


def suffix_of(film: Film, wanted: FilmFormat, scale: int = 1) -> str:
    """The suffix that the translation of a film gets when it is asked for as `wanted`: that of what holds its sound.

    Raises:
        ValueError: It cannot be written so.
    """
    return _writing(film, film.path.with_suffix(suffix_for(film.path, wanted)), scale).target.suffix


def _beside(target: Path) -> Path:
    """A name nobody asked for is not to replace another's file."""
    stem, number = target.stem, 1
    while target.exists() and made_from(target) is None:
        number += 1
        target = target.with_stem(f"{stem}-{number}")
    return target


def _writing(film: Film, target: Path, scale: int) -> _Writing:
    suffix = target.suffix.lower()
    return Recording(film, target, scale) if suffix not in ANIMATIONS else Drawing(film, target, scale)


def _remarks(film: Film) -> Iterator[str]:
    """What is not as one might expect."""
    if film.facts.wide:
        yield "It is in HDR and is brought to the colours of a usual screen, where the brightest lights become white."
    if getattr(getattr(film, "colours", None), "see_through", False):
        yield "It can be seen through in parts, which a translated video cannot; these are shown as they are below."


def _losses(film: Film, done: int) -> Iterator[str]:
    """What could not be read, once all has been."""
    if film.damaged:
        yield f"{film.damaged} damaged frame{'' if film.damaged == 1 else 's'} could not be decoded and were left out."
    elif film.facts.seconds and film.seen < SHORT * film.facts.seconds and done < SHORT * film.facts.frames:
        yield (
            f"The video ends after {film.seen:.1f} of {film.facts.seconds:.1f} seconds: the file was not written "
            "completely. What is there was translated."
        )

"""Jobs that translate, for the one door: one picture to look at, one into a file, folders, films, cameras."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.runs.model import model_file
from ganstudio.window.job import Job
from ganstudio.words.events import Advanced
from ganstudio.words.films import FilmFacts
from ganstudio.words.look import Look, Quality
from ganstudio.words.making import Making
from ganstudio.words.mix import Mix
from ganstudio.words.newest import Newest

if TYPE_CHECKING:  # These load torch or decode pictures; the window names them only.
    from PIL import Image

    from ganstudio.engine.exchange.mixing import Mixture
    from ganstudio.engine.translating.live import Glimpse
    from ganstudio.engine.translating.translator import Translator
    from ganstudio.pictures.films.shot import Shot
    from ganstudio.pictures.order import Order


def translate(
    model: Path | Mix,
    to: str | None,
    picture: Image.Image | Path,
    *,
    quality: Quality = "exact",
    memory: int | None = None,
    device: str = "auto",
) -> Job[Image.Image]:
    """One picture, translated towards domain `to`, in the picture's own size; says how far it is as Advanced."""
    yield None
    from ganstudio.pictures.reading import read

    translator = opened(model, device, quality, memory)
    yield None
    source = read(picture) if isinstance(picture, Path) else picture
    name, began = str(picture) if isinstance(picture, Path) else "", time.monotonic()
    work = translator.translating(source, translator.route(to), Look())
    with contextlib.closing(work):
        while True:
            try:
                share = next(work)
            except StopIteration as done:
                made: Image.Image = done.value
                return made
            eta = (time.monotonic() - began) * (1 - share) / share if share else None
            yield Advanced(name, share, eta)


def way(
    model: Path | Mix,
    to: str | None,
    size: tuple[int, int],
    *,
    quality: Quality = "exact",
    memory: int | None = None,
    device: str = "auto",
) -> Job[str]:
    """How a picture of this width and height would be done: "whole", "exact" in bands, or "fast"."""
    yield None
    translator = opened(model, device, quality, memory)
    return translator.way(size, translator.route(to))


def translate_file(
    model: Path | Mix,
    to: str | None,
    file: Path,
    target: Path,
    order: Order | None = None,
    *,
    quality: Quality = "exact",
    memory: int | None = None,
    device: str = "auto",
) -> Job[None]:
    """One picture of any size and depth from its file into `target`; of the order, names do not count."""
    yield None
    from ganstudio.engine.translating import files

    translator = opened(model, device, quality, memory)
    yield from files.translate_file(translator, translator.route(to), file, target, order)


def translate_files(
    model: Path | Mix,
    to: str | None,
    inputs: Sequence[Path],
    out: Path,
    order: Order | None = None,
    *,
    quality: Quality = "exact",
    memory: int | None = None,
    device: str = "auto",
) -> Job[None]:
    """Files, folders and shards, translated into `out` as ordered: look, names, format."""
    yield None
    from ganstudio.engine.translating import sets

    translator = opened(model, device, quality, memory)
    yield from sets.translate_sets(translator, translator.route(to), inputs, out, order)


def made_from(picture: Path) -> Job[Making | None]:
    """How GAN Studio made this picture; None when it did not."""
    yield None
    from ganstudio.pictures.writing.made import made_from as found_in

    return found_in(picture)


def film_frame(file: Path, share: float = 0.0) -> Job[tuple[Image.Image, FilmFacts]]:
    """A frame of a video or animation, upright, at this share of its length; and its size, length, rate and sound.

    Raises Unreadable, a sentence for people, for what is no film or is broken; `words.films` tells films by name.
    """
    yield None
    from ganstudio.pictures.films.films import open_film

    film = open_film(file)
    yield None
    return film.still_at(share * film.facts.seconds).picture, film.facts


def translate_video(
    model: Path | Mix, to: str | None, file: Path, target: Path, look: Look, *, smooth: float = 0, device: str = "auto"
) -> Job[None]:
    """A video or animation, translated into `target`, whose suffix says how it is written (`words.films`).

    Tells Advanced as it goes (share, time left, "frame 12 of 240"), Warned for what the artist should know, Made with
    the name that the file was given (another suffix where the sound asks for it), then Finished. Pause by not pulling.
    After Stop, a closed job or a kill, the same job goes on behind the last frame that was done.
    """
    yield None
    from ganstudio.engine.translating import video

    translator = opened(model, device)
    yield from video.translate_video(translator, translator.route(to), file, target, look, smooth=smooth)


def live(
    model: Path, to: str | None, shots: Newest[Shot], look: Callable[[], Look], *, device: str = "auto"
) -> Generator[Glimpse | None, object, None]:
    """The newest shot, translated towards domain `to` at a size that holds the rate; then the next, until closed."""
    yield None
    from ganstudio.engine.translating import live as engine

    translator = opened(model, device)
    yield from engine.live(translator, translator.route(to), shots, look)


class Kept(threading.local):
    """The model that was opened last, and of a mixture its ends, for the next job.

    They belong to the thread that translates, which is the worker's, and go with it.
    """

    def __init__(self) -> None:
        self._asked: tuple[object, ...] = ()
        self._translator: Translator | None = None
        self._between: tuple[object, ...] = ()
        self._ends: Mixture | None = None

    def opened(
        self, model: Path | Mix, device: str, quality: Quality = "exact", memory: int | None = None
    ) -> Translator:
        """The model on its device; new weights are opened anew.

        Raises:
            ValueError: It is no model, or there is nothing between the two; the message says why.
        """
        ends = (model.one, model.other) if isinstance(model, Mix) else (model,)
        written = tuple(model_file(end).stat().st_mtime_ns for end in ends)
        asked = (model, device, quality, memory, written)
        if self._translator is None or asked != self._asked:
            self._translator = None  # There may not be memory for two.
            if isinstance(model, Mix):
                self._translator = self._mixture(model, (*ends, written)).translator(model, device)
            else:
                self._translator = self._alone(model, device, quality, memory)
            self._asked = asked
        return self._translator

    def _mixture(self, model: Mix, between: tuple[object, ...]) -> Mixture:
        from ganstudio.engine.exchange.mixing import Mixture

        if self._ends is None or between != self._between:
            self._ends = None
            self._ends, self._between = Mixture.open(model.one, model.other), between
        return self._ends

    def _alone(self, model: Path, device: str, quality: Quality, memory: int | None) -> Translator:
        from ganstudio.engine.translating.translator import Translator

        self._ends = None
        return Translator.open(model, device=device, quality=quality, memory=memory)


_kept = Kept()
opened = _kept.opened

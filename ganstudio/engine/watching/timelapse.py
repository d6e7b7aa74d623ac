"""Timelapse: how the same held-out pictures changed while a run trained, as a film. Needs no torch."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganstudio.pictures.films.animation import save_animation
from ganstudio.pictures.reading import Unreadable, read
from ganstudio.runs.measured import samples
from ganstudio.runs.run import Run
from ganstudio.runs.taken import check_free
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Event, Progress, SheetFile
from ganstudio.words.works import Work

if TYPE_CHECKING:
    import av

SECONDS = 12.0  # A film is about so long, within these limits of speed …
SLOWEST, FASTEST = 4, 30  # Moments a second.
HELD_SECONDS = 2.0  # … and then stands still.
SMALLEST, LARGEST = 720, 1920  # Pixels of the longer side: small pictures are enlarged, large ones reduced.
MOST_MOMENTS = {".gif": 240, ".webp": 240}  # Players hold all of an animation in memory.
GROUND, INK, FAINT, ACCENT = (22, 22, 24), (237, 237, 239), (61, 61, 66), (152, 165, 255)
FORMATS = (".mp4", ".gif", ".webp")
_CODECS = (("libx264", {"crf": "14", "preset": "veryfast"}), ("mpeg4", {"qscale": "2"}))


@dataclass(frozen=True, slots=True)
class _Moment:
    """One frame to be: its step and the picture of its sheet."""

    step: int
    file: Path


def timelapse(run: Run, file: Path, *, route: str = "", rate: int = 0, replace: bool = False) -> Work[Path]:
    """Write the samples of `run` as a film, each with its step below.

    Args:
        run: A run with at least two samplings.
        file: .mp4, .gif or .webp.
        route: Title of the route to show; empty for the run's first.
        rate: Moments a second; 0 for a film of about twelve seconds.
        replace: Replace a file that is there, once the film is whole.

    Yields:
        Progress.

    Returns:
        The file.

    Raises:
        ValueError: Another suffix, an unknown route, too few samples, or something is there already.
        OSError: The disk is full or the folder is read-only.
    """
    suffix = file.suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"A film is written as {', '.join(FORMATS)}, not as {suffix or 'a file without a suffix'}.")
    check_free(file, replace=replace)
    moments = _thinned(_moments(run, route), MOST_MOMENTS.get(suffix, 0))
    if len(moments) < 2:
        raise ValueError(f"{run.name} has fewer than two samples to make a film of. Let it train a little longer.")
    rate = rate or round(min(FASTEST, max(SLOWEST, len(moments) / SECONDS)))
    held = round(HELD_SECONDS * rate)
    yield Progress(0, len(moments), what="making the film")
    painter = _Painter(moments)
    write = _video if suffix == ".mp4" else _animation
    data = yield from write(painter, moments, rate, held, suffix)
    write_atomically(file, data)
    return file


def _moments(run: Run, route: str) -> list[_Moment]:
    found: list[_Moment] = []
    known: dict[str, None] = {}
    for sampled in samples(run):
        known |= dict.fromkeys(sheet.route for sheet in sampled.sheets)
        sheet = _sheet(sampled.sheets, route)
        if sheet is not None and (run.path / sheet.path).is_file():
            found.append(_Moment(sampled.step, run.path / sheet.path))
    if route and route not in known:
        raise ValueError(f"{run.name} has no samples of {route!r}. It has: {', '.join(known) or 'none'}.")
    return found


def _sheet(sheets: Sequence[SheetFile], route: str) -> SheetFile | None:
    return next((sheet for sheet in sheets if not route or sheet.route == route), None)


def _thinned(moments: list[_Moment], most: int) -> list[_Moment]:
    """At most so many, evenly, the first and the last among them."""
    if not most or len(moments) <= most:
        return moments
    return [moments[round(nth * (len(moments) - 1) / (most - 1))] for nth in range(most)]


class _Painter:
    """Paints frames of one even size: the sheet, the step, and a line that says how far it is."""

    def __init__(self, moments: Sequence[_Moment]) -> None:
        self._last = moments[-1].step
        width, height = read(moments[-1].file).size
        longer = max(width, height)
        whole = max(1, -(-SMALLEST // longer))  # Whole multiples keep the pixels of a small network sharp and even.
        scale = whole if longer * whole <= LARGEST else LARGEST / longer
        self._sheet = (_even(width * scale), _even(height * scale))
        self._text = max(16, min(40, self._sheet[0] // 28))
        self._font = ImageFont.load_default(self._text)
        self.size = (self._sheet[0], _even(self._sheet[1] + 2 * self._text))

    def frame(self, moment: _Moment) -> Image.Image | None:
        """The frame of a moment; None when its file is gone or broken."""
        with suppress(Unreadable, OSError):
            picture = read(moment.file)
            frame = Image.new("RGB", self.size, GROUND)
            enlarged = picture.width <= self._sheet[0]
            how = Image.Resampling.NEAREST if enlarged else Image.Resampling.LANCZOS
            frame.paste(picture.resize(self._sheet, how))
            self._caption(ImageDraw.Draw(frame), moment.step)
            return frame
        return None

    def _caption(self, draw: ImageDraw.ImageDraw, step: int) -> None:
        width, top = self.size[0], self._sheet[1]
        middle = (top + self.size[1]) // 2
        draw.text((self._text, middle), f"step {step:,}", font=self._font, fill=INK, anchor="lm")
        left, right = self._text * 9, width - self._text
        if right > left:
            draw.line((left, middle, right, middle), fill=FAINT, width=2)
            share = step / self._last if self._last else 1.0
            draw.line((left, middle, left + round((right - left) * share), middle), fill=ACCENT, width=4)


def _even(side: float) -> int:
    """Video takes even sides only."""
    return max(2, round(side) // 2 * 2)


def _frames(painter: _Painter, moments: Sequence[_Moment], take: Callable[[Image.Image], None]) -> Iterator[Event]:
    """Paint each moment and hand it on."""
    painted = 0
    for done, moment in enumerate(moments, start=1):
        frame = painter.frame(moment)
        if frame is not None:
            take(frame)
            painted += 1
        yield Progress(done, len(moments), what="making the film")
    if not painted:
        raise ValueError("The sample pictures of this run cannot be read.")


def _video(painter: _Painter, moments: Sequence[_Moment], rate: int, held: int, _suffix: str) -> Work[bytes]:
    import av  # noqa: PLC0415  It takes a moment.

    data = io.BytesIO()
    with closing(av.open(data, "w", format="mp4")) as container:
        stream = _stream(container, rate, painter.size)
        last: list[Image.Image] = []

        def take(picture: Image.Image) -> None:
            last[:] = [picture]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))

        yield from _frames(painter, moments, take)
        for _ in range(held):
            take(last[0])
        container.mux(stream.encode(None))
    return data.getvalue()


def _stream(container: av.container.OutputContainer, rate: int, size: tuple[int, int]) -> av.VideoStream:
    """A stream of the best encoder that is there.

    Raises:
        ValueError: There is none.
    """
    import av  # noqa: PLC0415

    for name, options in _CODECS:
        with suppress(ValueError, av.FFmpegError):
            av.Codec(name, "w")
            stream = cast("av.VideoStream", container.add_stream(name, rate=rate, options=dict(options)))
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            return stream
    raise ValueError("This computer has no encoder for .mp4. Save the film as .gif or .webp.")


def _animation(painter: _Painter, moments: Sequence[_Moment], rate: int, held: int, suffix: str) -> Work[bytes]:
    pictures: list[Image.Image] = []
    yield from _frames(painter, moments, pictures.append)
    times = [round(1000 / rate)] * (len(pictures) - 1) + [round(1000 * (1 + held) / rate)]
    data = io.BytesIO()
    save_animation(pictures, times, data, suffix)
    return data.getvalue()

"""What the live picture asks of its workers and threads: which cameras there are, frames, and their translation."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

from ganstudio.pictures.films.cameras import Camera, cameras, seen_by
from ganstudio.pictures.films.films import open_film
from ganstudio.pictures.films.playing import playing
from ganstudio.pictures.films.shot import Shot
from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.live_feed import Frames
from ganstudio.window.parts.mixing import image_of
from ganstudio.window.parts.picture_view import Levels
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest


@dataclass(frozen=True, slots=True)
class Source:
    """What one looks at.

    Attributes:
        title: What people call it.
        frames: Opens it.
        mirrored: Whether it is shown as a mirror shows it.
        camera: None for a film.
    """

    title: str
    frames: Callable[[], Frames]
    mirrored: bool = False
    camera: Camera | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame and its translation, ready to be shown.

    Attributes:
        before: The frame.
        after: Its translation, mostly smaller.
        shot: The frame as it came.
        side: Pixels of the shorter side that was translated.
        heavy: Even the smallest side does not hold the rate, and a lighter model might.
    """

    before: Levels
    after: Levels
    shot: Shot
    side: int
    heavy: bool

    @property
    def picture(self) -> Image.Image:
        """The frame in its full size."""
        return Image.fromarray(self.shot.pixels)


@dataclass(frozen=True, slots=True)
class Came:
    """There is something new to be shown."""


def of_camera(camera: Camera) -> Source:
    """A camera, as a mirror: so people know themselves."""
    return Source(camera.name, lambda: seen_by(camera), mirrored=True, camera=camera)


def of_film(file: Path) -> Source:
    """A film, in its own tempo."""
    return Source(file.name, lambda: _played(file))


def finding() -> Job[tuple[Camera, ...]]:
    """The cameras that there are."""
    yield None
    return cameras()


def showing(
    model: Path, to: str, shots: Newest[Shot], look: Callable[[], Look], place: Newest[Seen], *, device: str
) -> Generator[Came | None, object, None]:
    """Translate the newest shot again and again and leave it in `place`, so that a busy window is never behind."""
    with closing(jobs.live(model, to, shots, look, device=device)) as glimpses:
        for glimpse in glimpses:
            if glimpse is None:
                yield None
                continue
            before, after = (levels_of(pixels) for pixels in (glimpse.shot.pixels, glimpse.made))
            place.put(Seen(before, after, glimpse.shot, glimpse.side, glimpse.heavy))
            yield Came()


def _played(file: Path) -> Frames:
    yield None
    yield from playing(open_film(file))


def levels_of(pixels: NDArray[np.uint8]) -> Levels:
    """A frame for the canvas: smaller levels are not worth their time for one look, four bytes a pixel are."""
    return Levels((image_of(pixels).convertToFormat(QImage.Format.Format_RGB32),))

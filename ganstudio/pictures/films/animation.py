"""Animations, in and out: picture files that hold several pictures and say how long each is shown.

GIF, WebP and PNG (APNG) through Pillow. Frames come whole, as they are seen: what a file stores of a frame is often
only what differs from the one before. GIF knows 256 colours and no half transparency.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganstudio.pictures import colour
from ganstudio.pictures.films.stills import Mark, Still
from ganstudio.pictures.reading import CODEC_FAULTS, Unreadable, opened
from ganstudio.words.films import ANIMATIONS, FilmFacts

MOST_PIXELS = 2**29  # Of all frames together: the writers of animations hold them all.
SHOWN_UNTIL_LATER = 100  # Milliseconds that players show a frame of no duration.
_CLEAR = 255  # The palette's entry that is seen through.
_HALF = 128
_TO_BACKGROUND = {"GIF": 2, "PNG": 1}  # How each format says that a frame goes before the next comes.


class Animation:
    """An open animation; its unit of time is a millisecond.

    Args:
        path: The file.

    Attributes:
        facts: What it is.
        damaged: How many frames could not be decoded so far.

    Raises:
        Unreadable: It is no picture, or holds a single one.
    """

    time_base = Fraction(1, 1000)
    aspect = Fraction(1)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        with opened(path) as image:
            frames = _count(image)
            if frames < 2:
                raise Unreadable("It holds a single picture and no animation.")
            self._first = int(bool(image.info.get("default_image")))
            self.size = image.size
            loops = _plays(image)
            lasts: list[int] = []
            for number in range(frames):
                try:
                    image.seek(self._first + number)
                    if image.size != self.size:  # Pillow lets a GIF grow to whatever its later frames say.
                        raise ValueError
                    image.load()  # What is cut off tells only now, and WebP how long a frame lasts.
                except CODEC_FAULTS:
                    self.damaged = frames - number
                    break
                lasts.append(_lasts(image))
            if not lasts:
                raise Unreadable("Not one frame of the animation could be decoded.")
            seconds = sum(lasts) / 1000
            self.facts = FilmFacts(
                "animation",
                *self.size,
                seconds=seconds,
                frames=len(lasts),
                rate=len(lasts) / seconds,
                codec="APNG" if image.format == "PNG" else str(image.format),
                loops=loops,
            )

    @property
    def seen(self) -> float:
        """Seconds that can be shown."""
        return self.facts.seconds

    def stills(self, since: Mark | None = None) -> Generator[Still, None, None]:
        """Its frames, with what shines through them on white.

        Args:
            since: Begin with this one.

        Raises:
            Unreadable: A frame is damaged, or another program changed the file.
        """
        time = 0
        with opened(self.path) as image:
            for number in range(self.facts.frames):
                image.seek(self._first + number)
                image.load()
                lasts = _lasts(image)
                if since is None or number >= since.number:
                    still = Still(number, time, lasts, np.asarray(colour.to_srgb(image)), _alpha(image))
                    if since is not None and number == since.number and still.digest != since.digest:
                        raise Unreadable("The animation was changed while it was translated. Begin anew.")
                    yield still
                time += lasts

    def still_at(self, seconds: float) -> Still:
        """The frame that is shown at a time; the last when that is late."""
        found = None
        for still in self.stills():
            if found is not None and still.time > seconds * 1000:
                break
            found = still
        assert found is not None
        return found


def is_animation(path: Path) -> bool:
    """Whether a file holds several pictures that follow one another. Broken files are none."""
    if path.suffix.lower() not in ANIMATIONS:
        return False
    try:
        with opened(path) as image:
            return _count(image) > 1
    except Unreadable:
        return False


def save_animation(
    pictures: Iterable[Image.Image],
    lasts: Sequence[int],
    file: IO[bytes],
    suffix: str,
    *,
    plays: int = 0,
    words: tuple[bytes, bytes] = (b"", b""),
) -> None:
    """Write an animation.

    Pictures that equal the one before may be written as one that lasts longer.

    Args:
        pictures: RGB, or RGBA where they can be seen through, all of one size.
        lasts: How long each is shown, in milliseconds.
        file: Where to; open for writing.
        suffix: .gif, .webp, .png or .apng.
        plays: How often it is played; 0 is for ever.
        words: How it was made: as plain text, and as an XMP packet.

    Raises:
        ValueError: Another suffix, or no picture.
        OSError: The disk is full.
    """
    kind = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG", ".apng": "PNG"}.get(suffix)
    if kind is None:
        raise ValueError(
            f"Animations are written as .gif, .webp or .png, not as {suffix or 'a file without a suffix'}."
        )
    more: dict[str, Any] = {"loop": plays}
    if kind == "GIF":
        more = {"optimize": False} | ({"loop": plays - 1 if plays else 0} if plays != 1 else {})
        more |= {"comment": words[0]} if words[0] else {}
    elif kind == "WEBP":
        more |= {"quality": 90, "method": 2} | ({"xmp": words[1]} if words[1] else {})
    elif words[1]:
        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", words[1].decode())
    prepared: Iterator[Image.Image] = (_indexed(picture) if kind == "GIF" else picture for picture in pictures)
    first = next(prepared, None)
    if first is None:
        raise ValueError("There is no picture to make an animation of.")
    if kind in _TO_BACKGROUND and (first.mode == "RGBA" or "transparency" in first.info):
        more["disposal"] = _TO_BACKGROUND[kind]
    rest = list(prepared) if kind == "PNG" else prepared  # Its writer goes through them twice.
    first.save(file, kind, save_all=True, append_images=rest, duration=list(lasts), **more)


def check_length(facts: FilmFacts, scale: int = 1) -> None:
    """Whether a film is short enough for an animation.

    Raises:
        ValueError: It is too long for the memory.
    """
    if facts.width * facts.height * scale**2 * max(1, facts.frames) > MOST_PIXELS:
        raise ValueError(
            f"About {facts.frames:,} frames of {facts.width * scale}×{facts.height * scale} pixels are too much for an "
            "animation, which is held in memory as a whole. Write it as .mp4."
        )


def _indexed(picture: Image.Image) -> Image.Image:
    """At most 255 colours, dithered, and one more that is seen through where the picture is."""
    made = picture.convert("RGB").quantize(255, dither=Image.Dither.FLOYDSTEINBERG)
    if picture.mode != "RGBA":
        return made
    clear = np.asarray(picture.getchannel("A")) < _HALF
    indices = np.where(clear, np.uint8(_CLEAR), np.asarray(made))
    palette = (made.getpalette() or [])[: 3 * _CLEAR]
    made = Image.fromarray(indices, "P")
    made.putpalette(palette + [0] * (768 - len(palette)))
    made.info["transparency"] = _CLEAR
    return made


def _count(image: Image.Image) -> int:
    """How many pictures take turns in a file."""
    return int(getattr(image, "n_frames", 1)) - int(bool(image.info.get("default_image")))


def _plays(image: Image.Image) -> int:
    """How often it is played. GIF counts how often it is played again, and says nothing for once."""
    loop = image.info.get("loop")
    if loop is None:
        return 1
    return int(loop) + 1 if image.format == "GIF" and loop else int(loop)


def _lasts(image: Image.Image) -> int:
    return round(float(image.info.get("duration", 0))) or SHOWN_UNTIL_LATER


def _alpha(image: Image.Image) -> NDArray[np.uint8] | None:
    """Where it can be seen through; None for nowhere."""
    alpha = colour.alpha_of(image)
    if alpha is None:
        return None
    found = np.asarray(alpha)
    return None if found.min() == np.iinfo(np.uint8).max else found

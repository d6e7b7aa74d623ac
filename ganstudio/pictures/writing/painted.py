"""Painted: the rows of a translation on their way into a file, which is there whole or not at all.

What an original had and its translation has no opinion on comes back here: transparency, the colour profile, depth,
EXIF and resolution. Small and huge pictures take the same way, so that they come out alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image

from ganstudio.pictures import colour
from ganstudio.pictures.provenance import SOFTWARE, packet
from ganstudio.pictures.vips import from_array
from ganstudio.pictures.writing import encoding
from ganstudio.pictures.writing.canvas import IN_MEMORY, Canvas
from ganstudio.pictures.writing.encoding import Beside
from ganstudio.pictures.writing.originals import Original
from ganstudio.runs.writing import replacing
from ganstudio.words.making import Making

_CAMERA, _LONG = 0x8769, 4000
BAND = 1 << 20  # Pixels that are looked at together.
NO_COLOUR = 4 / 255
"""How far apart the channels of a picture may be that counts as grey: less than anybody sees."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What an original has and the format of its translation cannot hold."""

    transparency: bool = False
    depth: bool = False


class Holder(Protocol):
    """What has an original, such as a frame of a batch."""

    @property
    def original(self) -> Original:
        """The original."""


class Painted(Canvas):
    """A canvas of three channels that becomes a picture file.

    Args:
        width: In pixels.
        height: In pixels.
        dtype: uint8 or uint16.
        in_memory: How many bytes may be held in memory.

    Raises:
        Unwritten: The disk is full.
    """

    def __init__(self, width: int, height: int, dtype: DTypeLike = np.uint8, *, in_memory: int = IN_MEMORY) -> None:
        super().__init__((height, width, 3), dtype, in_memory=in_memory)

    def write(self, top: int, rows: NDArray[Any]) -> None:
        """Take the rows (h, W, 3) that begin at row `top`, which is where the last ones ended.

        Raises:
            Unwritten: The disk is full.
        """
        if top != self.filled:
            raise AssertionError(f"Rows from {top} on do not follow on {self.filled}.")
        self.append(rows)

    def save(
        self,
        target: Path,
        frame: Original | Holder | None = None,
        *,
        recipe: Making | None = None,
        note: str = "",
        quality: int = 0,
        given_up: Callable[[], bool] = bool,
    ) -> Loss:
        """Write the picture in the format of the target's suffix, and make its folder.

        Args:
            target: An earlier file of this name is replaced.
            frame: What it was made from: a frame of a batch or an original; None for a picture from nothing.
            recipe: How it was made.
            note: The same in a few words, such as the model's name.
            quality: From 1 to 100 where the format loses something; 0 for what is usual.
            given_up: Asked now and then whether to stop.

        Returns:
            What the format could not hold.

        Raises:
            ValueError: A suffix that is not written, or a picture too large for the format.
            OSError: The disk is full, the folder is read-only.
            encoding.GivenUp: It was given up.
        """
        kind = kind_for(target)
        original = frame if frame is None or isinstance(frame, Original) else frame.original
        pixels = self.pixels()
        encoding.check_size(kind, pixels.shape[1], pixels.shape[0])
        image, profile, loss = self._finished(pixels, kind, original)
        software = f"{SOFTWARE}: {note}" if note else SOFTWARE
        beside = Beside(
            profile=profile,
            exif=_exif(original.exif if original else b"", software),
            dpi=original.dpi if original else None,
            xmp=packet(recipe, software),
        )
        with replacing(target) as file:
            encoding.write(image, kind, file, beside, quality=quality, given_up=given_up)
        return loss

    def _finished(self, pixels: NDArray[Any], kind: str, original: Original | None) -> tuple[Any, bytes, Loss]:
        """The image as the format takes it, the profile it is in, and what was lost."""
        image, profile, loss = from_array(pixels), colour.srgb_profile(), Loss()
        alpha = None
        if image.format == "ushort" and kind not in encoding.DEEP:
            image, loss = encoding.eight_bit(image), replace(loss, depth=True)
        if original is not None and original.alpha is not None:
            if kind in encoding.SEE_THROUGH:
                whole = encoding.unmixed(image, original.alpha)
                image, alpha = whole[:3], whole[3]
            else:
                loss = replace(loss, transparency=True)
        if original is not None:
            image, profile = self._in_colours_of(original, image, kind)
        return image if alpha is None else image.bandjoin(alpha), profile, loss

    def _in_colours_of(self, original: Original, image: Any, kind: str) -> tuple[Any, bytes]:
        if original.grey and kind in encoding.GREY and _is_colourless(self.pixels()):
            if colour.can_go_back(original.profile, "GRAY"):
                return colour.into_profile(image, original.profile), original.profile
            return colour.greyed(image), b""
        if kind in encoding.SPEAKING and colour.can_go_back(original.profile, "RGB"):
            return colour.into_profile(image, original.profile), original.profile
        return image, colour.srgb_profile()


def kind_for(target: Path) -> str:
    """The format that the suffix of a target names.

    Raises:
        ValueError: It is none that is written.
    """
    suffix = target.suffix.lower()
    if suffix not in encoding.SUFFIXES:
        known = ", ".join(encoding.SUFFIXES)
        raise ValueError(f"Pictures are not written as {suffix or 'files without a suffix'}. Use {known}.")
    return encoding.SUFFIXES[suffix]


def _is_colourless(pixels: NDArray[Any]) -> bool:
    """Whether nobody sees a colour in (H, W, 3)."""
    near, thickness = round(NO_COLOUR * np.iinfo(pixels.dtype).max), max(1, BAND // pixels.shape[1])
    for top in range(0, len(pixels), thickness):  # A large picture is mapped from the disk.
        red, green, blue = np.moveaxis(pixels[top : top + thickness], 2, 0)
        highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
        if (highest - lowest).max(initial=0) > near:
            return False
    return True


def _exif(exif: bytes, software: str) -> bytes:
    kept = Image.Exif()
    if exif:
        kept.load(exif)
    kept[encoding.SOFTWARE_TAG] = software.replace("→", "->")  # EXIF is ASCII.
    whole = kept.tobytes()
    if len(whole) <= encoding.EXIF_BYTES:
        return whole
    # Too long for most formats: a maker's own notes, a text. What is short stays, such as when it was taken.
    for part in (kept, kept.get_ifd(_CAMERA)):
        for tag, value in list(part.items()):
            if isinstance(value, (bytes, str)) and len(value) > _LONG:
                del part[tag]
    return kept.tobytes()

"""An original with all that is to be in its translation again: depth, transparency, profile, resolution, EXIF.

Rows are brought to sRGB one band after another, so that a large picture is never held more often than once. A file of
more than 8 bits a channel is decoded by libvips, with the very decoder for the format that Pillow has told; where that
fails, Pillow decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.pictures import colour
from ganstudio.pictures.reading import CODEC_FAULTS, UPRIGHT, is_deep, opened, orientation, upright_size
from ganstudio.pictures.vips import drain, from_array, vips
from ganstudio.pictures.writing.canvas import Canvas

BAND = 1 << 21  # Pixels that are brought to sRGB at once.
_LOADERS = {"PNG": "pngload", "TIFF": "tiffload", "AVIF": "heifload"}
_FROM_END = {3, 4, 7, 8}  # Orientations in which the last rows or columns of the file are the top.
_ACROSS, _DOWN, _RESOLUTION_UNIT, _CENTIMETRE = 282, 283, 296, 3


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """A picture and all that its file says of it.

    Attributes:
        pixels: (H, W, 3) in sRGB, upright, transparency on white; uint16 for a file of more than 8 bits a channel.
            Those of a large picture are mapped from the disk.
        alpha: (H, W) of the same dtype, or None for a picture that is opaque everywhere.
        grey: Whether the file has one channel.
        profile: Its ICC profile; empty for none.
        dpi: Pixels per inch across and down as it lies upright; None when the file does not say.
        exif: As Decoded has it.
        format: "JPEG", "PNG", …
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
    grey: bool = False
    profile: bytes = b""
    dpi: tuple[float, float] | None = None
    exif: bytes = b""
    format: str = ""

    @property
    def deep(self) -> bool:
        """Whether it has more than 8 bits a channel."""
        return self.pixels.dtype == np.uint16

    @property
    def picture(self) -> Image.Image:
        """As `reading.read` gives it: RGB, 8 bit."""
        return Image.fromarray(colour.shallow(self.pixels))


def original(path: Path) -> Original:
    """Read a picture with all that its file says of it.

    Raises:
        Unreadable: As `reading.read`.
        Unwritten: It is large, and the disk has no room for its pixels.
    """
    with opened(path) as image:
        deep = is_deep(image)
        turn, exif = orientation(image)
        profile = colour.whole(image.info.get("icc_profile") or b"")
        facts: dict[str, Any] = {
            "grey": image.getbands()[0] in {"1", "L", "I", "F"},
            "profile": profile,
            "dpi": _dpi(image, turn),
            "exif": exif,
            "format": str(image.format),
        }
        if deep and facts["grey"] and len(image.getbands()) == 1:
            image.load()
            pixels, alpha = _deep_grey(image, turn, profile)
        else:
            found = _decoded_deep(path, image, turn, profile) if deep or image.format == "AVIF" else None
            if found is not None:  # Pillow takes grey with transparency for colour.
                pixels, alpha, facts["grey"] = found
            else:
                pixels, alpha = _decoded(image, turn)
        return Original(pixels, alpha, **facts)


def _decoded(image: Image.Image, turn: int) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Pixels and transparency in 8 bits."""
    image.load()
    # The white of these depends on all of their pixels.
    whole = colour.to_srgb(image) if image.mode.startswith(("I", "F")) else None
    width, height = upright_size(image.size, turn)
    transparent = whole is None and colour.alpha_of(image.crop((0, 0, 1, 1))) is not None
    with Canvas((height, width, 3)) as canvas, Canvas((height, width)) as cover:
        for band in _bands(image if whole is None else whole, turn):
            canvas.append(np.asarray(band if whole is not None else colour.to_srgb(band)))
            if transparent:
                cover.append(np.asarray(colour.alpha_of(band)))
        return canvas.pixels(), _cover(cover) if transparent else None


def _deep_grey(image: Image.Image, turn: int, profile: bytes) -> tuple[NDArray[Any], None]:
    """Pixels in 16 bits of a loaded grey image."""
    white = colour.white_of(image)
    width, height = upright_size(image.size, turn)
    with Canvas((height, width, 3), np.uint16) as canvas:
        for band in _bands(image, turn):
            grey = from_array(colour.deep_grey(band, white))
            canvas.append(colour.deep_to_srgb(grey, profile).numpy())
        return canvas.pixels(), None


def _decoded_deep(
    path: Path, image: Image.Image, turn: int, profile: bytes
) -> tuple[NDArray[Any], NDArray[Any] | None, bool] | None:
    """Pixels and transparency in 16 bits, and whether they are grey; None when the file is not for libvips."""
    if image.format not in _LOADERS or image.mode in {"CMYK", "LAB", "YCbCr"}:
        return None
    if image.format == "AVIF" and turn != 1:  # It is turned by its own words, which the two libraries obey differently.
        return None
    options: dict[str, Any] = {"access": "sequential" if turn == 1 else "random", "fail_on": "error"}
    try:
        found = getattr(vips().Image, _LOADERS[image.format])(str(path), **options)
        if found.format != "ushort" or found.bands > 4 or (found.width, found.height) != image.size:
            return None
        found = _upright(found, turn, image.format)
        colours, alpha = (found[: found.bands - 1], found[found.bands - 1]) if found.bands in {2, 4} else (found, None)
        colours = colours.copy(interpretation="grey16" if colours.bands == 1 else "rgb16")
        whole = colour.deep_to_srgb(colours, profile)
        if alpha is not None:
            # One image, because a file that is read from top to bottom is read once.
            whole = whole.bandjoin(alpha)
        return *_gathered(whole), colours.bands == 1
    except vips().Error:
        return None
    except UnicodeError:  # libvips takes file names that are text only.
        return None


def _gathered(image: Any) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The rows of a 16-bit image of libvips with three channels, and transparency perhaps."""
    size = (image.height, image.width)
    see_through = image.bands == 4
    with Canvas((*size, 3), np.uint16) as canvas, Canvas(size, np.uint16) as cover:

        def take(rows: NDArray[np.uint16]) -> None:
            if see_through:
                cover.append(rows[..., 3])
                rows = _on_white(rows[..., :3], rows[..., 3:])
            canvas.append(rows)

        drain(image, take, BAND)
        return canvas.pixels(), _cover(cover) if see_through else None


def _on_white(rows: NDArray[np.uint16], alpha: NDArray[np.uint16]) -> NDArray[np.uint16]:
    share = alpha.astype(np.uint32)
    return ((rows * share + 65535 * (65535 - share) + 32767) // 65535).astype(np.uint16)


def _cover(canvas: Canvas) -> NDArray[Any] | None:
    """The transparency, where there is any."""
    alpha = canvas.pixels()
    return None if bool((alpha == np.iinfo(alpha.dtype).max).all()) else alpha


def _upright(image: Any, turn: int, kind: str) -> Any:
    """An image of libvips, turned; of a TIFF, Pillow told that it is upright."""
    if kind == "TIFF":
        return image.autorot()
    turned: dict[int, Callable[[Any], Any]] = {
        2: lambda image: image.fliphor(),
        3: lambda image: image.rot180(),
        4: lambda image: image.flipver(),
        5: lambda image: image.rot90().fliphor(),
        6: lambda image: image.rot90(),
        7: lambda image: image.rot270().fliphor(),
        8: lambda image: image.rot270(),
    }
    return turned[turn](image) if turn in turned else image


def _bands(image: Image.Image, turn: int) -> Iterator[Image.Image]:
    """The upright picture in bands from its top to its bottom."""
    columns = turn >= 5
    length, across = (image.width, image.height) if columns else (image.height, image.width)
    thickness = max(1, BAND // across)
    for begin in range(0, length, thickness):
        end = min(length, begin + thickness)
        first, last = (length - end, length - begin) if turn in _FROM_END else (begin, end)
        band = image.crop((first, 0, last, image.height) if columns else (0, first, image.width, last))
        yield band.transpose(UPRIGHT[turn]) if turn in UPRIGHT else band


def _dpi(image: Image.Image, turn: int) -> tuple[float, float] | None:
    """Pixels per inch; WebP and AVIF have them in EXIF only."""
    try:
        if "dpi" in image.info:
            across, down = (float(value) for value in image.info["dpi"])
        else:
            exif = image.getexif()
            unit = 2.54 if exif.get(_RESOLUTION_UNIT) == _CENTIMETRE else 1.0
            across, down = unit * float(exif[_ACROSS]), unit * float(exif[_DOWN])
    except CODEC_FAULTS:
        return None
    if not (1 <= across <= 100_000 and 1 <= down <= 100_000):
        return None
    across, down = round(across, 2), round(down, 2)  # A PNG counts in metres.
    return (down, across) if turn >= 5 else (across, down)

"""Pixels into files of each format, row by row: what stands beside them goes along, and none is held whole.

libvips pulls the rows through one encoder, whatever their number, so that a small picture and a huge one are written
alike. It also keeps EXIF, XMP and profiles, except that it writes no EXIF into TIFF; that is done here.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.pictures.reading import OF_THE_PICTURE, ORIENTATION
from ganstudio.pictures.vips import from_array, vips

SOFTWARE_TAG = 0x0131
DEFAULT_DPI = 72.0
# Format → what its writer is called, and how it is told to write: lossless where it can be, and quickly.
_WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("pngsave_target", {"compression": 3, "filter": "paeth"}),
    "JPEG": ("jpegsave_target", {"subsample_mode": "off"}),
    "WEBP": ("webpsave_target", {"exact": True}),
    "TIFF": ("tiffsave_target", {"compression": "deflate", "predictor": "horizontal"}),
    "AVIF": ("heifsave_target", {"compression": "av1", "subsample_mode": "off", "effort": 2}),
}
SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
    ".bmp": "BMP",
}
LOSSY = {"JPEG": 95, "WEBP": 100, "AVIF": 95}
"""What can lose something → how faithful it is unless asked, from 1 to 100; WebP loses nothing at 100."""

DEEP = frozenset({"PNG", "TIFF", "AVIF"})
SEE_THROUGH = frozenset({"PNG", "TIFF", "AVIF", "WEBP"})
GREY = frozenset({"PNG", "TIFF", "JPEG"})
SPEAKING = frozenset(_WRITERS)
"""Formats that hold more than 8 bits, that hold transparency, one channel, and words beside the pixels."""

_LARGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_536, "BMP": 32_767}
EXIF_BYTES = 65_000
_PLAIN_TIFF_BYTES = 3_900_000_000


class GivenUp(Exception):  # noqa: N818  No error: somebody asked for it.
    """Writing was stopped."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a file says beside its pixels.

    Attributes:
        profile: The ICC profile that the pixels are in.
        exif: An EXIF block; empty for none.
        dpi: Pixels per inch across and down; None when nobody said.
        xmp: An XMP packet; empty for none.
    """

    profile: bytes = b""
    exif: bytes = b""
    dpi: tuple[float, float] | None = None
    xmp: bytes = b""


def check_size(kind: str, width: int, height: int) -> None:
    """Whether a format can hold a picture of this size.

    Raises:
        ValueError: It cannot.
    """
    if max(width, height) > _LARGEST_SIDE.get(kind, 2**31):
        raise ValueError(f"A picture of {width} × {height} pixels cannot be written as {kind}. Use .png or .tif.")


def write(
    image: Any, kind: str, file: BinaryIO, beside: Beside, *, quality: int = 0, given_up: Callable[[], bool] = bool
) -> None:
    """Write an image of libvips, already in its profile, with or without alpha, into an open file.

    Args:
        image: What to write; depth and channels must be such that the format can hold them.
        kind: The format.
        file: Open for writing and reading.
        beside: What goes along.
        quality: From 1 to 100 for formats that lose something; 0 for what is usual.
        given_up: Asked now and then whether to stop.

    Raises:
        GivenUp: It was given up.
        OSError: The disk is full.
        ValueError: The format cannot hold this picture.
    """
    check_size(kind, image.width, image.height)
    if kind == "BMP":
        _write_bmp(image, file, beside.dpi)
        return
    name, options = _WRITERS[kind]
    options = options | _asked(kind, image, quality)
    _pull(_with_words(image, kind, beside), name, options, file, given_up)
    if kind == "TIFF" and beside.exif:
        _append_exif(file, beside.exif)


def _asked(kind: str, image: Any, quality: int) -> dict[str, Any]:
    quality = quality or LOSSY.get(kind, 0)
    if kind == "WEBP" and quality == 100:
        return {"lossless": True}
    if kind == "AVIF":
        return {"Q": quality, "bitdepth": 12 if image.format == "ushort" else 8}
    if kind == "TIFF":
        plain = image.width * image.height * image.bands * (2 if image.format == "ushort" else 1)
        return {"bigtiff": plain > _PLAIN_TIFF_BYTES}
    return {"Q": quality} if quality else {}


def _with_words(image: Any, kind: str, beside: Beside) -> Any:
    across, down = beside.dpi or (DEFAULT_DPI, DEFAULT_DPI)
    image = image.copy(xres=across / 25.4, yres=down / 25.4)
    blob = vips().GValue.blob_type
    for name in image.get_fields():
        if name.endswith("-data") or name.startswith("exif-"):
            image.remove(name)
    exif = beside.exif if len(beside.exif) <= EXIF_BYTES else b""
    words = {"exif-data": exif, "xmp-data": beside.xmp, "icc-profile-data": beside.profile}
    for name, data in words.items():
        if data and not (kind == "TIFF" and name == "exif-data"):
            image.set_type(blob, name, data)
    return image


def _pull(image: Any, name: str, options: dict[str, Any], file: BinaryIO, given_up: Callable[[], bool]) -> None:
    """Drive an encoder of libvips; what the file itself raised is raised here as it was."""
    faults: list[OSError] = []

    def take(data: Any) -> int:
        if given_up():
            return -1
        try:
            return file.write(data)
        except OSError as error:
            faults.append(error)
            return -1

    target = vips().TargetCustom()
    target.on_write(take)
    target.on_read(file.read)
    target.on_seek(file.seek)
    target.on_end(lambda: 0)
    image.set_progress(True)
    image.signal_connect("eval", lambda image, _: image.set_kill(given_up()))
    try:
        getattr(image, name)(target, **options)
    except vips().Error as error:
        if faults:
            raise faults[0] from error
        if given_up():
            raise GivenUp from error
        said = str(error).strip().splitlines()[-1:] or ["no reason given"]
        raise ValueError(f"The picture could not be written: {said[0].strip()}.") from error
    if faults:
        raise faults[0]
    if given_up():
        raise GivenUp


def _write_bmp(image: Any, file: BinaryIO, dpi: tuple[float, float] | None) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.squeeze(image.numpy())).save(stream, "BMP", dpi=dpi or (DEFAULT_DPI, DEFAULT_DPI))
    file.write(stream.getbuffer())


def _append_exif(file: BinaryIO, exif: bytes) -> None:
    """Give a TIFF its EXIF: a new directory at the end holds the entries there are and the further ones."""
    file.seek(0)
    order, version, place = struct.unpack("<2sHI", file.read(8))
    if (order, version) != (b"II", 42):  # A BigTIFF, beyond 4 GB, is laid out in another way and goes without.
        return
    file.seek(place)
    (count,) = struct.unpack("<H", file.read(2))
    entries = {entry[:2]: entry for entry in (file.read(12) for _ in range(count))}
    end = file.seek(0, os.SEEK_END)
    end += end % 2
    more, rest = _exif_entries(exif, end)
    file.seek(end)
    file.write(rest + b"\0" * (len(rest) % 2))
    directory = file.tell()
    entries = more | entries  # What libvips says of the pixels is right; a camera's words may be of others.
    lines = sorted(entries.values(), key=lambda entry: struct.unpack("<H", entry[:2]))
    file.write(struct.pack("<H", len(lines)) + b"".join(lines) + bytes(4))
    file.seek(4)
    file.write(struct.pack("<I", directory))


def _exif_entries(exif: bytes, offset: int) -> tuple[dict[bytes, bytes], bytes]:
    """The entries of an EXIF block by tag, and the bytes that they point to when these lie at `offset`."""
    found = Image.Exif()
    found.load(exif)
    found.endian = "<"
    for tag in set(found) - (OF_THE_PICTURE - {ORIENTATION}):
        del found[tag]
    block = found.tobytes(offset)[len(b"Exif\0\0") + 8 :]
    (count,) = struct.unpack("<H", block[:2])
    entries = (block[2 + 12 * number : 14 + 12 * number] for number in range(count))
    return {entry[:2]: entry for entry in entries}, block


def eight_bit(image: Any) -> Any:
    """An image of libvips with 8 bits a channel, rounded rather than cut."""
    return (image / 257).rint().cast("uchar").copy(interpretation="b-w" if image.bands < 3 else "srgb")


def unmixed(image: Any, alpha: NDArray[Any]) -> Any:
    """An image on white with this (H, W) alpha as its last band, in the size and depth of the image.

    The white is taken out again, so that on white it looks as it did and on black has no white rim.
    """
    cover = from_array(alpha)
    if (cover.width, cover.height) != (image.width, image.height):
        cover = cover.resize(image.width / cover.width, vscale=image.height / cover.height, kernel="linear")
    if cover.format != image.format:
        cover = eight_bit(cover) if image.format == "uchar" else (cover * 257).cast("ushort")
    white = np.iinfo(np.uint16 if image.format == "ushort" else np.uint8).max
    bare = ((image - white) * white / (cover > 0).ifthenelse(cover, white) + white).rint().cast(image.format)
    return bare.copy(interpretation=image.interpretation).bandjoin(cover)

"""Any picture as 8-bit RGB, upright, in sRGB, with transparency laid on white; or the reason why not.

Formats are told by content from an allow-list, never by name. Decoders are C libraries fed with strangers' files, so
whatever they raise means "damaged", and an object that failed once is thrown away: Pillow's second attempt on a broken
PNG succeeds with rubbish.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import pillow_heif
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ganstudio.pictures.colour import to_srgb

SUFFIXES: frozenset[str] = frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "avif"),
        *("heic", "heif", "hif", "tif", "tiff", "bmp", "gif"),
    )
)
READ_FORMATS = "JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP and GIF"
PIXEL_LIMIT = 512 * 2**20
BYTE_LIMIT = 2 * 2**30
BOMB_PIXELS = 50 * 10**6  # Fewer than these fit into the memory whatever they are packed into.
BOMB_RATIO = 400  # Bytes of pixels to bytes of file; what is packed tighter shows nothing.

# MPO has no opener of its own (Pillow would raise KeyError for it); it opens through JPEG. AVIF stands before HEIF,
# which claims the brand that both may carry.
_FORMATS = (
    *(
        str(kind.format)
        for kind in (JpegImageFile, PngImageFile, WebPImageFile, AvifImageFile, TiffImageFile, BmpImageFile)
    ),
    str(GifImageFile.format),
    "HEIF",
)
# What Pillow and the libraries below it raise over a file; never a fault of the program's own files or disk.
CODEC_FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ImageCms.PyCMSError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_TOO_MANY = f"The picture has too many pixels; at most {PIXEL_LIMIT / 1e6:,.0f} million are read."
ORIENTATION = 0x0112
# Of a TIFF file, EXIF is mixed with how its pixels lie; these tags say something of the picture itself.
OF_THE_PICTURE = {270, 271, 272, ORIENTATION, 305, 306, 315, 33432, 34665, 34853}
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# How a file that is no picture begins, and what to say of it.
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "It is a Git LFS placeholder, not the picture. Fetch the picture with: git lfs pull"),
    (b"<!doctype html", "It is a web page, not a picture; the download went wrong."),
    (b"<html", "It is a web page, not a picture; the download went wrong."),
    (b"<svg", "It is an SVG drawing. Export it as PNG first."),
    (b"<?xml", "It is an XML file or an SVG drawing, not a picture of pixels."),
    (b"8bps", "It is a Photoshop file. Export it as PNG or TIFF first."),
    (b"%pdf", "It is a PDF. Export its pages as PNG first."),
    (b"%!ps", "It is a PostScript file. Export it as PNG first."),
    (b"pk\x03\x04", "It is a ZIP archive. Unpack it first."),
    (b"\x00\x00\x00\x0cjxl ", "It is a JPEG XL picture, which is not read. Save it as PNG first."),
    (b"\xff\x0a", "It is a JPEG XL picture, which is not read. Save it as PNG first."),
    (b"\x00\x00\x00\x0cjp  ", "It is a JPEG 2000 picture, which is not read. Save it as PNG first."),
)
_BEGINNINGS = (b"\x89png", b"\xff\xd8\xff", b"gif8", b"bm", b"ii*\x00", b"mm\x00*")


class Unreadable(ValueError):  # noqa: N818 - it says what is so of a file; the program made no error.
    """A file that cannot be used as a picture; its text is the reason, one plain sentence without the path."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture and what its file said of it.

    Attributes:
        picture: RGB, 8 bit, upright, sRGB, transparency on white.
        width: Upright width of the picture in the file, in pixels; larger than `picture`'s when that was decoded small.
        height: Upright height of the picture in the file, in pixels.
        format: "JPEG", "PNG", …
        mode: Pillow's mode of the file, such as "CMYK".
        deep: Whether it holds more than 8 bits a channel.
        exif: Its EXIF block with the orientation set to upright; empty when it has none that can be read.
    """

    picture: Image.Image
    width: int
    height: int
    format: str
    mode: str
    deep: bool
    exif: bytes


def read(path: Path, at_least: int | None = None) -> Image.Image:
    """The picture as RGB, 8 bit, upright, in sRGB, with transparency laid on white; of several, the first.

    Args:
        path: The file.
        at_least: JPEGs may be decoded smaller (8 times at most), as long as their short side keeps this many pixels.

    Raises:
        Unreadable: Not a regular file, not a picture, damaged, cut off, or too large.
    """
    return decode(path, at_least).picture


def decode(source: Path | bytes, at_least: int | None = None) -> Decoded:
    """As `read`, with what the file said of itself; the file may also be given as its bytes.

    Raises:
        Unreadable: As `read`.
    """
    with opened(source) as image:
        mode, deep = image.mode, is_deep(image)  # To find its EXIF, a PNG may be decoded, and then tells no longer.
        turn, exif = orientation(image)
        width, height = upright_size(image.size, turn)
        kind = str(image.format)
        if at_least is not None and kind in {"JPEG", "MPO"}:
            image.draft(None, (at_least, at_least))
        image.load()
        picture = to_srgb(image)
        if turn in UPRIGHT:
            picture = picture.transpose(UPRIGHT[turn])
        picture.info = {}
        return Decoded(picture, width, height, kind, mode, deep, exif)


def size_of(path: Path) -> tuple[int, int]:
    """Upright (width, height) in pixels from the file's header alone; the rest of the file may still be damaged.

    Raises:
        Unreadable: As `read`.
    """
    with opened(path) as image:
        # A PNG's EXIF is looked for before its pixels only: going on would decode them all.
        late = isinstance(image, PngImageFile) and "exif" not in image.info
        turn = 1 if late else orientation(image)[0]
        return upright_size(image.size, turn)


@contextmanager
def opened(source: Path | bytes) -> Iterator[Image.Image]:
    """The image with only its header read; every fault, also inside the `with`, becomes Unreadable."""
    _prepare()
    # What Pillow only warns of is read as well as it can be, or refused below; its words are for programmers.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    try:
        with _in_memory(source) if isinstance(source, bytes) else _regular_file(source) as file:
            length = len(source) if isinstance(source, bytes) else os.fstat(file.fileno()).st_size
            try:
                with Image.open(file, formats=_FORMATS) as image:
                    _check_pixels(image.width * image.height)
                    _check_bomb(image, length)
                    yield image
            except Unreadable:
                raise
            except UnidentifiedImageError:
                file.seek(0)
                raise Unreadable(_stranger(file.read(64))) from None
            except Image.DecompressionBombError:
                raise Unreadable(_TOO_MANY) from None
            except MemoryError:
                raise Unreadable("It does not fit into the memory of this computer.") from None
            except CODEC_FAULTS as error:
                raise Unreadable(_damaged(error)) from error
    except OSError as error:
        raise Unreadable(_unopened(error)) from error


@cache
def _prepare() -> None:
    pillow_heif.register_heif_opener()
    # Pillow warns above this and refuses above twice this; ours refuses above this.
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT


def _in_memory(data: bytes) -> IO[bytes]:
    _check_bytes(len(data))
    return io.BytesIO(data)


def _regular_file(path: Path) -> IO[bytes]:
    """The file, opened without ever waiting for a pipe or a device."""
    _check_kind(path.stat().st_mode)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    try:
        found = os.fstat(file.fileno())
        _check_kind(found.st_mode)
        _check_bytes(found.st_size)
    except BaseException:
        file.close()
        raise
    return file


def _check_kind(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unreadable("It is a folder, not a picture.")
    if not stat.S_ISREG(mode):
        raise Unreadable("It is a pipe or a device, not a file.")


def _check_bytes(count: int) -> None:
    if count == 0:
        raise Unreadable("The file is empty.")
    if count > BYTE_LIMIT:
        raise Unreadable(f"The file is larger than {BYTE_LIMIT // 2**30} GB.")


def _check_pixels(count: int) -> None:
    if count > PIXEL_LIMIT:
        raise Unreadable(_TOO_MANY)


def _check_bomb(image: Image.Image, file_bytes: int) -> None:
    pixels = image.width * image.height
    unpacked = pixels // 8 if image.mode == "1" else pixels * len(image.getbands())
    if pixels > BOMB_PIXELS and unpacked > BOMB_RATIO * file_bytes:
        raise Unreadable(
            f"It would unfold to {pixels / 1e6:,.0f} million pixels from {file_bytes / 1e6:.1f} MB: "
            "an empty picture, or a file made to fill the memory."
        )


def orientation(image: Image.Image) -> tuple[int, bytes]:
    """EXIF orientation 1 to 8, and the EXIF block as it is once that has been applied. Broken EXIF counts as none."""
    try:
        found = image.getexif()
        if not len(found):
            return 1, b""
        turn = found.get(ORIENTATION, 1)
        exif = Image.Exif()
        exif.load(found.tobytes())
        exif[ORIENTATION] = 1
        if image.format == "TIFF":  # Pillow turns these itself, and tells the upright size from the start.
            turn = 1
            for tag in set(exif) - OF_THE_PICTURE:
                del exif[tag]
        return (turn if turn in UPRIGHT else 1), exif.tobytes()
    except OSError:
        raise  # Of a PNG, the EXIF may lie behind the pixels: it is the picture that is damaged.
    except CODEC_FAULTS:
        return 1, b""


def upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    """(width, height) once the orientation has been applied."""
    return (size[1], size[0]) if turn >= 5 else size


def is_deep(image: Image.Image) -> bool:
    """Whether an image whose pixels were not read yet holds more than 8 bits a channel."""
    if image.mode.startswith(("I", "F")) or image.info.get("bit_depth", 8) > 8:
        return True
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def _stranger(beginning: bytes) -> str:
    start = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not beginning.strip(b"\0"):
        return "The file holds only zeros; it was not written completely."
    for sign, reason in _STRANGERS:
        if start.startswith(sign):
            return reason
    if start.startswith(_BEGINNINGS) or start[:4] == b"riff" or start[4:8] == b"ftyp":
        return "The picture is damaged at its beginning."
    return f"It is not a picture that GAN Studio reads ({READ_FORMATS})."


def _damaged(error: BaseException) -> str:
    text = str(error).lower()
    if isinstance(error, EOFError) or any(word in text for word in ("truncated", "end of file", "not enough")):
        return "The picture is cut off; the file was not written completely."
    return "The picture is damaged."


def _unopened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is not there any more."
    if isinstance(error, PermissionError):
        return "The file may not be read: its permissions forbid it."
    return f"The file cannot be opened: {error.strerror or 'the disk does not answer'}."

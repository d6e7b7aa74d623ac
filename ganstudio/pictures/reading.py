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
from typing import IO, Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

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
_ORIENTATION = 0x0112
# Of a TIFF file, EXIF is mixed with how its pixels lie; these tags say something of the picture itself.
_OF_THE_PICTURE = {270, 271, 272, _ORIENTATION, 305, 306, 315, 33432, 34665, 34853}
_BITS_PER_SAMPLE = 258
_UPRIGHT = {
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


def decode(path: Path, at_least: int | None = None) -> Decoded:
    """As `read`, with what the file said of itself.

    Raises:
        Unreadable: As `read`.
    """
    with _opened(path) as image:
        mode, deep = image.mode, _is_deep(image)  # To find its EXIF, a PNG may be decoded, and then tells no longer.
        turn, exif = _orientation(image)
        width, height = _upright_size(image.size, turn)
        kind = str(image.format)
        if at_least is not None and kind in {"JPEG", "MPO"}:
            image.draft(None, (at_least, at_least))
        image.load()
        picture = _to_srgb(image)
        if turn in _UPRIGHT:
            picture = picture.transpose(_UPRIGHT[turn])
        picture.info = {}
        return Decoded(picture, width, height, kind, mode, deep, exif)


def size_of(path: Path) -> tuple[int, int]:
    """Upright (width, height) in pixels from the file's header alone; the rest of the file may still be damaged.

    Raises:
        Unreadable: As `read`.
    """
    with _opened(path) as image:
        # A PNG's EXIF is looked for before its pixels only: going on would decode them all.
        late = isinstance(image, PngImageFile) and "exif" not in image.info
        turn = 1 if late else _orientation(image)[0]
        return _upright_size(image.size, turn)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The image with only its header read; every fault, also inside the `with`, becomes Unreadable."""
    _prepare()
    # What Pillow only warns of is read as well as it can be; its words are for programmers.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    try:
        with _regular_file(path) as file:
            try:
                with Image.open(file, formats=_FORMATS) as image:
                    _check_pixels(image.width * image.height)
                    _check_bomb(image, os.fstat(file.fileno()).st_size)
                    yield image
            except Unreadable:
                raise
            except UnidentifiedImageError:
                file.seek(0)
                raise Unreadable(_stranger(file.read(64))) from None
            except (Image.DecompressionBombError, Image.DecompressionBombWarning):
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


def _orientation(image: Image.Image) -> tuple[int, bytes]:
    """EXIF orientation 1 to 8, and the EXIF block as it is once that has been applied. Broken EXIF counts as none."""
    try:
        found = image.getexif()
        if not len(found):
            return 1, b""
        turn = found.get(_ORIENTATION, 1)
        exif = Image.Exif()
        exif.load(found.tobytes())
        exif[_ORIENTATION] = 1
        if image.format == "TIFF":  # Pillow turns these itself, and tells the upright size from the start.
            turn = 1
            for tag in set(exif) - _OF_THE_PICTURE:
                del exif[tag]
        return (turn if turn in _UPRIGHT else 1), exif.tobytes()
    except OSError:
        raise  # Of a PNG, the EXIF may lie behind the pixels: it is the picture that is damaged.
    except CODEC_FAULTS:
        return 1, b""


def _upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn >= 5 else size


def _is_deep(image: Image.Image) -> bool:
    if image.mode.startswith(("I", "F")) or image.info.get("bit_depth", 8) > 8:
        return True
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def _to_srgb(image: Image.Image) -> Image.Image:
    """RGB in sRGB on white, of a loaded image in any mode."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_to_8_bit(image))
    elif image.mode in {"P", "PA", "La", "RGBa"} or "transparency" in image.info:
        see_through = image.mode != "P" or "transparency" in image.info
        image = image.convert("RGBA" if see_through else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    if alpha is not None:
        image = image.convert(image.mode[:-1])
    picture = _convert(image, profile)
    if alpha is None:
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=alpha)
    return white


def _to_8_bit(image: Image.Image) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(height, width) uint8 of a 16-bit, 32-bit or floating point grey image: scaled, where Pillow would clip.

    The white of 32-bit and floating point images is told by no header; it is taken as the smallest usual one that
    holds all values: 255, 65535 or 2³¹ - 1, and 1 first for floating point.
    """
    values = np.nan_to_num(np.asarray(image).astype(np.float64), nan=0.0, posinf=np.inf, neginf=0.0)
    if image.mode.startswith("I;16"):
        white = float(2 ** _bits(image) - 1)
    else:
        finite = values[np.isfinite(values)]
        highest = float(finite.max(initial=0.0))
        usual = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0, 2.0**31 - 1)
        white = next((one for one in usual if highest <= one), highest)
    return np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)


def _bits(image: Image.Image) -> int:
    """Bits that a 16-bit grey image really uses; 12 for some TIFF files."""
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS_PER_SAMPLE, (16,)) if image.format == "TIFF" else (16,)
    return int(bits[0]) if 8 < int(bits[0]) < 16 else 16


def _convert(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` without transparency, to sRGB through its ICC profile; plainly where that is missing or broken."""
    source = _profile(profile) if profile else None
    if image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    if source is not None and image.mode in {"L", "RGB", "CMYK", "LAB"}:
        try:
            converted = ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB")
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _profile(data: bytes) -> ImageCms.ImageCmsProfile | None:
    """The profile; None where it is broken, or sRGB, which needs no conversion and no rounding."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = ImageCms.getProfileDescription(profile)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
    return None if name.strip().startswith("sRGB") else profile


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


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

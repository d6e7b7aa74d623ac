"""Colours: from any file's to sRGB, in which networks see, and back into the profile that a picture came in.

8 bits go through Pillow, 16 through libvips, which both stand on LittleCMS.
"""

from __future__ import annotations

import io
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ganstudio.pictures.vips import from_array, vips

Space: TypeAlias = Literal["RGB", "GRAY"]

_BITS_PER_SAMPLE = 258
_FAULTS = (ImageCms.PyCMSError, OSError, TypeError, ValueError)


@cache
def srgb_profile() -> bytes:
    """The sRGB profile as bytes, the same on every day: without the time of its making."""
    body = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return body[:24] + bytes(12) + body[36:]


def to_srgb(image: Image.Image) -> Image.Image:
    """RGB in sRGB on white, of a loaded image in any mode."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_scaled(image, 255).astype(np.uint8))
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


def _scaled(image: Image.Image, top: int, white: float | None = None) -> NDArray[np.float64]:
    """(height, width) whole numbers from 0 to `top` of a grey image of 16 or 32 bits; Pillow would clip them."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), nan=0.0, posinf=np.inf, neginf=0.0)
    return np.rint(np.clip(values / (white or white_of(image)), 0, 1) * top)


def white_of(image: Image.Image) -> float:
    """The value that is white in a loaded grey image of 16 or 32 bits.

    That of 32-bit and floating point images is told by no header; it is taken as the smallest usual one that holds all
    values: 255, 65535 or 2³¹ - 1, and 1 first for floating point.
    """
    if image.mode.startswith("I;16"):
        return float(2 ** _bits(image) - 1)
    values = np.asarray(image)
    highest = float(values[np.isfinite(values)].max(initial=0))
    usual = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0, 2.0**31 - 1)
    return next((one for one in usual if highest <= one), highest)


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
    except _FAULTS:
        return None
    return None if name.strip().startswith("sRGB") else profile


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def alpha_of(image: Image.Image) -> Image.Image | None:
    """The transparency of a loaded image as 8-bit grey, white where it is opaque; None for one that has none."""
    if "A" in image.getbands():
        return image.getchannel("A")
    if image.mode in {"La", "RGBa"}:
        return image.getchannel("a")
    if "transparency" in image.info and image.mode in {"1", "L", "P", "RGB"}:
        return image.convert("RGBA").getchannel("A")
    return None


def shallow(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Pixels of 8 or 16 bits a channel in 8, rounded to the nearest."""
    return pixels if pixels.dtype == np.uint8 else ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def deep_grey(image: Image.Image, white: float) -> NDArray[np.uint16]:
    """(height, width) uint16 of a loaded grey image of 16 or 32 bits, or of a part of it; its white becomes 65535."""
    return _scaled(image, 65535, white).astype(np.uint16)


def deep_to_srgb(image: Any, profile: bytes) -> Any:
    """An image of libvips with 16 bits and one or three channels, to three in sRGB through its profile."""
    if profile and not is_srgb(profile) and space(profile) == ("GRAY" if image.bands == 1 else "RGB"):
        image = image.copy()
        image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
        return image.icc_transform("srgb", embedded=True, depth=16, intent="perceptual")
    return image if image.bands == 3 else image.bandjoin([image, image]).copy(interpretation="rgb16")


def space(profile: bytes) -> str:
    """What a profile describes, such as "RGB", "GRAY" or "CMYK"."""
    return profile[16:20].decode("ascii", "replace").strip()


def is_srgb(profile: bytes) -> bool:
    """Whether a profile is sRGB by its own words, or cannot be read."""
    return space(profile) == "RGB" and _profile(profile) is None


@lru_cache(maxsize=16)  # Those of a folder are mostly one, and to try it takes as long as to write a small picture.
def can_go_back(profile: bytes, wanted: Space) -> bool:
    """Whether pictures can be written in this profile; those of cameras and scanners lead one way only.

    Raises:
        OSError: The disk is full.
    """
    if not profile or space(profile) != wanted:
        return False
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        leads_back = ImageCms.isIntentSupported(found, ImageCms.Intent.PERCEPTUAL, ImageCms.Direction.OUTPUT) == 1
    except _FAULTS:
        return False
    return leads_back and _works(profile)


def _works(profile: bytes) -> bool:
    """Whether a pixel can be written in it; damage inside shows only so."""
    try:
        pixel = into_profile(from_array(np.zeros((1, 1, 3), np.uint8)), profile).copy()
        pixel.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
        pixel.pngsave_buffer()
    except (ValueError, vips().Error):
        return False
    return True


def whole(profile: bytes) -> bytes:
    """A profile without what stands behind its end, with which PNG would not take it."""
    return profile[: int.from_bytes(profile[:4], "big")]


def into_profile(image: Any, profile: bytes) -> Any:
    """An image of libvips from sRGB into this profile, in its own depth; grey when the profile is grey.

    Raises:
        ValueError: The profile leads one way only.
    """
    if is_srgb(profile):
        return image
    depth = 16 if image.format == "ushort" else 8
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        file = Path(folder, "profile.icc")
        file.write_bytes(profile)
        try:
            return image.icc_transform(str(file), input_profile="srgb", depth=depth, intent="perceptual")
        except vips().Error as error:
            raise ValueError("Its colour profile cannot be written.") from error


def greyed(image: Any) -> Any:
    """One channel of an image of libvips that has no colour, in sRGB's tones."""
    return image.extract_band(1).copy(interpretation="grey16" if image.format == "ushort" else "b-w")

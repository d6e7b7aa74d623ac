"""A picture of any size made small enough to be looked at, without ever holding all of it where its format allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from ganstudio.pictures.colour import shallow, to_srgb
from ganstudio.pictures.reading import UPRIGHT, decode, opened, orientation, upright_size
from ganstudio.pictures.vips import vips

LONGEST = 4096
"""Pixels along the longer side of what is looked at in place of a larger picture."""

# What libvips reads from top to bottom, band by band. JPEG is made smaller by Pillow's own decoder.
_LOADERS = {"PNG": "pngload", "TIFF": "tiffload", "WEBP": "webpload"}
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def view(path: Path, longest: int = LONGEST) -> Image.Image:
    """The picture in sRGB, upright, at most `longest` pixels along its longer side, transparency on white.

    Raises:
        Unreadable: As `reading.read`.
    """
    with opened(path) as image:
        kind, size, profile = str(image.format), image.size, image.info.get("icc_profile")
        # A PNG's EXIF may stand behind its pixels, where it is not looked for: that would decode them all.
        turn = orientation(image)[0] if kind != "PNG" or "exif" in image.info else 1
        usual = image.mode in {"L", "LA", "RGB", "RGBA", "I;16", "I;16B"}
    if max(size) > longest and usual and kind in _LOADERS:
        try:
            return _streamed(path, kind, turn, profile, longest)
        except (vips().Error, UnicodeError, KeyError):
            pass  # Pillow decides what becomes of it.
    share = min(1.0, longest / max(size))
    picture = decode(path, at_least=max(1, int(share * min(size)))).picture
    width, height = upright_size(size, turn)
    if share < 1:
        picture = picture.resize((max(1, round(width * share)), max(1, round(height * share))), reducing_gap=2.0)
    return picture


def _streamed(path: Path, kind: str, turn: int, profile: Any, longest: int) -> Image.Image:
    found = getattr(vips().Image, _LOADERS[kind])(str(path), access="sequential", fail_on="error")
    small = found.resize(longest / max(found.width, found.height), kernel="linear")
    if kind == "TIFF":  # Of which Pillow told that it is upright.
        small = small.autorot()
    pixels = shallow(small.numpy())
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    picture = Image.fromarray(pixels, _MODES[1 if pixels.ndim == 2 else pixels.shape[2]])
    if profile:
        picture.info["icc_profile"] = profile
    upright = to_srgb(picture)
    return upright.transpose(UPRIGHT[turn]) if turn in UPRIGHT else upright

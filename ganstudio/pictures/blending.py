"""Blending: what a look makes of a picture and its translation; the same pixels in preview, folder, video and window.

Every function works pixel by pixel, so that bands of rows give what the whole picture gives. "Light" mixes linear
light. The other blends, and keeping the picture's own colours, work in OKLab, whose lightness and colour are nearly
independent to the eye. Source: Ottosson, "A perceptual color space for image processing", 2020, with the matrices of
2021. Its sums are written as differences, which vanish for grey: grey stays grey to the bit.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.pictures.reading import read
from ganstudio.words.look import Look

Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
Plane: TypeAlias = NDArray[np.float32]

HANDOVER = 0.1
"""Below this strength, what a blend kept of the translation goes back too, so that 0 is the picture without a jump."""

_BAND = 1 << 16  # Pixels worked on at once; their planes stay in the processor's cache.
_HALVINGS = 8  # Colour is taken back to within 1/256 of what fits.


def blended(before: Pixels, after: Pixels, look: Look, mask: NDArray[Any] | None = None) -> Pixels:
    """A picture and its translation as the look asks for; exactly one of them at strength 0 and 1, mask 0 and 1.

    "luminance" keeps the translation's colours (a and b of OKLab) and gives the picture's own lightness (L) back;
    "colour" the reverse. What no screen can show is made less colourful at the same lightness and hue. The mask is
    laid over the result as light mixes.

    Args:
        before: (h, W, 3) sRGB, uint8 or uint16; rows of a picture or all of it.
        after: The translation, of the same shape and kind.
        look: What is asked for. Of its mask only `mask` counts, which belongs to these rows.
        mask: (h, W), how much of the result shows: floats in [0, 1] or uint8 in 0 to 255; None is everywhere.

    Returns:
        (h, W, 3) of the same kind; may be one of the two arrays themselves.

    Raises:
        ValueError: The two are not of one shape and kind, or the mask is of another size.
    """
    if before.shape != after.shape or before.dtype != after.dtype:
        raise ValueError(f"A picture {before.shape} {before.dtype} cannot be mixed with {after.shape} {after.dtype}.")
    if mask is not None and mask.shape != before.shape[:2]:
        raise ValueError(f"The mask is {mask.shape[1]}×{mask.shape[0]}, the picture another size.")
    if look.strength == 0:
        return before
    lab = look.keep_colours or (look.blend != "light" and look.strength < 1)
    if mask is None and not lab and look.strength == 1:
        return after
    result = np.empty_like(before)
    rows = max(1, _BAND // before.shape[1])
    for top in range(0, len(before), rows):
        band = np.s_[top : top + rows]
        result[band] = _band(before[band], after[band], look, None if mask is None else _shares(mask[band]), lab=lab)
    return result


def read_mask(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask from a picture file: how light it is, brought to `size` with soft edges.

    Args:
        path: Any picture; white shows the translation, black does not.
        size: Width and height of what it is laid over, in pixels.

    Returns:
        (height, width), 0 to 255.

    Raises:
        Unreadable: As any picture that cannot be read.
    """
    return fitted(read(path).convert("L"), size)


def fitted(mask: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A grey picture as a mask of this width and height: (height, width), 0 to 255."""
    return np.asarray(mask if mask.size == size else mask.resize(size, Image.Resampling.BILINEAR))


def _band(before: Pixels, after: Pixels, look: Look, mask: Plane | None, *, lab: bool) -> Pixels:
    if mask is not None and not mask.any():
        return before
    if not lab and look.strength == 1 and mask is not None and mask.min() == 1:
        return after
    if mask is None and not lab and before.dtype == np.uint8:
        # One look-up in place of the sums below, which are those of the table.
        return _pairs(look.strength).take((before.astype(np.uint16) << 8) | after, mode="wrap")
    table, depth = _light(before.dtype), np.iinfo(before.dtype).max
    own, made = (table[np.moveaxis(pixels, -1, 0)] for pixels in (before, after))
    if lab:
        made = _relit(own, made, look)
    # The two other blends have their strength in what was made; light has it here.
    share = look.strength if look.blend == "light" else 1.0
    if mask is not None or share < 1:
        shares = np.asarray(share if mask is None else mask * np.float64(share))
        made = own * (1 - shares).astype(np.float32) + made * shares.astype(np.float32)
    return _pixels(made, depth, before.dtype)


def _relit(own: Plane, made: Plane, look: Look) -> Plane:
    """Lightness and colours, each mixed as the look says; linear light (3, h, W) in and out."""
    rest = min(1.0, look.strength / HANDOVER)
    lightness, colour = {"light": (1.0, 1.0), "luminance": (look.strength, rest), "colour": (rest, look.strength)}[
        look.blend
    ]
    if look.keep_colours:
        colour = 0.0
    one, other = _oklab(own), _oklab(made)
    mixed = [
        other[at] if share == 1 else one[at] if share == 0 else one[at] + np.float32(share) * (other[at] - one[at])
        for at, share in enumerate((lightness, colour, colour))
    ]
    return _within(*mixed)


def _oklab(light: Plane) -> tuple[Plane, Plane, Plane]:
    """Lightness in [0, 1] and the two colour axes of linear sRGB light (3, h, W)."""
    red, green, blue = light
    red, blue = red - green, blue - green
    long = np.cbrt(green + np.float32(0.4122214708) * red + np.float32(0.0514459929) * blue)
    middle = np.cbrt(green + np.float32(0.2119034982) * red + np.float32(0.1073969566) * blue)
    short = np.cbrt(green + np.float32(0.0883024619) * red + np.float32(0.6299787005) * blue)
    long, short = long - middle, short - middle
    return (
        middle + np.float32(0.2104542553) * long - np.float32(0.0040720468) * short,
        np.float32(1.9779984951) * long + np.float32(0.4505937099) * short,
        np.float32(0.0259040371) * long - np.float32(0.8086757660) * short,
    )


def _rgb(lightness: Plane, a: Plane, b: Plane) -> Plane:
    """Linear sRGB light, (3, …); outside of [0, 1] where no screen shows it."""
    grey = lightness**3
    long = (lightness + np.float32(0.3963377774) * a + np.float32(0.2158037573) * b) ** 3 - grey
    middle = (lightness - np.float32(0.1055613458) * a - np.float32(0.0638541728) * b) ** 3 - grey
    short = (lightness - np.float32(0.0894841775) * a - np.float32(1.2914855480) * b) ** 3 - grey
    light = np.empty((3, *lightness.shape), np.float32)
    light[0] = np.float32(4.0767416621) * long - np.float32(3.3077115913) * middle + np.float32(0.2309699292) * short
    light[1] = np.float32(-1.2684380046) * long + np.float32(2.6097574011) * middle - np.float32(0.3413193965) * short
    light[2] = np.float32(-0.0041960863) * long - np.float32(0.7034186147) * middle + np.float32(1.7076147010) * short
    light += grey
    return light


def _within(lightness: Plane, a: Plane, b: Plane) -> Plane:
    """Linear sRGB light in [0, 1]: colours that do not fit are weakened until they do, at their lightness and hue."""
    light = _rgb(lightness, a, b)
    beyond = _beyond(light)
    if beyond.any():
        fixed, some_a, some_b = lightness[beyond], a[beyond], b[beyond]
        fits, fails = np.zeros_like(fixed), np.ones_like(fixed)
        for _ in range(_HALVINGS):
            share = (fits + fails) * np.float32(0.5)
            tried = _rgb(fixed, share * some_a, share * some_b)
            bad = _beyond(tried)
            fits, fails = np.where(bad, fits, share), np.where(bad, share, fails)
        light[:, beyond] = _rgb(fixed, fits * some_a, fits * some_b)
    return np.clip(light, 0, 1, out=light)


def _beyond(light: Plane) -> NDArray[np.bool_]:
    """Where light (3, …) is none of a screen's; rounding leaves colours at the very edge a little over it."""
    beyond: NDArray[np.bool_] = (light.min(0) < -1e-5) | (light.max(0) > 1 + 1e-5)
    return beyond


def _pixels(light: Plane, depth: int, kind: np.dtype[Any]) -> Pixels:
    """SRGB of linear light: (3, h, W) → (h, W, 3), 0 to `depth`."""
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    pixels: Pixels = np.rint(np.moveaxis(srgb, 0, -1) * depth).clip(0, depth).astype(kind)
    return pixels


@cache
def _light(kind: np.dtype[Any]) -> Plane:
    """Linear light in [0, 1] of every sRGB level of this kind of pixel."""
    depth = np.iinfo(kind).max
    level = np.arange(depth + 1) / depth
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=4)
def _pairs(strength: float) -> NDArray[np.uint8]:
    """What becomes of each pair of 8-bit levels, at 256 · before + after, when light is mixed: (65536,)."""
    light = _light(np.dtype(np.uint8))
    mixture = light[:, None] * np.float32(1 - strength) + light * np.float32(strength)
    return _pixels(mixture[None], 255, np.dtype(np.uint8)).ravel().astype(np.uint8, copy=False)


def _shares(mask: NDArray[Any]) -> Plane:
    """A mask in [0, 1]."""
    if mask.dtype == np.uint8:
        return mask.astype(np.float32) / np.float32(255)
    return mask.astype(np.float32, copy=False)

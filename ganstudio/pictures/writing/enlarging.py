"""Rows of a picture enlarged, the same whether it is enlarged whole or in bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_REACH = 4  # Rows of the original beside a band that its enlargement looks at, and some more.


def enlarged(pixels: NDArray[Any], scale: int, top: int, end: int) -> NDArray[Any]:
    """Rows `top` to `end` of a picture enlarged `scale` times, bicubic as Pillow does it, bit for bit.

    Args:
        pixels: (H, W, 3) uint8 or uint16.
        scale: A whole number.
        top: The first row, in the enlarged picture.
        end: The row after the last.

    Returns:
        (end - top, W * scale, 3) of the same type.
    """
    if scale == 1:
        return pixels[top:end]
    begin, until = top // scale, -(-end // scale)  # Rows of the original; between them nothing is rounded.
    first, last = max(0, begin - _REACH), min(len(pixels), until + _REACH)
    slab = np.ascontiguousarray(pixels[first:last])
    if pixels.dtype == np.uint8:
        made = np.asarray(_larger(Image.fromarray(slab), scale, begin - first, until - first))
    else:
        planes = [Image.fromarray(slab[..., channel].astype(np.float32)) for channel in range(3)]
        larger = [np.asarray(_larger(plane, scale, begin - first, until - first)) for plane in planes]
        made = np.rint(np.stack(larger, axis=2)).clip(0, 65535).astype(np.uint16)
    return made[top - begin * scale : end - begin * scale]


def _larger(slab: Image.Image, scale: int, begin: int, until: int) -> Image.Image:
    """The rows from `begin` to `until`, enlarged: across and then down, as Pillow does with a whole picture.

    Left to itself it would begin with the other direction for a low band, and round elsewhere.
    """
    width, bicubic = slab.width * scale, Image.Resampling.BICUBIC
    wide = slab.resize((width, slab.height), bicubic)
    return wide.resize((width, (until - begin) * scale), bicubic, (0, begin, width, until))

"""Rows of a picture enlarged, the same whether it is enlarged whole or in bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_REACH = 4  # Rows of the original beside a band that its enlargement looks at, and some more.


def enlarged(pixels: NDArray[Any], scale: int, top: int, end: int) -> NDArray[Any]:
    """Rows `top` to `end` of a picture enlarged `scale` times, bicubic as Pillow does it.

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
    first, last = max(0, top // scale - _REACH), min(len(pixels), -(-end // scale) + _REACH)
    slab = np.ascontiguousarray(pixels[first:last])
    width = slab.shape[1]
    box = (0.0, top / scale - first, float(width), end / scale - first)
    size = (width * scale, end - top)
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(slab).resize(size, Image.Resampling.BICUBIC, box))
    made = np.empty((size[1], size[0], 3), np.float32)
    for channel in range(3):
        plane = Image.fromarray(slab[..., channel].astype(np.float32))
        made[..., channel] = np.asarray(plane.resize(size, Image.Resampling.BICUBIC, box))
    return np.rint(made).clip(0, 65535).astype(np.uint16)

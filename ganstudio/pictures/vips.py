"""libvips, loaded when it is first needed: what Pillow cannot do, which is 16 bits a channel and files beyond memory.

It only ever opens what Pillow's own sniffing has named, by the loader of that format.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

BANDS = {1: "b-w", 3: "srgb"}
DEEP_BANDS = {1: "grey16", 3: "rgb16"}


@cache
def vips() -> Any:
    """The library, told to keep to formats that are tested against strangers' files, and to keep nothing."""
    os.environ.setdefault("VIPS_WARNING", "0")  # Its warnings would go to stderr; its errors are raised.
    import pyvips  # noqa: PLC0415  It takes a moment to load.

    pyvips.block_untrusted_set(True)
    pyvips.cache_set_max(0)
    return pyvips


def from_array(pixels: NDArray[Any]) -> Any:
    """An image over (H, W) or (H, W, C) uint8 or uint16, which must stay as they are while it is used."""
    height, width = pixels.shape[:2]
    count = pixels.shape[2] if pixels.ndim == 3 else 1
    deep = pixels.dtype == np.uint16
    image = vips().Image.new_from_memory(
        np.ascontiguousarray(pixels).data, width, height, count, "ushort" if deep else "uchar"
    )
    kinds = DEEP_BANDS if deep else BANDS
    return image.copy(interpretation=kinds.get(count, "multiband"))

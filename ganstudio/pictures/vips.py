"""libvips, loaded when it is first needed: what Pillow cannot do, which is 16 bits a channel and files beyond memory.

It only ever opens what Pillow's own sniffing has named, by the loader of that format.
"""

from __future__ import annotations

import os
from collections.abc import Callable
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


def drain(image: Any, take: Callable[[NDArray[Any]], None], band: int) -> None:
    """Pull a 16-bit image from top to bottom through memory that does not grow with it.

    Args:
        image: Of any number of channels; may be one that can be read once only.
        take: Is given rows (h, W, C) in their order.
        band: About how many pixels at once.

    Raises:
        pyvips.Error: The file behind it is damaged.
        Exception: What `take` raised.
    """
    stride = image.width * image.bands * 2
    enough = max(1, band // image.width) * stride
    waiting = bytearray()
    faults: list[Exception] = []

    def rows(whole: int) -> None:
        pixels = np.frombuffer(bytes(waiting[:whole]), np.uint16).reshape(-1, image.width, image.bands)
        del waiting[:whole]
        take(pixels)

    def write(data: Any) -> int:
        waiting.extend(data)
        try:
            if len(waiting) >= enough:
                rows(len(waiting) // stride * stride)
        except Exception as error:  # noqa: BLE001  It must not be lost on its way through C.
            faults.append(error)
            return -1
        return len(data)

    target = vips().TargetCustom()
    target.on_write(write)
    try:
        image.rawsave_target(target)
    except vips().Error:
        if faults:
            raise faults[0] from None
        raise
    if waiting:
        rows(len(waiting))

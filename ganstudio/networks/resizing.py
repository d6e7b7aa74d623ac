"""Making pictures smaller inside a game, as the programs of artists make them smaller."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def reduced(x: Tensor, scale: int) -> Tensor:
    """What Pillow's BICUBIC resize makes of pictures, within one step of 255: antialiased, in bytes, no gradient.

    Pillow goes along the rows first and rounds to bytes before it goes down the columns; so does this, because bytes
    that overshoot at a hard edge are cut off there.

    Args:
        x: (N, 3, H, W) in [-1, 1].
        scale: How many times smaller; divides H and W.

    Returns:
        (N, 3, H / scale, W / scale) in [-1, 1], on the grid of bytes.
    """
    height, width = x.shape[2:]
    y = x.detach() * 127.5 + 127.5
    for size in ((height, width // scale), (height // scale, width // scale)):
        y = F.interpolate(y, size, mode="bicubic", antialias=True).round().clamp(0, 255)
    return y / 127.5 - 1

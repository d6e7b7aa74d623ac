"""Halving and doubling a map without aliasing: a fixed blur beside each change of scale.

Source: Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019; filters and padding as in CUT's
published code. The blurs are buffers named `filt`, so that published state files fit; nothing learns them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BlurDown(nn.Module):
    """Blurs with [1, 2, 1]² and keeps every second pixel.

    Args:
        width: Channels.
    """

    filt: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("filt", _filter((1, 2, 1), width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, ⌈H/2⌉, ⌈W/2⌉)."""
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), self.filt, stride=2, groups=self.width)


class BlurUp(nn.Module):
    """Spreads the pixels apart and fills the gaps with [1, 3, 3, 1]², which is bilinear doubling.

    Args:
        width: Channels.
    """

    filt: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("filt", _filter((1, 3, 3, 1), width, 4))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, 2H, 2W)."""
        padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
        # Padding 3 cuts off what the replicated pixels spread beyond the picture.
        return F.conv_transpose2d(padded, self.filt, stride=2, padding=3, groups=self.width)


def _filter(row: Sequence[int], width: int, total: float) -> Tensor:
    """The square of a row of weights, of this sum, once for each channel: (C, 1, K, K)."""
    # Plain numbers: arithmetic with tensors would load torch's compiler where networks are built without memory.
    share = total / sum(row) ** 2
    return torch.tensor([[[[one * other * share for other in row] for one in row]]] * width)

"""The published ResNet generator cut in two: from a picture to a code, and from a code to a picture.

Encoders and decoders of different domains fit together, which is what a method for many domains lives on. Their states
keep the names of the whole generator (`model.1.weight`, …), counted from its first layer in both halves.
"""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.generators import ResnetGenerator

HEAD = 10  # Layers of the generator before its residual blocks.


class ResnetEncoder(nn.Module):
    """Two halvings and residual blocks.

    Args:
        blocks: Residual blocks.
        width: Channels of the first convolution; the code has four times as many.
    """

    def __init__(self, blocks: int = 4, width: int = 64) -> None:
        super().__init__()
        self.model = ResnetGenerator(blocks, width).model[: HEAD + blocks]

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 4·width, H/4, W/4); H and W are multiples of 4, at least 16."""
        out: Tensor = self.model(x)
        return out


class ResnetDecoder(nn.Module):
    """Residual blocks and two doublings.

    Args:
        blocks: Residual blocks.
        width: Channels before the last convolution; the code has four times as many.
    """

    def __init__(self, blocks: int = 5, width: int = 64) -> None:
        super().__init__()
        self.model = ResnetGenerator(blocks, width).model[HEAD:]

    def forward(self, code: Tensor) -> Tensor:
        """(N, 4·width, H/4, W/4) → (N, 3, H, W) in [-1, 1]."""
        out: Tensor = self.model(code)
        return out

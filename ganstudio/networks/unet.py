"""The U-Net: a generator that carries every detail past its bottleneck.

Source: Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017, appendix 6.1.1;
state names, biases and the place of dropout as in the published PyTorch code.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from ganstudio.networks.norms import biased, norm
from ganstudio.networks.scaling import DoublingConv2d, HalvingConv2d

DEEPEST = 8  # Halvings that the published network has at 256 pixels; more are not needed above.
WIDEST = 8  # Most channels, as a multiple of the first layer's.


def halvings(size: int) -> int:
    """Halvings of a U-Net for training squares of `size` pixels: 6 at 64, 7 at 128 and 8 at 256, as published.

    They end at a single pixel, or, where `size` is no power of two, at the last whole number of pixels.

    Raises:
        ValueError: `size` cannot be halved four times; names the nearest size that can.
    """
    count = min(DEEPEST, (size & -size).bit_length() - 1)
    if count < 4:
        raise ValueError(f"This method takes sizes that are multiples of 16 pixels, such as {-(-size // 16) * 16}.")
    return count


def depth(downs: int, size: int) -> int:
    """Halvings of a U-Net as asked, or those that `size` wants where `downs` is 0.

    Raises:
        ValueError: `size` cannot be halved so often.
    """
    if not downs:
        return halvings(size)
    if downs < 2 or size % 2**downs:
        raise ValueError(
            f"downs is 0, or from 2 on with sizes that are multiples of {2**downs} pixels; the size is {size}."
        )
    return downs


class UNetLevel(nn.Module):
    """One halving, what lies within, and the doubling back; gives its input beside its result.

    Args:
        outside: Channels that come in, and go out beside them.
        inside: Channels after the halving.
        within: The next level; None for the innermost.
        norms: One of `norms.NORMS`.
        dropout: Drop half of the result by chance.
    """

    def __init__(self, outside: int, inside: int, within: UNetLevel | None, norms: str, *, dropout: bool) -> None:
        super().__init__()
        bias = biased(norms)
        down: list[nn.Module] = [nn.LeakyReLU(0.2), HalvingConv2d(outside, inside, 4, stride=2, padding=1, bias=bias)]
        # The innermost map may be one pixel, and what is left of a pixel after an instance norm is zero.
        down += [norm(norms, inside), within] if within else []
        wide = inside * 2 if within else inside
        up: list[nn.Module] = [
            nn.ReLU(inplace=True),
            DoublingConv2d(wide, outside, 4, stride=2, padding=1, bias=bias),
        ]
        up += [norm(norms, outside)]
        up += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*down, *up)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, 2C, H, W)."""
        return torch.cat([x, self.model(x)], dim=1)


class UNetGenerator(nn.Module):
    """The published pix2pix generator: halvings down to a bottleneck, doublings back, and a skip at every level.

    Its state has the names of the published code (`model.model.0.weight`, `model.model.1.model.1.weight`, …), so files
    of either side fit the other. With 8 halvings, width 64 and batch norm it has 54.414 million parameters.

    Args:
        downs: Halvings, at least 2; `halvings` says how many a size wants.
        width: Channels after the first halving; published: 64.
        norms: One of `norms.NORMS`; published: "batch".
        dropout: Drop half of the widest results, but for the innermost, while training.
    """

    def __init__(self, downs: int, width: int = 64, norms: str = "instance", dropout: bool = False) -> None:
        super().__init__()
        self.multiple = 2**downs
        channels = [width * min(2**level, WIDEST) for level in range(downs)]
        level = None
        for depth in range(downs - 1, 0, -1):
            outside, inside = channels[depth - 1 : depth + 1]
            inner = level is not None and outside == inside == width * WIDEST
            level = UNetLevel(outside, inside, level, norms, dropout=dropout and inner)
        assert level is not None, "a U-Net has at least two levels"
        layers = [
            nn.Conv2d(3, width, 4, stride=2, padding=1, bias=biased(norms)),
            level,
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width * 2, 3, 4, stride=2, padding=1),
            nn.Tanh(),
        ]
        self.model = nn.Sequential(OrderedDict(model=nn.Sequential(*layers)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 2 to the number of halvings."""
        out: Tensor = self.model(x)
        return out

"""Generator and discriminator of SRGAN.

Source: Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", CVPR 2017,
figure 4.
"""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn


class SRResNet(nn.Module):
    """Enlarges pictures: residual blocks at the small size, then one doubling (PixelShuffle) after the other.

    With the published 16 blocks of width 64, batch norm and ×4 it has 1.549 million parameters. Nothing in it depends
    on the size of the picture.

    Args:
        scale: 2, 4, 8, …: how many times larger.
        blocks: Residual blocks; published: 16.
        width: Channels of all layers; published: 64.
        norm: Batch norm in the blocks, as published.
        residual: Paint only what a bicubic enlargement lacks; published: paint everything.

    Raises:
        ValueError: `scale` is no power of two from 2 on.
    """

    def __init__(
        self, scale: int, blocks: int = 16, width: int = 64, *, norm: bool = True, residual: bool = False
    ) -> None:
        super().__init__()
        doublings = scale.bit_length() - 1
        if doublings < 1 or 1 << doublings != scale:
            raise ValueError(f"Pictures are made 2 or 4 times larger, not {scale} times.")
        self.scale, self.residual = scale, residual
        self.head = nn.Sequential(nn.Conv2d(3, width, 9, padding=4), nn.PReLU())
        last = [nn.Conv2d(width, width, 3, padding=1), *_norm(width, norm)]
        self.body = nn.Sequential(*(_Block(width, norm) for _ in range(blocks)), *last)
        up: list[nn.Module] = []
        for _ in range(doublings):
            up += [nn.Conv2d(width, width * 4, 3, padding=1), nn.PixelShuffle(2), nn.PReLU()]
        self.tail = nn.Sequential(*up, nn.Conv2d(width, 3, 9, padding=4))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 3, H·scale, W·scale), nearly in [-1, 1]: a clamp here would stop learning."""
        seen = self.head(x)
        out: Tensor = self.tail(seen + self.body(seen))
        if self.residual:
            out = out + F.interpolate(x, (x.shape[2] * self.scale, x.shape[3] * self.scale), mode="bicubic")
        return out


class _Block(nn.Module):
    def __init__(self, width: int, norm: bool) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            *_norm(width, norm),
            nn.PReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            *_norm(width, norm),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.model(x)
        return out


def _norm(width: int, norm: bool) -> tuple[nn.Module, ...]:
    return (nn.BatchNorm2d(width),) if norm else ()


class TextureDiscriminator(nn.Module):
    """The published eight convolutions, every second one halving, judging each place of the map they end in.

    Its two dense layers would tie it to one size of picture; here they are 1×1 convolutions, so that the same weights
    judge every place, at any size. A place sees 61×61 pixels.

    Args:
        width: Channels of the first convolution; published: 64, and eight times as many in the last.
        dense: Channels of the dense layer, as a multiple of `width`; published: 16 (1024).
    """

    halvings = 4

    def __init__(self, width: int = 64, dense: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        channels = [width * 2 ** (layer // 2) for layer in range(8)]
        for layer, (narrow, wide) in enumerate(pairwise(channels), start=1):
            layers += [nn.Conv2d(narrow, wide, 3, stride=1 + layer % 2, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(wide), nn.LeakyReLU(0.2, inplace=True)]
        layers += [nn.Conv2d(channels[-1], width * dense, 1), nn.LeakyReLU(0.2, inplace=True)]
        self.model = nn.Sequential(*layers, nn.Conv2d(width * dense, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 1, H / 16, W / 16) logits, rounded up."""
        out: Tensor = self.model(x)
        return out

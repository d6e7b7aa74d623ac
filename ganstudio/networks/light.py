"""A generator for live use: next to all of its work is done on a map of a quarter of the picture's sides."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.networks.norms import norm


class LightBlock(nn.Module):
    """Two 3×3 convolutions around a skip, each with a norm, without which what they add would grow without bounds.

    Args:
        width: Channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.ReflectionPad2d(1),
            *_followed(nn.Conv2d(width, width, 3)),
            nn.ReflectionPad2d(1),
            *_normed(nn.Conv2d(width, width, 3)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        out: Tensor = x + self.block(x)
        return out


class LightGenerator(nn.Module):
    """A small generator: two convolutions to a quarter of the sides, residual blocks there, and two back.

    The published ResNet generator carries 256 channels through its blocks, and 64 at full size. Here nothing is
    computed at full size: pixels are gathered and laid out again four at a time, and what was seen at half size is laid
    beside what the blocks found, so that fine detail does not have to go through them. With width 64 and 6 blocks it
    takes 2.4 billion multiply-adds for 256×256 pixels; the published one with 9 blocks 49.6 billion.

    Laying out pixels instead of computing at full size follows Shi et al., "Real-Time Single Image and Video
    Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR 2016.

    Args:
        width: Channels at a quarter of the sides; at half of them it is three eighths of this, at least 16.
        blocks: Residual blocks.
    """

    multiple = 4

    def __init__(self, width: int = 64, blocks: int = 6) -> None:
        super().__init__()
        fine = max(16, width * 3 // 8)  # Fewer than the 12 numbers of four pixels would lose detail.
        # No norm: how bright and of which colour a picture is as a whole reaches the end by this way alone.
        self.fine = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(3, fine, 4, stride=2), nn.ReLU(inplace=True))
        self.coarse = nn.Sequential(nn.ReflectionPad2d(1), *_followed(nn.Conv2d(fine, width, 4, stride=2)))
        self.body = nn.Sequential(*(LightBlock(width) for _ in range(blocks)))
        self.back = nn.Sequential(nn.Conv2d(width, fine * 4, 1), nn.PixelShuffle(2))
        self.finish = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(2 * fine, 2 * fine, 3),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(2 * fine, 12, 3),
            nn.PixelShuffle(2),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 4, at least 16."""
        seen = self.fine(x)
        found = self.back(self.body(self.coarse(seen)))
        out: Tensor = self.finish(torch.cat([found, seen], dim=1))
        return out


def _normed(convolution: nn.Conv2d) -> list[nn.Module]:
    return [convolution, norm("instance", convolution.out_channels)]


def _followed(convolution: nn.Conv2d) -> list[nn.Module]:
    return [*_normed(convolution), nn.ReLU(inplace=True)]

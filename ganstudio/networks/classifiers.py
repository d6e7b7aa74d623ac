"""A classifier for few labels, which is also the discriminator of a GAN.

Source: Salimans et al., "Improved Techniques for Training GANs", NeurIPS 2016, section 5 and its published code for
CIFAR-10. Salimans, Kingma: "Weight Normalization", NeurIPS 2016, for its layers; their lengths begin where a random
batch would put them on average, because networks here are made before the first picture is seen.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.2


class NormedConv2d(nn.Conv2d):
    """A convolution whose filters have a direction and a learnt length.

    Args:
        inside: Channels in.
        outside: Channels out.
        kernel: Side of the filters in pixels.
        stride: Step in pixels.
        padding: Border in pixels.
        gain: Length of every filter at the start; the default keeps the spread of what goes through leaky ReLUs.
    """

    def __init__(
        self,
        inside: int,
        outside: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int = 0,
        gain: float = math.sqrt(2 / (1 + SLOPE**2)),
    ) -> None:
        super().__init__(inside, outside, kernel, stride=stride, padding=padding)
        self.length = nn.Parameter(torch.full((outside, 1, 1, 1), gain))
        assert self.bias is not None
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inside, H, W) → (N, outside, H', W')."""
        norm = torch.linalg.vector_norm(self.weight, dim=(1, 2, 3), keepdim=True)
        return F.conv2d(x, self.weight * (self.length / norm), self.bias, self.stride, self.padding)


class Classifier(nn.Module):
    """Pictures in, one logit a class out; published for 32 pixels, with one stage more for every doubling.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on; any other size also goes through.
        classes: Number of classes.
        width: Channels of the first stage; published: 96.
        dropout: Share of the channels' values dropped between stages; published: 0.5, and 0.2 of the pixels.
    """

    def __init__(self, size: int, classes: int, width: int = 96, dropout: float = 0.5) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Dropout(0.4 * dropout)]
        channels = 3
        for stage in range(max(1, int(math.log2(size)) - 3)):
            wide = width * min(stage + 1, 2)
            layers += _layer(channels, wide, 3, padding=1) + _layer(wide, wide, 3, padding=1)
            layers += [*_layer(wide, wide, 3, padding=1, stride=2), nn.Dropout(dropout)]
            channels = wide
        layers += _layer(channels, 2 * width, 3) + _layer(2 * width, 2 * width, 1) + _layer(2 * width, 2 * width, 1)
        self.looking = nn.Sequential(*layers)
        self.telling = NormedConv2d(2 * width, classes, 1, gain=0.1)

    def look(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → features (N, C), each the mean over the picture."""
        out: Tensor = self.looking(pictures).mean((2, 3))
        return out

    def tell(self, seen: Tensor) -> Tensor:
        """Features (N, C) → (N, classes) logits."""
        out: Tensor = self.telling(seen[:, :, None, None])
        return out.flatten(1)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, classes) logits."""
        return self.tell(self.look(pictures))


def _layer(inside: int, outside: int, kernel: int, *, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    return [NormedConv2d(inside, outside, kernel, stride=stride, padding=padding), nn.LeakyReLU(SLOPE, inplace=True)]

"""A discriminator whose opinion can be climbed: smooth, each picture judged alone, and its slope written out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.dcgan import SMALLEST, WIDEST, levels


class SmoothDiscriminator(nn.Module):
    """Convolutions down to one judgement, without norms and without kinks, so that its slope leads somewhere.

    Source: a stack as in Nijkamp et al., "Learning Non-Convergent Non-Persistent Short-Run MCMC Toward Energy-Based
    Model", NeurIPS 2019; swish as in Du and Mordatch, "Implicit Generation and Modeling with Energy-Based Models",
    NeurIPS 2019.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        width: Channels of the first convolution.
    """

    def __init__(self, size: int, width: int = 32) -> None:
        super().__init__()
        channels = [width * min(2**level, WIDEST) for level in range(levels(size))]
        self.looking = nn.Sequential(
            *(nn.Conv2d(narrow, wide, 4, stride=2, padding=1) for narrow, wide in pairwise((3, *channels)))
        )
        self.judging = nn.Conv2d(channels[-1], 1, SMALLEST)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → (N,) logits, high for real."""
        x = pictures
        for layer in self.looking:
            x = F.silu(layer(x))
        out: Tensor = self.judging(x)
        return out.flatten()

    def slope(self, pictures: Tensor) -> Tensor:
        """The gradient of each logit with respect to its picture, (N, 3, size, size).

        By the chain rule instead of autograd, so that walks along it need no graph, work in inference mode and can be
        exported like any other network.
        """
        x, before = pictures, []
        for layer in self.looking:
            before.append(layer(x))
            x = F.silu(before[-1])
        slope = self.judging.weight.expand(x.shape[0], -1, -1, -1)
        for layer, u in zip(reversed(self.looking), reversed(before), strict=True):
            gate = u.sigmoid()
            slope = slope * gate * (1 + u * (1 - gate))  # The slope of swish, u·sigmoid(u).
            assert isinstance(layer, nn.Conv2d)
            slope = F.conv_transpose2d(slope, layer.weight, stride=2, padding=1)
        return slope


def climb(slope: Callable[[Tensor], Tensor], start: Tensor, steps: int, rate: float) -> Tensor:
    """Walk along `slope` and stay in [-1, 1]; the same way each time.

    Args:
        slope: Where to go from points of the shape of `start`.
        start: Where the walk begins.
        steps: How many times the slope is looked at.
        rate: How far one step goes for a slope of 1.
    """
    x = start
    for _ in range(steps):
        x = (x + rate * slope(x)).clamp(-1, 1)
    return x

"""Perceptrons: the networks of the first GAN, for pictures and for points.

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, and its published code for sizes and initial weights;
Goodfellow et al., "Maxout Networks", ICML 2013.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from ganstudio.networks.chance import sent


class Perceptron(nn.Module):
    """Linear layers with ReLU between them.

    Args:
        inputs: Width of what goes in.
        widths: Units of each hidden layer.
        outputs: Width of what comes out.
    """

    def __init__(self, inputs: int, widths: Sequence[int], outputs: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise((inputs, *widths)):
            layers += [nn.Linear(before, after), nn.ReLU(inplace=True)]
        self.model = nn.Sequential(*layers, nn.Linear((inputs, *widths)[-1], outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) → (N, outputs), any numbers."""
        out: Tensor = self.model(x)
        return out


class Maxout(nn.Module):
    """Each unit is the largest of `pieces` linear functions of what goes in."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.linear = nn.Linear(inputs, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) → (N, units)."""
        out: Tensor = self.linear(x).unflatten(1, (-1, self.pieces)).amax(2)
        return out


class Dropout(nn.Module):
    """Leaves out each number with probability `share` and strengthens the rest; nothing outside of training.

    Unlike torch's own, its chance is the CPU's, so that every device plays the same game.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Any shape → the same."""
        if not self.training or not self.share:
            return x
        kept = torch.rand(x.shape) >= self.share
        return x * sent(kept / (1 - self.share), x.device).to(x.dtype)


class MaxoutDiscriminator(nn.Module):
    """Two layers of maxout units with dropout before each layer, then a judgement.

    Args:
        inputs: Width of what is judged.
        units: Units of each hidden layer; published: 240.
        pieces: Linear functions of each unit; published: 5.
        dropout: Share of hidden units left out, and two fifths as many of the inputs; published: 0.5, so 0.2.
    """

    def __init__(self, inputs: int, units: int = 240, pieces: int = 5, dropout: float = 0.5) -> None:
        super().__init__()
        self.model = nn.Sequential(
            Dropout(0.4 * dropout),
            Maxout(inputs, units, pieces),
            Dropout(dropout),
            Maxout(units, units, pieces),
            Dropout(dropout),
            nn.Linear(units, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs) → (N,) logits, high for real."""
        out: Tensor = self.model(x)
        return out.flatten()


class PictureGenerator(Perceptron):
    """Noise in, a picture out, each pixel a sigmoid unit as published.

    Args:
        size: Side of the pictures in pixels.
        noise: Width of the noise; published: 100.
        width: Units of each of the two hidden layers; published: 1200.
    """

    def __init__(self, size: int, noise: int = 100, width: int = 1200) -> None:
        super().__init__(noise, (width, width), 3 * size * size)
        self.size = size

    def forward(self, noise: Tensor) -> Tensor:
        """Standard normal (N, Z) → (N, 3, size, size) in [-1, 1]."""
        # 2·sigmoid(u) - 1: the published pixels, from 0 to 1, in our range.
        out: Tensor = torch.tanh(super().forward(uniform(noise)) / 2).unflatten(1, (3, self.size, self.size))
        return out


class PictureDiscriminator(MaxoutDiscriminator):
    """Judges whether a picture is real; arguments as `MaxoutDiscriminator`, but for the pictures' side in pixels."""

    def __init__(self, size: int, units: int = 240, pieces: int = 5, dropout: float = 0.5) -> None:
        super().__init__(3 * size * size, units, pieces, dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → (N,) logits, high for real."""
        return super().forward((x.flatten(1) + 1) / 2)  # Its pixels are from 0 to 1, as published.


def uniform(noise: Tensor) -> Tensor:
    """Standard normal noise → uniform in [-√3, √3], of the same mean and variance, as the published code draws it."""
    below: Tensor = torch.special.ndtr(noise)
    return math.sqrt(3) * (2 * below - 1)

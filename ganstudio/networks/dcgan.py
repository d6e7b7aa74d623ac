"""Generator and discriminator of DCGAN, alone and told a label.

Sources: Radford et al., "Unsupervised Representation Learning with Deep Convolutional GANs", 2015, for the stacks; Reed
et al., "Generative Adversarial Text to Image Synthesis", ICML 2016, section 4, for where the condition comes in: beside
the noise, and beside the discriminator's 4×4 map.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SMALLEST = 4  # Pixels: the side of the map where the stacks begin and end.
WIDEST = 8  # Most channels, as a multiple of the first layer's.


def levels(size: int) -> int:
    """Doublings from the 4×4 map to `size` pixels.

    Raises:
        ValueError: `size` is not a power of two from 8 on.
    """
    count = (size // SMALLEST).bit_length() - 1
    if count < 1 or SMALLEST << count != size:
        raise ValueError(f"This method draws squares of 8, 16, 32, 64, 128 or 256 pixels, not {size}.")
    return count


def breadths(size: int, width: int) -> list[int]:
    """Channels from the layer next to the picture to the 4×4 map: doubled at each level, up to 8 times `width`."""
    return [width * min(2**level, WIDEST) for level in range(levels(size))]


def painting(size: int, inputs: int, width: int) -> nn.Sequential:
    """The generator's stack: (N, inputs, 1, 1) → (N, 3, size, size) in [-1, 1]."""
    channels = breadths(size, width)[::-1]
    layers: list[nn.Module] = [nn.ConvTranspose2d(inputs, channels[0], SMALLEST, bias=False)]
    for wide, narrow in pairwise(channels):
        layers += [nn.BatchNorm2d(wide), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False)]
    layers += [nn.BatchNorm2d(channels[-1]), nn.ReLU(inplace=True)]
    layers += [nn.ConvTranspose2d(channels[-1], 3, 4, stride=2, padding=1), nn.Tanh()]
    return nn.Sequential(*layers)


def looking(size: int, width: int) -> nn.Sequential:
    """The discriminator's stack but for its judgement: (N, 3, size, size) → (N, C, 4, 4)."""
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
    for narrow, wide in pairwise(breadths(size, width)):
        layers += [nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(wide), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers)


class Generator(nn.Module):
    """Noise in, a picture out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        noise: Width of the noise; published: 100.
        width: Channels before the last layer; published: 64.
    """

    def __init__(self, size: int, noise: int = 100, width: int = 64) -> None:
        super().__init__()
        self.model = painting(size, noise, width)

    def forward(self, noise: Tensor) -> Tensor:
        """(N, Z) → (N, 3, size, size) in [-1, 1]."""
        out: Tensor = self.model(noise[:, :, None, None])
        return out


class Discriminator(nn.Module):
    """Judges whether a picture is real.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        width: Channels of the first convolution; published: 64.
    """

    def __init__(self, size: int, width: int = 64) -> None:
        super().__init__()
        self.looking = looking(size, width)
        self.judging = nn.Conv2d(breadths(size, width)[-1], 1, SMALLEST, bias=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → (N,) logits, high for real."""
        out: Tensor = self.judging(self.looking(pictures))
        return out.flatten()


class ConditionalGenerator(nn.Module):
    """Noise and a condition in, a picture out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        label: Reads the condition: (N, …) → (N, told).
        told: Width of what the condition becomes; Reed's: 128.
        noise: Width of the noise; published: 100.
        width: Channels before the last layer; published: 64.
    """

    def __init__(self, size: int, label: nn.Module, told: int = 128, noise: int = 100, width: int = 64) -> None:
        super().__init__()
        self.label = label
        self.model = painting(size, noise + told, width)

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """(N, Z) and (N, …) → (N, 3, size, size) in [-1, 1]."""
        told = torch.cat([noise, self.label(condition)], dim=1)
        out: Tensor = self.model(told[:, :, None, None])
        return out


class LabelGenerator(ConditionalGenerator):
    """Noise and a label, (N,) int64, in, a picture out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        labels: Number of classes.
        noise: Width of the noise; published: 100.
        width: Channels before the last layer; published: 64.
        told: Width of what the label becomes; Reed's: 128.
    """

    def __init__(self, size: int, labels: int, noise: int = 100, width: int = 64, told: int = 128) -> None:
        super().__init__(size, nn.Embedding(labels, told), told, noise, width)


class ConditionalDiscriminator(nn.Module):
    """Judges whether a picture is real and shows what its condition says.

    Looking is apart from judging, so that one look at the real pictures serves their right and their wrong conditions.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        label: Reads the condition: (N, …) → (N, told).
        told: Width of what the condition becomes; Reed's: 128.
        width: Channels of the first convolution; published: 64.
    """

    def __init__(self, size: int, label: nn.Module, told: int = 128, width: int = 64) -> None:
        super().__init__()
        channels = breadths(size, width)[-1]
        self.looking = looking(size, width)
        self.label = label
        self.judging = nn.Sequential(
            nn.Conv2d(channels + told, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(channels, 1, SMALLEST),
        )

    def look(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → what is seen, (N, C, 4, 4)."""
        out: Tensor = self.looking(pictures)
        return out

    def judge(self, seen: Tensor, condition: Tensor) -> Tensor:
        """What is seen, and (N, …) → (N,) logits, high for real and matching."""
        told = self.label(condition)[:, :, None, None].expand(-1, -1, *seen.shape[2:])
        out: Tensor = self.judging(torch.cat([seen, told], dim=1))
        return out.flatten()

    def forward(self, pictures: Tensor, condition: Tensor) -> Tensor:
        """(N, 3, size, size) and (N, …) → (N,) logits."""
        return self.judge(self.look(pictures), condition)


class CaptionDiscriminator(ConditionalDiscriminator):
    """Judges whether a picture is real and shows what its caption's code says.

    What is seen is also turned into a code of its own, and the cosine of the two codes is a part of the judgement. It
    cannot learn sentences by heart: each word moves the code its own way. So what was learnt of "circle" in some
    sentences holds in others.

    Sources: Miyato, Koyama, "cGANs with Projection Discriminator", ICLR 2018, for the product of the two codes.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        label: Reads the code: (N, code) → (N, told).
        told: Width of what the code becomes; Reed's: 128.
        code: Width of the code.
        width: Channels of the first convolution; published: 64.
    """

    def __init__(self, size: int, label: nn.Module, told: int, code: int, width: int = 64) -> None:
        super().__init__(size, label, told, width)
        self.projection = nn.Linear(breadths(size, width)[-1] * SMALLEST**2, code, bias=False)
        self.contrast = nn.Parameter(torch.tensor(10.0))

    def likeness(self, seen: Tensor, codes: Tensor) -> Tensor:
        """What is seen, N times, and (M, code) → (N, M), how well each picture fits each code; ±10 at first."""
        return self._coded(seen) @ F.normalize(codes, dim=1).T

    def judge(self, seen: Tensor, condition: Tensor) -> Tensor:
        """What is seen, and (N, code) → (N,) logits, high for real and matching."""
        return super().judge(seen, condition) + (self._coded(seen) * F.normalize(condition, dim=1)).sum(1)

    def _coded(self, seen: Tensor) -> Tensor:
        out: Tensor = self.contrast * F.normalize(self.projection(seen.flatten(1)), dim=1)
        return out


class MatchDiscriminator(ConditionalDiscriminator):
    """Judges whether a picture is real and shows what its label, (N,) int64, says.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        labels: Number of classes.
        width: Channels of the first convolution; published: 64.
        told: Width of what the label becomes; Reed's: 128.
    """

    def __init__(self, size: int, labels: int, width: int = 64, told: int = 128) -> None:
        super().__init__(size, nn.Embedding(labels, told), told, width)

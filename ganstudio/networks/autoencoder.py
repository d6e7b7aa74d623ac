"""Encoders to a dense latent, decoders back, and the discriminator that lends a VAE-GAN its eyes.

The stacks are DCGAN's (Radford et al., "Unsupervised Representation Learning with Deep Convolutional GANs", 2015):
strided convolutions with batch norm between a picture and a 4×4 map; what is different is the linear layer between
that map and the latent.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from ganstudio.networks.chance import sent
from ganstudio.networks.dcgan import SMALLEST, WIDEST, levels


class Encoder(nn.Module):
    """A picture in, a few numbers out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        codes: How many numbers come out.
        width: Channels of the first convolution.
    """

    def __init__(self, size: int, codes: int, width: int = 64) -> None:
        super().__init__()
        channels = _channels(size, width)
        self.looking = nn.Sequential(*_halving(channels))
        self.telling = nn.Linear(channels[-1] * SMALLEST**2, codes)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → (N, codes)."""
        # What follows takes exponents and sums of thousands of squares: more than bfloat16 holds.
        out: Tensor = self.telling(self.looking(pictures).flatten(1)).float()
        return out


class GaussianEncoder(Encoder):
    """A picture in, a normal distribution over latents out: q(z|x), each latent on its own.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        latent: Width of the latent.
        width: Channels of the first convolution.
    """

    def __init__(self, size: int, latent: int, width: int = 64) -> None:
        super().__init__(size, 2 * latent, width)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """(N, 3, size, size) in [-1, 1] → mean and logarithm of the variance, (N, latent) each."""
        mean, log_variance = super().forward(pictures).chunk(2, dim=1)
        return mean, log_variance


class Decoder(nn.Module):
    """A latent in, a picture out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        latent: Width of the latent.
        width: Channels before the last layer.
    """

    def __init__(self, size: int, latent: int, width: int = 64) -> None:
        super().__init__()
        channels = _channels(size, width)[::-1]
        self.opening = nn.Linear(latent, channels[0] * SMALLEST**2, bias=False)
        layers: list[nn.Module] = [nn.Unflatten(1, (channels[0], SMALLEST, SMALLEST))]
        for wide, narrow in pairwise(channels):
            layers += [nn.BatchNorm2d(wide), nn.ReLU(inplace=True)]
            layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(channels[-1]), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(channels[-1], 3, 4, stride=2, padding=1), nn.Tanh()]
        self.painting = nn.Sequential(*layers)

    def forward(self, latent: Tensor) -> Tensor:
        """(N, latent) → (N, 3, size, size) in [-1, 1]."""
        out: Tensor = self.painting(self.opening(latent))
        return out


class NormalCodes(nn.Module):
    """A normal distribution that follows the codes of a training, so that noise can stand for a code.

    Ghosh et al., "From Variational to Deterministic Autoencoders", ICLR 2020, fit it to all codes after the training;
    here its mean and covariance follow the last hundred batches or so, and are whole at every step. All of it is
    buffers: part of the model file, no part of the game.

    Args:
        latent: Width of a code.
    """

    MEMORY = 0.01  # Share of the newest batch, once there were so many.
    FLOOR = 1e-4  # Variance added to each code, as a share of the mean one: keeps the root real.

    seen: Tensor
    mean: Tensor
    covariance: Tensor
    root: Tensor

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self.register_buffer("mean", torch.zeros(latent))
        self.register_buffer("covariance", torch.zeros(latent, latent))
        self.register_buffer("root", torch.eye(latent))

    @torch.no_grad()
    def follow(self, codes: Tensor) -> None:
        """Take notice of the codes (N, latent) of one batch."""
        self.seen += 1
        share = (1 / self.seen).clamp(min=self.MEMORY).to(self.mean.dtype)
        # In full precision also where networks are computed in bfloat16.
        with torch.autocast(codes.device.type, enabled=False):
            middle = codes.mean(0)
            apart, moved = codes - middle, middle - self.mean
            # What lies between two means is spread too: after two batches this is the covariance of both together.
            spread = apart.T @ apart / len(codes) + (1 - share) * torch.outer(moved, moved)
            self.mean.lerp_(middle, share)
            self.covariance.lerp_(spread, share)
            floor = self.FLOOR * self.covariance.diagonal().mean() + torch.finfo(torch.float32).tiny
            root, _ = torch.linalg.cholesky_ex(self.covariance + floor * torch.eye(len(middle), device=codes.device))
            self.root.copy_(root)

    def forward(self, noise: Tensor) -> Tensor:
        """(N, latent), standard normal → codes (N, latent)."""
        return self.mean + noise @ self.root.T


class CodeDecoder(Decoder):
    """A decoder that also knows how codes are spread, and so paints from noise.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        latent: Width of a code.
        width: Channels before the last layer.
    """

    def __init__(self, size: int, latent: int, width: int = 64) -> None:
        super().__init__(size, latent, width)
        self.codes = NormalCodes(latent)

    def imagine(self, noise: Tensor) -> Tensor:
        """(N, latent), standard normal → (N, 3, size, size) in [-1, 1]."""
        out: Tensor = self(self.codes(noise))
        return out


class FeatureDiscriminator(nn.Module):
    """Judges whether a picture is real, and shows what it saw on the way.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        width: Channels of the first convolution.
    """

    def __init__(self, size: int, width: int = 64) -> None:
        super().__init__()
        channels = _channels(size, width)
        stack = _halving(channels)
        # Published: the third convolution of 64×64 pictures, an 8×8 map. One of 8×8 pixels has only the last, 4×4.
        last = stack[-3:] if len(channels) > 1 else []
        self.looking = nn.Sequential(*stack[: len(stack) - len(last)])
        self.judging = nn.Sequential(*last, nn.Flatten(), nn.Linear(channels[-1] * SMALLEST**2, 1))

    def look(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) in [-1, 1] → features (N, C, H, W)."""
        out: Tensor = self.looking(pictures)
        return out

    def judge(self, features: Tensor) -> Tensor:
        """Features → (N,) logits, high for real."""
        out: Tensor = self.judging(features)
        return out.flatten()

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, size, size) → (N,) logits."""
        return self.judge(self.look(pictures))


def drawn(mean: Tensor, log_variance: Tensor) -> Tensor:
    """One latent from each normal distribution, so that gradients reach mean and variance.

    Source: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014, section 2.4. Chance is the CPU generator's.
    """
    chance = sent(torch.randn(mean.shape), mean.device).to(mean.dtype)
    return mean + (0.5 * log_variance).exp() * chance


def _channels(size: int, width: int) -> list[int]:
    """Channels after each halving."""
    return [width * min(2**level, WIDEST) for level in range(levels(size))]


def _halving(channels: list[int]) -> list[nn.Module]:
    """Strided convolutions from a picture to its 4×4 map; three modules for each after the first."""
    layers: list[nn.Module] = [nn.Conv2d(3, channels[0], 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
    for narrow, wide in pairwise(channels):
        layers += [nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(wide), nn.LeakyReLU(0.2, inplace=True)]
    return layers

"""Refiner and discriminator of SimGAN.

Source: Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", CVPR 2017,
section 3.1 and its appendix.
"""

from __future__ import annotations

from torch import Tensor, nn


class Refiner(nn.Module):
    """Retouches a picture at its own size: nothing is halved, so what is where stays there.

    Args:
        width: Channels; published: 64.
        blocks: Residual blocks; published: 4 for eyes, 10 for hands.
    """

    def __init__(self, width: int = 64, blocks: int = 4) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU()]
        self.model = nn.Sequential(*layers, *(_Block(width) for _ in range(blocks)), nn.Conv2d(width, 3, 1), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range, any size."""
        out: Tensor = self.model(x)
        return out


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = (x + self.model(x)).relu()
        return out


class LocalDiscriminator(nn.Module):
    """Judges each place of a picture by itself, so that no place can be spoilt to please it elsewhere.

    A place sees 23×23 pixels. The published softmax over two answers is one logit here, which is the same function;
    its activations leak, so that no unit of a narrow discriminator dies.

    Args:
        width: Channels of the first layer; published: 96, then two thirds and one third of it.
    """

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        middle, narrow = max(1, width * 2 // 3), max(1, width // 3)
        self.model = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, middle, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.MaxPool2d(3, stride=1, padding=1),
            nn.Conv2d(middle, narrow, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(narrow, narrow, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(narrow, 1, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 1, H / 4, W / 4) logits, rounded up; high for real."""
        out: Tensor = self.model(x)
        return out

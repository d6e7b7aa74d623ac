"""Generators that translate pictures."""

from __future__ import annotations

from torch import Tensor, nn


class ResnetBlock(nn.Module):
    """Two 3×3 convolutions with reflection padding around a skip; no activation after the sum."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3),
            nn.InstanceNorm2d(width),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3),
            nn.InstanceNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        out: Tensor = x + self.conv_block(x)
        return out


class ResnetGenerator(nn.Module):
    """The published CycleGAN generator: two halvings, residual blocks, two doublings.

    Its state has the names of the published code (`model.1.weight`, `model.10.conv_block.1.weight`, …), so files of
    either side fit the other. With 9 blocks and width 64 it has 11.378 million parameters.

    Source: Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017,
    appendix 7.2.

    Args:
        blocks: Residual blocks; published: 9 from 256 pixels on, 6 below.
        width: Channels of the first convolution; published: 64.
    """

    multiple = 4

    def __init__(self, blocks: int = 9, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), *_norm(width)]
        for scale in (1, 2):
            wide = width * scale * 2
            layers += [nn.Conv2d(width * scale, wide, 3, stride=2, padding=1), *_norm(wide)]
        layers += [ResnetBlock(width * 4) for _ in range(blocks)]
        for scale in (4, 2):
            narrow = width * scale // 2
            up = nn.ConvTranspose2d(width * scale, narrow, 3, stride=2, padding=1, output_padding=1)
            layers += [up, *_norm(narrow)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 4, at least 16."""
        out: Tensor = self.model(x)
        return out


def _norm(width: int) -> tuple[nn.Module, nn.Module]:
    return nn.InstanceNorm2d(width), nn.ReLU(inplace=True)

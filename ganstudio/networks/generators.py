"""Generators that translate pictures."""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.blur import BlurDown, BlurUp


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
            layers += self._halving(width * scale, width * scale * 2)
        layers += [ResnetBlock(width * 4) for _ in range(blocks)]
        for scale in (4, 2):
            layers += self._doubling(width * scale, width * scale // 2)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 4, at least 16."""
        out: Tensor = self.model(x)
        return out

    @staticmethod
    def _halving(narrow: int, wide: int) -> list[nn.Module]:
        return [nn.Conv2d(narrow, wide, 3, stride=2, padding=1), *_norm(wide)]

    @staticmethod
    def _doubling(wide: int, narrow: int) -> list[nn.Module]:
        return [nn.ConvTranspose2d(wide, narrow, 3, stride=2, padding=1, output_padding=1), *_norm(narrow)]


class AntialiasedGenerator(ResnetGenerator):
    """The published CUT generator: CycleGAN's with a blur at each change of scale, and with a look inside.

    Its state has the names of the published code (`model.4.weight`, `model.7.filt`, `model.12.conv_block.1.weight`, …).

    Source: Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020, section 4.

    Args:
        blocks: Residual blocks; published: 9, 6 or 4.
        width: Channels of the first convolution; published: 64.

    Attributes:
        seen: Where features are taken: the padded picture, both convolutions before a halving, the first residual
            block and the fifth or last. Layers 0, 4, 8, 12 and 16, as published.
        widths: Channels there.
    """

    def __init__(self, blocks: int = 9, width: int = 64) -> None:
        super().__init__(blocks, width)
        self.seen = (0, 4, 8, 12, 12 + min(4, blocks - 1))[: 5 if blocks > 1 else 4]
        self.widths = (3, width * 2, width * 4, width * 4, width * 4)[: len(self.seen)]

    def look(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) → the features alone, (N, C, H', W') each; nothing above them is computed."""
        return self._walk(x, self.seen[-1])[1]

    def paint(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, 3, H, W) → what `forward` gives, and what `look` gives, at the cost of `forward`."""
        return self._walk(x, len(self.model) - 1)

    def _walk(self, x: Tensor, last: int) -> tuple[Tensor, list[Tensor]]:
        features = []
        for index, layer in enumerate(self.model[: last + 1]):
            x = layer(x)
            if index in self.seen:
                features.append(x)
        return x, features

    @staticmethod
    def _halving(narrow: int, wide: int) -> list[nn.Module]:
        return [nn.Conv2d(narrow, wide, 3, padding=1), *_norm(wide), BlurDown(wide)]

    @staticmethod
    def _doubling(wide: int, narrow: int) -> list[nn.Module]:
        return [BlurUp(wide), nn.Conv2d(wide, narrow, 3, padding=1), *_norm(narrow)]


def _norm(width: int) -> tuple[nn.Module, nn.Module]:
    return nn.InstanceNorm2d(width), nn.ReLU(inplace=True)

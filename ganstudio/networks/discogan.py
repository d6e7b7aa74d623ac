"""Generator and discriminator of DiscoGAN: a plain encoder-decoder, and one that shows what it felt on the way.

Source: Kim et al., "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks", ICML 2017,
section 2.2; layers, biases and channels as in the published code, whose generator for translation has no bottleneck
of a fixed size, so that it takes larger pictures too. Its discriminator ends in a 4×4 window: one judgement at 64
pixels, a map of them above.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

WIDEST = 8  # Most channels, as a multiple of the first layer's.
WINDOW = 4  # Side of the discriminator's last window, in pixels of the smallest map.


class EncoderDecoder(nn.Module):
    """Halvings and doublings without a way around the middle: what it keeps of a picture passes through there.

    With 4 halvings and width 64 it has 5.514 million parameters. The published one ends in a sigmoid, for pictures in
    [0, 1]; ours in [-1, 1] want a tanh.

    Args:
        downs: Halvings, at least 1; published: 4.
        width: Channels after the first halving; published: 64.
    """

    def __init__(self, downs: int = 4, width: int = 64) -> None:
        super().__init__()
        self.multiple = 2**downs
        channels = _channels(downs, width)
        layers = _halvings(channels)
        for wide, narrow in pairwise(channels[::-1]):
            layers += [nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(narrow), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(width, 3, 4, stride=2, padding=1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 2 to the number of halvings."""
        out: Tensor = self.main(x)
        return out


class FeatureMatchingDiscriminator(nn.Module):
    """Judges a picture, and gives the features of its layers for feature matching.

    With 4 halvings and width 64 it has 2.766 million parameters.

    Args:
        layers: Halvings; published: 4, which is one judgement for 64 pixels.
        width: Channels after the first halving; published: 64.
    """

    def __init__(self, layers: int = 4, width: int = 64) -> None:
        super().__init__()
        channels = _channels(layers, width)
        self.looking = nn.Sequential(*_halvings(channels))
        self.judging = nn.Conv2d(channels[-1], 1, WINDOW, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """(N, 3, H, W) in [-1, 1] → logits (N, 1, H', W'), and the features of all layers but the first.

        A discriminator of one layer has only the first, and gives that.
        """
        features = []
        for layer in self.looking:
            x = layer(x)
            if isinstance(layer, nn.LeakyReLU):
                features.append(x)
        return self.judging(x), tuple(features[1:] or features)


def _channels(downs: int, width: int) -> list[int]:
    return [width * min(2**level, WIDEST) for level in range(downs)]


def _halvings(channels: list[int]) -> list[nn.Module]:
    """The first without a norm, as DCGAN has it."""
    layers: list[nn.Module] = [nn.Conv2d(3, channels[0], 4, stride=2, padding=1, bias=False), _leaky()]
    for narrow, wide in pairwise(channels):
        layers += [nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(wide), _leaky()]
    return layers


def _leaky() -> nn.Module:
    # Not in place: the features are kept for matching.
    return nn.LeakyReLU(0.2)

"""Discriminators that look at a picture at several sizes."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn


class MultiScaleDiscriminator(nn.Module):
    """The same kind of patch discriminator at full size, at half of it, and so on; the coarse ones see the whole scene.

    No norms, and a 1×1 convolution at the end. With 3 scales of 4 layers and width 64 it has 8.271 million parameters,
    as the published UNIT and MUNIT code.

    Source: Liu, Breuel, Kautz, "Unsupervised Image-to-Image Translation Networks", NeurIPS 2017, and its code.

    Args:
        size: Side of the training pictures in pixels.
        scales: Sizes at which it looks; published: 3.
        layers: Halvings of each discriminator; published: 4.
        width: Channels of the first convolution; published: 64.

    Raises:
        ValueError: The pictures are too small for so many scales.
    """

    def __init__(self, size: int, scales: int = 3, layers: int = 4, width: int = 64) -> None:
        super().__init__()
        # Every discriminator's last halving still starts from 2 pixels, which is what reflection at the border needs.
        if size < 1 << (scales + layers - 1):
            raise ValueError(
                f"{scales} scales of discriminators with {layers} layers need pictures of at least "
                f"{1 << (scales + layers - 1)} pixels, not {size}. Choose fewer scales or layers, or a larger size."
            )
        self.smaller = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
        self.discriminators = nn.ModuleList(_discriminator(layers, width) for _ in range(scales))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) in [-1, 1] → a map of judgements (N, 1, H', W') for each scale, the largest first."""
        seen = []
        for discriminator in self.discriminators:
            seen.append(discriminator(x))
            x = self.smaller(x)
        return seen


def _discriminator(layers: int, width: int) -> nn.Sequential:
    stack: list[nn.Module] = []
    channels = [3, *(width << layer for layer in range(layers))]
    for narrow, wide in pairwise(channels):
        stack += [nn.Conv2d(narrow, wide, 4, stride=2, padding=1, padding_mode="reflect"), nn.LeakyReLU(0.2)]
    return nn.Sequential(*stack, nn.Conv2d(channels[-1], 1, 1))

"""Discriminators that judge patches of a picture."""

from __future__ import annotations

from torch import Tensor, nn


class PatchDiscriminator(nn.Module):
    """The published PatchGAN: a map of judgements, one for each overlapping patch (70×70 pixels with 3 layers).

    Its state has the names of the published code (`model.0.weight`, `model.2.weight`, …). With 3 layers and width 64
    it has 2.765 million parameters. No sigmoid at the end.

    Source: Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017, appendix 6.1.2.

    Args:
        layers: Halvings; 3 is the 70×70 PatchGAN.
        width: Channels of the first convolution; published: 64.
    """

    def __init__(self, layers: int = 3, width: int = 64) -> None:
        super().__init__()
        stack: list[nn.Module] = [nn.Conv2d(3, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        channels = width
        for layer in range(1, layers + 1):
            wide = width * min(2**layer, 8)
            stride = 2 if layer < layers else 1
            stack += [nn.Conv2d(channels, wide, 4, stride=stride, padding=1), nn.InstanceNorm2d(wide)]
            stack += [nn.LeakyReLU(0.2, inplace=True)]
            channels = wide
        stack.append(nn.Conv2d(channels, 1, 4, padding=1))
        self.model = nn.Sequential(*stack)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 1, H', W'); 256² gives a 30×30 map."""
        out: Tensor = self.model(x)
        return out

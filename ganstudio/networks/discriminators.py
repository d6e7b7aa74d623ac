"""Discriminators that judge patches of a picture."""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.blur import BlurDown
from ganstudio.networks.frugal import Frugal
from ganstudio.networks.norms import biased, norm


def refuse_small(size: int, layers: int) -> None:
    """See to it that pictures of `size` pixels are large enough for discriminators of so many layers.

    Raises:
        ValueError: Behind the last halving an instance norm would see a single pixel.
    """
    if size < (least := 3 << layers):
        raise ValueError(
            f"Discriminators with {layers} layers need pictures of at least {least} pixels, not {size}. "
            "Choose fewer layers, or a larger size."
        )


class PatchDiscriminator(nn.Module):
    """The published PatchGAN: a map of judgements, one for each overlapping patch (70×70 pixels with 3 layers).

    Its state has the names of the published code (`model.0.weight`, `model.2.weight`, …). With 3 layers and width 64
    it has 2.765 million parameters. No sigmoid at the end.

    Source: Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017, appendix 6.1.2.

    Args:
        layers: Halvings; 3 is the 70×70 PatchGAN.
        width: Channels of the first convolution; published: 64.
        channels: Channels of what it discriminators; 6 for a picture beside the one it was made from.
        antialias: Halve by a blur behind a convolution instead of by a stride, as CUT's published code does; the names
            are then those of that code (`model.0.weight`, `model.2.filt`, `model.3.weight`, …), and with 3 layers
            patches are 84×84 pixels.
        norms: One of `norms.NORMS`.
    """

    def __init__(
        self,
        layers: int = 3,
        width: int = 64,
        channels: int = 3,
        *,
        antialias: bool = False,
        norms: str = "instance",
    ) -> None:
        super().__init__()
        stride = 1 if antialias else 2
        stack: list[nn.Module] = [nn.Conv2d(channels, width, 4, stride=stride, padding=1)]
        stack += [nn.LeakyReLU(0.2, inplace=True)]
        stack += [BlurDown(width)] if antialias else []
        narrow = width
        for layer in range(1, layers + 1):
            wide = width * min(2**layer, 8)
            halves = layer < layers
            step = stride if halves else 1
            stack += [nn.Conv2d(narrow, wide, 4, stride=step, padding=1, bias=biased(norms)), norm(norms, wide)]
            stack += [nn.LeakyReLU(0.2, inplace=True)]
            stack += [BlurDown(wide)] if antialias and halves else []
            narrow = wide
        stack.append(nn.Conv2d(narrow, 1, 4, padding=1))
        self.model = Frugal(*stack)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) in [-1, 1] → (N, 1, H', W'); 256² gives a 30×30 map."""
        out: Tensor = self.model(x)
        return out

"""Generators that translate pictures."""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.blur import BlurDown, BlurUp
from ganstudio.networks.frugal import Frugal
from ganstudio.networks.norms import biased, norm
from ganstudio.networks.scaling import DoublingConv2d, HalvingConv2d
from ganstudio.networks.winograd import TiledConv2d

PADDINGS = ("reflect", "replicate", "zero")
"""What residual blocks see beyond the border: the picture reflected, its last pixels repeated, or nothing."""

ANTIALIAS = ("none", "down", "up", "both")
"""Which changes of scale go through a blur."""

_BORDERS: dict[str, type[nn.Module]] = {"reflect": nn.ReflectionPad2d, "replicate": nn.ReplicationPad2d}


class ResnetBlock(nn.Module):
    """Two 3×3 convolutions around a skip; no activation after the sum.

    Args:
        width: Channels.
        norms: One of `norms.NORMS`.
        padding: One of `PADDINGS`.
        dropout: Drop half of the numbers between the convolutions while training.
    """

    def __init__(self, width: int, norms: str = "instance", padding: str = "reflect", *, dropout: bool = False) -> None:
        super().__init__()

        def convolution() -> list[nn.Module]:
            border = [_BORDERS[padding](1)] if padding in _BORDERS else []
            beyond = 0 if border else 1
            return [*border, TiledConv2d(width, width, 3, padding=beyond, bias=biased(norms)), norm(norms, width)]

        forgetting = [nn.Dropout(0.5)] if dropout else []
        self.conv_block = Frugal(*convolution(), nn.ReLU(inplace=True), *forgetting, *convolution())

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        out: Tensor = x + self.conv_block(x)
        return out


class ResnetGenerator(nn.Module):
    """The published CycleGAN generator: two halvings, residual blocks, two doublings.

    Its state has the names of the published code (`model.1.weight`, `model.10.conv_block.1.weight`, …), so files of
    either side fit the other, in all the variants that code and CUT's have. With 9 blocks and width 64 it has 11.378
    million parameters.

    Source: Zhu et al., "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017,
    appendix 7.2.

    Args:
        blocks: Residual blocks; published: 9 from 256 pixels on, 6 below.
        width: Channels of the first convolution; published: 64.
        norms: One of `norms.NORMS`.
        padding: Of the residual blocks, one of `PADDINGS`.
        dropout: Drop half of the numbers inside each block while training.
        antialias: One of `ANTIALIAS`.
    """

    multiple = 4

    def __init__(
        self,
        blocks: int = 9,
        width: int = 64,
        norms: str = "instance",
        padding: str = "reflect",
        *,
        dropout: bool = False,
        antialias: str = "none",
    ) -> None:
        super().__init__()
        bias = biased(norms)

        def followed(layer: nn.Module, channels: int) -> list[nn.Module]:
            return [layer, norm(norms, channels), nn.ReLU(inplace=True)]

        def halving(narrow: int, wide: int) -> list[nn.Module]:
            if antialias in {"down", "both"}:
                return [*followed(TiledConv2d(narrow, wide, 3, padding=1, bias=bias), wide), BlurDown(wide)]
            return followed(HalvingConv2d(narrow, wide, 3, stride=2, padding=1, bias=bias), wide)

        def doubling(wide: int, narrow: int) -> list[nn.Module]:
            if antialias in {"up", "both"}:
                return [BlurUp(wide), *followed(TiledConv2d(wide, narrow, 3, padding=1, bias=bias), narrow)]
            spread = DoublingConv2d(wide, narrow, 3, stride=2, padding=1, output_padding=1, bias=bias)
            return followed(spread, narrow)

        layers = [nn.ReflectionPad2d(3), *followed(nn.Conv2d(3, width, 7, bias=bias), width)]
        for scale in (1, 2):
            layers += halving(width * scale, width * scale * 2)
        layers += [ResnetBlock(width * 4, norms, padding, dropout=dropout) for _ in range(blocks)]
        for scale in (4, 2):
            layers += doubling(width * scale, width * scale // 2)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
        self.model = Frugal(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → the same shape and range; H and W are multiples of 4, at least 16."""
        out: Tensor = self.model(x)
        return out


class AntialiasedGenerator(ResnetGenerator):
    """The published CUT generator: CycleGAN's with a blur at each change of scale, and with a look inside.

    Its state has the names of the published code (`model.4.weight`, `model.7.filt`, `model.12.conv_block.1.weight`, …).

    Source: Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020, section 4.

    Args:
        blocks: Residual blocks; published: 9, 6 or 4.
        width: Channels of the first convolution; published: 64.
        norms: As `ResnetGenerator`.
        padding: As `ResnetGenerator`.
        dropout: As `ResnetGenerator`.
        antialias: As `ResnetGenerator`; the published code can also do without one blur or both.

    Attributes:
        seen: Where features are taken: layers 0, 4, 8, 12 and 16, as published, or the last block where there are
            fewer. That is the padded picture, both convolutions before a halving, the first residual block and the
            fifth; without the blurs it is what lies at the same numbers.
        widths: Channels there.
    """

    def __init__(
        self,
        blocks: int = 9,
        width: int = 64,
        norms: str = "instance",
        padding: str = "reflect",
        *,
        dropout: bool = False,
        antialias: str = "both",
    ) -> None:
        super().__init__(blocks, width, norms, padding, dropout=dropout, antialias=antialias)
        last = (11 if antialias in {"down", "both"} else 9) + blocks
        self.seen = tuple(sorted({min(layer, last) for layer in (0, 4, 8, 12, 16)}))
        self.widths = (3, width * 2, width * 4, width * 4, width * 4)[: len(self.seen)]

    def look(self, x: Tensor) -> list[Tensor]:
        """(N, 3, H, W) → the features alone, (N, C, H', W') each; nothing above them is computed."""
        return self._walk(x, self.seen[-1])[1]

    def paint(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, 3, H, W) → what `forward` gives, and what `look` gives, at the cost of `forward`."""
        return self._walk(x, len(self.model) - 1)

    def _walk(self, x: Tensor, last: int) -> tuple[Tensor, list[Tensor]]:
        features, begin = [], 0
        for end in self.seen:
            x = self.model.stretch(x, begin, end + 1)
            features.append(x)
            begin = end + 1
        return self.model.stretch(x, begin, last + 1), features

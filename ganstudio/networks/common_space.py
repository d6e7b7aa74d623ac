"""Two domains and one space between them: each domain's own halves, and the layers that both share.

A picture goes through its domain's own encoder and then the shared one; its code goes through the shared decoder and
then the own decoder of whichever domain is wanted. So the code of a scene is the same whichever domain shows it, or the
shared layers could not serve both.

Source: Liu, Breuel, Kautz, "Unsupervised Image-to-Image Translation Networks", NeurIPS 2017, section 3 and figure 1:
the last layers of the encoders and the first of the generators are shared. XGAN shares the same way.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.networks.generators import ResnetBlock
from ganstudio.networks.halves import ResnetDecoder, ResnetEncoder


class CommonSpace(nn.Module):
    """The encoders and decoders of domains A and B with their shared layers, each layer held once.

    Args:
        blocks: Residual blocks of each domain's own encoder, and of its own decoder.
        shared: Residual blocks shared by both encoders, and by both decoders.
        width: Channels at full resolution; the code has four times as many.
    """

    multiple = 4

    def __init__(self, blocks: int, shared: int, width: int) -> None:
        super().__init__()
        self.E_A, self.E_B = (ResnetEncoder(blocks, width) for _ in "AB")
        self.E_shared = nn.Sequential(*(ResnetBlock(4 * width) for _ in range(shared)))
        self.G_shared = nn.Sequential(*(ResnetBlock(4 * width) for _ in range(shared)))
        self.G_A, self.G_B = (ResnetDecoder(blocks, width) for _ in "AB")

    def makers(self) -> dict[str, nn.Module]:
        """Its six parts: a route goes through four of them."""
        return dict(self.named_children())

    def encode(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures of A and of B, (N, 3, H, W) each → their codes, (N, 4·width, H/4, W/4) each."""
        code_a, code_b = self.E_shared(torch.cat([self.E_A(a), self.E_B(b)])).split([len(a), len(b)])
        return code_a, code_b

    def decode(self, code_a: Tensor, code_b: Tensor) -> tuple[Tensor, Tensor]:
        """A code to show in A and one to show in B → their pictures."""
        features_a, features_b = self.G_shared(torch.cat([code_a, code_b])).split([len(code_a), len(code_b)])
        return self.G_A(features_a), self.G_B(features_b)

    def decode_both(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """The same codes (N, 4·width, H/4, W/4) shown in A and in B."""
        features = self.G_shared(codes)
        return self.G_A(features), self.G_B(features)

    def forward(self, x: Tensor, *, to_b: bool) -> Tensor:
        """Translate (N, 3, H, W), H and W multiples of 4, from A to B or from B to A."""
        own = self.E_A if to_b else self.E_B
        features: Tensor = self.G_shared(self.E_shared(own(x)))
        out: Tensor = self.G_B(features) if to_b else self.G_A(features)
        return out


class LatentDiscriminator(nn.Module):
    """Tells from a code which domain it comes from.

    Convolutions, so that it works at any size, where Fader Networks end in a linear layer. Their dropout and softened
    targets are left out.

    Source: Lample et al., "Fader Networks", NeurIPS 2017, sections 3 and 4; LeakyReLU 0.2 as there.

    Args:
        channels: Of the code.
        width: Channels of its own layers.
    """

    least = 4
    """Sides of the smallest code that it can look at."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(width, 1, 1),
        )

    def forward(self, codes: Tensor) -> Tensor:
        """(N, channels, H, W), H and W at least 4 → a map of logits (N, 1, H/4, W/4), high for domain A."""
        out: Tensor = self.model(codes)
        return out

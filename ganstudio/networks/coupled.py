"""Coupled generators and coupled discriminators: two networks that are the same where pictures have meaning.

DCGAN's stacks, cut in two: generators share their first layers, which decide what is shown, and differ in the last,
which decide how; discriminators differ in their first and share their last.

Source: Liu, Tuzel, "Coupled Generative Adversarial Networks", NeurIPS 2016, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.networks.dcgan import SMALLEST, breadths, levels, looking, painting


class CoupledGenerator(nn.Module):
    """One noise in, the same scene in both domains out.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        noise: Width of the noise; published: 100.
        width: Channels before the last layer.
        own: Layers next to the picture that each domain has for itself; published: 1 for digits.
    """

    def __init__(self, size: int, noise: int, width: int, own: int = 1) -> None:
        super().__init__()
        _check(size, own)
        cut = 3 * (levels(size) + 1 - own)  # A layer is a convolution, its norm and its activation.
        one, other = painting(size, noise, width), painting(size, noise, width)
        self.shared, self.own_a, self.own_b = one[:cut], one[cut:], other[cut:]

    def forward(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """(N, Z) → (N, 3, size, size) in [-1, 1], of A and of B."""
        scene = self.shared(noise[:, :, None, None])
        return self.own_a(scene), self.own_b(scene)


class CoupledDiscriminator(nn.Module):
    """Judges whether a picture is real in its domain.

    Args:
        size: Side of the pictures in pixels, a power of two from 8 on.
        width: Channels of the first convolution.
        own: Layers next to the picture that each domain has for itself; published: 1 for digits.
    """

    def __init__(self, size: int, width: int, own: int = 1) -> None:
        super().__init__()
        _check(size, own)
        cut = 3 * own - 1  # The first layer has no norm.
        one, other = looking(size, width), looking(size, width)
        self.own_a, self.own_b = one[:cut], other[:cut]
        self.shared = nn.Sequential(*one[cut:], nn.Conv2d(breadths(size, width)[-1], 1, SMALLEST, bias=False))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Pictures (N, 3, size, size) of A and of B → (2·N,) logits, those of A first, high for real."""
        seen: Tensor = self.shared(torch.cat([self.own_a(a), self.own_b(b)]))
        return seen.flatten()


def _check(size: int, own: int) -> None:
    if own > levels(size):
        raise ValueError(
            f"At {size} pixels each folder can have at most {levels(size)} layers of its own, not {own}; "
            "something must be shared."
        )

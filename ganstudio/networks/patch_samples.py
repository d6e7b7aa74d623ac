"""Samples of patches: what a contrastive loss compares.

Source: Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ganstudio.networks.chance import sent


class PatchSamples(nn.Module):
    """Picks places of feature maps, and turns each into a direction with a small network for each map.

    Its state has the names of the published code (`mlp_0.0.weight`, `mlp_0.2.weight`, …), which makes the layers when
    the first picture comes by; here their sizes are told at the start.

    Args:
        widths: Channels of each map.
        told: Width of the directions; published: 256.
    """

    def __init__(self, widths: Sequence[int], told: int = 256) -> None:
        super().__init__()
        for index, width in enumerate(widths):
            layers = nn.Sequential(nn.Linear(width, told), nn.ReLU(inplace=True), nn.Linear(told, told))
            self.add_module(f"mlp_{index}", layers)

    @staticmethod
    def places(features: Sequence[Tensor], count: int) -> list[Tensor]:
        """`count` different places in each map, or all where there are fewer; (P,) int64, from the CPU's chance."""
        return [sent(torch.randperm(x[0, 0].numel())[:count], x.device) for x in features]

    def forward(self, features: Sequence[Tensor], places: Sequence[Tensor]) -> list[Tensor]:
        """(N, C, H, W) each and (P,) each → (N, P, told) each, of length 1."""
        told = [
            layers(x.flatten(2)[:, :, at].transpose(1, 2))
            for layers, x, at in zip(self.children(), features, places, strict=True)
        ]
        # As published: at the start the lengths are small enough for the addend to tell.
        return [x / (x.norm(dim=2, keepdim=True) + 1e-7) for x in told]

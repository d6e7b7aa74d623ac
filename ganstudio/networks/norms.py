"""What holds the numbers between two layers in range, as the published code names it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

NORMS = ("instance", "affine", "batch", "none")
"""Each picture by itself; the same with a learnt scale and shift; by the batch, and in use by running averages; not."""

_LAYERS: dict[str, type[nn.Module]] = {"none": nn.Identity, "batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d}


def norm(kind: str, width: int) -> nn.Module:
    """A layer of one of `NORMS` for `width` channels; it has a place among the layers even where it does nothing."""
    return nn.InstanceNorm2d(width, affine=True) if kind == "affine" else _LAYERS[kind](width)


def biased(kind: str) -> bool:
    """Whether a convolution before such a norm has a bias, as published: only before those over one picture."""
    return kind in {"instance", "affine"}


def each(network: nn.Module, *pictures: Tensor) -> tuple[Tensor, ...]:
    """`network` of each of several batches of the same size: (N, C, H, W) each → what it gives of each.

    Most norms look at one picture at a time; then all go in one call, which is quicker and gives the same. Batch norm
    sees the whole company, so there each batch goes alone, as in the published code.
    """
    if any(isinstance(layer, nn.BatchNorm2d) for layer in network.modules()):
        return tuple(network(batch) for batch in pictures)
    return tuple(network(torch.cat(pictures)).chunk(len(pictures)))

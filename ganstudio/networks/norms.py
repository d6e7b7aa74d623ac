"""What holds the numbers between two layers in range, as the published code names it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NORMS = ("instance", "affine", "batch", "none")
"""Each picture by itself; the same with a learnt scale and shift; by the batch, and in use by running averages; not."""


class InstanceNorm(nn.InstanceNorm2d):
    """`nn.InstanceNorm2d` that leaves a map in its layout while it learns.

    Torch's own makes every map contiguous first, so that with channels last, which convolutions prefer, two copies
    surround each norm. Batch norm takes either layout, and of a single picture the two norms are one.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → each channel of each picture with mean 0 and variance 1, then scaled and shifted."""
        if self.training and torch.compiler.is_compiling():
            return self._spelt_out(x)
        if self.training and _channels_last(x):
            alone = [F.batch_norm(one, None, None, self.weight, self.bias, True, 0.0, self.eps) for one in x.split(1)]
            return torch.cat(alone) if len(alone) > 1 else alone[0]
        made: Tensor = super().forward(x)  # One call, by which those who take networks down know it.
        return made

    def _spelt_out(self, x: Tensor) -> Tensor:
        """In terms that a compiler fuses with what stands before and behind."""
        variance, mean = torch.var_mean(x.float(), (2, 3), correction=0, keepdim=True)
        made = (x - mean) * torch.rsqrt(variance + self.eps)
        if self.affine:
            made = made * self.weight[:, None, None] + self.bias[:, None, None]
        return made.to(x.dtype)


def _channels_last(x: Tensor) -> bool:
    return x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()


_LAYERS: dict[str, type[nn.Module]] = {"none": nn.Identity, "batch": nn.BatchNorm2d, "instance": InstanceNorm}


def norm(kind: str, width: int) -> nn.Module:
    """A layer of one of `NORMS` for `width` channels; it has a place among the layers even where it does nothing."""
    return InstanceNorm(width, affine=True) if kind == "affine" else _LAYERS[kind](width)


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

"""Convolutions that halve or double a map, and learn quicker on a processor.

Where channels lie last, a library may take four times as long for the gradient of the filters as for all the rest. It
is a product of matrices for each of a filter's places: the smaller of both maps beside the larger one as it is seen
from there. A doubling convolution is a halving one backwards, so this is the same for both.

The numbers are those of torch, rounded otherwise: off by a millionth of their length. What was measured on one core of
a processor with AVX2, forwards and backwards: 64 to 128 channels over 128×128 pixels take 27 ms instead of 38, over
256×256 pixels 113 instead of 341, and 512 to 512 channels over 16×16, with filters of 4×4, 41 instead of 85.

The filters' gradient is made whenever they learn at all, also where nobody asks for it. So these are not for
discriminators, through which generators learn while they stand still.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.windows import exact, rooms, windows

WIDE = 64  # Channels, in and out, from which on it is quicker.
PLACES = 1024  # Of the smaller map, at once: what is seen from them stays near the processor.


class HalvingConv2d(nn.Conv2d):
    """`nn.Conv2d` of stride 2 whose filters learn quicker on a processor, in float32, where it is wide."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, K, H', W')."""
        if not _fits(self, x):
            return super().forward(x)
        made: Tensor = _Scaled.apply(x, self.weight, self.bias, ([2, 2], self.padding, [1, 1], False, [0, 0], 1))
        return made


class DoublingConv2d(nn.ConvTranspose2d):
    """`nn.ConvTranspose2d` of stride 2 whose filters learn quicker on a processor, in float32, where it is wide."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, C, H, W) → (N, K, H', W')."""
        if output_size is not None or not _fits(self, x):
            return super().forward(x, output_size)
        how = ([2, 2], self.padding, [1, 1], True, self.output_padding, 1)
        made: Tensor = _Scaled.apply(x, self.weight, self.bias, how)
        return made


def _fits(layer: nn.Conv2d | nn.ConvTranspose2d, x: Tensor) -> bool:
    """Whether layer and pictures are such, and torch computes now as it is told to."""
    how = (layer.stride, layer.dilation, layer.groups, layer.padding_mode)
    square = layer.kernel_size[0] == layer.kernel_size[1]
    if not layer.training or how != ((2, 2), (1, 1), 1, "zeros") or not square or isinstance(layer.padding, str):
        return False
    return exact(x, layer.weight) and min(layer.in_channels, layer.out_channels) >= WIDE


class _Scaled(torch.autograd.Function):
    """Either convolution, and what it gives back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, how: tuple[Any, ...]) -> Tensor:
        """As torch's own, which takes `how` it is done."""
        ctx.save_for_backward(x, weight)
        ctx.how = how
        made: Tensor = torch.ops.aten.convolution(x, weight, bias, *how)
        return made

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of pictures, filters and bias, as far as they are wanted."""
        x, weight = ctx.saved_tensors
        of_pictures, of_filters, of_bias = ctx.needs_input_grad[:3]
        again = torch.is_grad_enabled()  # Someone wants the gradient of a gradient, which the plain one has.
        wanted = [of_pictures, of_filters and again, False]
        pictures, filters, _ = torch.ops.aten.convolution_backward(gradient, x, weight, None, *ctx.how, wanted)
        if of_filters and not again:
            _, padding, _, doubling, *_ = ctx.how
            small, large = (x, gradient) if doubling else (gradient, x)
            filters = correlated(small, large, weight.shape[2], padding)
        return pictures, filters, gradient.sum((0, 2, 3)) if of_bias else None, None


def correlated(small: Tensor, large: Tensor, side: int, padding: tuple[int, int]) -> Tensor:
    """What the filters between two maps learn.

    Args:
        small: (N, S, H, W).
        large: (N, L, 2H, 2W), or a pixel less.
        side: Pixels along each side of a filter.
        padding: Zeros above and below the large map, and beside it.

    Returns:
        (S, L, side, side): the sum over all places of what both maps have there, as seen from each place of the filter.
    """
    down, across = padding
    grown = F.pad(large, (across, across, down, down)).contiguous(memory_format=torch.channels_last)
    _, channels, high, wide = small.shape
    rows = max(1, PLACES // wide)
    summed: Tensor | None = None
    for one, other in zip(small, grown, strict=True):
        for top in range(0, high, rows):
            band = range(top, min(top + rows, high))
            seen = rooms.one.copied(windows(other, side, 2, band, wide)).view(side**2, len(band) * wide, -1)
            here = one[:, top : band.stop].permute(1, 2, 0).reshape(-1, channels).T.expand(side**2, -1, -1)
            summed = torch.bmm(here, seen) if summed is None else summed.baddbmm_(here, seen)
    assert summed is not None, "A batch has pictures."
    return summed.permute(1, 2, 0).reshape(channels, -1, side, side)

"""Moments: mean and variance of a map that is seen in parts, as exact as if it had been seen at once.

Parts are merged in double precision by the rule that keeps the variance between their means. Source: Chan, Golub,
LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 1024
"""Pixels summed in single precision. On the CPU torch sums channels one pixel after the other: over 32,000 pixels the
variance is wrong by up to 3 in 1,000."""


class Moments:
    """Gathers the mean and the variance of each channel.

    Args:
        channels: How many there are.
    """

    def __init__(self, channels: int) -> None:
        self._count = 0.0
        self._mean = torch.zeros(channels, dtype=torch.float64)
        self._squares = torch.zeros(channels, dtype=torch.float64)

    def add(self, part: Tensor) -> None:
        """Take in a part (1, C, h, w) of the map, float32."""
        pixels = part.permute(0, 2, 3, 1).reshape(-1, part.shape[1])
        if not len(pixels):
            return
        on_cpu = pixels.device.type == "cpu"
        blocks = pixels.split(BLOCK) if on_cpu else (pixels,)
        found = [_moments(block, on_cpu=on_cpu) for block in blocks]
        means, variances = (torch.stack(both).double() for both in zip(*found, strict=True))
        counts = torch.tensor([len(block) for block in blocks], dtype=torch.float64)[:, None]
        self._merge(float(counts.sum()), *_merged(means, variances, counts))

    def _merge(self, count: float, mean: Tensor, squares: Tensor) -> None:
        total = self._count + count
        away = mean - self._mean
        self._squares += squares + away.square() * (self._count * count / total)
        self._mean += away * (count / total)
        self._count = total

    def result(self) -> tuple[Tensor, Tensor]:
        """Mean and variance (C,) of all that was taken in, float32; the variance is that of the map itself."""
        return self._mean.float(), (self._squares / max(1.0, self._count)).float()


def _moments(pixels: Tensor, *, on_cpu: bool) -> tuple[Tensor, Tensor]:
    """Mean and variance (C,) of (n, C)."""
    if on_cpu:  # Four times as quick there as a mean and a variance.
        mean, variance = torch.batch_norm_update_stats(pixels, None, None, 0.0)
    else:
        variance, mean = torch.var_mean(pixels, 0, correction=0)
    return mean.cpu(), variance.cpu()


def _merged(means: Tensor, variances: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and sum of squares about it (C,) of blocks (B, C) of so many pixels (B, 1)."""
    mean = (means * counts).sum(0) / counts.sum()
    return mean, (counts * (variances + (means - mean).square())).sum(0)

"""Distances between two sets of pictures: how far what is made is from what is real, over all pictures together.

Two measures. KID looks with a network that knows photographs and is the one to compare with published figures. The
sliced Wasserstein distance needs no weights: it compares small patches of the pictures at several scales.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

SUBSETS, SUBSET_SIZE = 100, 1000  # As published for KID.
PATCHES = 2048  # Of each set and scale.
PATCH = 7  # Pixels.
DIRECTIONS = 128
COARSEST = 16  # Pixels; smaller scales hold too few patches.
_BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


Ruler: TypeAlias = Callable[[Tensor], float]
"""How far pictures (N, 3, H, W) in [-1, 1] are, all together, from the real ones that the ruler was made from."""


def squared_mmd(x: Tensor, y: Tensor) -> Tensor:
    """Unbiased squared maximum mean discrepancy of features (M, D) and (N, D) with the kernel (x·y / D + 1)³.

    About 0 for two samples of one distribution, and then as often below as above. M and N are at least 2.

    Source: Bińkowski, Sutherland, Arbel, Gretton: "Demystifying MMD GANs", ICLR 2018, section 4; Gretton et al.,
    "A Kernel Two-Sample Test", 2012, equation 3.
    """
    x, y = x.double(), y.double()

    def kernel(one: Tensor, other: Tensor) -> Tensor:
        return (one @ other.T / one.shape[1] + 1) ** 3

    def apart(alike: Tensor) -> Tensor:
        count = len(alike)
        return (alike.sum() - alike.diagonal().sum()) / (count * (count - 1))

    return apart(kernel(x, x)) + apart(kernel(y, y)) - 2 * kernel(x, y).mean()


def subset_size(real: int, made: int) -> int:
    """How many features of each set one subset of KID holds; all of them where there are too few to choose from."""
    return min(SUBSET_SIZE, real, made)


def kid(real: Tensor, made: Tensor) -> float:
    """Kernel Inception Distance of features (M, D) and (N, D): `squared_mmd`, the mean over 100 random subsets.

    Where no set has more than a subset holds, all features are used once, which has the least variance.

    Raises:
        ValueError: A set has fewer than two.
    """
    size = subset_size(len(real), len(made))
    if size < 2:
        raise ValueError("A distance needs at least two pictures on each side.")
    real, made = real.cpu(), made.cpu()  # Not every device has float64.
    if max(len(real), len(made)) <= SUBSET_SIZE:
        return float(squared_mmd(real, made))
    random = torch.Generator().manual_seed(0)
    found = [
        squared_mmd(*(part[torch.randperm(len(part), generator=random)[:size]] for part in (real, made)))
        for _ in range(SUBSETS)
    ]
    return float(torch.stack(found).mean())


class KIDRuler:
    """KID from these pictures, seen by `eyes`: (N, 3, H, W) in [-1, 1] → features (N, D)."""

    name = "KID"

    def __init__(self, real: Tensor, eyes: Callable[[Tensor], Tensor]) -> None:
        self._eyes = eyes
        self._real = eyes(real).cpu()

    def __call__(self, x: Tensor) -> float:
        """KID."""
        return kid(self._real, self._eyes(x))


def shadows(points: Tensor, directions: Tensor) -> Tensor:
    """Points (P, D) projected onto each of `directions` (K, D), which have length 1: (K, P), sorted.

    Along one line the Wasserstein-1 distance of two sets is the mean difference of their sorted points; the sliced
    distance is its mean over directions. Source: Rabin, Peyré, Delon, Bernot, "Wasserstein Barycenter and its
    Application to Texture Mixing", 2011.
    """
    return (directions @ points.T).sort(dim=1).values


def random_directions(count: int, width: int) -> Tensor:
    """(count, width), each of length 1, the same ones every time."""
    random = torch.Generator().manual_seed(0)
    return F.normalize(torch.randn(count, width, generator=random), dim=1)


def pyramid(x: Tensor) -> list[Tensor]:
    """(N, C, H, W) → what each scale adds to the next coarser one, the finest first, and at last what remains.

    Source: Burt, Adelson: "The Laplacian Pyramid as a Compact Image Code", 1983.
    """
    levels = []
    while min(x.shape[2:]) >= 2 * COARSEST:
        small = _smooth(x)[:, :, ::2, ::2]
        levels.append(x - F.interpolate(small, size=x.shape[2:], mode="bilinear"))
        x = small
    return [*levels, x]


class SlicedWassersteinRuler:
    """Sliced Wasserstein distance from these pictures, in standard deviations of their patches.

    The mean over the scales of a Laplacian pyramid of the distance of 2048 patches of 7×7 pixels along 128 directions,
    as Karras et al. measure ("Progressive Growing of GANs", ICLR 2018, section 5), but both sets are brought to the
    real ones' mean and deviation in each colour, not each to its own: else a cast of colour would go unseen.
    Patches and directions are the same every time, so that steps can be compared; equal sets are at distance 0.

    Args:
        real: (N, 3, H, W) in [-1, 1], H and W at least 16.
    """

    name = "sliced Wasserstein"

    def __init__(self, real: Tensor) -> None:
        self._directions = random_directions(DIRECTIONS, 3 * PATCH**2).to(real.device)
        self._norms: list[tuple[Tensor, Tensor]] = []
        self._real: list[Tensor] = []
        for level in pyramid(real.float()):
            mean = level.mean((0, 2, 3), keepdim=True)
            deviation = level.std((0, 2, 3), keepdim=True, unbiased=False).clamp(min=1e-3)
            self._norms.append((mean, deviation))
            self._real.append(shadows(patches((level - mean) / deviation), self._directions))

    def __call__(self, x: Tensor) -> float:
        """The distance."""
        apart = [
            (shadows(patches((level - mean) / deviation), self._directions) - real).abs().mean()
            for level, (mean, deviation), real in zip(pyramid(x.float()), self._norms, self._real, strict=True)
        ]
        return float(torch.stack(apart).mean())


def patches(x: Tensor, count: int = PATCHES) -> Tensor:
    """(N, C, H, W) → (count, C·7·7): patches of random pictures at random places, the same ones every time."""
    random = torch.Generator().manual_seed(0)
    tiles = x.unfold(2, PATCH, 1).unfold(3, PATCH, 1)
    number, row, column = (
        torch.randint(tiles.shape[dim], (count,), generator=random).to(x.device) for dim in (0, 2, 3)
    )
    return tiles[number, :, row, column].flatten(1)


def _smooth(x: Tensor) -> Tensor:
    """Each channel under the binomial window of five pixels."""
    window = torch.tensor(_BINOMIAL, device=x.device, dtype=x.dtype)
    kernel = (window[:, None] * window[None, :]).expand(x.shape[1], 1, -1, -1)
    return F.conv2d(F.pad(x, (2, 2, 2, 2), mode="reflect"), kernel, groups=x.shape[1])

"""Figures of single pictures: how much of the input a result keeps, how near it is to the truth, and what goes wrong.

All take (N, 3, H, W) in [-1, 1] and give the mean over the pictures. They are for looking at, not for learning: each
ends on the CPU.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.engine.models.painting import resized

_LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601, for red, green and blue as they are stored.
_SCALES = 3
_FLAT = 1e-6  # Variance below which there is nothing to compare.
_THUMBNAIL = 16  # Pixels.
_PERIODS = (2, 4, 8)  # Pixels: what upsampling once, twice or three times repeats.
_AROUND = range(3, 7)  # Neighbours of a frequency; the nearest two hold what leaks out of it.


def luminance(x: Tensor) -> Tensor:
    """(N, 3, H, W) → (N, 1, H, W), in the same range."""
    weights = torch.tensor(_LUMINANCE, device=x.device, dtype=x.dtype)
    return (x * weights[:, None, None]).sum(1, keepdim=True)


def faithfulness(x: Tensor, y: Tensor) -> float:
    """How much of the drawing of `x` is in `y`, in [0, 1]: 1 for the same edges, 0 for those of another picture.

    The correlation of the strength of edges, the mean over three scales. Strength is that of the change of colour in
    any direction (Di Zenzo, "A note on the gradient of a multi-image", 1986), so that inverting or swapping colours
    keeps all of it; its square root is compared, so that a few strong edges do not decide alone.
    """
    found = []
    for _ in range(_SCALES):
        found.append(_correlation(_edges(x), _edges(y)))
        if min(x.shape[2:]) < 2 * _THUMBNAIL:
            break
        x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return float(torch.stack(found).mean(0).clamp(0, 1).mean())


def psnr(x: Tensor, y: Tensor) -> float:
    """Peak signal-to-noise ratio of each picture in decibels, at most 100; the mean."""
    error = (x - y).square().mean((1, 2, 3)) / 4
    return float((-10 * error.clamp(min=1e-10).log10()).mean())


def ssim(x: Tensor, y: Tensor) -> float:
    """Structural similarity, at most 1: a Gaussian window of 11 pixels, 1.5 wide, colours apart, borders left out.

    Source: Wang, Bovik, Sheikh, Simoncelli: "Image Quality Assessment", 2004, equation 13.
    """
    x, y = (x.double().cpu() + 1) / 2, (y.double().cpu() + 1) / 2
    place = torch.arange(11, dtype=x.dtype) - 5
    window = torch.exp(-place.square() / (2 * 1.5**2))
    window = window / window.sum()
    kernel = (window[:, None] * window[None, :]).expand(3, 1, -1, -1)

    def mean(z: Tensor) -> Tensor:
        return F.conv2d(z, kernel, groups=3)

    mean_x, mean_y = mean(x), mean(y)
    variance_x, variance_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    together = mean(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    top = (2 * mean_x * mean_y + c1) * (2 * together + c2)
    return float((top / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2))).mean())


def likeness(x: Tensor, y: Tensor) -> float:
    """1 where nothing was changed, 0 where black became white everywhere: 1 - the mean absolute difference."""
    return 1 - float((x - y).abs().mean()) / 2


def tone(x: Tensor, y: Tensor) -> float:
    """Whether light stays light: the correlation of luminance, in [-1, 1]; -1 for a negative."""
    return float(_correlation(*(luminance(_thumbnails(z)) for z in (x, y))).mean())


def variety(made: Tensor, real: Tensor) -> float:
    """How different the pictures made are from each other, relative to real ones: about 1, and 0 when all are alike.

    Differences are mean distances of all pairs of thumbnails. 1 where one cannot tell, with fewer than two pictures.
    """
    if min(len(made), len(real)) < 2:
        return 1.0
    spread = [torch.pdist(_thumbnails(z).flatten(1).cpu()).mean() for z in (made, real)]
    return float(spread[0] / spread[1].clamp(min=1e-6))


def grid(made: Tensor, real: Tensor) -> float:
    """How much stronger a grid of 2, 4 or 8 pixels stands out in the pictures made than in real ones, in decibels.

    Source: Odena, Dumoulin, Olah: "Deconvolution and Checkerboard Artifacts", 2016; looked for in the spectrum of
    rows and columns, as a peak above the frequencies beside it.
    """
    return float((_peaks(made) - _peaks(real)).max().clamp(min=0))


def _peaks(x: Tensor) -> Tensor:
    """(periods,): by how many decibels each grid stands out of its surroundings, along rows or columns."""
    light = luminance(x.float())
    side = min(light.shape[2:]) // 16 * 16
    light = light[:, 0, :side, :side]
    window = torch.hann_window(side, periodic=True, device=x.device)
    found = []
    for lines in (light, light.transpose(1, 2)):
        # Neighbours are subtracted: pictures have most of their power in what changes slowly, which would leak.
        sharp = lines - 0.5 * (lines.roll(1, -1) + lines.roll(-1, -1))
        power = torch.fft.rfft(sharp * window).abs().square().mean((0, 1))
        # The exact same value everywhere has no spectrum; a millionth of a grey level is nothing.
        decibels = 10 * (power + 1e-9).log10()
        found.append(torch.stack([_excess(decibels, side // period) for period in _PERIODS if side // period > 6]))
    return torch.stack(found).amax(0).cpu()


def _excess(decibels: Tensor, place: int) -> Tensor:
    """How far the value at `place` is above a parabola through its neighbours, which follows any smooth spectrum."""
    last = len(decibels) - 1
    pairs = [(place - off, place + off if place + off <= last else 2 * last - place - off) for off in _AROUND]
    sides = torch.stack([decibels[list(pair)].mean() for pair in pairs])
    squares = torch.tensor([float(off * off) for off in _AROUND], device=decibels.device)
    squares = squares - squares.mean()
    bend = (squares * sides).sum() / squares.square().sum()
    expected = sides.mean() - bend * sum(off * off for off in _AROUND) / len(_AROUND)
    return decibels[place] - expected


def _edges(x: Tensor) -> Tensor:
    """(N, 1, H - 2, W - 2): square root of the strength of edges."""
    window = torch.tensor([1.0, 2.0, 1.0], device=x.device, dtype=x.dtype) / 4
    slope = torch.tensor([-0.5, 0.0, 0.5], device=x.device, dtype=x.dtype)
    kernels = [
        (one[:, None] * other[None, :]).expand(3, 1, -1, -1) for one, other in ((window, slope), (slope, window))
    ]
    changes = torch.stack([F.conv2d(x, kernel, groups=3) for kernel in kernels])
    return changes.square().sum((0, 2))[:, None].pow(0.25)


def _correlation(x: Tensor, y: Tensor) -> Tensor:
    """(N,): Pearson's, of all values of a picture; of two flat pictures 1, and of a flat one with another 0."""
    x, y = (z.flatten(1) - z.flatten(1).mean(1, keepdim=True) for z in (x, y))
    variance_x, variance_y = x.square().mean(1), y.square().mean(1)
    found = (x * y).mean(1) / (variance_x * variance_y).sqrt().clamp(min=_FLAT)
    both_flat = (variance_x < _FLAT) & (variance_y < _FLAT)
    return torch.where(both_flat, 1.0, found)


def _thumbnails(x: Tensor) -> Tensor:
    return resized(x, min(_THUMBNAIL, x.shape[2]), min(_THUMBNAIL, x.shape[3]))

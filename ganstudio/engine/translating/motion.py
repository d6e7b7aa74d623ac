"""What moved from one picture to the next, and by how much: matching by neighbourhoods, from coarse to fine.

A vector for every pixel: at the coarsest of several sizes all small moves are tried, at each finer one those beside
what was found; a move is good when the neighbourhoods look alike. Between whole pixels a parabola through three costs
tells.
Source: hierarchical block matching, as in Bierling, "Displacement estimation by hierarchical block matching", 1988.
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor
from torch.nn import functional

FINEST_PIXELS = 1 << 20  # Larger pictures are matched at half their size or less, and vectors enlarged.
COARSEST_SIDE = 24
LEVELS = 5  # With REACH, moves of up to 3 · 2⁵ = 96 pixels are found in a picture of FINEST_PIXELS.
REACH = 3
WINDOW = 9  # Side of a neighbourhood in pixels.
_HESITATION = 2e-5  # In squares of white: by a level or so a move must be better, for flat parts not to wander.
_WHOLE = 0.15  # Of a pixel.


def motion(before: Tensor, after: Tensor) -> Tensor:
    """Where each pixel of a picture was in the one before.

    Args:
        before: (1, 3, H, W) in [0, 1].
        after: Likewise.

    Returns:
        (1, 2, H, W): by how many pixels to the right, and down, one has to go to find it there.
    """
    size = after.shape[-2:]
    pair = torch.cat([before, after]).mean(1, keepdim=True)
    while pair.shape[-2] * pair.shape[-1] > FINEST_PIXELS:
        pair = functional.avg_pool2d(pair, 2, ceil_mode=True)
    pair = _softened(pair)
    pyramid = [pair]
    while len(pyramid) <= LEVELS and min(pyramid[-1].shape[-2:]) >= 2 * COARSEST_SIDE:
        pyramid.append(functional.avg_pool2d(pyramid[-1], 2, ceil_mode=True))
    flow = pair.new_zeros(1, 2, *pyramid[-1].shape[-2:])
    for depth, level in enumerate(reversed(pyramid)):
        flow = _enlarged(flow, level.shape[-2:])
        flow = _improved(level[:1], level[1:], flow, REACH if depth == 0 else 1)
    flow = _between(pair[:1], pair[1:], flow)
    return _enlarged(flow, size)


def warped(picture: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
    """A picture moved along a flow.

    Args:
        picture: (1, C, H, W): the one before.
        flow: (1, 2, H, W), as `motion` gives it.

    Returns:
        (1, C, H, W), bicubic, and (1, 1, H, W): 1 where it shows something and 0 where that lies outside.
    """
    height, width = picture.shape[-2:]
    x = torch.arange(width, device=flow.device, dtype=flow.dtype) + flow[0, 0]
    y = torch.arange(height, device=flow.device, dtype=flow.dtype)[:, None] + flow[0, 1]
    inside = ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).to(flow.dtype)
    grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], -1)[None]
    moved = functional.grid_sample(picture, grid, mode="bicubic", padding_mode="border", align_corners=False)
    return moved, inside[None, None]


def _enlarged(flow: Tensor, size: torch.Size) -> Tensor:
    if flow.shape[-2:] == size:
        return flow
    ratio = flow.new_tensor([size[1] / flow.shape[-1], size[0] / flow.shape[-2]])
    return functional.interpolate(flow, size=tuple(size), mode="nearest") * ratio[None, :, None, None]


def _improved(before: Tensor, after: Tensor, flow: Tensor, reach: int) -> Tensor:
    """The best of all moves that differ by at most `reach` whole pixels each way from what was found.

    What was found is that for the pixel itself and for those around it, what most pixels do, which is what the camera
    does, and standing still.
    """
    flow = _middle(flow).round()
    common = flow.flatten(2).median(2).values.view(1, 2, 1, 1).expand_as(flow)
    best, found = _cost(before, after, flow), flow
    for start in (flow, common, torch.zeros_like(flow)):
        for x, y in product(range(-reach, reach + 1), repeat=2):
            tried = start + start.new_tensor([x, y])[None, :, None, None]
            cost = _cost(before, after, tried) + _HESITATION * (abs(x) + abs(y))
            better = cost < best
            best, found = torch.where(better, cost, best), torch.where(better, tried, found)
    return _middle(found)


def _softened(pair: Tensor) -> Tensor:
    """Without the finest detail, whose cost between two whole pixels no parabola describes."""
    kernel = pair.new_tensor([1.0, 2.0, 1.0]) / 4
    padded = functional.pad(pair, (1,) * 4, mode="replicate")
    return functional.conv2d(functional.conv2d(padded, kernel.view(1, 1, 3, 1)), kernel.view(1, 1, 1, 3))


def _middle(flow: Tensor) -> Tensor:
    """The median of each pixel and its neighbours, which lets no single one stray."""
    around = functional.unfold(functional.pad(flow, (1,) * 4, mode="replicate").movedim(1, 0), 3)
    return around.median(1).values.view_as(flow)


def _between(before: Tensor, after: Tensor, flow: Tensor) -> Tensor:
    """`flow` to parts of a pixel: where a parabola through the costs beside it is lowest.

    Small parts are none: what stands still, or moves by whole pixels, is not to be sampled between pixels.
    """
    here = _cost(before, after, flow)
    parts = []
    for step in ([1, 0], [0, 1]):
        move = flow.new_tensor(step)[None, :, None, None]
        less, more = _cost(before, after, flow - move), _cost(before, after, flow + move)
        bend = less + more - 2 * here
        part = ((less - more) / (2 * bend.clamp(min=2 * _HESITATION))).clamp(-0.5, 0.5)
        parts.append(torch.where((bend > 2 * _HESITATION) & (part.abs() > _WHOLE), part, 0))
    return flow + torch.cat(parts, 1)


def _cost(before: Tensor, after: Tensor, flow: Tensor) -> Tensor:
    """(1, 1, H, W): how much the neighbourhood of each pixel differs from where `flow`, of whole pixels, leads."""
    height, width = after.shape[-2:]
    x = (torch.arange(width, device=flow.device) + flow[0, 0].long()).clamp(0, width - 1)
    y = (torch.arange(height, device=flow.device)[:, None] + flow[0, 1].long()).clamp(0, height - 1)
    difference = (after - before[:, :, y, x]).square()
    padded = functional.pad(difference, (WINDOW // 2,) * 4, mode="replicate")
    # A square neighbourhood is a row of columns.
    return functional.avg_pool2d(functional.avg_pool2d(padded, (WINDOW, 1), 1), (1, WINDOW), 1)

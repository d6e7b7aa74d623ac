"""Flicker: how much a film changes from frame to frame beyond what moves in it.

With M the pixels that can be seen in both frames, and W the frame before, moved along the motion:

    F = 255 · √ mean over t, i in M and colours of (O(t, i) - W O(t - 1, i))²

in levels of 255. Source: the warping error of Lai et al., "Learning Blind Video Temporal Consistency", 2018, equation
8, whose mean of squares is given here as its root, in levels. A pixel is in M where the original, moved, looks as it
does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.translating.motion import motion, warped

ALIKE = 0.05  # Of white: what differs more in the original is not the same thing.


@torch.inference_mode()
def flicker(
    shown: Sequence[NDArray[np.uint8]],
    originals: Sequence[NDArray[np.uint8]],
    motions: Iterable[NDArray[np.float32]] | None = None,
) -> float:
    """How much frames flicker, in levels of 255.

    Args:
        shown: (H, W, 3) each, two or more: the translation; of the originals themselves, what is left of them is told.
        originals: Of the same size.
        motions: (2, H, W) for each frame but the first: to the right and down, where each of its pixels was in the
            frame before. None has them estimated from the originals.
    """
    flows = iter(motions) if motions is not None else None
    total, count = 0.0, 0.0
    for number in range(1, len(shown)):
        before, after = (_tensor(originals[at]) for at in (number - 1, number))
        flow = motion(before, after) if flows is None else torch.from_numpy(next(flows))[None]
        moved, inside = warped(before, flow)
        both = inside * ((after - moved).abs().amax(1, keepdim=True) < ALIKE)
        was, _ = warped(_tensor(shown[number - 1]), flow)
        total += float(((_tensor(shown[number]) - was.clamp(0, 1)).square() * both).sum())
        count += 3 * float(both.sum())
    return 255 * math.sqrt(total / max(count, 1.0))


def _tensor(pixels: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pixels.astype(np.float32) / 255).movedim(2, 0)[None].contiguous()

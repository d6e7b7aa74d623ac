"""Smoothing: what flickers in a translated film and not in the original is calmed, along what moves there.

A network sees each frame for itself, so small differences between frames become visible ones. With T the translation of
frame t and O what is shown, at each pixel:

    O(t) = T(t) + a · c · (W O(t - 1) - T(t))        a = 0.9 · smooth

W moves the frame before along the motion from the original's frame t - 1 to t, and c says how far to trust it: it falls
with the difference d between the original's frame and the one before, moved, as exp(-(d / 0.05)²) in parts of white,
and is 0 where nothing was. What appears anew, or moved in a way that was not understood, is shown as it was translated.

For flicker that is independent from frame to frame this leaves (1 - a) / √(1 + a) of it: 46 % at 0.5, 7 % at 1.
Measured by `flicker` of the tests on a photograph over which a camera moves: with moves of whole pixels and flickering
tints 59 % are left at 0.5 and 30 % at 1, at no loss of sharpness; with moves of parts of a pixel and with blotches,
73 % and 59 %, a third of it the camera's own, and 2 % and 4 % of the finest detail (the deviation of the Laplacian) go.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ganstudio.engine.translating.motion import motion, warped

STRONGEST = 0.9
TRUST = 0.05  # Of white; noise of a camera is below, another thing above.


class Smoothing:
    """A filter over the frames of one film.

    Args:
        strength: From 0 to 1.
        device: Where to compute.
    """

    def __init__(self, strength: float, device: torch.device) -> None:
        self._share = STRONGEST * strength
        # Metal has no bicubic sampling.
        self._device = device if device.type == "cuda" else torch.device("cpu")

    @torch.inference_mode()
    def follow(
        self, made: NDArray[Any], picture: NDArray[Any], before: NDArray[Any] | None, state: NDArray[Any] | None
    ) -> tuple[NDArray[Any], NDArray[np.uint16]]:
        """A frame that follows the one before.

        Args:
            made: (s·H, s·W, 3) uint8 or uint16: the translation.
            picture: (H, W, 3): the original's frame.
            before: The original's frame before it; None for the first.
            state: What was returned with that one; None for the first.

        Returns:
            The frame, and the state to follow from: the frame, finer than what can be shown.
        """
        told = _tensor(made, self._device)
        if before is not None and state is not None:
            earlier, now = _tensor(before, self._device), _tensor(picture, self._device)
            flow = motion(earlier, now)
            moved, inside = warped(earlier, flow)
            difference = (now - moved).square().mean(1, keepdim=True)
            trust = torch.exp(-functional.avg_pool2d(difference, 3, 1, 1) / TRUST**2) * inside
            scale = made.shape[0] // picture.shape[0]
            if scale > 1:
                flow, trust = (
                    functional.interpolate(part, scale_factor=scale, mode="bilinear") for part in (flow * scale, trust)
                )
            shown, _ = warped(_tensor(state, self._device), flow)
            told = told + self._share * trust * (shown.clamp(0, 1) - told)
        return _pixels(told, made.dtype), _pixels(told, np.dtype(np.uint16))


def _tensor(pixels: NDArray[Any], device: torch.device) -> Tensor:
    """(1, 3, H, W) in [0, 1]."""
    values = pixels.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    return torch.from_numpy(values).to(device).movedim(2, 0)[None].contiguous()


def _pixels(values: Tensor, kind: np.dtype[Any]) -> NDArray[Any]:
    """The same as (H, W, 3) of this kind."""
    pixels = values[0].movedim(0, 2).cpu().numpy() * np.float32(np.iinfo(kind).max)
    return np.rint(pixels).clip(0, np.iinfo(kind).max).astype(kind)

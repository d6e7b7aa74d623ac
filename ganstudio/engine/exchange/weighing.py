"""Weighing: a light generator beside the full one that it learnt from: what it loses, and what it gains."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from ganstudio.engine import devices
from ganstudio.engine.models.painting import Painting, network
from ganstudio.pictures.stock import Stock
from ganstudio.words.cards import Lightness

ROUNDS = 5
"""Pictures that each paints in turns, of which the quickest counts: what else the machine does only slows down."""

ALIKE = 99.0
"""Said in dB of pictures without any difference."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was measured.

    Attributes:
        figures: For the card.
        shown: (pictures, 2, 3, S, S) in [-1, 1]: squares before and after, as the light one paints them.
    """

    figures: Lightness
    shown: Tensor


def weighed(name: str, full: Painting, light: Painting, held_out: Stock, side: int) -> Generator[None, None, Weighed]:
    """Let both paint the same pictures.

    Args:
        name: The full model's.
        full: Its way.
        light: The light one's.
        held_out: Pictures that neither the light one nor, where it was trained on these folders, the full one learnt.
        side: Pixels of a side of the picture that multiply-adds and seconds are for.
    """
    device = next(light.parameters()).device
    decibels, apart, shown = [], [], []
    for index in range(len(held_out)):
        yield None
        pixels = torch.tensor(held_out.pixels(index), device=device)
        picture = pixels.permute(1, 2, 0)[None]
        with torch.inference_mode():
            one, other = (painting(picture).double() for painting in (full, light))
        error = float((one - other).square().mean())
        decibels.append(min(ALIKE, 10 * math.log10(255**2 / error)) if error else ALIKE)
        apart.append(float((one - other).abs().mean()))
        square = torch.cat([picture, other.byte()])[:, :side, :side]
        shown.append(network(square))
    seconds = yield from _seconds(full, light, side)
    figures = Lightness(
        full=name,
        multiply_adds=(multiply_adds(light, side), multiply_adds(full, side)),
        seconds=seconds,
        psnr=sum(decibels) / len(decibels),
        difference=sum(apart) / len(apart),
        pictures=len(decibels),
        side=side,
        device=devices.title(device),
    )
    return Weighed(figures, torch.stack(shown))


def multiply_adds(painting: Painting, side: int) -> float:
    """What one picture of side × side pixels takes, counted by torch; half of its floating point operations."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        painting(_blank(painting, side))
    return float(counted.get_total_flops()) / 2


def _seconds(full: Painting, light: Painting, side: int) -> Generator[None, None, tuple[float, float]]:
    """Time for a picture of side × side pixels, of (light, full), taken in turns."""
    blank = _blank(full, side)
    best = [math.inf, math.inf]
    for _ in range(ROUNDS):
        for place, painting in enumerate((light, full)):
            yield None
            began = time.perf_counter()
            with torch.inference_mode():
                painting(blank).cpu()  # Waits for the device.
            best[place] = min(best[place], time.perf_counter() - began)
    return best[0], best[1]


def _blank(painting: Painting, side: int) -> Tensor:
    return torch.zeros(1, side, side, 3, dtype=torch.uint8, device=next(painting.parameters()).device)

"""Differentiable augmentation: a discriminator sees every picture, real or made, changed by chance.

With few pictures a discriminator learns them by heart, and then tells the generator nothing. Changes of the training
pictures alone would be learnt and painted; when real and made pictures are changed alike, and the change lets gradients
through, the generator learns the pictures as they are.

Source: Zhao, Liu, Lin, Zhu, Han: "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020, section
3.2 and appendix: its colour, translation and cutout. "strong" is all three, as published for the smallest sets;
"gentle" leaves the colours, for where they are what is to be learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.chance import sent

SHIFT = 1 / 8  # Of the side; published.
PATCH = 1 / 2

Change = Callable[[Tensor, Tensor], Tensor]


def colour(x: Tensor, chance: Tensor) -> Tensor:
    """Another brightness, saturation and contrast for each picture.

    Args:
        x: (N, 3·K, H, W) in [-1, 1]; what comes out may leave that range. The K pictures of a pair change alike.
        chance: (N, 3) in [0, 1).
    """
    count, channels, height, width = x.shape
    brightness, saturation, contrast = chance.view(count, 3, 1, 1, 1, 1).unbind(1)
    x = x.view(count, channels // 3, 3, height, width) + (brightness - 0.5)
    grey = x.mean(2, keepdim=True)
    x = torch.lerp(grey, x, 2 * saturation)
    middle = x.mean((2, 3, 4), keepdim=True)
    return torch.lerp(middle, x, contrast + 0.5).reshape(count, channels, height, width)


def translation(x: Tensor, chance: Tensor) -> Tensor:
    """Each picture moved by whole pixels, at most an eighth of its sides; what comes in from outside is 0.

    Args:
        x: (N, C, H, W).
        chance: (N, 2) in [0, 1).
    """
    count, _, height, width = x.shape
    most = [round(side * SHIFT) for side in (height, width)]
    rows, columns = (
        (chance[:, axis, None] * (2 * most[axis] + 1)).long() + torch.arange(side, device=x.device)
        for axis, side in enumerate((height, width))
    )
    padded = F.pad(x, (most[1], most[1], most[0], most[0]))
    number = torch.arange(count, device=x.device)[:, None, None]
    # Indices stand before and behind the channels, which therefore come out last.
    return padded[number, :, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


def cutout(x: Tensor, chance: Tensor) -> Tensor:
    """A square of half the side set to 0 in each picture, its centre anywhere in the picture.

    Args:
        x: (N, C, H, W).
        chance: (N, 2) in [0, 1).
    """
    inside = []
    for axis, side in enumerate(x.shape[2:]):
        length = round(side * PATCH)
        centre = (chance[:, axis, None] * (side + 1 - length % 2)).floor()
        away = torch.arange(side, device=x.device) - (centre - length // 2)
        inside.append((away >= 0) & (away < length))
    hidden = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return x.masked_fill(hidden, 0.0)


STRENGTHS: dict[str, tuple[tuple[Change, int], ...]] = {
    "none": (),
    "gentle": ((translation, 2), (cutout, 2)),
    "strong": ((colour, 3), (translation, 2), (cutout, 2)),
}
"""Strength → changes in their order, and how many numbers of chance each takes for a picture."""


def augment(x: Tensor, strength: str, alike: int = 1) -> Tensor:
    """Pictures as a discriminator sees them.

    Args:
        x: (N, 3·K, H, W) in [-1, 1].
        strength: A key of STRENGTHS.
        alike: In how many equal parts of N the same changes are made; the pictures of a part change each on its own.

    Returns:
        The same shape.
    """
    for change, numbers in STRENGTHS[strength]:
        # Chance comes from the CPU's generator, so that every device plays the same game.
        x = change(x, sent(torch.rand(len(x) // alike, numbers).repeat(alike, 1), x.device))
    return x


@contextmanager
def changed_for(discriminators: Sequence[nn.Module], strength: str, alike: int = 1) -> Iterator[None]:
    """As long as the block lasts, these networks see every picture changed.

    What they are given beside pictures, such as labels, stays as it is; so do the names of their state.
    """

    def change(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(augment(x, strength, alike) if x.dim() == 4 else x for x in inputs)

    hooks = [discriminator.register_forward_pre_hook(change) for discriminator in discriminators if STRENGTHS[strength]]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()

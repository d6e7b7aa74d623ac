"""What is asked of a generator: a class or a caption, and chance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from ganstudio.words import captions
from ganstudio.words.routes import Route

SMALLEST_ANGLE = 1e-4  # Sine of it.


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a generator.

    Attributes:
        name: In words.
        condition: (1,) int64 class or (1, 32) int64 words on the CPU; None when nothing is asked.
    """

    name: str
    condition: Tensor | None = None


def ask(route: Route, label: str | None, text: str | None, index: int) -> Asked:
    """What a label or a caption asks of `route`; without a label, each class in turn by `index`.

    Raises:
        ValueError: The route has no labels or captions, or not this one, or needs a caption.
    """
    route.check(label, text)
    if route.words:
        return Asked(text or "", torch.tensor([captions.encode(text or "", route.words)]))
    if not route.labels:
        return Asked(route.target)
    number = index % len(route.labels) if label is None else route.labels.index(label)
    return Asked(route.labels[number], torch.tensor([number]))


def on_the_way(one: Tensor, other: Tensor, share: float) -> Tensor:
    """The point at `share` of the great circle from `one` to `other`, (1, Z) each; exactly the ends at 0 and 1."""
    if share in {0.0, 1.0}:
        return other if share else one
    angle = torch.acos(torch.cosine_similarity(one, other).clamp(-1, 1))
    if float(angle.sin()) < SMALLEST_ANGLE:
        return torch.lerp(one, other, share)
    return ((1 - share) * angle).sin() / angle.sin() * one + (share * angle).sin() / angle.sin() * other


def chance(seed: int, index: int) -> torch.Generator:
    """Chance of one picture, on the CPU so that every device draws the same; a hash keeps neighbours strangers."""
    digest = hashlib.sha256(f"{seed}/{index}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)

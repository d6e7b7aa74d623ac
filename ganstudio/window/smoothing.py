"""Smoothing of curves: a running mean. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ganstudio.window.curve import Point

SHARE = 0.1


def reach(first: float, last: float, amount: float) -> float:
    """How many steps a running mean looks back and ahead, so that what is seen looks the same at every length.

    Args:
        first: The first step that is seen.
        last: The last one.
        amount: 0 for none, 1 for a tenth of what is seen.
    """
    return amount * SHARE * (last - first)


def smoothed(points: Sequence[Point], reach: float) -> list[float]:
    """A running mean over `reach` steps back and ahead, so that it does not lag behind a falling curve."""
    if reach <= 0:
        return [point.value for point in points]
    back = _looking_back(points, reach)
    ahead = _looking_back(points[::-1], reach)[::-1]
    # Each point is in both sums; it counts once.
    return [
        (before + after - point.value) / (weight + other - 1)
        for point, (before, weight), (after, other) in zip(points, back, ahead, strict=True)
    ]


def _looking_back(points: Sequence[Point], reach: float) -> list[tuple[float, float]]:
    """At each point the weighted sum of the values up to it, and the sum of their weights."""
    sums, total, weight, before = [], 0.0, 0.0, points[0].step
    for step, value in points:
        keep = math.exp(-abs(step - before) / reach)
        total, weight, before = total * keep + value, weight * keep + 1.0, step
        sums.append((total, weight))
    return sums

"""Smoothing of curves: a running mean. No Qt."""

from __future__ import annotations

import numpy as np

from ganstudio.window.curve import Line, Numbers

SHARE = 0.1
FARTHEST = 300.0
"""How often `reach` is looked back at once; what lies farther away weighs nothing, and e to that is still a number."""


def reach(first: float, last: float, amount: float) -> float:
    """How many steps a running mean looks back and ahead, so that what is seen looks the same at every length.

    Args:
        first: The first step that is seen.
        last: The last one.
        amount: 0 for none, 1 for a tenth of what is seen.
    """
    return amount * SHARE * (last - first)


def smoothed(line: Line, reach: float) -> Numbers:
    """A running mean over `reach` steps back and ahead, so that it does not lag behind a falling curve: as many values.

    Each value weighs less the farther away it is, by a factor of e for every `reach`.
    """
    if reach <= 0 or len(line.steps) < 2:
        return line.values
    place = (line.steps - line.steps[0]) / reach
    before, weight = _looking_back(place, line.values)
    after, other = _looking_back(place[-1] - place[::-1], line.values[::-1])
    # Each point is in both sums; it counts once.
    means: Numbers = (before + after[::-1] - line.values) / (weight + other[::-1] - 1)
    return means


def _looking_back(place: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """At each point the weighted sum of the values up to it, and the sum of their weights. The first place is 0."""
    if place[-1] < FARTHEST:
        grown = np.exp(place)
        return (values * grown).cumsum() / grown, grown.cumsum() / grown
    total, weight = np.empty(len(values)), np.empty(len(values))
    before, heavy, at = 0.0, 0.0, 0
    while at < len(values):
        # As far as the exponentials of one go can be added up as they are.
        end = max(at + 1, int(np.searchsorted(place, place[at] + FARTHEST)))
        here = slice(at, end)
        grown = np.exp(place[here] - place[at])
        fade = np.exp(place[max(0, at - 1)] - place[at])
        total[here] = (before * fade + np.cumsum(values[here] * grown)) / grown
        weight[here] = (heavy * fade + np.cumsum(grown)) / grown
        before, heavy, at = total[end - 1], weight[end - 1], end
    return total, weight

"""Smoothing: a running mean that looks back and ahead alike."""

import numpy as np
import pytest

from ganstudio.window.curve import Line
from ganstudio.window.smoothing import reach, smoothed


def test_smoothing_keeps_the_level_and_calms_the_noise():
    steps = np.arange(200)
    noisy = Line(steps, 5.0 + (-1.0) ** steps)
    calm = smoothed(noisy, reach(0, 199, 1.0))
    assert np.ptp(calm) < 0.5
    assert calm.mean() == pytest.approx(5.0, abs=0.05)
    assert list(smoothed(noisy, 0)) == list(noisy.values)


@pytest.mark.parametrize("far", [0.01, 0.5, 7.0, 400.0])
def test_each_value_weighs_less_the_farther_away_it_is(far):
    chance = np.random.default_rng(3)
    steps = np.cumsum(chance.integers(0, 9, 300))
    values = chance.normal(size=300)
    weights = np.exp(-np.abs(steps[:, None] - steps) / far)
    assert smoothed(Line(steps, values), far) == pytest.approx(weights @ values / weights.sum(1))

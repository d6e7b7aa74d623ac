"""Curves: what is drawn of a million points, and that no spike is lost on the way."""

import numpy as np
import pytest

from ganstudio.window import curve as curves
from ganstudio.window.curve import Columns, Curve

MILLION = 1_000_000
PIXELS = 350


def of(values, apart=1):
    """A curve with a point every `apart` steps."""
    return Curve(Columns(np.arange(len(values)) * apart, values), len(values))


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(1).normal(size=MILLION)


def test_a_short_curve_is_drawn_as_it_is():
    made = Curve()
    for step, value in enumerate([1.0, 3.0, 2.0]):
        made = made.plus(step, value)
    assert made.points().points() == made.means().points() == [(0, 1.0), (1, 3.0), (2, 2.0)]
    assert made.lowest() == 1.0
    assert (Curve().points().points(), Curve().lowest()) == ([], None)


def test_lowest_and_highest_of_each_block_in_the_order_they_happened():
    made = of([0.0, 5.0, 1.0, 1.0, 9.0, 2.0, -3.0, 2.0, 4.0])  # Blocks of 8 where there is room for 2.
    assert made.points(width=2).points() == [(0, 0.0), (4, 9.0), (6, -3.0), (8, 4.0)]
    assert made.means(width=2).points() == [(3, pytest.approx(17 / 8)), (8, 4.0)]
    assert made.points((4, 5), width=2).points() == [(3, 1.0), (4, 9.0), (5, 2.0), (6, -3.0)]


@pytest.mark.parametrize("place", [0, 15, 16, 123_456, 777_777, MILLION - 2, MILLION - 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_one_spike_in_a_million_is_drawn_at_every_zoom(noise, place, sign):
    values = noise.copy()
    values[place] = sign * 50.0
    made = of(values, apart=3)
    for half in (5, 40, 700, 5_000, 60_000, 400_000, MILLION):
        span = 3.0 * (place - half), 3.0 * (place + half / 3)
        drawn = made.points(span, PIXELS)
        assert (3 * place, sign * 50.0) in drawn.points()
        assert len(drawn.steps) <= 2 * PIXELS + 10
        assert np.all(np.diff(drawn.steps) > 0)
        assert drawn.steps[0] <= max(span[0], 0)
        assert drawn.steps[-1] >= min(span[1], 3 * (MILLION - 1))


def test_every_block_shows_its_extremes_and_its_mean_however_it_grew(noise):
    values = noise[:70_001]
    grown = Curve()
    for begin in range(0, len(values), 997):
        steps = np.arange(begin, min(begin + 997, len(values)))
        grown = grown.extended(steps, values[steps])
        grown.points(width=90), grown.means(width=90)  # The pyramid grows with the curve.
    assert grown == of(values)
    for width in (40, 350, 5_000):
        drawn, means = grown.points(width=width), grown.means(width=width)
        block = next(size for size in (2**n for n in range(20)) if len(values) <= size * width)
        blocks = [values[at : at + block] for at in range(0, len(values), block)]
        assert set(drawn.values) == {
            values[0],
            values[-1],
            *(end for each in blocks for end in (each.min(), each.max())),
        }
        assert means.values == pytest.approx([each.mean() for each in blocks])
        assert of(values).points(width=width).points() == drawn.points()


def test_a_curve_stays_what_it_was_when_others_go_on_from_it():
    first = Curve().plus(1, 1.0).plus(2, 2.0)
    one, other = first.plus(3, 3.0), first.plus(3, 30.0)
    back = one.plus(4, 4.0).until(2).plus(3, 300.0)
    assert [list(each.values) for each in (first, one, other, back)] == [
        [1.0, 2.0],
        [1.0, 2.0, 3.0],
        [1.0, 2.0, 30.0],
        [1.0, 2.0, 300.0],
    ]
    assert one != other
    assert other == first.extended(np.array([3]), np.array([30.0]))


def test_a_long_curve_that_grows_point_by_point_stays_where_it_is(monkeypatch):
    monkeypatch.setattr(curves, "AHEAD", 64)
    made = of(np.zeros(100)).plus(100, 1.0)
    grown = made
    for step in range(101, 5_000):
        grown = grown.plus(step, 1.0)
    assert np.shares_memory(made.values, grown.values)
    assert np.shares_memory(made.steps, grown.steps)


def test_what_comes_again_takes_the_place_of_what_was():
    made = of([0.0, 1.0, 2.0, 3.0])
    assert made.plus(2, 20.0).points().points() == [(0, 0.0), (1, 1.0), (2, 2.0), (2, 20.0)]
    again = made.extended(np.array([1, 2]), np.array([10.0, 20.0]))
    assert again.points().points() == [(0, 0.0), (1, 1.0), (1, 10.0), (2, 20.0)]


def test_a_curve_without_end_keeps_its_extremes_in_bounded_room(monkeypatch):
    monkeypatch.setattr(curves, "LONGEST", 64)
    values = np.random.default_rng(2).normal(size=5_000)
    values[1234], values[4000] = 20.0, -20.0
    made = Curve()
    for step, value in enumerate(values):
        made = made.plus(step, value)
    assert made.size <= 64
    assert {(1234, 20.0), (4000, -20.0), (4999, values[4999])} <= set(made.points().points())
    assert made == Curve().extended(np.arange(5_000), values)


def test_a_long_curve_is_halved_a_stretch_at_a_time_and_ready_to_be_drawn(monkeypatch):
    monkeypatch.setattr(curves, "LONGEST", 1 << 12)
    monkeypatch.setattr(curves, "STRETCH", 64)
    values = np.random.default_rng(3).normal(size=4_098)
    made, picked = Curve(), [0]
    for step, value in enumerate(values[:4_096]):
        made = made.plus(step, value)
        picked.append(made.columns.halved.values.used if made.columns.halved is not None else 0)
    assert max(np.diff(picked)) == 32
    assert picked[-1] > 2_048 - 32

    ready, made = made.columns.halved, made.plus(4_096, values[4_096])
    assert made.columns is ready
    assert made.columns.levels[0].total.used > made.size // curves.BLOCK - 4
    blocks = values[:4_096].reshape(-1, 4)
    assert sorted(made.values) == sorted([*blocks.min(axis=1), *blocks.max(axis=1), values[4_096]])
    assert np.all(np.diff(made.steps) > 0)
    assert made.plus(4_097, values[4_097]) == Curve().extended(np.arange(4_098), values)

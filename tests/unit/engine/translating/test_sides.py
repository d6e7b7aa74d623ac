"""How large a live picture is: as large as holds the rate, without going up and down."""

import pytest

from ganstudio.engine.translating.sides import RATE, STALE, Sizer, next_side, sides_for

SIDES = (128, 192, 256, 384, 512)


@pytest.mark.parametrize(
    ("side", "costs", "chosen"),
    [
        (256, {256: 0.070}, 256),  # Holds, and 384 would cost 0.158.
        (256, {256: 0.020}, 384),  # 0.045 is enough room.
        (256, {256: 0.020, 384: 0.090}, 256),  # It was tried.
        (256, {256: 0.100}, 192),  # 0.056.
        (256, {256: 0.300}, 128),  # 0.169 at 192, 0.075 at 128.
        (256, {256: 9.0}, 128),  # Nothing holds: the smallest.
        (256, {256: 0.100, 192: 0.090}, 128),  # What is known counts more than shares of pixels.
        (128, {128: 0.200}, 128),
        (512, {512: 0.001}, 512),
        (128, {128: 0.001}, 192),  # One at a time.
    ],
)
def test_the_next_side(side, costs, chosen):
    assert next_side(side, costs, SIDES) == chosen


@pytest.mark.parametrize(
    ("shorter", "fixed", "sides"),
    [
        (1080, 0, SIDES),
        (512, 0, SIDES),
        (480, 0, (128, 192, 256, 384, 480)),
        (256, 0, (128, 192, 256)),
        (90, 0, (90,)),
        (1080, 64, (64,)),
    ],
)
def test_the_sides_there_are(shorter, fixed, sides):
    assert sides_for(shorter, fixed) == sides


def walked(cost, frames, sides=SIDES):
    """The sides of so many frames, each of which costs cost(side) seconds."""
    sizer, walk = Sizer(sides), []
    for _ in range(frames):
        walk.append(sizer.side)
        sizer.took(cost(sizer.side))
    return walk, sizer


@pytest.mark.parametrize(
    ("each", "ends"), [(1e-8, 512), (0.4e-6, 384), (1e-6, 256), (2e-6, 192), (4e-6, 128), (1e-4, 128)]
)
def test_it_settles_where_the_rate_holds(each, ends):
    walk, sizer = walked(lambda side: each * side * side, 60)
    assert walk[0] == 256
    assert set(walk[20:]) == {ends}
    assert sizer.too_slow == (each * 128**2 > 1 / RATE)


def test_what_promised_more_than_it_held_is_not_tried_again_at_once():
    # 384 costs far more than its share of pixels, as where memory ends.
    walk, _ = walked(lambda side: 0.02 if side <= 256 else 0.2, STALE - 1)
    assert walk.count(384) <= 3
    assert walk[-1] == 256


def test_it_is_tried_again_after_a_while():
    walk, _ = walked(lambda side: 0.02 if side <= 256 else 0.2, 2 * STALE)
    assert 384 in walk[STALE:]


def test_a_slow_first_frame_counts_for_nothing_unless_there_is_no_hope():
    sizer = Sizer(SIDES)
    sizer.took(0.25)  # Memory, kernels: the first pays for them.
    assert sizer.side == 256
    sizer.took(0.02)
    assert sizer.side == 256
    hopeless = Sizer(SIDES)
    hopeless.took(3.0)
    assert hopeless.side == 128


def test_much_too_slow_is_left_after_one_frame():
    sizer = Sizer(SIDES)
    for seconds in (0.2, 0.4):
        sizer.took(seconds)
    assert sizer.side == 128


def test_a_small_film_begins_with_itself():
    assert Sizer(sides_for(90)).side == 90


def test_a_route_of_one_large_size_begins_with_it():
    assert Sizer(sides_for(1080, 512)).side == 512

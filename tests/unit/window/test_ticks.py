"""Numbers beside an axis: round, as many as there is room for, and told apart."""

import pytest

from ganstudio.window.ticks import decades, even, written


@pytest.mark.parametrize(
    ("low", "high", "most", "said"),
    [
        (0, 1_000_000, 5, ["0", "250,000", "500,000", "750,000", "1,000,000"]),
        (0, 999_999, 5, ["0", "200,000", "400,000", "600,000", "800,000"]),
        (-1.1, 2.3, 4, ["−1", "0", "1", "2"]),
        (0.31, 0.52, 5, ["0.35", "0.40", "0.45", "0.50"]),
        (-2.4e-7, 2.4e-7, 5, ["−2e−7", "−1e−7", "0", "1e−7", "2e−7"]),
        (3e8, 5e8, 3, ["3e8", "4e8", "5e8"]),
        (-0.3, 0.3, 4, ["−0.2", "0.0", "0.2"]),
        (0, 1, 0, ["0"]),
    ],
)
def test_numbers_are_round_and_told_apart(low, high, most, said):
    assert written(even(low, high, most), largest=1e8) == said


@pytest.mark.parametrize("most", range(2, 12))
@pytest.mark.parametrize(("low", "high"), [(0, 10), (-3.3, 7.9), (1e6, 1e6 + 7), (-1e-9, 2e-9), (5, 5e9)])
def test_there_are_never_more_than_there_is_room_for(low, high, most):
    found = even(low, high, most)
    assert 1 <= len(found) <= most
    assert all(low - 1e-6 * (high - low) <= level <= high + 1e-6 * (high - low) for level in found)
    assert len(set(written(found))) == len(found)


def test_steps_are_whole():
    assert even(0, 2, 9, whole=True) == [0, 1, 2]
    assert even(0, 26, 12, whole=True) == [0, 5, 10, 15, 20, 25]  # And not 2.5, for whose digits there is no room.
    assert even(0, 26_000, 12, whole=True)[1] == 2_500


@pytest.mark.parametrize(
    ("low", "high", "most", "said"),
    [
        (0.04, 3, 9, ["0.05", "0.1", "0.2", "0.5", "1", "2"]),
        (0.04, 3, 5, ["0.1", "0.3", "1", "3"]),
        (1e-9, 10, 4, ["1e−9", "1e−6", "0.001", "1"]),
        (0.31, 0.42, 4, ["0.35", "0.4"]),
    ],
)
def test_decades_are_as_long_as_each_other(low, high, most, said):
    assert written(decades(low, high, most), alike=False) == said


def test_large_numbers_are_short_where_there_is_little_room():
    assert written([0.0, 50_000.0]) == ["0", "50,000"]
    assert written([0.0, 500_000.0, 1_000_000.0]) == ["0", "5e5", "1.0e6"]
    assert written([0.0, 250_000.0, 500_000.0]) == ["0", "2.5e5", "5.0e5"]

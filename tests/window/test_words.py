"""How the window says numbers: the same on the Train page and in the job bar."""

import pytest

from ganstudio.window import words


@pytest.mark.parametrize(
    ("per_second", "said"),
    [
        (310.4, "310 steps a second"),
        (1234.0, "1,234 steps a second"),
        (3.24, "3.2 steps a second"),
        (0.25, "4.0 seconds a step"),
        (0.02, "50 seconds a step"),
        (0.0, ""),
    ],
)
def test_speed(per_second, said):
    assert words.speed(per_second) == said


def test_folders_are_named_while_that_is_no_list_to_read():
    assert words.folders(["a", "b"]) == "a and b"
    assert words.side_by_side(["a", "b"]) == "a ↔ b"
    assert words.side_by_side(["a", "b", "c"]) == "a · b · c"
    assert words.folders([str(number) for number in range(5)]) == "5 folders"
    assert words.side_by_side([str(number) for number in range(5)]) == "5 folders"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "measuring the speed"), (0.2, "nearly done"), (45, "about 45 s left"), (34_800, "about 9 h 40 min left")],
)
def test_time_left(seconds, said):
    assert words.left(seconds) == said


@pytest.mark.parametrize(
    ("steps", "seconds", "said"),
    [
        (12_000, 720, "Finished: 12,000 steps in 12 min"),
        (1, 4, "Finished: 1 step in 4 s"),
        (10, 0, "Finished: 10 steps"),
    ],
)
def test_finished(steps, seconds, said):
    assert words.finished(steps, seconds) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["spring", "summer", "winter"], "spring, summer and winter")],
)
def test_names_are_listed_as_one_says_them(names, said):
    assert words.listed(names) == said

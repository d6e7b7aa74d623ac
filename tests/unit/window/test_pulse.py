"""When a training has been strangely silent, and how long ago it was saved."""

import pytest

from ganstudio.window.pulse import Pulse


@pytest.mark.parametrize(
    ("per_second", "quiet", "strange"),
    [(2.0, 29.0, False), (2.0, 31.0, True), (0.1, 99.0, False), (0.1, 101.0, True), (None, 5000.0, False)],
)
def test_ten_steps_without_a_step_are_strange_but_never_less_than_half_a_minute(per_second, quiet, strange):
    pulse = Pulse(0.0)
    pulse.stepped(10.0, per_second)
    assert pulse.silence(10.0 + quiet) == (quiet if strange else None)


def test_the_age_of_the_last_save():
    pulse = Pulse(0.0)
    assert pulse.saved_ago(5.0) is None
    pulse.saved = 5.0
    assert pulse.saved_ago(45.0) == 40.0

import platform

import psutil
import pytest
import torch

from ganstudio.engine.training import holes
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.holes import Holes
from tests.unit.engine.training.test_descent import BATCH, Duel

ASKED = platform.libc_ver()[0] == "glibc"


class Clock:
    """Time that passes as it is told to."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.mark.skipif(not ASKED, reason="asks the library of a system that has another one")
def test_what_lies_between_things_that_stay_is_the_systems_again():
    made = [torch.ones(25_000) for _ in range(1200)]  # 120 MB, each too small for pages of its own.
    kept = made[::2]
    del made
    held = psutil.Process().memory_info().rss
    Holes().give_back()
    assert held - psutil.Process().memory_info().rss > 35e6
    assert all(one.sum() == 25_000 for one in kept)


def test_giving_back_takes_a_small_part_of_the_time(monkeypatch):
    clock, asked = Clock(), []

    def trim(_):
        asked.append(clock.now)
        clock.now += 1.0

    monkeypatch.setattr(holes, "time", clock)
    given = Holes()
    given._trim = trim
    for _ in range(holes.RARELY * 4):
        given.give_back()
        clock.now += 1.0
    assert 3 <= len(asked) <= 5


def test_elsewhere_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(holes.platform, "libc_ver", lambda: ("", ""))
    Holes().give_back()


def test_it_happens_before_the_last_gradients_of_a_turn(monkeypatch):
    asked = []
    monkeypatch.setattr(Holes, "give_back", lambda _: asked.append(True))
    Descending(Duel(), 10).step(BATCH, 0)
    assert len(asked) == 2

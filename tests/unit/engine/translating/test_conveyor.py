"""Reading ahead and writing behind changes the time and nothing else."""

import threading
import time

import pytest

from ganstudio.engine.translating import conveyor
from ganstudio.engine.translating.conveyor import AHEAD, Ahead, Behind


def test_what_is_read_ahead_comes_in_order_and_is_bounded():
    begun, gate = [], threading.Semaphore(0)

    def work(entry):
        begun.append(entry)
        gate.acquire()
        return 10 * entry

    with Ahead(work, range(6)) as ahead:
        gate.release(6)
        time.sleep(0.05)
        assert len(begun) <= AHEAD
        assert [ahead.next().result() for _ in range(6)] == [0, 10, 20, 30, 40, 50]
        assert ahead.next() is None


def test_a_fault_comes_in_its_turn():
    def work(entry):
        if entry == 1:
            raise OSError("gone")
        return entry

    with Ahead(work, range(3)) as ahead:
        assert ahead.next().result() == 0
        with pytest.raises(OSError, match="gone"):
            ahead.next().result()


def test_results_keep_their_line_whoever_is_faster():
    gate = threading.Event()
    with Behind() as behind:
        behind.put(lambda _: gate.wait() and "slow")
        behind.tell("quick")
        assert not behind.wait(0.01)
        assert behind.take() is None
        gate.set()
        assert behind.wait(5)
        assert [behind.take(), behind.take(), behind.take()] == ["slow", "quick", None]
        assert behind.empty


def test_an_end_waits_a_moment_and_then_gives_up(monkeypatch):
    monkeypatch.setattr(conveyor, "GRACE", 0.05)

    def endless(given_up):
        while not given_up():
            time.sleep(0.005)
        return "never told"

    with Behind() as behind:
        behind.tell("first")
        behind.put(endless)
        behind.put(lambda _: "never begun")
        assert behind.full
        assert behind.end() == ["first"]
        assert behind.empty

"""Reading ahead and writing behind change the time and nothing else."""

import threading

import pytest

from ganstudio.engine.translating import conveyor
from ganstudio.engine.translating.conveyor import AHEAD, Ahead, Behind

PATIENT = 20  # Seconds that a thread of a busy machine may need.


def same(entry):
    return entry


def all_of(ahead):
    while ahead.wait(PATIENT) and not ahead.over:
        yield ahead.take()


@pytest.mark.parametrize("hands", [1, 3])
def test_what_is_read_ahead_comes_in_order_and_is_named_in_order(hands):
    named = []
    with Ahead(lambda entry: named.append(entry) or entry, lambda entry: 10 * entry, range(30), hands=hands) as ahead:
        assert list(all_of(ahead)) == [10 * number for number in range(30)]
        assert named == list(range(30))
        assert ahead.take() is None


def test_no_more_is_begun_than_may_wait():
    begun = threading.Semaphore(0)
    with Ahead(same, lambda entry: begun.release() or entry, range(9), hands=4) as ahead:
        for _ in range(AHEAD):
            assert begun.acquire(timeout=PATIENT)
        assert not begun.acquire(timeout=0.05)
        assert ahead.wait(PATIENT)
        assert ahead.take() == 0
        assert begun.acquire(timeout=PATIENT)


def test_large_ones_wait_for_room_but_never_the_next(monkeypatch):
    monkeypatch.setattr(conveyor, "ROOM", 10)
    begun = []
    with Ahead(same, lambda entry: begun.append(entry) or entry, range(9), weigh=lambda _: 10, most=9) as ahead:
        for number in range(9):
            assert ahead.wait(PATIENT)
            assert begun == list(range(number + 1))
            assert ahead.take() == number


@pytest.mark.parametrize("where", ["name", "read"])
def test_a_fault_comes_in_its_turn(where):
    def work(entry):
        if entry == 1:
            raise OSError("gone")
        return entry

    with Ahead(work if where == "name" else same, work if where == "read" else same, range(3)) as ahead:
        assert ahead.wait(PATIENT)
        assert ahead.take() == 0
        assert ahead.wait(PATIENT)
        with pytest.raises(OSError, match="gone"):
            ahead.take()
        assert list(all_of(ahead)) == [2]


def test_results_keep_their_line_whoever_is_faster():
    gate = threading.Event()
    with Behind() as behind:
        slow, quick = behind.slot(), behind.slot()
        behind.put(slow, lambda _: gate.wait() and "slow")
        behind.tell(quick, "quick")
        assert not behind.wait(0.01)
        assert behind.take() is None
        gate.set()
        assert behind.wait(PATIENT)
        assert [behind.take(), behind.take(), behind.take()] == ["slow", "quick", None]
        assert behind.empty


def test_a_place_that_nothing_was_begun_for_holds_up_the_line_and_not_the_writing():
    with Behind(hands=2) as behind:
        first, second = behind.slot(), behind.slot()
        behind.put(second, lambda _: "second")
        assert behind.wait(PATIENT)
        assert behind.take() is None
        behind.put(first, lambda _: "first")
        while (found := behind.take()) is None:
            assert behind.wait(PATIENT)
        assert (found, behind.take()) == ("first", "second")


def test_several_write_at_once_and_no_more_wait_than_is_right(monkeypatch):
    monkeypatch.setattr(conveyor, "ROOM", 100)
    both = threading.Barrier(2)
    with Behind(hands=2) as behind:
        for _ in range(2):
            behind.put(behind.slot(), lambda _: both.wait(PATIENT), weight=40)
        while not (behind.empty or behind.take() is not None):
            assert behind.wait(PATIENT)
        gate = threading.Event()
        for full in (False, False, True):
            assert behind.full == full
            behind.put(behind.slot(), lambda _: gate.wait(), weight=51)
        gate.set()


def test_an_end_waits_a_moment_and_then_gives_up(monkeypatch):
    monkeypatch.setattr(conveyor, "GRACE", 0.05)
    begun = threading.Event()

    def endless(given_up):
        begun.set()
        while not given_up():
            threading.Event().wait(0.005)
        return "never told"

    with Behind() as behind:
        behind.tell(behind.slot(), "first")
        behind.put(behind.slot(), endless)
        behind.put(behind.slot(), lambda _: "never begun")
        behind.slot()
        assert behind.full
        assert begun.wait(PATIENT)
        assert behind.end() == ["first"]
        assert behind.empty

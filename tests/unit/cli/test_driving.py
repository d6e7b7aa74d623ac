"""Ctrl+C saves, a second one breaks off, a reader who leaves stops the work in order."""

import os
import signal

import pytest

from ganstudio.cli.driving import drive
from ganstudio.words.events import Failed, Progress, Stop


class Work:
    """A job that notes what it is told, and may be interrupted after its first step."""

    def __init__(self, *signals, steps=5, last="result"):
        self.signals, self.steps, self.last = signals, steps, last
        self.told = []
        self.saved = self.closed = False

    def __call__(self):
        try:
            for done in range(1, self.steps + 1):
                for number in self.signals if done == 1 else ():
                    os.kill(os.getpid(), number)
                command = yield Progress(done, self.steps)
                self.told.append(command)
                if command == Stop():
                    break
            self.saved = True
            return self.last
        finally:
            self.closed = True


def test_a_job_is_pulled_to_its_result():
    work, shown = Work(), []
    assert drive(work(), shown.append, stoppable=True) == "result"
    assert shown == [Progress(done, 5) for done in range(1, 6)]
    assert work.told == [None] * 5


@pytest.fixture
def in_a_terminal():
    """Whose end is a request: what began the tests may be to outlive its own."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_in_order(number, in_a_terminal):
    work = Work(number)
    with pytest.raises(KeyboardInterrupt):
        drive(work(), lambda _: None, stoppable=True)
    assert work.told == [Stop()]
    assert work.saved


def test_a_second_ctrl_c_breaks_off():
    work = Work(signal.SIGINT, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        drive(work(), lambda _: None, stoppable=True)
    assert work.closed
    assert not work.saved


@pytest.fixture
def interruptible():
    """Python's own answer to Ctrl+C: a job that a shell runs in the background starts without it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_job_that_cannot_stop_is_broken_off_at_once(interruptible):
    work = Work(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        drive(work(), lambda _: None)
    assert work.closed
    assert work.told == []


def test_signals_are_handled_as_before_afterwards():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    drive(Work()(), lambda _: None, stoppable=True)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_reader_who_leaves_stops_it_in_order():
    def gone(_):
        raise BrokenPipeError

    work = Work()
    with pytest.raises(BrokenPipeError):
        drive(work(), gone, stoppable=True)
    assert work.told == [Stop()]
    assert work.saved


def test_a_failure_is_raised_with_its_sentence():
    def failing():
        yield Failed("The disk is full.")

    with pytest.raises(ValueError, match=r"The disk is full\."):
        drive(failing(), lambda _: None)


def test_a_turn_without_news_is_not_shown():
    def resting():
        yield None
        return 3

    shown = []
    assert drive(resting(), shown.append) == 3
    assert shown == []

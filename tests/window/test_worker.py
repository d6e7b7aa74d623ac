"""The worker: turns, pause, stop, faults, and no flood."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread, Slot

from ganstudio.window.worker import Worker, sentence
from ganstudio.words.events import Failed, Finished, Idle, Losses, Progress, Save, Saved, Stop, Warned


class Heard(QObject):
    """Everything a worker said, in order, received in the window's thread as a page would."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.events: list[tuple[int, object]] = []
        self.results: dict[int, object] = {}
        self.states: list[tuple[str, int]] = []
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)
        worker.paused.connect(self._paused)
        worker.resumed.connect(self._resumed)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        assert QThread.currentThread() is self.thread()
        self.events.append((job, event))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        self.results[job] = result

    @Slot(int)
    def _paused(self, job: int) -> None:
        self.states.append(("paused", job))

    @Slot(int)
    def _resumed(self, job: int) -> None:
        self.states.append(("resumed", job))

    def of(self, job: int) -> list[object]:
        return [event for number, event in self.events if number == job]


@pytest.fixture
def worker(qtbot) -> Iterator[Worker]:
    made = Worker()
    yield made
    made.shut()
    assert not made.isRunning()


@pytest.fixture
def heard(worker: Worker) -> Heard:
    return Heard(worker)


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:
    return qtbot.waitUntil


def endless(seen: list[int]):
    """A training: counts its steps, obeys Stop."""
    step = 0
    while True:
        step += 1
        seen.append(step)
        command = yield Progress(step, 0)
        if isinstance(command, Stop):
            yield Finished(step, "stopped")
            return step


def test_a_job_tells_its_events_in_order_and_its_result(worker, heard, wait):
    def job():
        yield Warned("one")
        yield None
        yield Warned("two")
        return 7

    number = worker.begin(job)
    wait(lambda: number in heard.results)
    assert heard.of(number) == [Warned("one"), Warned("two")]
    assert heard.results[number] == 7


def test_jobs_take_turns(worker, heard, wait):
    order: list[str] = []
    gate = threading.Event()

    def job(name: str):
        gate.wait(5)
        for _ in range(4):
            order.append(name)
            yield None

    first = worker.begin(lambda: job("a"))
    second = worker.begin(lambda: job("b"))
    gate.set()
    wait(lambda: {first, second} <= heard.results.keys())
    assert "".join(order) in {"abababab", "babababa"}


def test_one_that_waits_for_another_process_holds_up_nobody_and_hears_at_once(worker, heard, wait):
    heard_by_it: list[object] = []
    pulls: list[float] = []

    def waiting():
        while not heard_by_it:
            pulls.append(time.monotonic())
            command = yield Idle(60.0)
            heard_by_it.extend([command] if command else [])

    number = worker.begin(waiting)
    wait(lambda: len(pulls) == 1)
    other = worker.begin(lambda: (step for step in [None] * 500))
    wait(lambda: other in heard.results)
    assert len(pulls) == 1
    worker.send(number, Save())
    wait(lambda: number in heard.results)
    assert heard_by_it == [Save()]
    assert heard.of(number) == []


def test_one_that_waits_is_pulled_again_by_itself_paused_and_cancelled(worker, heard, wait):
    pulls: list[int] = []

    def waiting(seconds: float):
        while True:
            pulls.append(1)
            yield Idle(seconds)

    short = worker.begin(lambda: waiting(0.01))
    wait(lambda: len(pulls) > 3)
    worker.pause(short)
    wait(lambda: ("paused", short) in heard.states)
    long = worker.begin(lambda: waiting(60.0))
    worker.cancel(long)
    wait(lambda: long in heard.results)


def test_pause_is_acknowledged_within_one_step_and_nothing_is_pulled_until_resume(worker, heard, wait):
    seen: list[int] = []
    number = worker.begin(lambda: endless(seen))
    wait(lambda: len(seen) > 3)
    asked_at = len(seen)
    worker.pause(number)
    wait(lambda: ("paused", number) in heard.states)
    stood_at = len(seen)
    # Another job runs meanwhile, so the worker had every chance to pull the paused one.
    other = worker.begin(lambda: (step for step in [None] * 50))
    wait(lambda: other in heard.results)
    assert len(seen) == stood_at
    assert stood_at >= asked_at
    worker.resume(number)
    wait(lambda: ("resumed", number) in heard.states and len(seen) > stood_at)


def test_every_pause_is_acknowledged_also_when_asked_for_twice_at_once(worker, heard, wait):
    seen: list[int] = []
    number = worker.begin(lambda: endless(seen))
    worker.pause(number)
    wait(lambda: heard.states == [("paused", number)])
    worker.resume(number)
    worker.pause(number)
    wait(lambda: len(heard.states) > 1 and heard.states[-1] == ("paused", number))
    worker.pause(number)
    before = len(heard.states)
    wait(lambda: len(heard.states) > before and heard.states[-1] == ("paused", number))


def test_a_command_before_a_pause_is_handed_over_before_the_job_stands_still(worker, heard, wait):
    got: list[object] = []

    def job():
        while True:
            got.append((yield None))

    number = worker.begin(job)
    worker.pause(number)
    wait(lambda: ("paused", number) in heard.states)
    worker.send(number, Save())
    worker.pause(number)
    wait(lambda: Save() in got and heard.states[-1] == ("paused", number))


def test_a_paused_job_obeys_in_one_pull_and_stands_still_again(worker, heard, wait):
    got: list[object] = []

    def job():
        while True:
            got.append((yield None))

    number = worker.begin(job, paused=True)
    for count in range(1, 20):
        wait(lambda count=count: heard.states.count(("paused", number)) == count)
        worker.send(number, Save(), paused=True)
    wait(lambda: heard.states.count(("paused", number)) == 20)
    assert got == [Save()] * 19


def test_a_pause_that_saves_waits_until_the_job_says_so(worker, heard, wait):
    def training():
        step, told = 0, []
        while True:
            step += 1
            command = yield told.pop(0) if told else Progress(step, 0)
            if command == Save():  # Something that was due before comes first.
                told = [Warned("before"), Saved(step, "checkpoint", "checkpoint"), Saved(step, "model", "model")]

    number = worker.begin(training)
    wait(lambda: len(heard.of(number)) > 1)
    worker.pause(number, saved=True)
    wait(lambda: ("paused", number) in heard.states)
    assert isinstance(heard.of(number)[-1], Saved)
    worker.resume(number)
    wait(lambda: ("resumed", number) in heard.states and isinstance(heard.of(number)[-1], Progress))


def test_a_pause_of_a_job_that_has_nothing_to_save_is_a_pause(worker, heard, wait):
    seen: list[int] = []
    number = worker.begin(lambda: endless(seen))
    wait(lambda: len(seen) > 3)
    worker.pause(number, saved=True)
    wait(lambda: ("paused", number) in heard.states)


def test_a_job_that_begins_paused_makes_its_first_step_and_no_more(worker, heard, wait):
    def game():
        for step in range(1000):
            yield Warned(str(step))

    for _ in range(20):
        number = worker.begin(game, paused=True)
        wait(lambda number=number: ("paused", number) in heard.states)
        assert heard.of(number) == [Warned("0")]
    worker.resume(number)
    wait(lambda: len(heard.of(number)) == 1000)


def test_the_last_progress_is_told_before_paused(worker, heard, wait):
    seen: list[int] = []
    number = worker.begin(lambda: endless(seen))
    wait(lambda: len(seen) > 100)
    worker.pause(number)
    wait(lambda: ("paused", number) in heard.states)
    assert heard.of(number)[-1] == Progress(seen[-1], 0)


def test_stop_reaches_a_paused_job(worker, heard, wait):
    seen: list[int] = []
    number = worker.begin(lambda: endless(seen))
    worker.pause(number)
    wait(lambda: ("paused", number) in heard.states)
    worker.send(number, Stop())
    wait(lambda: number in heard.results)
    assert isinstance(heard.of(number)[-1], Finished)


def test_stop_before_the_first_step_is_not_lost(worker, heard, wait):
    gate = threading.Event()
    seen: list[int] = []

    def job():
        gate.wait(5)
        return (yield from endless(seen))

    number = worker.begin(job)
    worker.send(number, Stop())
    gate.set()
    wait(lambda: number in heard.results)
    assert heard.results[number] == 1


def test_cancel_closes_the_generator_in_the_workers_thread(worker, heard, wait):
    closed_in: list[threading.Thread] = []

    def job():
        try:
            while True:
                yield None
        finally:
            closed_in.append(threading.current_thread())

    number = worker.begin(job)
    worker.cancel(number)
    wait(lambda: number in heard.results)
    assert heard.results[number] is None
    assert threading.main_thread() not in closed_in


@pytest.mark.parametrize(
    ("error", "told"),
    [(ValueError("No pictures in zebras."), "No pictures in zebras."), (OSError(28, "No space left"), "No space left")],
)
def test_words_for_people_are_told_as_they_are(error, told):
    assert told in sentence(error)


def test_a_fault_becomes_a_sentence_and_the_others_go_on(worker, heard, wait, caplog):
    def broken():
        yield Warned("before")
        raise ZeroDivisionError

    seen: list[int] = []
    number = worker.begin(broken)
    other = worker.begin(lambda: endless(seen))
    wait(lambda: number in heard.results)
    result = heard.results[number]
    assert isinstance(result, Failed)
    assert "Traceback" not in result.message
    assert "ZeroDivisionError" in caplog.text
    count = len(seen)
    wait(lambda: len(seen) > count)
    worker.cancel(other)


def test_a_maker_that_fails_is_told(worker, heard, wait):
    def make():
        raise ValueError("Not a model.")

    number = worker.begin(make)
    wait(lambda: number in heard.results)
    assert heard.results[number] == Failed("Not a model.")


def test_a_flood_of_progress_is_thinned_and_the_last_arrives(worker, heard, wait):
    def job():
        start, step = time.monotonic(), 0
        while time.monotonic() - start < 0.5:
            step += 1
            yield Progress(step, 0)
            yield Losses(step, {"fool": step})
        return step

    number = worker.begin(job)
    wait(lambda: number in heard.results)
    told = heard.of(number)
    assert len(told) <= 2 * 8
    assert told[-2:] == [
        Progress(heard.results[number], 0),
        Losses(heard.results[number], {"fool": heard.results[number]}),
    ]


def test_shut_closes_running_and_paused_jobs(qtbot):
    worker = Worker()
    closed: list[str] = []

    def job(name: str):
        try:
            while True:
                yield Warned(name)
        finally:
            closed.append(name)

    # Not waitSignal: it disconnects while the worker emits without a rest, which PySide does not survive.
    heard = Heard(worker)
    worker.begin(lambda: job("running"))
    paused = worker.begin(lambda: job("paused"))
    qtbot.waitUntil(lambda: (paused, Warned("paused")) in heard.events)
    worker.pause(paused)
    qtbot.waitUntil(lambda: ("paused", paused) in heard.states)
    worker.shut()
    assert sorted(closed) == ["paused", "running"]
    assert not worker.isRunning()


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux gives each thread its own niceness.")
def test_the_window_goes_first_when_both_want_a_core(worker, heard, qtbot) -> None:
    def look():
        yield None
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    job = worker.begin(look)
    qtbot.waitUntil(lambda: job in heard.results)
    assert heard.results[job] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

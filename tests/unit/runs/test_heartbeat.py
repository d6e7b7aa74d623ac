"""A run says who trains it and what is done, and a machine that died is told from one that lives."""

import os
import threading
import time
from contextlib import nullcontext

import pytest

from ganstudio.runs import heartbeat
from ganstudio.runs.heartbeat import (
    FILE,
    SILENT,
    Beat,
    Sign,
    Signs,
    TakenOver,
    beating,
    is_silent,
    read,
    take_over,
    trained_by,
)
from ganstudio.runs.locks import LOCK, Taken
from ganstudio.runs.run import Run
from ganstudio.words.events import Held, Progress, Warned
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Recipe("cyclegan", (Domain("a", ("/a",)), Domain("b", ("/b",)))))


@pytest.fixture
def now(monkeypatch):
    """The watcher's own clock, in a list."""
    clock = [1000.0]
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: clock[0])
    return clock


def beat_elsewhere(run, count=1, *, age=0.0, **more):
    """A beat of another machine, so many seconds old."""
    (run.path / FILE).write_text(Beat("atlas", 7, more.pop("sitting", 3), count, **more).to_json())
    at = time.time() - age
    os.utime(run.path / FILE, (at, at))


@pytest.mark.parametrize("doing", [None, Progress(3, 9, eta_seconds=2.0), Held("The folder is away.")])
def test_a_beat_survives_its_file(doing):
    beat = Beat("atlas", 7, 2, 9, doing=doing)
    assert Beat.from_json(beat.to_json()) == beat


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"host": "a"}'])
def test_what_is_no_beat_is_none(run, text):
    (run.path / FILE).write_text(text)
    assert read(run) is None
    assert Signs(run).look() == Sign()


def test_whoever_trains_says_so_and_what_it_does(run):
    signs = Signs(run)
    assert signs.look() == Sign()
    with run.lock(), beating(run) as heart:
        assert signs.look() == Sign("trained")
        heart.tell(Warned("that is for the history"))
        heart.tell(Progress(3, 9))
        heart.beat()
        assert signs.look() == Sign("trained", "", Progress(3, 9))
    assert signs.look() == Sign()
    assert read(run).over, "for machines that cannot see the lock"
    with run.lock(), beating(run):
        assert read(run).sitting == 2


def test_it_beats_by_itself(run, monkeypatch):
    beaten, beat = threading.Semaphore(0), heartbeat.Heartbeat.beat
    monkeypatch.setattr(heartbeat, "EVERY", 0.001)
    monkeypatch.setattr(heartbeat.Heartbeat, "beat", lambda *told, **more: (beat(*told, **more), beaten.release()))
    with beating(run):
        assert all(beaten.acquire(timeout=60) for _ in range(4))


def test_one_that_was_killed_here_is_gone_at_once(run):
    (run.path / FILE).write_text(Beat(heartbeat.this_machine(), 1, 1).to_json())
    assert Signs(run).look() == Sign()


def test_another_machine_is_believed_while_it_beats_whatever_the_clocks_say(run, now):
    beat_elsewhere(run, age=3600)  # Its clock, or its last beat.
    signs = Signs(run)
    assert signs.look() == Sign("silent", "atlas")
    beat_elsewhere(run, 2, age=3600, doing=Progress(1, 2))
    assert signs.look() == Sign("trained", "atlas", Progress(1, 2))
    now[0] += SILENT + 1
    assert signs.look() == Sign("silent", "atlas")
    beat_elsewhere(run, 3, age=3600)
    assert signs.look() == Sign("trained", "atlas")
    beat_elsewhere(run, 4, over=True)
    assert signs.look() == Sign()


def test_who_trains_is_named_for_people(run):
    assert trained_by(run) == ""
    with run.lock(), beating(run):
        assert trained_by(run).startswith(f"process {os.getpid()} on ")
    beat_elsewhere(run)
    assert trained_by(run) == "atlas"
    beat_elsewhere(run, age=2 * SILENT)
    assert trained_by(run) == ""


def test_two_machines_never_train_at_once_also_where_locks_are_not_seen(run):
    beat_elsewhere(run)
    with run.lock(), pytest.raises(Taken, match=r"process 7 on atlas. Stop it there first"), beating(run):
        pass
    assert read(run).host == "atlas"


@pytest.mark.parametrize("lives", [False, True])
def test_a_disk_whose_clock_is_wrong_lets_nobody_train_beside_another(run, monkeypatch, lives):
    beat_elsewhere(run, age=3600)
    monkeypatch.setattr(heartbeat.time, "sleep", lambda _: beat_elsewhere(run, 2, age=3600) if lives else None)
    with pytest.raises(Taken, match="process 7 on atlas") if lives else nullcontext():
        heartbeat.Heartbeat(run).end()
    assert read(run).here is not lives


def test_a_beat_that_is_being_written_is_waited_for(run, monkeypatch):
    (run.path / FILE).write_text("")
    monkeypatch.setattr(heartbeat.time, "sleep", lambda _: beat_elsewhere(run))
    with pytest.raises(Taken, match="process 7 on atlas"):
        heartbeat.Heartbeat(run)


def test_what_fell_silent_is_taken_over_and_notices(run):
    with run.lock(), beating(run) as heart:
        lock = (run.path / LOCK).stat().st_ino
        heart._beat = Beat("atlas", 7, 1, 5)  # As if this were another machine.
        heart.beat()
        at = time.time() - 2 * SILENT
        os.utime(run.path / FILE, (at, at))
        take_over(run)
        with run.lock(), beating(run):  # A lock that stayed is none.
            assert (run.path / LOCK).stat().st_ino != lock or os.name == "nt"
            mine = read(run)
            assert mine.here
            assert mine.sitting > 1
            heart.beat()
            with pytest.raises(TakenOver, match="goes on on"):
                heart.tell(Progress(1, 2))
            assert read(run) == mine


def test_one_that_was_just_heard_is_not_silent(run):
    beat_elsewhere(run)
    assert not is_silent(run)


@pytest.mark.parametrize("lives", [False, True])
def test_a_silent_machine_is_listened_to_before_it_is_believed(run, monkeypatch, lives):
    beat_elsewhere(run, age=3600)
    heard = lambda _: beat_elsewhere(run, 2, age=3600) if lives else None  # noqa: E731
    monkeypatch.setattr(heartbeat.time, "sleep", heard)
    assert is_silent(run) is not lives


@pytest.mark.parametrize("age", [0.0, 30.0])
def test_what_lives_is_not_taken_over(run, age):
    beat_elsewhere(run, age=age)
    with pytest.raises(ValueError, match="is being trained on atlas"):
        take_over(run)


def test_one_that_slept_looks_before_it_goes_on(run, monkeypatch):
    with run.lock(), beating(run) as heart:
        heart.tell(Progress(1, 2))
        beat_elsewhere(run, sitting=9)
        slept = time.time() + SILENT
        monkeypatch.setattr(heartbeat.time, "time", lambda: slept)
        with pytest.raises(TakenOver):
            heart.tell(Progress(2, 2))


def test_a_drive_that_is_away_stops_nobody(run):
    with beating(run) as heart:
        (run.path / FILE).unlink()
        (run.path / FILE).mkdir()
        heart.beat()
        heart.tell(Progress(1, 2))

"""Trainings one after another."""

import errno
from pathlib import Path

import pytest

from ganstudio.runs.project import Project
from ganstudio.runs.queue import FILE
from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.studio import Studio
from ganstudio.words.events import Finished, Progress, Stop
from ganstudio.words.recipe import Recipe
from tests.faults import Drive


class Trainings:
    """Each trains until it is told to end."""

    def __init__(self):
        self.begun = []
        self.ends = True
        self.fails = set()

    def train(self, run):
        self.begun.append(run.name)
        command = yield Progress(1, 10)  # May be the first pull that brings one.
        if run.name in self.fails:
            raise ValueError("The disk is full.")
        while not self.ends:
            command = command or (yield Progress(2, 10))
            if command == Stop():
                yield Finished(2, "stopped")
                return
        yield Finished(10)


@pytest.fixture
def trainings(monkeypatch):
    made = Trainings()
    monkeypatch.setattr(jobs, "train", made.train)
    return made


@pytest.fixture
def runs(project):
    recipe = Recipe("gan", project.domains[:1])
    return [Run.create(project.path / "runs" / f"00{n}-gan", recipe).path for n in (1, 2, 3)]


def test_the_next_begins_when_one_has_ended_or_failed(qtbot, studio, trainings, runs, said):
    trainings.fails = {"002-gan"}
    studio.queue.add(runs[1])
    studio.queue.add(runs[2])
    studio.begin_training(runs[0])
    qtbot.waitUntil(lambda: trainings.begun == ["001-gan", "002-gan", "003-gan"] and studio.training is None)
    assert studio.queue.runs == ()
    assert "001-gan has ended; 002-gan begins." in said
    assert "The disk is full." in said
    assert "002-gan has ended; 003-gan begins." in said


def test_after_a_stop_the_queue_waits(qtbot, studio, trainings, runs):
    trainings.ends = False
    studio.queue.add(runs[1])
    studio.begin_training(runs[0])
    qtbot.waitUntil(lambda: trainings.begun == ["001-gan"])
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    qtbot.wait(50)
    assert trainings.begun == ["001-gan"]
    assert studio.queue.runs == (runs[1],)
    trainings.ends = True
    studio.queue.begin_next()
    qtbot.waitUntil(lambda: trainings.begun == ["001-gan", "002-gan"] and studio.training is None)


def test_the_queue_is_there_when_the_window_opens_again(studio, settings, project, runs):
    for run in runs:
        studio.queue.add(run)
    studio.queue.move(runs[2], -1)
    studio.queue.remove(runs[0])
    other = Studio(settings)
    other.queue._read()
    assert other.queue.runs == ()
    other.project = Project.open(project.path)
    other.project_changed.emit()
    assert other.queue.runs == (runs[2], runs[1])
    other.shut()


def test_runs_outlive_a_drive_that_once_does_not_read_them(studio, settings, project, runs, said, monkeypatch):
    studio.queue.add(runs[0])
    studio.queue.add(runs[1])
    drive = Drive(monkeypatch, project.path)
    drive.fail_where(lambda name, path: (name, path.name) == ("open", FILE), errno.EIO)
    studio.runs_changed.emit()
    assert studio.queue.runs == (runs[0], runs[1])
    other = Studio(settings)
    other.project = project
    other.project_changed.emit()
    assert other.queue.runs == ()
    studio.queue.remove(runs[0])  # As when it begins: it does not wait any more, whatever stands in the file.
    assert studio.queue.runs == (runs[1],)
    assert said[-1].startswith("The queue could not be saved: ")
    drive.mend()
    other.queue.add(runs[2])
    assert other.queue.runs == tuple(runs)
    other.shut()


def test_order_is_kept_within_bounds_and_nobody_waits_twice(studio, runs):
    heard = []
    studio.queue.changed.connect(lambda: heard.append(studio.queue.runs))
    for run in [*runs, runs[0]]:
        studio.queue.add(run)
    assert studio.queue.runs == tuple(runs)
    studio.queue.move(runs[0], -1)
    studio.queue.move(runs[2], 5)
    studio.queue.move(Path("nowhere"), 1)
    assert studio.queue.runs == tuple(runs)
    studio.queue.move(runs[0], 1)
    assert studio.queue.runs == (runs[1], runs[0], runs[2])
    assert len(heard) == 4


def test_one_begun_by_hand_waits_no_more(qtbot, studio, trainings, runs):
    studio.queue.add(runs[0])
    studio.begin_training(runs[0])
    assert studio.queue.runs == ()
    qtbot.waitUntil(lambda: studio.training is None)
    assert trainings.begun == ["001-gan"]


def test_nothing_begins_while_the_window_closes(qtbot, settings, project, trainings, runs):
    trainings.ends = False
    studio = Studio(settings)
    studio.project = project
    studio.project_changed.emit()
    studio.queue.add(runs[1])
    studio.begin_training(runs[0])
    qtbot.waitUntil(lambda: trainings.begun == ["001-gan"])
    trainings.ends = True
    studio.shut()
    qtbot.wait(50)
    assert trainings.begun == ["001-gan"]
    assert studio.queue.runs == (runs[1],)

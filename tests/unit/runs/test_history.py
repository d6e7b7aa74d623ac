"""A line that the drive does not take waits, and comes in its order."""

import errno

import pytest

from ganstudio.runs.history import History
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Losses, Warned
from ganstudio.words.recipe import Domain, Recipe
from tests.faults import Drive


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Recipe("cyclegan", (Domain("a", ("/a",)),)))


def test_what_is_added_is_there_at_once(run):
    History(run).add(Warned("one"))
    assert list(run.events()) == [Warned("one")]


@pytest.mark.parametrize("call", ["open", "write"])
def test_what_the_drive_does_not_take_waits_and_comes_in_order(run, monkeypatch, call):
    history = History(run)
    drive = Drive(monkeypatch, run.path)
    drive.fail_where(lambda name, _: name == call, errno.ENOSPC)
    history.add(Warned("one"))
    history.add(Losses(2, {"g": 1.0}))
    assert list(run.events()) == []
    drive.mend()
    history.add(Finished(3))
    assert list(run.events()) == [Warned("one"), Losses(2, {"g": 1.0}), Finished(3)]

"""The queue is a file of the project."""

import errno

import pytest

from ganstudio.runs.queue import FILE, change, waiting
from ganstudio.runs.run import Run
from ganstudio.runs.writing import Unwritten
from ganstudio.words.recipe import Domain, Recipe
from tests.faults import Drive


@pytest.fixture
def runs(tmp_path):
    recipe = Recipe("gan", (Domain("a", ("a",)),))
    return [Run.create(tmp_path / "runs" / name, recipe).path for name in ("001-gan", "002-gan")]


def test_what_waits_is_remembered_in_its_order(tmp_path, runs):
    assert waiting(tmp_path) == ()
    assert change(tmp_path, lambda _: tuple(runs[::-1])) == tuple(runs[::-1])
    assert waiting(tmp_path) == tuple(runs[::-1])
    assert change(tmp_path, lambda there: there[:1]) == waiting(tmp_path) == (runs[1],)


def test_a_run_that_is_gone_waits_no_more(tmp_path, runs):
    change(tmp_path, lambda _: (*runs, tmp_path / "runs/003-gan"))
    assert waiting(tmp_path) == tuple(runs)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"runs": 3}', '{"runs": ["../../elsewhere", "..", "", 5]}', '{"runs": [["001-gan"]]}']
)
def test_a_damaged_file_lets_nothing_wait_and_reaches_nowhere_else(tmp_path, runs, text):
    Run.create(tmp_path / "elsewhere", Run(runs[0]).recipe())
    (tmp_path / FILE).write_text(text)
    assert waiting(tmp_path) == ()


def test_what_cannot_be_read_is_not_replaced(tmp_path, runs, monkeypatch):
    change(tmp_path, lambda _: tuple(runs))
    drive = Drive(monkeypatch, tmp_path)
    drive.fail_where(lambda name, path: (name, path.name) == ("open", FILE), errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        waiting(tmp_path)
    with pytest.raises(Unwritten, match=r"queue\.json could not be written: Input/output error"):
        change(tmp_path, lambda there: there[:1])
    drive.mend()
    assert waiting(tmp_path) == tuple(runs)

"""The queue is a file of the project."""

import pytest

from ganstudio.runs.queue import FILE, keep, waiting
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture
def runs(tmp_path):
    recipe = Recipe("gan", (Domain("a", ("a",)),))
    return [Run.create(tmp_path / "runs" / name, recipe).path for name in ("001-gan", "002-gan")]


def test_what_waits_is_remembered_in_its_order(tmp_path, runs):
    assert waiting(tmp_path) == ()
    keep(tmp_path, runs[::-1])
    assert waiting(tmp_path) == tuple(runs[::-1])


def test_a_run_that_is_gone_waits_no_more(tmp_path, runs):
    keep(tmp_path, [*runs, tmp_path / "runs/003-gan"])
    assert waiting(tmp_path) == tuple(runs)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"runs": 3}', '{"runs": ["../../elsewhere", "..", "", 5]}', '{"runs": [["001-gan"]]}']
)
def test_a_damaged_file_lets_nothing_wait_and_reaches_nowhere_else(tmp_path, runs, text):
    Run.create(tmp_path / "elsewhere", Run(runs[0]).recipe())
    (tmp_path / FILE).write_text(text)
    assert waiting(tmp_path) == ()

"""What a table says of runs."""

import pytest

from ganstudio.runs.run import Run
from ganstudio.runs.title import entitle
from ganstudio.window.summaries import Summary, spare, summaries
from ganstudio.words.events import Finished, Losses, Scored, Started
from ganstudio.words.recipe import Domain, Recipe

STARTED = Started(0, 30, "gan", "CPU", "fp32", {})


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "runs/001-gan", Recipe("gan", (Domain("a", ("a",)),), steps=30))


def looked_at(*runs):
    return [found for found in summaries(run.path for run in runs) if isinstance(found, Summary)]


def test_a_run_in_a_line(run):
    for event in (
        STARTED,
        Losses(30, {"fool": 0.5}),
        *(Scored(step, "KID", {"a": {"distance": far}}) for step, far in ((10, 0.4), (20, 0.1), (30, 0.2))),
        Finished(30, seconds=90.0),
    ):
        run.append(event)
    entitle(run.path, "first sky")
    (found,) = looked_at(run)
    assert (found.title, found.method, found.steps, found.best) == ("first sky", "gan", 30, 0.1)
    assert (found.screen.state, found.screen.seconds, found.elsewhere) == ("finished", 90.0, "")
    assert found.file_bytes == sum(file.stat().st_size for file in run.path.iterdir())


def test_a_run_that_was_cut_off_one_that_waits_and_one_that_is_damaged(run, tmp_path):
    run.append(STARTED)
    run.append(Losses(7, {"fool": 0.5}))
    fresh = Run.create(tmp_path / "runs/002-gan", run.recipe())
    broken = Run.create(tmp_path / "runs/003-gan", run.recipe())
    (broken.path / "recipe.toml").write_text("no recipe")
    found = looked_at(run, fresh, broken, Run(tmp_path / "runs/gone"))
    assert [(each.screen.state, each.screen.step, each.method) for each in found] == [
        ("interrupted", 7, "gan"),
        ("idle", 0, "gan"),
        ("idle", 0, ""),
    ]
    assert found[0].best is None


def test_a_run_that_trains_elsewhere_says_so(run):
    with run.lock():
        (found,) = looked_at(run)
    assert "process" in found.elsewhere


def test_all_saves_but_the_newest_the_best_and_the_named_are_spare(run):
    run.checkpoints.mkdir()
    for step in range(10, 60, 10):
        run.shelf.place(step).write_bytes(bytes(step))
    run.shelf.mark(run.shelf.find(10).path, name="first sky")
    run.shelf.mark(run.shelf.find(30).path, best=True)
    files, size = spare(run)
    assert sorted(file.name[8:10] for file in files) == ["20", "40"]
    assert size == 60
    assert spare(Run(run.path.parent / "nowhere")) == ([], 0)

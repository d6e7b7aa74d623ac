"""What of a history counts."""

import pytest

from ganstudio.runs.measured import measured, samples, values
from ganstudio.runs.run import Run
from ganstudio.words.events import Losses, Returned, Sampled, Scored, SheetFile, Started, Warned
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Recipe("gan", (Domain("a", ("a",)),)))


def tell(run, *events):
    for event in events:
        run.append(event)


def sampled(step, path):
    return Sampled(step, (SheetFile("a", path, ("",), ("",), 8),))


def started(step):
    return Started(step, 100, "gan", "CPU", "fp32", {})


@pytest.mark.parametrize("back", [started(20), Returned(20, "It exploded.")], ids=["a kill", "a return"])
def test_what_was_done_anew_counts_once(run, back):
    tell(run, started(0), *(Losses(step, {"x": float(step)}) for step in (10, 20, 30)), sampled(30, "old.png"))
    tell(run, back, Losses(30, {"x": 3.5}), sampled(30, "new.png"))
    assert [(told.event.step, told.event.terms["x"]) for told in measured(run) if isinstance(told.event, Losses)] == [
        (10, 10.0),
        (20, 20.0),
        (30, 3.5),
    ]
    assert [sampled.sheets[0].path for sampled in samples(run)] == ["new.png"]


def test_every_number_has_a_name_and_a_time(run):
    tell(run, started(0), Warned("x"), Losses(1, {"fool": 0.5}, 0.25), Scored(2, "KID", {"a": {"distance": 0.125}}))
    told = [(step, name, value) for at, step, name, value in values(run) if at > 0]
    assert told == [(1, "losses/fool", 0.5), (1, "waited", 0.25), (2, "quality/distance/a", 0.125)]


def test_a_line_that_was_cut_off_is_passed_over(run):
    tell(run, Losses(1, {"fool": 0.5}))
    with (run.path / "events.jsonl").open("a") as file:
        file.write('{"event": "losses", "at": 12, "ste')
    assert len(measured(run)) == 1
    assert list(values(Run(run.path / "nowhere"))) == []

import pytest

from ganstudio.runs.moment import address, moment
from ganstudio.runs.run import RECIPE, Run


@pytest.fixture
def run(tmp_path):
    """A run with three checkpoints, of which one is the best and one has a name."""
    run = Run(tmp_path / "me@home")
    run.checkpoints.mkdir(parents=True)
    (run.path / RECIPE).touch()
    for step in (5, 10, 15):
        run.shelf.place(step).touch()
    run.shelf.mark(run.shelf.place(10), best=True)
    run.shelf.mark(run.shelf.place(5), name="first snow")
    return run


@pytest.mark.parametrize(("which", "step"), [("15", 15), ("5", 5), ("best", 10), ("first snow", 5)])
def test_a_step_a_name_or_the_best_is_a_moment(run, which, step):
    found = moment(run.path.with_name(f"{run.path.name}@{which}"))
    assert (found.run, found.entry.step) == (run, step)


def test_its_address_leads_to_it(run):
    assert moment(address(run.path, 10)).entry.step == 10


@pytest.mark.parametrize("name", ["me@home", "nobody@5", "plain", "me@home/checkpoints", ""])
def test_other_paths_mean_no_moment(run, name):
    assert moment(run.path.parent / name) is None


def test_what_is_there_is_what_it_is_called(run):
    (run.path.parent / "me@home@5").mkdir()
    assert moment(address(run.path, 5)) is None


@pytest.mark.parametrize(("which", "why"), [("7", "no checkpoint of step 7"), ("x", "no checkpoint called x")])
def test_a_moment_that_is_not_kept_names_those_that_are(run, which, why):
    with pytest.raises(ValueError, match=rf"me@home has {why}; it has those of steps: 5, 10, 15\."):
        moment(run.path.with_name(f"me@home@{which}"))

"""A training that the disk cannot hold does not begin, and one that fills it is saved and stopped."""

import pytest

from ganstudio.engine.models import checkpoint
from ganstudio.engine.models.modelfile import build_method
from ganstudio.engine.training import disk_space
from ganstudio.engine.training.disk_space import MARGIN, Room, missing, room_for
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Failed, Finished, Progress, Saved, Started
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import DomainFound, Inventory

ROOM = Room(checkpoint=100, model=10, sheets=1)


@pytest.fixture
def disk(monkeypatch):
    """disk(free) → a disk with so much room."""
    return lambda free: monkeypatch.setattr(disk_space, "_free", lambda _: free)


def test_five_checkpoints_two_models_and_a_night_of_sheets_are_needed():
    assert ROOM.total == 5 * 100 + 2 * 10 + 200
    assert missing(ROOM, free=MARGIN + 720) == 0
    assert missing(ROOM, free=MARGIN + 700) == 20
    assert missing(ROOM, free=MARGIN + 700, there=15) == 5


def test_the_published_cyclegan_needs_420_megabytes_for_a_checkpoint():
    found = Inventory((DomainFound("a", 1, 1), DomainFound("b", 1, 1)), {})
    method = build_method(Recipe("cyclegan", (), size=256, settings={"average": 0.0}), found)
    assert room_for(method, 256).checkpoint == pytest.approx(418e6, rel=0.02)
    assert room_for(method, 256).model == pytest.approx(2 * 11.38e6 * 4, rel=0.02)


@pytest.mark.parametrize("kind", ["recipe", "conditional"])
def test_no_checkpoint_is_larger_than_was_planned(tmp_path, request, kind):
    run = Run.create(tmp_path / "run", request.getfixturevalue(kind))
    list(train(run))
    method = build_method(run.recipe(), run.inventory())
    planned = room_for(method, 16)
    for path, size in ((run.shelf.line()[0].path, planned.checkpoint), (run.model, planned.model)):
        header = int.from_bytes(path.read_bytes()[:8], "little")
        assert 0.7 * size < path.stat().st_size - header < 1.05 * size + 20_000


def test_too_little_room_is_told_before_the_first_step(tmp_path, recipe, disk):
    disk(30 << 20)
    run = Run.create(tmp_path / "run", recipe)
    with pytest.raises(ValueError, match=r"too little room .*, 31 MB are free\. Make \d+ MB of room") as error:
        list(train(run))
    events = list(run.events())
    assert not any(isinstance(event, Started) for event in events)
    assert events[-1] == Failed(str(error.value))


def test_a_disk_that_fills_ends_the_training_in_order_and_it_goes_on_after_room_is_made(
    tmp_path, recipe, disk, monkeypatch
):
    monkeypatch.setattr("ganstudio.engine.training.course.ROOM_SECONDS", 0.01)
    disk(1 << 40)
    run = Run.create(tmp_path / "run", recipe)
    training = train(run)
    while not (isinstance(event := next(training), Progress) and event.what == "training" and event.done == 2):
        pass
    disk(50 << 20)
    with pytest.raises(ValueError, match=r"nearly full: 52 MB are left\. The training is saved and stopped\. Make"):
        list(training)
    assert 2 <= checkpoint.newest(run)[0].step < 8
    assert {event.kind for event in run.events() if isinstance(event, Saved)} == {"checkpoint", "model"}
    disk(1 << 40)
    assert list(train(run))[-1] == Finished(8, "done", list(run.events())[-1].seconds)


def test_a_finished_run_opens_on_a_full_disk(tmp_path, recipe, disk):
    run = Run.create(tmp_path / "run", recipe)
    list(train(run))
    disk(0)
    assert isinstance(list(train(run))[-1], Finished)

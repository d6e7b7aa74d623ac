"""A branch goes on bit for bit from where its source stood, and the source stays as it was."""

import dataclasses
import errno

import pytest
import torch
from PIL import Image

from ganstudio.engine.models import checkpoint, sealed
from ganstudio.engine.training.branching import branch, current
from ganstudio.engine.training.trainer import train
from ganstudio.runs.history import History
from ganstudio.runs.model import card
from ganstudio.runs.origin import Origin, origin
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Losses, Returned, Sampled, Scored, Started
from tests.faults import Drive
from tests.unit.engine.conftest import SMALL
from tests.unit.engine.training.test_trainer import train_to


@pytest.fixture
def source(tmp_path, recipe):
    """A finished run of four steps."""
    run = Run.create(tmp_path / "source", dataclasses.replace(recipe, steps=4))
    list(train(run))
    return run


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def same(run, other):
    one, two = (checkpoint.newest(each)[0] for each in (run, other))
    assert one.step == two.step
    assert one.tensors.keys() == two.tensors.keys()
    return [name for name, value in one.tensors.items() if not torch.equal(value, two.tensors[name])] == []


def test_the_same_recipe_gives_the_same_bits_as_the_source(tmp_path, recipe):
    straight, parted = (Run.create(tmp_path / name, recipe) for name in ("straight", "parted"))
    list(train(straight))
    train_to(parted, 3)
    other = branch(parted, tmp_path / "other", recipe)
    assert same(parted, other)
    list(train(other))
    assert same(straight, other)


def test_from_an_earlier_step_only_the_way_that_led_there_is_shown(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    train_to(run, 2)
    train_to(run, 5)
    checkpoint.go_back(run, 2)
    History(run).add(Returned(2, "As you asked."))
    train_to(run, 4)
    train_to(run, 6)
    other = branch(run, tmp_path / "other", recipe, step=4)
    assert checkpoint.newest(other)[0].step == 4
    steps = [event.step for event in other.events() if isinstance(event, Losses)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 4


def test_training_longer_goes_on_and_the_source_stays(tmp_path, source):
    before = contents(source.path)
    longer = branch(source, tmp_path / "runs" / "longer", dataclasses.replace(source.recipe(), steps=6))
    assert origin(longer) == Origin(str(source.path), "source", 4)
    assert origin(source) is None
    events = list(train(longer))
    assert next(event.step for event in events if isinstance(event, Started)) == 4
    assert (events[-1].step, events[-1].reason) == (6, "done")
    assert contents(source.path) == before


def test_its_model_names_the_run_that_it_went_on_from(tmp_path, source):
    longer = branch(source, tmp_path / "longer", dataclasses.replace(source.recipe(), steps=5))
    list(train(longer))
    assert card(longer.path).parents == ("source",)
    assert card(source.path).parents == ()


def test_the_way_there_is_shown_too(tmp_path, source):
    longer = branch(source, tmp_path / "longer", dataclasses.replace(source.recipe(), steps=6))
    told = list(longer.events())
    assert told == [event for event in source.events() if isinstance(event, (Losses, Sampled, Scored))]
    assert [event.step for event in told if isinstance(event, Sampled)] == [0, 4]
    for sampled in (event for event in told if isinstance(event, Sampled)):
        for sheet in sampled.sheets:
            with Image.open(longer.path / sheet.path) as picture:
                picture.load()


def test_what_was_done_before_a_return_is_not_on_the_way(tmp_path, source):
    lost = Losses(9, {"fool": 1.0})
    source.append(lost)
    source.append(Started(4, 8, "cyclegan", "CPU", "fp32", {}))
    longer = branch(source, tmp_path / "longer", dataclasses.replace(source.recipe(), steps=20))
    assert lost not in list(longer.events())


def test_a_run_that_was_stopped_and_went_on_can_be_trained_longer(tmp_path, recipe):
    """It showed the same step twice: when it stopped, and when it went on."""
    run = Run.create(tmp_path / "source", dataclasses.replace(recipe, steps=6))
    train_to(run, 3)
    list(train(run))
    shown = [event.step for event in run.events() if isinstance(event, Sampled)]
    assert len(shown) > len(set(shown))
    longer = branch(run, tmp_path / "longer", dataclasses.replace(run.recipe(), steps=7))
    for folder in (run, longer):
        assert len(list((folder.path / "sheets").iterdir())) == 2 * len(set(shown))


def test_settings_that_were_changed_on_the_way_are_part_of_it(tmp_path, source):
    found = checkpoint.newest(source)[0]
    checkpoint.save(source, 4, found.tensors, {"changes": {"learning_rate": 1e-5}})
    recipe = current(source)
    assert recipe.settings["learning_rate"] == 1e-5
    longer = branch(source, tmp_path / "longer", dataclasses.replace(recipe, steps=6))
    assert "changes" not in checkpoint.newest(longer)[0].facts
    assert longer.recipe().settings["learning_rate"] == 1e-5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"steps": 4}, "4 steps are done already"),
        ({"steps": 9, "size": 32}, "method, size and number of folders stay"),
        ({"steps": 9, "settings": SMALL | {"width": 8}}, "make other networks"),
    ],
)
def test_other_networks_need_another_run(tmp_path, source, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        branch(source, tmp_path / "other", dataclasses.replace(source.recipe(), **changes))
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"warm", "cold"}] == ["source"]


def test_a_folder_that_holds_something_is_refused(tmp_path, source, folders):
    with pytest.raises(ValueError, match="is not empty"):
        branch(source, folders[0], dataclasses.replace(source.recipe(), steps=9))


def test_a_run_without_a_checkpoint_has_nothing_to_go_on_from(tmp_path, recipe):
    with pytest.raises(ValueError, match=r"has no checkpoint to go on from\. Train it first"):
        branch(Run.create(tmp_path / "new", recipe), tmp_path / "other", recipe)


def test_a_damaged_checkpoint_is_named(tmp_path, source):
    path = source.shelf.line()[0].path
    path.write_bytes(b"rubbish")
    with pytest.raises(ValueError, match=path.name):
        branch(source, tmp_path / "other", dataclasses.replace(source.recipe(), steps=9))


def test_a_full_disk_leaves_no_half_run(tmp_path, source, monkeypatch):
    drive = Drive(monkeypatch, tmp_path)
    drive.fail_where(lambda name, path: name == "write" and path.parent.name == "checkpoints", errno.ENOSPC)
    with pytest.raises(OSError, match="The disk is full"):
        branch(source, tmp_path / "other", dataclasses.replace(source.recipe(), steps=9))
    assert not (tmp_path / "other").exists()
    assert not list(tmp_path.glob(".ganstudio*"))
    assert sealed.read(source.shelf.line()[0].path)
    assert isinstance(list(source.events())[-1], Finished)

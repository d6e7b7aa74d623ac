"""Training on shards keeps the promises of training on folders."""

import dataclasses

import pytest
import torch

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.planning import plan
from ganstudio.engine.training.trainer import train
from ganstudio.pictures.shards import streaming
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Progress, Skipped, Started, Stop, Warned
from ganstudio.words.recipe import Domain
from tests.small_shards import pack


def train_to(run, step):
    training, command, events = train(run), None, []
    while True:
        try:
            event = training.send(command)
        except StopIteration:
            return events
        events.append(event)
        done = isinstance(event, Progress) and event.what == "training" and event.done == step
        command = Stop() if done else None


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(streaming, "BLOCK", 16)
    monkeypatch.setattr(streaming, "LEAST_BLOCK", 3)


@pytest.fixture
def mixed(recipe, tmp_path):
    """A CycleGAN from shards to a folder."""
    pack(tmp_path / "shards", 3, 6, side=20)
    return dataclasses.replace(
        recipe, steps=12, domains=(Domain("many", (str(tmp_path / "shards"),)), recipe.domains[1])
    )


def test_a_run_from_shards_that_was_stopped_equals_one_that_was_not_bit_for_bit(tmp_path, mixed):
    straight = Run.create(tmp_path / "straight", mixed)
    events = list(train(straight))
    assert next(event for event in events if isinstance(event, Started)).pictures["many"] == 17
    assert events[-1] == dataclasses.replace(events[-1], step=12, reason="done")
    parted = Run.create(tmp_path / "parted", mixed)
    train_to(parted, 3)
    train_to(parted, 8)
    assert not any(isinstance(event, (Warned, Skipped)) for event in train(parted))
    one, other = (checkpoint.newest(run)[0] for run in (straight, parted))
    assert one.step == other.step == 12
    assert [name for name, value in one.tensors.items() if not torch.equal(value, other.tensors[name])] == []
    assert "batches.lanes.0" in one.tensors


def test_shards_that_changed_meanwhile_are_told_and_begin_a_new_pass(tmp_path, mixed):
    run = Run.create(tmp_path / "run", mixed)
    train_to(run, 4)
    pack(tmp_path / "shards", 1, 6, side=20, first=7)
    notes = [event.message for event in train(run) if isinstance(event, Warned)]
    assert any("1 is new (s-007.tar)" in note for note in notes)


def test_a_conditional_gan_learns_classes_from_cls_members(tmp_path, conditional):
    pack(tmp_path / "shards", 2, 8, side=20, classes="{shard}")
    recipe = dataclasses.replace(conditional, steps=3, domains=(Domain("digits", (str(tmp_path / "shards"),)),))
    run = Run.create(tmp_path / "run", recipe)
    assert isinstance(list(train(run))[-1], Finished)
    assert run.inventory().domains[0].classes == ("0", "1")


def test_captions_and_few_labels_come_from_shards_too(tmp_path):
    pack(tmp_path / "told", 2, 8, side=20, classes="{shard}", captions="a red square\na square")
    pack(tmp_path / "plain", 2, 8, side=20)
    told, plain = (Domain(name, (str(tmp_path / name),)) for name in ("told", "plain"))
    recipe = plan("text-gan", [told], size=64, batch=2, steps=1, device="cpu", settings={"width": 4})
    run = Run.create(tmp_path / "text", recipe)
    assert isinstance(list(train(run))[-1], Finished)
    assert set(run.inventory().domains[0].words) == {"a", "red", "square"}
    recipe = plan("semi-supervised-gan", [told, plain], size=64, batch=2, steps=1, device="cpu")
    run = Run.create(tmp_path / "few", recipe)
    assert isinstance(list(train(run))[-1], Finished)
    assert [domain.classes for domain in run.inventory().domains] == [("0", "1"), ()]


def test_pairs_in_shards_are_declined_with_what_to_do(tmp_path):
    pack(tmp_path / "shards", 1, 4)
    with pytest.raises(ValueError, match=r"pairs are found in folders only\. Unpack them"):
        plan("pix2pix", [Domain("s", (str(tmp_path / "shards"),))])


def test_a_plan_fits_small_pictures_in_shards(tmp_path):
    for name in ("a", "b"):
        pack(tmp_path / name, 1, 30, side=70)
    assert plan("cyclegan", [Domain(name, (str(tmp_path / name),)) for name in ("a", "b")]).size == 68

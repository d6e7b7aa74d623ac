"""The trainer keeps its word: exact resume, obedience within a step, and a run folder that tells the truth."""

import dataclasses

import pytest
import torch
from PIL import Image

from ganstudio.engine.models import checkpoint, modelfile, sealed
from ganstudio.engine.training.trainer import train
from ganstudio.runs.model import card
from ganstudio.runs.run import Run
from ganstudio.words.events import (
    Failed,
    Finished,
    Losses,
    Progress,
    Sample,
    Sampled,
    Save,
    Saved,
    Skipped,
    Started,
    Stop,
    Warned,
)
from tests.unit.engine.conftest import painted, small_recipe


def steps_of(events):
    return [event for event in events if isinstance(event, Progress) and event.what == "training"]


def ending(events):
    """Step and reason of the end."""
    *_, last = events
    assert isinstance(last, Finished)
    return last.step, last.reason


def train_to(run, step):
    """Train until `step` is done, then stop in order."""
    training = train(run)
    events = []
    command = None
    while True:
        try:
            event = training.send(command)
        except StopIteration:
            return events
        events.append(event)
        last = steps_of(events[-1:])
        command = Stop() if last and last[0].done == step else None


@pytest.mark.parametrize("kind", ["recipe", "conditional"])
def test_forty_steps_equal_twenty_and_twenty_bit_for_bit(tmp_path, request, kind, monkeypatch):
    recipe = dataclasses.replace(request.getfixturevalue(kind), steps=40)
    straight = Run.create(tmp_path / "straight", recipe)
    list(train(straight))
    parted = Run.create(tmp_path / "parted", recipe)
    train_to(parted, 20)
    monkeypatch.setenv("GANSTUDIO_PICTURE_MEMORY", "1")  # From here on every picture comes from the cache on the disk.
    torch.rand(7)  # Other work in the same process draws from the global generator meanwhile.
    list(train(parted))

    one, other = (checkpoint.newest(run)[0] for run in (straight, parted))
    assert one.step == other.step == 40
    assert one.tensors.keys() == other.tensors.keys()
    different = [name for name, value in one.tensors.items() if not torch.equal(value, other.tensors[name])]
    assert different == []
    # The comparison covers what it should: weights, moments, pools, averages, order and chance.
    wanted = {"method", "optimizer", "average", "batches", "random"}
    assert {name.split(".")[0] for name in one.tensors} == wanted
    assert kind == "conditional" or one.tensors["method.pool_a._extra_state"].shape == (3, 3, 16, 16)


def test_losses_after_a_resume_are_those_of_an_uninterrupted_run(tmp_path, recipe):
    straight, parted = (Run.create(tmp_path / name, recipe) for name in ("straight", "parted"))
    list(train(straight))
    train_to(parted, 3)
    list(train(parted))
    final = [[event for event in run.events() if isinstance(event, Losses)][-1] for run in (straight, parted)]
    assert final[0] == final[1]


def test_a_different_seed_trains_differently(tmp_path, recipe):
    runs = [Run.create(tmp_path / str(seed), dataclasses.replace(recipe, seed=seed)) for seed in (0, 1)]
    for run in runs:
        list(train(run))
    one, other = (checkpoint.newest(run)[0].tensors["method.G_A.model.1.weight"] for run in runs)
    assert not torch.equal(one, other)


def test_it_says_what_happens_and_the_history_says_the_same(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    events = list(train(run))
    kinds = [type(event) for event in events]
    assert kinds.index(Started) < kinds.index(Sampled)
    assert [event.done for event in steps_of(events)] == list(range(1, 9))
    assert ending(events) == (8, "done")
    assert {event.kind for event in events if isinstance(event, Saved)} == {"checkpoint", "model"}
    assert list(run.events()) == [event for event in events if not isinstance(event, Progress)]


def test_curves_are_those_the_method_names(tmp_path, recipe):
    events = list(train(Run.create(tmp_path / "run", recipe)))
    losses = [event for event in events if isinstance(event, Losses)]
    assert losses[-1].step == 8
    assert losses[-1].terms.keys() == {"fool", "cycle", "identity", "discriminator"}


def test_stop_ends_within_a_step_and_saves(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    events = train_to(run, 3)
    assert steps_of(events)[-1].done == 3
    assert ending(events) == (3, "stopped")
    assert checkpoint.newest(run)[0].step == 3


def test_a_stop_while_pictures_are_read_ends_before_the_first_step(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    training = train(run)
    assert next(training).what.startswith("reading")
    assert training.send(Stop()) == Finished(0, "stopped")
    assert list(training) == []


def test_a_command_at_the_start_is_kept_until_a_step_is_done(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    training = train(run)
    while not isinstance(next(training), Started):
        pass
    events = [training.send(Save()), *training]
    assert [event.step for event in events if isinstance(event, Saved)] == [1, 1, 8, 8]


def test_save_and_sample_are_obeyed_after_the_step(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    training = train(run)
    while not steps_of([next(training)]):
        pass
    events = [training.send(Save()), training.send(Sample())]
    while not steps_of(events[-1:]):
        events.append(next(training))
    saved = [event for event in events if isinstance(event, Saved)]
    assert [event.step for event in saved] == [1, 1]
    assert [event.step for event in events if isinstance(event, Sampled)] == [1]
    assert run.model.is_file()
    training.close()


def test_a_closed_training_goes_on_from_its_last_save(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    training = train(run)
    while not steps_of([next(training)]):
        pass
    training.send(Save())
    while not (done := steps_of([next(training)])) or done[0].done < 4:
        pass
    training.close()
    again = next(event for event in train(run) if isinstance(event, Started))
    assert again.step == 1


def test_sheets_show_every_route_on_pictures_that_are_not_trained_on(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    sampled = [event for event in train(run) if isinstance(event, Sampled)]
    assert sampled[0].step == 0
    assert [sheet.route for sheet in sampled[-1].sheets] == ["warm → cold", "cold → warm"]
    sheet = sampled[-1].sheets[0]
    assert sheet.columns == ("warm", "cold", "back to warm")
    with Image.open(run.path / sheet.path) as picture:
        assert picture.size == (3 * 16, len(sheet.rows) * 16)
    assert run.inventory().domains[0].test == len(sheet.rows)


def test_sheets_of_a_generator_have_a_row_for_each_label(tmp_path, conditional):
    run = Run.create(tmp_path / "run", conditional)
    sheet = [event for event in train(run) if isinstance(event, Sampled)][-1].sheets[0]
    assert sheet.rows == ("cat", "dog")
    with Image.open(run.path / sheet.path) as picture:
        assert picture.size == (6 * 16, 2 * 16)


def test_a_broken_picture_is_named_and_the_rest_trains(tmp_path, recipe, folders):
    broken = folders[0] / "broken.png"
    broken.write_bytes(b"<html>not a picture</html>")
    run = Run.create(tmp_path / "run", recipe)
    events = list(train(run))
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(broken)]
    assert ending(events) == (8, "done")
    assert list(run.inventory().unreadable) == [str(broken)]


def test_no_readable_picture_is_a_sentence(tmp_path, recipe, folders):
    for path in folders[1].iterdir():
        path.write_bytes(b"")
    run = Run.create(tmp_path / "run", recipe)
    with pytest.raises(ValueError, match=r"No readable pictures in .*cold"):
        list(train(run))
    assert isinstance(list(run.events())[-1], Failed)


def test_a_damaged_checkpoint_is_said_and_the_one_before_is_used(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    train_to(run, 2)
    train_to(run, 5)
    newest = max(run.checkpoints.iterdir())
    data = bytearray(newest.read_bytes())
    data[-100] ^= 1
    newest.write_bytes(data)
    events = list(train(run))
    assert any(isinstance(event, Warned) and newest.name in event.message for event in events)
    assert next(event for event in events if isinstance(event, Started)).step == 2
    assert ending(events) == (8, "done")


def test_where_no_checkpoint_is_whole_the_training_says_that_it_begins_anew(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    train_to(run, 2)
    (only,) = (entry.path for entry in run.shelf.line())
    only.write_bytes(only.read_bytes()[:-9])
    told = [event for event in train(run) if isinstance(event, (Warned, Started))]
    assert "was cut short" in told[0].message
    assert "before it" not in told[0].message
    assert told[1] == Warned("There is no other checkpoint, so the training begins anew.")
    assert told[2].step == 0


def test_what_is_saved_after_beginning_anew_is_kept_though_damaged_ones_are_further(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    for step in (4, 5, 6):
        train_to(run, step)
    for entry in run.shelf.line():
        entry.path.write_bytes(entry.path.read_bytes()[:-9])
    train_to(run, 2)
    assert checkpoint.newest(run)[0].step == 2


def test_a_run_is_trained_by_one_at_a_time(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    first = train(run)
    next(first)
    with pytest.raises(ValueError, match="is being trained by"):
        next(train(run))
    first.close()
    assert ending(train(run)) == (8, "done")


def test_a_number_that_explodes_is_never_saved(tmp_path, recipe):
    run = Run.create(tmp_path / "run", dataclasses.replace(recipe, settings=dict(recipe.settings) | {"cycle": 1e-30}))
    train_to(run, 2)
    good = checkpoint.newest(run)[0]
    poisoned = dict(good.tensors) | {"method.G_A.model.1.weight": torch.full((4, 3, 7, 7), torch.nan)}
    sealed.write(run.checkpoints / "0000000002.safetensors", poisoned, good.facts)
    with pytest.raises(ValueError, match="exploded"):
        list(train(run))
    assert checkpoint.newest(run)[0].step == 2


def test_three_checkpoints_are_kept(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    for step in (1, 2, 3, 4, 5):
        train_to(run, step)
    assert [int(path.stem) for path in sorted(run.checkpoints.iterdir())] == [3, 4, 5]


def test_a_finished_run_says_so_at_once(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    list(train(run))
    events = list(train(run))
    assert steps_of(events) == []
    assert ending(events) == (8, "done")


def test_a_kill_between_checkpoint_and_model_leaves_no_old_model_behind(tmp_path, recipe, monkeypatch):
    straight, torn = (Run.create(tmp_path / name, recipe) for name in ("straight", "torn"))
    list(train(straight))
    train_to(torn, 5)

    def killed(*_, **__):
        raise GeneratorExit

    with monkeypatch.context() as patch:
        patch.setattr(modelfile, "save", killed)
        with pytest.raises(GeneratorExit):
            list(train(torn))
    assert (checkpoint.newest(torn)[0].step, card(torn.path).step) == (8, 5)
    events = list(train(torn))
    assert steps_of(events) == []
    assert [event.kind for event in events if isinstance(event, Saved)] == ["model"]
    assert ending(events) == (8, "done")
    (ours, _), (theirs, _) = (sealed.read(run.model) for run in (torn, straight))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_finished_run_whose_model_is_gone_gets_it_back(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    list(train(run))
    run.model.unlink()
    list(train(run))
    assert card(run.path).step == 8


def test_a_run_that_was_moved_with_its_pictures_goes_on_bit_for_bit(tmp_path):
    straight = Run.create(tmp_path / "straight", small_recipe(painted(tmp_path)))
    list(train(straight))
    run = Run.create(tmp_path / "old" / "runs" / "1", small_recipe(painted(tmp_path / "old" / "pictures")))
    train_to(run, 3)
    (tmp_path / "old").rename(tmp_path / "new")
    run = Run.open(tmp_path / "new" / "runs" / "1")
    events = list(train(run))
    assert [event.message for event in events if isinstance(event, Warned)] == []
    assert ending(events) == (8, "done")
    one, other = (checkpoint.newest(each)[0].tensors for each in (straight, run))
    different = [name for name, value in one.items() if not torch.equal(value, other[name])]
    assert {name.split(".")[1] for name in different} <= {"names", "stamps"}  # Those of the files, not what is drawn.

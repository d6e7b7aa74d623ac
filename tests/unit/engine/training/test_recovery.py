"""A training goes back when something breaks, and loses nothing of what was good."""

import math
import re

import pytest
import torch

from ganstudio.engine import devices, faults
from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.engine.training import course, memory, recovery
from ganstudio.engine.training.session import Session
from ganstudio.engine.training.thrift import Thrift
from ganstudio.engine.training.trainer import train
from ganstudio.words.events import (
    Change,
    Changed,
    Failed,
    Finished,
    Keep,
    Progress,
    Return,
    Returned,
    Sample,
    Sampled,
    Save,
    Saved,
    Started,
    Stop,
    Warned,
)
from tests.unit.engine.training.fragile import STEPS, Fragile, of, pull, same, state, well

# Numbers that explode


def test_what_explodes_once_goes_back_to_the_last_save_and_goes_on_slower(begun, fragile):
    broken = iter([math.nan])
    fragile(lambda now: next(broken, 1.0) if now.step == 20 and now.turn == 0 else 1.0)
    run = begun()
    events = pull(run, {10: Save()})
    (returned,) = of(Returned, events)
    assert returned.step == 10
    assert "exploded at step 21 (generator" in returned.reason
    assert of(Changed, events) == [Changed(10, {"learning_rate": 1e-4})]
    assert of(Finished, events)[0].step == STEPS
    assert state(run).facts["changes"] == {"learning_rate": 1e-4}
    assert not torch.equal(state(run).tensors["random.0"], checkpoint.at(run, 10).tensors["random.0"])  # Other chance.
    assert all(value.isfinite().all() for value in state(run).tensors.values() if value.is_floating_point())
    assert list(run.events()) == [event for event in events if not isinstance(event, Progress)]


def test_what_explodes_always_ends_with_advice_and_an_intact_run(begun, fragile):
    fragile(lambda now: math.inf if now.step == 20 else 1.0)
    run = begun()
    with pytest.raises(ValueError, match=r"exploded at step 21 .*twice.*flat colour.*learning rate below 5e-05"):
        pull(run, {5: Save(), 10: Save()})
    told = list(run.events())
    assert [event.step for event in of(Returned, told)] == [10, 5]
    assert [event.settings for event in of(Changed, told)] == [{"learning_rate": 1e-4}, {"learning_rate": 5e-5}]
    assert isinstance(told[-1], Failed)
    assert state(run).step == 5
    assert all(value.isfinite().all() for value in state(run).tensors.values() if value.is_floating_point())


def test_what_explodes_only_at_a_high_rate_ends_well(begun, fragile):
    fragile(lambda now: math.nan if now.step > 20 and now.method.settings.learning_rate > 6e-5 else 1.0)
    events = pull(begun(), {10: Save()})
    assert [event.step for event in of(Returned, events)] == [10, 10]
    assert of(Changed, events)[-1].settings == {"learning_rate": 5e-5}
    assert of(Finished, events)[0].reason == "done"


@pytest.mark.usefixtures("watchful")
def test_beyond_a_good_save_explosions_are_counted_anew(begun, fragile):
    broken = {20, 30, 40}

    def once(now):
        if now.step not in broken:
            return 1.0
        broken.remove(now.step)
        return math.nan

    fragile(once)
    events = pull(begun(), {step: Save() for step in (10, 25, 35)})
    assert [event.step for event in of(Returned, events)] == [10, 25, 35]
    assert of(Changed, events)[-1].settings == {"learning_rate": 2.5e-5}
    assert of(Finished, events)[0].reason == "done"


@pytest.mark.parametrize("good", [15, 20])
def test_before_the_place_of_an_explosion_they_are_not_and_going_back_ends(begun, fragile, good):
    fragile(lambda now: math.nan if now.step == 20 else 1.0)
    run = begun()
    pull(run, {5: Stop()})
    saves = []

    def saving():
        training, command = train(run), None
        while len(saves) < 10:
            event = training.send(command)
            command = Save() if isinstance(event, Progress) and event.done == good else None
            saves.extend([event.step] if isinstance(event, Saved) and event.kind == "checkpoint" else [])

    with pytest.raises(ValueError, match="again after going back twice"):
        saving()
    assert saves == [good] * 2


def test_the_least_rate_there_is_is_not_halved(begun, fragile):
    broken = iter([math.nan])
    fragile(lambda now: next(broken, 1.0) if now.step == 20 else 1.0)
    events = pull(begun(settings={"learning_rate": 1e-7}))
    assert of(Changed, events)[0].settings == {}
    assert of(Finished, events)[0].reason == "done"


@pytest.mark.usefixtures("watchful")
def test_ways_back_keep_what_was_changed_and_how_memory_is_saved(begun, fragile):
    broken = {20: [math.nan], 40: [math.nan]}

    def breaking(now):
        if now.step >= 25 and now.count > 2:
            raise torch.OutOfMemoryError
        return broken[now.step].pop() if now.turn == 0 and broken.get(now.step) else 1.0

    fragile(breaking)
    run = begun(batch=4)
    events = pull(run, {10: Save(), 15: Change((("weight", 3.0),)), 50: Return(15)})
    wanted = {"weight": 3.0, "learning_rate": 1e-4}
    assert [event.step for event in of(Returned, events)] == [16, 16, 15, 15]
    assert [bool(event.reason) for event in of(Returned, events)] == [True, True, True, False], "The last was wished."
    assert [event.settings for event in of(Changed, events)] == [
        {"weight": 3.0},
        wanted,
        wanted | {"learning_rate": 5e-5},
        {},
    ]
    assert len(of(Warned, events)) == 1  # Memory ran out once; from then on parts were small enough.


@pytest.mark.parametrize("why", ["a number", "memory"])
def test_a_damaged_checkpoint_is_passed_over_on_the_way_back(begun, fragile, why):
    broken = iter([1])

    def breaking(now):
        if now.step != 20 or not next(broken, 0):
            return 1.0
        path = run.shelf.find(10).path
        path.write_bytes(path.read_bytes()[:-9])
        if why == "memory":
            raise torch.OutOfMemoryError
        return math.nan

    fragile(breaking)
    run = begun()
    events = pull(run, {5: Save(), 10: Save()})
    assert [event.step for event in of(Returned, events)] == [5]
    assert any("was cut short" in event.message for event in of(Warned, events)) is (why == "memory")
    assert of(Finished, events)[0].reason == "done"


@pytest.mark.parametrize("why", ["a number", "memory"])
def test_what_breaks_while_the_run_folder_is_away_does_not_begin_anew(begun, fragile, why):
    broken = iter([1])

    def breaking(now):
        if now.step != 20 or not next(broken, 0):
            return 1.0
        run.path.rename(run.path.with_name("unplugged"))
        if why == "memory":
            raise torch.OutOfMemoryError
        return math.nan

    fragile(breaking)
    run = begun()
    with pytest.raises(OSError, match=r"is gone\. Bring it back"):
        pull(run, {10: Save()})
    run.path.with_name("unplugged").rename(run.path)
    events = pull(run)
    assert of(Started, events)[0].step == 10
    assert of(Finished, events)[0].reason == "done"


def test_the_level_of_a_loss_is_known_after_a_resume(begun, fragile):
    run = begun()
    pull(run, {35: Stop()})
    broken = iter([1e4])
    fragile(lambda now: next(broken, 1.0) if now.step == 40 and now.turn else 1.0)
    assert [event.step for event in of(Returned, pull(run))] == [35]


def test_before_the_first_save_it_begins_anew(begun, fragile):
    fragile(lambda now: math.nan if now.method.settings.learning_rate > 1.5e-4 else 1.0)
    events = pull(begun(steps=6))
    assert of(Returned, events)[0].step == 0
    assert "the start" in of(Returned, events)[0].reason
    assert of(Finished, events)[0].step == 6


def test_a_loss_that_jumps_far_above_its_level_is_an_explosion_and_a_small_leap_is_none(begun, fragile):
    heights = {40: iter([1e4])}
    fragile(lambda now: next(heights.get(now.step, iter(())), 1.0) if now.turn else 1.0)
    events = pull(begun(), {35: Save()})
    assert "(discriminator)" in of(Returned, events)[0].reason
    fragile(lambda now: 10.0 if now.step == 40 else 1.0)
    assert of(Returned, pull(begun("calm"))) == []


@pytest.mark.parametrize("wish", [Save(), Keep("good"), Sample()], ids=lambda wish: type(wish).__name__)
def test_of_a_number_that_exploded_nothing_is_kept_or_shown(begun, fragile, monkeypatch, wish):
    """Also one that is finite, and that no curve has told yet."""
    monkeypatch.setattr(course, "CURVE_SECONDS", 1e9)
    heights = iter([1e4])
    fragile(lambda now: next(heights, 1.0) if now.step == 40 and now.turn else 1.0)
    run = begun()
    events = pull(run, {35: Save(), 41: wish})
    (returned,) = of(Returned, events)
    after = events[events.index(returned) + 1 :]
    assert returned.step == 35
    assert (
        next(event for event in events[::-1] if event not in after and isinstance(event, (Saved, Sampled))).step == 35
    )
    assert next(event for event in after if isinstance(event, Progress)).done == 36


def test_weights_that_are_no_numbers_are_never_saved(begun, fragile):
    """A loss may be fine while its gradient is not: the slope of a root at 0."""
    broken = iter([1])

    def root(now):
        broke = now.step == 19 and now.turn == 0 and next(broken, 0)
        return 1.0 + (now.method.G[0].weight * 0).sqrt().sum() if broke else 1.0

    fragile(root)
    run = begun()
    events = pull(run, {10: Save(), 20: Save()})
    assert of(Returned, events)[0].step == 10
    assert [event.step for event in of(Saved, events) if event.kind == "checkpoint"] == [10, STEPS]


# Memory that runs out

LACKING = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes."),
]


@pytest.mark.parametrize("error", LACKING, ids=lambda error: type(error).__name__)
def test_a_step_that_finds_no_memory_half_way_is_repeated_and_nobody_moves_twice(begun, fragile, error):
    fragile(well)
    straight = begun("straight")
    pull(straight)
    broken = iter([error])

    def lack(now):
        if now.step == 20 and now.turn == 1:  # The generator has moved.
            for lacking in broken:
                raise lacking
        return 1.0

    fragile(lack)
    run = begun()
    events = pull(run, {10: Save()})
    assert "ran out of memory at step 21. The step is repeated." in of(Warned, events)[0].message
    assert of(Returned, events)[0].step == 10
    assert same(state(straight), state(run))


def test_a_batch_is_played_in_ever_smaller_parts_until_it_fits(begun, fragile):
    fragile(well)
    whole = begun("whole", batch=4)
    pull(whole)

    def lack(now):
        if now.count > 1:
            raise torch.OutOfMemoryError
        return 1.0

    fragile(lack)
    run = begun(batch=4)
    events = pull(run, {30: Stop()})
    assert [event.message.partition(". ")[2] for event in of(Warned, events)] == [
        "From here on each step plays its 4 pictures in 2 parts; what it learns is the same.",
        "From here on each step plays its 4 pictures in 4 parts; what it learns is the same.",
    ]
    assert of(Returned, events) == []  # Nothing was done yet.
    again = pull(run)
    assert of(Warned, again) == []  # It remembers.
    for name, value in state(whole).tensors.items():
        assert torch.allclose(value.double(), state(run).tensors[name].double(), rtol=0, atol=1e-6), name


def test_a_run_begins_in_the_way_that_was_found_to_fit(begun, monkeypatch):
    monkeypatch.setattr(memory, "fit", lambda *_, **__: memory.Fit(Thrift(2), "It is tight."))
    run = begun(batch=4, steps=6)
    events = pull(run)
    assert [event.message for event in of(Warned, events)] == ["It is tight."]
    assert state(run).facts["thrift"]["parts"] == 2


def test_after_a_lost_card_a_run_does_not_silently_go_on_on_the_cpu(begun, monkeypatch):
    monkeypatch.setattr(devices, "lost", lambda: True)
    with pytest.raises(ValueError, match=re.escape(devices.LOST)):
        pull(begun(device="auto"))


def test_where_parts_are_as_small_as_can_be_the_step_is_repeated_in_them(begun, fragile):
    broken = iter([1])

    def lack(now):
        if now.count > 1 or (now.step == 35 and next(broken, 0)):
            raise torch.OutOfMemoryError
        return 1.0

    fragile(lack)
    run = begun(batch=4)
    pull(run, {30: Stop()})
    (warned,) = of(Warned, pull(run))
    assert "in 4 parts" in warned.message


def test_what_never_fits_ends_with_a_size_that_does(begun, fragile):
    def lack(now):
        if now.side > 64:
            raise torch.OutOfMemoryError
        return 1.0

    fragile(lack)
    run = begun(size=96)
    with pytest.raises(faults.TooLarge, match=r"too little memory for 96 pixels .*Try 64 pixels\.") as caught:
        pull(run)
    assert caught.value.size == 64
    assert isinstance(list(run.events())[-1], Failed)


@pytest.mark.parametrize("error", LACKING, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", ["going back", "sheets", "saving"])
def test_memory_that_runs_out_beside_a_step_is_a_sentence_and_leaves_an_intact_run(begun, monkeypatch, place, error):
    run = begun(steps=6)
    pull(run, {3: Stop()})

    def lacking(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        if place == "going back":
            patch.setattr(Fragile, "turns", lacking)
            patch.setattr(recovery, "Session", lambda *now, **more: Session(*now) if not more else lacking())
        else:
            patch.setattr(*{"sheets": (Session, "draw_sheets"), "saving": (modelfile, "save")}[place], lacking)
        with pytest.raises(faults.TooLarge, match=r"^Memory ran out\. The run is intact up to its last save\. Close"):
            pull(run)
    assert list(run.events())[-1] == Failed(str(faults.no_way_left()))
    assert state(run).step >= 3
    assert of(Finished, pull(run))[0].step == 6


# A device that is lost


def test_a_lost_device_leaves_an_intact_run_that_goes_on_on_the_cpu(begun, fragile):
    def lose(now):
        if now.step == 20:
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nCUDA kernel errors might …")
        return 1.0

    fragile(lose)
    run = begun()
    with pytest.raises(faults.DeviceLost, match=r"stopped answering at step 20 \(CUDA error: an illegal .*Restart"):
        pull(run, {10: Save()})
    assert state(run).step == 10
    fragile(well)
    assert of(Finished, pull(run, device="cpu"))[0].step == STEPS


def test_an_error_of_the_program_is_told_as_one(begun, fragile):
    def wrong(_):
        raise RuntimeError("shapes cannot be multiplied")

    fragile(wrong)
    with pytest.raises(RuntimeError, match="multiplied"):
        pull(begun())

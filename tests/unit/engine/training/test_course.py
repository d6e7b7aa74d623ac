"""A training goes back when something breaks, obeys between two steps, and loses nothing of what was good."""

import dataclasses
import math
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch
from torch import nn

from ganstudio import methods
from ganstudio.engine import faults
from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.engine.training import clock, course, recovery
from ganstudio.engine.training.session import Session
from ganstudio.engine.training.trainer import train
from ganstudio.game import Descent, Method, MethodSettings, Turn
from ganstudio.pictures.away import Away
from ganstudio.pictures.batches import Batches
from ganstudio.runs.model import card
from ganstudio.runs.run import Run
from ganstudio.words.cards import Preset
from ganstudio.words.events import (
    Change,
    Changed,
    Failed,
    Finished,
    Held,
    Keep,
    Losses,
    Pause,
    Paused,
    Progress,
    Resume,
    Return,
    Returned,
    Save,
    Saved,
    Started,
    Stop,
    Warned,
)
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Needs, Route
from ganstudio.words.settings import setting

STEPS = 60


def well(now):
    return 1.0


class Now(NamedTuple):
    """A turn of a step: what a test decides by."""

    method: Method
    step: int
    turn: int
    count: int
    side: int


class Fragile(Method):
    """A generator that copies and a discriminator that measures, of one layer each, with a place to break."""

    key, title, sentence, task, needs = "fragile", "Fragile", "Breaks.", "reconstruction", Needs.FOLDER
    presets = {"quick": Preset(size=16, batch=1, steps=STEPS, sentence="")}  # noqa: RUF012
    apart = True

    @dataclasses.dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        weight: float = setting(1.0, help="Of the loss.", low=0, high=100)
        width: int = setting(2, help="Of the generator.", low=1, high=8)

    def __init__(self, settings, inventory, size):
        super().__init__()
        self.settings, self.name = settings, inventory.domains[0].name
        self.G = nn.Sequential(nn.Conv2d(3, settings.width, 1), nn.Conv2d(settings.width, 3, 1))
        self.D = nn.Conv2d(3, 1, 1)

    def players(self):
        return {"generator": (self.G,), "discriminator": (self.D,)}

    def makers(self):
        return {"G": self.G}

    def descent(self, player):
        return Descent(rate=self.settings.learning_rate)

    def breaking(self, now):
        """What to multiply the loss of this moment with; replaced by tests."""
        return 1.0

    def turns(self, batch, progress):
        (x,) = batch.images
        step = round(progress * STEPS)
        made = self.G(x)
        loss = (
            self.settings.weight * (made - x).square().mean() * self.breaking(Now(self, step, 0, len(x), x.shape[-1]))
        )
        yield Turn({"generator": loss}, {"likeness": loss.detach()})
        discriminator = (self.D(made.detach()) + 1).square().mean() + (self.D(x) - 1).square().mean()
        discriminator = discriminator * self.breaking(Now(self, step, 1, len(x), x.shape[-1]))
        yield Turn({"discriminator": discriminator}, {"discriminator": discriminator.detach()})

    def routes(self):
        return (Route(target=self.name, source=self.name),)

    def make(self, route, x, condition=None):
        return self.G(x).clamp(-1, 1)


@pytest.fixture
def fragile(monkeypatch):
    """fragile(breaking) puts the method into the catalogue; breaking(now) → factor of the loss, or raises."""
    monkeypatch.setattr(methods, "CATALOGUE", (*methods.CATALOGUE, Fragile))

    def breaks(breaking):
        monkeypatch.setattr(Fragile, "breaking", staticmethod(breaking))

    return breaks


@pytest.fixture
def begun(tmp_path, folders, fragile):
    """begun(name, **recipe) → a new run of the fragile method."""

    def make(name="run", **more):
        domains = (Domain("warm", (str(folders[0]),)),)
        asked = {"size": 16, "steps": STEPS, "batch": 1, "device": "cpu"} | more
        return Run.create(tmp_path / name, Recipe("fragile", domains, **asked))

    return make


def pull(run, commands=None, **more):
    """Train to the end and send `commands[step]` after that step; every event."""
    commands = dict(commands or {})
    training, events, command = train(run, **more), [], None
    while True:
        try:
            events.append(training.send(command))
        except StopIteration:
            return events
        command = None
        if isinstance(events[-1], Progress) and events[-1].what == "training":
            command = commands.pop(events[-1].done, None)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def state(run):
    return checkpoint.newest(run)[0]


def same(one, other):
    assert one.tensors.keys() == other.tensors.keys()
    return [name for name, value in one.tensors.items() if not torch.equal(value, other.tensors[name])] == []


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
    assert of(Changed, events)[-1].settings == {"learning_rate": 5e-5}
    assert of(Finished, events)[0].reason == "done"


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


# A pause that someone asks for who does not pull


def test_a_pause_saves_and_lasts_until_it_is_resumed_and_what_is_asked_in_it_is_done(begun, fragile, monkeypatch):
    monkeypatch.setattr(course, "PAUSE", 0)
    training, events = train(begun()), []
    wishes = iter([Pause(), Save(), Resume()])  # Twice pressed is once paused.
    command = None
    for _ in range(1000):
        events.append(training.send(command))
        command = None
        match events[-1]:
            case Progress(what="training", done=10):
                command = Pause()
            case Held():
                command = next(wishes, None)
            case Finished():
                break
    names = [type(event).__name__ for event in events]
    paused, resumed = names.index("Paused"), names.index("Resumed")
    assert names.count("Paused") == names.count("Resumed") == 1
    assert events[paused] == Paused(10)
    assert Saved(10, "model.safetensors", "model") in events[:paused]
    assert set(names[paused + 1 : resumed]) == {"Held", "Saved"}
    assert events[-1].reason == "done"


def test_a_paused_training_can_be_stopped(begun, fragile, monkeypatch):
    monkeypatch.setattr(course, "PAUSE", 0)
    run = begun()
    training, command, event = train(run), None, None
    while not isinstance(event, Finished):
        event = training.send(command)
        at_ten = isinstance(event, Progress) and event.done == 10
        command = Pause() if at_ten else Stop() if isinstance(event, Held) else None
    assert event.reason == "stopped"
    assert state(run).step == 10


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


# Commands


def test_settings_change_between_two_steps_and_a_resume_knows_them_bit_for_bit(begun):
    change = Change((("learning_rate", 1e-3), ("weight", 3.0), ("average", 0.5)))
    straight, parted = begun("straight"), begun("parted")
    events = pull(straight, {20: change})
    wanted = {"learning_rate": 1e-3, "weight": 3.0, "average": 0.5}
    assert of(Changed, events) == [Changed(20, wanted)]
    assert [event.step for event in of(Saved, events) if event.kind == "checkpoint"] == [20, 21, STEPS]

    training, done = train(parted), 0
    command = None
    while done < 30:  # Killed: closed without a save, nine steps after the one behind the change.
        event = training.send(command)
        done = event.done if isinstance(event, Progress) and event.what == "training" else done
        command = change if done == 20 else None
    training.close()
    again = pull(parted)
    assert of(Changed, again) == [Changed(21, wanted)]
    assert same(state(straight), state(parted))


def test_a_change_makes_a_difference_and_one_to_the_recipes_own_value_none(begun):
    plain, changed, back = begun("plain"), begun("changed"), begun("back")
    pull(plain)
    pull(changed, {20: Change((("weight", 3.0),))})
    events = pull(back, {20: Change((("weight", 1.0),))})
    assert not same(state(plain), state(changed))
    assert same(state(plain), state(back))
    assert of(Changed, events) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("width", 4, "width cannot change while a run trains: it decides what its networks are. Start a new run."),
        (
            "flip",
            False,
            "flip cannot change while a run trains: it decides how its pictures are read. Start a new run.",
        ),
        ("wieght", 4, "There is no setting 'wieght'. Did you mean weight?"),
        ("weight", -1, "weight must be from 0 to 100, not -1."),
    ],
)
def test_a_change_that_cannot_be_is_answered_and_the_run_goes_on(begun, name, value, sentence):
    events = pull(begun(steps=6), {3: Change(((name, value),))})
    assert [event.message for event in of(Warned, events)] == [sentence]
    assert of(Finished, events)[0].step == 6


def test_a_return_takes_the_settings_back_and_keeps_what_was_there_under_a_name(begun):
    run = begun()
    commands = {10: Save(), 20: Change((("weight", 3.0),)), 30: Return(10)}
    events = pull(run, commands)
    after = events[events.index(of(Returned, events)[0]) :]
    assert after[0].step == 10
    assert after[1] == Changed(10, {})
    assert next(event for event in after if isinstance(event, Progress)).done == 11
    assert run.shelf.find(name="left at step 30").step == 30
    assert run.shelf.line()[0].step == STEPS
    plain = begun("plain")
    pull(plain)
    assert same(state(plain), state(run))


def test_a_killed_run_knows_that_it_went_back(begun):
    run = begun()
    training = train(run)
    for command in (Save(), Return(10)):
        step = 10 if command == Save() else 20
        while not (isinstance(event := next(training), Progress) and event.done == step and event.what == "training"):
            pass
        training.send(command)
    while not isinstance(next(training), Returned):
        pass
    training.close()
    assert state(run).step == 10
    assert card(run.path).step == 20
    # Stopped before another step, the model is that of the state there is, not of the one that was left.
    assert of(Finished, [*stopped_at_once(run)])[0].step == 10
    assert card(run.path).step == 10


def stopped_at_once(run):
    training = train(run)
    while not isinstance(event := next(training), Started):
        yield event
    yield training.send(Stop())
    yield from training


def test_a_return_to_nowhere_is_answered(begun):
    events = pull(begun(steps=6), {3: Return(2), 4: Return()})
    assert [event.message for event in of(Warned, events)] == [
        "run has no checkpoint of step 2; it has those of steps: none.",
        "run has no checkpoint marked as the best; it has those of steps: none.",
    ]
    assert of(Finished, events)[0].step == 6


def test_what_is_kept_under_a_name_outlives_three_saves(begun):
    run = begun()
    pull(run, {3: Keep("first light"), **{step: Save() for step in (10, 20, 30, 40)}})
    assert [entry.step for entry in run.shelf.entries()] == [STEPS, 40, 30, 3]
    assert checkpoint.at(run, name="first light").step == 3


def test_who_sends_save_has_the_files_with_the_next_event(begun):
    run = begun()
    for number in range(4):  # Whatever the event before was.
        training, played = train(run), False
        for event in training:
            played = played or (isinstance(event, Progress) and event.what == "training")
            number -= played  # noqa: PLW2901
            if number < 0:
                break
        assert isinstance(training.send(Save()), Saved)
        training.close()
        assert run.model.is_file()
        assert state(run) is not None


# Places that go away


def test_a_run_folder_that_is_away_holds_the_training_and_nothing_is_lost(begun, monkeypatch):
    monkeypatch.setattr(course, "PAUSE", 0.01)
    run = begun()
    training, events = train(run), []
    while not (isinstance(event := next(training), Progress) and event.done == 10 and event.what == "training"):
        pass
    elsewhere = run.path.rename(run.path.with_name("unplugged"))
    assert isinstance(training.send(Save()), Held)
    assert "is away" in next(training).message
    elsewhere.rename(run.path)
    events = list(training)
    assert isinstance(events[0], Saved)
    assert of(Finished, events)[0].step == STEPS
    kinds = [type(event) for event in run.events()]
    assert Held not in kinds
    assert kinds[-1] is Finished


def test_a_stop_while_the_run_folder_is_away_ends_with_a_sentence(begun, monkeypatch):
    monkeypatch.setattr(course, "PAUSE", 0.01)
    run = begun()
    training = train(run)
    while not (isinstance(event := next(training), Progress) and event.done == 10 and event.what == "training"):
        pass
    run.path.rename(run.path.with_name("unplugged"))
    assert isinstance(training.send(Save()), Held)
    assert isinstance(training.send(Stop()), Warned)
    with pytest.raises(OSError, match=r"is gone\. Bring it back"):
        list(training)


def test_a_picture_folder_that_is_away_holds_the_training(begun, monkeypatch, folders):
    straight, run = begun("straight"), begun()
    pull(straight)
    real, looks = Batches.__next__, iter(range(1000))

    def gone(self):
        if next(looks) == 20:
            folders[0].rename(folders[0].with_name("away"))
            raise Away(folders[0])
        return real(self)

    monkeypatch.setattr(Batches, "__next__", gone)
    events = []
    for event in train(run):
        events.append(event)
        if isinstance(event, Held) and len(of(Held, events)) == 2:
            folders[0].with_name("away").rename(folders[0])
    assert len(of(Held, events)) == 2
    assert same(state(straight), state(run))


def test_waiting_for_pictures_is_told_as_a_share(begun, fragile, monkeypatch):
    """Each picture takes 10 ms to come, and each of a step's two turns 20."""
    real, now = Batches.__next__, [0.0]

    def passing(seconds):
        now[0] += seconds
        return 1.0

    def slow(self):
        passing(0.01)
        return real(self)

    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: now[0], perf_counter=lambda: now[0]))
    monkeypatch.setattr(Batches, "__next__", slow)
    fragile(lambda _: passing(0.02))
    assert of(Losses, pull(begun(steps=20)))[-1].waited == pytest.approx(0.2)


def test_saving_takes_a_small_share_of_the_time(begun, monkeypatch):
    monkeypatch.setattr(course, "SAVE_SECONDS", 0.0)
    saved = of(Saved, pull(begun()))
    assert 1 < len(saved) / 2 < STEPS / 2

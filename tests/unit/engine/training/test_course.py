"""A training obeys between two steps, waits for what is away, and loses nothing of what was good."""

import contextlib
import errno
from types import SimpleNamespace

import pytest

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training import clock, course
from ganstudio.engine.training.session import Session
from ganstudio.engine.training.trainer import train
from ganstudio.pictures.away import Away
from ganstudio.pictures.batches import Batches
from ganstudio.runs.model import card
from ganstudio.runs.shelf import Shelf
from ganstudio.words.events import (
    Change,
    Changed,
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
    Sampled,
    Save,
    Saved,
    Started,
    Stop,
    Warned,
)
from tests.unit.engine.training.fragile import STEPS, of, pull, same, state

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
    assert {name for entry in run.shelf.entries() for name in entry.names} == {"left at step 30"}
    assert of(Sampled, after)[0].step == 10  # Shown at once.
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
    assert card(run.path).samples  # Drawn in the sitting before.


def stopped_at_once(run):
    training = train(run)
    while not isinstance(event := next(training), Started):
        yield event
    yield training.send(Stop())
    yield from training


def test_a_run_that_began_anew_and_is_stopped_before_its_first_step_keeps_the_model_there_was(begun):
    run = begun(steps=6)
    pull(run)
    for entry in run.shelf.line():
        entry.path.write_bytes(b"")
    assert of(Finished, [*stopped_at_once(run)])[0].step == 0
    assert card(run.path).step == 6


@pytest.mark.parametrize("place", ["mark", "save", "go_back"])
def test_a_return_that_cannot_be_written_down_leaves_the_training_where_it_is(begun, monkeypatch, place):
    owner = Session if place == "save" else Shelf
    real = getattr(owner, place)

    def failing(self, *values, **more):
        if place == "go_back" or more.get("name"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *values, **more)

    monkeypatch.setattr(owner, place, failing)
    run = begun()
    events = pull(run, {10: Save(), 30: Return(10)})
    (warned,) = of(Warned, events)
    assert warned.message.endswith("The training goes on where it is.")
    assert of(Returned, events) == []
    assert of(Finished, events)[0].reason == "done"
    assert run.shelf.line()[0].step == STEPS


def test_a_return_forward_keeps_what_was_there_too(begun):
    run, wishes = begun(), iter([(10, Save()), (30, Return(10)), (20, Return(30))])
    training, events, command = train(run), [], None
    step, wish = next(wishes)
    with contextlib.suppress(StopIteration):
        while True:
            events.append(training.send(command))
            command = None
            if isinstance(events[-1], Progress) and events[-1].what == "training" and events[-1].done == step:
                command, (step, wish) = wish, next(wishes, (0, None))
    assert [event.step for event in of(Returned, events)] == [10, 30]
    assert run.shelf.find(name="left at step 20").step == 20


def test_a_drive_that_fails_now_and_then_ends_nothing_and_one_that_keeps_failing_does(begun, monkeypatch):
    monkeypatch.setattr(course, "RETRY_SECONDS", 0.0)
    save, fails = Session.save, iter([1, 0, 1, 0, 1, 0, 1, 1, 0])

    def failing(self, **how):
        if next(fails, 0):
            raise OSError(errno.EIO, "Input/output error")
        return save(self, **how)

    monkeypatch.setattr(Session, "save", failing)
    events = pull(begun(), {step: Save() for step in (10, 20, 30, 40)})
    assert len(of(Warned, events)) == 5
    assert of(Finished, events)[0].reason == "done"
    fails = iter([1] * course.ATTEMPTS)
    with pytest.raises(OSError, match="Input/output error"):
        pull(begun("other"), {10: Save()})
    assert next(fails, None) is None


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


def test_a_wish_that_waits_for_a_step_does_not_keep_looking_for_pictures_that_are_away(begun, monkeypatch, folders):
    run, draws = begun(), []
    real = Batches.__next__

    def gone(self):
        draws.append(1)
        if len(draws) == 1:
            folders[0].rename(folders[0].with_name("away"))
        if not folders[0].exists():
            raise Away(folders[0])
        return real(self)

    monkeypatch.setattr(Batches, "__next__", gone)
    training, held, command = train(run), 0, None
    while not (isinstance(event := training.send(command), Progress) and event.what == "training"):
        held += isinstance(event, Held)
        command = Save() if held == 1 else None
        if held == 4 and not folders[0].exists():
            folders[0].with_name("away").rename(folders[0])
    training.close()
    assert len(draws) == 2


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

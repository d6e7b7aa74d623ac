"""The screen is a fold of events."""

import math
import time
from dataclasses import replace

import pytest

from ganstudio.window.screen import NOTES, Screen, advance, replay
from ganstudio.words.events import (
    Advised,
    Changed,
    Failed,
    Finished,
    Held,
    Losses,
    Paused,
    Progress,
    Remedy,
    Resumed,
    Returned,
    Sampled,
    Saved,
    Scored,
    SheetFile,
    Skipped,
    Started,
    Warned,
    from_json,
    to_json,
)

STARTED = Started(0, 100, "cyclegan", "CPU", "fp32", {"summer": 3, "winter": 4})


def folded(*events):
    screen = Screen()
    for event in events:
        screen = advance(screen, event)
    return screen


def sampled(step, *routes):
    return Sampled(step, tuple(SheetFile(route, f"sheets/{step}.png", ("a", "b"), ("",), 8) for route in routes))


def test_a_run_from_start_to_end():
    screen = folded(
        Progress(20, 40, "reading pictures"),
        STARTED,
        Losses(1, {"cycle": 2.0}),
        Progress(1, 100, seconds=0.5, eta_seconds=49.5, per_second=2.0),
        sampled(1, "summer → winter"),
        Saved(1, "checkpoints/1", "checkpoint"),
    )
    assert (screen.state, screen.step, screen.steps, screen.saved) == ("training", 1, 100, 1)
    assert (screen.eta, screen.speed, screen.seconds, screen.doing) == (49.5, 2.0, 0.5, "")
    assert screen.device == "CPU"
    assert screen.curves["cycle"].points().points() == [(1, 2.0)]
    screen = advance(screen, Finished(100))
    assert (screen.state, screen.step, screen.eta) == ("finished", 100, None)


def test_the_time_of_a_run_is_that_of_all_its_sittings():
    went_on = replace(STARTED, step=40)
    screen = folded(STARTED, Progress(39, 100, seconds=60.0), Finished(40, "stopped", 61.0), went_on)
    assert screen.seconds == 61.0
    screen = advance(screen, Progress(60, 100, seconds=9.0))
    assert screen.seconds == 70.0
    screen = advance(screen, Finished(100, seconds=30.0))
    assert screen.seconds == 91.0
    history = [STARTED, Finished(40, "stopped", 61.0), went_on, Finished(100, seconds=30.0)]
    assert replay(history).seconds == screen.seconds


def test_what_is_done_before_training_is_told_and_is_no_step():
    screen = folded(Progress(20, 40, "reading pictures"))
    assert (screen.doing, screen.done, screen.total, screen.step) == ("reading pictures", 20, 40, 0)


@pytest.mark.parametrize(
    ("event", "state"),
    [(Finished(7, "stopped"), "stopped"), (Finished(7), "finished"), (Failed("The disk is full."), "failed")],
)
def test_the_end_has_a_word(event, state):
    assert folded(STARTED, event).state == state


def test_a_fault_is_kept_until_the_run_goes_on():
    screen = folded(STARTED, Failed("The disk is full."))
    assert screen.fault == "The disk is full."
    assert advance(screen, STARTED).fault == ""


def test_replay_from_json_lines_is_the_live_screen():
    events = [STARTED, Warned("Few pictures."), Skipped("a.png", "is empty"), sampled(3, "a → b", "b → a")]
    events += [Losses(step, {"cycle": step / 7, "fool": 1 / step}, 0.25) for step in range(1, 5000)]
    events += [
        score(4000, 0.2, best=True),
        Advised(4100, "x", "Slow.", (Remedy("Slow the discriminator", "change", {"x": 1}),)),
    ]
    events += [Held("No folder."), Changed(4200, {"x": 1}), Returned(3000, "It exploded."), score(4900, 0.1, best=True)]
    live = folded(*events, Finished(4999, "stopped"))
    lines = [to_json(event, at=1.0) for event in [*events, Finished(4999, "stopped")]]
    assert replay(from_json(line) for line in lines) == live


def test_a_run_cut_off_in_the_middle_was_interrupted():
    assert replay([STARTED, Losses(5, {"x": 1.0})]).state == "interrupted"
    assert replay([STARTED, Held("The folder is gone.")]).state == "interrupted"
    assert replay([STARTED, Finished(5, "stopped")]).state == "stopped"
    assert replay([]).state == "idle"


def test_what_is_waited_for_is_told_until_it_goes_on():
    screen = folded(STARTED, Held("The folder summer is not there."))
    assert (screen.state, screen.held) == ("waiting", "The folder summer is not there.")
    screen = advance(screen, Progress(6, 100))
    assert (screen.state, screen.held, screen.step) == ("training", "", 6)
    assert folded(Held("No folder."), Progress(1, 9, "reading pictures")).state == "idle"
    assert folded(STARTED, Held("No folder."), Failed("Gone.")).state == "failed"


def test_a_pause_lasts_until_it_is_resumed_whatever_is_done_in_it():
    events = [STARTED, Progress(4, 100), Paused(5), Held("Paused."), sampled(5, "a → b"), Progress(5, 100)]
    assert (folded(*events).state, folded(*events).step) == ("paused", 5)
    assert folded(*events, Resumed(5), Progress(6, 100)).state == "training"
    assert folded(*events, Resumed(5), Finished(5, "stopped")).state == "stopped"
    assert replay(events).state == "interrupted"


def score(step, distance, *, best=False):
    return Scored(step, "KID", {"a → b": {"distance": distance, "faithfulness": 0.5}}, best)


def test_scores_are_curves_for_each_figure_and_route():
    quality = folded(STARTED, score(10, 0.5, best=True), score(20, 0.2, best=True), score(30, 0.4)).quality
    assert quality.figures["distance"]["a → b"].points().points() == [(10, 0.5), (20, 0.2), (30, 0.4)]
    assert list(quality.figures) == ["distance", "faithfulness"]
    assert (quality.measure, quality.best) == ("KID", 20)
    assert Screen().quality.best is None


def test_a_run_that_went_back_forgets_what_came_after():
    screen = folded(
        STARTED,
        *(Losses(step, {"cycle": float(step)}) for step in range(1, 31)),
        sampled(10, "a → b"),
        sampled(30, "a → b"),
        score(10, 0.5, best=True),
        score(30, 0.2, best=True),
        Saved(20, "checkpoints/20", "checkpoint"),
        Saved(30, "checkpoints/30", "checkpoint"),
        Advised(5, "few pictures", "There are few pictures."),
        Advised(30, "discriminator winning", "The discriminator is winning."),
        Returned(20, "A number exploded at step 30."),
    )
    assert (screen.step, screen.saved, screen.saves, screen.returns) == (20, 20, (20,), (20,))
    assert screen.curves["cycle"].points().points()[-1] == (20, 20.0)
    assert [sampled.step for sampled in screen.samples] == [10]
    assert screen.quality.best == 10
    assert list(screen.advice) == ["few pictures", "discriminator winning"], "the coach says when it is over"
    assert screen.warnings.latest == ("A number exploded at step 30.",)
    assert screen.state == "training"
    assert advance(screen, Returned(20)).warnings == screen.warnings


def test_advice_stands_until_it_is_over():
    first, second = (
        Advised(5, "discriminator winning", "The discriminator is winning."),
        Advised(6, "copying", "It copies."),
    )
    screen = folded(STARTED, first, second)
    assert list(screen.advice.values()) == [first, second]
    assert list(advance(screen, Advised(9, "discriminator winning")).advice.values()) == [second]


def test_what_was_changed_on_the_way_is_known():
    assert folded(STARTED, Changed(7, {"learning_rate": 1e-4})).changes == {"learning_rate": 1e-4}


def test_how_long_steps_wait_for_pictures_is_a_running_mean():
    screen = folded(STARTED, *(Losses(step, {}, 0.5) for step in range(100)))
    assert screen.waited == pytest.approx(0.5, abs=0.01)
    assert folded(STARTED, Losses(1, {})).waited == 0


def test_a_continued_run_forgets_what_came_after_its_checkpoint():
    screen = folded(
        STARTED,
        *(Losses(step, {"cycle": float(step)}) for step in range(1, 31)),
        sampled(10, "a → b"),
        sampled(30, "a → b"),
        replace(STARTED, step=20),
    )
    assert screen.step == 20
    assert screen.curves["cycle"].points().points()[-1] == (20, 20.0)
    assert [sampled.step for sampled in screen.samples] == [10]


def test_a_second_sampling_of_one_step_replaces_the_first():
    again = sampled(5, "b → a")
    assert folded(STARTED, sampled(5, "a → b"), again).samples == (again,)


def test_an_event_costs_little_however_long_the_run():
    screen = advance(Screen(), STARTED)
    began = time.process_time()
    for step in range(20_000):
        screen = advance(screen, Losses(step, {"cycle": 1.0, "fool": 2.0, "discriminator": 3.0}))
    assert (time.process_time() - began) / 20_000 < 200e-6


def test_values_that_are_no_numbers_are_left_out_of_the_curve():
    screen = folded(STARTED, Losses(1, {"x": math.nan}), Losses(2, {"x": math.inf}), Losses(3, {"x": 1.0}))
    assert screen.curves["x"].points().points() == [(3, 1.0)]


def test_notes_are_bounded_and_counted():
    screen = folded(*(Skipped(f"{n}.png", "is empty") for n in range(NOTES + 50)))
    assert len(screen.skipped.latest) == NOTES
    assert screen.skipped.count == NOTES + 50
    assert screen.skipped.latest[-1] == f"{NOTES + 49}.png: is empty"


def test_an_export_is_no_save():
    assert folded(STARTED, Saved(9, "x.onnx", "export")).saved is None

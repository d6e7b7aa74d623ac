"""What a person and a program see of a job."""

import io
import json
import sys

import pytest

from ganstudio.cli.printing import Lines, duration, file_size, one_line, plain, reporter, sentence, table
from ganstudio.words.events import (
    Advised,
    Changed,
    Failed,
    Finished,
    Held,
    Losses,
    Made,
    Progress,
    Returned,
    Saved,
    Scored,
    Skipped,
    Started,
    Warned,
    from_json,
)

JOB = (
    Started(0, 4, "cyclegan", "CPU, 2 cores", "fp32", {"summer": 5, "winter": 6}),
    Losses(1, {"fool": 1.74321, "cycle": 0.5}),
    *(Progress(done, 4, seconds=done, eta_seconds=4.0 - done, per_second=1.0) for done in range(1, 5)),
    Skipped("bad [red]name\n\x1b[31m.png", "It is empty."),
    Warned("Few pictures."),
    Saved(4, "checkpoints/4", "checkpoint"),
    Finished(4),
)


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 3
        return self.seconds


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_plain_lines_come_now_and_then_and_at_the_end(capsys):
    show = Lines(now=Clock())
    for event in JOB:
        show(event)
    assert capsys.readouterr().out.splitlines() == [
        "Training cyclegan on CPU, 2 cores in fp32: 5 of summer, 6 of winter; 4 steps.",
        "training: 1 of 4 · fool 1.74 cycle 0.5 · 1/s · 3 s left",
        "training: 4 of 4 · fool 1.74 cycle 0.5 · 1/s",
        "Skipped bad [red]name\\n\\x1b[31m.png: It is empty.",
        "Note: Few pictures.",
        "Saved at step 4.",
    ]


def test_a_wait_is_told_once(capsys):
    show = Lines()
    for event in (Held("a is away."), Held("a is away."), Losses(1, {}), Held("a is away."), Held("b is away.")):
        show(event)
    assert capsys.readouterr().out.splitlines() == ["a is away.", "a is away.", "b is away."]


def test_json_lines_are_the_events_and_nothing_else(capsys):
    with reporter(as_json=True) as show:
        for event in JOB:
            show(event)
    assert tuple(map(from_json, capsys.readouterr().out.splitlines())) == JOB


def test_a_terminal_gets_a_bar_with_losses_and_time(monkeypatch):
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", terminal)
    with reporter() as show:
        for event in JOB:
            show(event)
    drawn = terminal.getvalue()
    assert "4/4" in drawn
    assert "fool 1.74" in drawn
    assert "Skipped bad [red]name\\n\\x1b[31m.png: It is empty." in drawn


def test_no_bar_elsewhere():
    assert isinstance(reporter(), Lines)


def test_events_told_later_are_not_told_twice(capsys):
    seen = []
    with reporter(quiet=lambda event: seen.append(event) or isinstance(event, Made)) as show:
        show(Made("a.png"))
        show(Warned("x"))
    assert capsys.readouterr().out == "Note: x\n"
    assert seen == [Made("a.png"), Warned("x")]


@pytest.mark.parametrize("event", [Progress(1, 2), Finished(1), Failed("x"), Saved(1, "m", "model"), Losses(1, {})])
def test_some_events_are_no_sentence(event):
    assert sentence(event) is None


def test_being_stopped_is_told():
    assert sentence(Finished(7, "stopped")) == "Stopped at step 7."


def test_what_a_training_does_by_itself_is_told():
    assert sentence(Changed(7, {"learning_rate": 0.0001, "cycle": 5.0})) == (
        "From step 7 on with learning_rate 0.0001, cycle 5.0."
    )
    assert sentence(Changed(7, {})) == "From step 7 on with the settings of its recipe."
    assert sentence(Returned(5)) == "Went back to step 5."
    assert sentence(Returned(5, "A number exploded.")) == "Went back to step 5: A number exploded."


def test_a_terminal_obeys_no_file_name():
    assert plain("a\x1b]0;x\x07b\u202ec\udce9") == "a\\x1b]0;x\\x07b\\u202ec\\udce9"
    assert plain("Ä → 猫 \n") == "Ä → 猫 \n"
    assert one_line("a\r\nb") == "a\\r\\nb"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_times_are_for_people(seconds, text):
    assert duration(seconds) == text


def test_sizes_are_for_people():
    assert file_size(45_400_000) == "45.4 MB"
    assert file_size(2_500_000_000) == "2.5 GB"


def test_tables_are_aligned(capsys):
    table([("name", "px"), ("longer name", "64"), ("a\nb", "9")])
    assert capsys.readouterr().out == "name         px\nlonger name  64\na\\nb         9\n"


def test_an_event_line_is_json(capsys):
    with reporter(as_json=True) as show:
        show(Skipped("caf\udce9.png", "It is empty."))
    assert json.loads(capsys.readouterr().out)["path"] == "caf\udce9.png"


def test_scores_and_advice_are_lines_and_a_healthy_state_is_none():
    scores = {"a → b": {"distance": 0.1934, "faithfulness": 0.62, "grid": 3.0}, "b → a": {"distance": 0.2}}
    said = sentence(Scored(70, "KID", scores, best=True))
    assert said == "Scores at step 70, the best so far. a → b: KID 0.193, faithfulness 0.62; b → a: KID 0.2."
    assert sentence(Advised(9, "all alike", "All results look alike.")) == "Coach: All results look alike."
    assert sentence(Advised(9, "all alike")) is None
    assert sentence(Advised(9, "healthy", "A healthy contest.")) is None


def test_nothing_of_nothing_is_no_line_and_great_speeds_are_read_as_numbers(capsys):
    Lines()(Progress(0, 0, "translating"))
    Lines()(Progress(9, 9, "checking pictures", per_second=2520.0))
    assert capsys.readouterr().out == "checking pictures: 9 of 9 · 2,520/s\n"

"""Events survive a JSON line; history of newer versions still opens."""

import dataclasses
import json

import pytest

from ganstudio.words import events
from ganstudio.words.events import (
    EVENTS,
    Advanced,
    Advised,
    Changed,
    Event,
    Failed,
    Finished,
    Held,
    Losses,
    Made,
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
    Told,
    Warned,
)

EXAMPLES: tuple[Event, ...] = (
    Started(3, 900, "cyclegan", "CPU, 2 cores", "fp32", {"summer": 300}),
    Progress(4, 900, seconds=1.5, eta_seconds=100.25, per_second=9.0),
    Advanced("a.tif", 0.25, eta_seconds=60.5, note="exact, in bands"),
    Losses(4, {"fool": 0.5}, waited=0.25),
    Sampled(4, (SheetFile("summer → winter", "sheets/4-0.png", ("summer", "→ winter"), ("a", "b"), 64),)),
    Scored(4, "KID", {"summer → winter": {"distance": 0.125}}, best=True),
    Advised(
        4,
        "discriminator winning",
        "The discriminator wins.",
        (Remedy("Slow it", "change", {"discriminator_rate": 0.5}),),
    ),
    Changed(4, {"discriminator_rate": 0.5, "flip": False}),
    Returned(4, "A number exploded."),
    Paused(4),
    Resumed(4),
    Held("The folder a is away."),
    Saved(4, "checkpoints/4", "checkpoint"),
    Made("out/a.png", "a.png", 0.25),
    Told("a.png", "cat", {"cat": 0.75, "dog": 0.25}, "out/cat/a.png"),
    Skipped("b\udce9.png", "It is empty."),
    Warned("One colour."),
    Finished(4, "stopped"),
    Failed("The disk is full."),
)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_survives_one_ascii_line(event):
    line = events.to_json(event, at=12.5)
    assert line.isascii()
    assert "\n" not in line
    assert events.from_json(line) == event


def test_every_kind_has_an_example():
    assert {type(event) for event in EXAMPLES} == set(EVENTS.values())


def test_the_time_stands_beside_the_event():
    assert json.loads(events.to_json(Finished(1), at=12.5)) == {
        "event": "finished",
        "at": 12.5,
        "step": 1,
        "reason": "done",
        "seconds": 0.0,
    }


def test_unknown_keys_of_a_newer_version_are_passed_over():
    assert events.from_json('{"event": "warned", "message": "x", "colour": 3}') == Warned("x")


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '{"event": "exploded"}', '{"event": "warned"}', '{"event": "sampled", "sheets": [1]}']
)
def test_what_is_no_event_is_named(line):
    with pytest.raises(ValueError, match="Not an event"):
        events.from_json(line)


def test_events_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        EXAMPLES[0].step = 5

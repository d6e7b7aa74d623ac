"""How one training stands, in a headline and a line of facts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from ganstudio.window import words
from ganstudio.window.screen import Screen

LEAST_WAITED = 0.1
"""Share of the time spent waiting for pictures that is worth a word."""

DOT = "   ·   "

ROLES: Mapping[str, str] = {
    "idle": "muted",
    "training": "strong",
    "pausing": "muted",
    "stopping": "muted",
    "paused": "caution",
    "waiting": "caution",
    "stopped": "caution",
    "interrupted": "caution",
    "silent": "caution",
    "finished": "good",
    "failed": "bad",
}
"""In which colour each mood is said."""


def headline(screen: Screen, mood: str, place: str | None = None) -> str:
    """The mood in a word or two.

    Args:
        screen: What is known of the training.
        mood: One of `ROLES`.
        place: Name of the machine that trains it, empty for another program on this one, None for this window.
    """
    if mood == "finished":
        return words.finished(screen.step, screen.seconds)
    if mood == "interrupted" and screen.steps:
        return _say("Interrupted at step {}").format(words.count(screen.step))
    if place is not None and mood in {"training", "waiting", "paused"}:
        return _elsewhere(mood, place)
    return {
        "idle": _say("Not started"),
        "training": _say("Training"),
        "pausing": _say("Pausing…"),
        "stopping": _say("Stopping…"),
        "paused": _say("Paused"),
        "waiting": _say("Waiting"),
        "stopped": _say("Stopped"),
        "interrupted": _say("Interrupted"),
        "silent": _say("No sign of life"),
        "failed": _say("Failed"),
    }[mood]


def facts(screen: Screen, mood: str, place: str | None = None) -> str:
    """What else there is to say of it, the most wanted first; arguments as those of `headline`."""
    if mood == "silent":
        saved = _say("Nothing is heard of {}, which had saved step {}.").format(place, words.count(screen.saved or 0))
        return saved if screen.saved else _say("Nothing is heard of {}, which had not saved yet.").format(place)
    if mood == "waiting":
        return screen.held
    if screen.doing or not screen.steps:
        return _before(screen, mood)
    if mood == "finished":
        return ""
    if mood == "interrupted":  # The headline says the step.
        return DOT.join([_say("of {} steps").format(words.count(screen.steps)), *_saved(screen)])
    step = words.step_of(screen.step, screen.steps)
    return DOT.join([step, *(_pace(screen) if mood == "training" else _saved(screen))])


def _before(screen: Screen, mood: str) -> str:
    """What is done before the first step, and between steps."""
    if not screen.doing:
        return _say("Getting ready…") if mood == "training" else ""
    share = f" {words.count(screen.done)} of {words.count(screen.total)}" if screen.total else ""
    return f"{screen.doing.capitalize()}{share}"


def _elsewhere(mood: str, place: str) -> str:
    if not place:
        return {
            "training": _say("Trains in another program"),
            "waiting": _say("Waits in another program"),
            "paused": _say("Paused in another program"),
        }[mood]
    said = {"training": _say("Trains on {}"), "waiting": _say("Waits on {}"), "paused": _say("Paused on {}")}[mood]
    return said.format(place)


def _pace(screen: Screen) -> list[str]:
    told = [words.left(screen.eta)]
    if screen.speed:
        told.append(words.speed(screen.speed))
    told.append(screen.device)
    if screen.waited >= LEAST_WAITED:
        told.append(_say("waits for pictures {} % of the time").format(round(100 * screen.waited)))
    return told


def _saved(screen: Screen) -> list[str]:
    return [f"saved at step {screen.saved:,}"] if screen.saved is not None else []


def _say(text: str) -> str:
    return QCoreApplication.translate("train_facts", text)

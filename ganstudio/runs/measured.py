"""Measured: what of a run's history still counts, once what a kill or a return made undone is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ganstudio.runs.run import Run
from ganstudio.words import events
from ganstudio.words.events import Event, Losses, Returned, Sampled, Scored, Started

Measured: TypeAlias = Losses | Scored | Sampled


@dataclass(frozen=True, slots=True)
class Told:
    """One thing measured.

    Attributes:
        at: When, in seconds since 1970; 0 where the history does not say.
        event: What.
    """

    at: float
    event: Measured


def measured(run: Run) -> list[Told]:
    """Losses, scores and samples of a run in the order of their steps; what was done anew counts once."""
    kept: list[Told] = []
    for at, event in _told(run):
        if isinstance(event, Started | Returned):
            while kept and kept[-1].event.step > event.step:
                kept.pop()
        elif isinstance(event, Losses | Scored | Sampled):
            kept.append(Told(at, event))
    return kept


def samples(run: Run) -> list[Sampled]:
    """The samplings of a run, one for each step."""
    found: dict[int, Sampled] = {}
    for told in measured(run):
        if isinstance(told.event, Sampled):
            found[told.event.step] = told.event
    return [found[step] for step in sorted(found)]


def values(run: Run) -> Iterator[tuple[float, int, str, float]]:
    """Every number that was measured, as (when, step, name, value).

    Names are "losses/cycle", "quality/distance/summer → winter" and "waited", the share of time spent waiting for
    pictures.
    """
    for told in measured(run):
        event = told.event
        if isinstance(event, Losses):
            for name, value in event.terms.items():
                yield told.at, event.step, f"losses/{name}", value
            yield told.at, event.step, "waited", event.waited
        elif isinstance(event, Scored):
            for route, scores in event.scores.items():
                for figure, value in scores.items():
                    yield told.at, event.step, f"quality/{figure}/{route}", value


def _told(run: Run) -> Iterator[tuple[float, Event]]:
    for line in run.lines():
        try:
            yield float(json.loads(line).get("at", 0.0)), events.from_json(line)
        except (ValueError, TypeError, AttributeError):
            continue  # A line cut off by a kill, or one from a newer version.

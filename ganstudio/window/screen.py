"""What one training looks like: a fold of its events, so that an old run is shown by the same code as a live one.

No Qt here. `advance` is called for each event, up to hundreds of times a second and hundreds of thousands of times in
a run, so a point of a curve costs the same however long it is, and lists are bounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

from ganstudio.window.curve import Curve
from ganstudio.window.history import Piece, Stretch
from ganstudio.words.events import (
    Advised,
    Changed,
    Failed,
    Finished,
    Held,
    Losses,
    Paused,
    Progress,
    Resumed,
    Returned,
    Sampled,
    Saved,
    Scored,
    Skipped,
    Started,
    Warned,
)
from ganstudio.words.settings import Value

State: TypeAlias = Literal["idle", "training", "waiting", "paused", "stopped", "interrupted", "finished", "failed"]

SAMPLES = 4000
SAVES = 1000
NOTES = 500
RECENTLY = 0.1  # Weight of the newest share of waiting in the running mean.
LONG_AGO = 1000  # Steps; what was before weighs less than a float can tell.


@dataclass(frozen=True, slots=True)
class Notes:
    """Things told along the way: the newest `NOTES`, and how many there were in all."""

    latest: tuple[str, ...] = ()
    count: int = 0

    def plus(self, note: str) -> Notes:
        """With one more; the same sentence twice in a row is told once."""
        if self.latest[-1:] == (note,):
            return self
        return Notes((*self.latest[-(NOTES - 1) :], note), self.count + 1)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the pictures of held-out examples became.

    Attributes:
        measure: What the distance is, such as "KID"; empty before the first score.
        figures: Figure ("distance", "faithfulness", …) → route → curve.
        bests: Steps at which no earlier one was better, oldest first.
    """

    measure: str = ""
    figures: Mapping[str, Mapping[str, Curve]] = field(default_factory=dict)
    bests: tuple[int, ...] = ()

    @property
    def best(self) -> int | None:
        """The step with the best pictures so far; None before the first score."""
        return self.bests[-1] if self.bests else None

    def plus(self, event: Scored) -> Quality:
        """With one more score."""
        figures = {figure: dict(routes) for figure, routes in self.figures.items()}
        for route, scores in event.scores.items():
            for figure, value in scores.items():
                if math.isfinite(value):
                    routes = figures.setdefault(figure, {})
                    routes[route] = (routes.get(route) or Curve()).plus(event.step, value)
        bests = (*self.bests, event.step) if event.best else self.bests
        return Quality(event.measure, figures, bests)

    def until(self, step: int) -> Quality:
        """Without what came after `step`."""
        figures = {
            figure: {route: curve.until(step) for route, curve in routes.items()}
            for figure, routes in self.figures.items()
        }
        return Quality(self.measure, figures, tuple(best for best in self.bests if best <= step))


@dataclass(frozen=True, slots=True)
class Screen:
    """What is known of one training.

    Attributes:
        state: One word for the header.
        doing: What is being done before and between steps, such as "reading pictures"; empty while training.
        done: How much of `doing`.
        total: Of how much; 0 when unknown.
        step: Steps done.
        steps: Steps asked for; 0 before the start.
        seconds: How long the training has run, over all sittings known of.
        earlier: What of it was in sittings that have ended.
        eta: Seconds left; None until known.
        speed: Steps a second; None until known.
        waited: Share of the recent time that steps stood waiting for pictures, in [0, 1].
        device: Where it trains, for people.
        precision: Its arithmetic.
        method: Key of its method.
        pictures: Training pictures by domain.
        curves: Loss terms by name, in the order they first came.
        quality: How good the pictures became.
        samples: All sample grids so far, oldest first.
        saves: Steps of the newest checkpoints, oldest first.
        returns: Steps it went back to, oldest first.
        advice: What the coach says now, by rule, the newest last.
        changes: Settings that differ from the recipe's by now.
        warnings: What the artist should know.
        skipped: Files left out, with the reason.
        saved: Step of the newest checkpoint or model; None when there is none.
        held: What it waits for; empty unless `state` is "waiting".
        fault: Why it failed; empty unless `state` is "failed".
    """

    state: State = "idle"
    doing: str = ""
    done: int = 0
    total: int = 0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    earlier: float = 0.0
    eta: float | None = None
    speed: float | None = None
    waited: float = 0.0
    device: str = ""
    precision: str = ""
    method: str = ""
    pictures: Mapping[str, int] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    quality: Quality = Quality()
    samples: tuple[Sampled, ...] = ()
    saves: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()
    advice: Mapping[str, Advised] = field(default_factory=dict)
    changes: Mapping[str, Value] = field(default_factory=dict)
    warnings: Notes = Notes()
    skipped: Notes = Notes()
    saved: int | None = None
    held: str = ""
    fault: str = ""

    @property
    def share(self) -> float:
        """Share of the steps that is done, in [0, 1]."""
        return min(1.0, self.step / self.steps) if self.steps else 0.0


def advance(screen: Screen, event: Piece) -> Screen:
    """The screen after `event`; a stretch is as many losses, one after the other."""
    if isinstance(event, Held):
        if screen.state == "paused":
            return screen
        return replace(screen, state="waiting", held=event.message, eta=None)
    if screen.state == "waiting":  # Any other event says that it goes on.
        screen = replace(screen, state="training" if screen.steps else "idle", held="")
    return _advance(screen, event)


def _advance(screen: Screen, event: Piece) -> Screen:  # noqa: C901, PLR0911, PLR0912 one branch for each kind of event
    match event:
        case Losses():
            waited = screen.waited + RECENTLY * (event.waited - screen.waited)
            step = max(screen.step, event.step)
            return replace(screen, step=step, waited=waited, curves=_more(screen.curves, event))
        case Stretch():
            return _stretched(screen, event)
        case Progress():
            return _progress(screen, event)
        case Started():
            return _started(screen, event)
        case Sampled():
            return replace(screen, samples=_sampled(screen.samples, event))
        case Scored():
            return replace(screen, quality=screen.quality.plus(event))
        case Advised():
            return replace(screen, advice=_advised(screen.advice, event))
        case Changed():
            return replace(screen, changes=event.settings)
        case Paused():
            return replace(screen, state="paused", step=max(screen.step, event.step), eta=None)
        case Resumed():
            return replace(screen, state="training")
        case Returned():
            return _returned(screen, event)
        case Saved():
            return _saved(screen, event)
        case Warned():
            return replace(screen, warnings=screen.warnings.plus(event.message))
        case Skipped():
            return replace(screen, skipped=screen.skipped.plus(f"{event.path}: {event.reason}"))
        case Finished():
            return _finished(screen, event)
        case Failed():
            return replace(screen, state="failed", fault=event.message, eta=None, doing="")
        case _:
            return screen


def replay(events: Iterable[Piece]) -> Screen:
    """The screen of a run that nobody trains now."""
    screen = Screen()
    for event in events:
        screen = advance(screen, event)
    return at_rest(screen)


def at_rest(screen: Screen) -> Screen:
    """The screen when nobody trains: a run that was cut off in the middle was interrupted."""
    if screen.state not in {"training", "paused", "waiting"}:
        return screen
    return replace(screen, state="interrupted" if screen.steps else "idle", doing="", eta=None, held="")


def _until(screen: Screen, step: int) -> Screen:
    """The screen without what came after `step`, which is done anew; the coach says itself when advice is over."""
    return replace(
        screen,
        step=step,
        eta=None,
        curves={name: curve.until(step) for name, curve in screen.curves.items()},
        quality=screen.quality.until(step),
        samples=tuple(sampled for sampled in screen.samples if sampled.step <= step),
        saves=tuple(save for save in screen.saves if save <= step),
    )


def _started(screen: Screen, event: Started) -> Screen:
    # A killed run goes on from its last checkpoint: what it did after that is done anew.
    return replace(
        _until(screen, event.step),
        state="training",
        doing="",
        steps=event.steps,
        seconds=screen.earlier,
        speed=None,
        waited=0.0,
        device=event.device,
        precision=event.precision,
        method=event.method,
        pictures=event.pictures,
        fault="",
    )


def _returned(screen: Screen, event: Returned) -> Screen:
    return replace(
        _until(screen, event.step),
        returns=(*screen.returns, event.step),
        saved=event.step,
        warnings=screen.warnings.plus(event.reason) if event.reason else screen.warnings,
    )


def _saved(screen: Screen, event: Saved) -> Screen:
    if event.kind == "export":
        return screen
    saves = screen.saves
    if event.kind == "checkpoint" and event.step not in saves[-1:]:
        saves = (*saves[-(SAVES - 1) :], event.step)
    return replace(screen, saved=event.step, saves=saves)


def _progress(screen: Screen, event: Progress) -> Screen:
    if event.what != "training":
        return replace(screen, doing=event.what, done=event.done, total=event.total)
    return replace(
        screen,
        doing="",
        step=event.done,
        steps=event.total,
        seconds=screen.earlier + event.seconds,
        eta=event.eta_seconds,
        speed=event.per_second,
    )


def _finished(screen: Screen, event: Finished) -> Screen:
    # Progress is not in a run's history: replayed, only this event knows how long the sitting took.
    took = max(screen.seconds, screen.earlier + event.seconds)
    state: State = "stopped" if event.reason == "stopped" else "finished"
    return replace(screen, state=state, step=event.step, seconds=took, earlier=took, eta=None, doing="")


def _more(curves: Mapping[str, Curve], event: Losses) -> Mapping[str, Curve]:
    more = dict(curves)
    for name, value in event.terms.items():
        if math.isfinite(value):
            more[name] = (more.get(name) or Curve()).plus(event.step, value)
    return more


def _stretched(screen: Screen, stretch: Stretch) -> Screen:
    waited = screen.waited
    for share in stretch.waited[-LONG_AGO:].tolist():
        waited += RECENTLY * (share - waited)
    more = dict(screen.curves)
    for name, values in stretch.terms.items():
        known = np.isfinite(values)
        if known.any():
            more[name] = (more.get(name) or Curve()).extended(stretch.steps[known], values[known])
    return replace(screen, step=max(screen.step, int(stretch.steps[-1])), waited=waited, curves=more)


def _sampled(samples: tuple[Sampled, ...], event: Sampled) -> tuple[Sampled, ...]:
    if samples and samples[-1].step >= event.step:
        samples = tuple(sampled for sampled in samples if sampled.step < event.step)
    elif len(samples) >= SAMPLES:
        samples = samples[::2]
    return (*samples, event)


def _advised(advice: Mapping[str, Advised], event: Advised) -> Mapping[str, Advised]:
    """The newest last; an empty message ends what its rule had noticed."""
    kept = {rule: advised for rule, advised in advice.items() if rule != event.rule}
    return kept | ({event.rule: event} if event.message else {})

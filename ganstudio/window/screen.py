"""What one training looks like: a fold of its events, so that an old run is shown by the same code as a live one.

No Qt here. `advance` is called for each event, up to hundreds of times a second and hundreds of thousands of times in
a run, so curves thin themselves out as they grow and lists are bounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from ganstudio.words.events import (
    Event,
    Failed,
    Finished,
    Losses,
    Progress,
    Sampled,
    Saved,
    SheetFile,
    Skipped,
    Started,
    Warned,
)

State: TypeAlias = Literal["idle", "training", "paused", "stopped", "finished", "failed"]

POINTS = 2000
SAMPLES = 4000
NOTES = 500
_BUCKETS = POINTS // 2


class Point(NamedTuple):
    """One value of a curve."""

    step: int
    value: float


class Bucket(NamedTuple):
    """Neighbouring values of a curve in one: the extremes stay visible however long the run gets."""

    low: Point
    high: Point
    total: float
    size: int

    @property
    def mean(self) -> Point:
        """The mean value, in the middle of the two extremes."""
        return Point((self.low.step + self.high.step) // 2, self.total / self.size)

    @property
    def last(self) -> int:
        """The latest step known of it."""
        return max(self.low.step, self.high.step)

    def joined(self, other: Bucket) -> Bucket:
        """This bucket and a later one as one."""
        low = other.low if other.low.value < self.low.value else self.low
        high = other.high if other.high.value > self.high.value else self.high
        return Bucket(low, high, self.total + other.total, self.size + other.size)


@dataclass(frozen=True, slots=True)
class Curve:
    """One loss term over the steps, in at most `POINTS` points.

    Attributes:
        buckets: Closed buckets of `width` values each, oldest first.
        open: The bucket being filled; None when the last one has just been closed.
        width: Values in a closed bucket; doubles whenever there are too many buckets.
    """

    buckets: tuple[Bucket, ...] = ()
    open: Bucket | None = None
    width: int = 1

    def plus(self, step: int, value: float) -> Curve:
        """The curve with one more value; amortised over a run this copies little."""
        point = Point(step, value)
        bucket = Bucket(point, point, value, 1)
        if self.open is not None:
            bucket = self.open.joined(bucket)
        if bucket.size < self.width:
            return Curve(self.buckets, bucket, self.width)
        buckets = (*self.buckets, bucket)
        if len(buckets) < _BUCKETS:
            return Curve(buckets, None, self.width)
        pairs = zip(buckets[::2], buckets[1::2], strict=True)
        return Curve(tuple(first.joined(second) for first, second in pairs), None, self.width * 2)

    def until(self, step: int) -> Curve:
        """The curve without what came after `step`, for a run that went back to a checkpoint."""
        kept = tuple(bucket for bucket in self.all() if bucket.last <= step)
        return Curve(kept, None, self.width)

    def all(self) -> tuple[Bucket, ...]:
        """All buckets, the open one last."""
        return self.buckets if self.open is None else (*self.buckets, self.open)

    def points(self) -> list[Point]:
        """Lowest and highest value of each bucket in the order they happened, at most `POINTS`."""
        points: list[Point] = []
        for bucket in self.all():
            points.extend(sorted({bucket.low, bucket.high}))
        return points

    def means(self) -> list[Point]:
        """The mean of each bucket, for smoothing."""
        return [bucket.mean for bucket in self.all()]


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
        device: Where it trains, for people.
        precision: Its arithmetic.
        method: Key of its method.
        pictures: Training pictures by domain.
        curves: Loss terms by name, in the order they first came.
        samples: All sample grids so far, oldest first.
        warnings: What the artist should know.
        skipped: Files left out, with the reason.
        saved: Step of the newest checkpoint or model; None when there is none.
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
    device: str = ""
    precision: str = ""
    method: str = ""
    pictures: Mapping[str, int] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    samples: tuple[Sampled, ...] = ()
    warnings: Notes = Notes()
    skipped: Notes = Notes()
    saved: int | None = None
    fault: str = ""

    @property
    def share(self) -> float:
        """Share of the steps that is done, in [0, 1]."""
        return min(1.0, self.step / self.steps) if self.steps else 0.0


def advance(screen: Screen, event: Event) -> Screen:  # noqa: PLR0911 one return for each kind of event
    """The screen after `event`."""
    match event:
        case Losses():
            return replace(screen, step=max(screen.step, event.step), curves=_more(screen.curves, event))
        case Progress():
            return _progress(screen, event)
        case Started():
            return _started(screen, event)
        case Sampled():
            return replace(screen, samples=_sampled(screen.samples, event))
        case Saved():
            return screen if event.kind == "export" else replace(screen, saved=event.step)
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


def replay(events: Iterable[Event]) -> Screen:
    """The screen of a run that nobody trains now."""
    screen = Screen()
    for event in events:
        screen = advance(screen, event)
    return at_rest(screen)


def at_rest(screen: Screen) -> Screen:
    """The screen when nobody trains: a run that was cut off in the middle counts as stopped."""
    return replace(screen, state="stopped", doing="", eta=None) if screen.state in {"training", "paused"} else screen


def _started(screen: Screen, event: Started) -> Screen:
    # A killed run goes on from its last checkpoint: what it did after that is done anew.
    return replace(
        screen,
        state="training",
        doing="",
        step=event.step,
        steps=event.steps,
        seconds=screen.earlier,
        eta=None,
        speed=None,
        device=event.device,
        precision=event.precision,
        method=event.method,
        pictures=event.pictures,
        curves={name: curve.until(event.step) for name, curve in screen.curves.items()},
        samples=tuple(sampled for sampled in screen.samples if sampled.step <= event.step),
        fault="",
    )


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
            more[name] = more.get(name, _EMPTY).plus(event.step, value)
    return more


_EMPTY = Curve()


def _sampled(samples: tuple[Sampled, ...], event: Sampled) -> tuple[Sampled, ...]:
    if samples and samples[-1].step >= event.step:
        samples = tuple(sampled for sampled in samples if sampled.step < event.step)
    elif len(samples) >= SAMPLES:
        samples = samples[::2]
    return (*samples, event)


def sheet_of(sampled: Sampled, route: str) -> SheetFile | None:
    """The grid of one route, or None when this sampling has none."""
    return next((sheet for sheet in sampled.sheets if sheet.route == route), None)

"""Record: what quality and coach know of a run, a fold of its events, so that a resumed run knows what it knew.

Losses leap from step to step, so each is kept as a running mean that forgets half within some share of the run, and as
a few marks of where it stood before. Nothing here grows with the length of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ganstudio.words.events import Advised, Changed, Event, Losses, Returned, Scored, Started
from ganstudio.words.settings import Value

FORGETTING = 0.01  # Share of the run in which a running mean forgets half …
LEAST, MOST = 10, 500  # … but within these steps.
MARKS = 40  # In a whole run.
SCORES = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the running means stood at a step."""

    step: int
    levels: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a run.

    Attributes:
        step: The latest.
        steps: Asked for; 0 before the first start.
        began: Step at which the running means began; they begin anew with every sitting that lost some steps.
        pictures: Training pictures by domain.
        settings: What the run trains with now, other than its recipe's.
        levels: Curve name → running mean.
        waited: Running mean of the share of time that steps stood waiting for pictures.
        marks: Where the running means stood before, oldest first.
        scores: All scores of the line of steps that counts, oldest first; of a very long run the newest.
        returned: The last return, and None again some time after it.
        advice: Rules that are speaking, with the step since when.
        acted: Rules whose remedy was taken, with the step.
    """

    step: int = 0
    steps: int = 0
    began: int = 0
    pictures: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Value] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    waited: float = 0.0
    marks: tuple[Mark, ...] = ()
    scores: tuple[Scored, ...] = ()
    returned: Returned | None = None
    advice: Mapping[str, Advised] = field(default_factory=dict)
    acted: Mapping[str, int] = field(default_factory=dict)

    @property
    def memory(self) -> float:
        """Steps in which a running mean forgets half."""
        return min(max(self.steps * FORGETTING, LEAST), MOST)

    @property
    def settled(self) -> bool:
        """Whether the running means have forgotten where they began."""
        return self.step - self.began >= 4 * self.memory

    def before(self, share: float) -> Mapping[str, float] | None:
        """Where the running means stood this share of the run ago; None when it is not as old."""
        wanted = self.step - share * self.steps
        found = [mark for mark in self.marks if mark.step <= wanted]
        return found[-1].levels if found else None


def deciding(scored: Scored) -> float | None:
    """The number by which one step is better than another, lower is better: the mean distance of all routes.

    For a classifier the share of mistakes, as it is made to tell classes apart and not to paint.
    """
    for figure, sign in (("accuracy", -1), ("distance", 1)):
        values = [sign * figures[figure] for figures in scored.scores.values() if figure in figures]
        if values:
            return sum(values) / len(values)
    return None


def replay(events: Iterable[Event]) -> Record:
    """The record after these events."""
    record = Record()
    for event in events:
        record = advance(record, event)
    return record


def advance(record: Record, event: Event) -> Record:
    """The record after one more event."""
    match event:
        case Started():
            lost = _until(record, event.step) if event.step < record.step else record
            record = replace(lost, step=event.step, steps=event.steps, pictures=dict(event.pictures))
        case Returned():
            record = replace(_until(record, event.step), returned=event)
        case Changed():
            record = _changed(record, event)
        case Losses():
            record = _told(record, event)
        case Scored():
            record = replace(record, step=max(record.step, event.step), scores=(*record.scores, event)[-SCORES:])
        case Advised():
            advice = {rule: advised for rule, advised in record.advice.items() if rule != event.rule}
            record = replace(record, advice=advice | ({event.rule: event} if event.message else {}))
        case _:
            pass
    return record


def _until(record: Record, step: int) -> Record:
    """Without what came after `step`, which is done anew."""
    return replace(
        record,
        step=step,
        began=step,
        levels={},
        marks=tuple(mark for mark in record.marks if mark.step <= step),
        scores=tuple(scored for scored in record.scores if scored.step <= step),
    )


def _changed(record: Record, event: Changed) -> Record:
    """With the new settings; an advice whose remedy this is has been heard."""
    new = {name for name, value in event.settings.items() if record.settings.get(name) != value}
    new |= set(record.settings) - set(event.settings)
    heard = {
        rule: event.step
        for rule, advised in record.advice.items()
        if any(new & set(remedy.settings) for remedy in advised.remedies)
    }
    return replace(record, settings=dict(event.settings), acted={**record.acted, **heard})


def _told(record: Record, event: Losses) -> Record:
    steps = event.step - record.step
    if steps <= 0 and record.levels:
        return record  # The last curve of a sitting may be told twice.
    share = 1 - 0.5 ** (max(steps, 1) / record.memory)
    levels = {
        name: record.levels[name] + share * (value - record.levels[name]) if name in record.levels else value
        for name, value in event.terms.items()
    }
    waited = record.waited + share * (event.waited - record.waited) if record.levels else event.waited
    marks = record.marks
    due = not marks or event.step - marks[-1].step >= record.steps / MARKS
    if due and event.step - record.began >= 2 * record.memory:
        marks = (*marks, Mark(event.step, levels))
    quiet = record.returned is None or event.step - record.returned.step > 8 * record.memory
    return replace(
        record,
        step=event.step,
        levels=levels,
        waited=waited,
        marks=marks,
        returned=None if quiet else record.returned,
    )

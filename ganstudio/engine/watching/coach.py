"""Coach: looks at what happens in a run and says in plain words what goes wrong and what can be done about it.

Each rule is a pure function of the record of the run. A rule speaks once, with looser limits for falling silent than
for speaking, and says when it is over. Whoever takes a remedy has been heard: the rule rests while it works.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

from ganstudio.engine.watching.record import Record, advance, deciding
from ganstudio.engine.watching.remedies import Case
from ganstudio.words.events import (
    Advised,
    Changed,
    Event,
    Finished,
    Losses,
    Progress,
    Remedy,
    Returned,
    Scored,
    Started,
)

FEWEST = 50  # Pictures of each folder.
SMALL = 500  # Pictures of each folder, below which a discriminator that sees them often learns them by heart …
OFTEN = 20  # … when each is seen so many times.
UNBALANCED = 10  # Times as many pictures.
EARLY = 0.1  # Share of the run in which results may still look like anything.
WINDOW = 0.25  # Share of the run without a better result, after which it is time to stop.
TREND = 0.2  # Share of the run in which a loss of content should have fallen.
ENOUGH = 4  # Scores that a window needs before it counts as flat.
LEAST_GAIN = 0.02  # Of all that the run has gained.


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule has to say, and what can be done."""

    message: str
    remedies: tuple[Remedy, ...] = ()


Rule: TypeAlias = Callable[[Record, Case, bool], Said | None]
"""(record, case, whether it is speaking) → what it says now, None when there is nothing to say."""


def discriminator_winning(record: Record, case: Case, speaking: bool) -> Said | None:
    """The discriminators make no mistakes any more, and the generators cannot please them."""
    contest = _contest(record, case)
    if contest is None or contest[0] > (0.2 if speaking else 0.1) or contest[1] < (1 if speaking else 2):
        return None
    message = "The discriminator is winning: it spots every fake, so the generator learns little from it."
    return Said(message, case.offered(case.weaker_discriminator(), case.more_variety(), case.slower()))


def discriminator_guessing(record: Record, case: Case, speaking: bool) -> Said | None:
    """The discriminators take everything for real."""
    contest = _contest(record, case)
    if contest is None or contest[1] > (0.3 if speaking else 0.1) or contest[0] < (1.0 if speaking else 1.2):
        return None
    message = "The discriminator is only guessing: it takes everything for real, so results may go wild."
    return Said(
        message, case.offered(case.times("Strengthen the discriminator", "discriminator_rate", 2), case.slower())
    )


def content_lost(record: Record, case: Case, speaking: bool) -> Said | None:
    """After a fifth of the run, as much of the pictures gets lost as before."""
    before, now = record.before(TREND), record.levels.get(case.signs.content)
    if before is None or now is None or case.signs.content not in before:
        return None
    first = record.marks[0].levels.get(case.signs.content, now)
    kept = _mean(record.scores[-1:], "faithfulness")
    lost = now > 0.97 * before[case.signs.content] and now > 0.6 * first
    seen = kept is None or kept < 0.5
    if not (lost and seen) and not (speaking and now > 0.8 * first and (kept is None or kept < 0.6)):
        return None
    message = "Pictures lose their content: as little of them survives as some time ago."
    return Said(message, case.offered(case.times("Keep more of the picture", case.signs.faithful, 2), case.slower()))


def copying(record: Record, case: Case, speaking: bool) -> Said | None:
    """Results are the pictures themselves, and no nearer to what is wanted."""

    def copied(figures: Mapping[str, float]) -> bool:
        far = figures.get("distance", 0.0) > (0.8 if speaking else 0.9) * figures.get("untouched", float("inf"))
        return far and figures.get("likeness", 0.0) > (0.96 if speaking else 0.98)

    route = _lasting(record, copied)
    if route is None:
        return None
    message = f"It is copying: for {route}, what comes out is what went in."
    remedies = case.offered(
        case.times("Allow more change", case.signs.faithful, 0.5),
        case.times("Allow other colours", "identity", 0.5),
        case.times("Listen more to the discriminator", "adversarial", 2),
    )
    return Said(message, remedies)


def colours_inverted(record: Record, case: Case, speaking: bool) -> Said | None:
    """Light parts come out dark and dark ones light."""
    if case.paired:
        return None
    route = _lasting(record, lambda figures: figures.get("tone", 1.0) < (-0.1 if speaking else -0.3))
    if route is None:
        return None
    message = f"Light and dark are swapped for {route}. If that is not what you want, hold the colours."
    return Said(message, case.offered(case.firmer_colours(), _to_the_best(record)))


def all_alike(record: Record, case: Case, speaking: bool) -> Said | None:
    """Whatever goes in, nearly the same comes out."""
    route = _lasting(record, lambda figures: figures.get("variety", 1.0) < (0.4 if speaking else 0.25))
    if route is None:
        return None
    message = f"All results look alike for {route}: the generator has found one picture that pleases the discriminator."
    return Said(message, case.offered(_to_the_best(record), case.slower(), case.more_variety()))


def grid_pattern(record: Record, case: Case, speaking: bool) -> Said | None:
    """A fine grid lies over the results."""
    route = _lasting(record, lambda figures: figures.get("grid", 0.0) > (6 if speaking else 10), after=2 * EARLY)
    if route is None:
        return None
    message = f"A fine grid lies over the results of {route}. It often fades when smaller corrections are made."
    return Said(message, case.offered(case.slower(), case.weaker_discriminator()))


def time_to_stop(record: Record, case: Case, speaking: bool) -> Said | None:
    """The results have come no nearer to what is wanted for a quarter of the run."""
    if not record.scores:
        return None
    measure = record.scores[-1].measure
    values = [
        (scored.step, value)
        for scored in record.scores
        if scored.measure == measure and (value := deciding(scored)) is not None
    ]
    since = record.step - WINDOW * record.steps
    earlier = [value for step, value in values if step <= since]
    recent = [value for step, value in values if step > since]
    if not earlier or len(recent) < ENOUGH:
        return None
    gained = max(earlier[0] - min(earlier), 0.0)
    gain = min(earlier) - min(recent)
    if gain > (2 if speaking else 1) * LEAST_GAIN * gained:
        return None
    best = min(values, key=lambda entry: entry[1])[0]
    message = f"Little has changed for a quarter of the training; the best results were those of step {best}."
    finer = case.slower("Make finer corrections")
    return Said(message, case.offered(Remedy("Stop here", "stop"), _to_the_best(record), finer))


def waiting_for_pictures(record: Record, _case: Case, speaking: bool) -> Said | None:
    """Steps stand still because pictures are not there yet."""
    if not record.settled or record.waited < (0.25 if speaking else 0.4):
        return None
    message = (
        f"The training waits for pictures {record.waited:.0%} of the time. Other programs may be busy with the disk, "
        "or it is slow: a disk inside the computer is quicker than one on the network or on a cable."
    )
    return Said(message)


def too_few(record: Record, case: Case, _speaking: bool) -> Said | None:
    """There is too little to learn from."""
    few = {name: count for name, count in case.wanted(record.pictures).items() if count < FEWEST}
    if not few:
        return None
    counts = " and ".join(f"{count} of {name}" for name, count in few.items())
    message = f"There are few pictures to learn from ({counts}). With 200 and more, results become much better."
    return Said(message, case.offered(case.more_variety(), Remedy("Show the pictures", "show")))


def seen_often(record: Record, case: Case, _speaking: bool) -> Said | None:
    """A long training on few pictures, whose discriminators see each as it is."""
    few = {name: count for name, count in case.wanted(record.pictures).items() if FEWEST <= count < SMALL}
    variety = case.more_variety()
    if variety is None or not few or record.steps * case.batch < OFTEN * min(few.values()):
        return None
    counts = " and ".join(f"{count} of {name}" for name, count in few.items())
    message = (
        f"The discriminator will see {counts} so often that it may learn them by heart. More variety prevents that."
    )
    return Said(message, (variety,))


def unbalanced(record: Record, case: Case, _speaking: bool) -> Said | None:
    """One folder holds many times the pictures of another."""
    counts = case.wanted(record.pictures)
    if len(counts) < 2 or max(counts.values()) <= UNBALANCED * min(counts.values()):
        return None
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    message = (
        f"{most} has {counts[most]} pictures and {least} only {counts[least]}. The few of {least} will be learnt by "
        "heart; add some of them."
    )
    return Said(message, (Remedy("Show the pictures", "show"),))


def exploded(record: Record, case: Case, _speaking: bool) -> Said | None:
    """The run went back by itself because a number exploded."""
    if record.returned is None or "explod" not in record.returned.reason:
        return None
    message = f"{record.returned.reason} Pictures of one flat colour are a common cause."
    return Said(message, case.offered(Remedy("Show the pictures", "show"), case.slower()))


def healthy(record: Record, case: Case, speaking: bool) -> Said | None:
    """Nobody wins, and nothing else is wrong. A state to be shown quietly, not an advice."""
    contest = _contest(record, case)
    others = {rule for rule in record.advice if RULES[rule][0] is not Started} - {"healthy", "time to stop"}
    low, high = (0.15, 1.5) if speaking else (0.25, 1.2)
    if contest is None or others or not low < contest[0] < high:
        return None
    return Said("Discriminator and generator keep each other busy: a healthy contest.")


RULES: Mapping[str, tuple[type, Rule]] = {
    "too few pictures": (Started, too_few),
    "pictures seen often": (Started, seen_often),
    "unbalanced folders": (Started, unbalanced),
    "number exploded": (Losses, exploded),
    "discriminator winning": (Losses, discriminator_winning),
    "discriminator guessing": (Losses, discriminator_guessing),
    "content lost": (Losses, content_lost),
    "waiting for pictures": (Losses, waiting_for_pictures),
    "copying": (Scored, copying),
    "colours inverted": (Scored, colours_inverted),
    "all alike": (Scored, all_alike),
    "grid pattern": (Scored, grid_pattern),
    "time to stop": (Scored, time_to_stop),
    "healthy": (Losses, healthy),
}
"""Key → the event that it looks up at, and the rule."""

AT_ALL_TIMES = {rule for rule, (occasion, _) in RULES.items() if occasion is Started} | {
    "number exploded",
    "waiting for pictures",
}
"""Rules that do not look at what the players do, and speak while generators rest as well."""


class Coach:
    """Follows one run.

    Args:
        case: What does not change in it.
        record: What is known of earlier sittings.

    Attributes:
        record: What is known by now.
    """

    def __init__(self, case: Case, record: Record) -> None:
        self._case = case
        self.record = record

    def listening(self, events: Generator[Event, None, None]) -> Iterator[Event]:
        """`events`, and before each step what there is to say about what came before it.

        Not sooner, so that a command is obeyed with the very next event.
        """
        waiting: list[Advised] = []
        with closing(events):
            for event in events:
                if waiting and isinstance(event, (Progress, Finished)):
                    yield from waiting
                    waiting = []
                waiting += self.hear(event)
                yield event
            yield from waiting

    def hear(self, event: Event) -> tuple[Advised, ...]:
        """Take in what happened; what there is to say of it."""
        self.record = advance(self.record, event)
        said: list[Advised] = []
        if isinstance(event, (Started, Changed, Returned)):
            said += [Advised(event.step, rule) for rule in self._heard(event)]
        for key, (occasion, rule) in RULES.items():
            if isinstance(event, occasion):
                said += self._asked(key, rule)
        return tuple(said)

    def _heard(self, event: Started | Changed | Returned) -> list[str]:
        """Rules that fall silent because something was done: by a change those whose remedy it was, by a return all.

        At a start those that an earlier version knew, and nobody else would silence.
        """
        rules = [
            rule for rule, (occasion, _) in RULES.items() if rule in self.record.advice and occasion is not Started
        ]
        if isinstance(event, Started):
            rules = [rule for rule in self.record.advice if rule not in RULES]
        if isinstance(event, Changed):
            rules = [rule for rule in rules if self.record.acted.get(rule) == event.step]
        for rule in rules:
            self.record = advance(self.record, Advised(event.step, rule))
        return rules

    def _asked(self, key: str, rule: Rule) -> list[Advised]:
        record = self.record
        speaking = key in record.advice
        since = record.acted.get(key)
        if since is not None and record.step - since < max(8 * record.memory, 0.05 * record.steps):
            return []  # What was done about it needs its time.
        discriminators_first = int(self._case.now(record.settings).settings.get("discriminators_first", 0))
        if key not in AT_ALL_TIMES and discriminators_first and record.step < discriminators_first + 8 * record.memory:
            return []  # While the generators rest, the discriminator wins, and that is the idea.
        found = rule(record, self._case.now(record.settings), speaking)
        if (found is not None) == speaking:
            return []
        advised = Advised(record.step, key, found.message, found.remedies) if found else Advised(record.step, key)
        self.record = advance(record, advised)
        return [advised]


def _contest(record: Record, case: Case) -> tuple[float, float] | None:
    """What discriminators and the generators' displeasure cost, as multiples of a guess; None where it does not show.

    Where only the discriminators' cost tells, the generators count as displeased as the discriminators are content.
    """
    signs = case.signs
    discriminator, fool = record.levels.get(signs.discriminator), record.levels.get(signs.fool)
    if not record.settled or discriminator is None or (fool is None and signs.fool):
        return None
    discriminator = discriminator / signs.guessing
    return discriminator, 1 / max(discriminator, 1e-3) if fool is None else fool / signs.pleased


def _lasting(record: Record, wrong: Callable[[Mapping[str, float]], bool], after: float = EARLY) -> str | None:
    """Title of the first route that was wrong in the last two scores, once the run has left its beginnings."""
    latest = record.scores[-2:]
    if len(latest) < 2 or record.step < after * record.steps:
        return None
    for title in latest[-1].scores:
        if all(wrong(scored.scores.get(title, {})) for scored in latest):
            return title
    return None


def _mean(scores: Iterable[Scored], figure: str) -> float | None:
    values = [figures[figure] for scored in scores for figures in scored.scores.values() if figure in figures]
    return sum(values) / len(values) if values else None


def _to_the_best(record: Record) -> Remedy | None:
    """Back to the best results, where they are not those of now."""
    best = [scored.step for scored in record.scores if scored.best]
    return Remedy("Go back to the best", "return") if best and best[-1] < record.scores[-1].step else None

"""From the folders of a recipe to decoded training pictures, held-out examples and an inventory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, TypeVar

from ganstudio.game import MethodSettings
from ganstudio.pictures.away import Away, check_there, until_back
from ganstudio.pictures.examples import Example, pictures_of
from ganstudio.pictures.folders import sources_of
from ganstudio.pictures.parallel import steadily
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards.streaming import Tap
from ganstudio.pictures.stock import Scale, Stock, room, stock_up
from ganstudio.pictures.store import Store
from ganstudio.pictures.survey import Side, inventory, survey
from ganstudio.words.events import Held, Progress, Skipped, Warned
from ganstudio.words.places import cache
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Needs

T = TypeVar("T")
Happening: TypeAlias = Progress | Skipped | Held | Warned


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a training starts from.

    Attributes:
        sides: Examples found, one side for each stock; only those that could be read.
        stocks: Their decoded training pictures, or the shards these come from.
        inventory: The same in words and counts.
    """

    sides: tuple[Side, ...]
    stocks: tuple[Stock | Tap, ...]
    inventory: Inventory


def gather(
    recipe: Recipe, needs: Needs, settings: MethodSettings, words: Sequence[str] = ()
) -> Generator[Happening, None, Gathered]:
    """Find and decode everything; what cannot be read is yielded as Skipped and listed in the inventory.

    While a folder is away as a whole, the work holds, and goes on when it is back.

    Args:
        recipe: Its folders and size.
        needs: What its method trains on.
        settings: How pictures meet the training size.
        words: The words that captions are told by; empty to take them from the captions.

    Raises:
        ValueError: A domain has no readable picture; the message names it.
    """
    unreadable: dict[str, str] = {}
    found = yield from _noting(_patiently(recipe, needs, words), unreadable)
    scale = scale_of(recipe.size, settings)
    sources = [source for domain in recipe.domains for source in sources_of(domain)]
    store, memory = Store(cache("pictures")), room()
    sides: list[Side] = []
    stocks: list[Stock | Tap] = []
    for side in found:
        if side.shards is not None:
            stocks.append(Tap(side.shards, scale))
            sides.append(side)
            continue
        title = " and ".join(side.names)
        reading = stock_up(side.train, scale, sources=sources, store=store, memory=memory, what=f"reading {title}")
        stock = yield from _noting(reading, unreadable)
        if not len(stock):
            raise ValueError(
                f"No readable pictures in {title} ({len(unreadable)} could not be read). "
                "Choose a folder of .png, .jpg or .webp."
            )
        memory -= stock.memory
        stocks.append(stock)
        held_out = yield from _noting(_readable(side.held_out, sources), unreadable)
        sides.append(replace(side, train=stock.examples, held_out=held_out))
    return Gathered(tuple(sides), tuple(stocks), replace(inventory(sides), unreadable=unreadable))


def scale_of(size: int, settings: MethodSettings) -> Scale:
    """How a method with these settings wants its pictures."""
    return Scale(size, settings.fit, settings.margin)


def _readable(examples: Sequence[Example], sources: Sequence[Path]) -> Generator[Happening, None, tuple[Example, ...]]:
    """Those of the held-out examples that can be read; they are decoded small, and nothing of them is kept."""

    def attempt(example: Example) -> Example | Skipped:
        try:
            pictures_of(example, at_least=1)
        except Unreadable as reason:
            for path in (example.path, example.partner or example.path):
                check_there(path, sources)
            return Skipped(str(example.path), str(reason))
        return example

    readable: list[Example] = []
    done = 0
    for seen in steadily(attempt, examples):
        if isinstance(seen, Example):
            readable.append(seen)
        else:
            yield seen
        if not isinstance(seen, Held):
            done += 1
            yield Progress(done, len(examples), "reading held-out pictures")
    return tuple(readable)


def _patiently(recipe: Recipe, needs: Needs, words: Sequence[str]) -> Generator[Skipped | Held, None, tuple[Side, ...]]:
    """The survey, made again when a folder went away in the middle and is back."""
    while True:
        try:
            return (yield from survey(recipe.domains, needs, words))
        except Away as gone:
            yield from until_back(gone)


def _noting(work: Generator[Happening, None, T], unreadable: dict[str, str]) -> Generator[Happening, None, T]:
    """Pass `work` on, and note what it skips."""
    while True:
        try:
            event = next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if isinstance(event, Skipped):
            unreadable[event.path] = event.reason
        yield event

"""From the folders of a recipe to decoded training pictures, held-out examples and an inventory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Stock, stock_up
from ganstudio.pictures.survey import Side, inventory, survey
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Needs

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a training starts from.

    Attributes:
        sides: Examples found, one side for each stock; only those that could be read.
        stocks: Their decoded training pictures.
        inventory: The same in words and counts.
    """

    sides: tuple[Side, ...]
    stocks: tuple[Stock, ...]
    inventory: Inventory


def gather(
    recipe: Recipe, needs: Needs, settings: MethodSettings, words: Sequence[str] = ()
) -> Generator[Progress | Skipped, None, Gathered]:
    """Find and decode everything; what cannot be read is yielded as Skipped and listed in the inventory.

    Args:
        recipe: Its folders and size.
        needs: What its method trains on.
        settings: How pictures meet the training size.
        words: The words that captions are told by; empty to take them from the captions.

    Raises:
        ValueError: A domain has no readable picture; the message names it.
    """
    unreadable: dict[str, str] = {}
    found = yield from _noting(survey(recipe.domains, needs, words), unreadable)
    sides, stocks = [], []
    for side in found:
        title = " and ".join(side.names)
        reading = stock_up(side.train, recipe.size, settings, what=f"reading {title}")
        stock = yield from _noting(reading, unreadable)
        if not len(stock):
            raise ValueError(
                f"No readable pictures in {title} ({len(unreadable)} could not be read). "
                "Choose a folder of .png, .jpg or .webp."
            )
        stocks.append(stock)
        sides.append(replace(side, train=stock.examples))
    return Gathered(tuple(sides), tuple(stocks), replace(inventory(sides), unreadable=unreadable))


def _noting(
    work: Generator[Progress | Skipped, None, T], unreadable: dict[str, str]
) -> Generator[Progress | Skipped, None, T]:
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

"""From the folders of a recipe to decoded training pictures, held-out files and an inventory."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Labelled, Stock, stock_up
from ganstudio.pictures.folders import class_names, find, label_of, split
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Needs


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a training starts from.

    Attributes:
        stocks: Decoded training pictures by domain.
        held_out: Picture files never trained on, by domain.
        inventory: The same in words and counts.
    """

    stocks: tuple[Stock, ...]
    held_out: tuple[tuple[Path, ...], ...]
    inventory: Inventory


def gather(recipe: Recipe, needs: Needs, settings: MethodSettings) -> Generator[Progress | Skipped, None, Gathered]:
    """Find and decode everything; what cannot be read is yielded as Skipped and listed in the inventory.

    Raises:
        ValueError: A domain has no readable picture; the message names it.
    """
    stocks, held_out, found = [], [], []
    unreadable: dict[str, str] = {}
    for domain in recipe.domains:
        sources = [Path(source) for source in domain.sources]
        classes = class_names(sources) if needs is Needs.CLASSES else ()
        paths: list[Path] = []
        for entry in find(sources):
            if isinstance(entry, Skipped):
                unreadable[entry.path] = entry.reason
                yield entry
            else:
                paths.append(entry)
        train, test = split(paths)
        reading = _read(domain, train, classes, recipe.size, settings)
        stock = yield from _noting(reading, unreadable)
        if not len(stock):
            raise ValueError(_nothing(domain, len(unreadable)))
        stocks.append(stock)
        held_out.append(tuple(test))
        found.append(DomainFound(domain.name, len(stock), len(test), classes))
    return Gathered(tuple(stocks), tuple(held_out), Inventory(tuple(found), unreadable))


def _noting(
    reading: Generator[Progress | Skipped, None, Stock], unreadable: dict[str, str]
) -> Generator[Progress | Skipped, None, Stock]:
    """Pass `reading` on, and note what it skips."""
    while True:
        try:
            event = next(reading)
        except StopIteration as stop:
            stock: Stock = stop.value
            return stock
        if isinstance(event, Skipped):
            unreadable[event.path] = event.reason
        yield event


def _read(
    domain: Domain, paths: list[Path], classes: tuple[str, ...], size: int, settings: MethodSettings
) -> Generator[Progress | Skipped, None, Stock]:
    """Decode the pictures of one domain, each with the index of its class."""
    sources = [Path(source) for source in domain.sources]
    files = []
    for path in paths:
        name = label_of(path, sources) if classes else None
        if classes and name not in classes:
            yield Skipped(str(path), "It lies in no class folder.")
        else:
            files.append(Labelled(path, classes.index(name) if name in classes else -1))
    stock = yield from stock_up(files, size, settings, what=f"reading {domain.name}")
    return stock


def _nothing(domain: Domain, unreadable: int) -> str:
    also = f" ({unreadable} could not be read)" if unreadable else ""
    return f"No readable pictures in {', '.join(domain.sources)}{also}. Choose a folder of .png, .jpg or .webp."

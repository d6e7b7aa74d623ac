"""Which of a project's models are shown, and in which order; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ganstudio.words.cards import ModelCard
from ganstudio.words.routes import Route

Kind: TypeAlias = Literal["all", "trained", "imported", "blended", "translate", "generate", "classify"]
Sort: TypeAlias = Literal["newest", "stars", "name", "size"]

KINDS: tuple[Kind, ...] = get_args(Kind)
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class Sought:
    """What the artist wants to see.

    Attributes:
        text: Words that must all occur somewhere in what a model says of itself.
        kind: Where it comes from, or what it does.
        sort: What comes first.
    """

    text: str = ""
    kind: Kind = "all"
    sort: Sort = "newest"


def ordered(cards: Mapping[Path, ModelCard], sought: Sought, titles: Mapping[str, str] | None = None) -> list[Path]:
    """The models that are sought, in the order that is.

    Args:
        cards: What every model says of itself.
        sought: Which, and in which order.
        titles: Titles of methods by their keys.
    """
    words = sought.text.casefold().split()
    found = []
    for path, card in cards.items():
        told = " ".join(_told(card, titles or {})).casefold() if words else ""
        if is_of(card, sought.kind) and all(word in told for word in words):
            found.append(path)
    # Sorts are stable: among equals the newest comes first.
    found.sort(key=lambda path: -cards[path].created)
    match sought.sort:
        case "stars":
            found.sort(key=lambda path: -cards[path].remarks.stars)
        case "name":
            found.sort(key=lambda path: natural(cards[path].name))
        case "size":
            found.sort(key=lambda path: -cards[path].file_bytes)
    return found


def is_of(card: ModelCard, kind: Kind) -> bool:
    """Whether a model is of this kind."""
    if kind in {"all", card.origin}:
        return True
    return any(route.verb == kind for route in card.routes)


def translations(card: ModelCard) -> tuple[Route, ...]:
    """The routes that make a picture of a picture, the main one first."""
    return tuple(route for route in card.routes if route.verb == "translate")


def can_be_light(card: ModelCard) -> bool:
    """Whether a small, fast copy of a model can be made."""
    return card.light is None and any(route.scale == 1 for route in translations(card))


def mixable(one: ModelCard, other: ModelCard) -> bool:
    """Whether there may be something between two models, as far as their cards tell."""
    return one.method == other.method and len(one.pictures) == len(other.pictures)


def mixed_title(title: str, one: ModelCard, other: ModelCard) -> str:
    """What a route of the first model is called in a mixture; a side that they call differently has both names."""
    names = dict(zip(one.pictures, other.pictures, strict=False))
    route = next((route for route in one.routes if route.title == title), None)
    if route is None:
        return title

    def both(name: str) -> str:
        return name if names.get(name, name) == name else f"{name} + {names[name]}"

    source = None if route.source is None else both(route.source)
    return replace(route, target=both(route.target), source=source).title


def natural(name: str) -> list[tuple[int, int | str]]:
    """A key that puts "run 9" before "run 10"."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]


def _told(card: ModelCard, titles: Mapping[str, str]) -> Iterator[str]:
    yield card.name
    yield card.method
    yield titles.get(card.method, "")
    yield card.origin
    yield from card.pictures
    yield from (route.title for route in card.routes)
    yield from card.parents
    yield card.remarks.notes
    yield card.remarks.licence

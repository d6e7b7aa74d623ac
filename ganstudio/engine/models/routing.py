"""Which of a model's routes is meant by a name or a letter."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Literal, TypeAlias

from ganstudio.words.routes import Inventory, Route
from ganstudio.words.settings import unknown

Work: TypeAlias = Literal["translate", "generate", "classify"]

_REFUSED: dict[Work, str] = {
    "translate": "This model does not translate pictures.",
    "generate": "This model does not make pictures from noise.",
    "classify": "This model does not tell classes apart.",
}


def work_of(route: Route) -> Work:
    """What one does with this route."""
    if route.source is None:
        return "generate"
    return "classify" if route.answers else "translate"


def able(routes: Sequence[Route], work: Work) -> tuple[Route, ...]:
    """The routes that do this work, the main one first.

    Raises:
        ValueError: There is none; the message says what the model does instead.
    """
    found = tuple(route for route in routes if work_of(route) == work)
    if not found:
        others = " or ".join(f"`ganstudio {other}`" for other in dict.fromkeys(map(work_of, routes)))
        raise ValueError(f"{_REFUSED[work]} Use {others}.")
    return found


def choose(routes: Sequence[Route], inventory: Inventory, to: str | None) -> Route:
    """The first of `routes` that ends in the domain `to`, given by name, title or letter; the main one for None.

    Raises:
        ValueError: There is none; the message names the nearest.
    """
    if to is None:
        return routes[0]
    letters = dict(zip(ascii_uppercase, inventory.names, strict=False))
    known = {route.target: route for route in reversed(routes)} | {route.title: route for route in routes}
    # A name comes before a letter: someone may call a folder "B".
    for name in (to, letters.get(to.upper())):
        if name in known:
            return known[name]
    raise ValueError(unknown("way to", to, known))

"""Which of a model's routes is meant by a name or a letter."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

from ganstudio.words.routes import Inventory, Route, Verb
from ganstudio.words.settings import unknown

_REFUSED: dict[Verb, str] = {
    "translate": "This model does not translate pictures.",
    "generate": "This model does not make pictures from noise.",
    "classify": "This model does not tell classes apart.",
}


def able(routes: Sequence[Route], verb: Verb) -> tuple[Route, ...]:
    """The routes with which one does this, the main one first.

    Raises:
        ValueError: There is none; the message says what the model does instead.
    """
    found = tuple(route for route in routes if route.verb == verb)
    if not found:
        others = " or ".join(f"`ganstudio {other}`" for other in dict.fromkeys(route.verb for route in routes))
        raise ValueError(f"{_REFUSED[verb]} Use {others}.")
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

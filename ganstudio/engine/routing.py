"""Which of a model's routes is meant by a name or a letter."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

from ganstudio.words.routes import Inventory, Route
from ganstudio.words.settings import unknown


def choose(routes: Sequence[Route], inventory: Inventory, to: str | None) -> Route:
    """The first route that ends in the domain `to`, given by name or by letter; the main route for None.

    Raises:
        ValueError: There is none; the message names the nearest.
    """
    if to is None:
        return routes[0]
    letters = dict(zip(ascii_uppercase, (domain.name for domain in inventory.domains), strict=False))
    targets = {route.target: route for route in reversed(routes)}
    # A name comes before a letter: someone may call a folder "B".
    for name in (to, letters.get(to.upper())):
        if name in targets:
            return targets[name]
    raise ValueError(unknown("way to", to, targets))

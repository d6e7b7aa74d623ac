"""Changing settings while a run trains: which ones can, and taking them on.

A setting that building the networks never looked at cannot be cached in them: `turns` and `descent` read it anew at
every step. So the building itself tells which settings are fixed, for every method and without a list; beside those are
the ones that decide how pictures were prepared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

import torch

from ganstudio import methods
from ganstudio.game import MethodSettings
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import Value, build, check, describe, unknown

PREPARED = frozenset({"flip", "fit", "margin"})
"""Decide how pictures are read and drawn."""


class _Witness:
    """Stands in for settings and notes which of them are looked at."""

    def __init__(self, settings: MethodSettings) -> None:
        self._settings = settings
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.seen.add(name)
        return getattr(self._settings, name)


def changeable(recipe: Recipe, inventory: Inventory) -> frozenset[str]:
    """Names of the settings that a run by `recipe` can take on while it trains."""
    kind = methods.find(recipe.method)
    witness = _Witness(build(kind.Settings, recipe.settings))
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        method = kind(cast("MethodSettings", witness), inventory, recipe.size)
    # What these say holds for the whole run, too.
    _ = (
        method.players(),
        method.makers(),
        method.routes(),
        method.draws,
        [method.noise_width(r) for r in method.routes()],
    )
    return frozenset(card.name for card in describe(kind.Settings)) - witness.seen - PREPARED


def values(recipe: Recipe, changes: Mapping[str, Value]) -> dict[str, Value]:
    """All settings by name, with these changes."""
    return dataclasses.asdict(settings(recipe, changes))


def differing(recipe: Recipe, changes: Mapping[str, Value]) -> dict[str, Value]:
    """What of `changes` really differs from the recipe."""
    kind = methods.find(recipe.method)
    asked = build(kind.Settings, recipe.settings)
    return {name: value for name, value in changes.items() if value != getattr(asked, name)}


def checked(recipe: Recipe, inventory: Inventory, wanted: Mapping[str, object]) -> dict[str, Value]:
    """`wanted` in the settings' own types.

    Raises:
        ValueError: There is no such setting, it is out of range, or it cannot change while the run trains.
    """
    cards = {card.name: card for card in describe(methods.find(recipe.method).Settings)}
    values: dict[str, Value] = {}
    for name, value in wanted.items():
        if name not in cards:
            raise ValueError(unknown("setting", name, cards))
        values[name] = check(cards[name], value)
    fixed = sorted(values.keys() - changeable(recipe, inventory))
    if fixed:
        why = "how its pictures are read" if PREPARED.issuperset(fixed) else "what its networks are"
        raise ValueError(f"{' and '.join(fixed)} cannot change while a run trains: it decides {why}. Start a new run.")
    return values


def settings(recipe: Recipe, changes: Mapping[str, Value]) -> MethodSettings:
    """The recipe's settings with these changes."""
    return build(methods.find(recipe.method).Settings, {**recipe.settings, **changes})

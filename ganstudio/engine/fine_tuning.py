"""Fine-tuning: a new run that begins with the painters of a model, imported or trained here, and with new judges."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ganstudio import methods
from ganstudio.engine import changing, modelfile, planning
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain, Recipe


def plan(model: Path, domains: Sequence[Domain], **wishes: Any) -> Recipe:
    """A recipe for the networks of `model` on these folders.

    Args:
        model: A model file.
        domains: One for each folder, in the order of the model's own; empty takes those it was trained on.
        wishes: As `planning.plan` takes them; size and settings are the model's where they are not among them.

    Raises:
        ValueError: Not a model, or what is asked does not fit.
    """
    _, recipe, inventory, _ = modelfile.open_method(model)
    kind = methods.find(recipe.method)
    free = changing.changeable(recipe, inventory) | changing.PREPARED
    known = dataclasses.asdict(changing.settings(recipe, {}))
    fixed = {name: value for name, value in known.items() if name not in free}
    settings = {**fixed, **recipe.settings, **wishes.pop("settings", {})}
    size = wishes.pop("size", None) or recipe.size
    return planning.plan(kind.key, domains or recipe.domains, size=size, settings=settings, **wishes)


def begin(model: Path, path: Path, recipe: Recipe) -> Run:
    """A new run in `path` that begins with the weights of `model`; it is there whole or not at all.

    Raises:
        ValueError: There is a run in `path`, or the recipe has other networks than the model.
        OSError: The disk is full or cannot be written.
    """
    raise ValueError(f"{model.name} cannot be trained on yet, in {path.name} by {recipe.method}.")

"""The model file: averaged weights, recipe, inventory and routes in one sealed file that opens anywhere."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

from ganstudio import methods
from ganstudio.engine import sealed
from ganstudio.game import Method
from ganstudio.runs.model import header, model_file
from ganstudio.words.events import Scored
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import build

VERSION = 1


def build_method(recipe: Recipe, inventory: Inventory) -> Method:
    """The method of a recipe with fresh weights, on the CPU.

    Raises:
        ValueError: Unknown method or settings.
    """
    kind = methods.find(recipe.method)
    return kind(build(kind.Settings, recipe.settings), inventory, recipe.size)


def save(
    path: Path, method: Method, recipe: Recipe, inventory: Inventory, step: int, *, scored: Scored | None = None
) -> None:
    """Write the method's artists as they are now (put the averaged weights in first), and its newest scores.

    Raises:
        OSError: The disk is full or read-only; an older model stays.
    """
    tensors = {
        f"{artist}.{name}": value
        for artist, network in method.artists().items()
        for name, value in network.state_dict().items()
    }
    facts = {
        "kind": "model",
        "version": VERSION,
        "recipe": replace(recipe, domains=tuple(Domain(side.name, side.sources) for side in recipe.domains)).to_table(),
        "inventory": inventory.to_table(),
        "routes": [asdict(route) for route in method.routes()],
        "step": step,
        "created": time.time(),
        "scored": asdict(scored) if scored else None,
    }
    sealed.write(path, tensors, facts, verified=True)


def open_method(path: Path) -> tuple[Method, Recipe, Inventory, int]:
    """Rebuild the method of a model, ready to make pictures: on the CPU, in evaluation mode, artists only.

    Raises:
        ValueError: Not a model, damaged, or from a newer version; the message names the file.
    """
    header(path)
    file = model_file(path)
    tensors, facts = sealed.read(file)
    if facts["version"] > VERSION:
        raise ValueError(f"{file} was written by a newer GAN Studio. Update this one to open it.")
    recipe, inventory = Recipe.from_table(facts["recipe"]), Inventory.from_table(facts["inventory"])
    with torch.device("meta"):  # Discriminators are never loaded, so they need no memory.
        method = build_method(recipe, inventory)
    try:
        for artist, network in method.artists().items():
            prefix = f"{artist}."
            weights = {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}
            network.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise ValueError(f"{file} does not hold the networks that its recipe describes.") from error
    return method.eval().requires_grad_(False), recipe, inventory, int(facts["step"])

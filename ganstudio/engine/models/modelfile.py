"""The model file: averaged weights, recipe, inventory and routes in one sealed file that opens anywhere.

It holds the makers that its routes need and nothing of the machine it was made on: no places of pictures, no names of
files. Version 1, which held all makers and no card, opens as if it were of today.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ganstudio import methods
from ganstudio.engine.models import checkpoint, sealed
from ganstudio.engine.models.painting import makers
from ganstudio.game import Method
from ganstudio.runs.model import VERSION, described, facts_of, header, model_file, packed
from ganstudio.runs.moment import Moment, moment
from ganstudio.runs.remarks import KEY, to_text
from ganstudio.runs.remarks import remarks as said_of
from ganstudio.words.cards import Lightness, Origin, Remarks
from ganstudio.words.events import Scored
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Inventory, Route
from ganstudio.words.settings import build


class Absent(nn.Module):
    """Stands where a network is that the model file does not hold, so that the others may be moved and counted."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def forward(self, *_: Tensor) -> Tensor:
        """Refuse.

        Raises:
            ValueError: Always.
        """
        raise ValueError(f"This model does not hold {self._name}, so it cannot go that way.")


def build_method(recipe: Recipe, inventory: Inventory) -> Method:
    """The method of a recipe with fresh weights, on the CPU.

    Raises:
        ValueError: Unknown method or settings.
    """
    kind = methods.find(recipe.method)
    return kind(build(kind.Settings, recipe.settings), inventory, recipe.size)


def shape_of(recipe: Recipe, inventory: Inventory) -> Method:
    """The method of a recipe without memory or chance, for what its shape alone tells.

    Raises:
        ValueError: As `build_method`.
    """
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        return build_method(recipe, inventory)


def save(
    path: Path,
    method: Method,
    recipe: Recipe,
    inventory: Inventory,
    step: int,
    *,
    scored: Scored | None = None,
    routes: Sequence[Route] | None = None,
    origin: Origin = "trained",
    parents: Sequence[str] = (),
    samples: Sequence[bytes] = (),
    remarks: Remarks | None = None,
    discriminators: Mapping[str, nn.Module] | None = None,
    light: Lightness | None = None,
) -> None:
    """Write the method's makers as they are now (put the averaged weights in first), and what is known of them.

    Args:
        path: The file.
        method: Whose makers.
        recipe: What they were trained by; where its pictures lie is left out.
        inventory: What was found for it; the names of unreadable files are left out.
        step: Steps done.
        scored: Its newest scores.
        routes: What it can make, if that is not all of the method's; makers that none of these needs are left out.
        origin: Where it comes from.
        parents: What it was made of.
        samples: Small WebP or PNG pictures, before and after side by side.
        remarks: What the artist says of it.
        discriminators: Networks that judged the makers, by the names of their places in the method, for those who
            train on; most models have none.
        light: What was measured of a light model.

    Raises:
        ValueError: A sample is no small picture.
        OSError: The disk is full or read-only; an older model stays.
    """
    held = method.makers() if routes is None else _needed(method, routes)
    facts = {
        "kind": "model",
        "version": VERSION,
        "recipe": without_places(recipe).to_table(),
        "inventory": replace(inventory, unreadable={}).to_table(),
        "routes": [asdict(route) for route in routes or method.routes()],
        "step": step,
        "created": time.time(),
        "scored": asdict(scored) if scored else None,
        "origin": origin,
        "parents": list(parents),
        "samples": packed(samples),
    } | ({"light": asdict(light)} if light else {})
    tensors, beside = tensors_of({**held, **(discriminators or {})}), {KEY: to_text(remarks or Remarks())}
    sealed.write(path, tensors, facts, beside=beside, verified=True)


def without_places(recipe: Recipe) -> Recipe:
    """The recipe without places and names of pictures, which are nobody else's business."""
    return replace(recipe, domains=tuple(Domain(side.name, ()) for side in recipe.domains))


def tensors_of(networks: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Weights and buffers by name, as a model file holds them."""
    return {
        f"{maker}.{name}": value for maker, network in networks.items() for name, value in network.state_dict().items()
    }


def open_method(path: Path) -> tuple[Method, Recipe, Inventory, int]:
    """Rebuild the method of a model, ready to make pictures: on the CPU, in evaluation mode, artists only.

    What the model can make stands on its card: a file may hold only some of its method's makers, and `Absent` stands
    for the others.

    Args:
        path: A model file, a run folder, or a moment of a run.

    Raises:
        ValueError: Not a model, damaged, or from a newer version; the message names the file.
    """
    if then := moment(path):
        return _open_moment(then)
    header(path)
    file = model_file(path)
    return open_data(file, file.read_bytes())


def open_data(file: Path, data: bytes) -> tuple[Method, Recipe, Inventory, int]:
    """As `open_method`, of the bytes of a model file; `file` is what messages call it.

    Raises:
        ValueError: As `open_method`.
    """
    tensors, head = sealed.opened(file, data)
    told = described(file, facts_of(file, head))
    recipe, inventory = told.recipe, told.inventory
    wrong = f"{file} does not hold the networks that its recipe describes."
    try:
        method = shape_of(recipe, inventory)  # Discriminators are never loaded, so they need no memory.
        ways = {route.ends for route in method.routes()}
        for maker, network in method.makers().items():
            weights = {name: value for name, value in tensors.items() if name.startswith(f"{maker}.")}
            if weights or not network.state_dict():
                bare = {name.removeprefix(f"{maker}."): value for name, value in weights.items()}
                network.load_state_dict(bare, assign=True)
            else:
                put_away(method, network, maker)
    except (RuntimeError, KeyError, TypeError) as error:
        raise ValueError(wrong) from error
    except ValueError as error:
        raise ValueError(f"{file} cannot be opened: {error}") from error
    if not {route.ends for route in told.routes} <= ways:
        raise ValueError(wrong)
    return method.eval().requires_grad_(False), recipe, inventory, told.step


def for_others(path: Path) -> list[bytes | memoryview]:
    """A model as a file of today that stands alone: with its remarks, without places; the bytes in pieces.

    Args:
        path: A model file of any version, a run folder, or a moment of a run.

    Raises:
        ValueError: Not a model, or damaged.
        OSError: It cannot be read.
    """
    facts = header(path)
    if moment(path):
        method, *_ = open_method(path)
        tensors = tensors_of(method.makers())
    else:
        tensors, _ = sealed.read(model_file(path))
    facts["recipe"] = without_places(Recipe.from_table(facts["recipe"])).to_table()
    facts["inventory"] = {**facts["inventory"], "unreadable": {}}
    return sealed.pieces(tensors, facts, {KEY: to_text(said_of(path))})


def _open_moment(then: Moment) -> tuple[Method, Recipe, Inventory, int]:
    """The artists of a run as they were at one of its checkpoints, with their averaged weights."""
    found, recipe, inventory = checkpoint.read(then.entry), then.run.recipe(), then.run.inventory()
    assert inventory is not None, "A run with a checkpoint has an inventory."
    method = shape_of(recipe, inventory)
    checkpoint.give_makers(found, method)
    return method.eval().requires_grad_(False), recipe, inventory, found.step


def _needed(method: Method, routes: Sequence[Route]) -> dict[str, nn.Module]:
    """The artists that these routes go through, in the method's order."""
    wanted = {name for route in routes for name in makers(method, route)}
    return {name: network for name, network in method.makers().items() if name in wanted}


def put_away(method: Method, network: nn.Module, maker: str) -> None:
    """Replace a network by nothing, wherever the method keeps it."""
    places = [
        (holder, name) for holder in method.modules() for name, part in holder.named_children() if part is network
    ]
    for holder, name in places:
        setattr(holder, name, Absent(maker))

"""The header of a model file, readable without torch: what it is, before its weights are loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ganstudio.runs.run import MODEL
from ganstudio.runs.title import title
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Scored, from_json
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Route

FACTS = "ganstudio"
SEAL = "sha256"
LARGEST_HEADER = 16 << 20  # Bytes; ours are a few thousand.


def model_file(path: Path) -> Path:
    """The model file that `path` means: itself, or the one in a run folder.

    Raises:
        ValueError: There is none.
    """
    file = path / MODEL if path.is_dir() else path
    if not file.is_file():
        hint = "Train it first." if path.is_dir() else "Choose a run folder or a .safetensors model."
        raise ValueError(f"There is no model at {file}. {hint}")
    return file


def header(path: Path) -> dict[str, Any]:
    """The facts in the header of a model file.

    Raises:
        ValueError: Not a model of GAN Studio; the message names the file.
    """
    file = model_file(path)
    try:
        with file.open("rb") as stream:
            length = min(int.from_bytes(stream.read(8), "little"), LARGEST_HEADER)
            facts: dict[str, Any] = json.loads(json.loads(stream.read(length))["__metadata__"][FACTS])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{file} is not a model of GAN Studio.") from error
    if facts.get("kind") != "model":
        raise ValueError(f"{file} is not a model of GAN Studio.")
    return facts


def card(path: Path) -> ModelCard:
    """What a model says of itself.

    Raises:
        ValueError: Not a model of GAN Studio; the message names the file.
    """
    file, facts = model_file(path), header(path)
    try:
        recipe = Recipe.from_table(facts["recipe"])
        inventory = Inventory.from_table(facts["inventory"])
        routes = tuple(Route.from_table(route) for route in facts["routes"])
        return ModelCard(
            path=str(path),
            name=title(path) if path.is_dir() else path.stem,
            method=recipe.method,
            routes=routes,
            size=recipe.size,
            step=int(facts["step"]),
            steps=recipe.steps,
            created=float(facts["created"]),
            file_bytes=file.stat().st_size,
            pictures={domain.name: domain.train for domain in inventory.domains},
            scored=_scored(facts.get("scored")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} has a header that this GAN Studio cannot read: {error}") from error


def _scored(table: Any) -> Scored | None:
    """The scores in a header; older ones have none, and such that cannot be read are no reason to refuse a model."""
    try:
        event = from_json(json.dumps({**table, "event": "scored"}))
    except (ValueError, TypeError):
        return None
    return event if isinstance(event, Scored) else None

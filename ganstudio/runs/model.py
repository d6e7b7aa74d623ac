"""The header of a model file, readable without torch: what it is, before its weights are loaded.

Version 2 holds where a model comes from, its parents, thumbnails of what it makes and a checksum of each part.
Version 1 knew none of this; it is read as if it said that it was trained here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from ganstudio.runs.moment import Moment, moment
from ganstudio.runs.remarks import remarks
from ganstudio.runs.run import MODEL, RECIPE, Run
from ganstudio.runs.seal import FACTS, SEAL, Head, NotOurs, check_header, read_head
from ganstudio.runs.shelf import SUFFIX
from ganstudio.runs.thumbnail import LARGEST, MOST, is_thumbnail
from ganstudio.runs.title import title
from ganstudio.words.cards import Lightness, ModelCard, Origin
from ganstudio.words.events import Scored, from_json
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Route

__all__ = ["FACTS", "SEAL", "VERSION", "card", "described", "facts_of", "header", "model_file", "name_of", "packed"]

VERSION = 2
_SINCE_2: dict[str, Any] = {"origin": "trained", "parents": [], "samples": []}
MOST_PARENTS = 16
MOST_DOMAINS = 26  # As many as there are letters.
LARGEST_SIDE = 1 << 14  # Pixels.
LARGEST_SCALE = 16
LATEST = 1e11  # Seconds since 1970; beyond it calendars end.
LONGEST_PARENT = 200


def model_file(path: Path) -> Path:
    """The file with the weights that `path` means: itself, the model in a run folder, or a moment's checkpoint.

    Raises:
        ValueError: There is none.
    """
    then = moment(path)
    file = then.entry.path if then else path / MODEL if path.is_dir() else path
    if not file.is_file():
        is_run = (path / RECIPE).is_file()
        hint = "Train it first." if is_run else "Choose a run folder or a .safetensors model."
        raise ValueError(f"There is no model at {file if is_run else path}. {hint}")
    return file


def is_of_run(file: Path) -> bool:
    """Whether a training keeps this file: its model or one of its checkpoints, which nothing else may replace."""
    if file.name == MODEL:
        return (file.parent / RECIPE).is_file()
    above = Run(file.parent.parent)
    return file.suffix == SUFFIX and file.parent == above.checkpoints and (above.path / RECIPE).is_file()


def name_of(path: Path) -> str:
    """The artist's name for the model that `path` means, for people."""
    if then := moment(path):
        return f"{title(then.run.path)}, step {then.entry.step}"
    return title(path) if path.is_dir() else path.stem


def header(path: Path) -> dict[str, Any]:
    """The facts in the header of a model, as the present version has them.

    Of a moment they are those of its run, at its step.

    Raises:
        ValueError: Not a model of GAN Studio, cut short, edited, or newer than this one; the message names the file.
    """
    if then := moment(path):
        return _facts_then(then)
    file = model_file(path)
    try:
        head = read_head(file)
    except NotOurs as error:
        raise NotOurs(str(error).replace("not a file of", "not a model of")) from error
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}.") from error
    if head.table().get("kind") != "model":
        raise NotOurs(f"{file} is not a model of GAN Studio.")
    return facts_of(file, head)


def facts_of(file: Path, head: Head) -> dict[str, Any]:
    """The facts of a model's header, as the present version has them.

    Raises:
        ValueError: Edited, or newer than this GAN Studio.
    """
    facts = head.table()
    version = facts.get("version", 1)
    if not isinstance(version, int) or version > VERSION:  # First: a newer one may be sealed otherwise.
        raise ValueError(
            f"{file} was written by a newer GAN Studio (version {version} of the model file; this one reads up to "
            f"{VERSION}). Update this one to open it."
        )
    check_header(file, head)
    return {**facts, "version": VERSION} | {name: value for name, value in _SINCE_2.items() if name not in facts}


def card(path: Path) -> ModelCard:
    """What a model says of itself.

    Raises:
        ValueError: As `header`.
    """
    file, facts = model_file(path), header(path)
    told = described(file, facts)
    try:
        return ModelCard(
            path=str(path),
            name=name_of(path),
            method=told.recipe.method,
            routes=told.routes,
            size=told.recipe.size,
            step=told.step,
            steps=told.recipe.steps,
            created=told.created,
            file_bytes=file.stat().st_size,
            pictures={domain.name: domain.train for domain in told.inventory.domains},
            scored=_scored(facts.get("scored")),
            remarks=remarks(path),
            origin=_origin(facts["origin"]),
            parents=tuple(str(parent)[:LONGEST_PARENT] for parent in facts["parents"][:MOST_PARENTS]),
            samples=_unpacked(facts["samples"]),
            light=_light(facts.get("light")),
        )
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(f"{file} has a header that this GAN Studio cannot read: {error}") from error


@dataclass(frozen=True, slots=True)
class Described:
    """What a header says that its networks are built and used by, within bounds whoever wrote it."""

    recipe: Recipe
    inventory: Inventory
    routes: tuple[Route, ...]
    step: int
    created: float


def described(file: Path, facts: Mapping[str, Any]) -> Described:
    """Read the facts of a header.

    Raises:
        ValueError: They are not what a header says; the message names the file.
    """
    try:
        recipe, inventory = Recipe.from_table(facts["recipe"]), Inventory.from_table(facts["inventory"])
        routes = tuple(Route.from_table(route) for route in facts["routes"])
        told = Described(recipe, inventory, routes, int(facts["step"]), float(facts["created"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ValueError(f"{file} has a header that this GAN Studio cannot read: {error}") from error
    small = len(inventory.domains) <= MOST_DOMAINS and recipe.size <= LARGEST_SIDE and 0 <= told.created < LATEST
    if not small or not all(map(_is_sane, routes)):
        raise ValueError(f"{file} has a header that this GAN Studio cannot read: something in it is out of bounds.")
    return told


def _is_sane(route: Route) -> bool:
    numbers = (route.scale, route.multiple, route.side)
    words = (route.target, route.source or "", *route.labels, *route.words, *route.answers)
    return (
        all(type(number) is int for number in numbers)
        and all(isinstance(word, str) for word in words)
        and 1 <= route.scale <= LARGEST_SCALE
        and 1 <= route.multiple <= LARGEST_SIDE
        and 0 <= route.side <= LARGEST_SIDE
    )


def packed(samples: Sequence[bytes]) -> list[str]:
    """Thumbnails as a header holds them.

    Raises:
        ValueError: One is no small WebP or PNG.
    """
    for sample in samples:
        if not is_thumbnail(sample):
            raise ValueError(f"A sample in a model is a small WebP or PNG of at most {LARGEST} bytes.")
    return [base64.b64encode(sample).decode("ascii") for sample in samples[:MOST]]


def _unpacked(samples: list[str]) -> tuple[bytes, ...]:
    """The thumbnails in a header; what is none is left out, whoever wrote it."""
    found = [base64.b64decode(sample, validate=True) for sample in samples[:MOST]]
    return tuple(sample for sample in found if is_thumbnail(sample))


def _facts_then(then: Moment) -> dict[str, Any]:
    """The facts of a run's model, at the step of one of its checkpoints."""
    facts = header(then.run.path)
    written = then.entry.path.stat().st_mtime
    return facts | {"step": then.entry.step, "created": written, "scored": None, "samples": []}


def _origin(text: str) -> Origin:
    for origin in get_args(Origin):
        if text == origin:
            return origin  # type: ignore[no-any-return]
    raise ValueError(f"it says that it was {text!r}.")


def _light(table: Any) -> Lightness | None:
    """A light model's figures; such that cannot be read are no reason to refuse it."""
    if not isinstance(table, Mapping):
        return None
    try:
        return Lightness.from_table(table)
    except ValueError:
        return None


def _scored(table: Any) -> Scored | None:
    """The scores in a header; older ones have none, and such that cannot be read are no reason to refuse a model."""
    try:
        event = from_json(json.dumps({**table, "event": "scored"}))
    except (ValueError, TypeError):
        return None
    return event if isinstance(event, Scored) else None

"""Recipe: what the artist asked for. Written once as recipe.toml, immutable when its run starts."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import tomli_w

from ganstudio.words.moving import HOME, followed, home_of, read, written
from ganstudio.words.settings import Value, unknown

Device: TypeAlias = Literal["auto", "cpu", "cuda", "mps"]
Precision: TypeAlias = Literal["auto", "fp32", "bf16"]

DEVICES: tuple[str, ...] = get_args(Device)
PRECISIONS: tuple[str, ...] = get_args(Precision)
PRESETS = ("quick", "balanced", "best", "low-memory")
VERSION = 2
"""Since 2 the networks that tell real from made are discriminators; their settings began with judge before."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One side of a training: a name the artist chose, where its pictures lie, and what the artist changed of them.

    The files themselves are never changed: what is left out, sorted anew or described anew stands here.

    Attributes:
        name: The artist's name for it.
        sources: Folders and single files.
        excluded: Paths of pictures that are left out.
        labels: Path of a picture → class it was given instead of its folder's.
        captions: Path of a picture → caption it was given instead of the text beside it, one a line.
    """

    name: str
    sources: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)

    def to_table(self) -> dict[str, Any]:
        """Plain values for TOML; what is empty is left out."""
        table: dict[str, Any] = {
            "name": written(self.name),
            "sources": tuple(map(written, self.sources)),
            "excluded": tuple(map(written, self.excluded)),
            "labels": {written(path): written(label) for path, label in self.labels.items()},
            "captions": {written(path): caption for path, caption in self.captions.items()},
        }
        return {name: value for name, value in table.items() if value or name in {"name", "sources"}}

    def placed(self, where: Callable[[str], str]) -> Domain:
        """The same with each of its places as `where` says."""
        return Domain(
            self.name,
            tuple(map(where, self.sources)),
            tuple(map(where, self.excluded)),
            {where(path): label for path, label in self.labels.items()},
            {where(path): caption for path, caption in self.captions.items()},
        )

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Domain:
        """Read what `to_table` gave, strictly.

        Raises:
            ValueError: It is no table, a key is missing or unknown, or its value is of another type.
        """
        wrong = ValueError("Each domain has a name and a list of sources.")
        try:
            changed = {name: dict(table.get(name, {})) for name in ("labels", "captions")}
            sources, excluded = table.get("sources"), table.get("excluded", ())
            texts = [table.get("name"), *_listed(sources), *_listed(excluded)]
        except (TypeError, ValueError, AttributeError) as error:
            raise wrong from error
        texts += [text for change in changed.values() for entry in change.items() for text in entry]
        known = {entry.name for entry in dataclasses.fields(cls)}
        if not set(table) <= known or not all(isinstance(text, str) for text in texts):
            raise wrong
        return cls(
            read(table["name"]),
            tuple(map(read, table["sources"])),
            tuple(map(read, table.get("excluded", ()))),
            {read(path): read(label) for path, label in changed["labels"].items()},
            {read(path): caption for path, caption in changed["captions"].items()},
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything asked of one run. `steps` and `seed` are fixed here, so that a recipe replays.

    Attributes:
        method: Key of the method in the catalogue, such as "cyclegan".
        domains: Pictures by domain, in the method's order (A, B, …).
        preset: The preset these values started from; for people only.
        size: Side of the square training pictures, in pixels.
        steps: Batches to train in all.
        batch: Pictures of each domain in one step.
        seed: Fixes weights, data order and noise.
        device: Where to train.
        precision: Arithmetic of the training.
        settings: What differs from the method's defaults.
    """

    method: str
    domains: tuple[Domain, ...]
    preset: str = "balanced"
    size: int = 256
    steps: int = 1
    batch: int = 1
    seed: int = 0
    device: Device = "auto"
    precision: Precision = "auto"
    settings: Mapping[str, Value] = field(default_factory=dict)

    def to_toml(self, home: Path | None = None) -> str:
        """The text of recipe.toml; `home` is the folder that it is written in."""
        return tomli_w.dumps(({HOME: home_of(home)} if home else {}) | self.to_table())

    def to_table(self) -> dict[str, Any]:
        """The same as plain values, for TOML and a model's header."""
        domains = [domain.to_table() for domain in self.domains]
        return {"version": VERSION} | dataclasses.asdict(self) | {"domains": domains}

    @classmethod
    def from_toml(cls, text: str, home: Path | None = None) -> Recipe:
        """Read what `to_toml` wrote, strictly.

        Args:
            text: What was read.
            home: The folder that it lies in; pictures that were moved with it are found.

        Raises:
            ValueError: Not TOML, an unknown or missing key, a value of the wrong type, or a version from the future.
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"The recipe is not readable TOML: {error}.") from error
        then = table.pop(HOME, None)
        recipe = cls.from_table(table)
        if home is None or then is None:
            return recipe
        where = followed(then, home)
        return dataclasses.replace(recipe, domains=tuple(domain.placed(where) for domain in recipe.domains))

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Recipe:
        """A recipe from plain values, as TOML and a model's header hold them.

        Raises:
            ValueError: As `from_toml`.
        """
        values = dict(table)
        version = values.pop("version", VERSION)
        if version not in {1, VERSION}:
            raise ValueError(f"The recipe has version {version}; this GAN Studio reads up to {VERSION}. Update it.")
        _check_names(values, {entry.name for entry in dataclasses.fields(cls)})
        if version == 1:
            settings = _expect("settings", values.get("settings", {}), dict)
            values["settings"] = {re.sub("^judge(?=s?_)", "discriminator", name): settings[name] for name in settings}
        values["domains"] = tuple(Domain.from_table(entry) for entry in _expect("domains", values["domains"], list))
        _check_values(values)
        return cls(**values)


_KINDS: dict[str, type] = {
    "method": str,
    "preset": str,
    "size": int,
    "steps": int,
    "batch": int,
    "seed": int,
    "device": str,
    "precision": str,
    "settings": dict,
}


def _check_names(values: Mapping[str, Any], known: set[str]) -> None:
    for name in values:
        if name not in known:
            raise ValueError(unknown("recipe entry", name, known))
    for name in ("method", "domains"):
        if name not in values:
            raise ValueError(f"The recipe has no {name}.")


def _check_values(values: Mapping[str, Any]) -> None:
    for name, kind in _KINDS.items():
        if name in values:
            _expect(name, values[name], kind)
    for name, choices in (("device", DEVICES), ("precision", PRECISIONS)):
        if values.get(name, "auto") not in choices:
            raise ValueError(f"The recipe's {name} is one of {', '.join(choices)}, not {values[name]!r}.")
    for name in ("size", "steps", "batch"):
        if values.get(name, 1) < 1:
            raise ValueError(f"The recipe's {name} must be at least 1, not {values[name]}.")


def _expect(name: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"The recipe's {name} must be of type {kind.__name__}, not {type(value).__name__}.")
    return value


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(value)  # A text would be taken for a list of letters.
    return value

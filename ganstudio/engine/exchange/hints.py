"""Hints: what file names, and the options that the published code leaves beside its weights, say of them.

Nothing here decides what a network is; hints only tell directions, names, sizes and what cannot be seen in weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from ganstudio.words.settings import Value

Way: TypeAlias = Literal["A", "B", ""]
"""Of a network of two: that of A → B, that of B → A; or one without a partner."""

LONGEST = 1 << 16  # Bytes of an options file.

_ROLE = re.compile(r"^(?P<start>.*?)(?P<net>net_?)?(?P<part>[GDF])(?P<line>_?)(?P<way>A2B|B2A|A|B)?$")
_BETWEEN = re.compile(r"(?:^|[^A-Za-z])(?P<a>[A-Za-z]+)2(?P<b>[A-Za-z]+)(?:[^A-Za-z]|$)")
_OPTION = re.compile(r"^\s*(?P<name>\w+):(?P<value>.*)$")
_DEFAULT = "[default:"  # It stands behind a value that is another one.
_SIZES = (("crop_size", "fineSize"), ("load_size", "loadSize"))
"""What today's published code and that of 2017 call the size of the crop, and the size before it."""

_OTHER: Mapping[str, str] = {"A": "B", "B": "A", "A2B": "B2A", "B2A": "A2B", "": ""}


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a file says.

    Attributes:
        file: Where it lies.
        part: "G", "D" or "F"; empty when the name does not say.
        way: Of which direction it is.
    """

    file: Path
    part: str = ""
    way: Way = ""

    def beside(self) -> Iterator[Path]:
        """Files that, by their names, belong to this generator and are there: way back, discriminators, sampler."""
        found = _ROLE.match(self.file.stem)
        if not found or found["part"] != "G":
            return
        start, line, way = found["start"] + (found["net"] or ""), found["line"], found["way"] or ""
        names = [f"G{line}{_OTHER[way]}"] if way else []
        if not way.endswith(("2A", "2B")):  # There, a discriminator of A judges pictures of A: the other way round.
            names += [f"D{line}{way}", f"D{line}{_OTHER[way]}"] if way else ["D", "F"]
        for name in names:
            path = self.file.with_name(f"{start}{name}{self.file.suffix}")
            if path.is_file():
                yield path


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beyond the weights.

    Attributes:
        names: What goes into G_A and what comes out of it; None when nothing tells.
        method: Key of the method; empty when nothing tells.
        size: Side of the training pictures in pixels; 0 when nothing tells.
        dropout: Whether it trained with dropout; None when nothing tells.
        settings: How pictures met the training size, as settings of a method.
    """

    names: tuple[str, str] | None = None
    method: str = ""
    size: int = 0
    dropout: bool | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)


def named(file: Path) -> Named:
    """What the name of `file` says."""
    found = _ROLE.match(file.stem)
    if not found or not (found["net"] or found["start"] in {"", "_"} or found["start"].endswith(("_", "-", "."))):
        return Named(file)
    way: Way = "B" if (found["way"] or "").startswith("B") else "A" if found["way"] else ""
    return Named(file, found["part"], way)


def hints(file: Path) -> Hints:
    """What the options beside `file`, its name and its folder's say."""
    options = _options(file.parent)
    turned = options.get("direction", options.get("which_direction", "AtoB")) == "BtoA"
    told = _between(Path(options.get("dataroot", "")).name)
    if told and turned:  # The folder is named after the data, whose A is what comes out then.
        told = told[::-1]
    crop, load = (_number(options.get(new, options.get(old, ""))) for new, old in _SIZES)
    dropout = options.get("no_dropout", "")
    return Hints(
        names=_between(file.stem) or _between(options.get("name", "")) or told or _between(file.parent.name),
        method=_method(options),
        size=crop,
        dropout={"True": False, "False": True}.get(dropout),
        settings=_fit(options, crop, load),
    )


def _method(options: Mapping[str, str]) -> str:
    """The method of the published name."""
    if options.get("model") == "cut" and options.get("CUT_mode", "").lower() == "fastcut":
        return "fastcut"
    return {"cycle_gan": "cyclegan", "pix2pix": "pix2pix", "cut": "cut"}.get(options.get("model", ""), "")


def _fit(options: Mapping[str, str], crop: int, load: int) -> dict[str, Value]:
    """How pictures met the training size, where the options say so."""
    way = options.get("preprocess", options.get("resize_or_crop", ""))
    fit = {"resize_and_crop": "squash", "crop": "native", "none": "native"}.get(way, "cover")
    settings: dict[str, Value] = {"fit": fit} if way else {}
    if crop and crop <= load <= 4 * crop and "crop" in way:
        settings["margin"] = round(load / crop, 4)
    return settings


def _options(folder: Path) -> dict[str, str]:
    """The options beside a file, those of the training before those of a test; empty where there are none."""
    with suppress(OSError):
        files = sorted(folder.glob("*opt.txt"), key=lambda file: (file.name != "train_opt.txt", file.name))
        for file in files:
            with suppress(OSError, ValueError):
                if not file.is_file():
                    continue
                with file.open("rb") as stream:
                    lines = stream.read(LONGEST).decode("utf-8", errors="replace").splitlines()
                matches = [match for line in lines if (match := _OPTION.match(line))]
                found = {match["name"]: match["value"].partition(_DEFAULT)[0].strip() for match in matches}
                if found:
                    return found
    return {}


def _between(text: str) -> tuple[str, str] | None:
    """The two names in one such as horse2zebra; A2B says nothing, and pix2pix is the method."""
    for found in _BETWEEN.finditer(text.replace("_", " ")):
        a, b = found["a"], found["b"]
        if a.lower() != b.lower() and len(a) + len(b) > 2:
            return a, b
    return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0

"""The support bundle: it says enough to help, and nothing of an artist's pictures unless they want it."""

from __future__ import annotations

import contextlib
import io
import platform
import tomllib
from collections.abc import Generator
from importlib import metadata
from pathlib import Path
from typing import Any

import tomli_w

from ganstudio.engine import doctor
from ganstudio.engine.discretion import Discretion
from ganstudio.runs import bundle
from ganstudio.runs.bundle import Piece
from ganstudio.runs.plain import open_plain
from ganstudio.runs.run import HISTORY, RECIPE, Run
from ganstudio.runs.taken import check_free
from ganstudio.words.events import Progress
from ganstudio.words.places import log_file
from ganstudio.words.recipe import Recipe

HISTORY_BYTES = 8 << 20
"""So much of a run's history goes in, its newest part."""


def gather(run: Run | None = None, *, names: bool = False) -> Generator[Progress, object, tuple[Piece, ...]]:
    """Collect what goes into a bundle; nothing is written and nothing is sent.

    Args:
        run: The training that it is about; None for none.
        names: Leave names and places of pictures as they are.

    Yields:
        Progress.
    """
    yield Progress(0, 3, "looking at this computer")
    pieces = [Piece("doctor.txt", "\n".join(_said(finding) for finding in doctor.examine()) + "\n")]
    pieces.append(Piece("versions.txt", _versions()))
    yield Progress(1, 3, "reading the log")
    discretion = _discretion(run)
    file = log_file()
    logs = {part.name: _read(part) for part in sorted(file.parent.glob(f"{file.name}*")) if part.suffix != ".lock"}
    pieces += [Piece(name, text if names else discretion.text(text)) for name, text in logs.items()]
    yield Progress(2, 3, "reading the training")
    if run is not None:
        recipe, history = _read(run.path / RECIPE), _read(run.path / HISTORY, HISTORY_BYTES)
        if not names:
            recipe, history = _discreet_recipe(recipe, discretion), discretion.history(history.splitlines())
        pieces += [Piece(f"run/{RECIPE}", recipe), Piece("run/events.jsonl", history)]
    yield Progress(3, 3, "reading the training")
    return tuple(piece for piece in pieces if piece.text)


def save(
    file: Path, run: Run | None = None, *, names: bool = False, replace: bool = False
) -> Generator[Progress, object, tuple[Piece, ...]]:
    """Write a bundle, and tell what is in it.

    Args:
        file: The zip to write.
        run: As `gather`.
        names: As `gather`.
        replace: Replace a file that is there.

    Yields:
        Progress.

    Raises:
        ValueError: Something is there already.
        OSError: The place cannot be written.
    """
    check_free(file, replace=replace)
    pieces = yield from gather(run, names=names)
    bundle.save(pieces, file)
    return pieces


def _said(finding: doctor.Finding) -> str:
    return "  ".join(part for part in (finding.name, finding.verdict, finding.value, finding.advice) if part)


def _discretion(run: Run | None) -> Discretion:
    recipe: Recipe | None = None
    words: set[str] = set()
    if run is not None:
        with contextlib.suppress(ValueError):
            recipe = run.recipe()
        with contextlib.suppress(ValueError, OSError):
            inventory = run.inventory()
            words = {label for domain in inventory.domains for label in domain.classes} if inventory else set()
    return Discretion(recipe.domains if recipe else (), words)


def _discreet_recipe(text: str, discretion: Discretion) -> str:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:
        return f"# This recipe cannot be read: {discretion.text(str(error))}\n"
    return tomli_w.dumps(discretion.recipe(table))


def _versions() -> str:
    names = sorted({found.name: found.version for found in metadata.distributions()}.items())
    lines = [f"Python {platform.python_version()} on {platform.platform()}", ""]
    return "\n".join([*lines, *(f"{name} {version}" for name, version in names)]) + "\n"


def _read(file: Path, most: int = 4 << 20) -> str:
    """The last `most` bytes of a text file; empty where there is none."""
    try:
        with open_plain(file) as stream:
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(0, size - most))
            return stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""

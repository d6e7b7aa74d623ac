"""Remarks: what an artist says of a model, kept so that it can be changed at any time.

A run keeps its remarks beside its recipe, because its model is written anew with every save; they travel with the model
when it is exported. A model file has them in its header, outside of the seal, so that changing them needs no weights.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ganstudio.runs.moment import moment
from ganstudio.runs.plain import NoFile, read_plain
from ganstudio.runs.run import MODEL, RECIPE
from ganstudio.runs.seal import head_of, read_head
from ganstudio.runs.writing import write_atomically
from ganstudio.words.cards import Remarks

FILE = "remarks.json"
KEY = "remarks"
LONGEST_NOTES = 20_000
"""Letters."""

LONGEST_LICENCE = 200
"""Letters."""

STARS = 5


def remarks(path: Path) -> Remarks:
    """What is said of a model file, a run folder or a moment of a run; empty where it is damaged."""
    kept = _beside(path)
    try:
        text = read_plain(kept).decode() if kept else read_head(path).metadata[KEY]
    except (FileNotFoundError, NoFile, ValueError, KeyError):
        return Remarks()
    except OSError:
        return Remarks(unread=True)
    return from_text(text)


def remark(path: Path, said: Remarks) -> None:
    """Say something else of a model file, a run folder or a moment of a run, without touching its weights.

    Raises:
        ValueError: Too long, too many stars, no model of ours, or made of what could not be read; the message says
            which.
        OSError: It could not be written; what was there stays.
    """
    if said.unread:
        raise ValueError(
            f"What was said of {path.name} before could not be read just now, and would be lost. Try again."
        )
    check(said)
    if kept := _beside(path):
        write_atomically(kept, to_text(said).encode())
        return
    data = read_plain(path)
    head = head_of(path, data)
    table = {"__metadata__": {**head.metadata, KEY: to_text(said)}, **head.tensors}
    write_atomically(path, [header_bytes(table), memoryview(data)[head.begin :]], verified=True)


def check(said: Remarks) -> None:
    """Whether this can be said.

    Raises:
        ValueError: Too long, or too many stars.
    """
    if not 0 <= said.stars <= STARS:
        raise ValueError(f"A model has 0 to {STARS} stars, not {said.stars}.")
    if len(said.notes) > LONGEST_NOTES:
        raise ValueError(f"Notes have at most {LONGEST_NOTES:,} letters; these have {len(said.notes):,}.")
    if "\n" in said.licence or len(said.licence) > LONGEST_LICENCE:
        raise ValueError(f"A licence is named in one line of at most {LONGEST_LICENCE} letters.")


def to_text(said: Remarks) -> str:
    """The remarks as a header and a run folder hold them."""
    return json.dumps({name: value for name, value in asdict(said).items() if name != "unread"}, indent=1)


def from_text(text: str) -> Remarks:
    """What `to_text` wrote; empty where it is something else, because notes are no reason to refuse a model."""
    try:
        table: dict[str, Any] = json.loads(text)
        said = Remarks(str(table.get("notes", "")), int(table.get("stars", 0)), str(table.get("licence", "")))
        check(said)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return Remarks()
    return said


def header_bytes(table: dict[str, Any]) -> bytes:
    """The beginning of a safetensors file: length of its header, and the header, padded so that weights lie aligned."""
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _beside(path: Path) -> Path | None:
    """The file that keeps the remarks of a run; None for a model file outside of a run."""
    if path.name == MODEL and (path.parent / RECIPE).is_file():
        return path.parent / FILE
    if path.is_dir():
        return path / FILE
    then = moment(path)
    return then.run.path / FILE if then else None

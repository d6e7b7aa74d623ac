"""Moment: a run as it stood at one of its checkpoints, with an address like a model's: RUN@STEP, RUN@best, RUN@NAME."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ganstudio.runs.run import RECIPE, Run
from ganstudio.runs.shelf import Entry

MARK = "@"
BEST = "best"


@dataclass(frozen=True, slots=True)
class Moment:
    """One checkpoint of a run, to be used as a model."""

    run: Run
    entry: Entry


def moment(path: Path) -> Moment | None:
    """The moment that an address means; None when it means no moment: a file, a folder, or nothing at all.

    Raises:
        ValueError: There is such a run, without such a checkpoint; the message lists those there are.
    """
    name, mark, which = path.name.rpartition(MARK)
    if not mark or path.exists() or not (path.with_name(name) / RECIPE).is_file():
        return None
    run = Run(path.with_name(name))
    if which == BEST:
        return Moment(run, run.shelf.find())
    return Moment(run, run.shelf.find(int(which)) if which.isdecimal() else run.shelf.find(name=which))


def address(run: Path, step: int) -> Path:
    """What to call the checkpoint of a step where a model is asked for."""
    return run.with_name(f"{run.name}{MARK}{step}")

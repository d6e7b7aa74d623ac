"""Runs as their history tells them, for the Train page."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from ganstudio.runs.model import card
from ganstudio.runs.project import Project
from ganstudio.runs.run import Run


def generates(run: Path) -> bool:
    """Whether it learns from one folder, and so makes pictures of nothing but chance."""
    try:
        return len(Run(run).recipe().domains) == 1
    except ValueError:
        return False


def unfinished(project: Project) -> Path | None:
    """The newest run that was saved, if it waits to be continued; those that never began do not count."""
    for run in project.runs():
        with contextlib.suppress(ValueError):
            known = card(run.path)
            return run.path if known.step < known.steps else None
    return None


def smaller_size(fault: str) -> int | None:
    """The size that the fault of a training names as one that would fit into memory; None where it names none."""
    named = re.search(r"too little memory .* Try (\d+) pixels", fault)
    return int(named[1]) if named else None

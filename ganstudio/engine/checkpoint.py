"""Checkpoints: everything needed to continue a run, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from ganstudio.engine import sealed
from ganstudio.runs.run import Run

KEPT = 3
SUFFIX = ".safetensors"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was read: tensors by flat name, JSON-able facts, the step they belong to."""

    step: int
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]


def save(run: Run, step: int, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> Path:
    """Write the checkpoint of `step` and remove all but the newest few.

    Raises:
        OSError: The disk is full or read-only; older checkpoints stay.
    """
    path = run.checkpoints / f"{step:010d}{SUFFIX}"
    sealed.write(path, tensors, {"kind": "checkpoint", "step": step} | dict(facts))
    for old in _newest_first(run)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def newest(run: Run) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint that is whole (None without any), and a sentence for each newer one that is not."""
    damaged: list[str] = []
    for path in _newest_first(run):
        try:
            tensors, facts = sealed.read(path)
            return Checkpoint(int(facts["step"]), tensors, facts), damaged
        except (ValueError, OSError, KeyError) as error:
            damaged.append(f"{error} Going back to the checkpoint before it.")
    return None, damaged


def _newest_first(run: Run) -> list[Path]:
    return sorted(run.checkpoints.glob(f"*{SUFFIX}"), reverse=True)

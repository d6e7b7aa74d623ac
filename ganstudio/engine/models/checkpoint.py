"""Checkpoints: everything needed to continue a run, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganstudio.engine import devices
from ganstudio.engine.models import sealed
from ganstudio.game import Method
from ganstudio.runs.run import Run
from ganstudio.runs.shelf import Entry


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was read: tensors by flat name, JSON-able facts, the step they belong to."""

    step: int
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]


def save(
    run: Run,
    step: int,
    tensors: Mapping[str, Tensor],
    facts: Mapping[str, Any],
    *,
    best: bool = False,
    name: str = "",
) -> Path:
    """Write the checkpoint of `step`, read it back, and then remove those that nothing holds.

    Args:
        run: Whose.
        step: Steps done.
        tensors: By flat name.
        facts: Plain values beside them.
        best: It is the best so far and stays until another is.
        name: It stays under this name until someone deletes it.

    Raises:
        OSError: The disk is full, read-only or gone; older checkpoints stay.
    """
    run.check_there()
    path = run.shelf.place(step)
    sealed.write(path, tensors, {"kind": "checkpoint", "step": step} | dict(facts), verified=True)
    run.shelf.mark(path, best=best, name=name)
    run.shelf.prune(path)
    return path


def newest(run: Run) -> tuple[Checkpoint | None, list[str]]:
    """The newest checkpoint that is whole (None without any), and a sentence for each newer one that is not."""
    damaged: list[str] = []
    for entry in run.shelf.line():
        try:
            return read(entry), [f"{sentence} Going back to the checkpoint before it." for sentence in damaged]
        except (ValueError, OSError) as error:
            damaged.append(str(error))
    return None, damaged


def at(run: Run, step: int | None = None, *, name: str = "") -> Checkpoint:
    """The checkpoint of one step or name; the best one without either.

    Raises:
        ValueError: There is none, or it is damaged.
        OSError: It cannot be read.
    """
    return read(run.shelf.find(step, name))


def go_back(run: Run, step: int | None = None) -> Checkpoint:
    """Read the checkpoint of `step` (None for the best) and set aside what came after, so that a resume knows.

    Raises:
        ValueError: There is none, or it is damaged; nothing has changed then.
        OSError: It cannot be read, or the return cannot be written down.
    """
    entry = run.shelf.find(step)
    found = read(entry)
    run.shelf.go_back(entry)
    return found


def circumstances(device: torch.device) -> dict[str, Any]:
    """What the last bits of a training depend on beside its state; part of a checkpoint's facts."""
    return {
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
        "device": device.type,
        "device_title": devices.title(device.type),
    }


def differences(found: Checkpoint, device: torch.device) -> str:
    """A sentence when going on from `found` here cannot give the bits of an uninterrupted run; else empty."""
    titles = {"torch": "torch version", "threads": "number of threads", "device_title": "device"}
    now = circumstances(device)
    changed = [
        f"{title} ({found.facts[name]} before, {now[name]} now)"
        for name, title in titles.items()
        if name in found.facts and found.facts[name] != now[name]
    ]
    if not changed:
        return ""
    return f"It goes on from the same state, but the last digits may differ: another {', another '.join(changed)}."


def read(entry: Entry) -> Checkpoint:
    """What one checkpoint holds.

    Raises:
        ValueError: It is damaged, or no checkpoint.
        OSError: It cannot be read.
    """
    tensors, facts = sealed.read(entry.path)
    if facts.get("kind") != "checkpoint" or not isinstance(facts.get("step"), int):
        raise ValueError(f"{entry.path} is not a checkpoint.")
    return Checkpoint(facts["step"], tensors, facts)


def give_makers(found: Checkpoint, method: Method) -> None:
    """Put the makers of a checkpoint into a method without weights, averaged where it keeps averages.

    Raises:
        ValueError: They belong to other networks.
    """
    places = {part: f"method.{name}." for name, part in method.named_modules()}
    for maker, network in method.makers().items():
        weights = _below(places[network], found.tensors)
        averages = _below(f"average.{maker}.", found.tensors)
        try:
            network.load_state_dict(
                weights | {name: averages[name] for name in weights if name in averages}, assign=True
            )
        except RuntimeError as error:
            raise ValueError("The checkpoint belongs to a run with other networks.") from error


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}

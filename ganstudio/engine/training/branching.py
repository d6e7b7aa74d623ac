"""Branching: a new run that begins where another one stood, to train longer or with other settings.

A recipe never changes once its run has started, so what is asked anew stands in a run of its own; the old one stays.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.runs.origin import Origin, begun, check_free
from ganstudio.runs.run import HISTORY, Run
from ganstudio.runs.writing import write_atomically
from ganstudio.words import events
from ganstudio.words.events import Event, Losses, Returned, Sampled, Scored, Started
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory


def current(run: Run, step: int | None = None) -> Recipe:
    """The recipe of `run` with the settings that were changed while it trained, as of its newest checkpoint or `step`.

    Raises:
        ValueError: There is no checkpoint of that step, or it is damaged.
    """
    found = _found(run, step)
    recipe = run.recipe()
    return replace(recipe, settings={**recipe.settings, **found.facts.get("changes", {})})


def branch(source: Run, path: Path, recipe: Recipe, step: int | None = None) -> Run:
    """A new run in `path` that goes on from a checkpoint of `source` by another recipe for the same networks.

    Curves, scores and samples up to there are copied, so that the new run shows its whole way. Nothing of `source`
    changes, and the new folder is there whole or not at all.

    Args:
        source: The run to go on from; it may be training meanwhile.
        path: A free place.
        recipe: Same method and size; more steps than the checkpoint has done.
        step: Which checkpoint; None for the newest.

    Raises:
        ValueError: There is a run in `path`, no whole checkpoint, or the recipe has other networks.
        OSError: The disk is full or cannot be written.
    """
    check_free(path)
    found, inventory = _found(source, step), source.inventory()
    assert inventory is not None, "A run with a checkpoint has an inventory."
    _check(source.recipe(), recipe, inventory, found)
    with begun(path, recipe, Origin(str(source.path.absolute()), source.name, found.step)) as run:
        run.keep_inventory(inventory)
        _copy_history(source, run, found.step)
        # What was changed on the way stands in the new recipe, or was not wanted any more.
        facts = {name: fact for name, fact in found.facts.items() if name not in {"kind", "step", "changes"}}
        checkpoint.save(run, found.step, found.tensors, facts)
    return Run.open(path)


def _found(run: Run, step: int | None) -> Checkpoint:
    if step is not None:
        return checkpoint.at(run, step)
    found, damaged = checkpoint.newest(run)
    if found is None:
        raise ValueError(" ".join(damaged) or f"{run.name} has no checkpoint to go on from. Train it first.")
    return found


def _check(old: Recipe, new: Recipe, inventory: Inventory, found: Checkpoint) -> None:
    if (old.method, old.size, len(old.domains)) != (new.method, new.size, len(new.domains)):
        raise ValueError("To go on from a run, method, size and number of folders stay. Start a new run for others.")
    if new.steps <= found.step:
        raise ValueError(f"{found.step} steps are done already. Ask for more than that, all in all.")
    method = modelfile.shape_of(new, inventory)
    wanted = {f"method.{name}": value.shape for name, value in method.named_parameters()}
    there = {name: found.tensors[name].shape for name in wanted if name in found.tensors}
    if wanted != there:
        raise ValueError("These settings make other networks than the run has. Start a new run for them.")


def _copy_history(source: Run, run: Run, step: int) -> None:
    """Curves, scores and samples of the way that led to `step`, with their times."""
    lines: list[tuple[Losses | Scored | Sampled, str]] = []
    for event, line in _told(source):
        if isinstance(event, (Started, Returned)):  # What came after is not on the way.
            lines = [(kept, text) for kept, text in lines if kept.step <= event.step]
        elif isinstance(event, (Losses, Scored, Sampled)) and event.step <= step:
            lines.append((event, line))
    # One that was stopped and went on has shown the same step twice, in the same files.
    for path in {sheet.path for event, _ in lines if isinstance(event, Sampled) for sheet in event.sheets}:
        _copy(source.path / path, run.path / path)
    write_atomically(run.path / HISTORY, "".join(line for _, line in lines).encode("ascii", "replace"))


def _told(run: Run) -> Iterator[tuple[Event, str]]:
    """The history as events, each with its line."""
    with (run.path / HISTORY).open(encoding="ascii", errors="replace") as file:
        for line in file:
            try:
                yield events.from_json(line), line.rstrip("\n") + "\n"
            except ValueError:
                continue


def _copy(source: Path, target: Path) -> None:
    """A second name for a file that is never written again, or a copy where the disk has no second names."""
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:  # Someone tidied up.
        return
    except OSError:
        shutil.copyfile(source, target)

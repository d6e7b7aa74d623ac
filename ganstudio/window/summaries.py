"""What a table of runs says of each: a fold of its history and a look into its folder. No Qt."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from ganstudio.runs.heartbeat import trained_by
from ganstudio.runs.run import RECIPE, Run
from ganstudio.runs.title import title
from ganstudio.window.past import remembered
from ganstudio.window.screen import Screen, at_rest
from ganstudio.words.events import Command


@dataclass(frozen=True, slots=True)
class Summary:
    """One run in a line.

    Attributes:
        path: Its folder.
        title: The artist's name for it.
        method: Key of its method; empty where its recipe is damaged.
        steps: Steps asked for.
        began: When it was set up, in seconds since 1970.
        file_bytes: What its folder takes on disk.
        screen: What its history tells, at rest.
        elsewhere: Who trains it now, outside of this window; empty when nobody does.
    """

    path: Path
    title: str
    method: str
    steps: int
    began: float
    file_bytes: int
    screen: Screen
    elsewhere: str = ""

    @property
    def best(self) -> float | None:
        """The smallest distance to the real ones on its main route; None where nothing was scored."""
        routes = self.screen.quality.figures.get("distance", {})
        curve = next(iter(routes.values()), None)
        return curve.lowest() if curve is not None else None


def summaries(runs: Iterable[Path]) -> Generator[Summary | None, Command | None, None]:
    """Look at each run; what is found is told as it comes.

    Yields:
        Summary of each run that is there.
    """
    for path in runs:
        run, (screen, _) = Run(path), (yield from remembered(path))
        try:
            began = (path / RECIPE).stat().st_mtime
        except OSError:  # Someone deleted it meanwhile.
            continue
        method, steps = "", screen.steps
        try:
            recipe = run.recipe()
            method, steps = recipe.method, recipe.steps
        except ValueError:  # Told when it is opened.
            method = screen.method
        yield Summary(path, title(path), method, steps, began, _size(path), at_rest(screen), trained_by(run))


def _size(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(place, name), follow_symlinks=False).st_size  # noqa: PTH116, PTH118
            except OSError:
                continue
    return total


def spare(run: Run) -> tuple[list[Path], int]:
    """Checkpoints that a run can do without, and how many bytes they take: all but the newest, the best, the named."""
    line = run.shelf.line()
    held = {entry.path for entry in line[:1]}
    found = [
        entry.path for entry in run.shelf.entries() if entry.path not in held and not entry.best and not entry.names
    ]
    return found, sum(path.stat().st_size for path in found if path.exists())

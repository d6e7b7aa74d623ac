"""Queue: which runs of a project train one after another. A file of the project, so that it outlives the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ganstudio.runs.plain import NoFile, read_plain
from ganstudio.runs.run import RECIPE
from ganstudio.runs.writing import Unwritten, write_atomically

FILE = "queue.json"

Runs: TypeAlias = tuple[Path, ...]


def waiting(project: Path) -> Runs:
    """The run folders that wait, the next one first; what is not there any more is passed over.

    Raises:
        OSError: It cannot be read now.
    """
    try:
        names = json.loads(read_plain(project / FILE))["runs"]
        paths = [project / "runs" / str(name) for name in names if Path(str(name)).name == str(name)]
    except (FileNotFoundError, NoFile, ValueError, KeyError, TypeError):
        return ()
    return tuple(dict.fromkeys(path for path in paths if (path / RECIPE).is_file()))


def change(project: Path, changed: Callable[[Runs], Runs]) -> Runs:
    """Write down which runs wait after a change of those that stand there; returns them.

    Raises:
        Unwritten: The project cannot be read or written; what stands there stays.
    """
    try:
        before = waiting(project)
    except OSError as error:
        raise Unwritten(project / FILE, error) from error
    if (runs := changed(before)) != before:
        table = {"runs": [run.name for run in runs]}
        write_atomically(project / FILE, json.dumps(table, indent=1).encode())
    return runs

"""Queue: which runs of a project train one after another. A file of the project, so that it outlives the window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ganstudio.runs.plain import read_plain
from ganstudio.runs.run import RECIPE
from ganstudio.runs.writing import write_atomically

FILE = "queue.json"


def waiting(project: Path) -> tuple[Path, ...]:
    """The run folders that wait, the next one first; what is not there any more is passed over."""
    try:
        names = json.loads(read_plain(project / FILE))["runs"]
        paths = [project / "runs" / str(name) for name in names if Path(str(name)).name == str(name)]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(dict.fromkeys(path for path in paths if (path / RECIPE).is_file()))


def keep(project: Path, runs: Sequence[Path]) -> None:
    """Write down which runs wait, in this order.

    Raises:
        OSError: The project cannot be written.
    """
    table = {"runs": [run.name for run in runs]}
    write_atomically(project / FILE, json.dumps(table, indent=1).encode())

"""Origin: which run another one was branched off, and after which step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ganstudio.runs.run import Run

FILE = "origin.json"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run began.

    Attributes:
        run: Folder of the run it was branched off, as it was then.
        name: That run's name.
        step: The step whose checkpoint it began from.
    """

    run: str
    name: str
    step: int

    def to_json(self) -> bytes:
        """The text of origin.json."""
        return json.dumps(asdict(self), indent=1).encode()


def origin(run: Run) -> Origin | None:
    """Where `run` was branched off; None for one that began by itself, and where the file is damaged."""
    try:
        table = json.loads((run.path / FILE).read_text("utf-8"))
        return Origin(str(table["run"]), str(table["name"]), int(table["step"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def unfinished(path: Path) -> Path:
    """Where a run folder is put together that will be `path`; of the same disk, and never taken for a run."""
    return path.with_name(f".ganstudio-{path.name}.part")

"""Origin: which run or model another run went on from, and after which step; and how such a run begins."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ganstudio.runs.plain import read_plain
from ganstudio.runs.run import Run
from ganstudio.runs.writing import sync_folder
from ganstudio.words.recipe import Recipe

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
        table = json.loads(read_plain(run.path / FILE))
        return Origin(str(table["run"]), str(table["name"]), int(table["step"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _unfinished(path: Path) -> Path:
    """Where a run folder is put together that will be `path`; of the same disk, and never taken for a run."""
    return path.with_name(f".ganstudio-{path.name}.part")


@contextmanager
def begun(path: Path, recipe: Recipe, origin: Origin) -> Iterator[Run]:
    """A new run that goes on from something, to be filled in the block; it is in `path` whole or not at all.

    Raises:
        ValueError: There is something in `path`.
        OSError: The disk is full or cannot be written.
    """
    check_free(path)
    place = _unfinished(path)
    shutil.rmtree(place, ignore_errors=True)
    try:
        run = Run.create(place, recipe)
        run.write(FILE, origin.to_json())
        yield run
        if path.exists():
            path.rmdir()
        place.rename(path)
        sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def check_free(path: Path) -> None:
    """Whether a new run may begin in `path`.

    Raises:
        ValueError: There is something in it.
    """
    if path.exists() and any(path.iterdir()):
        raise ValueError(f"{path} is not empty. Choose another folder for the new run.")

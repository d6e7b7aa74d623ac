"""Room: how many bytes a training needs on its disk, and whether they are there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from ganstudio.game import Method
from ganstudio.networks.pool import ImagePool
from ganstudio.runs.run import Run
from ganstudio.runs.shelf import NEWEST

MARGIN = 64 << 20  # Bytes that stay free for everything else on the disk.
SAMPLINGS = 200  # Times that sheets are written in a night.
CELLS, CELL_SIDE, PNG_BYTES = 12, 256, 2  # Of one sheet: cells, their largest side, bytes of a pixel.


@dataclass(frozen=True, slots=True)
class Room:
    """What one training writes, in bytes.

    Attributes:
        checkpoint: One checkpoint at its largest.
        model: The model file.
        sheets: The sheets of one sampling.
    """

    checkpoint: int
    model: int
    sheets: int

    @property
    def total(self) -> int:
        """The newest checkpoints, the best one, one being written, the model twice, and the sheets of a night."""
        return (NEWEST + 2) * self.checkpoint + 2 * self.model + SAMPLINGS * self.sheets

    @property
    def last_save(self) -> int:
        """What a save in order takes at the end."""
        return self.checkpoint + self.model + self.sheets + MARGIN


def room_for(method: Method, size: int) -> Room:
    """What a training of `method` on pictures of `size` pixels will write.

    Adam keeps two numbers for each parameter, the average another of what makes pictures, a pool its pictures.
    """
    parameters = sum(parameter.nbytes for parameter in method.parameters())
    buffers = sum(buffer.nbytes for buffer in method.buffers())
    makers = sum(_size(network) for network in method.makers().values())
    pools = [module.capacity for module in method.modules() if isinstance(module, ImagePool)]
    pictures = sum(pools) * 3 * size**2 * 4
    average = makers if method.settings.average else 0
    sheet = CELLS * min(size, CELL_SIDE) ** 2 * PNG_BYTES
    return Room(3 * parameters + buffers + average + pictures, makers, sheet * len(method.routes()))


def missing(room: Room, free: int, there: int = 0) -> int:
    """How many bytes are missing for a whole training, 0 when none; `there` is what the run holds already."""
    return max(0, room.total + MARGIN - there - free)


def check(room: Room, run: Run) -> None:
    """Make sure before the first step that the disk will last.

    Raises:
        ValueError: It will not; the message says how much is missing.
    """
    free = _free(run.path)
    if free is None:
        return
    lacking = missing(room, free, _held(run))
    if lacking:
        raise ValueError(
            f"There is too little room in {run.path}: checkpoints, model and samples need {_told(room.total)}, "
            f"{_told(free)} are free. Make {_told(lacking)} of room, or train in a folder on another disk."
        )


def warning(room: Room, run: Run) -> str:
    """A sentence when so little is left that a training should save for the last time and end; else empty."""
    free = _free(run.path)
    if free is None or free >= room.last_save:
        return ""
    lacking = missing(room, free, _held(run))
    return (
        f"The disk of {run.path} is nearly full: {_told(free)} are left. The training is saved and stopped. "
        f"Make {_told(max(lacking, room.last_save - free))} of room and continue."
    )


def _free(folder: Path) -> int | None:
    """None where the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _held(run: Run) -> int:
    """Bytes of what a training replaces or would write again."""
    kept = run.shelf.line()[:NEWEST] + [entry for entry in run.shelf.line()[NEWEST:] if entry.best]
    files = [entry.path for entry in kept] + [run.model, *(run.path / "sheets").glob("*.png")]
    return sum(path.stat().st_size for path in files if path.is_file())


def _size(network: nn.Module) -> int:
    return sum(value.nbytes for value in (*network.parameters(), *network.buffers()))


def _told(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"

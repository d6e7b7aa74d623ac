"""Disk use: what a run or a model takes on the disk, and what of it one could do without."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ganstudio.runs.run import MODEL


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes on the disk.

    Attributes:
        model: The model itself.
        checkpoints: What a run needs to go on; a run that is done works without.
        sheets: Sample pictures of the way.
        rest: History, recipe, and whatever else lies there.
    """

    model: int = 0
    checkpoints: int = 0
    sheets: int = 0
    rest: int = 0

    @property
    def whole(self) -> int:
        """All of it."""
        return self.model + self.checkpoints + self.sheets + self.rest


def disk_use(path: Path) -> DiskUse:
    """What a run folder or a model file takes; files that vanish meanwhile count nothing."""
    if not path.is_dir():
        return DiskUse(model=_size(path))
    parts = {name: _below(path / name) for name in ("checkpoints", "sheets")}
    model = _size(path / MODEL)
    return DiskUse(model, **parts, rest=max(0, _below(path) - model - sum(parts.values())))


def _below(folder: Path) -> int:
    return sum(_size(Path(place) / name) for place, _, names in os.walk(folder) for name in names)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0

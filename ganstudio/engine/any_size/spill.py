"""Spill: maps that are too large for memory, written and read in bands of rows.

What fits stays in memory, the rest goes to a file that has no name: its system forgets it the moment the process ends,
however it ends. Where a file keeps its name while it is open, it is deleted when it is closed, and what a killed
process left is cleared away at the next start. Reads and writes name their place; a mapped file would count as memory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import psutil
import torch
from torch import Tensor

from ganstudio.words.places import cache_folder

FLOAT = 4  # Bytes.
MARGIN = 256 << 20  # Bytes that stay free for everything else on the disk.
PREFIX = "maps-"
FULL = {errno.ENOSPC, errno.EDQUOT}


class Spill:
    """All kept maps of one translation.

    Args:
        memory: Bytes that may stay in memory.
        folder: Where the rest goes.

    Attributes:
        held: Most bytes there were in memory at a time.
        filed: Most bytes there were in files at a time.
        moved: Bytes read from files and written to them.
    """

    def __init__(self, memory: int, folder: Path | None = None) -> None:
        self._memory, self._folder = memory, folder or place()
        self._maps: list[KeptMap] = []
        self.held = self.filed = self.moved = 0

    def keep(self, rows: int, cols: int, channels: int) -> KeptMap:
        """Room for a map (rows, cols, channels) of float32.

        Raises:
            OSError: The disk is full.
        """
        row = cols * channels * FLOAT
        free = self._memory - sum(one.held for one in self._maps)
        kept = KeptMap(self, rows, cols, channels, max(0, min(rows, free // row)))
        self._maps.append(kept)
        self.held = max(self.held, sum(one.held for one in self._maps))
        self.filed = max(self.filed, sum(one.filed for one in self._maps))
        return kept

    def drop(self, kept: KeptMap) -> None:
        """Give the room of a map back."""
        self._maps.remove(kept)
        kept.close()

    def close(self) -> None:
        """Give all room back."""
        for kept in list(self._maps):
            self.drop(kept)

    def create(self, size: int) -> tuple[FileIO, Path]:
        """A file of `size` bytes that vanishes with the process, and where it lies until then.

        Raises:
            OSError: The disk is full.
        """
        with full_disk_told(self._folder, size):
            self._folder.mkdir(parents=True, exist_ok=True)
            return _vanishing(self._folder, size)

    def take(self, kept: KeptMap, low: int, band: Tensor) -> None:
        """Write the rows (h, W, C) of a map from `low` on.

        Raises:
            OSError: The disk is full.
        """
        with full_disk_told(self._folder, kept.filed):
            self.moved += kept.write(low, band)

    def give(self, kept: KeptMap, low: int, high: int) -> Tensor:
        """A copy of the rows `low` to `high` of a map, (h, W, C).

        Raises:
            OSError: The file cannot be read.
        """
        band, moved = kept.read(low, high)
        self.moved += moved
        return band


class KeptMap:
    """One map: its first rows in memory, the others in a file; made by `Spill.keep`, written and read through it."""

    def __init__(self, spill: Spill, rows: int, cols: int, channels: int, rows_held: int) -> None:
        self.shape = (rows, cols, channels)
        self._row, self._split = cols * channels * FLOAT, rows_held
        self._rows = torch.empty(rows_held, cols, channels)
        self._file: FileIO | None = None
        self._path: Path | None = None
        if self.filed:
            self._file, self._path = spill.create(self.filed)

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return self._split * self._row

    @property
    def filed(self) -> int:
        """Bytes in the file."""
        return (self.shape[0] - self._split) * self._row

    def read(self, low: int, high: int) -> tuple[Tensor, int]:
        """Rows `low` to `high`, (h, W, C), and how many bytes of them were in the file."""
        band = torch.empty(high - low, *self.shape[1:])
        middle = min(max(low, self._split), high)
        band[: middle - low] = self._rows[low:middle]
        return band, self._move(middle, band[middle - low :], reading=True)

    def write(self, low: int, band: Tensor) -> int:
        """Take the rows (h, W, C) from `low` on, and say how many bytes of them went to the file."""
        middle = min(max(low, self._split), low + len(band))
        self._rows[low:middle] = band[: middle - low]
        return self._move(middle, band[middle - low :], reading=False)

    def _move(self, low: int, band: Tensor, *, reading: bool) -> int:
        if not band.numel():
            return 0
        assert self._file is not None, "rows that are not in memory are in the file"
        view = band.numpy().data.cast("B")
        size = len(view)
        self._file.seek((low - self._split) * self._row)
        while view:
            done = self._file.readinto(view) if reading else self._file.write(view)
            if not done:
                raise OSError(errno.EIO, "A file that holds a part of the translation is too short.")
            view = view[done:]
        return size

    def close(self) -> None:
        """Forget it."""
        self._rows = torch.empty(0)
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)


def place() -> Path:
    """The folder of such files. Not the system's place for temporary files, which is often a piece of memory."""
    return cache_folder() / "maps"


def free_bytes(folder: Path) -> int | None:
    """Bytes that a translation may put there; None where the system does not say."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return max(0, shutil.disk_usage(folder).free - MARGIN)
    except OSError:
        return None


def clear(folder: Path | None = None) -> int:
    """Delete what killed processes left, and say how many files that were."""
    count = 0
    for path in (folder or place()).glob(f"{PREFIX}*"):
        if not _lives(path.name):
            with contextlib.suppress(OSError):
                path.unlink()
                count += 1
    return count


def _vanishing(folder: Path, size: int) -> tuple[FileIO, Path]:
    process = psutil.Process()
    path = folder / f"{PREFIX}{process.pid}-{round(process.create_time())}-{uuid.uuid4().hex}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # Windows deletes such a file itself, whatever becomes of the process.
    file = FileIO(os.open(path, flags | getattr(os, "O_TEMPORARY", 0), 0o600), "r+b")
    try:
        forget(path)
        file.truncate(size)
        if hasattr(os, "posix_fallocate"):  # A full disk is noticed now and not in an hour.
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                if error.errno in FULL:
                    raise
    except BaseException:
        file.close()
        path.unlink(missing_ok=True)
        raise
    return file, path


def forget(path: Path) -> None:
    """Take an open file's name away, where the system allows that."""
    with contextlib.suppress(OSError):
        path.unlink()


def _lives(name: str) -> bool:
    """Whether the process that a file is named after is there."""
    try:
        pid, created = (int(number) for number in name.removeprefix(PREFIX).split("-")[:2])
        return abs(psutil.Process(pid).create_time() - created) <= 1
    except (ValueError, psutil.Error):
        return False


@contextlib.contextmanager
def full_disk_told(folder: Path, size: int) -> Iterator[None]:
    """Say of a full disk how much of it is wanted."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        sentence = (
            f"The disk of {folder} is full: this picture needs {size / 1e9:.1f} GB there while it is translated. "
            "Make room, or allow more memory."
        )
        raise OSError(error.errno, sentence) from error

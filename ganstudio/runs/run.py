"""Run: one training as a folder on disk, the only truth about it.

    recipe.toml  inventory.json  events.jsonl  sheets/  checkpoints/  model.safetensors  exports/

Files are written beside their name, flushed to the disk and renamed, so a half-written one is never read and never
replaces a good one.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ganstudio.words import events
from ganstudio.words.events import Event
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory

RECIPE = "recipe.toml"
MODEL = "model.safetensors"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data` so that a reader, or a power cut, sees the old file or the new one, never a mixture.

    Raises:
        OSError: The disk is full or the folder is read-only; the old file is then untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner reads; models and pictures are shared like any other file.
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable by itself.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder. Making the object touches nothing; `create` and `open` do."""

    path: Path

    @classmethod
    def create(cls, path: Path, recipe: Recipe) -> Run:
        """Start a new run folder with its recipe.

        Raises:
            ValueError: There is a run in that folder already.
            OSError: The folder cannot be written.
        """
        if (path / RECIPE).exists():
            raise ValueError(f"{path} already holds a run. Continue it with --resume, or choose another folder.")
        write_atomically(path / RECIPE, recipe.to_toml().encode())
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Run:
        """An existing run folder.

        Raises:
            ValueError: There is no run in it.
        """
        if not (path / RECIPE).is_file():
            raise ValueError(f"{path} holds no run (no {RECIPE}).")
        return cls(path)

    @property
    def name(self) -> str:
        """The folder's name, the run's name for people."""
        return self.path.name

    @property
    def checkpoints(self) -> Path:
        """Where its checkpoints lie."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The model file: averaged weights of its newest save."""
        return self.path / MODEL

    def recipe(self) -> Recipe:
        """What was asked.

        Raises:
            ValueError: The file is damaged; the message names it.
        """
        try:
            return Recipe.from_toml((self.path / RECIPE).read_text("utf-8"))
        except (ValueError, OSError) as error:
            raise ValueError(f"{self.path / RECIPE}: {error}") from error

    def inventory(self) -> Inventory | None:
        """What was found in its folders; None before its first start.

        Raises:
            ValueError: The file is damaged; the message names it.
        """
        path = self.path / "inventory.json"
        if not path.exists():
            return None
        try:
            return Inventory.from_table(json.loads(path.read_text("utf-8")))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    def keep_inventory(self, inventory: Inventory) -> None:
        """Write what was found."""
        write_atomically(self.path / "inventory.json", json.dumps(inventory.to_table(), indent=1).encode())

    def append(self, event: Event) -> None:
        """Add an event to the run's history, with the time."""
        with (self.path / "events.jsonl").open("a", encoding="ascii") as file:
            file.write(events.to_json(event, at=round(time.time(), 3)) + "\n")

    def events(self) -> Iterator[Event]:
        """The run's history, oldest first.

        A last line cut off by a kill, or one from a newer version, is passed over.
        """
        path = self.path / "events.jsonl"
        if not path.exists():
            return
        with path.open(encoding="ascii", errors="replace") as file:
            for line in file:
                try:
                    yield events.from_json(line)
                except ValueError:
                    continue

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for this process; released by the system if the process dies.

        Raises:
            ValueError: Another process holds it; the message names that process.
        """
        holder = self.path / "lock.holder"
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            who = holder.read_text("utf-8").strip() if holder.exists() else "another GAN Studio"
            raise ValueError(f"{self.path} is being trained by {who}. Stop it there first.") from error
        try:
            holder.write_text(f"process {os.getpid()}", "utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

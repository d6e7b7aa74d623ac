"""Run: one training as a folder on disk, the only truth about it.

    recipe.toml  inventory.json  events.jsonl  sheets/  checkpoints/  model.safetensors  exports/

Files are written by `writing`, so a half-written one is never read and never replaces a good one.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from ganstudio.runs import locks
from ganstudio.runs.plain import open_plain, read_plain
from ganstudio.runs.shelf import Shelf
from ganstudio.runs.writing import Unwritten, append_line, sweep, write_atomically
from ganstudio.words import events
from ganstudio.words.events import Event
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory

RECIPE = "recipe.toml"
MODEL = "model.safetensors"
HISTORY = "events.jsonl"


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
        write_atomically(path / RECIPE, recipe.to_toml(path).encode())
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
    def shelf(self) -> Shelf:
        """The same by step and name."""
        return Shelf(self.checkpoints)

    @property
    def model(self) -> Path:
        """The model file: averaged weights of its newest save."""
        return self.path / MODEL

    def recipe(self) -> Recipe:
        """What was asked.

        Raises:
            ValueError: The file is damaged; the message names it.
        """
        file = self.path / RECIPE
        try:
            return Recipe.from_toml(read_plain(file).decode(), self.path)
        except UnicodeDecodeError as error:
            raise ValueError(f"{file} is damaged: it is no text. Bring it back from a copy of the run.") from error
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror or error}.") from error
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error

    def inventory(self) -> Inventory | None:
        """What was found in its folders; None before its first start.

        Raises:
            ValueError: The file is damaged; the message names it.
        """
        path = self.path / "inventory.json"
        try:
            return Inventory.from_table(json.loads(read_plain(path).decode(errors="replace")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror or error}.") from error
        except ValueError as error:
            raise ValueError(f"{path} is damaged ({error}). Bring it back from a copy of the run.") from error

    def keep_inventory(self, inventory: Inventory) -> None:
        """Write what was found."""
        self.write("inventory.json", json.dumps(inventory.to_table(), indent=1).encode())

    def is_there(self) -> bool:
        """Whether its folder is there and holds a run, not only a place of its name."""
        return (self.path / RECIPE).is_file()

    def check_there(self) -> None:
        """Make sure that the folder has not gone away, so that nothing is written into an empty place of its name.

        Raises:
            Unwritten: It has; the drive may come back.
        """
        if not self.is_there():
            raise Unwritten(self.path / RECIPE, FileNotFoundError(errno.ENOENT, "gone"))

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the run, whole or not at all; `name` is relative, with "/".

        Raises:
            Unwritten: The disk is full, read-only or gone.
        """
        self.check_there()
        write_atomically(self.path / name, data)

    def append(self, event: Event) -> None:
        """Add an event to the run's history, with the time.

        Raises:
            Unwritten: The disk is full, read-only or gone; nothing of it stays.
        """
        append_line(self.path / HISTORY, events.to_json(event, at=round(time.time(), 3)).encode("ascii"))

    def events(self) -> Iterator[Event]:
        """The run's history, oldest first.

        A last line cut off by a kill, or one from a newer version, is passed over.
        """
        for line in self.lines():
            try:
                yield events.from_json(line)
            except ValueError:
                continue

    def lines(self) -> Iterator[str]:
        """The lines of its history as they stand there; none where there is none."""
        path = self.path / HISTORY
        if not path.is_file():
            return
        with TextIOWrapper(open_plain(path), "ascii", "replace") as file:
            yield from file

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for this process; released by the system if the process dies.

        Raises:
            ValueError: Another process holds it; the message names that process.
            Unwritten: The folder is read-only or gone.
        """
        self.check_there()
        with locks.held(self.path, f"{self.path} is being trained by {{}}. Stop it there first."):
            for folder in (self.path, self.checkpoints, self.path / "sheets"):
                sweep(folder)
            yield

    def holder(self) -> str | None:
        """Who trains it now, for people; None when nobody does."""
        return locks.holder(self.path)

"""Project: a folder with an artist's domains, runs and models."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from ganstudio.runs.plain import read_plain
from ganstudio.runs.run import MODEL, RECIPE, Run
from ganstudio.runs.writing import write_atomically
from ganstudio.words.moving import HOME, followed, home_of
from ganstudio.words.recipe import Domain

FILE = "project.toml"
VERSION = 1


class Newer(ValueError):  # noqa: N818  It is a sentence, as all faults for people are.
    """A project of a newer version, which this one would not keep whole."""


@dataclass(frozen=True, slots=True)
class Project:
    """One project folder: project.toml, runs/ and models/. Domains are read when opened and replaced by `keep`."""

    path: Path
    domains: tuple[Domain, ...] = ()

    @classmethod
    def create(cls, path: Path) -> Project:
        """A new, empty project; an existing one is opened.

        Raises:
            ValueError: The existing project file is damaged.
            OSError: The folder cannot be written.
        """
        if (path / FILE).exists():
            return cls.open(path)
        return cls(path).keep(())

    @classmethod
    def open(cls, path: Path) -> Project:
        """An existing project.

        Raises:
            ValueError: No project there, or its file is damaged, cannot be read or is of a newer GAN Studio; the
                message names it, and the file stays as it was.
        """
        file = path / FILE
        try:
            table = tomllib.loads(read_plain(file).decode())
            _check_version(file, table)
            where = followed(table.get(HOME), path)
            return cls(path, tuple(Domain.from_table(entry).placed(where) for entry in table["domains"]))
        except Newer:
            raise
        except (FileNotFoundError, NotADirectoryError) as error:
            if not path.exists():
                raise ValueError(f"{path} is not there. Was it moved, or is its drive away?") from error
            raise ValueError(f"{path} is not a GAN Studio project (no {FILE}).") from error
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror or error}.") from error
        except (ValueError, KeyError, TypeError) as error:
            why = f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
            raise ValueError(f"{file} is damaged ({why}). Restore it from a backup or start a new project.") from error

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    def keep(self, domains: tuple[Domain, ...]) -> Project:
        """Write `domains` to disk and return the project that has them."""
        table = {"version": VERSION, HOME: home_of(self.path), "domains": [domain.to_table() for domain in domains]}
        write_atomically(self.path / FILE, tomli_w.dumps(table).encode())
        return Project(self.path, domains)

    def runs(self) -> list[Run]:
        """Its runs, newest first."""
        folders = [file.parent for file in (self.path / "runs").glob(f"[!.]*/{RECIPE}")]
        return [Run(folder) for folder in sorted(folders, key=lambda folder: folder.name, reverse=True)]

    def models(self) -> list[Path]:
        """Run folders that hold a model, newest first; then imported model files, by name from the last."""
        trained = [run.path for run in self.runs() if (run.path / MODEL).is_file()]
        return trained + sorted((self.path / "models").glob("*.safetensors"), reverse=True)

    def next_run(self, method: str) -> Path:
        """A free folder for a new run, such as runs/007-cyclegan."""
        numbers = [int(match[1]) for run in self.runs() if (match := re.match(r"(\d+)-", run.name))]
        return self.path / "runs" / f"{max(numbers, default=0) + 1:03d}-{method}"


def _check_version(file: Path, table: Mapping[str, Any]) -> None:
    if (version := table.get("version", VERSION)) != VERSION:
        raise Newer(f"{file} has version {version}; this GAN Studio reads version {VERSION}. Update it.")

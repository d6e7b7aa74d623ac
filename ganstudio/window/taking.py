"""Taking in what was dropped, and putting files into the trash: jobs, because a network drive may answer late."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganstudio.window import places
from ganstudio.words.events import Command, Progress, Skipped
from ganstudio.words.recipe import Domain


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was dropped, once someone looked.

    Attributes:
        domains: A domain for each folder, and one for all single files together.
        sources: The same as sources of one domain.
    """

    domains: tuple[Domain, ...] = ()
    sources: tuple[str, ...] = ()


def dropped(paths: Sequence[Path], names: Iterable[str]) -> Generator[Progress | None, Command | None, Dropped]:
    """Look at what was dropped.

    Args:
        paths: Folders and files.
        names: Names of domains that are taken already.
    """
    yield None
    made = places.domains_from(paths, names)
    return Dropped(made, tuple(source for domain in made for source in domain.sources))


@dataclass(frozen=True, slots=True)
class Trashed:
    """What became of files that were to go to the trash."""

    gone: tuple[Path, ...]
    kept: tuple[Skipped, ...] = ()


def trash(paths: Sequence[Path]) -> Generator[Progress, Command | None, Trashed]:
    """Move files to the system's trash, one by one; one that cannot go stays, and is told with the reason."""
    import send2trash

    gone: list[Path] = []
    kept: list[Skipped] = []
    for number, path in enumerate(paths, start=1):
        try:
            send2trash.send2trash(path)
        except OSError as error:  # Its own TrashPermissionError is one too.
            kept.append(Skipped(str(path), error.strerror or "This drive has no trash."))
        else:
            gone.append(path)
        yield Progress(number, len(paths), "moving to trash")
    return Trashed(tuple(gone), tuple(kept))

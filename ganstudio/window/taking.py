"""Taking in what was dropped, and putting files into the trash: jobs, because a network drive may answer late."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ganstudio.window import places
from ganstudio.words.events import Command, Progress, Skipped
from ganstudio.words.recipe import Domain

SIDES = 2
"""Folders of a zip that are taken for the two sides of a translation; more of them are classes."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was dropped, once someone looked.

    Attributes:
        domains: A domain for each folder and zip, two for a zip of two folders, and one for all single files together.
        sources: The same as sources of one domain.
        skipped: Files that are no pictures, and what was left in a zip, each with the reason.
    """

    domains: tuple[Domain, ...] = ()
    sources: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def dropped(
    paths: Sequence[Path], names: Iterable[str], into: Path, to: Domain | None = None
) -> Generator[Progress | None, Command | None, Dropped]:
    """Look at what was dropped, and unpack the zips in it.

    Args:
        paths: Folders, files and zips.
        names: Names of domains that are taken already.
        into: The project's own folder of pictures, where zips are unpacked, each once.
        to: The domain that they are to come to; None for domains of their own.

    Raises:
        ValueError: A zip that cannot be unpacked, or pictures and shards for one domain; the message says what to do.
    """
    yield None
    from ganstudio.pictures import archive

    whole: list[Path] = []
    apart: list[Path] = []
    usable, skipped = sorted_out(paths)
    for path in usable:
        if not archive.is_archive(path):
            whole.append(path)
            apart.append(path)
            continue
        folder = yield from _noting(archive.unpack(path, into), skipped)
        tops = archive.top_folders(path)
        whole.append(folder)
        apart += [folder / top for top in tops] if len(tops) == SIDES else [folder]
    domains = places.domains_from(apart, names)
    sources = tuple(source for domain in places.domains_from(whole) for source in domain.sources)
    check_kinds(domains if to is None else (replace(to, sources=(*to.sources, *sources)),))
    return Dropped(domains, sources, tuple(skipped))


def sorted_out(paths: Iterable[Path]) -> tuple[list[Path], list[Skipped]]:
    """What pictures can come from, and the files that are none, each with the reason."""
    from ganstudio.pictures import archive, folders
    from ganstudio.pictures.shards import naming

    usable: list[Path] = []
    skipped: list[Skipped] = []
    for path in paths:
        if path.is_file() and not archive.is_archive(path) and not naming.is_named_so(path):
            for entry in folders.find([path]):
                usable.append(path) if isinstance(entry, Path) else skipped.append(entry)
        else:
            usable.append(path)
    return usable, skipped


def check_kinds(domains: Iterable[Domain]) -> None:
    """Each domain is made of folders and pictures, or of shards.

    Raises:
        ValueError: One is made of both, or of shards that are compressed; the message says what to do.
    """
    from ganstudio.pictures.shards import naming

    for domain in domains:
        naming.holds_shards(domain)


def _noting(
    work: Generator[Progress | Skipped, None, Path], skipped: list[Skipped]
) -> Generator[Progress, Command | None, Path]:
    """Pass `work` on, and note what it skips."""
    with closing(work):
        while True:
            try:
                event = next(work)
            except StopIteration as end:
                folder: Path = end.value
                return folder
            if isinstance(event, Skipped):
                skipped.append(event)
            else:
                yield event


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

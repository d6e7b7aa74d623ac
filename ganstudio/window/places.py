"""Where projects go and which picture stands for one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

from ganstudio.runs.project import Project
from ganstudio.words.packed import SHARD
from ganstudio.words.recipe import Domain


def projects_folder(settings: QSettings) -> Path:
    """Where new projects go: the artist's choice, or "GAN Studio" among the pictures."""
    chosen = settings.value("projects_folder")
    if chosen:
        return Path(str(chosen))
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(pictures or Path.home()) / "GAN Studio"


def free(path: Path) -> Path:
    """`path`, or "path 2", "path 3", … when it is taken."""
    number, made = 1, path
    while made.exists():
        number += 1
        made = path.with_name(f"{path.name} {number}")
    return made


def ready(path: Path) -> Path:
    """`path`, its folder made where that can be: a question for a file opens elsewhere while there is none."""
    with suppress(OSError):  # Then that question is asked elsewhere.
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def home_relative(path: Path) -> str:
    """~/Pictures instead of /home/ada/Pictures."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)


def domains_from(paths: Sequence[Path], names: Iterable[str] = ()) -> tuple[Domain, ...]:
    """A domain for each dropped folder, named after it, one for shards of one name, and one for all other files.

    Args:
        paths: Folders and files.
        names: Names that are taken already.
    """
    taken = set(names)
    made: list[Domain] = []
    for folder in (path for path in paths if path.is_dir()):
        made.append(Domain(unused(folder.name, taken), (str(folder),)))
        taken.add(made[-1].name)
    files = [path for path in paths if path.is_file()]
    if shards := [path for path in files if path.suffix.lower() == SHARD]:
        from ganstudio.pictures.shards import naming

        for several in naming.together(shards):
            made.append(Domain(unused(naming.title_of(several[0]), taken), tuple(map(str, several))))
            taken.add(made[-1].name)
    if pictures := tuple(str(path) for path in files if path not in shards):
        made.append(Domain(unused("pictures", taken), pictures))
    return tuple(made)


def is_zip(path: Path) -> bool:
    """Whether this looks like a zip of pictures, which is unpacked before anything else is known of it."""
    return path.suffix.lower() == ".zip" and path.is_file()


def unused(name: str, taken: Iterable[str]) -> str:
    """`name`, or "name 2", … when it is taken."""
    known = set(taken)
    number, made = 1, name
    while made in known:
        number += 1
        made = f"{name} {number}"
    return made


def declined(settings: QSettings) -> frozenset[str]:
    """Names of the files that the artist does not want to be asked for again."""
    kept = settings.value("declined_files", [])
    return frozenset([kept] if isinstance(kept, str) else kept if isinstance(kept, list) else [])


def decline(settings: QSettings, name: str) -> None:
    """Never ask for this file again."""
    settings.setValue("declined_files", sorted(declined(settings) | {name}))


def face(project: Project) -> Path | None:
    """The picture that stands for a project: its newest sample grid, else the first picture of its first domain."""
    for run in project.runs():
        if sheet := newest_sheet(run.path):
            return sheet
    sources = [Path(source) for domain in project.domains for source in domain.sources]
    return next((found for source in sources if (found := first_picture(source)) is not None), None)


def newest_sheet(run: Path) -> Path | None:
    """The newest sample grid of a run's first route; sheets are named STEP-ROUTE.png."""
    names = sorted(sheet.name for sheet in (run / "sheets").glob("*.png"))
    step = names[-1].partition("-")[0] if names else ""
    return next((run / "sheets" / name for name in names if name.startswith(step)), None)


def first_picture(source: Path) -> Path | None:
    """Any picture file in a folder or one of its subfolders, without looking at all of them."""
    from ganstudio.pictures.reading import SUFFIXES  # Loads numpy, which the window need not wait for.

    if source.suffix.lower() == SHARD and not source.is_dir():
        from ganstudio.pictures.shards import finding

        return finding.first_aside(source)
    if source.is_file():
        return source
    try:
        with os.scandir(source) as entries:
            inside = sorted((entry for _, entry in zip(range(500), entries, strict=False)), key=lambda e: e.name)
    except OSError:
        return None
    for entry in inside:
        if not entry.name.startswith(".") and Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file():
            return Path(entry.path)
    if shard := next((entry for entry in inside if Path(entry.name).suffix.lower() == SHARD), None):
        return first_picture(Path(shard.path))
    folders = [Path(entry.path) for entry in inside if entry.is_dir(follow_symlinks=False)]
    return next((found for folder in folders[:20] if (found := first_picture(folder)) is not None), None)

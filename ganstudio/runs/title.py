"""Title: the artist's name for a run, kept beside its recipe, which never changes; else the folder's name."""

from __future__ import annotations

from pathlib import Path

from ganstudio.runs.plain import read_plain
from ganstudio.runs.writing import write_atomically

FILE = "title.txt"
LONGEST = 80
"""Characters; a longer name fits no table."""


def title(path: Path) -> str:
    """The name of the run or model at `path`, for people."""
    try:
        given = read_plain(path / FILE).decode(errors="replace").strip()
    except OSError:
        given = ""
    return given[:LONGEST] or path.name


def entitle(path: Path, name: str) -> None:
    """Give a run another name; an empty one, or the folder's own, takes it away.

    Raises:
        ValueError: It has more than one line, or is too long.
        OSError: The folder cannot be written.
    """
    name = name.strip()
    if "\n" in name or len(name) > LONGEST:
        raise ValueError(f"A name is one line of at most {LONGEST} letters.")
    if name in {"", path.name}:
        (path / FILE).unlink(missing_ok=True)
    else:
        write_atomically(path / FILE, name.encode())

"""When a whole folder is away and not a single file: a drive unplugged, a network down, a folder renamed.

Ten thousand files that cannot be opened are then one piece of news. Whoever reads pictures asks `check_there` when one
of them fails, and holds with `until_back` instead of skipping all that follow.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from ganstudio.words.events import Held

PAUSE = 0.25  # Seconds between two looks.


class Away(OSError):  # noqa: N818 - it says what is so of a folder; the program made no error.
    """A folder in which pictures were found is no longer there as a whole.

    Attributes:
        folder: Which.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(errno.ENOENT, "The folder is away; bring its drive or network back", str(folder))
        self.folder = folder


def check_there(path: Path, sources: Iterable[Path]) -> None:
    """Tell a missing picture from a missing folder, once `path` could not be read.

    Args:
        path: A picture, as it was listed.
        sources: The folders and files it was listed from.

    Raises:
        Away: The source it lies in is gone or empty, or a link on the way to it leads nowhere any more.
    """
    source = next((source for source in sources if source != path and path.is_relative_to(source)), path.parent)
    if _is_away(source):
        raise Away(source)
    for folder in takewhile(lambda parent: parent != source, path.parents):
        if folder.is_symlink() and _is_away(folder):
            raise Away(folder)


def until_back(away: Away) -> Iterator[Held]:
    """Say that the work stands still, again and again, until the folder is back; it may be left at any time."""
    while _is_away(away.folder):
        yield Held(f"{away.folder} is away. Bring its drive or network back; the work goes on by itself then.")
        time.sleep(PAUSE)


def _is_away(folder: Path) -> bool:
    """An empty folder too: of a drive that was taken out, the place where it was mounted stays."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:
        return True

"""What was seen of pictures before, kept in the cache by path, size and time, so that a second look is instant."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganstudio.pictures.looking import Glance
from ganstudio.words import places

VERSION = 1
MOST = 200_000  # Pictures; those seen longest ago are forgotten first. About 200 MB.
SETTLED = 2_000_000_000  # Nanoseconds; a file younger than that may change again at the same time stamp.
_TOGETHER = 500  # Glances written at once.
_TABLE = """
CREATE TABLE IF NOT EXISTS looks (
    path BLOB PRIMARY KEY, size INTEGER, changed INTEGER, seen REAL, width INTEGER, height INTEGER, content TEXT,
    likeness TEXT, small BLOB, sharpness REAL, spread INTEGER, odd TEXT
) WITHOUT ROWID"""


class Known:
    """Glances of before. A cache that cannot be read or written is as good as none: nothing here ever raises."""

    def __init__(self, database: sqlite3.Connection | None) -> None:
        self._database = database
        self._waiting: list[tuple[object, ...]] = []

    def find(self, path: Path) -> Glance | None:
        """What was seen of a file that did not change since."""
        if self._database is None:
            return None
        try:
            found = path.stat()
            row = self._database.execute(
                "SELECT width, height, size, content, likeness, small, sharpness, spread, odd FROM looks"
                " WHERE path = ? AND size = ? AND changed = ?",
                (os.fsencode(path), found.st_size, found.st_mtime_ns),
            ).fetchone()
            if row is None:
                return None
            width, height, size, content, likeness, small, sharpness, spread, odd = row
            return Glance(path, width, height, size, content, int(likeness, 16), small, sharpness, spread, odd)
        except (OSError, sqlite3.Error, TypeError, ValueError):
            return None

    def keep(self, glance: Glance) -> None:
        """Remember a glance."""
        if self._database is None:
            return
        try:
            found = glance.path.stat()
        except OSError:
            return
        if found.st_size != glance.file_bytes or time.time_ns() - found.st_mtime_ns < SETTLED:
            return
        row = (os.fsencode(glance.path), found.st_size, found.st_mtime_ns, time.time(), glance.width, glance.height)
        rest = (glance.content, f"{glance.likeness:x}", glance.small, glance.sharpness, glance.spread, glance.odd)
        self._waiting.append(row + rest)
        if len(self._waiting) >= _TOGETHER:
            self.write()

    def write(self) -> None:
        """Write what waits to be."""
        if self._database is None:
            return
        with contextlib.suppress(sqlite3.Error), self._database:
            marks = ", ".join("?" * 12)
            self._database.executemany(f"INSERT OR REPLACE INTO looks VALUES ({marks})", self._waiting)  # noqa: S608
        self._waiting.clear()


@contextmanager
def known() -> Iterator[Known]:
    """The glances of before; new ones are written when it is left."""
    database = _opened(places.cache("looks") / "looks.sqlite")
    glances = Known(database)
    try:
        yield glances
    finally:
        glances.write()
        if database is not None:
            database.close()


def _opened(file: Path) -> sqlite3.Connection | None:
    """The database; a damaged one, or one of another version, is begun anew."""
    for _ in range(2):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # A job may be ended from another thread than the one that pulled it.
            database = sqlite3.connect(file, timeout=1.0, check_same_thread=False)
        except (OSError, sqlite3.Error):
            return None
        try:
            _prepare(database)
        except sqlite3.OperationalError:  # Someone else writes, or the disk is full.
            database.close()
            return None
        except sqlite3.DatabaseError:
            database.close()
            with contextlib.suppress(OSError):
                file.unlink()
        else:
            return database
    return None


def _prepare(database: sqlite3.Connection) -> None:
    if database.execute("PRAGMA user_version").fetchone()[0] not in {0, VERSION}:
        raise sqlite3.DatabaseError
    with database:
        database.execute(_TABLE)
        database.execute(f"PRAGMA user_version = {VERSION}")
        oldest = "SELECT path FROM looks ORDER BY seen DESC LIMIT -1 OFFSET ?"
        database.execute(f"DELETE FROM looks WHERE path IN ({oldest})", (MOST,))  # noqa: S608

"""The log: what happened, in files that cannot grow without end and that several windows may write at once."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ganstudio.words.places import log_file

BYTES = 1 << 20
OLDER = 2
"""So many older files are kept beside the newest."""

log = logging.getLogger("ganstudio")
_HEAD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3} ([A-Z]+) ([\w.]+): (.*)", re.DOTALL)


class SharedLog(logging.handlers.RotatingFileHandler):
    """Opens the file for each entry alone, behind a lock: a second window may turn the page in between."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            file, maxBytes=BYTES, backupCount=OLDER, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Write one entry; a log that cannot be written disturbs nothing."""
        from filelock import FileLock, Timeout  # Slow to load, and the window is there first.

        shared = FileLock(self._file.with_name(f"{self._file.name}.lock"), thread_local=False)
        with contextlib.ExitStack() as whole:
            with contextlib.suppress(Timeout, OSError):
                whole.enter_context(shared.acquire(timeout=1))
            super().emit(record)
            if self.stream is not None:
                self.stream.close()
                self.stream = None

    def handleError(self, record: logging.LogRecord) -> None:
        """Stay silent: there is nowhere left to say it."""


def keep_log(file: Path | None = None) -> SharedLog | None:
    """Write down from now on what our own code says, and warnings of everything else; None where it cannot be."""
    file = file or log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    handler = SharedLog(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    log.setLevel(logging.INFO)
    return handler


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log.

    Attributes:
        at: When, as written.
        grave: Whether it is a warning or worse.
        text: What, with the lines that follow it.
        where: Which part of the code.
    """

    at: str
    grave: bool
    text: str
    where: str = ""


def entries(file: Path | None = None) -> list[Entry]:
    """All that is kept, oldest first; empty when nothing was written yet."""
    file = file or log_file()
    parts = [file.with_name(f"{file.name}.{number}") for number in range(OLDER, 0, -1)]
    lines: list[str] = []
    for part in (*parts, file):
        with contextlib.suppress(OSError):
            lines += part.read_text("utf-8", errors="replace").splitlines()
    return parsed(lines)


def parsed(lines: Iterable[str]) -> list[Entry]:
    """Lines as entries; a line without a time belongs to the entry before it."""
    found: list[Entry] = []
    for line in lines:
        if head := _HEAD.fullmatch(line):
            at, level, where, text = head.groups()
            found.append(Entry(at, level not in {"DEBUG", "INFO"}, text, where))
        elif found:
            last = found.pop()
            found.append(Entry(last.at, last.grave, f"{last.text}\n{line}", last.where))
    return found

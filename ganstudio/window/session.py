"""Sessions of the window: a folder that is there while one runs, so that the next start knows of a bad end. No Qt.

    sessions/20261121-031207-4711/  lock  session.json  crash.txt

The lock is the system's: it falls with the process, however that ends. A folder without a living holder is therefore a
session that did not end in order, and what it wrote down is the report. Two windows at once have a folder each.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ganstudio.runs.locks import Taken, held
from ganstudio.runs.writing import write_atomically
from ganstudio.words.places import own_folder

FACTS = "session.json"
TRACE = "crash.txt"
LONGEST_TRACE = 64_000  # Characters; a trace of many threads is a tenth of that.


@dataclass(frozen=True, slots=True)
class Report:
    """A session that did not end in order.

    Attributes:
        started: When it began, in seconds since 1970.
        seen: When it was last known to live.
        run: The run that was training; None when none was.
        project: The project that was open; None when none was.
        trace: What the interpreter wrote in its last moment; empty when it was ended from outside.
    """

    started: float
    seen: float
    run: Path | None = None
    project: Path | None = None
    trace: str = ""


def sessions_folder() -> Path:
    """Where sessions write down that they live."""
    return own_folder() / "sessions"


class Session:
    """This session. Folders that cannot be written leave it without a report, and do no other harm."""

    def __init__(self, folder: Path | None = None) -> None:
        began = time.time()
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(began))}-{os.getpid()}"
        self.folder = (folder or sessions_folder()) / name
        self._facts: dict[str, float | str] = {"started": began}
        self._lock = ExitStack()
        self._begun = False

    def begin(self) -> None:
        """Write down from now on that this session lives."""
        with contextlib.suppress(OSError, Taken):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.enter_context(held(self.folder, "{}"))
        self._begun = True
        self._write()

    def catch_crashes(self) -> None:
        """Have the interpreter write down where it is when it crashes."""
        with contextlib.suppress(OSError):
            faulthandler.enable(self._lock.enter_context(self.trace.open("w", encoding="utf-8")))
            self._lock.callback(faulthandler.disable)

    @property
    def trace(self) -> Path:
        """Where the interpreter writes when it crashes."""
        return self.folder / TRACE

    def note(self, project: Path | None, run: Path | None) -> None:
        """Write down what is open and what trains."""
        named = {"project": project, "run": run}
        facts = {"started": self._facts["started"]} | {key: str(path) for key, path in named.items() if path}
        if facts != self._facts:
            self._facts = facts
            self._write()

    def live(self) -> None:
        """Say that this session lives; from time to time, so that a report knows until when it did."""
        with contextlib.suppress(OSError):
            os.utime(self.folder / FACTS)

    def end(self) -> None:
        """End in order: nothing to report."""
        with contextlib.suppress(OSError):
            self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self) -> None:
        if not self._begun:
            return
        with contextlib.suppress(OSError):
            write_atomically(self.folder / FACTS, json.dumps(self._facts).encode())


def bad_ends(folder: Path | None = None) -> list[Report]:
    """Sessions that did not end in order, newest first; each is told once, also when two windows start at once."""
    reports: list[Report] = []
    place = folder or sessions_folder()
    for path in sorted(place.iterdir(), reverse=True) if place.is_dir() else []:
        with contextlib.suppress(Taken, OSError), held(path, "{}"):
            reports += _report(path)
            (path / FACTS).unlink(missing_ok=True)
            shutil.rmtree(path, ignore_errors=True)
    return reports


def _report(folder: Path) -> list[Report]:
    """What a dead session wrote down; nothing when another window has told it already."""
    file = folder / FACTS
    try:
        facts = json.loads(file.read_text("utf-8"))
        seen = file.stat().st_mtime
        paths = {key: Path(facts[key]) for key in ("project", "run") if key in facts}
        started = float(facts["started"])
    except (OSError, ValueError, TypeError, KeyError):
        return []
    trace = ""
    with contextlib.suppress(OSError):
        trace = (folder / TRACE).read_text("utf-8", errors="replace")[:LONGEST_TRACE]
    return [Report(started, seen, paths.get("run"), paths.get("project"), trace)]

"""Following: watch and steer a run that trains in another process, perhaps on another machine with the same disk.

Its history is the news of it, and wishes go into a file beside it, one JSON line each. Nothing else goes between them,
so that whoever watches may come and go.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ganstudio.runs.heartbeat import Sign, Signs
from ganstudio.runs.plain import open_plain
from ganstudio.runs.run import HISTORY, Run
from ganstudio.runs.writing import append_line
from ganstudio.words import commands, events
from ganstudio.words.events import Command, Event, Idle

T = TypeVar("T")

REQUESTS = "commands.jsonl"
LOOK = 0.5  # Seconds between two looks at a file; a shared disk may be slow to answer.


class Lines:
    """Lines that are added to a file, each once, and only when it is whole.

    Args:
        path: The file; it may not be there yet.
        at: The byte to begin at; None for its present end.
    """

    def __init__(self, path: Path, *, at: int | None = 0) -> None:
        self._path = path
        self._place = at if at is not None else path.stat().st_size if path.exists() else 0

    def read(self) -> Iterator[str]:
        """Those that came since; none while the disk is away."""
        try:
            with open_plain(self._path) as file:
                file.seek(self._place)
                for line in file:
                    if not line.endswith(b"\n"):  # It is being written.
                        return
                    self._place += len(line)
                    yield line.decode("ascii", errors="replace")
        except OSError:
            return


def request(run: Run, command: Command) -> None:
    """Ask whoever trains `run` for something; it is done between two steps.

    Raises:
        Unwritten: The disk is full, read-only or gone.
    """
    run.check_there()
    append_line(run.path / REQUESTS, commands.to_json(command, at=round(time.time(), 3)).encode("ascii"))


class Requests:
    """What others ask of the training of `run` from now on."""

    def __init__(self, run: Run) -> None:
        self._lines = Lines(run.path / REQUESTS, at=None)
        self._next = 0.0

    def take(self) -> Iterator[Command]:
        """What was asked since; looks at the disk now and then only."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK
        for line in self._lines.read():
            try:
                yield commands.from_json(line)
            except ValueError:  # From a newer version.
                continue


def follow(run: Run, *, new: bool = False) -> Generator[Event | Sign | Idle, Command | None, None]:
    """What happens to `run`, its past first; a command sent is requested of whoever trains it. Ends when closed.

    Args:
        run: Whose.
        new: Leave out its past.

    Yields:
        Events in their order, and with them what is done just now, which is no part of a history; a Sign whenever
        another one trains it, or nobody any more; Idle when nothing has happened for the moment.

    Raises:
        Unwritten: A command cannot be handed over.
    """
    lines, signs, sign = Lines(run.path / HISTORY, at=None if new else 0), Signs(run), Sign()
    while True:
        seen = signs.look()  # Before reading: the last events come before it lets go.
        for event in told(lines):
            yield from _asked(run, event)
        if replace(seen, doing=None) != replace(sign, doing=None):
            yield from _asked(run, seen)
        elif seen.doing is not None and seen.doing != sign.doing:
            yield from _asked(run, seen.doing)
        sign = seen
        yield from _asked(run, Idle(LOOK))


def told(lines: Lines) -> Iterator[Event]:
    """New lines of a history as events."""
    for line in lines.read():
        try:
            yield events.from_json(line)
        except ValueError:  # From a newer version.
            continue


def _asked(run: Run, news: T) -> Generator[T, Command | None, None]:
    command = yield news
    if command is not None:
        request(run, command)

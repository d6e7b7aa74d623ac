"""Following: watch and steer a run that trains in another process, perhaps on another machine with the same disk.

Its history is the news of it, and wishes go into a file beside it, one JSON line each. Nothing else goes between them,
so that whoever watches may come and go.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path

from ganstudio.runs.run import HISTORY, Run
from ganstudio.runs.writing import append_line
from ganstudio.words import commands, events
from ganstudio.words.events import Command, Event

REQUESTS = "commands.jsonl"
LOOK = 0.5  # Seconds between two looks at a file; a shared disk may be slow to answer.


class Lines:
    """Lines that are added to a file, each once, and only when it is whole.

    Args:
        path: The file; it may not be there yet.
        new: Whether to begin at its present end.
    """

    def __init__(self, path: Path, *, new: bool = False) -> None:
        self._path = path
        self._place = path.stat().st_size if new and path.exists() else 0

    def read(self) -> Iterator[str]:
        """Those that came since; none while the disk is away."""
        try:
            with self._path.open("rb") as file:
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
        self._lines = Lines(run.path / REQUESTS, new=True)
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


def follow(run: Run, *, new: bool = False) -> Generator[Event | None, Command | None, None]:
    """What happens to `run`, its past first, until nobody trains it any more; a command sent is requested of it.

    Args:
        run: Whose.
        new: Leave out its past.

    Yields:
        Events; None when nothing has happened for the moment.

    Raises:
        Unwritten: A command cannot be handed over.
    """
    lines = Lines(run.path / HISTORY, new=new)
    while True:
        trained = run.holder() is not None  # Before reading: the last events come before it lets go.
        for line in lines.read():
            try:
                event = events.from_json(line)
            except ValueError:
                continue
            yield from _asked(run, event)
        if not trained:
            return
        yield from _asked(run, None)
        time.sleep(LOOK)


def _asked(run: Run, event: Event | None) -> Generator[Event | None, Command | None, None]:
    command = yield event
    if command is not None:
        request(run, command)

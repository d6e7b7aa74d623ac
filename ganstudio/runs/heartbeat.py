"""Heartbeat: a sign of life of whoever trains a run, for other processes and other machines, and what it does just now.

A lock is the system's: between machines it may not be seen at all, or stay when the machine that held it has died. So
one that trains writes a small file every two seconds, and who looks sees whether it changes, by their own clock.
Sittings are numbered: when another machine has taken a run over, the one that was taken for dead notices, and ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from ganstudio.runs import locks
from ganstudio.runs.locks import Taken
from ganstudio.runs.plain import read_plain, write_plain
from ganstudio.runs.run import Run
from ganstudio.words import events
from ganstudio.words.events import Held, Progress

FILE = "heartbeat.json"
EVERY = 2.0  # Seconds between two beats.
SILENT = 60.0  # Seconds without one after which nobody is believed to train any more.
_LOOKS, _MOMENT = 3, 0.02

Doing: TypeAlias = Progress | Held


class TakenOver(ValueError):  # noqa: N818  It is a sentence, as all faults for people are.
    """Another machine trains the run by now; nothing more may be written into it."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What the file says.

    Attributes:
        host: Name of the machine.
        process: Number of the process there.
        sitting: Which sitting of the run this is, from 1 on.
        count: How many beats there were in it.
        over: Whether it has ended in order.
        doing: What it does just now.
    """

    host: str
    process: int
    sitting: int
    count: int = 0
    over: bool = False
    doing: Doing | None = None

    @property
    def here(self) -> bool:
        """Whether it comes from this machine."""
        return self.host == this_machine()

    def to_json(self) -> str:
        """One line."""
        told = events.to_json(self.doing) if self.doing is not None else None
        facts = (self.host, self.process, self.sitting, self.count, self.over, told)
        return json.dumps(dict(zip(_KEYS, facts, strict=True)))

    @classmethod
    def from_json(cls, text: str) -> Beat:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It is being written just now, or comes from another version.
        """
        try:
            host, process, sitting, count, over, told = (json.loads(text)[key] for key in _KEYS)
            doing = events.from_json(told) if told is not None else None
            return cls(
                str(host),
                int(process),
                int(sitting),
                int(count),
                bool(over),
                doing if isinstance(doing, (Progress, Held)) else None,
            )
        except (KeyError, TypeError) as error:
            raise ValueError("Not a heartbeat.") from error


_KEYS = ("host", "process", "sitting", "count", "over", "doing")


class Heartbeat:
    """Beats while a run is trained by this process, which holds its lock.

    Args:
        run: Whose.

    Raises:
        Taken: Another machine beats, whose lock cannot be seen from here.
    """

    def __init__(self, run: Run) -> None:
        self._file = run.path / FILE
        before = read(run)
        elsewhere = before is not None and not before.here and not before.over
        # A disk whose clock is wrong makes a living one look old.
        if before is not None and elsewhere and (_is_fresh(run) or not is_silent(run)):
            raise Taken(
                f"{run.path} is being trained by process {before.process} on {before.host}. Stop it there first, or "
                "wait a minute when it has died."
            )
        self._beat = Beat(this_machine(), os.getpid(), before.sitting + 1 if before else 1)
        self._doing: Doing | None = None
        self._taken = ""
        self._done = threading.Event()
        self._beaten = 0.0
        self._turn = threading.Lock()
        self.beat()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)
        self._thread.start()

    def tell(self, event: object) -> None:
        """Say what is done now, with the next beat.

        Raises:
            TakenOver: Another machine goes on with the run.
        """
        if isinstance(event, (Progress, Held)):
            self._doing = event
        if time.time() - self._beaten > SILENT / 2:  # This computer slept.
            self.beat()
        if self._taken:
            raise TakenOver(
                f"This training goes on on {self._taken}, because nothing was heard of this computer for a while. "
                "Nothing more was written here."
            )

    def end(self) -> None:
        """Say that the sitting is over."""
        self._done.set()
        self._thread.join()
        self.beat(over=True)

    def _go_on(self) -> None:
        while not self._done.wait(EVERY):
            self.beat()

    def beat(self, *, over: bool = False) -> None:
        """Beat once, unless another has taken over; a drive that is away gets the next one."""
        with self._turn:
            found = _read(self._file)
            if found is not None and found.sitting > self._beat.sitting:
                self._taken = found.host
            if self._taken:
                return
            self._beat = replace(self._beat, count=self._beat.count + 1, over=over, doing=self._doing)
            self._beaten = time.time()
            with contextlib.suppress(OSError):
                write_plain(self._file, self._beat.to_json())


@contextlib.contextmanager
def beating(run: Run) -> Iterator[Heartbeat]:
    """A heartbeat for as long as the block lasts.

    Raises:
        Taken: Another machine trains it.
    """
    heart = Heartbeat(run)
    try:
        yield heart
    finally:
        heart.end()


State: TypeAlias = Literal["nobody", "trained", "silent"]


@dataclass(frozen=True, slots=True)
class Sign:
    """Who trains a run, as far as one can see.

    Attributes:
        state: "silent" when its machine has given no sign for so long that it must have died, or lost the disk.
        host: Name of the machine; empty when nobody trains, and when it is this one.
        doing: What it does just now, as far as it says.
    """

    state: State = "nobody"
    host: str = ""
    doing: Doing | None = None


class Signs:
    """Looks at a run again and again.

    Args:
        run: Whose.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._last: Beat | None = None
        self._changed: float | None = None

    def look(self) -> Sign:
        """Who trains it now; reads two small files."""
        beat = read(self._run)
        if beat is not None and beat != self._last:
            # The first look cannot tell a last beat of long ago from one of now, but by the clocks.
            fresh = self._last is not None or _is_fresh(self._run)
            self._last, self._changed = beat, time.monotonic() if fresh else None
        beat = self._last
        if beat is None or beat.here:
            taken = self._run.holder() is not None
            return Sign("trained", "", beat.doing if beat else None) if taken else Sign()
        if beat.over:
            return Sign()
        heard = self._changed is not None and time.monotonic() - self._changed < SILENT
        return Sign("trained", beat.host, beat.doing) if heard else Sign("silent", beat.host)


def trained_by(run: Run) -> str:
    """Who trains it now, for people; empty when nobody does, as far as one look tells."""
    sign = Signs(run).look()
    return (sign.host or run.holder() or "") if sign.state == "trained" else ""


def is_silent(run: Run) -> bool:
    """Whether another machine trained it last, did not end and gives no sign; looks twice, some seconds apart."""
    signs = Signs(run)
    if signs.look().state != "silent":
        return False
    time.sleep(2 * EVERY + 1)
    return signs.look().state == "silent"


def take_over(run: Run) -> None:
    """Let this machine go on with a run whose own one has given no sign for long.

    Should that one live after all, it notices and ends without another word.

    Raises:
        ValueError: It gives signs, or it is this machine.
        OSError: The folder cannot be written.
    """
    beat = read(run)
    if beat is None or beat.over:
        return
    if beat.here or _is_fresh(run):
        raise ValueError(f"{run.path} is being trained on {beat.host}. Stop it there first.")
    for name in (locks.LOCK, locks.HOLDER):  # Locks of a dead machine may stay; a new file has none.
        (run.path / name).unlink(missing_ok=True)
    ours = Beat(this_machine(), os.getpid(), beat.sitting + 1, over=True)
    write_plain(run.path / FILE, ours.to_json())


def read(run: Run) -> Beat | None:
    """The newest beat; None when there is none, or none that can be read."""
    for _ in range(_LOOKS):
        if (found := _read(run.path / FILE)) is not None or not (run.path / FILE).is_file():
            return found
        time.sleep(_MOMENT)  # It is being written.
    return None


def this_machine() -> str:
    """Its name."""
    return platform.node() or "this computer"


def _read(file: Path) -> Beat | None:
    try:
        return Beat.from_json(read_plain(file).decode())
    except (OSError, ValueError):
        return None


def _is_fresh(run: Run) -> bool:
    """Whether it beat within the last minute, by the clocks of two machines that may differ by a little."""
    try:
        return abs(time.time() - (run.path / FILE).stat().st_mtime) < SILENT
    except OSError:
        return False

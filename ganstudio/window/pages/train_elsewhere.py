"""Runs that another program or another machine trains: seen as they grow, and steered through their folder."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.runs.following import LOOK, request, told
from ganstudio.runs.heartbeat import Sign, Signs, take_over
from ganstudio.runs.run import Run
from ganstudio.window.past import remembered
from ganstudio.window.screen import Screen, advance, at_rest
from ganstudio.window.studio import Studio
from ganstudio.words.events import Command, Failed, Idle, Pause, Resume, Stop

_EVENTS_A_PULL = 2000
_MOODS: dict[type, str] = {Pause: "pausing", Stop: "stopping"}


@dataclass(frozen=True, slots=True)
class Seen:
    """How a run stands.

    Attributes:
        screen: What its history tells, and what is done just now.
        sign: Who trains it.
    """

    screen: Screen
    sign: Sign


_NOTHING = Seen(Screen(), Sign())


def watching(path: Path) -> Generator[object, Command | None, None]:
    """What a run looks like, as Seen, again whenever it changes; a command sent goes to whoever trains it."""
    run = Run(path)
    signs = Signs(run)
    sign, (screen, lines) = signs.look(), (yield from remembered(path))
    seen: Seen | None = None
    while True:
        for number, event in enumerate(told(lines), start=1):
            screen = advance(screen, event)
            if number % _EVENTS_A_PULL == 0:
                yield None
        now = _seen(screen, sign)
        command = yield (now if now != seen else Idle(LOOK))
        seen = now
        if command is not None:
            request(run, command)
        sign = signs.look()  # Before the history is read: the last events come before it lets go.


def _seen(screen: Screen, sign: Sign) -> Seen:
    if sign.state != "trained":
        return Seen(at_rest(screen), sign)
    doing, sign = sign.doing, replace(sign, doing=None)
    return Seen(screen if doing is None else advance(screen, doing), sign)


class Elsewhere(QObject):
    """The run that is looked at, while this window does not train it.

    Signals:
        changed: `seen` is another; with the run.
        failed: It cannot be read; with the run and a sentence.
    """

    changed = Signal(object)
    failed = Signal(object, str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: int | None = None
        self._wish = ""
        self.run: Path | None = None
        self.seen = _NOTHING
        studio.reader.happened.connect(self._happened)
        studio.reader.ended.connect(self._ended)
        studio.closing.connect(self.leave)

    def look_at(self, run: Path) -> None:
        """Look at this run; `changed` follows."""
        self.leave()
        self.run, self._job = run, self._studio.reader.begin(lambda: watching(run))

    @Slot()
    def leave(self) -> None:
        """Look at none."""
        if self._job is not None:
            self._studio.reader.cancel(self._job)
        self._job, self.run, self._wish, self.seen = None, None, "", _NOTHING

    def trains(self, run: Path | None) -> bool:
        """Whether another one trains this run just now."""
        return run is not None and run == self.run and self.seen.sign.state == "trained"

    @property
    def mood(self) -> str:
        """What was asked of the training and is not done yet, "silent" when its machine is, or nothing."""
        state = self.seen.screen.state
        if self.seen.sign.state == "silent":
            return "silent" if state == "interrupted" else ""
        begins = self.seen.sign.state == "trained" and state not in {"training", "waiting", "paused"}
        return self._wish or ("training" if begins else "")

    @property
    def place(self) -> str | None:
        """Name of the machine that trains it or did, empty for another program on this one; None when nobody does."""
        return None if self.seen.sign.state == "nobody" else self.seen.sign.host

    def send(self, command: Command) -> None:
        """Ask this of whoever trains the run."""
        if self._job is None or self.seen.sign.state != "trained":
            return
        self._wish = _MOODS.get(type(command), self._wish)
        if isinstance(command, Resume):
            self._wish = ""
        self._studio.reader.send(self._job, command)
        self.changed.emit(self.run)

    @Slot()
    def toggle(self) -> None:
        """Pause it, or have it go on."""
        self.send(Resume() if self.seen.screen.state == "paused" or self._wish == "pausing" else Pause())

    def take_over(self) -> bool:
        """Make sure that this computer may train the run; False with a sentence when it may not."""
        if self.run is None or self.seen.sign.state == "nobody":
            return True
        try:
            take_over(Run(self.run))
        except (ValueError, OSError) as error:
            self._studio.say(str(error), fault=True)
            return False
        return True

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job == self._job and isinstance(event, Seen):
            if event.screen.state not in {"training", "waiting"}:  # What was asked is done.
                self._wish = ""
            self.seen = event
            self.changed.emit(self.run)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._job and isinstance(result, Failed):
            run, self._job = self.run, None
            self.failed.emit(run, result.message)

"""Worker: the one thread that pulls every long job and says in the GUI thread what happened.

A job is a generator of events. Jobs take turns, one pull each, so a picture is translated between two training steps.
Pausing a job is not pulling it; a command is `generator.send(command)`; cancelling is closing the generator. A job
therefore pauses, stops or ends within one step of its own, and never in the middle of one. One that waits for another
process says so by Idle, and is passed over for so long.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from PySide6.QtCore import QObject, QThread, Signal

from ganstudio.words.events import Command, Failed, Idle, Losses, Progress, Save, Saved

Job: TypeAlias = Generator[object, Command | None, object]

SECONDS_BETWEEN = 0.1
"""Progress and losses of one job come at most this often; the screen cannot show more."""

PULLS_TO_SAVE = 20
"""A job that has not saved by then has nothing to save."""

STACK_BYTES = 16 << 20
"""macOS gives threads 512 KB, on which linear algebra and deep networks crash."""

NICE = 10
"""Of 19, unless its owner says otherwise; a training that has the cores to itself is as fast as ever."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    """One job: what its owner wants of it, and what it has said but not yet told."""

    number: int
    make: Callable[[], Job]
    generator: Job | None = None
    started: bool = False
    commands: deque[Command] = field(default_factory=deque)
    asked: bool = False
    pause_wanted: bool = False
    saving: int = 0
    paused: bool = False
    cancelled: bool = False
    held: dict[type, object] = field(default_factory=dict)
    told_at: float = 0.0
    idle_until: float = 0.0

    @property
    def due(self) -> bool:
        """Whether it may be pulled now; who asks something of one that idles is answered at once."""
        # A question asked twice, such as continue and pause at once, is answered all the same.
        if self.cancelled or self.asked:
            return True
        return not self.paused and (bool(self.commands) or time.monotonic() >= self.idle_until)


class Worker(QThread):
    """Several jobs on one thread. All methods are called from the GUI thread and return at once, except `shut`.

    Signals:
        happened: A job said this event. Progress and Losses are thinned to ten a second, the last always arrives.
        ended: A job returned this result, or Failed with a sentence; None when it was cancelled.
        paused: A job stands still, between two steps.
        resumed: A job goes on.
    """

    happened = Signal(int, object)
    ended = Signal(int, object)
    paused = Signal(int)
    resumed = Signal(int)

    def __init__(self, parent: QObject | None = None, *, nice: int = NICE) -> None:
        super().__init__(parent)
        self._nice = nice
        if sys.platform == "darwin":
            self.setStackSize(STACK_BYTES)
        self._changed = threading.Condition()
        self._jobs: dict[int, _Running] = {}
        self._order: deque[int] = deque()
        self._last = 0
        self._closing = False

    def begin(self, make: Callable[[], Job], *, paused: bool = False) -> int:
        """Queue a job and return its number; `make` is called in the worker's thread, so it may import slowly.

        A job that begins `paused` makes its first step and stands still.
        """
        with self._changed:
            self._last += 1
            self._jobs[self._last] = _Running(self._last, make, asked=paused, pause_wanted=paused)
            self._order.appendleft(self._last)  # What was asked for last is waited for most.
            self._changed.notify()
            number = self._last
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)
        return number

    def pause(self, job: int, *, saved: bool = False) -> None:
        """Stop pulling; `paused` follows when the step in hand is done, for a job that has not begun its first.

        With `saved`, the job is told to save and pulled until it says that it did; one that has nothing to save yet
        says so by going on, and stands still after a few pulls.
        """
        with self._asked(job) as running:
            running.asked = running.pause_wanted = True
            if saved and not running.paused:
                running.commands.append(Save())
                running.saving = PULLS_TO_SAVE

    def resume(self, job: int) -> None:
        """Pull again; `resumed` follows."""
        with self._asked(job) as running:
            running.asked, running.pause_wanted, running.saving = True, False, 0

    def send(self, job: int, command: Command, *, paused: bool = False) -> None:
        """Hand the job a command at its next pull. A paused job is pulled again, so that it can obey.

        With `paused`, it stands still right after: a pause that is asked for later finds it many steps on.
        """
        with self._asked(job) as running:
            running.commands.append(command)
            running.asked, running.pause_wanted = running.asked or running.paused or paused, paused

    def cancel(self, job: int) -> None:
        """Close the job's generator after the step in hand; `ended` follows with None."""
        with self._asked(job) as running:
            running.cancelled = True

    def busy(self, job: int | None) -> bool:
        """Whether the job has not ended yet."""
        with self._changed:
            return job in self._jobs

    def shut(self) -> None:
        """Close every job in order and wait for the thread to end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self.wait()

    @contextmanager
    def _asked(self, job: int) -> Iterator[_Running]:
        with self._changed:
            # A job that ended meanwhile needs nothing any more.
            yield self._jobs.get(job, _Running(job, _nothing))
            self._changed.notify()

    # In the worker's thread

    def run(self) -> None:
        """Take turns until `shut`."""
        _step_back(self._nice)
        while (running := self._next()) is not None:
            try:
                self._pull(running)
            except StopIteration as end:
                self._end(running, end.value)
            except Exception as error:  # noqa: BLE001  The one place where a fault becomes a sentence.
                self._end(running, Failed(sentence(error)))
        for running in list(self._jobs.values()):
            self._close(running)

    def _next(self) -> _Running | None:
        """The job whose turn it is; waits until there is one, None when the worker closes."""
        with self._changed:
            while True:
                if self._closing:
                    return None
                for _ in range(len(self._order)):
                    running = self._jobs[self._order[0]]
                    self._order.rotate(-1)
                    if running.due:
                        return running
                idle = [running.idle_until for running in self._jobs.values() if not running.paused]
                self._changed.wait(max(0.0, min(idle) - time.monotonic()) if idle else None)

    def _pull(self, running: _Running) -> None:
        if running.cancelled:
            self._close(running)
            return
        if running.asked and self._acknowledge(running):
            return
        if running.generator is None:
            running.generator = running.make()
        with self._changed:
            # A generator takes no command before its first yield.
            command = running.commands.popleft() if running.started and running.commands else None
        event = running.generator.send(command)
        running.started = True
        running.saving = 0 if isinstance(event, Saved) else max(0, running.saving - 1)
        if isinstance(event, Idle):
            self._flush(running)
            running.idle_until = time.monotonic() + event.seconds
        elif event is not None:
            self._tell(running, event)

    def _acknowledge(self, running: _Running) -> bool:
        """Answer whether the job stands still now. A first step, and a command that waits, come first."""
        self._flush(running)
        with self._changed:
            waits = running.pause_wanted and (bool(running.commands or running.saving) or not running.started)
            running.asked = waits
            running.paused = running.pause_wanted and not waits
        if not waits:
            (self.paused if running.paused else self.resumed).emit(running.number)
        return running.paused

    def _tell(self, running: _Running, event: object) -> None:
        if not isinstance(event, (Progress, Losses)):
            self._flush(running)
            self.happened.emit(running.number, event)
            return
        running.held.pop(type(event), None)  # Told in the order of the last of each kind.
        running.held[type(event)] = event
        if time.monotonic() - running.told_at >= SECONDS_BETWEEN:
            self._flush(running)

    def _flush(self, running: _Running) -> None:
        if not running.held:
            return
        running.told_at = time.monotonic()
        for event in running.held.values():
            self.happened.emit(running.number, event)
        running.held.clear()

    def _end(self, running: _Running, result: object) -> None:
        self._flush(running)
        with self._changed:
            del self._jobs[running.number]
            self._order.remove(running.number)
        self.ended.emit(running.number, result)

    def _close(self, running: _Running) -> None:
        result: object = None
        try:
            if running.generator is not None:
                running.generator.close()
        except Exception as error:  # noqa: BLE001  Cleaning up may fail too, for instance on a full disk.
            result = Failed(sentence(error))
        self._end(running, result)


def sentence(error: BaseException) -> str:
    """What to show of `error`: our own and the system's words as they are, everything else plainly and in the log."""
    if isinstance(error, (ValueError, OSError)) and str(error):
        return str(error)
    log.error("A job failed", exc_info=error)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "There is not enough memory for this. Choose a smaller size or batch, or close other programs."
    if isinstance(error, RuntimeError) and ("CUDA error" in str(error) or type(error).__name__ == "AcceleratorError"):
        return (
            "The graphics card does not answer any more. Restart GAN Studio to use it again, or choose the CPU in "
            "Settings until then."
        )
    return f"Something went wrong inside GAN Studio ({type(error).__name__}). Help, Open log shows the details."


def _step_back(nice: int) -> None:
    """Let the window's thread go first when both want a core, and with this thread those that torch starts from it."""
    if sys.platform == "linux":  # Linux ignores Qt's priorities; there each thread has its own niceness.
        with contextlib.suppress(OSError):
            os.setpriority(
                os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, os.getpid()) + nice
            )


def _nothing() -> Job:
    return None
    yield

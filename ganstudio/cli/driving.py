"""Drives a job from the command line: pulls its events, and turns Ctrl+C into a Stop that saves."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import closing, nullcontext
from types import FrameType
from typing import Any, TypeVar

from ganstudio.words.endings import requests_answered
from ganstudio.words.events import Command, Event, Failed, Stop

T = TypeVar("T")
STOPPING = b"\nStopping in order; press Ctrl+C again to break off.\n"


class Ending:
    """Whether someone asked for an end, by Ctrl+C, SIGTERM or by closing the terminal."""

    def __init__(self) -> None:
        self.stop = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal: the first asks for an end in order, the second Ctrl+C breaks off."""
        if self.stop and number == signal.SIGINT:
            signal.default_int_handler(number, frame)
        self.stop = True
        if sys.stderr.isatty():
            # Not print: the signal may have come in the middle of one.
            os.write(sys.stderr.fileno(), STOPPING)


def drive(job: Generator[Event | None, Any, T], show: Callable[[Event], None], *, stoppable: bool = False) -> T:
    """Pull `job` to its end and show its events.

    Args:
        job: What to pull.
        show: Takes each event.
        stoppable: Whether the job ends in order when it gets a Stop; any other is broken off by Ctrl+C.

    Raises:
        KeyboardInterrupt: Someone asked for an end; the job has ended in order, or was closed.
        BrokenPipeError: Nobody reads our output any more; a stoppable job has ended in order.
        ValueError: The job said that it failed.
    """
    unread: BrokenPipeError | None = None
    ending = Ending()
    with requests_answered(ending.note) if stoppable else nullcontext(), closing(job):
        command: Command | None = None
        while True:
            try:
                event = job.send(command)
            except StopIteration as end:
                result: T = end.value
                break
            if isinstance(event, Failed):
                raise ValueError(event.message)  # noqa: TRY004 - a fault of the work, not of a type.
            try:
                if event is not None and unread is None:
                    show(event)
            except BrokenPipeError as error:
                if not stoppable:
                    raise
                unread = error
            command = Stop() if ending.stop or unread else None
    if unread is not None:
        raise unread
    if ending.stop:
        raise KeyboardInterrupt
    return result

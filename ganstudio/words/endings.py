"""Requests to end: Ctrl+C, SIGTERM, and a terminal that closes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


def requests() -> list[signal.Signals]:
    """The signals that ask for an end. A terminal that closes does not, where it was to be outlived: nohup."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


@contextmanager
def requests_answered(answer: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Let `answer` have every request to end that comes meanwhile; afterwards they are handled as before.

    Only the main thread gets signals; in any other nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(number, signal.signal(number, answer)) for number in requests()]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)

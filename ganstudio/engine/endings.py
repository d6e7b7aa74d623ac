"""Requests to end: Ctrl+C, SIGTERM, and a terminal that closes. Needs no torch."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def requests_answered(answer: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Let `answer` have every request to end that comes meanwhile; afterwards they are handled as before.

    A terminal that closes is no request where it was to be outlived: nohup.

    Only the main thread gets signals; in any other nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Windows has no SIGHUP.
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        numbers.remove(signal.SIGHUP)
    before = [(number, signal.signal(number, answer)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)

"""Holes: memory that a step has let go of, between things that stay.

On a processor it is this process's alone, and only for what happens to fit in: over some steps a tenth of all it holds
becomes such. The system takes whole pages of it back when asked, and they are there again when something is put there.
"""

from __future__ import annotations

import ctypes
import platform
import time
from collections.abc import Callable

RARELY = 50
"""Times what giving back took that must pass between, so that small steps do not feel it."""


class Holes:
    """See the module. Where the system's library cannot be asked, nothing is done."""

    def __init__(self) -> None:
        self._trim: Callable[[int], int] | None = None
        if platform.libc_ver()[0] == "glibc":
            self._trim = ctypes.CDLL(None).malloc_trim
        self._since, self._took = 0.0, 0.0

    def give_back(self) -> None:
        """Let the system have them, unless that was a moment ago."""
        now = time.perf_counter()
        if self._trim is None or now - self._since < RARELY * self._took:
            return
        self._trim(0)
        self._since = time.perf_counter()
        self._took = self._since - now

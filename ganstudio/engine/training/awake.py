"""Awake: the computer does not go to sleep while something trains. Its screen may."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wakepy import Mode

MAY_SLEEP = "GANSTUDIO_MAY_SLEEP"
"""Environment variable: when it is set and not empty, nothing is kept awake."""

_FAULTS = (OSError, RuntimeError, ValueError, ImportError)  # What system buses and their libraries fail with.


@contextmanager
def awake() -> Iterator[bool]:
    """Keep the computer from sleeping for as long as the block lasts, entered and left in one thread.

    Yields:
        Whether it does; a server without a desktop, for instance, offers no way and never sleeps by itself.
    """
    mode = None if os.environ.get(MAY_SLEEP) else _kept_awake()
    try:
        yield mode is not None
    finally:
        if mode is not None:
            with suppress(*_FAULTS):
                mode.__exit__(None, None, None)


def _kept_awake() -> Mode | None:
    with suppress(*_FAULTS):
        from wakepy import keep  # noqa: PLC0415  A fifth of a second, for trainings only.

        mode = keep.running(on_fail="pass")
        if mode.__enter__().active:
            return mode
        mode.__exit__(None, None, None)
    return None

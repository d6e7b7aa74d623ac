"""Stopping the writing of a file: until it has its name, nothing is lost by ending at any event."""

from __future__ import annotations

from ganstudio.words.events import Event, Stop
from ganstudio.words.works import Work


def stoppable(event: Event | None, work: str) -> Work[None]:
    """Yield `event`, and end where a Stop comes back.

    Args:
        event: What happened.
        work: Which work it is, to begin a sentence with, such as "The import".

    Raises:
        ValueError: A Stop came back.
    """
    if (yield event) == Stop():
        raise ValueError(f"{work} was stopped. No file was written.")

"""Listening while work runs: events go out, and a Stop that comes back ends the work from wherever it is."""

from __future__ import annotations

import time
from collections.abc import Generator

from ganstudio.words.events import Advanced, Event, Stop
from ganstudio.words.works import Work

PATIENCE = 0.1  # Seconds without a chance to stop.
LONG_SECONDS = 0.5  # A file that takes longer says how far it is, this often at most.


class StopAsked(Exception):  # noqa: N818  No error.
    """Somebody sent a Stop."""


def advancing(strips: Generator[float, None, None], path: str, note: str) -> Work[None]:
    """Pull the strips; a picture that takes long says how far it is."""
    began = time.monotonic()
    due = began if note else began + LONG_SECONDS
    for share in strips:
        now = time.monotonic()
        if now < due:
            continue
        due = now + LONG_SECONDS
        eta = (now - began) * (1 - share) / share if share > 0 else None
        yield from heard(Advanced(path, share, eta, note))


def heard(event: Event | None) -> Work[None]:
    """Say `event`, or nothing, and hear what comes back.

    Raises:
        StopAsked: It was a Stop.
    """
    if (yield event) == Stop():
        raise StopAsked

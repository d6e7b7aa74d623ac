"""A film in its own tempo, again and again: what is seen of it now."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.pictures.films.films import Film

TURN = 0.01
"""Seconds that are waited at once; so soon it ends when nobody wants it any more."""

SLIP = 0.5
"""Seconds that a slow computer may be behind before the film waits for it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is, and waiting."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], object] = time.sleep


def playing(film: Film, clock: Clock = Clock()) -> Generator[NDArray[np.uint8] | None, None, None]:
    """Its frames, (H, W, 3) sRGB, each in its time and again after the end; None while there is nothing new.

    Frames that are late come at once, so that the newest is never further behind than it takes to decode.

    Raises:
        Unreadable: Nothing of it can be decoded any more.
    """
    unit = float(film.time_base)
    while True:
        began: float | None = None
        ends = 0.0
        for still in film.stills():
            due = still.time * unit
            if began is None:
                began = clock.now() - due
            yield from _waiting(began + due, clock)
            began = max(began, clock.now() - due - SLIP)
            ends = began + due + still.lasts * unit
            yield np.asarray(still.picture)
        yield from _waiting(ends, clock)
        yield None


def _waiting(until: float, clock: Clock) -> Generator[None, None, None]:
    while (left := until - clock.now()) > 0:
        clock.wait(min(left, TURN))
        yield None

"""Works: generators that tell how far they are, and give something in the end."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from ganstudio.words.events import Command, Event

T = TypeVar("T")
Work: TypeAlias = Generator[Event | None, Command | None, T]
"""Yields events, or None for a sign of life; what is sent in is what is wanted of it."""


def finished(work: Generator[object, None, T]) -> T:
    """What a work gives in the end, done without a pause and whatever it tells on the way."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            made: T = end.value
            return made

"""What every job is: a generator that the worker pulls."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from ganstudio.words.events import Command, Event, Idle

T = TypeVar("T")
Job: TypeAlias = Generator[Event | Idle | None, Command | None, T]

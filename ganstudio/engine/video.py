# ruff: noqa: ARG001
"""Videos and animations through one translator."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ganstudio.engine.translator import Translator
from ganstudio.words.events import Command, Event
from ganstudio.words.look import Look
from ganstudio.words.routes import Route


def translate_video(
    translator: Translator, route: Route, file: Path, target: Path, look: Look, *, smooth: float = 0.0
) -> Generator[Event, Command | None, None]:
    """Translate a video."""
    raise ValueError("Videos are not translated yet.")
    yield

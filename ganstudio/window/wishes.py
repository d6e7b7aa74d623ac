"""What the artist chose in the settings and other layers must know: they read it from the environment.

A variable that was set before the window started wins, and the settings say so.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSettings

from ganstudio.words.limits import PICTURE_MEMORY_VARIABLE
from ganstudio.words.places import CACHE_VARIABLE

MAY_SLEEP_VARIABLE = "GANSTUDIO_MAY_SLEEP"
VARIABLES = (CACHE_VARIABLE, PICTURE_MEMORY_VARIABLE, MAY_SLEEP_VARIABLE)
GIVEN: Mapping[str, str] = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
"""What was set before the window started."""

THEMES = ("system", "light", "dark")
CACHE_NAME = "GAN Studio cache"
"""A chosen cache place gets a folder of this name, so that emptying it never meets files of others."""


def apply(settings: QSettings) -> None:
    """Let trainings and caches from now on know what is wished."""
    folder = str(settings.value("cache_folder", "") or "")
    memory = picture_gigabytes(settings)
    wished = {
        CACHE_VARIABLE: str(Path(folder) / CACHE_NAME) if folder else "",
        PICTURE_MEMORY_VARIABLE: str(memory << 30) if memory else "",
        MAY_SLEEP_VARIABLE: "" if keeps_awake(settings) else "1",
    }
    for name, value in {**wished, **GIVEN}.items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


def theme(settings: QSettings) -> str:
    """Which of the THEMES."""
    wish = str(settings.value("theme", THEMES[0]))
    return wish if wish in THEMES else THEMES[0]


def keeps_awake(settings: QSettings) -> bool:
    """Whether the computer must not go to sleep while something trains."""
    return bool(settings.value("keep_awake", True, type=bool))


def picture_gigabytes(settings: QSettings) -> int:
    """Memory for decoded pictures, in gigabytes; 0 leaves it to the trainer."""
    kept = str(settings.value("picture_gigabytes", 0))
    return int(kept) if kept.isdecimal() else 0

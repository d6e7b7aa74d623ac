"""Where GAN Studio's own files lie: in the folders that platformdirs would name.

Pictures, engine and window ask for them, and this floor knows the standard library only: two folders of three systems
are no reason to give that up.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal, TypeAlias, get_args

Kept: TypeAlias = Literal["thumbnails", "pictures", "looks", "shards", "histories"]
"""What is cached: small pictures for the window, decoded ones for training, what was seen of pictures, the held-out
pictures of shards, and the curves of trainings."""

CACHES: tuple[Kept, ...] = get_args(Kept)
CACHE_VARIABLE = "GANSTUDIO_CACHE"


def resources() -> Path:
    """The folder of icons, themes and the like: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def cache_folder() -> Path:
    """The folder of all caches, which may be deleted at any time: GANSTUDIO_CACHE, else the system's place for them.

    It need not be there yet.
    """
    if chosen := os.environ.get(CACHE_VARIABLE, ""):
        return Path(chosen).expanduser().absolute()
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "ganstudio" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "ganstudio"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "ganstudio"


def own_folder() -> Path:
    """The folder of what the window writes down about itself: its log and its reports. It need not be there yet."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "ganstudio"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "ganstudio"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "ganstudio"


def log_file() -> Path:
    """The window's log; older parts lie beside it as log.txt.1 and log.txt.2."""
    return own_folder() / "log.txt"


def cache(kept: Kept) -> Path:
    """The folder of one cache. Emptying the cache deletes these folders and nothing else beside them."""
    return cache_folder() / kept

"""A project or a run that was moved: pictures that were moved with it are found where they lie now.

A dropped zip is unpacked into its project, the sample lies in its own, and many keep pictures beside their projects. So
a file that names pictures says where it was written, and a place that is gone is looked for from where the file is now.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

HOME = "home"
"""The key under which a file says in which folder it was written."""

_ADDRESS = "file:"


def written(name: str) -> str:
    """A name as TOML can hold it: one that is not UTF-8 becomes a file: address with its bytes as %E9."""
    with contextlib.suppress(UnicodeEncodeError):
        name.encode()
        if not name.startswith(_ADDRESS):
            return name
    return _ADDRESS + quote_from_bytes(os.fsencode(name))


def read(text: str) -> str:
    """The name that `written` wrote."""
    return os.fsdecode(unquote_to_bytes(text.removeprefix(_ADDRESS))) if text.startswith(_ADDRESS) else text


def home_of(folder: Path) -> str:
    """A folder as files say it under HOME."""
    return written(str(folder.absolute()))


def followed(then: object, now: Path) -> Callable[[str], str]:
    """What finds a place that was named in a file in `then`, which lies in `now` today.

    A place that is there stays, and so does one that is not there from the new home either.
    """
    home = now.absolute()
    old = Path(read(then)) if isinstance(then, str) else home

    def follow(place: str) -> str:
        if old == home or os.path.lexists(place) or not Path(place).is_absolute():
            return place
        try:
            found = os.path.normpath(home / os.path.relpath(place, old))
        except ValueError:  # On another drive.
            return place
        return found if os.path.lexists(found) else place

    return follow

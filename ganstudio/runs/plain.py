"""Plain files: what lies in a folder of ours under the name of one may be a pipe, which would be waited for forever."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Literal


class NoFile(OSError):  # noqa: N818  As Unwritten.
    """Something that is no file has the name of one."""


def open_plain(path: Path, mode: Literal["rb", "wb"] = "rb") -> BinaryIO:
    """Open a file without waiting for anybody.

    Raises:
        NoFile: It is something else.
        OSError: It cannot be opened.
    """
    return open(path, mode, opener=_opened)  # That of paths takes no opener.


def read_plain(path: Path) -> bytes:
    """All that is in a file.

    Raises:
        OSError: As `open_plain`.
    """
    with open_plain(path) as file:
        return file.read()


def write_plain(path: Path, text: str) -> None:
    """Write a small file in place, for what is of no value tomorrow; all else is written by `writing`.

    Raises:
        OSError: As `open_plain`.
    """
    with open_plain(path, "wb") as file:
        file.write(text.encode())


def _opened(path: str, flags: int) -> int:
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):  # Folders are refused by `open`, in the system's words.
        return handle
    os.close(handle)
    raise NoFile(errno.EINVAL, "Not a file", path)

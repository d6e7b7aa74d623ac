"""Locks: one writer for a folder, and who that is. The system takes a lock back when its process dies."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganstudio.runs.plain import read_plain, write_plain
from ganstudio.runs.writing import Unwritten

LOCK = "lock"
HOLDER = "lock.holder"
GLANCE_SECONDS = 0.3  # Who only asks for the holder has the lock for less than that.


class Taken(ValueError):  # noqa: N818  It is a sentence, as all faults for people are.
    """Another process has the folder; the text is a sentence for people."""


@contextmanager
def held(folder: Path, refusal: str) -> Iterator[None]:
    """Hold `folder` for this process.

    Args:
        folder: Gets a file `lock`, and beside it `lock.holder`, which names the holder for people.
        refusal: What to say when another has it, with {} for who that is.

    Raises:
        Taken: Another has it.
        Unwritten: The folder cannot be written.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  It loads asyncio, a quarter of the window's start.

    # Not bound to a thread: whoever closes a generator may do so elsewhere.
    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=GLANCE_SECONDS, poll_interval=0.01)
    except Timeout as error:
        raise Taken(refusal.format(_name(folder))) from error
    except OSError as error:
        raise Unwritten(folder / LOCK, error) from error
    try:
        with suppress(OSError):  # A name is a courtesy.
            write_plain(folder / HOLDER, _me())
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def holder(folder: Path) -> str | None:
    """Who holds `folder` now, such as "process 4711 on studio since 21 November 14:05"; None when nobody does."""
    if not (folder / LOCK).exists():
        return None
    from filelock import FileLock, Timeout  # noqa: PLC0415  As above.

    lock = FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _name(folder)
    except OSError:  # A folder that cannot be written has no writer.
        return None
    lock.release()
    return None


def _me() -> str:
    since = time.strftime("%d %B %H:%M").lstrip("0")
    return f"process {os.getpid()} on {platform.node() or 'this computer'} since {since}"


def _name(folder: Path) -> str:
    try:
        return read_plain(folder / HOLDER).decode().strip() or "another GAN Studio"
    except (OSError, ValueError):
        return "another GAN Studio"

"""Writing that survives kills, power cuts and full disks: a file is there whole or not at all.

A file is written beside its name, flushed to the drive and renamed; then its folder is flushed, because a rename is
only an entry of the folder. A file that is being written is called `.ganstudio-….part`; what a kill leaves of it is
swept away when its folder is written again.
"""

from __future__ import annotations

import errno
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".ganstudio-{}.part"
CHUNK = 16 << 20  # Bytes in one call, so that a signal is answered in between.
BUSY = {5, 32, 33}  # Windows: a virus scanner or an indexer looks at the file just now …
BUSY_SECONDS = 2.5  # … and is done after a moment.

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR, errno.ESTALE}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF}


class Unwritten(OSError):  # noqa: N818  As Unreadable.
    """A file could not be written; the text is a sentence for people. What was there before is untouched."""

    def __init__(self, path: Path, error: OSError, size: int = 0) -> None:
        super().__init__(error.errno, _sentence(path, error, size))

    def __str__(self) -> str:
        return str(self.strerror)

    @property
    def full(self) -> bool:
        """Whether there was no room for it."""
        return self.errno in _FULL


def write_atomically(path: Path, data: bytes | Sequence[bytes | memoryview], *, verified: bool = False) -> None:
    """Replace `path` by `data` so that a reader, or a power cut, sees the old file or the new one, never a mixture.

    Args:
        path: Folders that are missing above it are made.
        data: The whole file, or its pieces one after another.
        verified: Read it back before it replaces what was there, from the drive itself where the system can.

    Raises:
        Unwritten: The disk is full, the folder is read-only, or the drive gives back something else.
    """
    part = path.with_name(PART.format(secrets.token_hex(6)))
    pieces = [data] if isinstance(data, bytes) else data
    try:
        _make_folder(path.parent)
        try:
            _write(part, pieces, verified=verified)
            _rename(part, path)
        except BaseException:
            _forget(part)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise Unwritten(path, error, sum(map(len, pieces))) from error


def try_folder(folder: Path) -> None:
    """Find out whether `folder` can be written, before hours of work go into what is to lie there; it is made.

    Raises:
        Unwritten: It cannot.
    """
    part = folder / PART.format(secrets.token_hex(6))
    try:
        _make_folder(folder)
        try:
            _write(part, (), verified=False)
        finally:
            _forget(part)
    except OSError as error:
        raise Unwritten(part, error) from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file open for writing and reading, which replaces `path` at the end as `write_atomically` does.

    What leaves the `with` by an exception leaves no file behind.

    Raises:
        Unwritten: The disk is full, or the folder is read-only.
    """
    part = path.with_name(PART.format(secrets.token_hex(6)))
    size = 0
    try:
        _make_folder(path.parent)
        try:
            with part.open("x+b") as file:
                yield file
                file.flush()
                size = file.seek(0, os.SEEK_END)
                _flush(file.fileno())
            _rename(part, path)
        except BaseException:
            _forget(part)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise Unwritten(path, error, size) from error


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file; one that a kill or a full disk cut off before it stays alone.

    Raises:
        Unwritten: It could not be written; nothing of it stays.
    """
    try:
        # Several may add at once, such as windows that steer.
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            end = os.lseek(handle, 0, os.SEEK_END)
            if end:
                os.lseek(handle, end - 1, os.SEEK_SET)
                line = line if os.read(handle, 1) == b"\n" else b"\n" + line
            try:
                _write_all(handle, line + b"\n")
            except OSError:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise Unwritten(path, error, len(line)) from error


def sweep(folder: Path) -> None:
    """Remove what killed writers left in `folder`. Only for the one who holds its lock."""
    for part in folder.glob(PART.format("*")):
        _forget(part)


def sync_folder(folder: Path) -> None:
    """Flush the entries of a folder to the drive."""
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable by itself.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:  # Some network drives have no such thing.
            raise
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def _write(path: Path, pieces: Sequence[bytes | memoryview], *, verified: bool) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        for piece in pieces:
            _write_all(handle, piece)
        _flush(handle)
        if verified:
            _verify(handle, pieces)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes | memoryview) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest[:CHUNK]) :]


def _flush(handle: int) -> None:
    """Flush a file to the drive. A failure is final: the system may have dropped what it could not write."""
    if sys.platform == "darwin":  # There fsync ends at the drive's own memory.
        import fcntl  # noqa: PLC0415  Windows has none.

        try:
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        except OSError:  # Network drives have only the other one.
            os.fsync(handle)
        return
    os.fsync(handle)


def _verify(handle: int, pieces: Sequence[bytes | memoryview]) -> None:
    if sys.platform == "linux":
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)  # So that the drive is read, not the memory before it.
    os.lseek(handle, 0, os.SEEK_SET)
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            read = os.read(handle, min(CHUNK, len(rest)))
            if not read or read != rest[: len(read)]:
                raise OSError(errno.EIO, "the drive gave back something else than was written")
            rest = rest[len(read) :]


def _rename(part: Path, path: Path) -> None:
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            part.replace(path)
        except OSError as error:
            if getattr(error, "winerror", None) not in BUSY or time.monotonic() >= until:
                raise
            time.sleep(0.05)
        else:
            return


def _forget(part: Path) -> None:
    """Remove a half-written file if that is possible; the next sweep tries again."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def _sentence(path: Path, error: OSError, size: int) -> str:
    what = f"{path.name} ({size / 1e6:.1f} MB)" if size > 1e5 else path.name
    if error.errno in _FULL:
        return f"The disk is full: {what} could not be written to {path.parent}. Make room there and continue."
    if error.errno == errno.EFBIG:
        return f"{what} is larger than a file may be in {path.parent}. Choose another disk."
    if error.errno in _FORBIDDEN:
        return f"{path.parent} cannot be written. Allow writing there, or choose another folder."
    if file := next((place for place in path.parents if place.exists() and not place.is_dir()), None):
        return f"{file} is a file, so that nothing can be written into it. Choose a folder."
    if error.errno in _GONE:
        return f"{path.parent} is gone. Bring it back, for instance by connecting its drive, and continue."
    return f"{path} could not be written: {error.strerror or error}. Check the drive and continue."

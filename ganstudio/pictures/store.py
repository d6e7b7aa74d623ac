"""Decoded pictures on disk, one file each, so that no picture is decoded twice at one scale.

What lies here can always be made again: any file, or all of them, may be deleted at any time, also while they are in
use. A picture is found by what it was decoded from, so a changed file is another picture. Its bytes are looked at
through a memory map of that one file, which is opened for each look and closed again: what has been looked at counts
as memory of nobody, a file that is gone or cut off is an error and no crash, and Windows lets it be deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import psutil

LIMIT_BYTES = 20 * 2**30  # Of the whole cache; the longest unused are deleted first.
SPARE_BYTES = 2 * 2**30  # Left free on the disk, for checkpoints.

_SIGN = b"GSP1"
_HEADER = struct.Struct("<4sIIII")  # Sign, channels, height, width, checksum of what follows.
_MOMENT = 64  # Files written between two looks at the free space.

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


class Store:
    """The decoded pictures of one folder.

    Safe to use from several threads, and by several programs at once.

    Args:
        folder: Where; it is made when it is first written to.
        limit: Most bytes of all files together.
        spare: Bytes to be left free on the disk.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT_BYTES, spare: int = SPARE_BYTES) -> None:
        self._folder, self._limit, self._spare = folder, limit, spare
        self._lock = threading.Lock()
        self._used: set[str] = set()
        self._free, self._until_look = 0, 0
        self._oldest, self._total = _listed(folder)

    def load(self, key: str) -> Pixels | None:
        """The picture of this key, checked against its checksum; None when it is not there or damaged."""
        path = self.path(key)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        if len(content) < _HEADER.size:
            return None
        sign, *shape, checksum = _HEADER.unpack_from(content)
        body = memoryview(content)[_HEADER.size :]
        if sign != _SIGN or len(body) != np.prod(shape) or zlib.crc32(body) != checksum:
            return None
        self._used.add(key)
        return np.frombuffer(body, np.uint8).reshape(shape)

    def keep(self, key: str, pixels: Pixels) -> bool:
        """Write a picture, whole or not at all; False when there is no room for it or the folder cannot be written."""
        needed = _HEADER.size + pixels.nbytes
        if not self._make_room(needed):
            return False
        path = self.path(key)
        # The name tells whose it is, so that what a killed program left behind is found.
        half = path.with_name(f"{key}.{os.getpid()}-{threading.get_ident()}.half")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with half.open("wb") as file:
                # Every byte is written, so that the disk has really given the space.
                file.write(_HEADER.pack(_SIGN, *pixels.shape, zlib.crc32(pixels.data)))
                file.write(pixels.data)
            half.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                half.unlink()
            with self._lock:
                self._total -= needed
            return False
        self._used.add(key)
        return True

    def look(self, key: str, shape: Sequence[int]) -> Pixels:
        """The picture of this key as a map of its file: what is not touched is not read.

        Raises:
            OSError: It is not there any more.
            ValueError: It is shorter than it was.
        """
        return np.memmap(self.path(key), np.uint8, "r", _HEADER.size, tuple(shape))

    def path(self, key: str) -> Path:
        """Where a picture lies or would lie."""
        return self._folder / key[:2] / f"{key}.pixels"

    def _make_room(self, needed: int) -> bool:
        """Count `needed` bytes in, and delete the longest unused until they fit."""
        with self._lock:
            if self._until_look <= 0:
                self._free, self._until_look = _free(self._folder), _MOMENT
            while self._oldest and (self._total + needed > self._limit or self._free - needed < self._spare):
                path, size = self._oldest.pop()
                if path.stem not in self._used:
                    self._total -= size
                    self._free += size
                    with contextlib.suppress(OSError):
                        path.unlink()
            if self._total + needed > self._limit or self._free - needed < self._spare:
                return False
            self._until_look -= 1
            self._total += needed
            self._free -= needed
            return True


def key_of(scale: str, paths: Sequence[Path]) -> str:
    """What a decoded picture is found by: how it is scaled, and which states of which files it comes from.

    Args:
        scale: Everything that decides how it is decoded.
        paths: Its files.

    Raises:
        OSError: A file is not there.
    """
    told = hashlib.sha256(scale.encode())
    for path in paths:
        found = path.stat()
        told.update(b"\0" + os.fsencode(path.absolute()) + f"\0{found.st_mtime_ns}\0{found.st_size}".encode())
    return told.hexdigest()[:32]


def _listed(folder: Path) -> tuple[list[tuple[Path, int]], int]:
    """(path, bytes) of every picture, the longest unused last, and all bytes; half-written files of the dead go."""
    found: list[tuple[float, Path, int]] = []
    with contextlib.suppress(OSError):
        for shelf in folder.iterdir():
            with contextlib.suppress(OSError), os.scandir(shelf) as entries:
                for entry in entries:
                    path, facts = Path(entry.path), entry.stat()
                    if path.suffix == ".pixels":
                        found.append((facts.st_mtime, path, facts.st_size))
                    elif path.suffix == ".half" and _is_left_behind(path, facts.st_mtime):
                        path.unlink()
    found.sort(reverse=True)
    return [(path, size) for _, path, size in found], sum(size for *_, size in found)


def _is_left_behind(half: Path, written: float) -> bool:
    """Whether nobody writes on: its program ended, or it is older than a day and the number is another's by now."""
    number = half.suffixes[-2].lstrip(".").partition("-")[0] if len(half.suffixes) > 1 else ""
    return not number.isdecimal() or not psutil.pid_exists(int(number)) or time.time() - written > 86400


def _free(folder: Path) -> int:
    """Free bytes on the disk of a folder that need not be there yet."""
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
    try:
        return shutil.disk_usage(there).free
    except OSError:
        return 0

"""Thumbnails on disk, so that a folder seen once shows at once; bounded, and safe to delete at any time.

A file's name says of which picture it is and when that was written, so that a changed picture has another one. They are
small JPEGs written by us; whatever is wrong with one makes it no worse than missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from pathlib import Path

from PIL import Image

LIMIT_BYTES = 512 << 20
"""All of them together; about 60,000 pictures."""

KEPT_SHARE = 0.8
QUALITY = 88
VERSION = 1
SECONDS_A_DAY = 86_400


class ThumbnailFiles:
    """One folder of thumbnails; every method may be called from any thread and none raises for the disk's sake.

    Args:
        folder: Where they lie; made when the first is written.
        kind: What they are like ("192 square"); other kinds have other files.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder, self._kind = folder, kind
        self._written = 0
        self._lock = threading.Lock()

    def place(self, path: Path) -> Path | None:
        """Where the thumbnail of the picture as it is now lies, or would lie; None when the picture is not there."""
        try:
            found = path.stat()
        except OSError:
            return None
        said = f"{VERSION}|{self._kind}|{found.st_mtime_ns}|{found.st_size}|{path}"
        name = hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self._folder / name[:2] / f"{name}.jpg"

    def read(self, place: Path) -> Image.Image | None:
        """The thumbnail; None when it is not there or damaged."""
        try:
            with Image.open(place, formats=("JPEG",)) as image:
                picture = image.convert("RGB")
            if time.time() - place.stat().st_mtime > SECONDS_A_DAY:
                os.utime(place)  # What is looked at stays longest.
        except (OSError, ValueError, SyntaxError):
            return None
        return picture

    def write(self, place: Path, picture: Image.Image) -> None:
        """Keep a thumbnail; a disk that is full or read-only keeps none."""
        passing = place.with_name(f"{place.stem}.{threading.get_ident()}.tmp")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            picture.save(passing, "JPEG", quality=QUALITY, subsampling=0)
            passing.replace(place)
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                passing.unlink(missing_ok=True)
            return
        with self._lock:
            # A first one looks at what earlier sessions left.
            self._written += 1
            due = self._written % 2000 == 1
        if due:
            self.prune()

    def prune(self, limit: int | None = None) -> None:
        """Delete those not looked at for longest until they take `KEPT_SHARE` of the limit, once they exceed it."""
        limit = LIMIT_BYTES if limit is None else limit
        found: list[tuple[float, int, Path]] = []
        for place in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                there = place.stat()
                found.append((there.st_mtime, there.st_size, place))
        total = sum(size for _, size, _ in found)
        if total <= limit:
            return
        for _, size, place in sorted(found):
            if total <= KEPT_SHARE * limit:
                break
            with contextlib.suppress(OSError):
                place.unlink()
                total -= size

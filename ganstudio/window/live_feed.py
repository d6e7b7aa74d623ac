"""Feed: a thread of its own that looks through a camera or at a film and leaves the newest frame for who wants it.

It is no job of a worker: a camera that hangs must not hold up what else is read, nor a window that closes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ganstudio.pictures.films.shot import Shot
from ganstudio.window.worker import sentence
from ganstudio.words.newest import Newest

Frames: TypeAlias = Generator[NDArray[np.uint8] | None, None, None]

PATIENCE = 2.0
"""Seconds that a camera may take to let go; one that hangs is left to its thread, which ends with the program."""

log = logging.getLogger(__name__)


class Feed(QObject):
    """One camera or film, from `begin` to `stop` or its end.

    Args:
        frames: Opens it, in the thread; closing the generator lets it go.
        mirrored: Whether left and right are swapped, as in a mirror; may be changed at any time.

    Attributes:
        after: Another feed that has to let go first; it may be of the same camera.
        newest: Where the newest frame lies until it is taken.
        last: The frame that came last, also when it was taken; None before the first.

    Signals:
        ended: This feed was let go, and not because of `stop`: a sentence says why, empty when there is nothing more.
    """

    ended = Signal(object, str)

    def __init__(self, frames: Callable[[], Frames], *, mirrored: bool = False) -> None:
        super().__init__()
        self.mirrored = mirrored
        self.newest: Newest[Shot] = Newest()
        self.last: Shot | None = None
        self.after: Feed | None = None
        self._frames = frames
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    @property
    def active(self) -> bool:
        """Whether the camera or film is open."""
        return self._thread.is_alive()

    def begin(self) -> None:
        """Look."""
        self._thread.start()

    def stop(self) -> None:
        """Let go after the frame in hand; returns at once."""
        self._unwanted.set()

    def wait(self) -> None:
        """Until it has let go, or for as long as one has patience."""
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        if self._thread.is_alive():
            log.warning("A camera does not let go")

    # In its thread

    def _run(self) -> None:
        reason = ""
        if self.after is not None:
            self.after.wait()
            self.after = None
        try:
            with contextlib.closing(self._frames()) as frames:
                for pixels in frames:
                    if self._unwanted.is_set():
                        break
                    if pixels is not None:
                        seen = np.ascontiguousarray(pixels[:, ::-1]) if self.mirrored else pixels
                        self.last = Shot(seen, time.monotonic())
                        self.newest.put(self.last)
        except Exception as error:  # noqa: BLE001  As in a worker: whatever happens becomes a sentence.
            reason = sentence(error)
        self.newest.clear()
        self.last = None
        if not self._unwanted.is_set():
            self.ended.emit(self, reason)

"""What runs while one looks: a feed in its thread, and a job in the worker that translates its newest frame."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.pictures.films.shot import Shot
from ganstudio.window.live_feed import Feed
from ganstudio.window.pages.translate_live_work import Came, Seen, Source, showing
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest
from ganstudio.words.routes import Route


class Stage(QObject):
    """One source through one route of one model at a time.

    Attributes:
        look: How much of the translation is wanted, from the next frame on. The worker's thread reads it.
        feed: The camera or film that is open, or was last.
        seen: What was seen last; None until the model is there.

    Signals:
        came: `seen` is another.
        ended: It ended by itself: the reason, empty when there is nothing more to be seen.
    """

    came = Signal()
    ended = Signal(str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self.look = Look()
        self.feed: Feed | None = None
        self.seen: Seen | None = None
        self._studio = studio
        self._job: int | None = None
        self._place: Newest[Seen] = Newest()
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._translated)
        studio.closing.connect(self._close)

    @property
    def active(self) -> bool:
        """Whether a camera or film is open, or still lets go."""
        return self.feed is not None and self.feed.active

    @property
    def last(self) -> Shot | None:
        """The frame that came last, translated or not."""
        return self.feed.last if self.feed is not None else None

    def open(self, source: Source) -> None:
        """Look at this; what was looked at before lets go first."""
        self.stop()
        before, self.feed = self.feed, Feed(source.frames, mirrored=source.mirrored)
        self.feed.after = before
        self.feed.ended.connect(self._over)
        self.feed.begin()

    def translate(self, model: Path | None, route: Route | None) -> None:
        """Show it through this route of this model from now on."""
        self._cancel()
        feed = self.feed
        if feed is not None and model is not None and route is not None:
            place = self._place = Newest()
            device, title = self._studio.device, route.title
            self._job = self._studio.worker.begin(
                lambda: showing(model, title, feed.newest, lambda: self.look, place, device=device)
            )

    def mirror(self, *, on: bool) -> None:
        """Swap left and right, or not, from the next frame on."""
        if self.feed is not None:
            self.feed.mirrored = on

    def stop(self) -> None:
        """Let it go; returns at once."""
        if self.feed is not None:
            self.feed.stop()
        self._cancel()
        self.seen = None

    def _cancel(self) -> None:
        if self._job is not None:
            self._studio.worker.cancel(self._job)
            self._job = None

    @Slot()
    def _close(self) -> None:
        self.stop()
        if self.feed is not None:
            self.feed.wait()

    @Slot(object, str)
    def _over(self, feed: Feed, reason: str) -> None:
        if feed is self.feed:
            self.stop()
            self.ended.emit(reason)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        # Of several that came while the window was busy, the first to be told of shows the newest.
        if job == self._job and isinstance(event, Came) and (seen := self._place.take()) is not None:
            self.seen = seen
            self.came.emit()

    @Slot(int, object)
    def _translated(self, job: int, result: object) -> None:
        if job == self._job:
            self._job = None
            if isinstance(result, Failed):
                self.stop()
                self.ended.emit(result.message)

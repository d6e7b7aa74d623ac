"""The account of a batch: what became of each file, in order, and what a format could not hold, said once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from ganstudio.engine.translating.listening import heard
from ganstudio.engine.translating.pace import Pace
from ganstudio.pictures.writing import encoding
from ganstudio.pictures.writing.painted import Loss
from ganstudio.words.events import Event, Made, Skipped, Warned
from ganstudio.words.works import Work

_SENTENCES = {
    "transparency": "no transparency: such pictures are laid on white. Choose PNG, WebP, AVIF or TIFF to keep it.",
    "depth": "8 bits a channel: of 16, the finest are rounded away. Choose PNG, TIFF or AVIF to keep them.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file."""

    event: Made | Skipped
    loss: Loss = field(default_factory=Loss)


class Account:
    """What has been said of a batch."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.made, self.done, self.reason = 0, 0, ""
        self._lost = Loss()
        self._last = time.perf_counter()

    def tell(self, result: Result) -> Work[None]:
        """Say what became of a file."""
        for event in self._events(result):
            yield from heard(event)

    def rest(self, result: Result) -> Work[None]:
        """The same to who has asked for the end already."""
        for event in self._events(result):  # noqa: UP028  Who asks for the end again cannot send that to a list.
            yield event

    def _events(self, result: Result) -> list[Event]:
        event, now = result.event, time.perf_counter()
        self.done += 1
        if isinstance(event, Skipped):
            self.reason = self.reason or event.reason
        else:
            self.made += 1
            if not event.kept:
                self.pace.took(now - self._last)
        self._last = now
        return [event, *self._warnings(result), self.pace.progress(self.done)]

    def _warnings(self, result: Result) -> list[Event]:
        """What a format cannot hold, said once for all files."""
        found: list[Event] = []
        for name, sentence in _SENTENCES.items():
            if getattr(result.loss, name) and not getattr(self._lost, name):
                self._lost = replace(self._lost, **{name: True})
                kind = encoding.SUFFIXES[Path(result.event.path).suffix.lower()]
                found.append(Warned(f"{kind} holds {sentence}"))
        return found

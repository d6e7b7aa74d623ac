"""Many files through one translator: folders translated, classified, or filled with new pictures."""

from __future__ import annotations

import errno
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from ganstudio.engine.translator import Translator
from ganstudio.engine.wishes import wish
from ganstudio.pictures import folders, frames
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Command, Event, Finished, Made, Progress, Skipped, Stop, Told
from ganstudio.words.look import Look
from ganstudio.words.routes import Route

RECENT = 20  # Pictures whose time tells how long the rest will take.

# Faults of the place rather than of one file: the next picture would meet them too.
_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}


def translate_files(
    translator: Translator, route: Route, inputs: Iterable[Path], out: Path, *, strength: float = 1.0
) -> Generator[Event, Command | None, None]:
    """Translate pictures and whole folders into `out`; names and subfolders stay.

    Yields:
        Progress; Made for each picture; Skipped for each file that could not be used; Finished.

    Raises:
        ValueError: Nothing could be read, or nothing could be translated; the message says why.
        OSError: `out` is full or cannot be written.
    """
    yield from _each(
        inputs, lambda frame: _translated(translator, route, frame, out, strength), "translating", "translated"
    )


def generate_files(
    translator: Translator,
    route: Route,
    out: Path,
    *,
    count: int,
    label: str | None = None,
    text: str | None = None,
    seed: int = 0,
    towards: int | None = None,
) -> Generator[Event, Command | None, None]:
    """Make `count` new pictures in `out`; without a label, of each class in turn.

    Args:
        translator: The model.
        route: A generating route of it.
        out: Where the pictures go.
        count: How many.
        label: The class asked for.
        text: The caption asked for.
        seed: Which pictures.
        towards: Another seed; the pictures are then the way from the one to the other.

    Yields:
        Progress; Made for each picture; Finished.

    Raises:
        ValueError: `count` below 1, a route of another kind, no such label, or a missing or unknown caption.
        OSError: `out` is full or cannot be written.
    """
    if count < 1:
        raise ValueError(f"The number of pictures must be at least 1, not {count}.")
    pace = _Pace(count, "generating")
    yield pace.progress(0)
    for index in range(count):
        began = time.perf_counter()
        if towards is None:
            picture = translator.generate(route, seed, label, text=text, index=index)
            name = f"{wish(route, label, text, index).name}-{seed}"
        else:
            picture = translator.between(route, (seed, towards), index / max(1, count - 1), label, text=text)
            name = f"{wish(route, label, text, 0).name}-{seed}-{towards}"
        path = frames.save(
            picture, out / f"{_plain(name)}-{index:04d}.png", note=f"{translator.card.name}, {route.title}"
        )
        seconds = time.perf_counter() - began
        pace.took(seconds)
        stopped = (yield Made(str(path), seconds=seconds)) == Stop()
        stopped = (yield pace.progress(index + 1)) == Stop() or stopped
        if stopped:
            yield Finished(index + 1, "stopped")
            return
    yield Finished(count)


def classify_files(
    translator: Translator, route: Route, inputs: Iterable[Path], out: Path | None = None
) -> Generator[Event, Command | None, None]:
    """Tell the class of pictures and whole folders; with `out`, copy each into the folder of its class there.

    Yields:
        Progress; Told for each picture; Skipped for each file that could not be used; Finished.

    Raises:
        ValueError: Nothing could be read.
        OSError: `out` is full or cannot be written.
    """
    yield from _each(inputs, lambda frame: _told(translator, route, frame, out), "classifying", "classified")


def _each(
    inputs: Iterable[Path], work: Callable[[frames.Frame], Made | Told | Skipped], doing: str, done: str
) -> Generator[Event, Command | None, None]:
    """Do `work` on every picture of `inputs`; what could not be read is passed on with its reason."""
    inputs = list(inputs)
    pace = _Pace(sum(1 for _ in folders.find(inputs)), doing)
    made, reason = 0, ""
    yield pace.progress(0)
    for number, frame in enumerate(frames.frames(inputs), start=1):
        began = time.perf_counter()
        event = frame if isinstance(frame, Skipped) else work(frame)
        if isinstance(event, Skipped):
            reason = reason or event.reason
        else:
            made += 1
            pace.took(time.perf_counter() - began)
        stopped = (yield event) == Stop()
        stopped = (yield pace.progress(number)) == Stop() or stopped
        if stopped:
            yield Finished(made, "stopped")
            return
    if not made:
        where = ", ".join(str(path) for path in inputs)
        why = f" ({reason.rstrip('.')})" if reason else ""
        raise ValueError(f"No picture in {where} could be {done}{why}. Choose .png, .jpg or .webp pictures.")
    yield Finished(made)


def _told(translator: Translator, route: Route, frame: frames.Frame, out: Path | None) -> Told | Skipped:
    try:
        shares = translator.classify(frame.picture, route)
    except ValueError as error:
        return Skipped(str(frame.path), str(error))
    shares = dict(sorted(shares.items(), key=lambda share: -share[1]))
    label = next(iter(shares))
    path = ""
    if out is not None:
        target = frames.target_for(frame, out / _plain(label), frame.path.suffix)
        write_atomically(target, frame.path.read_bytes())
        path = str(target)
    return Told(str(frame.path), label, shares, path)


class _Pace:
    """How fast it goes of late, and how long it will still take."""

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._began = time.perf_counter()

    def took(self, seconds: float) -> None:
        """One more picture was made, in so many seconds."""
        self._recent.append(seconds)

    def progress(self, done: int) -> Progress:
        """Where it stands."""
        each = sum(self._recent) / len(self._recent) if self._recent else None
        return Progress(
            done=done,
            total=self._total,
            what=self._what,
            seconds=time.perf_counter() - self._began,
            eta_seconds=each * (self._total - done) if each is not None else None,
            per_second=1 / each if each else None,
        )


def _translated(
    translator: Translator, route: Route, frame: frames.Frame, out: Path, strength: float
) -> Made | Skipped:
    began = time.perf_counter()
    try:
        picture = translator.translate(frame.picture, route, Look(strength=strength))
        path = frames.save(picture, frames.target_for(frame, out), frame, note=f"{translator.card.name}, {route.title}")
    except ValueError as error:
        return Skipped(str(frame.path), str(error))
    except OSError as error:
        if error.errno in _PLACE:
            raise
        return Skipped(str(frame.path), f"Could not be written: {error.strerror or error}.")
    return Made(str(path), str(frame.path), time.perf_counter() - began)


def _plain(name: str) -> str:
    """A label as part of a file name; labels of a foreign model may hold anything."""
    return re.sub(r"[^\w -]", "_", name).strip()[:80] or "picture"

"""Pictures told apart by a classifier, and sorted into folders of their classes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ganstudio.engine.translating.pace import Pace
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.writing.naming import plain, target_for
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Finished, Skipped, Stop, Told
from ganstudio.words.routes import Route
from ganstudio.words.works import Work


def classify_files(translator: Translator, route: Route, inputs: Iterable[Path], out: Path | None = None) -> Work[None]:
    """Tell the class of pictures and whole folders; with `out`, copy each into the folder of its class there.

    Yields:
        Progress; Told for each picture; Skipped for each file that could not be used; Finished.

    Raises:
        ValueError: Nothing could be read.
        OSError: `out` is full or cannot be written.
    """
    inputs = list(inputs)
    entries = frames.places(inputs, out=out, classes=frozenset(map(plain, route.answers)))
    pace = Pace(len(entries), "classifying")
    told, reason = 0, ""
    yield pace.progress(0)
    for number, entry in enumerate(entries, start=1):
        began = time.perf_counter()
        frame = entry if isinstance(entry, Skipped) else frames.frame_of(entry)
        event = frame if isinstance(frame, Skipped) else _told(translator, route, frame, out)
        if isinstance(event, Skipped):
            reason = reason or event.reason
        else:
            told += 1
            pace.took(time.perf_counter() - began)
        stopped = (yield event) == Stop()
        stopped = (yield pace.progress(number)) == Stop() or stopped
        if stopped:
            yield Finished(told, "stopped")
            return
    if not told:
        raise ValueError(frames.nothing(inputs, "classified", reason))
    yield Finished(told)


def _told(translator: Translator, route: Route, frame: frames.Frame, out: Path | None) -> Told | Skipped:
    try:
        shares = translator.classify(frame.picture, route)
    except ValueError as error:
        return Skipped(str(frame.path), str(error))
    shares = dict(sorted(shares.items(), key=lambda share: -share[1]))
    label = next(iter(shares))
    path = ""
    if out is not None:
        target = target_for(frame, out / plain(label), frame.path.suffix)
        write_atomically(target, frame.path.read_bytes())
        path = str(target)
    return Told(str(frame.path), label, shares, path)

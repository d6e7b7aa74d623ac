"""A folder filled with new pictures."""

from __future__ import annotations

import time
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path

from ganstudio.engine.models.asking import ask
from ganstudio.engine.translating.pace import Pace
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.writing.naming import plain
from ganstudio.words.events import Command, Event, Finished, Made, Stop
from ganstudio.words.making import Making
from ganstudio.words.routes import Route


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
    pace = Pace(count, "generating")
    yield pace.progress(0)
    for index in range(count):
        began = time.perf_counter()
        if towards is None:
            asked, way = ask(route, label, text, index), f"{seed}"
            picture = translator.generate(route, seed, label, text=text, index=index)
        else:
            asked, way = ask(route, label, text, 0), f"{seed}-{towards}"
            picture = translator.between(route, (seed, towards), index / max(1, count - 1), label, text=text)
        made = Making(
            translator.card.name,
            translator.seal,
            route.title,
            seed=f"{way}, number {index}",
            asked=asked.name,
            version=version("ganstudio"),
            made=time.time(),
        )
        target = out / f"{plain(f'{asked.name}-{way}')}-{index:04d}.png"
        path = frames.save(picture, target, note=f"{translator.card.name}, {route.title}", recipe=made)
        seconds = time.perf_counter() - began
        pace.took(seconds)
        stopped = (yield Made(str(path), seconds=seconds)) == Stop()
        stopped = (yield pace.progress(index + 1)) == Stop() or stopped
        if stopped:
            yield Finished(index + 1, "stopped")
            return
    yield Finished(count)

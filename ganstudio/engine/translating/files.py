"""Folder in, folder out: many files through one translator, read ahead, translated, written behind.

The outputs themselves are the truth about what is done: each carries how it was made, so a batch that was killed goes
on where it was, without a list beside it that could say something else.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from ganstudio.engine.devices import cpu_cores
from ganstudio.engine.ranks import Lost
from ganstudio.engine.translating.account import Account, Result
from ganstudio.engine.translating.conveyor import Behind
from ganstudio.engine.translating.darkroom import Darkroom
from ganstudio.engine.translating.line import Line, settling
from ganstudio.engine.translating.listening import StopAsked, heard
from ganstudio.engine.translating.pace import Pace
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.order import Order
from ganstudio.pictures.writing.naming import Naming, Place, family, identity
from ganstudio.runs import locks
from ganstudio.runs.writing import sweep, try_folder
from ganstudio.words.events import Finished, Skipped
from ganstudio.words.films import VIDEOS
from ganstudio.words.places import cache_folder
from ganstudio.words.ranks import ALONE, Rank
from ganstudio.words.routes import Route
from ganstudio.words.works import Work


def translate_files(
    translator: Translator,
    route: Route,
    inputs: Iterable[Path],
    out: Path,
    order: Order | None = None,
    *,
    rank: Rank = ALONE,
) -> Work[None]:
    """Translate pictures and whole folders into `out`; names and subfolders stay.

    What is there already, made of the same original in the same way, is kept; what was made in another way is replaced;
    a file that GAN Studio did not make is never touched.

    Args:
        translator: What translates.
        route: Which way.
        inputs: Pictures and folders.
        out: Where to.
        order: How.
        rank: Which of several processes this is that share the files out; each takes its own without a word to others.

    Yields:
        Progress; Made for each picture; Skipped for each file that could not be used; Advanced within pictures that
        take long; Warned for what a format cannot hold; Finished. None while it waits for a disk: a chance to stop.

    Raises:
        ValueError: Nothing could be read, or nothing could be translated; the message says why. No such mask.
        OSError: `out` is full or cannot be written.
    """
    inputs, order = list(inputs), order or Order()
    everyones = frames.places(inputs, VIDEOS if order.film else frozenset(), out)
    entries = [entry for entry in everyones if _is_for(entry, order.naming, rank)]
    if not all(isinstance(entry, Skipped) for entry in entries):
        try_folder(out)
    with ExitStack() as stack:
        room = Darkroom(translator, route, out, order, sweeping=_alone(out, rank, stack))
        line = Line(room, entries, stack, cores=max(1, cpu_cores() // rank.count))
        told = Account(Pace(len(entries), "translating"))
        try:
            yield from heard(told.pace.progress(0))
            yield from line.run(told)
        except StopAsked:
            for result in line.end():
                yield from told.rest(result)
            yield Finished(told.made, "stopped")
            return
    if not told.made and (rank.count == 1 or not everyones):
        raise ValueError(frames.nothing(inputs, "translated", told.reason))
    yield Finished(told.made)


def translate_file(
    translator: Translator, route: Route, file: Path, target: Path, order: Order | None = None
) -> Work[None]:
    """Translate one picture into `target`, which is replaced; what the order says of names does not count.

    Yields:
        Progress, Advanced, Warned and Made as `translate_files`; Finished.

    Raises:
        ValueError: It cannot be read, translated, or written as this suffix, or `target` is the original itself; the
            message says why.
        OSError: The disk is full, the folder is read-only.
    """
    if identity(file) == identity(target):
        raise ValueError(f"{file} is the original picture. Choose another name.")
    room = Darkroom(translator, route, target.parent, order or Order(), sweeping=False)
    told = Account(Pace(1, "translating"))
    with Behind[Result]() as behind:
        try:
            yield from heard(told.pace.progress(0))
            found = room.aimed(frames.places([file])[0], target)
            if not isinstance(found, Skipped):
                try_folder(target.parent)
            written = found if isinstance(found, Skipped) else (yield from room.painted(found))
            if isinstance(written, Skipped):
                raise ValueError(written.reason)  # noqa: TRY004  It is about a file.
            behind.put(behind.slot(), written)
            while not behind.empty:
                yield from settling(behind, told)
        except StopAsked:
            behind.end()
            yield Finished(told.made, "stopped")
            return
    if not told.made:
        raise ValueError(told.reason)
    yield Finished(told.made)


@contextmanager
def tidied(out: Path, rank: Rank) -> Iterator[None]:
    """Let several processes fill `out` in the block, which ends for all at once.

    The first then clears up after killed ones, which none may while others write, or might.
    """
    try:
        yield
    finally:
        ended = not isinstance(sys.exception(), (KeyboardInterrupt, Lost))
        with ExitStack() as stack:
            if rank.leads and ended and _alone(out, ALONE, stack):
                for place, _, _ in os.walk(out):
                    sweep(Path(place))


def _is_for(entry: Place | Skipped, naming: Naming, rank: Rank) -> bool:
    """Whether a file is this process's; that hangs on its name alone, so that a folder that grows misleads nobody."""
    return rank.takes(entry.path if isinstance(entry, Skipped) else family(entry.relative, naming, entry.number))


def _alone(out: Path, rank: Rank, stack: ExitStack) -> bool:
    """Whether no other batch writes into `out`; then what killed ones left there may be swept away."""
    if rank.count > 1:
        return False
    folder = cache_folder() / "batches" / sha256(identity(out).encode(errors="replace")).hexdigest()[:16]
    with suppress(locks.Taken, OSError):
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(locks.held(folder, "{}"))
        return True
    return False

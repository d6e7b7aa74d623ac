"""Sets in, folder out: shards beside files and folders, unpacked one at a time and never all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.listening import StopAsked, Work, heard
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.order import Order
from ganstudio.pictures.shards.naming import holds_shards, shards_of
from ganstudio.pictures.shards.unpacking import room, unpack
from ganstudio.words.events import Advanced, Command, Event, Finished, Made, Skipped
from ganstudio.words.ranks import ALONE, Rank
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Route


def translate_sets(
    translator: Translator,
    route: Route,
    inputs: Iterable[Path],
    out: Path,
    order: Order | None = None,
    *,
    rank: Rank = ALONE,
) -> Work[None]:
    """`translate_files`, where an input may also be a shard, a pattern of shards, or a folder of them.

    The pictures of shards are named by their keys. What was made of them is kept as of files, until the shard is
    written anew.
    """
    inputs = list(inputs)
    files, shards = _apart(inputs)
    if not shards:
        yield from translate_files(translator, route, files, out, order, rank=rank)
        return
    batch = _Batch()
    if files:
        yield from batch.passed(translate_files(translator, route, files, out, order, rank=rank), {})
    try:
        for shard in shards:
            if batch.stopped:
                break
            with room() as place:
                names = yield from batch.unpacked(shard, place)
                if names:
                    job = translate_files(translator, route, [place], out, order, rank=rank)
                    yield from batch.passed(job, names)
    except StopAsked:
        batch.stopped = True
    if not batch.made and not batch.stopped and rank.count == 1:
        raise ValueError(frames.nothing(inputs, "translated", batch.reason))
    yield Finished(batch.made, "stopped" if batch.stopped else "done")


class _Batch:
    """What several jobs made together."""

    def __init__(self) -> None:
        self.made = 0
        self.stopped = False
        self.reason = ""

    def unpacked(self, shard: Path, place: Path) -> Work[Mapping[str, Path]]:
        """The files of a shard, and what they are called; none where it cannot be read at all."""
        if not shard.is_file():
            yield from heard(self._noted(Skipped(str(shard), "The shard is not there.")))
            return {}
        unpacking = unpack(shard, place)
        while True:
            try:
                event = next(unpacking)
            except StopIteration as end:
                names: Mapping[str, Path] = end.value
                return names
            yield from heard(self._noted(event))

    def passed(self, job: Work[None], names: Mapping[str, Path]) -> Work[None]:
        """Let a job run, with its files called as `names` has them, and its end counted instead of told."""
        command: Command | None = None
        with closing(job):
            while True:
                try:
                    event = job.send(command)
                except StopIteration:
                    return
                except ValueError:
                    if not self.reason:
                        raise
                    return  # None of these could be; others may.
                if isinstance(event, Finished):
                    self.made += event.step
                    self.stopped = event.reason == "stopped"
                    command = None
                    continue
                command = yield self._noted(_called(event, names))

    def _noted(self, event: Event | None) -> Event | None:
        if isinstance(event, Skipped):
            self.reason = self.reason or event.reason
        return event


def _apart(inputs: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Files and folders, and the shards among them."""
    files: list[Path] = []
    shards: list[Path] = []
    for place in inputs:
        domain = Domain(place.name, (str(place),))
        if holds_shards(domain):
            shards += shards_of(domain)
        else:
            files.append(place)
    return files, shards


def _called(event: Event | None, names: Mapping[str, Path]) -> Event | None:
    """The event with the name that people know."""
    if isinstance(event, Made) and event.source in names:
        return replace(event, source=str(names[event.source]))
    if isinstance(event, (Skipped, Advanced)) and event.path in names:
        return replace(event, path=str(names[event.path]))
    return event

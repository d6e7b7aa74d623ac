"""Shards beside files and folders, translated or told apart: unpacked one at a time and never all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePath

from ganstudio.engine.translating.classifying import classify_files
from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.listening import StopAsked, heard
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.names import Names
from ganstudio.pictures.order import Order
from ganstudio.pictures.shards.naming import holds_shards, shards_of
from ganstudio.pictures.shards.unpacking import room, unpack
from ganstudio.pictures.writing.naming import PLAIN, family
from ganstudio.words.events import Advanced, Command, Event, Finished, Made, Progress, Skipped, Told
from ganstudio.words.ranks import ALONE, Rank
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Route
from ganstudio.words.works import Work


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

    def job(places: Sequence[Path]) -> Work[None]:
        return translate_files(translator, route, places, out, order, rank=rank)

    naming = order.naming if order else PLAIN

    def wanted(name: PurePath) -> bool:
        # A number counts all that come before, which must be there to be counted.
        return naming.numbers or rank.takes(family(name, naming))

    # Where several processes share the work, one may have nothing to do. Keys that come twice are numbered as files.
    yield from _one_by_one(list(inputs), _Batch(job, "translated", wanted, may_be_idle=rank.count > 1), None)


def classify_sets(translator: Translator, route: Route, inputs: Iterable[Path], out: Path | None = None) -> Work[None]:
    """`classify_files`, where an input may also be a shard, a pattern of shards, or a folder of them."""

    def job(places: Sequence[Path]) -> Work[None]:
        return classify_files(translator, route, places, out)

    yield from _one_by_one(list(inputs), _Batch(job, "classified"), Names())


def _one_by_one(inputs: Sequence[Path], batch: _Batch, names: Names | None) -> Work[None]:
    """Files together, then shard by shard; `names` are shared by all shards, where no two may have the same."""
    files, shards = _apart(inputs)
    if not shards:
        yield from batch.job(files)
        return
    if files:
        yield from batch.passed(files, {})
    batch.shards = len(shards)
    try:
        for shard in shards:
            if batch.stopped:
                break
            with room() as place:
                called = yield from batch.unpacked(shard, place, names)
                if called:
                    yield from batch.passed([place], called)
            batch.shards -= 1
    except StopAsked:
        batch.stopped = True
    if not batch.made and not batch.stopped and not batch.may_be_idle:
        raise ValueError(frames.nothing(inputs, batch.done, batch.reason))
    yield Finished(batch.made, "stopped" if batch.stopped else "done")


class _Batch:
    """What several jobs made together.

    Args:
        job: What is done with files and folders.
        done: The same as a word, such as "translated".
        wanted: Whether what has this name is to be done here; what is wrong with others is for others to say.
        may_be_idle: Whether nothing made is no fault.
    """

    def __init__(
        self,
        job: Callable[[Sequence[Path]], Work[None]],
        done: str,
        wanted: Callable[[PurePath], bool] = lambda _: True,
        *,
        may_be_idle: bool = False,
    ) -> None:
        self.job, self.done, self.may_be_idle = job, done, may_be_idle
        self._wanted = wanted
        self.shards = 0
        """How many are still to be done, with the one in hand."""
        self.made = 0
        self.stopped = False
        self.reason = ""
        self._behind = 0

    def unpacked(self, shard: Path, place: Path, names: Names | None) -> Work[Mapping[str, Path]]:
        """The files of a shard, and what they are called; none where it cannot be read at all."""
        if not shard.is_file():
            if self._wanted(shard):
                yield from heard(self._noted(Skipped(str(shard), "The shard is not there.")))
            return {}
        unpacking = unpack(shard, place, names=names, wanted=self._wanted)
        while True:
            try:
                event = next(unpacking)
            except StopIteration as end:
                called: Mapping[str, Path] = end.value
                return called
            yield from heard(self._noted(event))

    def passed(self, places: Sequence[Path], names: Mapping[str, Path]) -> Work[None]:
        """Let the job run, with its files called as `names` has them, and its end counted instead of told."""
        command: Command | None = None
        total = 0
        with closing(self.job(places)) as job:
            while True:
                try:
                    event = job.send(command)
                except StopIteration:
                    break
                except ValueError:
                    if not self.reason:
                        raise
                    break  # None of these could be; others may.
                if isinstance(event, Finished):
                    self.made += event.step
                    self.stopped = event.reason == "stopped"
                    command = None
                    continue
                if isinstance(event, Progress):
                    total = event.total
                    event = self._of_all(event)
                command = yield self._noted(_called(event, names))
        self._behind += total

    def _of_all(self, progress: Progress) -> Progress:
        """How far all of it is, if the shards to come hold as many as the one in hand."""
        to_come = max(0, self.shards - 1) * progress.total
        eta = progress.eta_seconds
        if eta is not None and progress.per_second:
            eta += to_come / progress.per_second
        return replace(
            progress,
            done=self._behind + progress.done,
            total=self._behind + progress.total + to_come,
            eta_seconds=eta,
        )

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
    if isinstance(event, (Made, Told)) and event.source in names:
        return replace(event, source=str(names[event.source]))
    if isinstance(event, (Skipped, Advanced)) and event.path in names:
        return replace(event, path=str(names[event.path]))
    return event

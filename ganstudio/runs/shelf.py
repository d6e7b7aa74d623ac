"""Shelf: the checkpoints of one run as files: which is the newest, which stay, which may go.

Kept are the newest three, the best, and those that someone gave a name. After a return to an earlier step the later
ones are set aside: a resume passes them over, and those without a name go with the next save.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from ganstudio.runs.plain import NoFile, read_plain
from ganstudio.runs.writing import Unwritten, write_atomically

NEWEST = 3
SUFFIX = ".safetensors"
MARKS = "marks.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One checkpoint on disk; its content has not been looked at.

    Attributes:
        step: The step it was written after.
        path: Its file.
        names: What people called it.
        best: Whether it is the best of its run.
        aside: Whether the run went back to before it.
    """

    step: int
    path: Path
    names: tuple[str, ...] = ()
    best: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is known of checkpoints beyond their files, by the files' names."""

    best: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The checkpoints in one folder. Making the object touches nothing."""

    folder: Path

    def place(self, step: int) -> Path:
        """Where a checkpoint of `step` is to be written; one that was set aside is never replaced.

        Raises:
            Unwritten: It cannot be read now which ones were.
        """
        try:
            aside = self._read().aside
        except OSError as error:
            raise Unwritten(self.folder / MARKS, error) from error
        names = (f"{step:010d}{f'-{number}' if number > 1 else ''}{SUFFIX}" for number in count(1))
        return next(self.folder / name for name in names if name not in aside)

    def entries(self) -> list[Entry]:
        """All checkpoints, newest first, those set aside too."""
        marks = self._marks()
        return [
            Entry(
                int(path.stem.partition("-")[0]),
                path,
                tuple(sorted(name for name, file in marks.names.items() if file == path.name)),
                best=path.name == marks.best,
                aside=path.name in marks.aside,
            )
            for path in self._files()
        ]

    def line(self) -> list[Entry]:
        """Those that a resume may begin from, newest first."""
        return [entry for entry in self.entries() if not entry.aside]

    def find(self, step: int | None = None, name: str = "") -> Entry:
        """The checkpoint of this step or this name; the best one without either.

        Raises:
            ValueError: There is none.
        """
        entries = sorted(self.entries(), key=lambda entry: entry.aside)  # Of two of one step the one that counts.
        for entry in entries:
            if name in entry.names if name else entry.best if step is None else entry.step == step:
                return entry
        what = f"called {name}" if name else "marked as the best" if step is None else f"of step {step}"
        steps = ", ".join(str(step) for step in sorted({entry.step for entry in entries})) or "none"
        raise ValueError(f"{self.folder.parent.name} has no checkpoint {what}; it has those of steps: {steps}.")

    def mark(self, path: Path, *, best: bool = False, name: str = "") -> None:
        """Say that a checkpoint is the best, or what it is called; a name that was taken moves here.

        Raises:
            OSError: It could not be written down.
        """
        if best or name:
            with self._changing() as marks:
                names = {**marks.names, **({name: path.name} if name else {})}
                self._keep(replace(marks, best=path.name if best else marks.best, names=names))

    def forget(self, name: str) -> None:
        """Take a name away; its checkpoint goes when nothing else holds it.

        Raises:
            OSError: It could not be written down.
        """
        with self._changing() as marks:
            self._keep(replace(marks, names={other: file for other, file in marks.names.items() if other != name}))
        self.prune()

    def go_back(self, entry: Entry) -> None:
        """Set aside all that came after `entry`, which a run goes back to.

        Raises:
            OSError: It could not be written down.
        """
        later = {other.path.name for other in self.entries() if other.step > entry.step}
        if later or entry.aside:
            with self._changing() as marks:
                aside = (later | set(marks.aside)) - {entry.path.name}
                self._keep(replace(marks, aside=tuple(sorted(aside))))

    def prune(self, written: Path | None = None) -> None:
        """Delete what nothing holds. Only after a save that is safely on disk.

        Args:
            written: What was just saved; it stays, though a run that goes on from before damaged ones is behind them.
        """
        newest = [written, *(entry.path for entry in self.line()[:NEWEST])]
        for entry in self.entries():
            if not (entry.best or entry.names or entry.path in newest):
                with suppress(OSError):  # Some other program looks at it; the next save tries again.
                    entry.path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted((path for path in self.folder.glob(f"*{SUFFIX}") if path.stem[:1].isdecimal()), reverse=True)

    def _marks(self) -> _Marks:
        """The marks; while they cannot be read all checkpoints have names, and stay."""
        try:
            return self._read()
        except OSError:
            return self._all_named()

    def _read(self) -> _Marks:
        """The marks as they were written down.

        Raises:
            OSError: They cannot be read now.
        """
        try:
            table = json.loads(read_plain(self.folder / MARKS))
            best = table["best"] if table["best"] is None else str(table["best"])
            return _Marks(best, dict(table["names"].items()), tuple(map(str, table["aside"])))
        except FileNotFoundError:
            return _Marks()
        except (NoFile, ValueError, KeyError, TypeError, AttributeError):
            return self._all_named()  # Which ones had names is lost.

    def _all_named(self) -> _Marks:
        return _Marks(names={f"step {int(path.stem[:10])}": path.name for path in self._files()})

    def _keep(self, marks: _Marks) -> None:
        there = {path.name for path in self._files()}
        names = {name: file for name, file in marks.names.items() if file in there}
        table = {"best": marks.best, "names": names, "aside": [name for name in marks.aside if name in there]}
        write_atomically(self.folder / MARKS, json.dumps(table, indent=1).encode())

    @contextmanager
    def _changing(self) -> Iterator[_Marks]:
        """The marks, for one who is about to replace them: the window may rename while a training saves."""
        from filelock import FileLock  # noqa: PLC0415  Slow to load, and the window's start names shelves only.

        lock = FileLock(self.folder / "marks.lock", timeout=5, thread_local=False)
        try:
            lock.acquire()
            marks = self._read()  # Or what is written would be without the names that stand there.
        except OSError as error:
            lock.release()
            raise Unwritten(self.folder / MARKS, error) from error
        try:
            yield marks
        finally:
            lock.release()

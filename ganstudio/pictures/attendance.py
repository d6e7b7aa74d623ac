"""The pictures of a stock by name and state, so that a run that goes on can say what changed since."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ganstudio.pictures.examples import Example

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_NAMED = 3
_VERBS = {"gone": ("is gone", "are gone"), "new": ("is new", "are new"), "altered": ("was changed", "were changed")}


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths of pictures that came, went or are others than they were."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attendance:
    """The pictures of one stock.

    Attributes:
        names: The path of each.
        stamps: When its file, or both of its pair, was last changed, in nanoseconds; 0 when it is not there.
    """

    names: tuple[str, ...]
    stamps: tuple[int, ...]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Attendance:
        """Those that are there now."""
        entries = [(str(example.path), _stamp(example)) for example in examples]
        return cls(tuple(name for name, _ in entries), tuple(stamp for _, stamp in entries))

    def arrays(self) -> dict[str, Array]:
        """The same as arrays, to be kept in a checkpoint."""
        text = b"\0".join(os.fsencode(name) for name in self.names)
        return {"names": np.frombuffer(text, np.uint8).copy(), "stamps": np.array(self.stamps, np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Attendance:
        """What `arrays` gave."""
        names = tuple(os.fsdecode(name) for name in arrays["names"].tobytes().split(b"\0"))
        return cls(names, tuple(arrays["stamps"].tolist()))

    def first(self, count: int) -> Attendance:
        """Those of a checkpoint that kept no names: the first `count` of these, and numbers where there are fewer."""
        names = (*self.names, *(f"picture {number}" for number in range(len(self.names), count)))
        return Attendance(names[:count], (*self.stamps, *[0] * count)[:count])

    def since(self, earlier: Attendance) -> Changes:
        """What is other than it was; a folder that was moved with all its pictures is no change."""
        earlier = self._moved(earlier)
        before, now = (dict(zip(each.names, each.stamps, strict=True)) for each in (earlier, self))
        return Changes(
            tuple(name for name in earlier.names if name not in now),
            tuple(name for name in self.names if name not in before),
            tuple(name for name, stamp in now.items() if before.get(name, stamp) != stamp),
        )

    def order(self, earlier: Attendance, order: Sequence[int], position: int) -> tuple[list[int], int]:
        """An order of earlier pictures, and how many of it were drawn, as an order of those that are there now.

        Those that are new follow at its end.
        """
        earlier = self._moved(earlier)
        now = {name: index for index, name in enumerate(self.names)}
        known = [now.get(earlier.names[index]) for index in order]
        kept = [index for index in known if index is not None]
        new = sorted(set(now.values()).difference(kept))
        return kept + new, sum(index is not None for index in known[:position])

    def _moved(self, earlier: Attendance) -> Attendance:
        """Those of before as they are called now when all of them were moved together, and else as they were."""
        if not earlier.names or not set(self.names).isdisjoint(earlier.names):
            return earlier
        try:
            old, new = (os.path.commonpath([Path(name).parent for name in each.names]) for each in (earlier, self))
        except ValueError:  # They have no folder in common, or nobody is there.
            return earlier
        names = tuple(str(new / Path(name).relative_to(old)) for name in earlier.names)
        return earlier if set(self.names).isdisjoint(names) else Attendance(names, earlier.stamps)


def sentence(changes: Sequence[Changes]) -> str:
    """What changed in all stocks together; empty when nothing did."""
    parts = []
    for name, verbs in _VERBS.items():
        paths = [path for each in changes for path in getattr(each, name)]
        if paths:
            named = ", ".join(Path(path).name for path in paths[:_NAMED]) + (", …" if len(paths) > _NAMED else "")
            parts.append(f"{len(paths)} {verbs[len(paths) > 1]} ({named})")
    if not parts:
        return ""
    told = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"Of the pictures, {told} since this run was saved; it goes on with what is there now."


def _stamp(example: Example) -> int:
    try:
        found = [path.stat().st_mtime_ns for path in (example.path, example.partner) if path is not None]
    except OSError:
        return 0
    return max(found)

"""A film that is being written: what is done of it lies in a folder, so that nothing is done twice after a kill.

Each frame is a file once it is done. When enough have come together they are packed into a part, and their files go;
only the last stays, because the next frame may follow from it. So the folder holds about `PART_BYTES` of frames at
most beside the parts, which together are as large as the film. It is begun anew when the film is to be made in another
way.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.pictures.films.stills import Mark, Still
from ganstudio.runs.writing import sweep, write_atomically

PART_BYTES = 512 << 20
MOST_FRAMES, FEWEST_FRAMES = 120, 8
_PLAN = "plan.json"
_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Done:
    """A frame that is done.

    Attributes:
        still: As it is going to be seen.
        mark: The original's frame.
        state: What the next frame follows from; None for nothing.
    """

    still: Still
    mark: Mark
    state: NDArray[Any] | None = None


class Unfinished:
    """What is done of a film.

    Args:
        folder: Where it lies; made if it is not there. Whoever has it open must be the only one.
        plan: How the film is made, as text; another text begins anew.

    Attributes:
        parts: Files of the parts, in order.
        last: The last frame that is done; None at the beginning.
        done: How many frames are done.

    Raises:
        Unwritten: The disk is full or cannot be written.
    """

    def __init__(self, folder: Path, plan: str) -> None:
        self.folder = folder
        self.parts: list[Path] = []
        self.last: Done | None = None
        self._waiting: list[Path] = []
        if not self._goes_on(plan):
            self.clear()
            write_atomically(folder / _PLAN, json.dumps({"plan": plan}).encode())
            return
        sweep(folder)
        self._find_parts()
        self._find_frames()

    @property
    def done(self) -> int:
        """How many frames are done."""
        return 0 if self.last is None else self.last.still.number + 1

    @property
    def full(self) -> bool:
        """Whether it is time to pack a part."""
        if self.last is None:
            return False
        size = self.last.still.pixels.nbytes + (0 if self.last.state is None else self.last.state.nbytes)
        return len(self._waiting) >= min(MOST_FRAMES, max(FEWEST_FRAMES, PART_BYTES // size))

    def keep(self, done: Done) -> None:
        """Write a frame that is done.

        Raises:
            Unwritten: The disk is full.
        """
        still, mark = done.still, done.mark
        arrays = {"pixels": still.pixels, "times": np.array([still.time, still.lasts, mark.time], np.int64)}
        arrays |= {} if still.alpha is None else {"alpha": still.alpha}
        arrays |= {} if done.state is None else {"state": done.state}
        arrays["digest"] = np.frombuffer(mark.digest.encode("ascii"), np.uint8)
        path = self.folder / f"frame-{still.number:09d}.npz"
        _write(path, arrays)
        if not self._waiting and self.last is not None:  # The last of the part before has been followed.
            self._frame(self.last.still.number).unlink(missing_ok=True)
        self._waiting.append(path)
        self.last = done

    def waiting(self) -> Iterator[Still]:
        """The frames that are in no part yet, in order."""
        for path in self._waiting:
            yield _read(path).still

    def pack(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Keep the part made of the frames that were waiting, and let go of these.

        Raises:
            Unwritten: The disk is full.
        """
        path = self.folder / f"part-{len(self.parts):05d}-{self.done:09d}.npz"
        _write(path, part)
        self.parts.append(path)
        for frame in self._waiting[:-1]:
            frame.unlink(missing_ok=True)
        self._waiting = []

    @property
    def has_waiting(self) -> bool:
        """Whether some frames are in no part yet."""
        return bool(self._waiting)

    def clear(self) -> None:
        """Let go of all that was done. The folder stays, and with it the lock by which it is held."""
        for path in (self.folder / _PLAN, *self.folder.glob("*.npz")):
            path.unlink(missing_ok=True)
        sweep(self.folder)

    def _goes_on(self, plan: str) -> bool:
        with suppress(*_FAULTS, TypeError):
            return bool(json.loads((self.folder / _PLAN).read_bytes())["plan"] == plan)
        return False

    def _find_parts(self) -> None:
        for number, path in enumerate(sorted(self.folder.glob("part-*.npz"))):
            if not path.name.startswith(f"part-{number:05d}-") or not _is_whole(path):
                break
            self.parts.append(path)

    def _find_frames(self) -> None:
        """The frames behind the last part; where neither they nor the part's last are there, it is made anew."""
        while True:
            packed = int(self.parts[-1].stem.rpartition("-")[2]) if self.parts else 0
            with suppress(*_FAULTS):
                self.last = _read(self._frame(packed - 1))
            with suppress(*_FAULTS):
                while True:
                    number = packed + len(self._waiting)
                    self.last = _read(self._frame(number))
                    self._waiting.append(self._frame(number))
            if self.last is not None or not self.parts:
                break
            self.parts.pop()
        wanted = {*self.parts, *self._waiting, self._frame(self.done - 1)}
        for path in self.folder.glob("*.npz"):
            if path not in wanted:
                path.unlink(missing_ok=True)

    def _frame(self, number: int) -> Path:
        return self.folder / f"frame-{number:09d}.npz"


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    write_atomically(path, [stream.getbuffer()])


def _read(path: Path) -> Done:
    """A frame; checked bit by bit, because the file may have been cut off.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile: It is not there, or not whole.
    """
    with path.open("rb") as data, np.load(data, allow_pickle=False) as file:
        time, lasts, mark = file["times"].tolist()
        number = int(path.stem.rpartition("-")[2])
        still = Still(number, time, lasts, file["pixels"], _maybe(file, "alpha"))
        digest = file["digest"].tobytes().decode("ascii")
        return Done(still, Mark(number, mark, digest), _maybe(file, "state"))


def _maybe(file: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any] | None:
    return file[name] if name in file else None  # noqa: SIM401  Looking with `get` would load it twice.


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return file.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False

"""Canvas: rows of pixels that come from top to bottom, in memory while they are few, in a file when they are many.

The file has no name, so that nothing of it stays after a kill, and lies in the cache: a system's own place for
temporary files is often memory. Rows are written rather than mapped, because mapped pages count as memory in use.
"""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ganstudio.runs.writing import Unwritten
from ganstudio.words.places import cache_folder

IN_MEMORY = 64 << 20  # Bytes.


class Canvas:
    """Room for (H, W, C) or (H, W) pixels, filled from top to bottom.

    Args:
        shape: Of the whole.
        dtype: uint8 or uint16.
        in_memory: How many bytes may be held in memory.

    Raises:
        Unwritten: The disk is full.
    """

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike = np.uint8, *, in_memory: int = IN_MEMORY) -> None:
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.filled = 0
        self._file: IO[bytes] | None = None
        self._pixels: NDArray[Any] | None = None
        if self.nbytes > in_memory:
            self._file = _nameless()
        else:
            self._pixels = np.empty(shape, self.dtype)

    @property
    def nbytes(self) -> int:
        """Bytes of the whole."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def append(self, rows: NDArray[Any]) -> None:
        """The next rows, (h, W, C) or (h, W).

        Raises:
            Unwritten: The disk is full.
        """
        if rows.shape[1:] != self.shape[1:] or rows.dtype != self.dtype or self.filled + len(rows) > self.shape[0]:
            raise AssertionError(f"{rows.dtype} rows of {rows.shape} after {self.filled} do not fit {self.shape}.")
        if self._file is None:
            assert self._pixels is not None
            self._pixels[self.filled : self.filled + len(rows)] = rows
        else:
            try:
                self._file.write(np.ascontiguousarray(rows).data)
            except OSError as error:
                raise Unwritten(cache_folder() / "a large picture", error, self.nbytes) from error
        self.filled += len(rows)

    def pixels(self) -> NDArray[Any]:
        """All of them; from a file they are mapped, and stay readable after the canvas is closed."""
        if self.filled != self.shape[0]:
            raise AssertionError(f"Only {self.filled} of {self.shape[0]} rows were painted.")
        if self._pixels is None:
            assert self._file is not None
            try:
                self._file.flush()
            except OSError as error:
                raise Unwritten(cache_folder() / "a large picture", error, self.nbytes) from error
            self._pixels = np.memmap(self._file, self.dtype, "r", shape=self.shape)
        return self._pixels

    def close(self) -> None:
        """Let go of it."""
        self._pixels = None
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close it."""
        self.close()


def _nameless() -> IO[bytes]:
    folder = cache_folder() / "canvases"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder, buffering=0)
    except OSError:  # The cache cannot be written; the system's own place may.
        return tempfile.TemporaryFile(buffering=0)

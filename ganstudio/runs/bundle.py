"""A bundle: text files in one zip, for whoever helps."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ganstudio.runs.writing import write_atomically


@dataclass(frozen=True, slots=True)
class Piece:
    """One text file of a bundle."""

    name: str
    text: str


def save(pieces: Iterable[Piece], file: Path) -> None:
    """Write the bundle.

    Raises:
        OSError: The place cannot be written.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bundle:
        for piece in pieces:
            bundle.writestr(piece.name, piece.text.encode("utf-8", errors="backslashreplace"))
    write_atomically(file, whole.getvalue())

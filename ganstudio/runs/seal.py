"""The seal of our files: what a safetensors header says of itself and of its weights, checkable without torch.

Three checksums stand in the header: of what the file says of itself, of the layout of its weights, and of the weights.
So a file that cannot be used says why: it was cut short, someone edited it, or bits of it changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganstudio.runs.plain import open_plain

FACTS = "ganstudio"
SEAL = "sha256"
"""The one checksum of facts and weights together in files of version 1."""

CHECKSUMS = "checksums"
LARGEST_HEADER = 16 << 20  # Bytes; ours are a few thousand, and some more for thumbnails.

_OURS = b'{"__metadata__": {"' + FACTS.encode()
_AGAIN = "Copy or download it again."


class NotOurs(ValueError):  # noqa: N818  As Unreadable.
    """A file of another program, or so little of one of ours that nobody can tell."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header of one of our files.

    Attributes:
        facts: What the file says of itself, as the text that was sealed.
        metadata: All texts of the header by name.
        tensors: What lies where: name → dtype, shape and data_offsets, as safetensors has it.
        begin: The byte at which the weights begin.
        size: Bytes of the whole file.
    """

    facts: str
    metadata: Mapping[str, str]
    tensors: Mapping[str, Mapping[str, Any]]
    begin: int
    size: int

    def table(self) -> dict[str, Any]:
        """The facts as plain values."""
        table: dict[str, Any] = json.loads(self.facts)
        return table

    def checksums(self) -> Mapping[str, str]:
        """The checksums by name; empty in files of version 1."""
        table: dict[str, str] = json.loads(self.metadata.get(CHECKSUMS, "{}"))
        return table


def read_head(file: Path) -> Head:
    """The header of a file, without its weights.

    Raises:
        ValueError: Not one of our files, or cut short; the message names it and says what to do.
        OSError: It cannot be read.
    """
    with open_plain(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        begin = 8 + int.from_bytes(stream.read(8), "little")
        text = stream.read(min(begin - 8, LARGEST_HEADER))
    return _head(file, text, begin, size)


def head_of(file: Path, data: bytes) -> Head:
    """The same of a file that was read whole.

    Raises:
        ValueError: As `read_head`.
    """
    begin = 8 + int.from_bytes(data[:8], "little")
    return _head(file, data[8:begin] if begin <= LARGEST_HEADER else b"", begin, len(data))


def _head(file: Path, text: bytes, begin: int, size: int) -> Head:
    ours = text.startswith(_OURS)
    if begin > size or size < 8:
        if ours:
            raise ValueError(f"{file} was cut short in the middle of its header. {_AGAIN}")
        raise NotOurs(f"{file} is not a file of GAN Studio, or it was cut short to {size} bytes.")
    try:
        tensors = json.loads(text)
        metadata = {name: str(word) for name, word in tensors.pop("__metadata__").items()}
        head = Head(metadata[FACTS], metadata, tensors, begin, size)
        _ = head.table().keys(), head.checksums().keys()  # Both are tables.
        end = begin + max((int(tensor["data_offsets"][1]) for tensor in tensors.values()), default=0)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        if ours:
            raise ValueError(f"{file} is damaged: its header is not readable any more. {_AGAIN}") from error
        raise NotOurs(f"{file} is not a file of GAN Studio.") from error
    if size < end:
        raise ValueError(f"{file} was cut short: {size:,} of its {end:,} bytes are there. {_AGAIN}")
    if size > end:
        raise ValueError(f"{file} was edited: {size - end:,} bytes stand behind its end. {_AGAIN}")
    return head


def checksums(facts: str, layout: bytes, weights: str) -> str:
    """The checksums as they stand in the header.

    Args:
        facts: What the file says of itself.
        layout: Name, dtype and shape of each tensor, as `layout_of` gives it.
        weights: SHA-256 of the tensors in the order of their names.
    """
    return json.dumps({FACTS: _digest(facts.encode()), "layout": _digest(layout), "weights": weights})


def layout_of(tensors: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Name, dtype and shape of each tensor of a header, in the order of their names."""
    return json.dumps(
        [[name, tensors[name]["dtype"], list(tensors[name]["shape"])] for name in sorted(tensors)]
    ).encode()


def check_header(file: Path, head: Head) -> None:
    """Whether facts and layout are those that were written; of version 1 that shows with the weights only.

    Raises:
        ValueError: Someone edited the file.
    """
    written = head.checksums()
    if not written:
        return
    if written.get(FACTS) != _digest(head.facts.encode()):
        raise ValueError(f"{file} was edited: what it says of itself is not what was written. {_AGAIN}")
    try:
        layout = layout_of(head.tensors)
    except (KeyError, TypeError):
        layout = b""
    if written.get("layout") != _digest(layout):
        raise ValueError(f"{file} was edited: its weights are not laid out as they were written. {_AGAIN}")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

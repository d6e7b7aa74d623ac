"""Sealed files: safetensors with checksums of all that they hold, written whole or not at all, and read without trust.

Neither safetensors nor torch notices a flipped bit, and both map the file into memory, where a vanishing drive kills
the process; so the bytes are read first and the seal is checked over them. Writing the format takes a header and the
tensors as they lie in memory: a save in the middle of a training has no room for the copies that the library makes, and
when it finds none the library ends the thread instead of raising an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from ganstudio.runs.plain import read_plain
from ganstudio.runs.remarks import header_bytes
from ganstudio.runs.seal import CHECKSUMS, FACTS, SEAL, Head, check_header, checksums, head_of, layout_of
from ganstudio.runs.writing import write_atomically

_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def write(
    path: Path,
    tensors: Mapping[str, Tensor],
    facts: Mapping[str, Any],
    *,
    beside: Mapping[str, str] | None = None,
    verified: bool = False,
) -> None:
    """Write tensors and JSON-able facts; `verified` reads them back from the drive before they count.

    Args:
        path: Where to.
        tensors: By name.
        facts: What is sealed with them.
        beside: Texts of the header that are not sealed and may change.
        verified: Whether to read it back.

    Raises:
        OSError: The disk is full or the folder cannot be written; what was there before is untouched.
    """
    write_atomically(path, pieces(tensors, facts, beside or {}), verified=verified)


def pieces(
    tensors: Mapping[str, Tensor], facts: Mapping[str, Any], beside: Mapping[str, str]
) -> list[bytes | memoryview]:
    """A sealed file in pieces, the header first; the others are the tensors as they lie in memory."""
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    layout = _layout(plain)
    text = json.dumps(facts)
    sealed = {FACTS: text, CHECKSUMS: checksums(text, layout_of(layout), _weights_digest(plain))}
    table = {"__metadata__": {**sealed, **beside}, **layout}
    return [header_bytes(table), *(_bytes(plain[name]) for name in layout)]


def _layout(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """What lies where, as safetensors says it; the largest numbers first, so that all lie aligned."""
    layout: dict[str, Any] = {}
    end = 0
    for name in sorted(tensors, key=lambda name: (-tensors[name].element_size(), name)):
        value = tensors[name]
        begin, end = end, end + value.numel() * value.element_size()
        layout[name] = {"dtype": _DTYPES[value.dtype], "shape": list(value.shape), "data_offsets": [begin, end]}
    return layout


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `write` wrote.

    Raises:
        ValueError: Not such a file, cut short, edited, or damaged; the message names it and says which.
        OSError: It cannot be read at all.
    """
    tensors, head = opened(path, read_plain(path))
    return tensors, head.table()


def opened(path: Path, data: bytes) -> tuple[dict[str, Tensor], Head]:
    """What is in the bytes of a file, and all that its header says; `path` is what messages call it.

    Raises:
        ValueError: As `read`.
    """
    head = head_of(path, data)
    check_header(path, head)
    try:
        tensors = safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged: its weights cannot be read any more. Use a copy of it.") from error
    if written := head.checksums():
        if written.get("weights") != _weights_digest(tensors):
            raise ValueError(f"{path} is damaged: its weights are not those that were written. Use a copy of it.")
    elif head.metadata.get(SEAL) != _whole_digest(tensors, head.facts):
        raise ValueError(f"{path} was edited or is damaged: its checksum does not match. Use a copy of it.")
    return tensors, head


def _weights_digest(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(_bytes(tensors[name]))
    return digest.hexdigest()


def _whole_digest(tensors: Mapping[str, Tensor], facts: str) -> str:
    """The one checksum of version 1."""
    digest = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"\n{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value: Tensor) -> memoryview:
    """A tensor as it lies in memory."""
    return value.reshape(-1).view(torch.uint8).numpy().data

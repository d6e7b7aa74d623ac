"""Sealed files: safetensors with a SHA-256 of all that they hold, written whole or not at all, and read without trust.

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

from ganstudio.runs.model import FACTS, SEAL
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


def write(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any], *, verified: bool = False) -> None:
    """Write tensors and JSON-able facts; `verified` reads them back from the drive before they count.

    Raises:
        OSError: The disk is full or the folder cannot be written; what was there before is untouched.
    """
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    text = json.dumps(facts)
    metadata = {FACTS: text, SEAL: _seal(plain, text)}
    write_atomically(path, _pieces(plain, metadata), verified=verified)


def _pieces(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> list[bytes | memoryview]:
    """The file in pieces: length of the header, header, tensors; the largest numbers first, so that all lie aligned."""
    header: dict[str, Any] = {"__metadata__": metadata}
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    end = 0
    for name in order:
        value = tensors[name]
        begin, end = end, end + value.numel() * value.element_size()
        header[name] = {"dtype": _DTYPES[value.dtype], "shape": list(value.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little") + text, *(_bytes(tensors[name]) for name in order)]


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `write` wrote.

    Raises:
        ValueError: Not such a file, cut short, or changed since; the message names it.
        OSError: It cannot be read at all.
    """
    data = path.read_bytes()
    try:
        tensors = safetensors.torch.load(data)
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length])["__metadata__"]
        facts, seal = metadata[FACTS], metadata[SEAL]
        table: dict[str, Any] = json.loads(facts)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ValueError(f"{path} is not a file of GAN Studio, or it was cut short.") from error
    if seal != _seal(tensors, facts):
        raise ValueError(f"{path} is damaged: its checksum does not match. Use a copy or an older checkpoint.")
    return tensors, table


def _seal(tensors: Mapping[str, Tensor], facts: str) -> str:
    digest = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        value = tensors[name]
        digest.update(f"\n{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(_bytes(value))
    return digest.hexdigest()


def _bytes(value: Tensor) -> memoryview:
    """A tensor as it lies in memory."""
    return value.reshape(-1).view(torch.uint8).numpy().data

"""Sealed files: safetensors with a SHA-256 of all that they hold, written whole or not at all, and read without trust.

Neither safetensors nor torch notices a flipped bit, and both map the file into memory, where a vanishing drive kills
the process; so the bytes are read first and the seal is checked over them.
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


def write(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any], *, verified: bool = False) -> None:
    """Write tensors and JSON-able facts; `verified` reads them back from the drive before they count.

    Raises:
        OSError: The disk is full or the folder cannot be written; what was there before is untouched.
    """
    # Clones: safetensors refuses tensors that share memory, and the copy is on the CPU when the device has gone on.
    plain = {name: value.detach().to("cpu", copy=True).contiguous() for name, value in tensors.items()}
    text = json.dumps(facts)
    metadata = {FACTS: text, SEAL: _seal(plain, text)}
    write_atomically(path, safetensors.torch.save(plain, metadata), verified=verified)


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
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()

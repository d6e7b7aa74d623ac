"""A checksum of a model's weights: the same wherever the model lies and whatever it is called."""

from __future__ import annotations

from hashlib import sha256

import torch
from torch import Tensor

from ganstudio.game import Method


def fingerprint(method: Method) -> str:
    """16 letters that stand for the weights of a method's makers; a changed weight gives others."""
    digest = sha256()
    for maker, network in sorted(method.makers().items()):
        for name, value in sorted(network.state_dict().items()):
            digest.update(f"\n{maker}.{name} {value.dtype} {tuple(value.shape)}\n".encode())
            digest.update(_bytes(value))
    return digest.hexdigest()[:16]


def _bytes(value: Tensor) -> memoryview:
    return value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data

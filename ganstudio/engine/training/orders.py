"""Orders: what rank 0 tells the others beside the bare order, as bytes, and what all of them compare.

Settings and facts are JSON and tensors are safetensors, so that nothing that comes over the network can run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.ranks import Ranks
from ganstudio.engine.training.thrift import Thrift
from ganstudio.pictures.shards.streaming import Tap
from ganstudio.pictures.stock import Stock
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import Value

# The same files may lie elsewhere, or be copies; and each knows only where its own lanes stand.
_LOCAL = ("batches.names.", "batches.stamps.", "batches.lanes.")


@dataclass(frozen=True, slots=True)
class Gathering:
    """What is to be trained, and how.

    Attributes:
        recipe: What was asked.
        inventory: What rank 0 found.
        device: "cpu", "cuda" or "mps".
        bf16: Whether networks are computed in bfloat16.
    """

    recipe: Recipe
    inventory: Inventory
    device: str
    bf16: bool

    def to_bytes(self) -> bytes:
        """For the way."""
        found = self.inventory.to_table()
        return _text(recipe=self.recipe.to_toml(), inventory=found, device=self.device, bf16=self.bf16)

    @classmethod
    def from_bytes(cls, data: bytes) -> Gathering:
        """What `to_bytes` gave."""
        table = json.loads(data)
        recipe, inventory = Recipe.from_toml(table["recipe"]), Inventory.from_table(table["inventory"])
        return cls(recipe, inventory, table["device"], table["bf16"])


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a session begins; see `Session`."""

    found: Checkpoint | None
    changes: Mapping[str, Value]
    thrift: Thrift
    attempt: int

    @classmethod
    def from_bytes(cls, data: bytes) -> Beginning:
        """What `begin` gave."""
        text, _, tensors = data.partition(b"\n")
        table = json.loads(text)
        found = None
        if table["step"] is not None:
            found = Checkpoint(table["step"], safetensors.torch.load(tensors), table["facts"])
        return cls(found, table["changes"], Thrift(**table["thrift"]), table["attempt"])


def begin(found: Checkpoint | None, changes: Mapping[str, Value], thrift: Thrift, attempt: int) -> bytes:
    """Where a session begins, for the way."""
    text = _text(
        step=found and found.step,
        facts=found and dict(found.facts),
        changes=dict(changes),
        thrift=asdict(thrift),
        attempt=attempt,
    )
    return text + b"\n" + (safetensors.torch.save(dict(found.tensors)) if found else b"")


def change(settings: Mapping[str, Value]) -> bytes:
    """Settings, for the way."""
    return _text(**settings)


def pictures(stocks: tuple[Stock | Tap, ...], state: Mapping[str, Tensor]) -> str:
    """A digest of training pictures: their names, shapes and order."""
    digest = hashlib.sha256()
    for stock in stocks:
        for line in stock.told():
            digest.update(f"{line}\n".encode(errors="replace"))
    return digest.hexdigest() + _digest({f"batches.{name}": value for name, value in state.items()})


def compare(ranks: Ranks, state: Mapping[str, Tensor]) -> None:
    """Make sure that all hold the same bits.

    Raises:
        ValueError: They do not.
    """
    if len(set(ranks.told(_digest(state)))) > 1:
        raise ValueError(
            "The processes that train together do not hold the same numbers any more. The run has what the first of "
            "them holds. Use the same machines, drivers and versions for all, and continue it with --resume."
        )


def _digest(state: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(name for name in state if not name.startswith(_LOCAL)):
        value = state[name].detach().cpu().contiguous()
        digest.update(name.encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _text(**table: Any) -> bytes:
    return json.dumps(table).encode()

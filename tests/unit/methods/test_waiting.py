"""No method waits for its device inside a step: neither for a number, nor for a copy."""

from contextlib import nullcontext

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from ganstudio.engine.training.descent import Descending
from ganstudio.game import AdversarialSettings, Batch
from tests.unit.methods.test_contract import make_batch, make_method

COPIES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)


class Watching(TorchDispatchMode):
    """Finds copies between the CPU and a device that hold up the CPU."""

    def __init__(self):
        super().__init__()
        self.held_up = []

    def __torch_dispatch__(self, call, _types, args=(), kwargs=None):
        made = call(*args, **(kwargs or {}))
        if call in COPIES:
            source = args[0] if call is COPIES[0] else args[1]
            blocking = not (kwargs or {}).get("non_blocking", len(args) > 2 and args[2])
            if source.device != made.device and blocking:
                self.held_up.append(call)
        return made


def on_nowhere(batch):
    """The batch on a device that holds no numbers, so that whoever asks it for one fails."""

    def moved(x):
        return None if x is None else x.to("meta")

    return Batch(tuple(moved(image) for image in batch.images), moved(batch.labels), moved(batch.captions))


def test_a_step_asks_the_device_for_nothing(kind, monkeypatch):
    more = {"average": 0.9}
    if issubclass(kind.Settings, AdversarialSettings):
        more["augment"] = "strong"
    method = make_method(kind, **more).to("meta")
    batch = on_nowhere(make_batch(kind, draws=method.draws))
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # It knows real devices alone.
    descending = Descending(method, 10)
    with Watching() as watching:
        assert all(term.is_meta for term in descending.step(batch, 0).values())
    assert watching.held_up == []


def test_whoever_asks_is_found():
    asked = torch.ones((), device="meta")
    with pytest.raises(RuntimeError, match="meta"):
        asked.item()
    with Watching() as watching:
        torch.rand(2).to("meta")
        torch.rand(2).to("meta", non_blocking=True)
    assert len(watching.held_up) == 1

"""Less memory, the same maths: parts of a batch add up to it, and what is spilled comes back as it was."""

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import Counting
from ganstudio.engine.training.thrift import WHOLE, Thrift, divided, ladder, splits
from ganstudio.game import Batch
from ganstudio.methods import CATALOGUE, find

sys.path.append(str(Path(__file__).parents[2] / "methods"))
from test_contract import make_batch, make_method

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
STILL = {"dropout", "norm", "augment"}


@pytest.fixture
def still(monkeypatch):
    """Numbers of 64 bits, and still(): from then on chance is the same for all pictures, whatever the order."""

    def hold():
        monkeypatch.setattr(torch, "randn", lambda *shape, **_: torch.full(_flat(shape), 0.3))
        monkeypatch.setattr(torch, "rand", lambda *shape, **_: torch.full(_flat(shape), 0.6))
        monkeypatch.setattr(torch, "randperm", lambda count, **_: torch.arange(count))

    torch.set_default_dtype(torch.float64)
    yield hold
    torch.set_default_dtype(torch.float32)


def _flat(shape):
    return tuple(shape[0]) if shape and not isinstance(shape[0], int) else shape


def calm(kind):
    """Its settings without chance inside the networks and without batch norm."""
    cards = {card.name: card for card in kind.card().settings}
    quiet = {"dropout": cards["dropout"].type == "float" and 0.0} if "dropout" in cards else {}
    return quiet | ({"norm": "instance"} if "norm" in cards and cards["norm"].choices else {})


APART = [kind for kind in CATALOGUE if kind.apart]


class Recording(Descending):
    """Keeps the gradient of every move in a vector; that of a bias before a norm is rounding and nothing else."""

    def _move(self, players):
        parameters = [p for player in players for p in self._parameters[player] if p.dim() > 1]
        self.moves = [*getattr(self, "moves", []), nn.utils.parameters_to_vector([p.grad for p in parameters])]
        super()._move(players)


def prepared(kind, thrift):
    method = make_method(kind, **calm(kind))
    descending = Recording(method, 10, thrift=thrift)
    batch = make_batch(kind, count=4, draws=method.draws)
    batch = Batch(tuple(image.double() for image in batch.images), batch.labels, batch.captions)
    return descending, batch


def test_there_are_methods_that_judge_every_picture_on_its_own():
    assert {"cyclegan", "pix2pix", "unit", "combogan"} <= {kind.key for kind in APART}


@pytest.mark.parametrize("kind", APART, ids=lambda kind: kind.key)
@pytest.mark.parametrize("parts", [2, 4])
def test_parts_of_a_batch_teach_what_the_batch_teaches(still, kind, parts):
    assert splits(make_method(kind, **calm(kind)))
    (whole, batch), (parted, _) = prepared(kind, WHOLE), prepared(kind, Thrift(parts))
    still()
    terms, terms_of_parts = whole.step(batch, 0), parted.step(batch, 0)
    assert len(whole.moves) == len(parted.moves) > 0
    for one, other in zip(whole.moves, parted.moves, strict=True):
        assert float(one.abs().max()) > 1e-12
        assert float((one - other).abs().max()) <= 1e-6 * float(one.abs().max())
    for name, value in terms.items():
        assert float(terms_of_parts[name]) == pytest.approx(float(value), rel=1e-6, abs=1e-9), name


@pytest.mark.parametrize("key", ["conditional-gan", "dcgan", "catgan", "text-gan", "vae-gan", "semi-supervised-gan"])
def test_pictures_that_are_judged_together_are_never_parted(key):
    kind = find(key)
    assert not splits(make_method(kind))
    assert list(ladder(make_method(kind), 4, CPU)) == [WHOLE]
    assert list(ladder(make_method(kind), 4, CUDA)) == [Thrift(spilled=True)]


def test_batch_norm_forbids_parts_of_a_method_that_allows_them_otherwise():
    kind = find("pix2pix")
    assert "batch" in next(card for card in kind.card().settings if card.name == "norm").choices
    assert not splits(make_method(kind, norm="batch"))


def test_the_ladder_goes_down_to_single_pictures_and_then_to_the_computers_memory():
    method = make_method(find("cyclegan"))
    assert list(ladder(method, 6, CUDA)) == [Thrift(2), Thrift(3), Thrift(6), Thrift(6, spilled=True)]
    assert list(ladder(method, 1, CUDA)) == [Thrift(1, spilled=True)]
    assert list(ladder(method, 1, CPU)) == [WHOLE]


def test_before_the_computers_memory_blocks_are_computed_twice():
    method = make_method(find("cyclegan"), blocks=3)
    twice = Thrift(2, recomputed=True)
    assert list(ladder(method, 2, CUDA)) == [Thrift(2), twice, Thrift(2, recomputed=True, spilled=True)]
    assert list(ladder(method, 2, CPU)) == [Thrift(2), twice]
    assert list(ladder(method, 1, CPU)) == [Thrift(recomputed=True)]
    assert twice.short() == "with steps in 2 parts and blocks computed twice"
    assert WHOLE.short() == ""
    assert "in 2 parts and computes a part of its generators twice" in twice.sentence(2)


def test_each_part_has_its_share_of_every_draw():
    batch = Batch((torch.arange(8.0).view(8, 1, 1, 1),), torch.arange(8), torch.arange(8)[:, None])
    first, second = divided(batch, draws=2, parts=2)
    assert first.images[0].flatten().tolist() == [0, 1, 4, 5]
    assert second.labels.tolist() == second.captions.flatten().tolist() == [2, 3, 6, 7]
    assert divided(batch, draws=2, parts=1) == (batch,)


@pytest.mark.parametrize("key", ["cyclegan", "dcgan", "vae-gan"])
def test_what_is_spilled_comes_back_bit_for_bit(key):
    kind = find(key)
    states = []
    for thrift in (WHOLE, Thrift(spilled=True)):
        method = make_method(kind)
        Descending(method, 10, thrift=thrift).step(make_batch(kind, count=4, draws=method.draws), 0)
        states.append(method.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_parts_need_less_memory():
    peaks = []
    kind = find("cyclegan")
    for thrift in (WHOLE, Thrift(4)):
        method = make_method(kind)
        with Counting() as counting:
            Descending(method, 10, thrift=thrift).step(make_batch(kind, count=8), 0)
        peaks.append(counting.peak)
    assert peaks[1] < 0.5 * peaks[0]

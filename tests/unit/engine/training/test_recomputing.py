"""Blocks that are computed twice teach what remembered ones teach, bit for bit, and need less memory."""

import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import counted
from ganstudio.engine.training.recomputing import blocks, recomputed
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.game import Method
from ganstudio.methods import find
from ganstudio.networks.generators import ResnetBlock

sys.path.append(str(Path(__file__).parents[2] / "methods"))
from test_contract import make_batch, make_method

AGAIN = Thrift(recomputed=True)
GAMES = {
    "cyclegan": {"blocks": 3, "dropout": True},
    "cut": {"blocks": 2},
    "simgan": {"blocks": 2},
    "unit": {"blocks": 2},
}


class Painting(Method):
    """One generator, for its blocks alone."""

    def __init__(self, generator):
        nn.Module.__init__(self)
        self.generator = generator

    def makers(self):
        return {"G": self.generator}

    players = descent = turns = routes = make = None


Painting.__abstractmethods__ = frozenset()


@pytest.mark.parametrize("key", GAMES)
def test_what_is_computed_twice_teaches_the_same_bit_for_bit(key):
    kind = find(key)
    states, calls = [], []
    for thrift in (WHOLE, AGAIN):
        method = make_method(kind, **GAMES[key])
        found = blocks(method)
        assert len(found) > 1
        count = [0]
        insides = [next(iter(block.children())) for block in found]
        for inside in insides:
            inside.register_forward_pre_hook(lambda *_, count=count: count.__setitem__(0, count[0] + 1))
        descending = Descending(method, 10, thrift=thrift)
        torch.manual_seed(4)
        for step in range(2):
            descending.step(make_batch(kind, count=2, draws=method.draws), step)
        states.append(method.state_dict())
        calls.append(count[0])
        assert all("forward" not in vars(block) for block in found)
    assert calls[1] > 1.5 * calls[0]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_less_is_remembered():
    kind = find("cyclegan")
    descendings = [Descending(make_method(kind, blocks=9, width=12), 10, thrift=thrift) for thrift in (WHOLE, AGAIN)]
    peaks = [counted(descending, make_batch(kind, count=8), 0).of_step for descending in descendings]
    assert peaks[1] < 0.8 * peaks[0]


def test_what_leaves_a_trace_is_played_once():
    steady = Painting(nn.Sequential(*(ResnetBlock(4) for _ in range(3))))
    assert blocks(steady) == tuple(steady.generator)
    assert blocks(Painting(nn.Sequential(*(ResnetBlock(4, "batch") for _ in range(3))))) == ()
    bound = nn.Sequential(*(ResnetBlock(4) for _ in range(2)))
    for block in bound:
        parametrizations.spectral_norm(block.conv_block[1])
    assert blocks(Painting(bound)) == ()
    assert blocks(Painting(nn.Sequential(nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), ResnetBlock(4)))) == ()


def test_running_averages_move_once_where_batch_norm_is():
    kind = find("cyclegan")
    states = []
    for thrift in (WHOLE, AGAIN):
        method = make_method(kind, blocks=3, norm="batch")
        Descending(method, 10, thrift=thrift).step(make_batch(kind, count=2), 0)
        states.append(method.state_dict())
    assert any("running_mean" in name for name in states[0])
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_block_is_as_before_when_its_play_has_failed():
    row = (ResnetBlock(4), ResnetBlock(4))
    with pytest.raises(RuntimeError), recomputed(row, torch.no_grad):
        raise RuntimeError
    assert all("forward" not in vars(block) for block in row)

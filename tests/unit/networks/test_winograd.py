"""Convolutions in tiles: those of torch, rounded otherwise, forwards and backwards."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

from ganstudio.networks import winograd
from ganstudio.networks.frugal import Frugal
from ganstudio.networks.generators import AntialiasedGenerator, ResnetGenerator
from ganstudio.networks.windows import Rooms
from ganstudio.networks.winograd import TiledConv2d

SIZES = [(1, 13, 17, 1), (4, 16, 8, 0), (2, 9, 30, (2, 0)), (3, 34, 34, 0), (2, 5, 4, 1), (1, 21, 3, (0, 1))]
"""Pictures, height, width and padding."""


@pytest.fixture
def narrow(monkeypatch):
    """Narrow layers and small maps are computed in tiles, too, in bands of a few."""
    monkeypatch.setattr(winograd, "WIDE", 4)
    monkeypatch.setattr(winograd, "WORTH", 1)
    monkeypatch.setattr(winograd, "TILES", 12)


def is_tiled(made):
    return type(made.grad_fn).__name__ == "_TiledBackward"


def layers(inside=7, outside=5, **settings):
    """One in tiles, and torch's own in float64 with the same weights."""
    torch.manual_seed(0)
    tiled = TiledConv2d(inside, outside, 3, **settings)
    plain = nn.Conv2d(inside, outside, 3, **settings).double()
    plain.load_state_dict(tiled.state_dict())
    return tiled, plain


def learn(layer, x, weighed):
    """What it gives, and the gradients of everything."""
    made = layer(x)
    return made, *torch.autograd.grad(made, [x, *layer.parameters()], weighed.to(made))


def off(found, wanted):
    """How far, as a share of the whole."""
    return ((found - wanted).norm() / wanted.norm()).item()


@pytest.mark.parametrize(("count", "height", "width", "padding"), SIZES)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_it_is_the_convolution_and_its_gradients(count, height, width, padding, layout, narrow):
    tiled, plain = layers(padding=padding, bias=padding != 0)
    x = torch.randn(count, 7, height, width).contiguous(memory_format=layout).requires_grad_()
    weighed = torch.randn(plain(x.double()).shape)
    found = learn(tiled, x, weighed)
    assert is_tiled(found[0])
    for one, other in zip(found, learn(plain, x.detach().double().requires_grad_(), weighed), strict=True):
        assert one.shape == other.shape
        assert off(one, other) < 5e-6


def test_at_the_width_of_a_generator_it_is_off_by_what_is_told():
    tiled, plain = layers(256, 256, bias=False)
    x = torch.randn(1, 256, 34, 34).requires_grad_()
    weighed = torch.randn(1, 256, 32, 32)
    found = learn(tiled, x, weighed)
    wanted = learn(plain, x.detach().double().requires_grad_(), weighed)
    assert is_tiled(found[0])
    assert all(off(one, other) < 4e-6 for one, other in zip(found, wanted, strict=True))


def test_company_changes_no_bit_and_neither_does_time(narrow):
    tiled, _ = layers()
    x, weighed = torch.randn(4, 7, 19, 34), torch.randn(4, 5, 17, 32)
    together = learn(tiled, x.requires_grad_(), weighed)
    for number in range(4):
        one = x.detach()[number : number + 1].requires_grad_()
        made, slope, *_ = learn(tiled, one, weighed[number : number + 1])
        assert torch.equal(made[0], together[0][number])
        assert torch.equal(slope[0], together[1][number])
    assert all(torch.equal(a, b) for a, b in zip(together, learn(tiled, x, weighed), strict=True))


@pytest.mark.parametrize("threads", [2, 3, 4, 5])
def test_threads_share_it_out(threads, narrow, monkeypatch):
    tiled, _ = layers(8, 4)
    x, weighed = torch.randn(2, 8, 22, 22, requires_grad=True), torch.randn(2, 4, 20, 20)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    alone = learn(tiled, x, weighed)
    rows, product = [], torch.bmm
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    monkeypatch.setattr(torch, "bmm", lambda one, *other, **out: rows.append(one.shape) or product(one, *other, **out))
    for one, other in zip(learn(tiled, x, weighed), alone, strict=True):
        assert off(one, other) < 1e-6
    # Filters into tiles, pictures into tiles and back, and the same on the way back; filters back by their channels.
    shared = [shape for shape in rows if shape[0] != winograd.REACH**2]
    assert {math.prod(shape[:2]) for shape in shared} == {2: {36, 16, 18}, 3: {36, 9}, 4: {36, 16}, 5: {9}}[threads]


def test_translating_and_learning_take_turns_in_a_thread(narrow, monkeypatch):
    monkeypatch.setattr(winograd, "rooms", Rooms())
    tiled, _ = layers()
    x, weighed = torch.randn(1, 7, 14, 14).requires_grad_(), torch.randn(1, 5, 12, 12)
    with torch.inference_mode():  # First, so that what is kept would be of no use for learning if it were made here.
        translated = winograd.convolved(x, winograd.turned(tiled.weight)) + tiled.bias[:, None, None]
    learnt = learn(tiled, x, weighed)
    with torch.inference_mode():
        winograd.convolved(torch.randn(1, 7, 30, 30), winograd.turned(tiled.weight))
    assert torch.equal(translated, learnt[0])
    assert all(torch.equal(one, other) for one, other in zip(learnt, learn(tiled, x, weighed), strict=True))


def test_gradients_have_the_gradients_of_the_plain_one(narrow):
    tiled, plain = layers(padding=1)

    def penalty(layer, x):
        """That of a critic: how far slopes are from 1."""
        (slope,) = torch.autograd.grad(torch.tanh(layer(x)).sum(), x, create_graph=True)
        return torch.autograd.grad((slope.flatten(1).norm(dim=1) - 1).square().sum(), [x, layer.weight, layer.bias])

    x = torch.randn(2, 7, 12, 12)
    found = penalty(tiled, x.clone().requires_grad_())
    wanted = penalty(plain, x.double().requires_grad_())
    assert all(off(one, other) < 5e-6 for one, other in zip(found, wanted, strict=True))


def test_only_what_is_wanted_gets_a_gradient(narrow, monkeypatch):
    tiled, _ = layers()
    asked = []
    gradients = winograd.gradients
    monkeypatch.setattr(winograd, "gradients", lambda *given: asked.append(given[-1]) or gradients(*given))
    x = torch.randn(1, 7, 8, 8, requires_grad=True)
    torch.autograd.grad(tiled(x).sum(), x)
    tiled(x.detach()).sum().backward()
    tiled.requires_grad_(False)
    tiled(x).sum().backward()
    assert asked[1:] == [(False, True), (True, False)]
    assert asked[0][0]
    assert x.grad is not None


def test_elsewhere_it_is_torchs_own(narrow, monkeypatch):
    tiled, _ = layers()
    x = torch.randn(1, 7, 16, 16)
    assert is_tiled(tiled(x))
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_tiled(tiled(x))
    assert not is_tiled(tiled.double()(x.double()))
    tiled.float()
    assert torch.equal(tiled.eval()(x), F.conv2d(x, tiled.weight, tiled.bias))
    for settings in ({"stride": 2}, {"dilation": 2}, {"padding": "same"}, {"padding": 1, "padding_mode": "reflect"}):
        assert not is_tiled(layers(**settings)[0](x))
    tiled.train()
    with monkeypatch.context() as patch:
        patch.setattr(torch.compiler, "is_compiling", lambda: True)
        assert not is_tiled(tiled(x))
    monkeypatch.setattr(winograd, "WIDE", 6)
    assert not is_tiled(tiled(x))
    monkeypatch.setattr(winograd, "WIDE", 4)
    monkeypatch.setattr(winograd, "WORTH", 5 * 16 + 1)
    assert not is_tiled(tiled(x))


@pytest.mark.parametrize("generator", [lambda: ResnetGenerator(1, 4), lambda: AntialiasedGenerator(1, 4)])
def test_a_generator_learns_in_tiles_what_it_learns_without(generator, narrow, monkeypatch):
    torch.manual_seed(0)
    network = generator()
    x = torch.randn(2, 3, 32, 32).contiguous(memory_format=torch.channels_last).requires_grad_()
    weighed = torch.randn(2, 3, 32, 32)
    found = learn(network, x, weighed)
    # Frugal or plain, remembered or played twice: the same bits.
    with monkeypatch.context() as patch:
        patch.setattr(Frugal, "stretch", lambda own, x, begin, end: nn.Sequential(*list(own)[begin:end])(x))
        assert all(torch.equal(one, other) for one, other in zip(found, learn(network, x, weighed), strict=True))
    twice = checkpoint(network, x, use_reentrant=False)
    again = torch.autograd.grad(twice, [x, *network.parameters()], weighed)
    assert all(torch.equal(one, other) for one, other in zip(found[1:], again, strict=True))

    monkeypatch.setattr(TiledConv2d, "_fits", lambda *_: False)
    wanted = learn(network, x, weighed)
    assert not torch.equal(found[1], wanted[1])
    assert all(off(one, other) < 1e-4 for one, other in zip(found, wanted, strict=True) if other.norm() > 1e-2)


def test_its_state_is_that_of_torchs_own():
    assert list(TiledConv2d(2, 2, 3).state_dict()) == list(nn.Conv2d(2, 2, 3).state_dict())


def test_it_rounds_little():
    """A third of what the places of Lavin and Gray's paper give: 0, ±1 and ±2."""
    torch.manual_seed(0)
    x, weight = torch.randn(1, 256, 32, 32), torch.randn(128, 256, 3, 3)
    wanted = F.conv2d(x.double(), weight.double())
    apart = winograd.convolved(x, winograd.turned(weight)) - wanted
    assert apart.norm() < 2e-6 * wanted.norm()
    assert apart.abs().max() < 3e-5 * wanted.std()

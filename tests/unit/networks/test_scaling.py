"""Convolutions that halve and double: those of torch, with the gradient of their filters rounded otherwise."""

import pytest
import torch
from torch import nn

from ganstudio.networks import scaling
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.scaling import DoublingConv2d, HalvingConv2d, correlated

KINDS = {
    HalvingConv2d: (nn.Conv2d, {"padding": 1}),
    DoublingConv2d: (nn.ConvTranspose2d, {"padding": 1, "output_padding": 1}),
}
SIZES = [(1, 16, 12), (3, 9, 14), (2, 30, 31)]
"""Pictures, height and width."""


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """Narrow layers learn so, too, a few places at once."""
    monkeypatch.setattr(scaling, "WIDE", 4)
    monkeypatch.setattr(scaling, "PLACES", 24)


def layers(kind, kernel=3, **settings):
    """Ours, and torch's own in float64 with the same weights."""
    torch.manual_seed(0)
    plain, usual = KINDS[kind]
    settings = {"stride": 2, **usual, **settings}
    own, other = kind(5, 7, kernel, **settings), plain(5, 7, kernel, **settings).double()
    other.load_state_dict(own.state_dict())
    return own, other


def is_ours(made):
    return type(made.grad_fn).__name__ == "_ScaledBackward"


def off(found, wanted):
    """How far, as a share of the whole."""
    return ((found - wanted).norm() / wanted.norm()).item()


def learn(layer, x, weighed):
    made = layer(x)
    return made, *torch.autograd.grad(made, [x, *layer.parameters()], weighed.to(made))


@pytest.mark.parametrize(("count", "height", "width"), SIZES)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (HalvingConv2d, {}),
        (HalvingConv2d, {"bias": False, "padding": (2, 0)}),
        (HalvingConv2d, {"kernel": 4}),
        (DoublingConv2d, {}),
        (DoublingConv2d, {"output_padding": (0, 1), "bias": False}),
        (DoublingConv2d, {"kernel": 4, "output_padding": 0}),
    ],
)
def test_it_is_the_convolution_and_its_gradients(count, height, width, layout, kind, settings):
    own, plain = layers(kind, **settings)
    x = torch.randn(count, 5, height, width).contiguous(memory_format=layout).requires_grad_()
    weighed = torch.randn(plain(x.double()).shape)
    found = learn(own, x, weighed)
    assert is_ours(found[0])
    for one, other in zip(found, learn(plain, x.detach().double().requires_grad_(), weighed), strict=True):
        assert one.shape == other.shape
        assert off(one, other) < 1e-6


def test_what_filters_learn_is_the_sum_over_all_places():
    small = torch.zeros(1, 1, 3, 3)
    small[0, 0, 1, 2] = 2.0  # Its filter looks at rows 1 to 3 and columns 3 to 5 of the large map.
    large = torch.arange(36.0).view(1, 1, 6, 6)
    assert torch.equal(correlated(small, large, 3, (1, 1))[0, 0], 2 * large[0, 0, 1:4, 3:6])


@pytest.mark.parametrize("kind", KINDS)
def test_at_its_real_width_it_is_off_by_a_millionth(kind):
    torch.manual_seed(0)
    plain, usual = KINDS[kind]
    own, other = kind(128, 64, 3, stride=2, **usual), plain(128, 64, 3, stride=2, **usual).double()
    other.load_state_dict(own.state_dict())
    x = torch.randn(1, 128, 64, 64).requires_grad_()
    weighed = torch.randn(other(x.double()).shape)
    found = learn(own, x, weighed)
    wanted = learn(other, x.detach().double().requires_grad_(), weighed)
    assert is_ours(found[0])
    assert all(off(a, b) < 2e-6 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_have_the_gradients_of_the_plain_one(kind):
    own, plain = layers(kind)

    def penalty(layer, x):
        """That of a critic: how far slopes are from 1."""
        (slope,) = torch.autograd.grad(torch.tanh(layer(x)).sum(), x, create_graph=True)
        return torch.autograd.grad((slope.flatten(1).norm(dim=1) - 1).square().sum(), [x, layer.weight, layer.bias])

    x = torch.randn(2, 5, 8, 8)
    found = penalty(own, x.clone().requires_grad_())
    wanted = penalty(plain, x.double().requires_grad_())
    assert all(off(one, other) < 5e-6 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_wanted_gets_a_gradient(kind, monkeypatch):
    own, _ = layers(kind)
    asked = []
    monkeypatch.setattr(scaling, "correlated", lambda *given: asked.append(given) or correlated(*given))
    x = torch.randn(1, 5, 8, 8, requires_grad=True)
    own(x.detach()).sum().backward()
    assert len(asked) == 1
    assert x.grad is None
    own.requires_grad_(False)
    own(x).sum().backward()
    assert len(asked) == 1
    assert x.grad is not None


@pytest.mark.parametrize("kind", KINDS)
def test_elsewhere_it_is_torchs_own(kind, monkeypatch):
    own, _ = layers(kind)
    x = torch.randn(1, 5, 8, 8)
    assert is_ours(own(x))
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_ours(own(x))
    assert not is_ours(own.double()(x.double()))
    own.float()
    plain = KINDS[kind][0](5, 7, 3, stride=2, **KINDS[kind][1])
    plain.load_state_dict(own.state_dict())
    assert torch.equal(own.eval()(x), plain(x))
    for settings in ({"stride": 1, "output_padding": 0}, {"dilation": 2}, {"kernel": (3, 1), "padding": (1, 0)}):
        if kind is HalvingConv2d:
            settings.pop("output_padding", None)
        assert not is_ours(layers(kind, **settings)[0](x))
    own.train()
    with monkeypatch.context() as patch:
        patch.setattr(torch.compiler, "is_compiling", lambda: True)
        assert not is_ours(own(x))
    monkeypatch.setattr(scaling, "WIDE", 6)
    assert not is_ours(own(x))


def test_a_generator_learns_what_it_learns_without(monkeypatch):
    torch.manual_seed(0)
    network = ResnetGenerator(1, 4)
    x = torch.randn(2, 3, 32, 32).contiguous(memory_format=torch.channels_last).requires_grad_()
    weighed = torch.randn(2, 3, 32, 32)
    asked = []
    monkeypatch.setattr(scaling, "correlated", lambda *given: asked.append(given) or correlated(*given))
    found = learn(network, x, weighed)
    assert len(asked) == 4
    monkeypatch.setattr(scaling, "WIDE", 1000)
    wanted = learn(network, x, weighed)
    assert len(asked) == 4
    # Before an instance norm a bias learns nothing but rounding.
    scale = max(value.norm() for value in wanted)
    assert all((one - other).norm() < 1e-5 * scale for one, other in zip(found, wanted, strict=True))

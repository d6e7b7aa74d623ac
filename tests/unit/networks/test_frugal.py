"""Frugal sequences: the same numbers and gradients as plain ones, bit for bit, with less to remember."""

import pytest
import torch
from torch import nn

from ganstudio.networks import frugal
from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.networks.frugal import Frugal
from ganstudio.networks.generators import AntialiasedGenerator, ResnetGenerator

NETWORKS = {
    "generator": lambda: ResnetGenerator(1, 4),
    "learnt norms": lambda: ResnetGenerator(1, 4, "affine", "replicate"),
    "no norms": lambda: ResnetGenerator(1, 4, "none", "zero"),
    "batch norms": lambda: ResnetGenerator(1, 4, "batch"),
    "blurs": lambda: AntialiasedGenerator(1, 4),
    "discriminator": lambda: PatchDiscriminator(2, 4),
    "blurred discriminator": lambda: PatchDiscriminator(2, 4, antialias=True),
}
LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


@pytest.fixture(params=NETWORKS)
def network(request):
    torch.manual_seed(0)
    return NETWORKS[request.param]()


@pytest.fixture
def plainly(monkeypatch):
    """Turns every frugal sequence into a plain one, from when it is called."""

    def turn():
        monkeypatch.setattr(Frugal, "stretch", lambda own, x, begin, end: nn.Sequential(*list(own)[begin:end])(x))

    return turn


def picture(layout="contiguous"):
    return torch.randn(2, 3, 32, 32).contiguous(memory_format=LAYOUTS[layout]).requires_grad_()


def learn(network, x):
    """What it gives, and the gradients of everything."""
    made = network(x)
    weighed = (made.square() * torch.linspace(0, 1, made.numel()).view_as(made)).sum()
    return [made, *torch.autograd.grad(weighed, [x, *network.parameters()])]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_gives_what_plain_layers_give_bit_for_bit(network, plainly, layout):
    x = picture(layout)
    found = learn(network, x)
    plainly()
    assert all(torch.equal(one, other) for one, other in zip(found, learn(network, x), strict=True))


def test_its_gradients_have_gradients(network, plainly):
    def penalty():
        x = picture("channels last")
        (slope,) = torch.autograd.grad(network(x).sum(), x, create_graph=True)
        return torch.autograd.grad(slope.square().sum(), next(network.parameters()))[0]

    torch.manual_seed(1)
    found = penalty()
    plainly()
    torch.manual_seed(1)
    torch.testing.assert_close(found, penalty())


def remembered(network):
    """Bytes that its graph holds beside its weights and its pictures."""
    kept = {}
    weights = {weight.data_ptr() for weight in network.parameters()}

    def keep(value):
        storage = value.untyped_storage()
        kept[storage.data_ptr()] = (0 if storage.data_ptr() in weights else storage.nbytes(), value)
        return value

    x = picture()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        made = network(x)
    assert made.requires_grad
    return sum(size for size, _ in kept.values())


def test_it_remembers_less_than_half(plainly):
    generator = ResnetGenerator(2, 4)
    found = remembered(generator)
    plainly()
    assert found < 0.55 * remembered(generator)


def test_a_graph_that_two_players_use_can_be_walked_twice(network):
    x = picture()
    loss = network(x).square().mean()
    weights = list(network.parameters())
    first = torch.autograd.grad(loss, weights, retain_graph=True)
    assert all(torch.equal(one, other) for one, other in zip(first, torch.autograd.grad(loss, weights), strict=True))


def test_weights_that_stay_get_no_gradient(network):
    x = picture()
    first, *others = network.parameters()
    network(x).square().mean().backward(inputs=[first])
    assert first.grad is not None
    assert all(weight.grad is None for weight in others)


def test_in_half_precision_it_gives_what_plain_layers_give(plainly):
    generator, x = ResnetGenerator(1, 4), picture("channels last")
    with torch.autocast("cpu", torch.bfloat16):
        found = learn(generator, x)
        plainly()
        wanted = learn(generator, x)
    assert all(torch.equal(one, other) for one, other in zip(found, wanted, strict=True))


def test_one_that_does_not_learn_is_plain():
    sequence = Frugal(nn.Conv2d(3, 3, 1), nn.ReLU(), nn.Conv2d(3, 3, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frugal, "_behind", None)
        sequence.eval()(picture())
        with torch.no_grad():
            sequence.train()(picture())

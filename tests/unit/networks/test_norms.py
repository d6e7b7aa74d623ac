"""Norms, and every variant of the published generators that they make: sizes, ranges, who sees whom."""

import itertools

import pytest
import torch
from torch import nn

from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.networks.generators import ANTIALIAS, PADDINGS, AntialiasedGenerator, ResnetGenerator
from ganstudio.networks.norms import NORMS, biased, each, norm
from ganstudio.networks.unet import UNetGenerator

VARIANTS = list(itertools.product(NORMS, PADDINGS, ANTIALIAS))


@pytest.mark.parametrize(
    ("kind", "layer"),
    [("instance", nn.InstanceNorm2d), ("affine", nn.InstanceNorm2d), ("batch", nn.BatchNorm2d), ("none", nn.Identity)],
)
def test_each_kind_is_its_layer_and_learns_what_it_says(kind, layer):
    made = norm(kind, 5)
    assert isinstance(made, layer)
    assert len(list(made.parameters())) == (2 if kind in {"affine", "batch"} else 0)
    assert biased(kind) == (layer is nn.InstanceNorm2d)


@pytest.mark.parametrize(("norms", "padding", "antialias"), VARIANTS)
def test_every_variant_keeps_size_and_range_and_all_its_weights_matter(norms, padding, antialias):
    generator = AntialiasedGenerator(1, 2, norms, padding, antialias=antialias, dropout=True)
    made, features = generator.paint(torch.randn(2, 3, 16, 20))
    assert made.shape == (2, 3, 16, 20)
    assert made.abs().max() <= 1
    assert [x.shape[1] for x in features] == list(generator.widths)
    made.square().sum().backward()
    assert all(weight.grad is not None for weight in generator.parameters())


def test_borders_are_what_they_are_called():
    """A picture that is its own mirror image at the border tells reflected borders from all others."""
    made = {}
    for padding in PADDINGS:
        torch.manual_seed(0)
        made[padding] = ResnetGenerator(1, 4, padding=padding)
    states = [list(generator.state_dict().values()) for generator in made.values()]
    assert all(torch.equal(one, other) for one, other in zip(states[0], states[1], strict=True))
    picture = torch.randn(1, 3, 16, 16)
    with torch.inference_mode():
        shown = {padding: generator(picture) for padding, generator in made.items()}
    for one, other in itertools.combinations(PADDINGS, 2):
        assert not torch.allclose(shown[one], shown[other], atol=1e-4)


def test_a_discriminator_can_have_every_norm():
    for kind in NORMS:
        discriminator = PatchDiscriminator(2, 4, norms=kind)
        assert discriminator(torch.randn(2, 3, 32, 32)).shape[:2] == (2, 1)
        assert ("model.2.bias" in discriminator.state_dict()) == biased(kind)
        assert {"model.0.bias", "model.8.bias"} <= discriminator.state_dict().keys()


@pytest.mark.parametrize("kind", NORMS)
def test_calls_together_give_what_calls_alone_give(kind):
    generator = UNetGenerator(2, 4, kind).train()
    one, other = torch.randn(2, 2, 3, 16, 16)
    calls = []
    generator.register_forward_hook(lambda _net, given, _made: calls.append(len(given[0])))
    together = each(generator, one, other)
    assert calls == ([2, 2] if kind == "batch" else [4])
    for made, picture in zip(together, (one, other), strict=True):
        torch.testing.assert_close(made, generator(picture))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", ["instance", "affine"])
def test_an_instance_norm_keeps_the_layout_and_gives_what_torchs_own_gives(kind, count):
    ours, plain = norm(kind, 4), nn.InstanceNorm2d(4, affine=kind == "affine")
    x = (3 + torch.randn(count, 4, 9, 7)).contiguous(memory_format=torch.channels_last).requires_grad_()
    if kind == "affine":
        for layer in (ours, plain):
            layer.weight.data, layer.bias.data = torch.linspace(1, 2, 4), torch.linspace(-1, 1, 4)
    made, wanted = ours(x), plain(x)
    assert made.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(made, wanted, rtol=1e-5, atol=1e-5)
    weigh = torch.randn(made.shape)
    of = [x, *ours.parameters()], [x, *plain.parameters()]
    found, asked = (torch.autograd.grad((y * weigh).sum(), to) for y, to in zip((made, wanted), of, strict=True))
    for one, other in zip(found, asked, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)
    spelt = ours._spelt_out(x)  # As a compiler is shown it.
    torch.testing.assert_close(spelt, wanted, rtol=1e-5, atol=1e-5)

import pytest
import torch

from ganstudio.networks.simgan import LocalDiscriminator, Refiner


def test_the_published_layers():
    shapes = [tuple(m.weight.shape) for m in Refiner().modules() if isinstance(m, torch.nn.Conv2d)]
    assert shapes == [(64, 3, 3, 3), *[(64, 64, 3, 3)] * 8, (3, 64, 1, 1)]
    judging = [m for m in LocalDiscriminator().model if not isinstance(m, torch.nn.LeakyReLU)]
    sides = [(type(m).__name__, getattr(m, "out_channels", None), m.kernel_size, m.stride) for m in judging]
    assert sides == [
        ("Conv2d", 96, (3, 3), (2, 2)),
        ("Conv2d", 64, (3, 3), (2, 2)),
        ("MaxPool2d", None, 3, 1),
        ("Conv2d", 32, (3, 3), (1, 1)),
        ("Conv2d", 32, (1, 1), (1, 1)),
        ("Conv2d", 1, (1, 1), (1, 1)),
    ]


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (13, 30)])
def test_refines_and_judges_any_size(size):
    x = torch.rand(2, 3, *size) * 2 - 1
    refined = Refiner(width=4, blocks=1)(x)
    assert refined.shape == x.shape
    assert refined.abs().max() <= 1
    assert LocalDiscriminator(4)(x).shape == (2, 1, -(-size[0] // 4), -(-size[1] // 4))


def test_each_place_of_the_discriminator_sees_23_pixels():
    torch.manual_seed(0)
    discriminator, x = LocalDiscriminator(48), torch.randn(8, 3, 64, 64, requires_grad=True)
    discriminator(x)[:, 0, 8, 8].sum().backward()
    seen = x.grad.abs().sum((0, 1, 2)).nonzero()
    assert int(seen.max() - seen.min()) + 1 == 23


def test_a_refiner_looks_around_but_moves_nothing():
    """What changes far away changes nothing here: nine 3×3 convolutions see 19 pixels."""
    refiner, x = Refiner(width=4), torch.rand(1, 3, 40, 40)
    y = x.clone()
    y[..., 30:] = -1
    assert torch.equal(refiner(x)[..., :20], refiner(y)[..., :20])

import pytest
import torch
import torch.nn.functional as F

from ganstudio.game import Batch, Descent
from ganstudio.methods.cogan import CoGAN
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "noise": 8}


def make_method(size=16, **more):
    torch.manual_seed(0)
    return CoGAN(CoGAN.Settings(**SMALL | more), FOUND, size)


def test_plays_the_published_step():
    method = make_method()
    a, b = torch.rand(2, 4, 3, 16, 16).mul(2).sub(1)
    torch.manual_seed(1)
    discriminator, fool = method.turns(Batch((a, b)), 0.0)
    torch.manual_seed(1)
    fake_a, fake_b = method.G(torch.randn(4, 8))
    real, fake = method.D(a, b), method.D(fake_a, fake_b)
    expected = -F.logsigmoid(real).mean() - F.logsigmoid(-fake).mean()
    torch.testing.assert_close(discriminator.losses["discriminator"], expected)
    torch.testing.assert_close(fool.losses["generator"], -F.logsigmoid(fake).mean())


def test_one_noise_gives_the_pair_that_the_coupled_generator_gives():
    method = make_method().eval()
    noise = torch.randn(3, 8)
    of_a, of_b = method.routes()
    assert (of_a.target, of_b.target, of_a.source, of_b.source) == ("a", "b", None, None)
    with torch.inference_mode():
        a, b = method.G(noise)
        assert torch.equal(method.make(of_a, noise), a)
        assert torch.equal(method.make(of_b, noise), b)


def test_the_published_defaults():
    settings = CoGAN.Settings()
    assert (settings.learning_rate, settings.noise, settings.own) == (2e-4, 100, 1)
    assert make_method().descent("generator") == Descent(2e-4, (0.5, 0.999), 0.5, decay=5e-4)


def test_sizes_that_the_stacks_cannot_draw_are_refused():
    with pytest.raises(ValueError, match="not 20"):
        make_method(size=20)
    with pytest.raises(ValueError, match="something must be shared"):
        make_method(size=8, own=2)

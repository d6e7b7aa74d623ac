import pytest
import torch
import torch.nn.functional as F

from ganstudio.game import Batch, Descent
from ganstudio.methods.dcgan import DCGAN
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("things", 9, 1),), {})


def make_method(size=16):
    return DCGAN(DCGAN.Settings(width=4, discriminator_width=4, noise=8), FOUND, size)


def test_a_step_is_the_textbook_step(monkeypatch):
    torch.manual_seed(0)
    method = make_method().double()
    x, z = torch.rand(4, 3, 16, 16, dtype=torch.float64) * 2 - 1, torch.randn(4, 8, dtype=torch.float64)
    judging = F.softplus(-method.D(x)).mean() + F.softplus(method.D(method.G(z))).mean()
    fooling = F.softplus(-method.D(method.G(z))).mean()

    monkeypatch.setattr(torch, "randn", lambda *_: z)
    discriminating, generating = method.turns(Batch((x,)), 0.0)
    torch.testing.assert_close(discriminating.losses["discriminator"], judging)
    torch.testing.assert_close(generating.losses["generator"], fooling)


def test_weights_begin_as_published():
    torch.manual_seed(0)
    method = DCGAN(DCGAN.Settings(), FOUND, 64)
    for module in method.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.05)
        elif isinstance(module, torch.nn.BatchNorm2d):
            assert module.weight.mean().item() == pytest.approx(1, abs=0.01)
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.4)
            assert not module.bias.any()
    assert method.descent("generator") == method.descent("discriminator") == Descent(2e-4, (0.5, 0.999), 0.5)
    assert (method.settings.noise, method.settings.width, method.settings.discriminator_width) == (100, 64, 64)


def test_a_size_it_cannot_draw_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="not 48"):
        make_method(48)

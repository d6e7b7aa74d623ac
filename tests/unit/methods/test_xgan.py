from statistics import median

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.xgan import XGAN
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "shared": 1, "discriminator_layers": 1}


def make_batch(seed):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(2, 3, 16, 16, generator=random) * 2 - 1 for _ in "ab"))


def make_method(**more):
    torch.manual_seed(0)
    return XGAN(XGAN.Settings(**SMALL | more), FOUND, 16)


def test_plays_the_step_that_its_page_writes_down():
    method = make_method(ramp=0.5)
    batch = make_batch(0)
    a, b = batch.images
    discriminators, generators = method.turns(batch, 0.25)
    space = method.space
    code_a, code_b = space.E_shared(space.E_A(a)), space.E_shared(space.E_B(b))
    fake_a, fake_b = space.G_A(space.G_shared(code_b)), space.G_B(space.G_shared(code_a))
    ones, zeros = torch.ones(2, 1, 1, 1), torch.zeros(2, 1, 1, 1)

    def told(code, target):
        return F.binary_cross_entropy_with_logits(method.C(code), target)

    torch.testing.assert_close(discriminators.losses["latent"], told(code_a, ones) + told(code_b, zeros))
    judged = ((method.D_A(a) - 1) ** 2).mean() + (method.D_A(fake_a) ** 2).mean()
    judged = judged + ((method.D_B(b) - 1) ** 2).mean() + (method.D_B(fake_b) ** 2).mean()
    torch.testing.assert_close(discriminators.losses["discriminator"], judged / 2)

    same_a, same_b = space.G_A(space.G_shared(code_a)), space.G_B(space.G_shared(code_b))
    meant_a, meant_b = space.E_shared(space.E_B(fake_b)), space.E_shared(space.E_A(fake_a))
    expected = F.l1_loss(same_a, a) + F.l1_loss(same_b, b)
    expected = expected + 0.5 * (F.l1_loss(meant_a, code_a) + F.l1_loss(meant_b, code_b))
    expected = expected + 0.5 * (told(code_a, zeros) + told(code_b, ones))
    expected = expected + 0.7 * (((method.D_A(fake_a) - 1) ** 2).mean() + ((method.D_B(fake_b) - 1) ** 2).mean())
    torch.testing.assert_close(generators.losses["generator"], expected)


def test_the_published_defaults():
    settings = XGAN.Settings()
    assert (settings.reconstruction, settings.consistency, settings.confusion, settings.adversarial) == (1, 0.5, 1, 0.7)
    assert (settings.blocks, settings.shared, settings.width) == (3, 2, 64)
    assert (settings.discriminator_width, settings.discriminator_layers, settings.discriminator_rate) == (64, 3, 1)
    for player in ("generator", "latent", "discriminator"):
        assert make_method().descent(player) == Descent(1e-4, (0.5, 0.999), 0.5)


def test_strictness_rises_from_nothing_and_stays():
    method = make_method(confusion=2.0, ramp=0.5, adversarial=0, consistency=0, reconstruction=0)
    batch = make_batch(0)
    losses = []
    for progress in (0.0, 0.25, 0.5, 0.9):
        *_, generators = method.turns(batch, progress)
        losses.append((generators.losses["generator"] / generators.terms["hide"]).item())
    assert losses == pytest.approx([0, 1, 2, 2])


def test_codes_are_told_apart_when_they_need_not_hide_and_not_when_they_must():
    """What the discriminator of codes reaches in the last steps, against 2 log 2 = 1.386 of pure guessing."""
    reached = {}
    for confusion in (0.0, 1.0):
        method = make_method(confusion=confusion, ramp=0.01, adversarial=0, learning_rate=1e-3, discriminator_rate=5)
        descending = Descending(method, steps=60)
        told = []
        for step in range(60):
            # Coloured noise against grey noise.
            a, b = make_batch(step).images
            terms = descending.step(Batch((a, b[:, :1].expand_as(b))), step)
            told.append(terms["latent"].item())
        reached[confusion] = median(told[-20:])  # A single step's pictures may fool it on one processor or another.
    assert reached[0.0] < 1.2
    assert reached[1.0] > 1.3


def test_pictures_too_small_for_the_discriminator_of_codes_are_refused():
    make_method()
    with pytest.raises(ValueError, match="at least 16 pixels, not 12"):
        XGAN(XGAN.Settings(**SMALL), FOUND, 12)


def test_without_discriminators_of_pictures_there_are_none():
    method = make_method(adversarial=0)
    assert set(method.players()) == {"latent", "generator"}
    discriminators, generators = method.turns(make_batch(0), 0.0)
    assert set(discriminators.losses) == {"latent"}
    assert "fool" not in generators.terms

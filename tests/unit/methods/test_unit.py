"""UNIT against a plain textbook loop, written here once more from the paper and the weights of its code."""

import copy

import pytest
import torch

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.unit import UNIT
from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 2, "scales": 2}


def make_batch(seed):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(1, 3, 32, 32, generator=random).double() * 2 - 1 for _ in "ab"))


def textbook(method, batches, steps):
    """Each stream on its own: a to a, a to b, b to a, b to b, and there and back."""
    space, d_a, d_b = (copy.deepcopy(net) for net in (method.space, method.D_A, method.D_B))
    optimizers = [
        torch.optim.Adam(parameters, lr=1e-4, betas=(0.5, 0.999), weight_decay=1e-4)
        for parameters in ([*d_a.parameters(), *d_b.parameters()], [*space.parameters()])
    ]

    def code(own, x):
        return space.E_shared(own(x))

    def seen(own, mean, chance):
        return own(space.G_shared(mean + chance))

    def to(discriminator, x, target):
        return sum(((judged - target) ** 2).mean() for judged in discriminator(x))

    def off(x, y):
        return (x - y).abs().mean()

    for step, (a, b) in enumerate(batches):
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = 1e-4 * factor(Descent(), step, steps)
        of_a, of_b = code(space.E_A, a), code(space.E_B, b)
        chance_a, chance_b = torch.randn(2, *of_a.shape[1:]).double().chunk(2)
        same_a, same_b = seen(space.G_A, of_a, chance_a), seen(space.G_B, of_b, chance_b)
        fake_a, fake_b = seen(space.G_A, of_b, chance_b), seen(space.G_B, of_a, chance_a)
        judged = to(d_a, a, 1) + to(d_a, fake_a.detach(), 0) + to(d_b, b, 1) + to(d_b, fake_b.detach(), 0)
        optimizers[0].zero_grad()
        judged.backward()
        optimizers[0].step()

        again_a, again_b = code(space.E_B, fake_b), code(space.E_A, fake_a)
        back_a = seen(space.G_A, again_a, torch.randn(again_a.shape).double())
        back_b = seen(space.G_B, again_b, torch.randn(again_b.shape).double())
        loss = to(d_a, fake_a, 1) + to(d_b, fake_b, 1)
        loss = loss + 10 * (off(same_a, a) + off(same_b, b) + off(back_a, a) + off(back_b, b))
        loss = loss + 0.01 * sum((mean**2).mean() for mean in (of_a, of_b, again_a, again_b))
        optimizers[1].zero_grad()
        loss.backward()
        optimizers[1].step()
    return space, d_a, d_b


def test_plays_the_published_step():
    torch.manual_seed(0)
    # In float64, because Adam blows up rounding where a gradient is nearly zero.
    method = UNIT(UNIT.Settings(**SMALL), FOUND, 32).double()
    batches = [make_batch(seed) for seed in range(3)]
    torch.manual_seed(1)
    expected = textbook(method, [batch.images for batch in batches], steps=4)
    torch.manual_seed(1)
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.space, method.D_A, method.D_B), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            # A bias before an instance norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_every_weight_weighs_its_own_term():
    """Those that are published are alike in twos, so that one could stand where the other should."""
    a, b = make_batch(0).images
    weights = {"adversarial": 2.0, "reconstruction": 3.0, "cycle": 5.0, "kl": 7.0, "kl_cycle": 11.0}
    torch.manual_seed(0)
    method = UNIT(UNIT.Settings(**SMALL, **weights, chance=0.5), FOUND, 32).double()
    torch.manual_seed(1)
    discriminator, generators = method.turns(Batch((a, b)), 0.0)
    torch.manual_seed(1)
    space = method.space
    of_a, of_b = space.E_shared(space.E_A(a)), space.E_shared(space.E_B(b))
    z_a, z_b = (torch.cat([of_a, of_b]) + 0.5 * torch.randn(2, *of_a.shape[1:]).double()).split(1)
    fake_a, fake_b = space.G_A(space.G_shared(z_b)), space.G_B(space.G_shared(z_a))
    again_a, again_b = space.E_shared(space.E_B(fake_b)), space.E_shared(space.E_A(fake_a))
    z_again_a = again_a + 0.5 * torch.randn(again_a.shape).double()
    z_again_b = again_b + 0.5 * torch.randn(again_b.shape).double()

    def off(z, own, x):
        return (own(space.G_shared(z)) - x).abs().mean()

    judged = sum(
        ((seen - 1) ** 2).mean() for discriminator, x in ((method.D_A, a), (method.D_B, b)) for seen in discriminator(x)
    )
    judged += sum(
        (seen**2).mean()
        for discriminator, x in ((method.D_A, fake_a), (method.D_B, fake_b))
        for seen in discriminator(x)
    )
    torch.testing.assert_close(discriminator.losses["discriminator"], 2 * judged)
    fool = sum(
        ((seen - 1) ** 2).mean()
        for discriminator, x in ((method.D_A, fake_a), (method.D_B, fake_b))
        for seen in discriminator(x)
    )
    expected = 2 * fool + 3 * (off(z_a, space.G_A, a) + off(z_b, space.G_B, b))
    expected += 5 * (off(z_again_a, space.G_A, a) + off(z_again_b, space.G_B, b))
    expected += 7 * ((of_a**2).mean() + (of_b**2).mean()) + 11 * ((again_a**2).mean() + (again_b**2).mean())
    torch.testing.assert_close(generators.losses["generator"], expected)


def test_the_published_defaults():
    settings = UNIT.Settings()
    assert (settings.reconstruction, settings.cycle, settings.kl, settings.kl_cycle) == (10, 10, 0.01, 0.01)
    assert (settings.adversarial, settings.chance, settings.scales, settings.discriminator_layers) == (1, 1, 3, 4)
    method = UNIT(UNIT.Settings(width=4, discriminator_width=4), FOUND, 64)
    assert method.descent("generator") == Descent(1e-4, (0.5, 0.999), 0.5, decay=1e-4)


def test_one_domain_moves_the_layers_that_the_other_uses():
    """The paper's weight sharing: both routes go through the same layers, and each domain alone trains them."""
    method = UNIT(UNIT.Settings(**SMALL), FOUND, 32).double()
    there, back = method.routes()
    shared = [p for name in ("E_shared", "G_shared") for p in method.makers()[name].parameters() if p.dim() > 1]
    a, b = make_batch(0).images
    for route, x in ((there, a), (back, b)):
        slopes = torch.autograd.grad(method.make(route, x).sum(), shared)
        assert all(slope.abs().max() > 0 for slope in slopes)


def test_a_translation_has_no_chance():
    method = UNIT(UNIT.Settings(**SMALL), FOUND, 32).double().eval()
    (a, _) = make_batch(0).images
    with torch.inference_mode():
        once, again = (method.make(method.routes()[0], a) for _ in range(2))
    assert torch.equal(once, again)


def test_pictures_too_small_for_the_discriminators_are_refused():
    with pytest.raises(ValueError, match="Choose fewer scales"):
        UNIT(UNIT.Settings(width=4, discriminator_width=4), FOUND, 32)


def test_pictures_too_small_for_discriminators_of_patches_are_refused_as_well():
    with pytest.raises(ValueError, match="at least 24 pixels, not 16"):
        UNIT(UNIT.Settings(width=4, discriminator_width=4, scales=0, discriminator_layers=3), FOUND, 16)


def test_no_scales_are_the_discriminators_of_patches():
    method = UNIT(UNIT.Settings(**SMALL | {"scales": 0}), FOUND, 32).double()
    assert isinstance(method.D_A, PatchDiscriminator)
    discriminator, generators = method.turns(make_batch(0), 0.0)
    assert torch.isfinite(discriminator.losses["discriminator"])
    assert torch.isfinite(generators.losses["generator"])

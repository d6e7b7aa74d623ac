"""CycleGAN against a plain textbook loop, written here once more from the paper."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.cyclegan import CycleGAN
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.methods.pieces import played

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 2}


def make_batch(seed):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(1, 3, 32, 32, generator=random) * 2 - 1 for _ in "ab"))


def textbook(method, batches, steps):
    """The published step: six generator calls, separate judgements, two Adams."""
    g_a, g_b, d_a, d_b = (copy.deepcopy(net) for net in (method.G_A, method.G_B, method.D_A, method.D_B))
    generators = torch.optim.Adam([*g_a.parameters(), *g_b.parameters()], lr=2e-4, betas=(0.5, 0.999))
    discriminators = torch.optim.Adam([*d_a.parameters(), *d_b.parameters()], lr=2e-4, betas=(0.5, 0.999))
    for step, (a, b) in enumerate(batches):
        for optimizer in (generators, discriminators):
            optimizer.param_groups[0]["lr"] = 2e-4 * factor(Descent(), step, steps)
        fake_b, fake_a = g_a(a), g_b(b)
        judged_b, judged_a = d_a(fake_b), d_b(fake_a)
        loss = F.mse_loss(judged_b, torch.ones_like(judged_b)) + F.mse_loss(judged_a, torch.ones_like(judged_a))
        loss = loss + 10 * (F.l1_loss(g_b(fake_b), a) + F.l1_loss(g_a(fake_a), b))
        loss = loss + 5 * (F.l1_loss(g_a(b), b) + F.l1_loss(g_b(a), a))
        generators.zero_grad()
        loss.backward()
        generators.step()
        discriminators.zero_grad()
        for discriminator, real, fake in ((d_a, b, fake_b), (d_b, a, fake_a)):
            right, wrong = discriminator(real), discriminator(fake.detach())
            half = F.mse_loss(right, torch.ones_like(right)) + F.mse_loss(wrong, torch.zeros_like(wrong))
            (0.5 * half).backward()
        discriminators.step()
    return g_a, g_b, d_a, d_b


@pytest.mark.parametrize("together", [False, True])
def test_plays_the_published_step(together):
    torch.manual_seed(0)
    # In float64, because Adam blows up rounding where a gradient is nearly zero.
    method = CycleGAN(CycleGAN.Settings(**SMALL), FOUND, 32).double()
    batches = [Batch(tuple(image.double() for image in make_batch(seed).images)) for seed in range(3)]
    expected = textbook(method, [batch.images for batch in batches], steps=4)
    descending = Descending(method, steps=4)
    assert not method.together, "one picture after the other where that spares memory and costs nothing"
    method.together = together
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G_A, method.G_B, method.D_A, method.D_B), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            # A bias before an instance norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_the_published_defaults():
    settings = CycleGAN.Settings()
    assert (settings.cycle, settings.identity, settings.pool, settings.learning_rate) == (10, 0.5, 50, 2e-4)
    # The published sizes of what is loaded and what is cut from it; ours keeps the shape.
    assert (round(settings.margin * 256), settings.fit, settings.flip, settings.average) == (286, "cover", True, 0)
    assert CycleGAN(CycleGAN.Settings(width=4), FOUND, 32).descent("generator") == Descent(2e-4, (0.5, 0.999), 0.5)


@pytest.mark.parametrize(("size", "blocks"), [(64, 6), (128, 6), (256, 9)])
def test_depth_follows_the_size_as_published(size, blocks):
    method = CycleGAN(CycleGAN.Settings(width=4, discriminator_width=4), FOUND, size)
    assert sum("conv_block.1.weight" in name for name in method.G_A.state_dict()) == blocks


def test_the_rate_is_constant_and_then_falls_to_nearly_zero():
    rates = [factor(Descent(), step, 200) for step in range(200)]
    assert rates[:100] == [1.0] * 100
    assert rates[100] == pytest.approx(1 - 1 / 101)
    assert rates[199] == pytest.approx(1 / 101)
    # The published code at epoch 150 of 100 + 100: 1.0099e-4.
    assert 2e-4 * factor(Descent(), 149, 200) == pytest.approx(1.0099e-4, rel=1e-4)


def test_the_published_networks_are_the_default():
    with torch.device("meta"):
        method = CycleGAN(CycleGAN.Settings(), FOUND, 256)
    millions = [
        sum(p.numel() for p in net.parameters()) / 1e6 for net in (method.G_A, method.G_B, method.D_A, method.D_B)
    ]
    assert millions == pytest.approx([11.378, 11.378, 2.765, 2.765], abs=0.0005)


def test_each_discriminator_is_shown_the_past_of_the_folder_that_it_knows():
    method = CycleGAN(CycleGAN.Settings(**SMALL), FOUND, 32)
    batch = make_batch(0)
    list(method.turns(batch, 0.0))
    (a, b) = batch.images
    with torch.inference_mode():
        torch.testing.assert_close(method.pool_b.get_extra_state(), method.G_A(a))
        torch.testing.assert_close(method.pool_a.get_extra_state(), method.G_B(b))
    # Once they are full, they give back what they kept.
    shown = []
    method.pool_a.forward = lambda _: torch.full_like(a, 0.25)
    method.pool_b.forward = lambda _: torch.full_like(b, 0.75)
    for discriminator in (method.D_A, method.D_B):
        discriminator.register_forward_pre_hook(lambda _, given: shown.append(given[0].detach()))
    list(method.turns(batch, 0.0))
    assert torch.equal(shown[-2], torch.cat([b, torch.full_like(b, 0.75)]))
    assert torch.equal(shown[-1], torch.cat([a, torch.full_like(a, 0.25)]))


def test_without_identity_there_is_no_such_curve():
    method = CycleGAN(CycleGAN.Settings(**SMALL, identity=0), FOUND, 32)
    for method.together in (True, False):
        generators, _ = played(method, make_batch(0))
        assert generators.terms.keys() == {"fool", "cycle"}


def test_both_ways_use_their_own_generator():
    method = CycleGAN(CycleGAN.Settings(**SMALL), FOUND, 32).eval()
    there, back = method.routes()
    assert (there.source, there.target, back.source, back.target) == ("a", "b", "b", "a")
    (a, _) = make_batch(0).images
    with torch.inference_mode():
        assert torch.equal(method.make(there, a), method.G_A(a))
        assert torch.equal(method.make(back, a), method.G_B(a))

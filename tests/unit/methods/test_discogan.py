"""DiscoGAN against a plain textbook loop, written here once more from the paper and its published code."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.discogan import DiscoGAN
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.methods.pieces import played

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "downs": 2, "discriminator_layers": 3}


def make_batch(seed, count=6):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(count, 3, 32, 32, generator=random, dtype=torch.float64) * 2 - 1 for _ in "ab"))


def make_method(**more):
    torch.manual_seed(0)
    return DiscoGAN(DiscoGAN.Settings(**SMALL | more), FOUND, 32)


def textbook(method, batches, rates):
    """Turn after turn with fresh pictures; every third one, from the first on, is the discriminators'."""
    g_a, g_b, d_a, d_b = (copy.deepcopy(net) for net in (method.G_A, method.G_B, method.D_A, method.D_B))
    adam = {"lr": 2e-4, "betas": (0.5, 0.999), "weight_decay": 1e-5}
    generators = torch.optim.Adam([*g_a.parameters(), *g_b.parameters()], **adam)
    discriminators = torch.optim.Adam([*d_a.parameters(), *d_b.parameters()], **adam)
    pictures = [pair for batch in batches for pair in zip(*(image.chunk(3) for image in batch.images), strict=True)]
    for turn, (a, b) in enumerate(pictures):
        rate = rates[turn // 3]
        ab, ba = g_b(a), g_a(b)
        losses = {generators: 0, discriminators: 0}
        for discriminator, real, fake, back, source in ((d_b, b, ab, g_a(ab), a), (d_a, a, ba, g_b(ba), b)):
            (right, wanted), (wrong, felt) = discriminator(real), discriminator(fake)
            yes, no = torch.sigmoid(right), torch.sigmoid(wrong)
            losses[discriminators] += 0.5 * F.binary_cross_entropy(yes, torch.ones_like(yes))
            losses[discriminators] += 0.5 * F.binary_cross_entropy(no, torch.zeros_like(no))
            fool = F.binary_cross_entropy(no, torch.ones_like(no))
            match = sum(F.mse_loss(one.mean(0), other.mean(0)) for one, other in zip(felt, wanted, strict=True))
            # As between pictures from 0 to 1.
            recon = F.mse_loss((back + 1) / 2, (source + 1) / 2)
            losses[generators] += (0.1 * fool + 0.9 * match) * (1 - rate) + recon * rate
        moving = generators if turn % 3 else discriminators
        moving.zero_grad()
        losses[moving].backward()
        moving.step()
    return g_a, g_b, d_a, d_b


def test_plays_the_published_turns():
    method = make_method(discovery=0.5).double()
    batches = [make_batch(seed) for seed in range(3)]
    expected = textbook(method, batches, rates=(0.01, 0.01, 0.5))
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G_A, method.G_B, method.D_A, method.D_B), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_the_published_defaults():
    settings = DiscoGAN.Settings()
    assert (settings.early_cycle, settings.cycle, settings.matching) == (0.01, 0.5, 0.9)
    assert (settings.downs, settings.width, settings.discriminator_layers, settings.discriminator_width) == (
        4,
        64,
        4,
        64,
    )
    assert make_method().descent("generator") == Descent(2e-4, (0.5, 0.999), 1.0, decay=1e-5)


def test_faithfulness_hardly_counts_until_the_looks_are_found():
    method = make_method(matching=1.0, discovery=0.25)
    batch = Batch(tuple(image.float() for image in make_batch(0).images))
    # With r = 0.01, as good as nothing of the loss is the way there and back; with r = 0.5 half of it is.
    for progress, rate in ((0.0, 0.01), (0.24, 0.01), (0.25, 0.5), (1.0, 0.5)):
        turns = [turn for turn in played(method, batch, progress) if "generator" in turn.losses]
        assert len(turns) == 2
        for turn in turns:
            expected = (1 - rate) * turn.terms["matching"] + rate * turn.terms["cycle"]
            torch.testing.assert_close(turn.losses["generator"], expected)


def test_every_turn_has_fresh_pictures():
    method = make_method()
    assert method.draws == 3
    seen = []
    method.G_B.register_forward_pre_hook(lambda *given: seen.append(given[1][0].detach()))
    batch = Batch(tuple(image.float() for image in make_batch(0).images))
    players = [next(iter(turn.losses)) for turn in played(method, batch)]
    assert players == ["discriminator", "generator", "generator"]
    given = [part for part in batch.images[0].chunk(3) if any(torch.equal(part, one) for one in seen)]
    assert len(given) == 3


@pytest.mark.parametrize(("size", "right"), [(30, 32), (16, 32), (36, 40)])
def test_a_size_that_cannot_be_halved_so_often_is_refused_with_one_that_can(size, right):
    with pytest.raises(ValueError, match=f"such as {right} pixels, not {size}"):
        DiscoGAN(DiscoGAN.Settings(**SMALL), FOUND, size)


def test_a_single_pixel_in_the_middle_wants_company():
    method = DiscoGAN(DiscoGAN.Settings(**SMALL | {"downs": 5}), FOUND, 32)
    with pytest.raises(ValueError, match="Choose a batch of 2 or more, fewer halvings"):
        next(method.turns(make_batch(0, count=3), 0.0))
    batch = Batch(tuple(image.float() for image in make_batch(0, count=6).images))
    assert len(played(method, batch)) == 3


def test_both_ways_use_their_own_generator():
    method = make_method().eval()
    there, back = method.routes()
    assert (there.source, there.target, there.multiple) == ("a", "b", 4)
    picture = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(method.make(there, picture), method.G_B(picture))
        assert torch.equal(method.make(back, picture), method.G_A(picture))

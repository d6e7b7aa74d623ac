"""pix2pix against a plain textbook loop, written here once more from the paper."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.pix2pix import Pix2pix
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "discriminator_layers": 2}


def make_batch(seed, dtype=torch.float32, count=1):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple((torch.rand(count, 3, 32, 32, generator=random) * 2 - 1).to(dtype) for _ in "ab"))


def textbook(method, batches, steps):
    """The published step: two separate judgements, two Adams."""
    g, d = copy.deepcopy(method.G), copy.deepcopy(method.D)
    generator, discriminator = (torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (g, d))
    for step, (a, b) in enumerate(batches):
        for optimizer in (generator, discriminator):
            optimizer.param_groups[0]["lr"] = 2e-4 * factor(Descent(), step, steps)
        fake = g(a)
        discriminator.zero_grad()
        wrong = F.softplus(d(torch.cat([a, fake.detach()], 1))).mean()
        right = F.softplus(-d(torch.cat([a, b], 1))).mean()
        (0.5 * (wrong + right)).backward()
        discriminator.step()
        generator.zero_grad()
        fool = F.softplus(-d(torch.cat([a, fake], 1))).mean()
        (fool + 100 * (fake - b).abs().mean()).backward()
        generator.step()
    return g, d


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_plays_the_published_step(norm):
    torch.manual_seed(0)
    # In float64, because Adam blows up rounding where a gradient is nearly zero.
    method = Pix2pix(Pix2pix.Settings(**SMALL, norm=norm), FOUND, 32).double()
    batches = [make_batch(seed, torch.float64, 2) for seed in range(3)]
    torch.manual_seed(7)  # For dropout.
    expected = textbook(method, [batch.images for batch in batches], steps=4)
    torch.manual_seed(7)
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G, method.D), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            # A bias before a norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_the_discriminator_sees_each_result_beside_the_picture_it_was_made_from():
    torch.manual_seed(0)
    method = Pix2pix(Pix2pix.Settings(**SMALL, dropout=False), FOUND, 32)
    batch, seen = make_batch(0), []
    method.D.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    list(method.turns(batch, 0.0))
    a, b = batch.images
    fake = method.G(a)
    together, again = seen
    assert torch.equal(together[:1], torch.cat([a, b], 1))
    torch.testing.assert_close(together[1:], torch.cat([a, fake], 1))
    torch.testing.assert_close(again, torch.cat([a, fake], 1))


def test_the_published_defaults():
    settings = Pix2pix.Settings()
    assert (settings.likeness, settings.dropout, settings.learning_rate) == (100, True, 2e-4)
    method = Pix2pix(Pix2pix.Settings(width=4, discriminator_width=4), FOUND, 32)
    assert method.descent("generator") == method.descent("discriminator") == Descent(2e-4, (0.5, 0.999), 0.5)
    assert method.D.model[0].in_channels == 6
    with torch.device("meta"):
        full = Pix2pix(settings, FOUND, 256)
        # With 6 channels the discriminator has 3·64·16 weights more than CycleGAN's 2.765 million.
        assert sum(p.numel() for p in full.D.parameters()) / 1e6 == pytest.approx(2.768, abs=0.0005)
        assert len(Pix2pix(Pix2pix.Settings(norm="batch"), FOUND, 256).G.state_dict()) == 82


@pytest.mark.parametrize(("size", "multiple"), [(16, 16), (64, 64), (128, 128), (256, 256), (512, 256), (96, 32)])
def test_depth_follows_the_size_and_larger_pictures_are_taken(size, multiple):
    method = Pix2pix(Pix2pix.Settings(width=4, discriminator_width=4, discriminator_layers=2), FOUND, size).eval()
    (route,) = method.routes()
    assert (route.source, route.target, route.multiple) == ("a", "b", multiple)
    with torch.inference_mode():
        assert method.make(route, torch.zeros(1, 3, multiple, 2 * multiple)).shape == (1, 3, multiple, 2 * multiple)


def test_a_size_that_cannot_be_halved_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="such as 112"):
        Pix2pix(Pix2pix.Settings(), FOUND, 100)


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_a_translation_is_always_the_same(norm):
    method = Pix2pix(Pix2pix.Settings(**SMALL, norm=norm), FOUND, 64)
    (route,) = method.routes()
    a = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert not torch.equal(method.make(route, a), method.make(route, a))  # Dropout, in training.
        method.eval()
        assert torch.equal(method.make(route, a), method.make(route, a))

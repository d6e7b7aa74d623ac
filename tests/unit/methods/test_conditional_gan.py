import math

import pytest
import torch

from ganstudio.game import Batch, Descent
from ganstudio.methods.conditional_gan import ConditionalGAN
from ganstudio.words.routes import DomainFound, Inventory


def make_method(classes=("a", "b", "c"), **settings):
    found = Inventory((DomainFound("things", 9, 1, classes),), {})
    return ConditionalGAN(ConditionalGAN.Settings(width=4, discriminator_width=4, noise=8, **settings), found, 16)


def make_batch(count=6):
    return Batch((torch.rand(count, 3, 16, 16) * 2 - 1,), torch.arange(count) % 3)


def test_the_discriminator_is_asked_about_the_right_label_the_wrong_label_and_the_fake():
    torch.manual_seed(0)
    method = make_method()
    asked = []
    discriminator = method.D.judge

    def listening(seen, labels):
        asked.append(labels)
        return discriminator(seen, labels)

    method.D.judge = listening
    drawn = []
    method.G.register_forward_pre_hook(lambda _, given: drawn.append(given))
    batch = make_batch()
    torch.manual_seed(1)
    list(method.turns(batch, 0.0))
    torch.manual_seed(1)
    ((noise, labels),) = drawn
    assert torch.equal(noise, torch.randn(6, 8))
    assert torch.equal(labels, batch.labels)
    right, wrong, fake, fooled = asked
    assert torch.equal(right, batch.labels)
    assert (wrong != batch.labels).all()
    assert wrong.min() >= 0
    assert wrong.max() < 3
    assert torch.equal(fake, batch.labels)
    assert torch.equal(fooled, batch.labels)


def test_a_wrong_label_is_any_of_the_others_and_each_as_often():
    torch.manual_seed(0)
    method, asked = make_method(("a", "b", "c", "d")), []
    method.D.judge = lambda seen, labels: asked.append(labels) or torch.zeros(len(labels)) + 0 * seen.sum()
    next(method.turns(Batch((torch.zeros(300, 3, 16, 16),), torch.full((300,), 2)), 0.0))
    counts = torch.bincount(asked[1], minlength=4).tolist()
    assert counts[2] == 0
    assert min(counts[0], counts[1], counts[3]) > 70


def test_the_published_defaults():
    settings = ConditionalGAN.Settings()
    assert (settings.noise, settings.width, settings.discriminator_width) == (100, 64, 64)
    assert make_method().descent("generator") == Descent(2e-4, (0.5, 0.999), 0.5)


def test_it_draws_the_class_that_is_asked_for():
    method = make_method().eval()
    (route,) = method.routes()
    noise, classes = torch.randn(3, 8), torch.tensor([2, 0, 1])
    with torch.inference_mode():
        assert torch.equal(method.make(route, noise, classes), method.G(noise, classes))
        assert not torch.equal(method.make(route, noise, classes), method.G(noise, classes.flip(0)))


def test_the_three_terms_weigh_one_half_and_half():
    """With judgements of 1 to 4 on the right label, the wrong one, the fake and the fake that is to please."""
    method, said = make_method(), iter((1.0, 2.0, 3.0, 4.0))
    method.D.judge = lambda seen, labels: torch.full((len(labels),), next(said)) + 0 * seen.sum()
    discriminator, fool = method.turns(make_batch(), 0.0)
    cost = {logit: math.log1p(math.exp(logit)) for logit in (-1, 2, 3, -4)}
    assert discriminator.losses["discriminator"].item() == pytest.approx(cost[-1] + 0.5 * (cost[2] + cost[3]))
    assert discriminator.terms["mismatch"].item() == pytest.approx(cost[2])
    assert fool.losses["generator"].item() == pytest.approx(cost[-4], rel=1e-5)


def test_a_wrong_label_is_learnt_to_cost():
    """On classes of one colour each, the discriminator soon tells matching pairs from mismatched ones."""
    torch.manual_seed(0)
    method = make_method(("dark", "light"))
    optimizer = torch.optim.Adam(method.D.parameters(), 2e-3, betas=(0.5, 0.999))
    labels = torch.arange(16) % 2
    pictures = (labels * 1.2 - 0.6)[:, None, None, None] + 0.1 * torch.randn(16, 3, 16, 16)
    for _ in range(60):
        turn = next(method.turns(Batch((pictures,), labels), 0.0))
        optimizer.zero_grad()
        turn.losses["discriminator"].backward(inputs=list(method.D.parameters()))
        optimizer.step()
    method.eval()
    with torch.inference_mode():
        matched, mismatched = method.D(pictures, labels), method.D(pictures, 1 - labels)
    assert (matched > mismatched).float().mean() >= 0.95


def test_one_class_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least two class folders"):
        make_method(("alone",))

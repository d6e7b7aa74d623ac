import dataclasses
import math

import pytest
import torch

from ganstudio.game import Batch, Descent
from ganstudio.methods.semi_supervised_gan import REACH, SemiSupervisedGAN
from ganstudio.words.routes import DomainFound, Inventory


def make_method(classes=("a", "b", "c"), **settings):
    found = Inventory((DomainFound("few", 6, 1, classes), DomainFound("many", 9, 1)), {})
    kind = SemiSupervisedGAN.Settings(**{"width": 4, "discriminator_width": 4, "noise": 8} | settings)
    return SemiSupervisedGAN(kind, found, 16)


def make_batch(count=6):
    few, many = torch.rand(2, count, 3, 16, 16) * 2 - 1
    return Batch((few, many), torch.arange(count) % 3)


def judged(batch, length=None, **settings):
    """A method, always the same but for its settings, and what its discriminator descends, with so many logits."""
    torch.manual_seed(0)
    method = make_method(dropout=0.0, **settings)
    if length is not None:
        torch.nn.init.constant_(method.D.telling.length, length)
    torch.manual_seed(1)
    return method, next(method.turns(batch, 0.0)).losses["discriminator"].item()


def test_the_loss_is_that_of_k_classes_and_fake():
    """The implicit form beside the textbook's K + 1 probabilities, the last of them "fake"."""
    torch.manual_seed(0)
    method, batch = make_method(dropout=0.0, unlabelled=2.0).double(), make_batch()
    few, many = (picture.double() for picture in batch.images)
    torch.set_default_dtype(torch.float64)
    try:
        torch.manual_seed(1)
        turn = next(method.turns(Batch((few, many), batch.labels), 0.0))
        torch.manual_seed(1)
        fake = method.G(torch.randn(6, 8))
    finally:
        torch.set_default_dtype(torch.float32)

    def probabilities(pictures):
        logits = method.D(pictures)
        return torch.cat([logits, torch.zeros(len(pictures), 1)], dim=1).softmax(1)

    known = probabilities(few)
    told = -(known[range(6), batch.labels] / (1 - known[:, 3])).log().mean()
    judged = -(1 - probabilities(many)[:, 3]).log().mean() - probabilities(fake)[:, 3].log().mean()
    assert turn.losses["discriminator"].item() == pytest.approx((told + 2.0 * 0.5 * judged).item(), rel=1e-12)


def test_doubt_about_the_unlabelled_costs_when_it_is_asked_to_be_certain():
    batch = make_batch()
    _, without = judged(batch)
    method, loss = judged(batch, certain=0.5)
    shares = method.D(batch.images[1]).softmax(1)
    doubt = torch.distributions.Categorical(shares).entropy().mean().item()
    assert loss - without == pytest.approx(0.5 * doubt, rel=1e-4)


def test_an_answer_about_what_is_made_costs_when_it_is_asked_to_be_unsure():
    batch = make_batch()
    far = 60.0  # From undecided.
    _, without = judged(batch, far)
    method, loss = judged(batch, far, unsure=0.5)
    torch.manual_seed(1)
    shares = method.D(method.G(torch.randn(6, 8))).softmax(1)
    undecided = torch.distributions.Categorical(shares).entropy().mean().item()
    assert undecided < 0.9 * math.log(3)
    assert without - loss == pytest.approx(0.5 * undecided, rel=1e-4)


def test_an_answer_that_moves_with_little_costs_when_it_is_asked_to_be_steady():
    batch = make_batch()
    _, without = judged(batch, 30.0)
    method, loss = judged(batch, 30.0, steady=0.5)
    # What chance would do to the answers, on average, is less than the worst.
    unlabelled = batch.images[1]
    answers = torch.distributions.Categorical(logits=method.D(unlabelled))
    moved = [
        torch.distributions.kl_divergence(
            answers,
            torch.distributions.Categorical(logits=method.D(unlabelled + REACH * torch.randn(unlabelled.shape))),
        ).mean()
        for _ in range(8)
    ]
    assert (loss - without) / 0.5 > 2 * torch.stack(moved).mean().item()


def test_the_worst_change_is_that_of_one_step_of_the_power_method():
    """Miyato et al., algorithm 1, in float64: close to the picture the answers hardly move."""
    torch.manual_seed(0)
    method = make_method(dropout=0.0, steady=0.5).double()
    torch.nn.init.constant_(method.D.telling.length, 30.0)
    batch = make_batch()
    few, many = (picture.double() for picture in batch.images)
    z, tried = torch.randn(6, 8).double(), torch.randn(many.shape).double()

    def loss(steady):
        method.take_on(dataclasses.replace(method.settings, steady=steady))
        chances = iter((z, tried))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch, "randn", lambda *_: next(chances))
            return next(method.turns(Batch((few, many), batch.labels), 0.0)).losses["discriminator"].item()

    added = loss(0.5) - loss(0.0)
    answers = torch.distributions.Categorical(logits=method.D(many).detach())
    for reach in (REACH / 20, REACH):
        along = tried / tried.square().mean((1, 2, 3), keepdim=True).sqrt()
        step = (reach * along).requires_grad_()
        changed = torch.distributions.Categorical(logits=method.D(many + step))
        moved = torch.distributions.kl_divergence(answers, changed).mean()
        (tried,) = torch.autograd.grad(moved, step)
    assert added == pytest.approx(0.5 * moved.item(), rel=1e-6)


def test_the_generator_matches_the_features_of_the_unlabelled():
    torch.manual_seed(0)
    method, batch = make_method(dropout=0.0), make_batch()
    made = torch.rand(6, 3, 16, 16, requires_grad=True)
    method.G.forward = lambda _: made
    _, turn = method.turns(batch, 0.0)
    seen, wanted = method.D.look(made).mean(0), method.D.look(batch.images[1]).mean(0)
    assert turn.losses["generator"].item() == pytest.approx((seen - wanted).abs().mean().item(), rel=1e-5)


def test_it_soon_sorts_light_from_dark_with_two_pictures_a_class():
    torch.manual_seed(0)
    method = make_method(("dark", "light"), dropout=0.0)
    optimizers = {
        player: torch.optim.Adam(networks[0].parameters(), 3e-3, betas=(0.5, 0.999))
        for player, networks in method.players().items()
    }
    labels = torch.arange(4) % 2
    few = (labels * 1.2 - 0.6)[:, None, None, None].expand(4, 3, 16, 16)
    answers = torch.arange(16) % 2
    many = (answers * 1.0 - 0.5)[:, None, None, None] + 0.2 * torch.randn(16, 3, 16, 16)
    for _ in range(30):
        for turn in method.turns(Batch((few, many), labels), 0.0):
            ((player, loss),) = turn.losses.items()
            optimizers[player].zero_grad()
            loss.backward(inputs=[p for group in optimizers[player].param_groups for p in group["params"]])
            optimizers[player].step()
    method.eval()
    classify, imagine = method.routes()
    assert (classify.answers, classify.side, imagine.source) == (("dark", "light"), 16, None)
    with torch.inference_mode():
        assert (method.make(classify, many).argmax(1) == answers).all()


def test_the_published_defaults():
    settings = SemiSupervisedGAN.Settings()
    assert (settings.unlabelled, settings.certain, settings.unsure, settings.steady) == (1, 0, 0, 0)
    assert (settings.average, settings.dropout, settings.noise, settings.discriminator_width) == (0.9999, 0.5, 100, 96)
    assert make_method().descent("generator") == Descent(3e-4, (0.5, 0.999), 2 / 3)


def test_one_class_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="few needs at least two class folders"):
        make_method(("alone",))

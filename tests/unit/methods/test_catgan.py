import math

import pytest
import torch
from torch import nn

from ganstudio.game import Batch, Descent
from ganstudio.methods.catgan import CatGAN
from ganstudio.words.routes import DomainFound, Inventory


def make_method(classes=("a", "b", "c"), **settings):
    found = Inventory((DomainFound("few", 6, 1, classes), DomainFound("many", 9, 1)), {})
    return CatGAN(CatGAN.Settings(**{"width": 4, "discriminator_width": 4, "noise": 8} | settings), found, 16)


def make_batch(count=6):
    few, many = torch.rand(2, count, 3, 16, 16) * 2 - 1
    return Batch((few, many), torch.arange(count) % 3)


class Saying(nn.Module):
    """Stands in for the classifier: says the same of each kind of picture, whatever it sees."""

    def __init__(self, *probabilities):
        super().__init__()
        self.logits = torch.stack([torch.tensor(p).log() for p in probabilities]).requires_grad_()

    def forward(self, pictures):
        rows = self.logits.repeat_interleave(6, 0) if len(pictures) == 18 else self.logits[2:].repeat(6, 1)
        return rows + 0 * pictures.mean()


def test_the_losses_are_the_papers_entropies():
    """Counted by hand for fixed probabilities; all pictures alike, so both entropies of one kind are the same."""
    method = make_method(labelled=3.0)
    known, fake = (0.2, 0.5, 0.3), (0.7, 0.2, 0.1)
    method.D = Saying(known, (0.6, 0.3, 0.1), fake)
    discriminator, fool = method.turns(make_batch(), 0.0)
    unsure = -sum(p * math.log(p) for p in fake)
    told = -sum(math.log(p) for p in known) / 3
    assert discriminator.losses["discriminator"].item() == pytest.approx(3 * told - unsure, rel=1e-5)
    assert fool.losses["generator"].item() == pytest.approx(0, abs=1e-6)


def test_both_losses_written_out_for_the_networks_themselves():
    torch.manual_seed(0)
    method, batch = make_method(labelled=3.0, dropout=0.0), make_batch()
    torch.nn.init.constant_(method.D.telling.length, 30.0)
    few, many = batch.images
    torch.manual_seed(1)
    discriminator, fool = method.turns(batch, 0.0)
    torch.manual_seed(1)
    fake = method.G(torch.randn(6, 8))

    def each_and_all(pictures):
        """Entropy of the answers in the mean, and of the mean answer."""
        answers = torch.distributions.Categorical(logits=method.D(pictures))
        return answers.entropy().mean(), torch.distributions.Categorical(answers.probs.mean(0)).entropy()

    (real, of_all_real), (made, of_all_made) = each_and_all(many), each_and_all(fake)
    told = torch.nn.functional.cross_entropy(method.D(few), batch.labels)
    torch.testing.assert_close(discriminator.losses["discriminator"], real - of_all_real - made + 3 * told)
    torch.testing.assert_close(fool.losses["generator"], made - of_all_made)


def test_the_discriminator_is_best_off_sure_of_real_ones_in_all_classes_and_unsure_of_fakes():
    method = make_method(labelled=0.0)
    sure = torch.eye(3).clamp(min=1e-12).log()

    class Ideal(nn.Module):
        def forward(self, pictures):
            real = sure.repeat(4, 1)
            return torch.cat([real, torch.zeros(6, 3)]) + 0 * pictures.mean()

    method.D = Ideal()
    turn = next(method.turns(make_batch(), 0.0))
    assert turn.losses["discriminator"].item() == pytest.approx(-2 * math.log(3), abs=1e-4)


def test_the_generator_is_best_off_with_fakes_of_all_classes():
    method = make_method()
    sure = torch.eye(3).clamp(min=1e-12).log()

    class Fooled(nn.Module):
        def forward(self, pictures):
            return sure.repeat(len(pictures) // 3, 1) + 0 * pictures.mean()

    method.D = Fooled()
    _, turn = method.turns(make_batch(), 0.0)
    assert turn.losses["generator"].item() == pytest.approx(-math.log(3), abs=1e-4)


def test_the_defaults_are_those_of_dcgan_and_of_the_classifier_that_it_shares():
    settings = CatGAN.Settings()
    assert (settings.labelled, settings.dropout, settings.noise) == (1, 0.5, 100)
    assert (settings.width, settings.discriminator_width) == (64, 96)
    assert make_method().descent("discriminator") == Descent(2e-4, (0.5, 0.999), 0.5)


def test_the_classifier_comes_first():
    classify, imagine = make_method().routes()
    assert (classify.source, classify.answers, classify.side) == ("few", ("a", "b", "c"), 16)
    assert (imagine.source, imagine.target) == (None, "many")


def test_one_class_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="few needs at least two class folders"):
        make_method(("alone",))

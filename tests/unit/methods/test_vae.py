import math

import pytest
import torch
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.vae import VAE
from ganstudio.words.routes import DomainFound, Inventory


def make_method(size=16, **settings):
    found = Inventory((DomainFound("discs", 9, 1),), {})
    return VAE(VAE.Settings(**({"width": 8, "noise": 4} | settings)), found, size)


class LinearSays(nn.Module):
    """A linear mean, and one variance for each latent whatever the picture."""

    def __init__(self, latent):
        super().__init__()
        self.mean = nn.Linear(192, latent)
        self.log_variance = nn.Parameter(torch.zeros(latent))

    def forward(self, pictures):
        return self.mean(pictures.flatten(1)), self.log_variance.expand(len(pictures), -1)


@pytest.mark.parametrize("beta", [1.0, 3.0])
def test_a_linear_one_reaches_the_likelihood_of_probabilistic_principal_components(beta):
    """Lucas et al., "Don't Blame the ELBO!", NeurIPS 2019: no other weights of the two terms would.

    With variances v of the data and β of a pixel, a component of v > β costs ½·(log(v / β) + 1), and one below is not
    worth its latent and costs ½·v / β, all in nats and times β here.
    """
    torch.manual_seed(0)
    variances = torch.tensor([9.0, 5.0, 2.0, 0.5])
    mixed = torch.linalg.qr(torch.randn(300, 4) - torch.randn(300, 4).mean(0)).Q
    mixed = torch.linalg.qr(mixed - mixed.mean(0)).Q * math.sqrt(300)
    pictures = mixed * variances.sqrt() @ torch.linalg.qr(torch.randn(192, 4)).Q.T
    batch = Batch((pictures.view(-1, 3, 8, 8),))
    method = make_method(8, noise=4, beta=beta, learning_rate=2e-2)
    method.E, method.D = LinearSays(4), nn.Sequential(nn.Linear(4, 192), nn.Unflatten(1, (3, 8, 8)))
    descending = Descending(method, steps=1500)
    for step in range(1500):
        descending.step(batch, step)
    with torch.no_grad():
        reached = torch.stack([next(method.turns(batch, 1.0)).losses["autoencoder"] for _ in range(50)]).mean()
    worth = variances > beta
    nats = torch.where(worth, 0.5 * ((variances / beta).log() + 1), 0.5 * variances / beta)
    torch.testing.assert_close(reached, beta * nats.sum(), rtol=0.02, atol=0)
    used = (method.E.log_variance.exp() < 0.9).sum()
    assert used == worth.sum()


def discs(count, random):
    """Discs anywhere, of any brightness, (count, 3, 16, 16) in [-1, 1]."""
    x, y, light = torch.rand(3, count, 1, 1, generator=random)
    place = torch.arange(16)
    away = ((place[None, None] - 4 - 8 * x).square() + (place[None, :, None] - 4 - 8 * y).square()).sqrt()
    inside = torch.sigmoid(2 * (4 - away)) * (0.5 + 0.5 * light)
    return (2 * inside - 1)[:, None].expand(-1, 3, -1, -1)


def test_the_latents_of_rendered_pictures_are_close_to_standard_normal():
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(0)
    method = make_method(beta=4.0, learning_rate=4e-3)
    descending = Descending(method, steps=400)
    for step in range(400):
        terms = descending.step(Batch((discs(32, random),)), step)
    method.eval()
    with torch.no_grad():
        mean, log_variance = method.E(discs(1000, random))
    assert terms["divergence"] > 2  # It does tell pictures apart.
    assert mean.mean(0).abs().max() < 0.3
    variance = log_variance.exp().mean(0) + mean.var(0)
    assert variance.min() > 0.7
    assert variance.max() < 1.3


def test_the_loss_is_half_the_error_of_a_picture_and_the_divergence_of_its_latents():
    torch.manual_seed(0)
    method = make_method(beta=2.5)
    turn = next(method.turns(Batch((torch.rand(4, 3, 16, 16),)), 0.0))
    expected = 0.5 * turn.terms["error"] + 2.5 * turn.terms["divergence"]
    torch.testing.assert_close(turn.losses["autoencoder"].detach(), expected)


def test_published_rate_and_weight_are_the_defaults():
    assert VAE.Settings().beta == 1
    assert make_method().descent("autoencoder") == Descent(1e-3, (0.9, 0.999), 0.5)


def test_new_pictures_are_its_main_route_and_rebuilding_takes_no_chance():
    method = make_method().eval()
    imagine, rebuild = method.routes()
    assert (imagine.source, rebuild.title, rebuild.side) == (None, "discs rebuilt", 16)
    pictures = torch.rand(2, 3, 16, 16)
    assert torch.equal(method.make(rebuild, pictures), method.make(rebuild, pictures))

"""The theory of the first GAN in numbers: the catalogue's game, on points whose answers are known."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.gan import GAN, PointGAN

EQUILIBRIUM = 2 * math.log(2)  # -V, what the discriminator descends.
CENTRES = torch.stack([torch.tensor([math.cos(turn), math.sin(turn)]) for turn in torch.arange(8) * math.pi / 4]) * 2
DEVIATION = 0.2  # Of each mode of the ring; a tenth of its radius, an eighth of the way to the next mode.
PLAIN = {"dropout": 0.0, "pieces": 3, "noise": 8, "average": 0.999, "learning_rate": 1e-3}


def on_a_line(count, random):
    """N(1, 0.5²), (N, 1)."""
    return 1 + 0.5 * torch.randn(count, 1, generator=random)


def on_a_ring(count, random):
    """8 Gaussians in a circle, (N, 2)."""
    return CENTRES[torch.randint(8, (count,), generator=random)] + DEVIATION * torch.randn(count, 2, generator=random)


def played(draw, dimensions, steps, **settings):
    """The game after `steps` batches of 256 points, its averaged generator and discriminator in evaluation mode."""
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(1)
    method = PointGAN(GAN.Settings(**PLAIN | settings), dimensions)
    descending = Descending(method, steps)
    for step in range(steps):
        descending.step(Batch((draw(256 * method.draws, random),)), step)
    return descending


def judged(method, draw):
    """(-V, mean D(x), mean D(G(z)), fakes) on 20 000 fresh points of each kind."""
    random = torch.Generator().manual_seed(2)
    with torch.inference_mode():
        real = draw(20_000, random)
        fake = method.G(torch.randn(20_000, method.settings.noise, generator=random))
        of_real, of_fake = method.D(real), method.D(fake)
    loss = F.softplus(-of_real).mean() + F.softplus(of_fake).mean()
    return loss.item(), of_real.sigmoid().mean().item(), of_fake.sigmoid().mean().item(), fake


@pytest.mark.parametrize(("form", "k"), [("non-saturating", 1), ("non-saturating", 2), ("minimax", 1)])
def test_a_gaussian_reaches_the_equilibrium(form, k, record_property):
    descending = played(on_a_line, 1, 1000, width=64, discriminator_width=32, form=form, discriminator_steps=k)
    with descending.averaged() as method:
        loss, of_real, of_fake, fake = judged(method, on_a_line)
    figures = f"-V {loss:.4f}, D {of_real:.3f} {of_fake:.3f}, mean {fake.mean():.3f}, deviation {fake.std():.3f}"
    print(form, k, figures)
    record_property(f"Gaussian, {form}, k = {k}", figures)
    assert loss == pytest.approx(EQUILIBRIUM, rel=0.05)
    assert of_real == pytest.approx(0.5, abs=0.05)
    assert of_fake == pytest.approx(0.5, abs=0.05)
    assert fake.mean().item() == pytest.approx(1, abs=0.1)
    assert fake.std().item() == pytest.approx(0.5, abs=0.1)


def test_a_ring_of_eight_gaussians_reaches_the_equilibrium_with_every_mode(record_property):
    descending = played(on_a_ring, 2, 3000, width=128, discriminator_width=64)
    with descending.averaged() as method:
        loss, of_real, of_fake, fake = judged(method, on_a_ring)
    far, mode = torch.cdist(fake, CENTRES).min(1)
    near = far < 3 * DEVIATION
    share = near.float().mean().item()
    shares = torch.bincount(mode[near], minlength=8) / len(fake)
    figures = (
        f"-V {loss:.4f}, D {of_real:.3f} {of_fake:.3f}, within 3 deviations {share:.1%}, least mode {shares.min():.1%}"
    )
    print(figures)
    record_property("ring", figures)
    assert loss == pytest.approx(EQUILIBRIUM, rel=0.05)
    assert of_real == pytest.approx(0.5, abs=0.05)
    assert of_fake == pytest.approx(0.5, abs=0.05)
    assert share >= 0.9
    assert shares.min() >= 0.05  # Each is an eighth of the truth.


def test_against_a_fixed_generator_the_discriminator_becomes_the_best_one(record_property):
    """Proposition 1, D = p_data / (p_data + p_g); and V = 2·JSD - 2 log 2 there."""
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(1)
    method = PointGAN(GAN.Settings(**PLAIN | {"noise": 1, "discriminator_width": 64, "discriminator_rate": 5.0}), 1)
    method.G = nn.Identity()  # p_g is the noise's own, N(0, 1); p_data is N(1, 0.5²).
    parameters = list(method.D.parameters())
    steps = 600
    optimizer = torch.optim.Adam(parameters, 5e-3, betas=method.descent("discriminator").betas)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        turn = next(method.turns(Batch((on_a_line(512, random),)), 0.0))
        optimizer.zero_grad()
        turn.losses["discriminator"].backward()
        optimizer.step()
        schedule.step()

    x = torch.linspace(-6, 6, 24_001)
    data, made = (torch.distributions.Normal(mean, sigma).log_prob(x).exp() for mean, sigma in ((1.0, 0.5), (0.0, 1.0)))
    best = data / (data + made)
    with torch.inference_mode():
        learnt = method.D(x[:, None]).sigmoid()
    # Where points are: the mean over the mixture that the discriminator sees.
    error = ((learnt - best).abs() * (data + made)).sum() / (data + made).sum()
    middle = (data + made) / 2
    step = (x[1] - x[0]).item()
    divergence = 0.5 * ((data * (data / middle).log()).nan_to_num() + (made * (made / middle).log())).sum() * step
    loss, *_ = judged(method, on_a_line)
    wanted = 2 * divergence.item() - EQUILIBRIUM
    print(f"mean |D - D*| {error:.4f}, V {-loss:.4f}, 2·JSD - 2 log 2 {wanted:.4f}")
    record_property("best discriminator", f"mean |D - D*| {error:.4f}, V {-loss:.4f} of {wanted:.4f}")
    assert error <= 0.05
    assert -loss == pytest.approx(wanted, abs=0.05)

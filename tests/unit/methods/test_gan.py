import math

import pytest
import torch

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.gan import GAN, PointGAN
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("things", 9, 1),), {})


def make_method(**settings):
    return GAN(GAN.Settings(**({"width": 8, "discriminator_width": 6, "noise": 5} | settings)), FOUND, 8)


def make_points(**settings):
    return PointGAN(GAN.Settings(**({"width": 16, "discriminator_width": 8, "noise": 4, "dropout": 0.0} | settings)), 1)


def make_batch(count=4):
    return Batch((torch.rand(count, 3, 8, 8) * 2 - 1,))


def test_a_step_is_the_textbook_step():
    """V of equation 1 and both forms of the generator's loss, written out in float64 from the same chances."""
    for form in ("non-saturating", "minimax"):
        torch.manual_seed(0)
        method = make_points(form=form).double()
        method._noise = lambda x: torch.full((len(x), 4), 0.3, dtype=torch.float64)
        x = torch.randn(6, 1, dtype=torch.float64)
        discriminating, generating = method.turns(Batch((x,)), 0.0)
        real, fake = torch.sigmoid(method.D(x)), torch.sigmoid(method.D(method.G(method._noise(x))))
        v = real.log().mean() + (1 - fake).log().mean()
        torch.testing.assert_close(discriminating.losses["discriminator"], -v)
        wanted = -fake.log().mean() if form == "non-saturating" else (1 - fake).log().mean()
        torch.testing.assert_close(generating.losses["generator"], wanted)
        assert discriminating.terms["real"].item() == pytest.approx(real.mean().item())
        assert discriminating.terms["fake"].item() == pytest.approx(fake.mean().item())


def test_the_discriminator_plays_k_turns_each_on_fresh_pictures_and_noise():
    method = make_points(discriminator_steps=3)
    assert method.draws == 3
    seen, heard = [], []
    method.D.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    method.G.register_forward_pre_hook(lambda _, inputs: heard.append(inputs[0]))
    x = torch.arange(12.0)[:, None]
    turns = list(method.turns(Batch((x,)), 0.0))
    assert [list(turn.losses) for turn in turns] == [["discriminator"]] * 3 + [["generator"]]
    assert torch.equal(torch.cat(seen[0:6:2]), x)
    assert len({tuple(noise.flatten().tolist()) for noise in heard}) == len(heard) == 4


def test_minimax_saturates_where_the_non_saturating_form_does_not():
    """At step 0 the discriminator can be made sure; then only one form still pulls at the generator (section 3)."""
    norms = {}
    for form in ("minimax", "non-saturating"):
        torch.manual_seed(0)
        method = make_points(form=form)
        # A sure discriminator: real points lie far to the right of what a fresh generator makes.
        with torch.no_grad():
            real, fake = torch.full((64, 1), 8.0), method.G(torch.randn(64, 4))
        optimizer = torch.optim.Adam(method.D.parameters(), 1e-2)
        for _ in range(200):
            loss = (
                torch.nn.functional.softplus(-method.D(real)).mean()
                + torch.nn.functional.softplus(method.D(fake)).mean()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert method.D(fake).sigmoid().max() < 0.01
        generating = list(method.turns(Batch((real,)), 0.0))[-1]
        gradients = torch.autograd.grad(generating.losses["generator"], list(method.G.parameters()))
        norms[form] = math.sqrt(sum(gradient.square().sum().item() for gradient in gradients))
    assert norms["minimax"] < 0.01 * norms["non-saturating"]
    assert norms["non-saturating"] > 0.1


def test_points_are_played_by_the_engine_as_pictures_are():
    torch.manual_seed(0)
    method = make_points(average=0.9)
    descending = Descending(method, steps=5)
    terms = descending.step(Batch((torch.randn(8, 1),)), 0)
    assert terms["discriminator"].item() == pytest.approx(2 * math.log(2), rel=0.2)
    with descending.averaged() as averaged, torch.inference_mode():
        (route,) = averaged.routes()
        assert averaged.make(route, torch.randn(3, averaged.noise_width(route))).shape == (3, 1)


def test_the_published_sizes_are_the_defaults():
    with torch.device("meta"):
        method = GAN(GAN.Settings(), FOUND, 32)
    shapes = {name: tuple(value.shape) for name, value in method.named_parameters() if value.dim() > 1}
    assert sorted(shapes.values()) == sorted(
        [(1200, 100), (1200, 1200), (3072, 1200), (1200, 3072), (1200, 240), (1, 240)]
    )
    settings = method.settings
    assert (settings.form, settings.discriminator_steps, settings.dropout) == ("non-saturating", 1, 0.5)
    assert method.descent("generator") == method.descent("discriminator") == Descent(2e-4, (0.5, 0.999), 0.5)


def test_weights_begin_as_published_and_noise_is_standard_normal():
    torch.manual_seed(0)
    method = GAN(GAN.Settings(width=64, discriminator_width=32), FOUND, 8)
    for network, reach in ((method.G, 0.05), (method.D, 0.005)):
        weights = [p for p in network.parameters() if p.dim() > 1]
        assert max(weight.abs().max().item() for weight in weights) == pytest.approx(reach, rel=0.01)
        assert weights[0].std().item() == pytest.approx(reach / math.sqrt(3), rel=0.05)
    torch.manual_seed(1)
    noise = method._noise(torch.zeros(4, 3, 8, 8))
    torch.manual_seed(1)
    assert torch.equal(noise, torch.randn(4, 100))


def test_dropout_only_while_training():
    torch.manual_seed(0)
    method, x = make_method(), make_batch().images[0]
    assert not torch.equal(method.D(x), method.D(x))
    method.eval()
    assert torch.equal(method.D(x), method.D(x))

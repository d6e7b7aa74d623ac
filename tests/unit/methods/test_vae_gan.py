import math

import pytest
import torch

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.vae_gan import EQUILIBRIUM, VAEGAN, moving
from ganstudio.networks.augment import changed_for
from ganstudio.words.routes import DomainFound, Inventory


def make_method(**settings):
    torch.manual_seed(0)
    found = Inventory((DomainFound("faces", 9, 1),), {})
    return VAEGAN(VAEGAN.Settings(width=4, discriminator_width=4, noise=3, **settings), found, 16)


def make_batch():
    return Batch((torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1,))


def judging(method, real, rebuilt, imagined):
    """The method with a discriminator that gives every picture of a kind the same logit."""

    def judge(features):
        said = torch.tensor([real, rebuilt, imagined]).repeat_interleave(len(features) // 3)
        return said + 0 * original(features)

    original, method.J.judge = method.J.judge, judge
    return method


def test_the_losses_are_the_published_sums():
    method = judging(make_method(beta=3.0, likeness=0.25), 1.0, 2.0, 3.0)
    cost = {logit: math.log1p(math.exp(logit)) for logit in (-1, 2, 3, -2, -3)}
    turn = next(method.turns(make_batch(), 0.0))
    terms = turn.terms
    torch.testing.assert_close(turn.losses["encoder"].detach(), 3 * terms["divergence"] + terms["likeness"])
    generator = 0.25 * terms["likeness"] + 0.75 * (cost[-2] + cost[-3])
    torch.testing.assert_close(turn.losses["decoder"].detach(), generator)
    assert turn.losses["discriminator"].item() == pytest.approx(0.5 * cost[-1] + 0.25 * (cost[2] + cost[3]))


def test_plays_algorithm_1_written_out():
    """From the same chances: sums over pixels, features and latents, means over pictures."""
    method, (x,) = make_method(beta=2.0, likeness=0.25, lead=1000.0).double(), make_batch().images
    x, z_chance, p = x.double(), *torch.randn(2, 6, 3, dtype=torch.float64)
    mean, log_variance = method.E(x)
    rebuilt, imagined = method.D(torch.cat([mean + (log_variance / 2).exp() * z_chance, p])).split(6)
    seen = method.J.look(torch.cat([x, rebuilt, imagined]))
    real, again, made = method.J.judge(seen).flatten().sigmoid().split(6)
    nats = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum() / 6
    likeness = 0.5 * ((seen[:6] - seen[6:12]) ** 2).sum() / 6
    caught = -(1 - again).log().mean() - (1 - made).log().mean()
    expected = {
        "encoder": 2 * nats + likeness,
        "decoder": 0.25 * likeness + 0.75 * (-again.log().mean() - made.log().mean()),
        "discriminator": -0.5 * real.log().mean() + 0.25 * caught,
    }
    chances = iter((z_chance, p))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "randn", lambda *_: next(chances))
        turn = next(method.turns(Batch((x,)), 0.0))
    torch.testing.assert_close(dict(turn.losses), expected)
    torch.testing.assert_close(turn.terms["error"], ((rebuilt - x) ** 2).sum().detach() / 6)


def test_likeness_is_measured_in_what_the_discriminator_sees():
    method = make_method()
    look = method.J.look
    method.J.look = lambda pictures: 0 * look(pictures)
    turn = next(method.turns(make_batch(), 0.0))
    assert turn.terms["error"] > 0
    assert turn.terms["likeness"] == 0


def test_it_judges_samples_as_well_as_rebuilt_pictures():
    method = make_method()
    looked = []
    look = method.J.look
    method.J.look = lambda pictures: looked.append(pictures.detach()) or look(pictures)
    batch = make_batch()
    next(method.turns(batch, 0.0))
    real, rebuilt, imagined = looked[0].chunk(3)
    assert torch.equal(real, batch.images[0])
    assert not torch.equal(rebuilt, imagined)


@pytest.mark.parametrize(
    ("right", "caught", "moves"),
    [
        (0.0, 0.0, (1, 1)),
        (-0.4, 0.0, (1, 0)),
        (0.0, -0.4, (1, 0)),
        (0.4, 0.0, (0, 1)),
        (0.0, 0.4, (0, 1)),
        (-0.4, 0.4, (1, 1)),
        (0.3, -0.3, (1, 1)),
    ],
)
def test_who_leads_by_more_than_the_margin_waits(right, caught, moves):
    costs = torch.tensor(EQUILIBRIUM + right), torch.tensor(EQUILIBRIUM + caught)
    assert tuple(int(move) for move in moving(*costs, 0.35)) == moves
    assert tuple(int(move) for move in moving(*costs, 1000.0)) == (1, 1)


@pytest.mark.parametrize(("real", "fake", "waits"), [(3.0, -3.0, "J"), (-3.0, 0.0, "D")])
def test_who_waits_does_not_move_at_all_and_the_turns_stay_the_same(real, fake, waits):
    """Also after steps in which it moved: without momentum nothing is left to carry it on."""
    method = make_method()
    descending = Descending(method, steps=10)
    for step in range(3):
        descending.step(make_batch(), step)
    judging(method, real, fake, fake)
    before = {name: [weight.clone() for weight in getattr(method, name).parameters()] for name in "EDJ"}
    descending.step(make_batch(), 4)
    for name, weights in before.items():
        same = [torch.equal(old, new) for old, new in zip(weights, getattr(method, name).parameters(), strict=True)]
        # A discriminator of constant words has no slope, so only the others can show that they move.
        assert all(same) if name == waits else name == "J" or not all(same)
    assert len(list(method.turns(make_batch(), 0.0))) == 1


def test_published_values_are_the_defaults():
    settings = VAEGAN.Settings()
    assert (settings.noise, settings.likeness, settings.lead, settings.learning_rate) == (128, 5e-5, 0.35, 3e-4)
    assert (settings.beta, settings.width, settings.discriminator_width) == (1, 64, 64)
    # RMSProp: no momentum, and squares of which nine tenths stay.
    assert make_method().descent("encoder") == Descent(3e-4, (0.0, 0.9), 0.5)


class Perfect(torch.nn.Module):
    """A decoder that rebuilds every picture exactly."""

    def __init__(self, x):
        super().__init__()
        self.x = x

    def forward(self, codes):
        return self.x.repeat(2, 1, 1, 1)


def test_a_picture_and_its_rebuilt_one_are_compared_under_the_same_change():
    method, batch = make_method(augment="strong"), make_batch()
    method.D = Perfect(batch.images[0])
    shown = []
    method.J.looking.register_forward_hook(lambda *call: shown.append(call[1][0]))
    with changed_for(method.discriminators(), "strong", method.alike):
        turn = next(method.turns(batch, 0.0))
    assert not torch.equal(shown[0][:6], batch.images[0])
    assert turn.terms["likeness"] < 1e-10

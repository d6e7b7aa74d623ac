import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.discriminator_only import DiscriminatorOnly
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("things", 9, 1),), {})


def make_method(size=8, **settings):
    return DiscriminatorOnly(DiscriminatorOnly.Settings(**({"discriminator_width": 8} | settings)), FOUND, size)


def test_a_walk_leads_up_and_always_to_the_same_place():
    torch.manual_seed(0)
    method, z = make_method(ascent_steps=10, ascent_rate=1.0), torch.randn(4, 192)
    (route,) = method.routes()
    with torch.inference_mode():
        start = 2 * torch.special.ndtr(z).unflatten(1, (3, 8, 8)) - 1
        made = method.make(route, z)
        assert (method.D(made) > method.D(start)).all()
        assert torch.equal(made, method.make(route, z))
    assert made.abs().max() <= 1


def test_negatives_are_what_it_would_make():
    torch.manual_seed(0)
    method = make_method(ascent_steps=3, haze=0.0)
    (route,) = method.routes()
    x = torch.rand(5, 3, 8, 8) * 2 - 1
    torch.manual_seed(1)
    made = method.make(route, torch.randn(x.shape).flatten(1))
    seen = []
    method.D.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    torch.manual_seed(1)
    list(method.turns(Batch((x,)), 0.0))
    torch.testing.assert_close(seen[-1], torch.cat([x, made]))


def test_the_loss_is_cross_entropy_and_what_keeps_judgements_small():
    torch.manual_seed(0)
    method = make_method(ascent_steps=3, haze=0.1, calm=0.3)
    (route,) = method.routes()
    x = torch.rand(5, 3, 8, 8) * 2 - 1
    torch.manual_seed(1)
    (turn,) = method.turns(Batch((x,)), 0.0)
    torch.manual_seed(1)
    made = method.make(route, torch.randn(x.shape).flatten(1))
    real, fake = method.D(x + 0.1 * torch.randn(x.shape)), method.D(made)
    judged = F.softplus(-real).mean() + F.softplus(fake).mean()
    calm = real.square().mean() + fake.square().mean()
    torch.testing.assert_close(turn.losses["discriminator"], judged + 0.3 * calm)
    expected = {"discriminator": judged, "real": real.mean(), "fake": fake.mean()}
    torch.testing.assert_close(turn.terms, {name: value.detach() for name, value in expected.items()})


def test_a_round_makes_its_negatives_worse():
    torch.manual_seed(0)
    method = make_method(ascent_steps=5, learning_rate=1e-3)
    x = torch.rand(16, 3, 8, 8) * 0.2 + 0.7
    descending = Descending(method, 40)
    first = descending.step(Batch((x,)), 0)
    for step in range(1, 40):
        last = descending.step(Batch((x,)), step)
    assert last["discriminator"] < first["discriminator"]


def test_a_size_it_cannot_draw_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="not 20"):
        make_method(20)

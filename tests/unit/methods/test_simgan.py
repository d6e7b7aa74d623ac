"""SimGAN against the paper's algorithm 1, written here once more."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.simgan import SimGAN
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("rendered", 9, 1), DomainFound("real", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 6, "blocks": 1}


def make_method(**settings):
    torch.manual_seed(0)
    return SimGAN(SimGAN.Settings(**(SMALL | settings)), FOUND, 16)


def make_batch(method, seed=0, count=2):
    random = torch.Generator().manual_seed(seed)
    count *= method.draws
    return Batch(tuple(torch.rand(count, 3, 16, 16, generator=random, dtype=torch.float64) * 2 - 1 for _ in "ab"))


def textbook(method, batches, steps, warm):
    """Two updates of the refiner, each on a mini-batch of its own, and one of the discriminator; sums, no history."""
    refiner, discriminator = copy.deepcopy(method.R), copy.deepcopy(method.D)
    refining = torch.optim.Adam(refiner.parameters(), lr=1e-3, betas=(0.5, 0.999))
    judging = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    for step, batch in enumerate(batches):
        for optimizer in (refining, judging):
            optimizer.param_groups[0]["lr"] = 1e-3 * factor(Descent(), step, steps)
        rendered, real = batch.images
        for x in (rendered[:2], rendered[2:4]):
            loss = 0.0
            for one in x[:, None]:
                refined = refiner(one)
                if step >= warm:
                    loss = loss - discriminator(refined).sigmoid().log().sum()
                loss = loss + 0.5 * (refined - one).abs().sum() / 3
            refining.zero_grad()
            (loss / 2).backward()
            torch.nn.utils.clip_grad_norm_(refiner.parameters(), 50)
            refining.step()
        loss = 0.0
        for one, other in zip(rendered[4:, None], real[4:, None], strict=True):
            loss = (
                loss
                - (1 - discriminator(refiner(one).detach()).sigmoid()).log().sum()
                - discriminator(other).sigmoid().log().sum()
            )
        judging.zero_grad()
        (loss / 2).backward()
        torch.nn.utils.clip_grad_norm_(discriminator.parameters(), 50)
        judging.step()
    return refiner, discriminator


def test_plays_the_published_step():
    method = make_method(history=0, warm_up=0.25).double()
    batches = [make_batch(method, seed) for seed in range(3)]
    expected = textbook(method, batches, steps=4, warm=1)
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.R, method.D), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_the_published_defaults():
    settings = SimGAN.Settings()
    assert (settings.faithfulness, settings.history, settings.learning_rate) == (0.5, 25_600, 1e-3)
    assert (settings.refiner_turns, settings.discriminator_turns, settings.blocks, settings.calm) == (2, 1, 4, 0)
    assert (settings.width, settings.discriminator_width) == (64, 96)
    assert make_method().descent("refiner") == Descent(1e-3, (0.5, 0.999), clip=50)


def test_a_calm_discriminator_pays_for_how_steep_it_is_at_real_pictures_and_at_no_others():
    rough, calm = make_method(history=0).double(), make_method(history=0, calm=0.3).double()
    batch = make_batch(calm)
    one, other = (list(method.turns(batch, 0.5)) for method in (rough, calm))
    real = batch.parts(3)[2].images[1].requires_grad_()
    (slope,) = torch.autograd.grad(calm.D(real).sum(), real)
    places = 4 * 4
    expected = 0.3 / 2 * slope.square().sum((1, 2, 3)).mean() / places
    torch.testing.assert_close(other[2].losses["discriminator"] - one[2].losses["discriminator"], expected)
    torch.testing.assert_close(other[2].terms["discriminator"], one[2].terms["discriminator"])
    torch.testing.assert_close(other[2].terms["steepness"] * 0.3, expected)
    for mine, theirs in zip(other[:2], one[:2], strict=True):
        assert mine.losses == theirs.losses
    assert "steepness" not in one[2].terms


def test_a_calm_discriminator_learns_to_be_flat():
    method = make_method(history=0, calm=1000.0)
    descending = Descending(method, steps=60)
    curve = [
        descending.step(Batch((x, -x)), step)["steepness"].item() for step, x in enumerate(torch.rand(60, 6, 3, 16, 16))
    ]
    assert curve[-1] < 0.1 * curve[0]


@pytest.mark.parametrize(("refiner_turns", "discriminator_turns"), [(2, 1), (1, 3), (5, 1)])
def test_every_turn_has_pictures_of_its_own(refiner_turns, discriminator_turns):
    method = make_method(refiner_turns=refiner_turns, discriminator_turns=discriminator_turns).double()
    shown = []
    method.R.register_forward_pre_hook(lambda _, given: shown.append(given[0]))
    batch = make_batch(method)
    players = [player for turn in method.turns(batch, 0.5) for player in turn.losses]
    assert players == ["refiner"] * refiner_turns + ["discriminator"] * discriminator_turns
    assert torch.equal(torch.cat(shown), batch.images[0])


def test_the_refiner_begins_by_changing_nothing():
    method = make_method(warm_up=1.0, width=16)
    descending = Descending(method, steps=300)
    pictures = torch.rand(300, 6, 3, 16, 16) * 1.8 - 0.9
    changed = [descending.step(Batch((x, -x)), step)["changed"].item() for step, x in enumerate(pictures)]
    assert changed[-1] < 0.3 * changed[0]
    assert "fool" not in next(method.turns(Batch((pictures[0], pictures[0])), 0.5)).terms


def test_the_discriminator_sees_the_past_as_half_of_the_fakes():
    method = make_method(history=4, refiner_turns=1).double()
    judged = []
    method.D.register_forward_pre_hook(lambda _, given: judged.append(given[0]))
    list(method.turns(make_batch(method, 0, count=4), 0.0))
    first = judged[-1]
    list(method.turns(make_batch(method, 1, count=4), 0.0))
    second = judged[-1]
    assert sum(bool((kept == first).flatten(1).all(1).any()) for kept in second) == 2


def test_the_one_way_is_from_rendered_to_real():
    method = make_method().eval()
    (route,) = method.routes()
    assert route.title == "rendered → real"
    x = torch.rand(1, 3, 16, 16)
    assert torch.equal(method.make(route, x), method.R(x))


def test_a_gray_picture_costs_what_one_colour_costs():
    method = make_method(faithfulness=1.0).double()
    a = torch.zeros(method.draws, 3, 16, 16, dtype=torch.float64)
    method.R.forward = lambda x: x + 0.25 + 0 * sum(p.sum() for p in method.R.parameters())
    loss = next(method.turns(Batch((a, a)), 0.0)).losses["refiner"]
    assert loss.item() == pytest.approx(0.25 * 16 * 16)


def test_logits_are_what_the_published_softmax_is():
    logits = torch.randn(5, 2)
    torch.testing.assert_close(
        F.cross_entropy(logits, torch.ones(5).long()),
        F.binary_cross_entropy_with_logits(logits[:, 1] - logits[:, 0], torch.ones(5)),
    )

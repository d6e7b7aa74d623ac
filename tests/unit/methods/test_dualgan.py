"""DualGAN against a plain textbook loop, written here once more from algorithm 1 of the paper."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.dualgan import DualGAN
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.methods.pieces import played

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "discriminator_layers": 2, "dropout": False}


def make_batch(seed, count=3):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(count, 3, 32, 32, generator=random, dtype=torch.float64) * 2 - 1 for _ in "ab"))


def make_method(**more):
    torch.manual_seed(0)
    return DualGAN(DualGAN.Settings(**SMALL | more), FOUND, 32).double()


def critics(method):
    return [*method.D_A.parameters(), *method.D_B.parameters()]


def textbook(method, batches, turns, clip):
    g_a, g_b, d_a, d_b = (copy.deepcopy(net) for net in (method.G_A, method.G_B, method.D_A, method.D_B))
    painting, judging = [*g_a.parameters(), *g_b.parameters()], [*d_a.parameters(), *d_b.parameters()]
    generators = torch.optim.Adam(painting, lr=5e-5, betas=(0.0, 0.9))
    discriminators = torch.optim.Adam(judging, lr=5e-5, betas=(0.0, 0.9))
    for batch in batches:
        *others, (a, b) = zip(*(image.chunk(turns + 1) for image in batch.images), strict=True)
        for u, v in others:
            rate = d_a(g_a(u)).mean() - d_a(v).mean() + d_b(g_b(v)).mean() - d_b(u).mean()
            discriminators.zero_grad()
            rate.backward()
            discriminators.step()
            for weight in judging:
                weight.data.clamp_(-clip, clip)
        ab, ba = g_a(a), g_b(b)
        loss = 500 * F.l1_loss(g_b(ab), a) + 500 * F.l1_loss(g_a(ba), b) - d_a(ab).mean() - d_b(ba).mean()
        generators.zero_grad()
        loss.backward()
        generators.step()
    return g_a, g_b, d_a, d_b


@pytest.mark.parametrize("turns", [1, 2])
def test_plays_the_algorithm(turns):
    method = make_method(critic_turns=turns)
    assert method.draws == turns + 1
    batches = [make_batch(seed, method.draws) for seed in range(3)]
    expected = textbook(method, batches, turns, clip=0.01)
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G_A, method.G_B, method.D_A, method.D_B), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            # A bias before an instance norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_the_published_defaults():
    settings = DualGAN.Settings()
    assert (settings.cycle, settings.bound, settings.clip, settings.critic_turns) == (500, "clip", 0.01, 2)
    assert make_method().descent("critic") == Descent(5e-5, (0.0, 0.9), 1.0)


def test_clipping_holds_from_the_first_turn_on():
    method = make_method()
    assert max(weight.abs().max() for weight in critics(method)) > 0.01
    for turn in method.turns(make_batch(0), 0.0):
        if "generator" in turn.losses:
            assert max(weight.abs().max() for weight in critics(method)) == 0.01
    descending = Descending(method, steps=9)
    for step in range(3):
        descending.step(make_batch(step), step)
        assert max(weight.abs().max() for weight in critics(method)) <= 0.01
        assert any(weight.abs().max() > 0.01 for weight in method.G_A.parameters())


def test_the_penalty_takes_the_place_of_clipping():
    method = make_method(bound="penalty")
    before = [weight.clone() for weight in critics(method)]
    turns = played(method, make_batch(0))
    assert all(torch.equal(one, other) for one, other in zip(before, critics(method), strict=True))
    for turn in turns[:2]:
        expected = turn.terms["critic"] + 10 * turn.terms["penalty"]
        torch.testing.assert_close(turn.losses["critic"], expected)
    assert "penalty" not in played(make_method(), make_batch(0))[0].terms


def test_the_penalty_is_that_of_the_paper_between_real_and_fake():
    method = make_method(bound="penalty", critic_turns=1)
    batch = make_batch(0, 4)
    (a, b), _ = zip(*(image.chunk(2) for image in batch.images), strict=True)
    torch.manual_seed(7)
    expected = 0.0
    for critic, real, fake in ((method.D_A, b, method.G_A(a)), (method.D_B, a, method.G_B(b))):
        for number, share in enumerate(torch.rand(2, 1, 1, 1)):
            x = (share * real[number] + (1 - share) * fake[number].detach())[None].requires_grad_()
            (slope,) = torch.autograd.grad(critic(x).mean(), x)
            expected += (slope.norm() - 1) ** 2 / 2
    torch.manual_seed(7)
    turn = played(method, batch)[0]
    torch.testing.assert_close(turn.terms["penalty"], expected)


def test_dropout_is_for_training_alone():
    torch.manual_seed(0)
    method = DualGAN(DualGAN.Settings(width=4, discriminator_width=4), FOUND, 64)
    route, picture = method.routes()[0], torch.rand(1, 3, 64, 64)
    assert any(isinstance(layer, torch.nn.Dropout) for layer in method.G_A.modules())
    with torch.inference_mode():
        assert not torch.equal(method.make(route, picture), method.make(route, picture))
        method.eval()
        assert torch.equal(method.make(route, picture), method.make(route, picture))


@pytest.mark.parametrize(("size", "downs", "multiple"), [(64, 0, 64), (128, 0, 128), (64, 3, 8)])
def test_depth_follows_the_size_unless_it_is_set(size, downs, multiple):
    method = DualGAN(DualGAN.Settings(**SMALL, downs=downs), FOUND, size)
    assert [route.multiple for route in method.routes()] == [multiple, multiple]


@pytest.mark.parametrize(("size", "downs"), [(40, 0), (64, 1), (72, 4)])
def test_a_size_that_cannot_be_halved_so_often_is_refused(size, downs):
    with pytest.raises(ValueError, match="multiples of"):
        DualGAN(DualGAN.Settings(**SMALL, downs=downs), FOUND, size)


def test_both_ways_use_their_own_generator():
    method = make_method().eval()
    there, back = method.routes()
    assert (there.source, there.target, back.source, back.target) == ("a", "b", "b", "a")
    (a, _) = make_batch(0, 1).images
    with torch.inference_mode():
        assert torch.equal(method.make(there, a), method.G_A(a))
        assert torch.equal(method.make(back, a), method.G_B(a))


def test_in_bf16_losses_keep_their_digits_and_slopes_of_slopes_are_exact():
    method = make_method(bound="penalty").float()
    judged = []
    method.D_A.register_forward_hook(lambda *call: judged.append(call[2].dtype))
    batch = Batch(tuple(image.float() for image in make_batch(0, method.draws).images))
    with torch.autocast("cpu", torch.bfloat16):
        turns = list(method.turns(batch, 0.0))
    assert {loss.dtype for turn in turns for loss in turn.losses.values()} == {torch.float32}
    # A critic rates pictures in bfloat16, and what lies between two of them in float32.
    assert judged[:2] == [torch.bfloat16, torch.float32]

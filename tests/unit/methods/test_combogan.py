"""ComboGAN: with two folders CycleGAN's step, with N folders N networks of a kind, and every pair in its turn."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.combogan import ComboGAN
from ganstudio.words.routes import DomainFound, Inventory

SMALL = {"width": 4, "discriminator_width": 4, "blocks": 2, "discriminator_layers": 2}


def make_method(count, **more):
    torch.manual_seed(0)
    found = Inventory(tuple(DomainFound(name, 9, 1) for name in "abcdefgh"[:count]), {})
    return ComboGAN(ComboGAN.Settings(**SMALL | more), found, 32)


def make_batch(seed, count):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple(torch.rand(1, 3, 32, 32, generator=random) * 2 - 1 for _ in range(count)))


def textbook(method, batches, identity):
    """CycleGAN's step for generators that are an encoder and a decoder."""
    enc, dec, discriminators = (copy.deepcopy(list(nets)) for nets in (method.encoders, method.decoders, method.D))
    adam = {"lr": 2e-4, "betas": (0.5, 0.999)}
    painting = torch.optim.Adam([p for net in (*enc, *dec) for p in net.parameters()], **adam)
    judging = torch.optim.Adam([p for net in discriminators for p in net.parameters()], **adam)
    for a, b in batches:
        fake_b, fake_a = dec[1](enc[0](a)), dec[0](enc[1](b))
        judged_b, judged_a = discriminators[1](fake_b), discriminators[0](fake_a)
        loss = F.mse_loss(judged_b, torch.ones_like(judged_b)) + F.mse_loss(judged_a, torch.ones_like(judged_a))
        loss = loss + 10 * (F.l1_loss(dec[0](enc[1](fake_b)), a) + F.l1_loss(dec[1](enc[0](fake_a)), b))
        loss = loss + 10 * identity * (F.l1_loss(dec[0](enc[0](a)), a) + F.l1_loss(dec[1](enc[1](b)), b))
        painting.zero_grad()
        loss.backward()
        painting.step()
        judging.zero_grad()
        for discriminator, real, fake in ((discriminators[1], b, fake_b), (discriminators[0], a, fake_a)):
            right, wrong = discriminator(real), discriminator(fake.detach())
            half = F.mse_loss(right, torch.ones_like(right)) + F.mse_loss(wrong, torch.zeros_like(wrong))
            (0.5 * half).backward()
        judging.step()
    return [*enc, *dec, *discriminators]


@pytest.mark.parametrize("identity", [0.0, 0.5])
def test_two_folders_play_the_step_of_cyclegan(identity):
    method = make_method(2, identity=identity).double()
    batches = [Batch(tuple(image.double() for image in make_batch(seed, 2).images)) for seed in range(3)]
    expected = textbook(method, [batch.images for batch in batches], identity)
    descending = Descending(method, steps=90)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (*method.encoders, *method.decoders, *method.D), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.named_parameters(), strict=True):
            # A bias before an instance norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other[1], one, atol=1e-9, rtol=0, msg=name)


def test_networks_grow_with_the_number_of_folders_not_of_pairs():
    parameters = {n: sum(p.numel() for p in make_method(n).parameters()) for n in (2, 3, 4, 8)}
    assert {n: count / parameters[2] for n, count in parameters.items()} == {2: 1, 3: 1.5, 4: 2, 8: 4}
    eight = make_method(8)
    assert [len(nets) for nets in (eight.encoders, eight.decoders, eight.D)] == [8, 8, 8]
    assert len(eight.routes()) == 56


def played(method, batch):
    """(i, j) of each translation of one step, told by which decoder paints: j first, and then i on the way back."""
    painted = []
    hooks = [
        decoder.register_forward_hook(lambda *_, number=number: painted.append(number))
        for number, decoder in enumerate(method.decoders)
    ]
    for _ in method.turns(batch, 0.0):
        pass
    for hook in hooks:
        hook.remove()
    return list(zip(painted[1::2], painted[::2], strict=True))


def test_each_step_is_a_round_through_all_folders_and_every_pair_has_its_turn():
    method, batch = make_method(4), make_batch(0, 4)
    seen = []
    for _ in range(60):
        pairs = played(method, batch)
        assert sorted(i for i, _ in pairs) == sorted(j for _, j in pairs) == [0, 1, 2, 3]
        assert all(i != j for i, j in pairs)
        # One round, not two swaps.
        following = dict(pairs)
        assert following[following[0]] != 0
        seen += pairs
    counts = {(i, j): seen.count((i, j)) for i in range(4) for j in range(4) if i != j}
    # 60 rounds show each of the 12 pairs 20 times, give or take.
    assert min(counts.values()) >= 8
    assert max(counts.values()) <= 34


def test_each_discriminator_sees_fakes_of_its_own_folder():
    method, batch = make_method(3), make_batch(0, 3)
    torch.manual_seed(5)
    order = torch.randperm(3).tolist()
    before = dict(zip(order[1:] + order[:1], order, strict=True))
    torch.manual_seed(5)
    for _ in method.turns(batch, 0.0):
        pass
    for number, pool in enumerate(method.pools):
        with torch.inference_mode():
            made = method.decoders[number](method.encoders[before[number]](batch.images[before[number]]))
        torch.testing.assert_close(pool.get_extra_state(), made)


def test_a_route_goes_through_the_sources_encoder_and_the_targets_decoder():
    method = make_method(3).eval()
    titles = [(route.source, route.target) for route in method.routes()]
    assert titles == [("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")]
    picture = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        expected = method.decoders[0](method.encoders[2](picture))
        assert torch.equal(method.make(method.routes()[4], picture), expected)


def test_the_published_defaults():
    settings = ComboGAN.Settings()
    assert (settings.cycle, settings.identity, settings.pool, settings.blocks) == (10, 0, 50, 9)
    assert (settings.discriminator_layers, settings.learning_rate) == (4, 2e-4)
    assert make_method(2).descent("generator") == Descent(2e-4, (0.5, 0.999), 0.5)
    nine = make_method(2, blocks=9)
    assert sum("conv_block.1.weight" in name for name in nine.encoders[0].state_dict()) == 4
    assert sum("conv_block.1.weight" in name for name in nine.decoders[0].state_dict()) == 5


def test_a_single_folder_is_refused():
    with pytest.raises(ValueError, match="two folders or more, and there is only a"):
        make_method(1)


def test_pictures_too_small_for_the_discriminators_are_refused():
    with pytest.raises(ValueError, match="at least 48 pixels, not 32"):
        make_method(2, discriminator_layers=4)

"""CUT and FastCUT against a plain textbook loop, written here once more from the paper: it encodes everything anew."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.cut import CUT, FastCUT
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 2, "discriminator_layers": 2, "patches": 20}


def make_batch(seed, dtype=torch.float32, count=1):
    random = torch.Generator().manual_seed(seed)
    return Batch(tuple((torch.rand(count, 3, 32, 32, generator=random) * 2 - 1).to(dtype) for _ in "ab"))


def directions(layers, features, places):
    """One picture's features at some places, as the published sampler gives them."""
    rows = features[0].permute(1, 2, 0).flatten(0, 1)[places]
    told = layers(rows)
    return told / (told.norm(dim=1, keepdim=True) + 1e-7)


def published_nce(query, key, temperature=0.07):
    """Own place first, then all places with the own one filled up with -10."""
    key = key.detach()
    own = (query * key).sum(1, keepdim=True)
    others = (query @ key.T).masked_fill(torch.eye(len(query), dtype=torch.bool), -10.0)
    return F.cross_entropy(torch.cat([own, others], 1) / temperature, torch.zeros(len(query), dtype=torch.long))


def textbook(method, batches, steps, constant):
    """The published step for one picture: discriminator, then generator and sampler by an Adam each."""
    s = method.settings
    g, d, f = (copy.deepcopy(net) for net in (method.G, method.D, method.F))
    optimizers = [torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (g, d, f)]
    mlps = list(f.children())

    def features(picture):
        kept = []
        for index, layer in enumerate(g.model):
            picture = layer(picture)
            if index in {0, 4, 8, 12, 13}:
                kept.append(picture)
        return kept

    def nce(original, made, places, around):
        queries = [x.flip(3) if around else x for x in features(made)]
        losses = [
            published_nce(directions(mlp, query, at), directions(mlp, key, at))
            for mlp, query, key, at in zip(mlps, queries, features(original), places, strict=True)
        ]
        return s.contrast * sum(losses) / 5

    for step, (a, b) in enumerate(batches):
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = 2e-4 * factor(Descent(constant=constant), step, steps)
        around = s.mirrored and torch.rand(()).item() < 0.5
        fake = g(a.flip(3) if around else a)
        optimizers[1].zero_grad()
        right, wrong = d(b), d(fake.detach())
        half = F.mse_loss(right, torch.ones_like(right)) + F.mse_loss(wrong, torch.zeros_like(wrong))
        (0.5 * half).backward()
        optimizers[1].step()

        places = [torch.randperm(x.shape[2] * x.shape[3])[: s.patches] for x in features(a)]
        judged = d(fake)
        loss = F.mse_loss(judged, torch.ones_like(judged))
        contrast = nce(a, fake, places, around)
        if s.identity:
            contrast = 0.5 * (contrast + nce(b, g(b), places, around))
        optimizers[0].zero_grad()
        optimizers[2].zero_grad()
        (loss + contrast).backward()
        optimizers[0].step()
        optimizers[2].step()
    return g, d, f


@pytest.mark.parametrize(("kind", "constant"), [(CUT, 0.5), (FastCUT, 0.75)])
def test_plays_the_published_step_without_encoding_twice(kind, constant):
    torch.manual_seed(0)
    # In float64, because Adam blows up rounding where a gradient is nearly zero.
    method = kind(kind.Settings(**SMALL), FOUND, 32).double()
    batches = [make_batch(seed, torch.float64) for seed in range(4)]
    torch.manual_seed(7)  # Four coins of which both sides come up.
    expected = textbook(method, [batch.images for batch in batches], 5, constant)
    torch.manual_seed(7)
    descending = Descending(method, steps=5)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G, method.D, method.F), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.parameters(), strict=True):
            # A bias before an instance norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other, one, atol=1e-9, rtol=0, msg=name)


def test_an_unmirrored_step_encodes_only_what_was_made():
    method = CUT(CUT.Settings(**SMALL), FOUND, 32)
    seen = []
    method.G.model[0].register_forward_hook(lambda _, inputs, __: seen.append(len(inputs[0])))
    list(method.turns(make_batch(0), 0.0))
    assert seen == [2, 2]  # Two pictures translated, two translations encoded.


def test_half_of_fastcuts_inputs_are_turned_around():
    torch.manual_seed(0)
    method = FastCUT(FastCUT.Settings(**SMALL), FOUND, 32)
    batch, seen = make_batch(0), []
    method.G.model[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    around = 0
    for _ in range(40):
        seen.clear()
        next(method.turns(batch, 0.0))
        assert len(seen[0]) == 1
        around += torch.equal(seen[0], batch.images[0].flip(3))
    assert 10 <= around <= 30


def test_the_published_defaults():
    cut, fast = CUT.Settings(), FastCUT.Settings()
    assert (cut.contrast, cut.identity, cut.mirrored) == (1, True, False)
    assert (fast.contrast, fast.identity, fast.mirrored) == (10, False, True)
    assert (cut.width, cut.discriminator_width, cut.discriminator_layers, cut.antialias) == (64, 64, 3, "both")
    for kind, constant in ((CUT, 0.5), (FastCUT, 0.75)):
        settings = kind.Settings()
        assert (settings.patches, settings.temperature, settings.learning_rate) == (256, 0.07, 2e-4)
        method = kind(kind.Settings(width=4, discriminator_width=4), FOUND, 256)
        assert method.descent("generator") == method.descent("discriminator") == Descent(2e-4, (0.5, 0.999), constant)
        assert method.G.seen == (0, 4, 8, 12, 16)
        assert sum("conv_block.1.weight" in name for name in method.G.state_dict()) == 9
    assert list(CUT.Settings.__dataclass_fields__) == list(FastCUT.Settings.__dataclass_fields__)


@pytest.mark.parametrize(("start", "middle"), [("xavier", 0.02 * (2 / (9 * 128)) ** 0.5), ("normal", 0.02)])
def test_weights_begin_as_published_or_as_cyclegans(start, middle):
    """The middle of the generator has 64 channels in and 64 out, each 3×3: 576 inputs and as many outputs."""
    assert (CUT.Settings().start, FastCUT.Settings().start) == ("xavier", "xavier")
    torch.manual_seed(0)
    method = CUT(CUT.Settings(**SMALL | {"width": 16}, start=start), FOUND, 32)
    weights = method.G.state_dict()
    blocks = [value for name, value in weights.items() if "conv_block" in name and value.dim() == 4]
    assert {tuple(value.shape) for value in blocks} == {(64, 64, 3, 3)}
    assert torch.stack(blocks).std().item() == pytest.approx(middle, rel=0.02)
    assert not any(value.any() for name, value in weights.items() if name.endswith("bias"))


@pytest.mark.parametrize(("size", "blocks"), [(64, 6), (255, 6), (256, 9)])
def test_depth_follows_the_size_as_cyclegans_does(size, blocks):
    with torch.device("meta"):
        method = CUT(CUT.Settings(), FOUND, size)
    assert sum("conv_block.1.weight" in name for name in method.G.state_dict()) == blocks


def test_only_the_way_there_is_offered():
    for kind in (CUT, FastCUT):
        method = kind(kind.Settings(**SMALL), FOUND, 32).eval()
        (route,) = method.routes()
        assert (route.source, route.target) == ("a", "b")
        (a, _) = make_batch(0).images
        with torch.inference_mode():
            assert torch.equal(method.make(route, a), method.G(a))

"""SRGAN against the paper's two stages, written here once more, and the weights it may see with."""

import copy

import pytest
import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending, factor
from ganstudio.game import Batch, Descent
from ganstudio.methods.srgan import SRGAN
from ganstudio.networks import vgg
from ganstudio.networks.resizing import reduced
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("photos", 9, 1),), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "scale": "2"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No weights of this machine."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))


class Eyes:
    """Sees how bright each quarter of the picture is, instead of loading weights."""

    def __init__(self, file):
        assert file.is_file()

    def __call__(self, x):
        return F.adaptive_avg_pool2d(x, 2) * 10


@pytest.fixture
def weights(monkeypatch):
    """The file is there, and easy to see with."""
    file = vgg.weights_file()
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.setattr(vgg, "VGGFeatures", Eyes)


def make_method(size=32, **settings):
    torch.manual_seed(0)
    return SRGAN(SRGAN.Settings(**(SMALL | settings)), FOUND, size)


def make_batch(seed=0, count=8, size=32, dtype=torch.float32):
    random = torch.Generator().manual_seed(seed)
    return Batch(((torch.rand(count, 3, size, size, generator=random) * 2 - 1).to(dtype),))


def textbook(method, batches, correct):
    """The published two stages: mean squared error, then 10⁻³ of the discriminator's opinion beside it."""
    generator, discriminator = copy.deepcopy(method.G), copy.deepcopy(method.D)
    painting = torch.optim.Adam(generator.parameters(), lr=1e-4, betas=(0.9, 0.999))
    judging = torch.optim.Adam(discriminator.parameters(), lr=1e-4, betas=(0.9, 0.999))
    for step, batch in enumerate(batches):
        (x,) = batch.images
        made = generator(reduced(x, 2))
        looked_at = 2 if step < correct else len(x)
        real, fake = discriminator(torch.cat([x[:looked_at], made[:looked_at].detach()])).sigmoid().chunk(2)
        judging.zero_grad()
        (-real.log().mean() - (1 - fake).log().mean()).backward()
        judging.step()
        loss = F.mse_loss(made, x)
        if step >= correct:
            loss = loss - 1e-3 * discriminator(torch.cat([x, made])).sigmoid()[len(x) :].log().mean()
        painting.zero_grad()
        loss.backward()
        painting.step()
    return generator, discriminator


def test_plays_the_two_published_stages():
    method = make_method(correct=0.5).double()
    batches = [make_batch(seed, dtype=torch.float64) for seed in range(3)]
    expected = textbook(method, batches, correct=2)
    descending = Descending(method, steps=4)
    for step, batch in enumerate(batches):
        descending.step(batch, step)
    for theirs, ours in zip(expected, (method.G, method.D), strict=True):
        for (name, one), other in zip(theirs.named_parameters(), ours.named_parameters(), strict=True):
            # A bias before a batch norm has no gradient at all but rounding.
            if one.dim() > 1:
                torch.testing.assert_close(other[1], one, atol=1e-9, rtol=0, msg=name)


def test_the_published_defaults():
    settings = SRGAN.Settings()
    assert (settings.scale, settings.blocks, settings.width, settings.adversarial) == ("4", 16, 64, 1e-3)
    published = Descent(1e-4, (0.9, 0.999), constant=0.915, late=(0.83, 1.0))
    assert make_method(correct=0.83).descent("generator") == published


def test_the_rate_of_the_second_stage_may_be_another():
    descent = make_method(correct=0.5, late_rate=0.1, learning_rate=1e-3).descent("generator")
    assert [factor(descent, step, 100) for step in (0, 49, 50, 73)] == [1.0, 1.0, 0.1, 0.1]
    assert factor(descent, 99, 100) == pytest.approx(0.1 * (1 - 25 / 26))


@pytest.mark.parametrize(("size", "scale", "near"), [(15, "2", 16), (33, "2", 32), (50, "4", 48)])
def test_sizes_that_cannot_be_halved_are_refused_with_one_that_can(size, scale, near):
    with pytest.raises(ValueError, match=f"Pictures of {size} pixels cannot be learnt ×{scale}. Try a size of {near}"):
        make_method(size, scale=scale)
    make_method(near, scale=scale)


@pytest.mark.parametrize("scale", ["2", "4"])
def test_makes_small_pictures_of_any_size_larger(scale):
    method = make_method(scale=scale).eval()
    (route,) = method.routes()
    assert (route.title, route.scale, route.multiple) == (f"photos ×{scale}", int(scale), 1)
    assert method.make(route, torch.randn(1, 3, 7, 5)).shape == (1, 3, 7 * int(scale), 5 * int(scale))


def last_turn(method, progress):
    return list(method.turns(make_batch(), progress))[-1]


def test_without_weights_pixels_stand_in():
    method = make_method()
    turn = last_turn(method, 1.0)
    expected = turn.terms["pixels"] + 1e-3 * turn.terms["fool"]
    torch.testing.assert_close(turn.losses["generator"].detach(), expected)


def test_with_weights_the_second_stage_sees_with_them(weights):
    method = make_method(norm=False)
    assert set(last_turn(method, 0.0).terms) == {"pixels"}
    turn = last_turn(method, 1.0)
    torch.testing.assert_close(turn.losses["generator"].detach(), turn.terms["features"] + 1e-3 * turn.terms["fool"])
    (x,) = make_batch().images
    eyes = Eyes(vgg.weights_file())
    with torch.no_grad():
        expected = F.mse_loss(eyes(method.G(reduced(x, 2))) / 12.75, eyes(x) / 12.75)
    torch.testing.assert_close(turn.terms["features"], expected)


def test_weights_are_no_part_of_the_method(monkeypatch):
    seeing = torch.nn.Conv2d(3, 2, 3)

    class Weighty:
        def __init__(self, file):
            self.network = seeing

        def __call__(self, x):
            return self.network(x)

    monkeypatch.setattr(vgg, "VGGFeatures", Weighty)
    method = make_method(perceptual="vgg")
    before = list(method.state_dict())
    turn = last_turn(method, 1.0)
    assert list(method.state_dict()) == before
    assert seeing not in set(method.modules())
    owned = {p for networks in method.players().values() for network in networks for p in network.parameters()}
    assert owned == set(method.parameters())
    turn.losses["generator"].backward()
    assert all(parameter.grad is not None for parameter in method.G.parameters())


def test_none_leaves_weights_alone(weights):
    assert "features" not in last_turn(make_method(perceptual="none"), 1.0).terms


def test_weights_that_are_asked_for_and_missing_are_told_at_the_first_step():
    method = make_method(perceptual="vgg")
    with pytest.raises(ValueError, match=r"vgg19-dcbb9e9d\.pth at "):
        next(method.turns(make_batch(), 0.0))
    # But a trained model opens and works without them.
    (route,) = method.eval().routes()
    assert method.make(route, torch.zeros(1, 3, 8, 8)).shape == (1, 3, 16, 16)


def test_a_run_that_never_sharpens_needs_no_weights():
    assert last_turn(make_method(perceptual="vgg", correct=1.0), 0.99).losses

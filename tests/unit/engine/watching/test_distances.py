"""Distances between sets: known answers, and agreement with others' figures on the same features."""

import math

import pytest
import torch
from torchmetrics.image.kid import KernelInceptionDistance, poly_mmd

from ganstudio.engine.watching import distances
from ganstudio.engine.watching.distances import (
    KIDRuler,
    SlicedWassersteinRuler,
    kid,
    patches,
    pyramid,
    random_directions,
    shadows,
    squared_mmd,
    subset_size,
)


@pytest.fixture
def random():
    return torch.Generator().manual_seed(3)


def pictures(count, random, side=32):
    return torch.rand(count, 3, side, side, generator=random) * 2 - 1


def sliced_wasserstein(x, y, directions):
    return float((shadows(x, directions) - shadows(y, directions)).abs().mean())


def test_mmd_agrees_with_torchmetrics(random):
    x, y = torch.randn(40, 64, generator=random), 1.3 * torch.randn(40, 64, generator=random) + 0.4
    assert float(squared_mmd(x, y)) == pytest.approx(float(poly_mmd(x.double(), y.double())), abs=1e-9)


def test_kid_agrees_with_torchmetrics_on_the_same_features(random):
    class Eyes(torch.nn.Module):
        """Colours and their squares, of each corner."""

        num_features = 24

        def forward(self, x):
            x = torch.nn.functional.adaptive_avg_pool2d(x.float() / 127.5 - 1, 2).flatten(1)
            return torch.cat([x, x.square()], dim=1)

    real = (torch.rand(30, 3, 16, 16, generator=random) * 200).byte()
    made = (torch.rand(30, 3, 16, 16, generator=random) * 120 + 100).byte()
    with pytest.warns(UserWarning, match="memory"):
        theirs = KernelInceptionDistance(feature=Eyes(), subsets=3, subset_size=30)
    theirs.update(real, real=True)
    theirs.update(made, real=False)
    ours = KIDRuler(real.float(), Eyes())(made.float())
    assert ours == pytest.approx(float(theirs.compute()[0]), abs=1e-3)
    assert ours > 0.1


def test_kid_of_one_distribution_is_nothing_and_of_sets_of_two_sizes_the_same(random):
    x, y = torch.randn(900, 16, generator=random), torch.randn(700, 16, generator=random)
    assert kid(x, y) == pytest.approx(0, abs=0.02)
    assert kid(x, y + 0.5) == pytest.approx(kid(x[:700], y + 0.5), rel=0.1)


def test_kid_of_many_pictures_is_the_mean_over_subsets(random, monkeypatch):
    x, y = torch.randn(400, 16, generator=random), torch.randn(300, 16, generator=random) + 0.5
    whole = kid(x, y)
    monkeypatch.setattr(distances, "SUBSET_SIZE", 100)
    assert kid(x, y) == pytest.approx(whole, rel=0.05)
    assert kid(x, y) == kid(x, y) != whole
    assert subset_size(400, 300) == 100
    assert subset_size(400, 30) == 30


def test_one_picture_has_no_distance(random):
    with pytest.raises(ValueError, match="at least two"):
        kid(torch.randn(1, 4), torch.randn(9, 4))
    assert math.isfinite(kid(torch.randn(2, 4), torch.randn(9, 4)))


def test_sliced_wasserstein_agrees_with_a_plain_reference_in_double(random):
    x, y = torch.randn(200, 12, generator=random), 2 * torch.rand(200, 12, generator=random)
    directions = random_directions(50, 12)
    expected = 0.0
    for direction in directions.double():
        one = sorted(float(point.double() @ direction) for point in x)
        other = sorted(float(point.double() @ direction) for point in y)
        expected += sum(abs(p - q) for p, q in zip(one, other, strict=True)) / len(one) / len(directions)
    assert sliced_wasserstein(x, y, directions) == pytest.approx(expected, abs=1e-6)


def test_shifted_gaussians_are_as_far_apart_as_theory_says(random):
    """Along each direction a shift; the mean length of a shadow is |shift| Γ(D/2) / (√π Γ((D+1)/2))."""
    width = 20
    shift = torch.randn(width, generator=random)
    x, y = torch.randn(5000, width, generator=random), torch.randn(5000, width, generator=random) + shift
    shadow = math.gamma(width / 2) / (math.sqrt(math.pi) * math.gamma((width + 1) / 2))
    found = sliced_wasserstein(x, y, random_directions(400, width))
    assert found == pytest.approx(float(shift.norm()) * shadow, rel=0.05)


def test_the_pyramid_adds_up_to_the_picture(random):
    x = pictures(2, random, side=64)
    *details, whole = pyramid(x)
    assert [tuple(level.shape[2:]) for level in (*details, whole)] == [(side, side) for side in (64, 32, 16)]
    for detail in reversed(details):
        whole = detail + torch.nn.functional.interpolate(whole, size=detail.shape[2:], mode="bilinear")
    torch.testing.assert_close(whole, x)


def test_the_pyramid_blurs_by_the_binomial_window_before_it_halves():
    x = torch.zeros(1, 3, 32, 32)
    x[:, :, 16, 16] = 256
    _, coarse = pyramid(x)
    expected = torch.zeros(3, 16, 16)
    expected[:, 7:10, 7:10] = torch.tensor([[1.0, 6.0, 1.0], [6.0, 36.0, 6.0], [1.0, 6.0, 1.0]])
    torch.testing.assert_close(coarse[0], expected)


def test_patches_are_of_one_picture_each_and_the_same_every_time(random):
    x = torch.arange(4.0).view(4, 1, 1, 1).expand(4, 3, 16, 16)
    found = patches(x, 50)
    assert found.shape == (50, 147)
    assert (found == found[:, :1]).all()
    assert set(found[:, 0].tolist()) == {0, 1, 2, 3}
    assert torch.equal(found, patches(x, 50))


def test_the_ruler_says_zero_for_the_same_and_more_for_worse(random):
    real = pictures(12, random)
    ruler = SlicedWassersteinRuler(real)
    assert ruler(real) == 0
    alike, greener, flat = ruler(pictures(9, random)), real.clone(), torch.zeros_like(real)
    greener[:, 1] += 0.4
    assert alike < 0.1 < ruler(greener) < ruler(greener + 0.4)
    assert ruler(flat) > 0.5


def test_a_cast_of_colour_is_as_far_as_it_is_strong():
    """Flat pictures of noise: the shift in deviations, seen at the coarsest scale alone."""
    random = torch.Generator().manual_seed(0)
    real = torch.randn(300, 3, 16, 16, generator=random) * 0.2
    shadow = math.sqrt(147) * math.gamma(147 / 2) / (math.sqrt(math.pi) * math.gamma(74))
    assert SlicedWassersteinRuler(real)(real + 0.1) == pytest.approx(0.5 * shadow, rel=0.1)

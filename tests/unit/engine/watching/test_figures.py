"""Figures of single pictures: known answers, and agreement with scikit-image."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch.nn.functional import avg_pool2d, interpolate

from ganstudio.engine.watching.figures import faithfulness, grid, likeness, psnr, ssim, tone, variety

SIDE = 64


@pytest.fixture
def pictures():
    """Eight pictures of coloured shapes, unlike each other."""
    return shapes(0)


def shapes(seed, count=8):
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        picture = np.broadcast_to(random.uniform(-1, 1, (3, 1, 1)), (3, SIDE, SIDE)).copy()
        rows, columns = np.mgrid[:SIDE, :SIDE]
        for _ in range(6):
            row, column, radius = random.uniform(0, SIDE, 3) * (1, 1, 0.3)
            inside = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
            picture[:, inside] = random.uniform(-1, 1, (3, 1))
        made.append(torch.from_numpy(picture).float())
    # Photographs have no edge sharper than a lens makes it.
    return avg_pool2d(torch.stack(made), 3, 1, 1)


def as_numpy(x):
    return (x.double().permute(0, 2, 3, 1).numpy() + 1) / 2


def test_faithful_is_what_keeps_the_drawing_whatever_its_colours(pictures):
    assert faithfulness(pictures, pictures) == pytest.approx(1, abs=1e-5)
    assert faithfulness(pictures, -pictures) == pytest.approx(1, abs=1e-5)
    assert faithfulness(pictures, pictures[:, [2, 0, 1]]) == pytest.approx(1, abs=1e-5)
    assert faithfulness(pictures, 0.4 * pictures + 0.3) > 0.99
    softer = interpolate(avg_pool2d(pictures, 2), scale_factor=2, mode="bilinear")
    assert 0.7 < faithfulness(pictures, softer) < 1


def test_unfaithful_is_another_picture_noise_or_nothing(pictures):
    assert faithfulness(pictures, shapes(1)) < 0.1
    assert faithfulness(pictures, torch.rand(pictures.shape) * 2 - 1) < 0.1
    assert faithfulness(pictures, torch.zeros_like(pictures)) == pytest.approx(0, abs=1e-3)
    flat = torch.full_like(pictures, 0.5)
    assert faithfulness(flat, flat) == 1


def test_psnr_and_ssim_agree_with_scikit_image(pictures):
    noisy = (pictures + 0.2 * torch.randn(pictures.shape, generator=torch.Generator().manual_seed(1))).clamp(-1, 1)
    pairs = list(zip(as_numpy(pictures), as_numpy(noisy), strict=True))
    expected = np.mean([peak_signal_noise_ratio(x, y, data_range=1) for x, y in pairs])
    assert psnr(pictures, noisy) == pytest.approx(expected, abs=1e-3)
    gaussian = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    alike = [structural_similarity(x, y, data_range=1, channel_axis=2, **gaussian) for x, y in pairs]
    assert ssim(pictures, noisy) == pytest.approx(np.mean(alike), abs=1e-3)
    assert psnr(pictures, pictures) == pytest.approx(100)
    assert ssim(pictures, pictures) == pytest.approx(1)


def test_likeness_is_one_without_change_and_zero_from_black_to_white(pictures):
    assert likeness(pictures, pictures) == 1
    assert likeness(torch.ones(2, 3, 8, 8), -torch.ones(2, 3, 8, 8)) == 0


def test_tone_tells_a_negative(pictures):
    assert tone(pictures, pictures) == pytest.approx(1, abs=1e-5)
    assert tone(pictures, -pictures) == pytest.approx(-1, abs=1e-5)
    assert tone(pictures, 0.3 * pictures + 0.5) == pytest.approx(1, abs=1e-5)


def test_variety_is_nothing_when_all_are_alike(pictures):
    assert variety(shapes(1), pictures) == pytest.approx(1, abs=0.4)
    assert variety(pictures[:1].repeat(8, 1, 1, 1), pictures) == pytest.approx(0, abs=1e-4)
    assert variety(pictures[:1], pictures) == 1


@pytest.mark.parametrize("period", [2, 4])
def test_a_grid_stands_out_and_detail_does_not(pictures, period):
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    board = ((rows + columns) % period == 0).float()
    noise = 0.02 * torch.randn(pictures.shape, generator=torch.Generator().manual_seed(1))
    assert grid(pictures + 0.1 * board + noise, pictures + noise) > 10
    assert grid(shapes(1) + noise, pictures + noise) < 5
    assert grid(avg_pool2d(pictures, 3, 1, 1) + noise, pictures + noise) < 5


def test_tiny_pictures_have_figures_too():
    x = torch.rand(3, 3, 16, 16) * 2 - 1
    assert all(
        np.isfinite(figure(x, x.flip(3))) for figure in (faithfulness, psnr, ssim, likeness, tone, variety, grid)
    )

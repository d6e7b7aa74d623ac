import math

import pytest
import torch

from ganstudio.losses import bce, l1, lsgan, lsgan_judge


def test_l1_is_the_mean_absolute_difference():
    assert l1(torch.tensor([1.0, -1.0]), torch.tensor([0.0, 1.0])).item() == 1.5


def test_lsgan_is_the_mean_square_distance_to_its_target():
    assert lsgan(torch.tensor([0.0, 2.0]), 1.0).item() == 1.0


def test_a_blind_least_squares_judge_costs_a_quarter():
    half = torch.full((4,), 0.5)
    assert lsgan_judge(half, half).item() == pytest.approx(0.25)


def test_a_blind_cross_entropy_judge_costs_two_log_two():
    blind = torch.zeros(4)
    assert (bce(blind, 1.0) + bce(blind, 0.0)).item() == pytest.approx(2 * math.log(2))

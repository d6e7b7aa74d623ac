import math

import pytest
import torch

from ganstudio.losses import bce, divergence, l1, lsgan, lsgan_judge, squared


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


def test_the_divergence_is_that_of_torch_in_nats_for_each_picture():
    random = torch.Generator().manual_seed(0)
    mean, log_variance = torch.randn(2, 5, 3, generator=random, dtype=torch.float64)
    said = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    nats = torch.distributions.kl_divergence(said, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(divergence(mean, log_variance), nats)
    assert divergence(torch.zeros(2, 3), torch.zeros(2, 3)) == 0


def test_half_the_squared_difference_is_a_normal_likelihood_of_each_picture_less_a_constant():
    random = torch.Generator().manual_seed(0)
    x, y, z = torch.randn(3, 4, 3, 8, 8, generator=random, dtype=torch.float64)
    unlikely = [-torch.distributions.Normal(made, 1.0).log_prob(x).sum((1, 2, 3)).mean() for made in (y, z)]
    torch.testing.assert_close(0.5 * (squared(x, y) - squared(x, z)), unlikely[0] - unlikely[1])

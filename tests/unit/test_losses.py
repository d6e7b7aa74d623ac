import math

import pytest
import torch

from ganstudio.losses import (
    bce,
    divergence,
    edges,
    entropy,
    feature_matching,
    gradient_penalty,
    l1,
    lsgan,
    lsgan_discriminator,
    mse,
    patch_nce,
    squared,
    steepness,
    unsteadiness,
    wasserstein_critic,
)


def test_l1_is_the_mean_absolute_difference():
    assert l1(torch.tensor([1.0, -1.0]), torch.tensor([0.0, 1.0])).item() == 1.5


def test_edges_are_compared_across_and_down():
    x = torch.tensor([[0.0, 1.0, 3.0], [0.0, 1.0, 3.0]])[None, None]
    y = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])[None, None]
    assert edges(x, x) == 0
    assert edges(x, y).item() == 1.5 + 1


def test_lsgan_is_the_mean_square_distance_to_its_target():
    assert lsgan(torch.tensor([0.0, 2.0]), 1.0).item() == 1.0


def test_a_blind_least_squares_discriminator_costs_a_quarter():
    half = torch.full((4,), 0.5)
    assert lsgan_discriminator(half, half).item() == pytest.approx(0.25)


def test_a_blind_cross_entropy_discriminator_costs_two_log_two():
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


def test_mse_is_the_mean_square():
    assert mse(torch.tensor([1.0, -1.0]), torch.tensor([0.0, 1.0])).item() == 2.5


def test_feature_matching_compares_batches_not_pictures():
    wanted = torch.tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    felt = torch.tensor([[0.0, 1.0], [1.0, 2.0]], requires_grad=True)
    loss = feature_matching(wanted, felt)
    assert loss.item() == 0.5
    loss.backward()
    assert wanted.grad is None
    assert felt.grad is not None
    assert feature_matching(felt.flip(0), felt) == 0


def test_means_of_features_differ_by_less_than_bfloat16_can_tell():
    felt = torch.ones(2, 4, dtype=torch.bfloat16)
    step = torch.tensor([[0.0], [2**-7]], dtype=torch.bfloat16)  # From 1 to the next number that it has.
    assert feature_matching(felt + step, felt).item() == 2**-16


def test_a_critic_descends_how_much_higher_it_rates_fakes():
    assert wasserstein_critic(torch.tensor([1.0, 3.0]), torch.tensor([-1.0, 0.0])).item() == -2.5


def test_the_gradient_penalty_is_zero_for_slopes_of_one_and_can_be_descended():
    x = torch.randn(4, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    slope = torch.full((3, 2, 2), 12**-0.5, dtype=torch.float64, requires_grad=True)
    assert gradient_penalty((x * slope).sum((1, 2, 3)), x).item() == pytest.approx(0)
    steep = gradient_penalty((x * slope * 3).sum((1, 2, 3)), x)
    assert steep.item() == pytest.approx(4)
    steep.backward()
    assert slope.grad.abs().min() > 0


def test_steepness_is_half_the_squared_slope_of_what_is_judged_on_the_whole():
    x = torch.randn(4, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    slope = torch.full((3, 2, 2), 0.5, dtype=torch.float64, requires_grad=True)
    one = (x * slope).sum((1, 2, 3))
    assert steepness(one, x).item() == pytest.approx(0.5 * 12 * 0.25)
    # A place that says three times as much beside one that says nothing new.
    steep = steepness(torch.stack([3 * one, one.detach()], 1), x)
    assert steep.item() == pytest.approx(0.5 * 12 * 0.25 * 1.5**2)
    steep.backward()
    assert slope.grad.abs().min() > 0


def test_patch_nce_is_zero_where_every_place_is_itself_and_a_guess_where_all_are_alike():
    apart = torch.eye(8).expand(2, 8, 8)
    assert patch_nce(apart, apart, 0.07).item() == pytest.approx(math.log1p(7 * math.exp(-1 / 0.07)), abs=1e-6)
    alike = torch.ones(2, 8, 1)
    assert patch_nce(alike, alike, 0.07).item() == pytest.approx(math.log(8))


def test_patch_nce_teaches_the_queries_only():
    queries, keys = torch.randn(2, 1, 5, 4, requires_grad=True)
    gradients = torch.autograd.grad(patch_nce(queries, keys, 0.07), (queries, keys), allow_unused=True)
    assert gradients[0].abs().sum() > 0
    assert gradients[1] is None


def test_unsteadiness_is_how_far_answers_move_in_their_worst_direction():
    """Of two classes parted by a plane, the worst direction is across it; a part of the picture does not matter."""
    across = torch.zeros(2, 3, 4, 4, dtype=torch.float64)
    across[1, 0] = torch.linspace(-1, 1, 16).view(4, 4)
    across.requires_grad_()
    x, start = torch.randn(2, 5, 3, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def discriminator(pictures):
        return torch.einsum("nchw,kchw->nk", pictures, across)

    found = unsteadiness(discriminator, x, discriminator(x), start, 0.1)
    far = 0.1 * math.sqrt(48) * across[1].detach().norm()
    answers = torch.distributions.Categorical(logits=discriminator(x).detach())
    moved = [
        torch.distributions.kl_divergence(
            answers, torch.distributions.Categorical(logits=discriminator(x).detach() + shift)
        )
        for shift in (torch.tensor([0.0, far]), torch.tensor([0.0, -far]))
    ]
    # To which side of the plane a small step goes furthest is chance, to second order.
    low, high = torch.minimum(*moved), torch.maximum(*moved)
    assert low.mean() <= found <= high.mean()
    assert (found - low.mean()) / low.mean() < 0.5
    found.backward()
    assert across.grad.abs().sum() > 0


def test_the_worst_direction_is_where_a_small_step_from_the_start_moves_answers_most():
    """Of three classes it depends on the start; equation 11 of the paper, with a step so small that it is exact."""
    x, start, across = torch.randn(3, 3, 3, 2, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def discriminator(pictures):
        return torch.einsum("nchw,kchw->nk", pictures, 3 * across)

    def told(pictures):
        return torch.distributions.Categorical(logits=discriminator(pictures))

    def moved(step):
        return torch.distributions.kl_divergence(told(x), told(x + step))

    tiny = (1e-6 * start).requires_grad_()
    (worst,) = torch.autograd.grad(moved(tiny).sum(), tiny)
    worst = worst / worst.square().mean((1, 2, 3), keepdim=True).sqrt()
    found = unsteadiness(discriminator, x, discriminator(x), start, 0.1)
    assert found.item() == pytest.approx(moved(0.1 * worst).mean().item(), rel=0.02)


def test_entropy_is_zero_when_sure_and_log_k_when_not_and_its_slope_is_finite_everywhere():
    logits = torch.tensor([[0.0, 0, 0, 0], [200.0, 0, 0, 0]], requires_grad=True)
    unsure = entropy(logits.softmax(1))
    assert unsure.tolist() == pytest.approx([math.log(4), 0])
    unsure.sum().backward()
    assert torch.isfinite(logits.grad).all()

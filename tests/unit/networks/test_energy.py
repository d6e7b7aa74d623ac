import pytest
import torch

from ganstudio.networks.energy import SmoothDiscriminator, climb


@pytest.mark.parametrize("size", [8, 16, 64])
def test_judges_squares(size):
    assert SmoothDiscriminator(size, 4)(torch.zeros(2, 3, size, size)).shape == (2,)


def test_its_slope_is_the_gradient():
    torch.manual_seed(0)
    discriminator = SmoothDiscriminator(32, 4).double()
    pictures = torch.randn(3, 3, 32, 32, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(discriminator(pictures).sum(), pictures)
    torch.testing.assert_close(discriminator.slope(pictures), gradient)


def test_a_step_of_a_walk_is_the_slope_times_the_rate():
    x = torch.tensor([[1.0, -1.0]])
    torch.testing.assert_close(climb(lambda x: 0.25 - x, x, 1, 0.5), x + 0.5 * (0.25 - x))
    torch.testing.assert_close(climb(lambda x: 0.25 - x, x, 60, 0.5), torch.full((1, 2), 0.25))


def test_a_walk_stays_in_range():
    assert torch.equal(climb(torch.ones_like, torch.zeros(1, 2), 3, 1.0), torch.ones(1, 2))

import pytest
import torch

from ganstudio.networks.autoencoder import (
    CodeDecoder,
    Decoder,
    Encoder,
    FeatureDiscriminator,
    GaussianEncoder,
    NormalCodes,
    drawn,
)


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_pictures_of_every_size_become_codes_and_pictures_again(size):
    pictures = torch.rand(2, 3, size, size) * 2 - 1
    codes = Encoder(size, 5, 4)(pictures)
    assert codes.shape == (2, 5)
    made = Decoder(size, 5, 4)(codes)
    assert made.shape == pictures.shape
    assert made.abs().max() <= 1
    mean, log_variance = GaussianEncoder(size, 5, 4)(pictures)
    assert mean.shape == log_variance.shape == (2, 5)


@pytest.mark.parametrize(("size", "side"), [(8, 4), (16, 8), (32, 8), (64, 8)])
def test_the_discriminator_shows_what_it_sees_before_its_last_convolution(size, side):
    discriminator = FeatureDiscriminator(size, 4)
    seen = discriminator.look(torch.zeros(2, 3, size, size))
    assert seen.shape[2:] == (side, side)
    assert torch.equal(discriminator.judge(seen), discriminator(torch.zeros(2, 3, size, size)))
    assert discriminator.judge(seen).shape == (2,)


@pytest.mark.parametrize("network", [Encoder, Decoder, GaussianEncoder])
def test_a_size_that_does_not_halve_is_refused_in_a_sentence(network):
    with pytest.raises(ValueError, match="squares of 8, 16, 32"):
        network(24, 5, 4)


def test_a_draw_carries_gradients_to_mean_and_variance():
    """The slope of z is 1 by the mean and ½·(z − mean) by the logarithm of the variance."""
    mean = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    log_variance = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    z = drawn(mean, log_variance)
    by_mean, by_variance = torch.autograd.grad(z.sum(), [mean, log_variance])
    torch.testing.assert_close(by_mean, torch.ones_like(mean))
    torch.testing.assert_close(by_variance, 0.5 * (z - mean).detach())


def test_the_reparametrised_gradient_is_that_of_the_expectation():
    """Of E[z²] = mean² + variance, by 200,000 draws."""
    torch.manual_seed(0)
    mean = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
    log_variance = torch.tensor([-0.4], dtype=torch.float64, requires_grad=True)
    count = 200_000
    z = drawn(mean.expand(count, 1), log_variance.expand(count, 1))
    by_mean, by_variance = torch.autograd.grad(z.square().mean(), [mean, log_variance])
    torch.testing.assert_close(by_mean, 2 * mean.detach(), rtol=0.01, atol=0)
    torch.testing.assert_close(by_variance, log_variance.detach().exp(), rtol=0.02, atol=0)


def test_codes_are_followed_exactly_at_first_and_with_a_long_memory_later():
    torch.manual_seed(0)
    codes = NormalCodes(3)
    batches = torch.randn(4, 20, 3) * torch.tensor([1.0, 2.0, 0.1]) + torch.tensor([5.0, 0.0, -1.0])
    for batch in batches:
        codes.follow(batch)
    together = batches.flatten(0, 1)
    torch.testing.assert_close(codes.mean, together.mean(0))
    torch.testing.assert_close(codes.covariance, torch.cov(together.T, correction=0))
    for _ in range(1000):
        codes.follow(torch.randn(20, 3))
    assert codes.mean.abs().max() < 0.2
    torch.testing.assert_close(codes.covariance, torch.eye(3), atol=0.25, rtol=0)


def test_noise_becomes_codes_of_the_same_spread():
    torch.manual_seed(0)
    codes = NormalCodes(3)
    real = torch.randn(5000, 3) @ torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.3, 0.2], [0.0, 0.0, 2.0]]) + 1
    codes.follow(real)
    imagined = codes(torch.randn(50_000, 3))
    torch.testing.assert_close(imagined.mean(0), real.mean(0), atol=0.05, rtol=0)
    torch.testing.assert_close(torch.cov(imagined.T), torch.cov(real.T), atol=0.1, rtol=0)


def test_small_codes_are_followed_as_exactly_as_large_ones():
    torch.manual_seed(0)
    real = torch.randn(50, 3) * torch.tensor([1.0, 3.0, 0.5])
    large, small = NormalCodes(3), NormalCodes(3)
    large.follow(real)
    small.follow(real / 1000)
    torch.testing.assert_close(1000 * small.root, large.root)
    torch.testing.assert_close(large.root @ large.root.T, torch.cov(real.T, correction=0), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("batch", [torch.zeros(4, 3), torch.ones(1, 3), torch.ones(2, 3) * 1e4])
def test_codes_that_do_not_vary_stay_finite(batch):
    decoder = CodeDecoder(8, 3, 4).eval()
    for _ in range(3):
        decoder.codes.follow(batch)
    assert torch.isfinite(decoder.imagine(torch.randn(2, 3))).all()

import math

import pytest
import torch

from ganstudio.networks import initial
from ganstudio.networks.mlp import (
    Dropout,
    Maxout,
    MaxoutDiscriminator,
    Perceptron,
    PictureDiscriminator,
    PictureGenerator,
    uniform,
)


def test_a_perceptron_is_relu_between_linear_layers():
    network = Perceptron(3, (5, 4), 2)
    first, second, last = (layer for layer in network.model if isinstance(layer, torch.nn.Linear))
    x = torch.randn(7, 3)
    torch.testing.assert_close(network(x), last(second(first(x).relu()).relu()))


def test_a_maxout_unit_is_the_largest_of_its_pieces():
    layer = Maxout(2, 1, 2)
    with torch.no_grad():
        layer.linear.weight.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))
        layer.linear.bias.zero_()
    x = torch.tensor([[-3.0, 9.0], [2.0, 9.0]])
    assert layer(x).tolist() == [[3.0], [2.0]]  # Of two pieces it can be |x|.


def test_dropout_keeps_the_mean_and_is_gone_outside_of_training():
    dropout, ones = Dropout(0.5), torch.ones(100_000)
    torch.manual_seed(0)
    dropped = dropout(ones)
    assert set(dropped.tolist()) == {0.0, 2.0}
    assert dropped.mean().item() == pytest.approx(1, abs=0.02)
    assert torch.equal(dropout.eval()(ones), ones)


def test_noise_becomes_uniform_with_the_same_mean_and_variance():
    even = uniform(torch.randn(200_000, generator=torch.Generator().manual_seed(0)))
    assert even.abs().max() <= math.sqrt(3)
    assert even.mean().item() == pytest.approx(0, abs=0.01)
    assert even.var().item() == pytest.approx(1, abs=0.01)
    quarters = torch.histc(even, 4) / len(even)
    torch.testing.assert_close(quarters, torch.full((4,), 0.25), atol=0.01, rtol=0)


def test_networks_for_pictures_have_the_published_sizes():
    """On MNIST's 784 pixels they would have 2 504 984 and 1 231 441 parameters; here there are 3·28·28 = 2352."""

    def count(network):
        return sum(parameter.numel() for parameter in network.parameters())

    assert count(Perceptron(100, (1200, 1200), 784)) == 100 * 1200 + 1200 + 1200 * 1200 + 1200 + 1200 * 784 + 784
    assert count(MaxoutDiscriminator(784)) == 784 * 1200 + 1200 + 240 * 1200 + 1200 + 240 + 1
    assert count(PictureGenerator(28)) == count(Perceptron(100, (1200, 1200), 2352))
    assert count(PictureDiscriminator(28)) == count(MaxoutDiscriminator(2352))


def test_pictures_come_out_in_range_and_are_judged_one_by_one():
    generator, discriminator = PictureGenerator(8, 5, 16), PictureDiscriminator(8, 6, 2).eval()
    made = generator(torch.randn(3, 5))
    assert made.shape == (3, 3, 8, 8)
    assert made.abs().max() <= 1
    assert discriminator(made).shape == (3,)


def test_published_initial_weights():
    network = PictureDiscriminator(8, 6, 2)
    initial.uniform(network, 0.005)
    for layer in network.modules():
        if isinstance(layer, torch.nn.Linear):
            assert 0.003 < layer.weight.abs().max() <= 0.005
            assert not layer.bias.any()

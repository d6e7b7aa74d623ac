"""DiscoGAN's networks, as `research` read them in the published code."""

import pytest
import torch
from torch import nn

from ganstudio.networks.discogan import EncoderDecoder, FeatureMatchingDiscriminator


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_published_numbers_of_parameters():
    halvings = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512)
    assert parameters(EncoderDecoder()) == 2 * halvings + 2 * (128 + 256 + 512) + 2 * (256 + 128 + 64)
    assert parameters(FeatureMatchingDiscriminator()) == halvings + 2 * (128 + 256 + 512) + 16 * 512


def test_the_generator_halves_to_512_channels_and_back_without_a_bias():
    shapes = [tuple(layer.weight.shape) for layer in EncoderDecoder().main if hasattr(layer, "stride")]
    assert shapes[:4] == [(64, 3, 4, 4), (128, 64, 4, 4), (256, 128, 4, 4), (512, 256, 4, 4)]
    assert shapes[4:] == [(512, 256, 4, 4), (256, 128, 4, 4), (128, 64, 4, 4), (64, 3, 4, 4)]
    assert all(layer.bias is None for layer in EncoderDecoder().main if isinstance(layer, nn.Conv2d))


@pytest.mark.parametrize(("downs", "height", "width"), [(1, 16, 10), (2, 16, 36), (4, 64, 32)])
def test_the_generator_keeps_size_and_range(downs, height, width):
    generator = EncoderDecoder(downs, 4).eval()
    assert generator.multiple == 2**downs
    with torch.inference_mode():
        made = generator(torch.randn(2, 3, height, width))
    assert made.shape == (2, 3, height, width)
    assert made.abs().max() <= 1


def test_everything_goes_through_the_middle():
    generator = EncoderDecoder(3, 4).eval()
    middle = generator.main[7]
    assert isinstance(middle, nn.LeakyReLU)
    middle.register_forward_hook(lambda *given: torch.zeros_like(given[2]))
    with torch.inference_mode():
        one, other = generator(torch.randn(2, 3, 16, 16))
    assert torch.equal(one, other)


def test_the_discriminator_says_one_thing_at_64_pixels_and_shows_three_layers():
    discriminator = FeatureMatchingDiscriminator(width=4)
    judged, features = discriminator(torch.randn(2, 3, 64, 64))
    assert judged.shape == (2, 1, 1, 1)
    assert [tuple(feature.shape[1:]) for feature in features] == [(8, 16, 16), (16, 8, 8), (32, 4, 4)]
    assert discriminator(torch.randn(2, 3, 128, 64))[0].shape == (2, 1, 5, 1)

"""The generator for live use."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.light import LightGenerator


def multiply_adds(network, side):
    with FlopCounterMode(display=False) as counted, torch.inference_mode():
        network(torch.zeros(1, 3, side, side))
    return counted.get_total_flops() / 2


def test_it_takes_a_twentieth_of_the_published_generators_multiply_adds():
    light, full = LightGenerator().eval(), ResnetGenerator(9, 64).eval()
    assert 2.3e9 < multiply_adds(light, 256) < 2.5e9
    assert multiply_adds(full, 256) > 20 * multiply_adds(light, 256)


@pytest.mark.parametrize("size", [(16, 16), (20, 36), (64, 16)])
def test_every_size_of_whole_places_keeps_its_size(size):
    made = LightGenerator(8, 1)(torch.rand(2, 3, *size) * 2 - 1)
    assert made.shape == (2, 3, *size)
    assert made.abs().max() <= 1


def test_each_picture_is_painted_by_itself():
    network, x = LightGenerator(8, 1), torch.rand(2, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(network(x)[1:], network(x[1:]), atol=1e-6, rtol=0)

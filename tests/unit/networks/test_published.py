"""The networks are the published ones: sizes, names and shapes, as `research` measured them from the original code."""

import pytest
import torch

from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.initial import normal


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(("blocks", "millions"), [(9, 11.378), (6, 7.838)])
def test_generator_has_the_published_number_of_parameters(blocks, millions):
    assert parameters(ResnetGenerator(blocks)) / 1e6 == pytest.approx(millions, abs=0.0005)


def test_discriminator_has_the_published_number_of_parameters():
    assert parameters(PatchDiscriminator()) / 1e6 == pytest.approx(2.765, abs=0.0005)


@pytest.mark.parametrize(("layers", "antialias", "side"), [(3, False, 70), (4, False, 142), (3, True, 84)])
def test_a_judgement_is_of_a_patch_of_the_published_size(layers, antialias, side):
    picture = torch.rand(1, 3, 256, 256, requires_grad=True)
    judged = PatchDiscriminator(layers, 4, antialias=antialias, norms="none")(picture)
    place = judged.shape[2] // 2
    (slope,) = torch.autograd.grad(judged[0, 0, place, place], picture)
    rows = slope.abs().sum((0, 1, 3)).nonzero().flatten()
    assert rows[-1] - rows[0] + 1 == side


def test_generator_carries_the_published_names_and_shapes():
    state = ResnetGenerator(9).state_dict()
    assert len(state) == 48
    shapes = {
        "model.1.weight": (64, 3, 7, 7),
        "model.4.weight": (128, 64, 3, 3),
        "model.7.weight": (256, 128, 3, 3),
        "model.10.conv_block.1.weight": (256, 256, 3, 3),
        "model.18.conv_block.5.bias": (256,),
        "model.19.weight": (256, 128, 3, 3),
        "model.22.weight": (128, 64, 3, 3),
        "model.26.weight": (3, 64, 7, 7),
    }
    assert {name: tuple(state[name].shape) for name in shapes} == shapes
    assert "model.23.weight" in ResnetGenerator(6).state_dict()


def test_discriminator_carries_the_published_names_and_sees_70_pixels():
    discriminator = PatchDiscriminator()
    assert [name for name in discriminator.state_dict() if name.endswith("weight")] == [
        f"model.{index}.weight" for index in (0, 2, 5, 8, 11)
    ]
    with torch.inference_mode():
        assert discriminator(torch.zeros(1, 3, 256, 256)).shape == (1, 1, 30, 30)
    # The receptive field, read off the gradient of one judgement (norms would let all pixels in).
    for module in discriminator.modules():
        if isinstance(module, torch.nn.InstanceNorm2d):
            module.forward = lambda x: x
    picture = torch.randn(1, 3, 256, 256, requires_grad=True)
    discriminator(picture)[0, 0, 15, 15].backward()
    rows = picture.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    assert rows[-1] - rows[0] + 1 == 70


@pytest.mark.parametrize(("height", "width"), [(16, 16), (64, 20), (36, 100)])
def test_generator_keeps_size_and_range(height, width):
    with torch.inference_mode():
        made = ResnetGenerator(2, 8)(torch.randn(1, 3, height, width))
    assert made.shape == (1, 3, height, width)
    assert made.abs().max() <= 1


def test_generator_treats_each_picture_of_a_batch_alone():
    generator = ResnetGenerator(2, 8)
    pictures = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(generator(pictures)[1:], generator(pictures[1:]))


def test_weights_begin_normal_with_deviation_two_hundredths_and_biases_at_zero():
    generator = ResnetGenerator(6)
    normal(generator)
    state = generator.state_dict()
    weight = state["model.10.conv_block.1.weight"]
    assert weight.std().item() == pytest.approx(0.02, rel=0.01)
    assert abs(weight.mean().item()) < 1e-3
    assert state["model.10.conv_block.1.bias"].abs().max() == 0


@pytest.mark.parametrize("layers", [1, 2, 3, 4, 5])
def test_the_least_size_for_a_discriminator_is_one_it_takes_and_less_is_refused(layers):
    least, discriminator = 3 << layers, PatchDiscriminator(layers, 4)
    refuse_small(least, layers)
    assert discriminator(torch.zeros(1, 3, least, least)).shape[2] >= 1
    with pytest.raises(ValueError, match=f"at least {least} pixels"):
        refuse_small(least - 1, layers)
    with pytest.raises(ValueError, match="Expected more than 1 spatial element"):
        discriminator(torch.zeros(1, 3, least - (1 << layers), least - (1 << layers)))

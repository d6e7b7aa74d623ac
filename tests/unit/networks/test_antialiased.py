"""CUT's networks: blurs, the generator that shows its features, the antialiased discriminator."""

import pytest
import torch
import torch.nn.functional as F

from ganstudio.networks.blur import BlurDown, BlurUp
from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.networks.generators import AntialiasedGenerator, ResnetGenerator
from ganstudio.networks.initial import xavier


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 12)])
def test_halving_is_a_binomial_blur_of_the_reflected_picture(height, width):
    picture = torch.randn(2, 3, height, width)
    by_hand = F.pad(picture, (1, 1, 1, 1), mode="reflect").unfold(2, 3, 2).unfold(3, 3, 2)
    row = torch.tensor([0.25, 0.5, 0.25])
    torch.testing.assert_close(BlurDown(3)(picture), torch.einsum("nchwij,i,j->nchw", by_hand, row, row))


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 12)])
def test_doubling_is_bilinear(height, width):
    picture = torch.randn(2, 3, height, width)
    torch.testing.assert_close(BlurUp(3)(picture), F.interpolate(picture, scale_factor=2, mode="bilinear"))


def test_generator_carries_the_published_names_and_shapes():
    with torch.device("meta"):
        state = AntialiasedGenerator(9).state_dict()
    assert len(state) == 52
    shapes = {
        "model.1.weight": (64, 3, 7, 7),
        "model.4.weight": (128, 64, 3, 3),
        "model.7.filt": (128, 1, 3, 3),
        "model.8.weight": (256, 128, 3, 3),
        "model.11.filt": (256, 1, 3, 3),
        "model.12.conv_block.1.weight": (256, 256, 3, 3),
        "model.20.conv_block.5.bias": (256,),
        "model.21.filt": (256, 1, 4, 4),
        "model.22.weight": (128, 256, 3, 3),
        "model.25.filt": (128, 1, 4, 4),
        "model.26.weight": (64, 128, 3, 3),
        "model.30.weight": (3, 64, 7, 7),
    }
    assert {name: tuple(state[name].shape) for name in shapes} == shapes
    with torch.device("meta"):
        assert parameters(AntialiasedGenerator(9)) == parameters(ResnetGenerator(9))


def test_discriminator_carries_the_published_names_and_gives_the_published_map():
    with torch.device("meta"):
        discriminator = PatchDiscriminator(antialias=True)
        assert discriminator(torch.zeros(1, 3, 256, 256, device="meta")).shape == (1, 1, 30, 30)
        assert parameters(discriminator) == parameters(PatchDiscriminator())
    names = discriminator.state_dict()
    assert [name for name in names if name.endswith("weight")] == [
        f"model.{index}.weight" for index in (0, 3, 7, 11, 14)
    ]
    assert [name for name in names if name.endswith("filt")] == [f"model.{index}.filt" for index in (2, 6, 10)]


def test_features_are_taken_where_the_paper_says():
    generator = AntialiasedGenerator(9, 8)
    with torch.inference_mode():
        features = generator.look(torch.randn(2, 3, 32, 40))
    assert generator.seen == (0, 4, 8, 12, 16)
    assert [tuple(x.shape) for x in features] == [
        (2, 3, 38, 46),
        (2, 16, 32, 40),
        (2, 32, 16, 20),
        (2, 32, 8, 10),
        (2, 32, 8, 10),
    ]


@pytest.mark.parametrize(("blocks", "seen"), [(1, (0, 4, 8, 12)), (3, (0, 4, 8, 12, 14)), (6, (0, 4, 8, 12, 16))])
def test_a_shallow_generator_shows_its_last_block(blocks, seen):
    generator = AntialiasedGenerator(blocks, 4)
    assert generator.seen == seen
    assert [x.shape[1] for x in generator.look(torch.zeros(1, 3, 16, 16))] == list(generator.widths)


def test_painting_with_features_gives_what_painting_and_looking_give():
    generator = AntialiasedGenerator(2, 8)
    pictures = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        made, features = generator.paint(pictures)
        assert torch.equal(made, generator(pictures))
        for one, other in zip(features, generator.look(pictures), strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (36, 100)])
def test_generator_keeps_size_and_range(height, width):
    with torch.inference_mode():
        made = AntialiasedGenerator(2, 8)(torch.randn(1, 3, height, width))
    assert made.shape == (1, 3, height, width)
    assert made.abs().max() <= 1


def test_weights_begin_after_glorot():
    generator = AntialiasedGenerator(2, 16)
    xavier(generator)
    state = generator.state_dict()
    weight = state["model.12.conv_block.1.weight"]
    assert weight.std().item() == pytest.approx(0.02 * (2 / (2 * 64 * 9)) ** 0.5, rel=0.02)
    assert state["model.12.conv_block.1.bias"].abs().max() == 0
    assert state["model.7.filt"][0].sum() == 1

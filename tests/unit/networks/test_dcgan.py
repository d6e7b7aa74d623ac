import pytest
import torch

from ganstudio.networks.dcgan import Discriminator, Generator, LabelGenerator, MatchDiscriminator


@pytest.mark.parametrize("size", [8, 32, 64])
def test_draws_and_judges_squares_of_the_size_asked(size):
    generator, discriminator = LabelGenerator(size, 3, width=8), MatchDiscriminator(size, 3, width=8)
    labels = torch.tensor([0, 2])
    made = generator(torch.randn(2, 100), labels)
    assert made.shape == (2, 3, size, size)
    assert made.abs().max() <= 1
    assert discriminator(made, labels).shape == (2,)


@pytest.mark.parametrize("size", [0, 4, 24, 100])
def test_refuses_other_sizes_in_a_sentence(size):
    with pytest.raises(ValueError, match=f"not {size}"):
        LabelGenerator(size, 3)


def test_the_label_reaches_picture_and_judgement():
    generator, discriminator = LabelGenerator(16, 2, width=8).eval(), MatchDiscriminator(16, 2, width=8).eval()
    noise = torch.randn(1, 100)
    zero, one = torch.tensor([0]), torch.tensor([1])
    assert not torch.equal(generator(noise, zero), generator(noise, one))
    picture = generator(noise, zero)
    assert discriminator(picture, zero) != discriminator(picture, one)


def test_published_width_is_that_of_dcgan_at_64_pixels():
    convolutions = [m for m in LabelGenerator(64, 2).model if isinstance(m, torch.nn.ConvTranspose2d)]
    assert [layer.out_channels for layer in convolutions] == [512, 256, 128, 64, 3]


@pytest.mark.parametrize("size", [8, 32])
def test_draws_and_judges_without_labels(size):
    generator, discriminator = Generator(size, width=8), Discriminator(size, width=8)
    made = generator(torch.randn(2, 100))
    assert made.shape == (2, 3, size, size)
    assert made.abs().max() <= 1
    assert discriminator(made).shape == (2,)


def test_published_parameter_counts_at_64_pixels():
    """Those of PyTorch's example, but for the bias of the three colours that come out."""
    count = lambda network: sum(parameter.numel() for parameter in network.parameters())  # noqa: E731
    assert count(Generator(64)) == 3_576_704 + 3
    assert count(Discriminator(64)) == 2_765_568 + 64

import pytest
import torch
import torch.nn.functional as F

from ganstudio.networks.srgan import SRResNet, TextureDiscriminator


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_published_sizes():
    """Counted by hand from figure 4: convolutions with biases, batch norms, one slope for each PReLU."""
    head = 3 * 64 * 81 + 64 + 1
    body = 16 * (2 * (64 * 64 * 9 + 64 + 128) + 1) + 64 * 64 * 9 + 64 + 128
    tail = 2 * (64 * 256 * 9 + 256 + 1) + 64 * 3 * 81 + 3
    assert parameters(SRResNet(4)) == head + body + tail == 1_549_462
    widths = [m.out_channels for m in TextureDiscriminator().model if isinstance(m, torch.nn.Conv2d)]
    assert widths == [64, 64, 128, 128, 256, 256, 512, 512, 1024, 1]


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("size", [(1, 1), (5, 9), (16, 8)])
def test_enlarges_pictures_of_any_size(scale, size):
    made = SRResNet(scale, blocks=1, width=4).eval()(torch.zeros(2, 3, *size))
    assert made.shape == (2, 3, size[0] * scale, size[1] * scale)


@pytest.mark.parametrize("scale", [0, 1, 3, 6])
def test_refuses_other_scales_in_a_sentence(scale):
    with pytest.raises(ValueError, match=f"not {scale} times"):
        SRResNet(scale, blocks=1, width=4)


def test_a_residual_generator_that_paints_nothing_is_a_plain_enlargement():
    generator, x = SRResNet(2, blocks=1, width=4, residual=True), torch.rand(1, 3, 6, 7)
    with torch.no_grad():
        generator.tail[-1].weight.zero_()
        generator.tail[-1].bias.zero_()
        expected = F.interpolate(x, (12, 14), mode="bicubic")
        torch.testing.assert_close(generator(x), expected, atol=1e-5, rtol=0)


def test_without_norm_a_picture_is_the_same_while_learning():
    generator, x = SRResNet(2, blocks=1, width=4, norm=False), torch.rand(3, 3, 8, 8)
    assert not any("running" in name for name in generator.state_dict())
    torch.testing.assert_close(generator(x)[:1], generator(x[:1]))


def test_each_place_of_the_discriminator_sees_61_pixels():
    discriminator = TextureDiscriminator(width=4).double().eval()
    x = torch.randn(1, 3, 160, 160, dtype=torch.float64, requires_grad=True)
    judged = discriminator(x)
    assert judged.shape == (1, 1, 10, 10)
    judged[0, 0, 5, 5].backward()
    seen = x.grad[0].abs().sum((0, 1)).nonzero()
    assert int(seen.max() - seen.min()) + 1 == 61

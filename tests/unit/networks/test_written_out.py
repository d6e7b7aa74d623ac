"""Networks beside the tables of their papers, written out in plain torch with the same weights.

Shapes and numbers of weights say nothing of slopes, borders, norms and of what stands last; what comes out does.
"""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganstudio.networks import autoencoder, dcgan, discogan, mlp, simgan, srgan
from ganstudio.networks.common_space import LatentDiscriminator
from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.multiscale import MultiScaleDiscriminator
from ganstudio.networks.unet import UNetGenerator
from tests.unit.engine import published


def conv(inside, outside, side, stride=1, border=0, *, bias=True):
    return nn.Conv2d(inside, outside, side, stride, border, bias=bias)


def spread(inside, outside, stride=2, border=1, *, bias=False):
    return nn.ConvTranspose2d(inside, outside, 4, stride, border, bias=bias)


def leak():
    return nn.LeakyReLU(0.2)


class Skip(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def dcgan_generator():
    return [
        *(nn.Unflatten(1, (5, 1, 1)), spread(5, 4, 1, 0), nn.BatchNorm2d(4), nn.ReLU()),
        *(spread(4, 2), nn.BatchNorm2d(2), nn.ReLU()),
        *(spread(2, 3, bias=True), nn.Tanh()),
    ]


def dcgan_discriminator():
    return [
        *(conv(3, 2, 4, 2, 1), leak()),
        *(conv(2, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), leak()),
        *(conv(4, 1, 4, bias=False), nn.Flatten(0)),
    ]


def discogan_generator():
    return [
        *(conv(3, 2, 4, 2, 1, bias=False), leak()),
        *(conv(2, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), leak()),
        *(spread(4, 2), nn.BatchNorm2d(2), nn.ReLU()),
        *(spread(2, 3), nn.Tanh()),
    ]


def discogan_discriminator():
    return [
        *(conv(3, 2, 4, 2, 1, bias=False), leak()),
        *(conv(2, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), leak()),
        conv(4, 1, 4, bias=False),
    ]


def patch_discriminator():
    return [
        *(conv(3, 2, 4, 2, 1), leak()),
        *(conv(2, 4, 4, 2, 1), nn.InstanceNorm2d(4), leak()),
        *(conv(4, 8, 4, 1, 1), nn.InstanceNorm2d(8), leak()),
        conv(8, 1, 4, 1, 1),
    ]


def enlarger():
    block = conv(2, 2, 3, 1, 1), nn.BatchNorm2d(2), nn.PReLU(), conv(2, 2, 3, 1, 1), nn.BatchNorm2d(2)
    return [
        *(conv(3, 2, 9, 1, 4), nn.PReLU()),
        Skip(Skip(*block), conv(2, 2, 3, 1, 1), nn.BatchNorm2d(2)),
        *(conv(2, 8, 3, 1, 1), nn.PixelShuffle(2), nn.PReLU()),
        conv(2, 3, 9, 1, 4),
    ]


def texture_discriminator():
    layers = [conv(3, 2, 3, 1, 1), leak()]
    for inside, outside, stride in (*((2, 2, 2), (2, 4, 1), (4, 4, 2), (4, 8, 1), (8, 8, 2), (8, 16, 1), (16, 16, 2)),):
        layers += [conv(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), leak()]
    return [*layers, conv(16, 4, 1), leak(), conv(4, 1, 1)]


def refiner():
    block = Skip(conv(2, 2, 3, 1, 1), nn.ReLU(), conv(2, 2, 3, 1, 1))
    return [conv(3, 2, 3, 1, 1), nn.ReLU(), block, nn.ReLU(), conv(2, 3, 1), nn.Tanh()]


def local_discriminator():
    return [
        *(conv(3, 6, 3, 2, 1), leak(), conv(6, 4, 3, 2, 1), leak(), nn.MaxPool2d(3, 1, 1)),
        *(conv(4, 2, 3, 1, 1), leak(), conv(2, 2, 1), leak(), conv(2, 1, 1)),
    ]


def code_discriminator():
    return [conv(3, 2, 4, 2, 1), leak(), conv(2, 2, 4, 2, 1), leak(), conv(2, 1, 1)]


def encoder():
    layers = [conv(3, 2, 4, 2, 1), leak(), conv(2, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), leak()]
    return [*layers, nn.Flatten(), nn.Linear(64, 5)]


def decoder():
    return [
        *(nn.Linear(5, 64, bias=False), nn.Unflatten(1, (4, 4, 4)), nn.BatchNorm2d(4), nn.ReLU()),
        *(spread(4, 2), nn.BatchNorm2d(2), nn.ReLU(), spread(2, 3, bias=True), nn.Tanh()),
    ]


def feature_discriminator():
    return [*encoder()[:-1], nn.Linear(64, 1), nn.Flatten(0)]


WRITTEN = {
    "DCGAN's generator": (lambda: dcgan.Generator(16, 5, 2), dcgan_generator, (5,)),
    "DCGAN's discriminator": (lambda: dcgan.Discriminator(16, 2), dcgan_discriminator, (3, 16, 16)),
    "DiscoGAN's generator": (lambda: discogan.EncoderDecoder(2, 2), discogan_generator, (3, 16, 16)),
    "DiscoGAN's discriminator": (
        lambda: discogan.FeatureMatchingDiscriminator(2, 2),
        discogan_discriminator,
        (3, 16, 16),
    ),
    "the discriminator of patches": (lambda: PatchDiscriminator(2, 2), patch_discriminator, (3, 32, 32)),
    "SRGAN's generator": (lambda: srgan.SRResNet(2, 1, 2), enlarger, (3, 8, 8)),
    "SRGAN's discriminator": (lambda: srgan.TextureDiscriminator(2, 2), texture_discriminator, (3, 32, 32)),
    "SimGAN's refiner": (lambda: simgan.Refiner(2, 1), refiner, (3, 9, 9)),
    "SimGAN's discriminator": (lambda: simgan.LocalDiscriminator(6), local_discriminator, (3, 17, 17)),
    "the discriminator of codes": (lambda: LatentDiscriminator(3, 2), code_discriminator, (3, 8, 8)),
    "the encoder": (lambda: autoencoder.Encoder(16, 5, 2), encoder, (3, 16, 16)),
    "the decoder": (lambda: autoencoder.Decoder(16, 5, 2), decoder, (5,)),
    "VAE-GAN's discriminator": (lambda: autoencoder.FeatureDiscriminator(16, 2), feature_discriminator, (3, 16, 16)),
}


@pytest.mark.parametrize(("ours", "layers", "shape"), WRITTEN.values(), ids=WRITTEN)
def test_gives_what_its_table_gives_while_learning_and_in_use(ours, layers, shape):
    torch.manual_seed(0)
    network, plain = ours(), nn.Sequential(*layers())
    plain.load_state_dict(dict(zip(plain.state_dict(), network.state_dict().values(), strict=True)))
    for training in (True, False):
        x = torch.randn(4, *shape)
        made = network.train(training)(x)
        torch.testing.assert_close(made[0] if isinstance(made, tuple) else made, plain.train(training)(x))


PUBLISHED = {
    "CycleGAN's generator": (lambda: ResnetGenerator(1, 2), lambda: published.Resnet(1, 2)),
    "CUT's generator": (
        lambda: ResnetGenerator(1, 2, antialias="both"),
        lambda: published.Resnet(1, 2, antialias="both"),
    ),
    "CUT's discriminator": (
        lambda: PatchDiscriminator(2, 2, antialias=True),
        lambda: published.Patch(width=2, antialias=True),
    ),
    "pix2pix's generator": (lambda: UNetGenerator(4, 2, "batch"), lambda: published.Unet(4, 2)),
    "pix2pix's discriminator": (
        lambda: PatchDiscriminator(2, 2, channels=6, norms="batch"),
        lambda: published.Patch(6, 2, norm="batch"),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), PUBLISHED.values(), ids=PUBLISHED)
def test_gives_what_the_published_network_of_the_same_names_gives(ours, theirs):
    network, plain = ours(), published.trained(theirs())
    network.load_state_dict(plain.state_dict(), strict=False)
    assert network.state_dict().keys() <= plain.state_dict().keys()
    for training in (True, False):
        x = torch.randn(2, next(network.parameters()).shape[1], 32, 32)
        made = network.train(training)(x)
        torch.testing.assert_close(made, plain.train(training)(x), atol=1e-5, rtol=1e-4)


def told_beside(discriminator, x, told):
    """Reed's judgement: what is told stands at each of the 4×4 places beside what is seen; then 1×1, norm and 4×4."""
    joining, norm, _, last = discriminator.judging
    seen = discriminator.looking(x)
    seen = F.conv2d(torch.cat([seen, told[:, :, None, None].repeat(1, 1, 4, 4)], 1), joining.weight)
    away = seen - seen.mean((0, 2, 3), keepdim=True)
    seen = away / (away.square().mean((0, 2, 3), keepdim=True) + 1e-5).sqrt()
    seen = seen * norm.weight[:, None, None] + norm.bias[:, None, None]
    return F.conv2d(F.leaky_relu(seen, 0.2), last.weight, last.bias).flatten()


def test_a_label_is_told_beside_the_noise_and_beside_the_smallest_map():
    torch.manual_seed(0)
    generator, discriminator = dcgan.LabelGenerator(16, 3, 5, 2, told=4), dcgan.MatchDiscriminator(16, 3, 2, told=4)
    x, z, labels = torch.randn(6, 3, 16, 16), torch.randn(6, 5), torch.arange(6) % 3
    noise = torch.cat([z, generator.label.weight[labels]], 1)
    torch.testing.assert_close(generator(z, labels), generator.model(noise[:, :, None, None]))
    torch.testing.assert_close(
        discriminator(x, labels), told_beside(discriminator, x, discriminator.label.weight[labels])
    )


def test_a_caption_is_told_in_the_same_way_and_its_code_compared_with_that_of_the_picture():
    torch.manual_seed(0)
    discriminator = dcgan.CaptionDiscriminator(16, nn.Linear(7, 4), 4, 7, 2)
    x, codes = torch.randn(6, 3, 16, 16), torch.randn(6, 7)
    alike = 10 * F.cosine_similarity(discriminator.projection(discriminator.looking(x).flatten(1)), codes)
    torch.testing.assert_close(
        discriminator(x, codes), told_beside(discriminator, x, discriminator.label(codes)) + alike
    )
    torch.testing.assert_close(discriminator.likeness(discriminator.look(x), codes).diagonal(), alike)


def test_the_first_gan_draws_from_even_noise_in_sigmoids_and_judges_pixels_from_0_to_1():
    torch.manual_seed(0)
    generator, discriminator = mlp.PictureGenerator(4, 5, 6).double(), mlp.PictureDiscriminator(4, 3, 2).double().eval()
    z = torch.randn(7, 5, dtype=torch.float64)
    even = math.sqrt(3) * (2 * torch.distributions.Normal(0.0, 1.0).cdf(z) - 1)
    first, second, last = (layer for layer in generator.modules() if isinstance(layer, nn.Linear))
    pixels = torch.sigmoid(last(F.relu(second(F.relu(first(even))))))
    torch.testing.assert_close(generator(z).flatten(1), 2 * pixels - 1)
    first, second, last = (layer for layer in discriminator.modules() if isinstance(layer, nn.Linear))
    seen = first(pixels).view(7, 3, 2).amax(2)
    seen = second(seen).view(7, 3, 2).amax(2)
    torch.testing.assert_close(discriminator(generator(z)), last(seen).flatten())


def test_units_discriminators_look_at_the_picture_and_at_means_of_it():
    torch.manual_seed(0)
    discriminator = MultiScaleDiscriminator(16, scales=2, layers=2, width=2)
    x = torch.randn(2, 3, 16, 16)
    small = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    for seen, own, picture in zip(discriminator(x), discriminator.discriminators, (x, small), strict=True):
        told = picture
        *halving, last = (layer for layer in own if isinstance(layer, nn.Conv2d))
        for layer in halving:
            told = F.conv2d(F.pad(told, (1, 1, 1, 1), mode="reflect"), layer.weight, layer.bias, stride=2)
            told = F.leaky_relu(told, 0.2)
        torch.testing.assert_close(seen, F.conv2d(told, last.weight, last.bias))

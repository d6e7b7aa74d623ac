"""One file for each game; the catalogue lists them."""

from __future__ import annotations

from ganstudio.game import Method
from ganstudio.methods.autoencoder import AutoEncoder
from ganstudio.methods.catgan import CatGAN
from ganstudio.methods.cogan import CoGAN
from ganstudio.methods.combogan import ComboGAN
from ganstudio.methods.conditional_gan import ConditionalGAN
from ganstudio.methods.cut import CUT, FastCUT
from ganstudio.methods.cyclegan import CycleGAN
from ganstudio.methods.dcgan import DCGAN
from ganstudio.methods.discogan import DiscoGAN
from ganstudio.methods.discriminator_only import DiscriminatorOnly
from ganstudio.methods.dualgan import DualGAN
from ganstudio.methods.gan import GAN
from ganstudio.methods.light import Light
from ganstudio.methods.pix2pix import Pix2pix
from ganstudio.methods.semi_supervised_gan import SemiSupervisedGAN
from ganstudio.methods.simgan import SimGAN
from ganstudio.methods.srgan import SRGAN
from ganstudio.methods.text_gan import TextGAN
from ganstudio.methods.unit import UNIT
from ganstudio.methods.vae import VAE
from ganstudio.methods.vae_gan import VAEGAN
from ganstudio.methods.xgan import XGAN
from ganstudio.words.settings import unknown

# Of those that suit the folders as well, the window begins with the first.
CATALOGUE: tuple[type[Method], ...] = (
    CycleGAN,
    DiscoGAN,
    DualGAN,
    UNIT,
    XGAN,
    CUT,
    FastCUT,
    SimGAN,
    ComboGAN,
    Pix2pix,
    Light,
    DCGAN,
    GAN,
    DiscriminatorOnly,
    CoGAN,
    AutoEncoder,
    VAE,
    VAEGAN,
    ConditionalGAN,
    TextGAN,
    SRGAN,
    SemiSupervisedGAN,
    CatGAN,
)


def find(key: str) -> type[Method]:
    """The method with this key.

    Raises:
        ValueError: There is none; names the nearest one.
    """
    for method in CATALOGUE:
        if method.key == key:
            return method
    raise ValueError(unknown("method", key, (method.key for method in CATALOGUE)))

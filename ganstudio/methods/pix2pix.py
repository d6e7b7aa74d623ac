"""pix2pix: pairs of pictures, translation by example.

Isola, Zhu, Zhou, Efros: "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017. The
discriminator sees each result beside the picture it was made from, and descends

    ½ BCE(D(a, b), 1) + ½ BCE(D(a, G(a)), 0)

and then the generator (eq. 4)

    BCE(D(a, G(a)), 1) + λ |G(a) - b|

The published U-Net has batch norm and is used, as it is trained, with the numbers of the one picture before it, and
with dropout, so that no picture is translated twice the same. Batch norm over one picture is instance norm with two
learnt numbers a channel; here instance norm is the default, which treats a picture the same in training and in use,
alone and in any company. With `norm` "batch", running averages translate, which wants a batch of several pictures;
files of the published code fit. Dropout is off in translations, which are therefore always the same.

Legend: a the picture that goes in, b what should come out; G translates A → B, D judges, as the published files name
them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, l1
from ganstudio.networks import initial
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.norms import NORMS, each
from ganstudio.networks.unet import UNetGenerator, depth
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class Pix2pix(Method):
    """One U-Net, one discriminator of pairs; see the module."""

    key = "pix2pix"
    title = "pix2pix"
    sentence = "Learns from matching pairs how one picture becomes the other: sketch to photo, day to night."
    task = "paired translation"
    needs = Needs.PAIRS
    apart = True
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults, but for both norms."""

        likeness: float = setting(
            100.0, help="How firmly a result must be the pair's other picture, pixel by pixel.", low=0, high=10000
        )
        norm: str = setting(
            "instance",
            help=(
                "What holds the generator's numbers in range: instance is best for one picture a step, affine learns a "
                "scale too, batch is for many, or nothing (none)."
            ),
            choices=NORMS,
        )
        dropout: bool = setting(True, help="Forget by chance while training, so that fewer pairs are learnt by heart.")
        width: int = setting(
            64, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            3, help="How far the discriminator sees: 3 layers judge patches of 70×70 pixels.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminator, as a share of the generator's.", low=0.01, high=10
        )
        downs: int = setting(
            0,
            help="How far the generator boils a picture down; 0 goes to the last pixel, as published.",
            unit="halvings",
            low=0,
            high=12,
        )
        discriminator_norm: str = setting("instance", help="The same as norm, for the discriminator.", choices=NORMS)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=64,
            batch=1,
            steps=600,
            sentence="A first impression in minutes, small pictures.",
            settings={"learning_rate": 1e-3, "average": 0.99, "dropout": False, "width": 32, "discriminator_width": 32},
        ),
        "balanced": Preset(
            size=128,
            batch=1,
            epochs=100,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999},
        ),
        "best": Preset(
            size=256,
            batch=1,
            epochs=200,
            sentence="The published recipe, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        refuse_small(size, settings.discriminator_layers)
        self.names = inventory.names
        self.G = UNetGenerator(depth(settings.downs, size), settings.width, settings.norm, settings.dropout)
        self.D = PatchDiscriminator(
            settings.discriminator_layers, settings.discriminator_width, channels=6, norms=settings.discriminator_norm
        )
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Discriminator and generator."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator, which sees both pictures of a pair."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator, by its published name."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Half of the two cross-entropies; the truth itself says what is lost."""
        return Signs(guessing=math.log(2), content="likeness", faithful="likeness")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator, as published."""
        a, b = batch.images
        fake = self.G(a)
        real, wrong = each(self.D, torch.cat([a, b], dim=1), torch.cat([a, fake.detach()], dim=1))
        d_loss = 0.5 * (bce(real, 1.0) + bce(wrong, 0.0))
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        fool = bce(self.D(torch.cat([a, fake], dim=1)), 1.0)
        likeness = l1(fake, b)
        loss = fool + self.settings.likeness * likeness
        yield Turn({"generator": loss}, {"fool": fool.detach(), "likeness": likeness.detach()})

    def routes(self) -> tuple[Route, ...]:
        """A → B only."""
        a, b = self.names
        return (Route(target=b, source=a, multiple=self.G.multiple),)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        out: Tensor = self.G(x)
        return out

"""DCGAN: one folder in, new pictures like it out.

Radford, Metz, Chintala: "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
ICLR 2016. The discriminator descends

    BCE(D(x), 1) + BCE(D(G(z)), 0)

and then, over the same noise, the generator BCE(D(G(z)), 1). Real and fake pictures pass the discriminator apart, so
that its batch norms see one kind at a time. Noise is standard normal as in the code everyone uses; the paper's is
uniform.

Legend: x real pictures, z noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, Turn
from ganstudio.losses import bce
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.dcgan import Discriminator, Generator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class DCGAN(Method):
    """One convolutional generator and one convolutional discriminator; see the module."""

    key = "dcgan"
    title = "DCGAN"
    sentence = "Learns what the pictures of one folder have in common and draws new ones."
    task = "generation"
    needs = Needs.FOLDER
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        width: int = setting(
            64, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=32,
            batch=64,
            steps=900,
            sentence="A first impression in minutes, small pictures.",
            settings={"width": 32, "discriminator_width": 32, "average": 0.99, "flip": False},
        ),
        "balanced": Preset(
            size=64, batch=64, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=64,
            batch=64,
            epochs=600,
            sentence="The published networks, steadied by averaged weights, trained long.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (self.name,) = inventory.names
        self.G = Generator(size, settings.noise, settings.width)
        self.D = Discriminator(size, settings.discriminator_width)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Generator and discriminator."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero (the paper's stays constant)."""
        return Descent(rate=self.settings.learning_rate)

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator."""
        (x,) = batch.images
        z = sent(torch.randn(len(x), self.settings.noise), x.device)
        fake = self.G(z)
        d_loss = bce(self.D(x), 1.0) + bce(self.D(fake.detach()), 0.0)
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        fool = bce(self.D(fake), 1.0)
        yield Turn({"generator": fool}, {"fool": fool.detach()})

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures."""
        return (Route(target=self.name),)

    def noise_width(self, route: Route) -> int:
        """Width of the noise."""
        return self.settings.noise

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z)."""
        out: Tensor = self.G(x)
        return out

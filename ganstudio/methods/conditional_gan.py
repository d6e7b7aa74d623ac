"""Conditional GAN by label: class folders in, new pictures of a chosen class out.

DCGAN-sized networks with the matching-aware discriminator (GAN-CLS) of Reed et al., "Generative Adversarial Text to
Image Synthesis", ICML 2016, algorithm 1. The discriminator descends

    BCE(D(x, y), 1) + ½·BCE(D(x, ŷ), 0) + ½·BCE(D(G(z, y), y), 0)

so a real picture with the wrong label is as wrong as a fake one, and the generator BCE(D(G(z, y), y), 1).

Legend: x real pictures, y their labels, ŷ a wrong label for each, z noise.
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
from ganstudio.networks.dcgan import LabelGenerator, MatchDiscriminator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class ConditionalGAN(Method):
    """One generator and one discriminator, both told the label; see the module."""

    key = "conditional-gan"
    title = "Conditional GAN"
    sentence = "Learns each class of a folder and draws new pictures of the class you ask for."
    task = "conditional generation"
    needs = Needs.CLASSES
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults, but for `flip`: classes are often digits or letters."""

        flip: bool = setting(False, help="Mirror half of the training pictures; leave off for text or digits.")
        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        width: int = setting(
            64, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=32,
            batch=64,
            steps=1000,
            sentence="A first impression in minutes, small pictures.",
            settings={"width": 32, "discriminator_width": 32, "average": 0.99},
        ),
        "balanced": Preset(
            size=64, batch=64, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=64,
            batch=64,
            epochs=600,
            sentence="The published sizes, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (domain,) = inventory.domains
        if len(domain.classes) < 2:
            raise ValueError(f"{domain.name} needs at least two class folders, and has {len(domain.classes)}.")
        self.name, self.classes = domain.name, domain.classes
        self.G = LabelGenerator(size, len(domain.classes), settings.noise, settings.width)
        self.D = MatchDiscriminator(size, len(domain.classes), settings.discriminator_width)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Generator and discriminator."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator, where it looks."""
        return (self.D.looking,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero (Reed halves it every 100 epochs)."""
        return Descent(rate=self.settings.learning_rate)

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator."""
        (x,) = batch.images
        y = batch.labels
        assert y is not None, "a method that needs classes gets labels"
        z = sent(torch.randn(len(x), self.settings.noise), x.device)
        wrong = (y + sent(torch.randint(1, len(self.classes), (len(y),)), y.device)) % len(self.classes)

        fake = self.G(z, y)
        seen = self.D.look(x)
        right_term = bce(self.D.judge(seen, y), 1.0)
        wrong_term = bce(self.D.judge(seen, wrong), 0.0)
        fake_term = bce(self.D(fake.detach(), y), 0.0)
        d_loss = right_term + 0.5 * (wrong_term + fake_term)
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach(), "mismatch": wrong_term.detach()})

        fool = bce(self.D(fake, y), 1.0)
        yield Turn({"generator": fool}, {"fool": fool.detach()})

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures, asks a label."""
        return (Route(target=self.name, labels=self.classes),)

    def noise_width(self, route: Route) -> int:
        """Width of the noise."""
        return self.settings.noise

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z) and labels (N,)."""
        assert condition is not None, "a route with labels gets labels"
        out: Tensor = self.G(x, condition)
        return out

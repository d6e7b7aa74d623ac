"""CatGAN: a few pictures with classes and many without in, a classifier out, and a generator beside it.

Springenberg: "Unsupervised and Semi-supervised Learning with Categorical Generative Adversarial Networks", ICLR 2016,
equations 7 to 9. The discriminator is a classifier that has no class "fake". It wants to be sure of real pictures, to
use all classes alike, and to be unsure of fake ones:

    E H(p(u)) - H(E p(u)) - E H(p(G(z))) + λ·CE(p(x), y)

and the generator wants fakes that it is sure of, and of all classes alike: E H(p(G(z))) - H(E p(G(z))).

The paper's discriminator has batch norms and Gaussian noise; this one is the semi-supervised GAN's, with weight norm
and dropout, so that the two games are compared on one network.

Legend: x pictures with classes y, u pictures without, z noise, p the K probabilities, H their entropy in nats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import entropy, wide
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.classifiers import Classifier
from ganstudio.networks.dcgan import Generator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class CatGAN(Method):
    """A classifier that is also the discriminator, and a generator; see the module."""

    key = "catgan"
    title = "CatGAN"
    sentence = "Tells classes apart from a few sorted pictures, by finding groups among many unsorted ones."
    task = "classification from few labels"
    needs = Needs.FEW_LABELS
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The paper leaves λ open; `flip` is off, which is right for digits and letters."""

        flip: bool = setting(False, help="Mirror half of the training pictures; leave off for text or digits.")
        labelled: float = setting(
            1.0, help="How much the sorted pictures count, beside the unsorted ones.", low=0, high=100
        )
        dropout: float = setting(
            0.5, help="Share of what the classifier sees that is hidden from it in training.", low=0, high=0.9
        )
        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        width: int = setting(
            64, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(96, help="Breadth of the classifier.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=16,
            batch=50,
            steps=1500,
            sentence="A first impression in minutes, tiny pictures.",
            settings={"learning_rate": 3e-3, "average": 0.995, "dropout": 0.3, "width": 16, "discriminator_width": 16},
        ),
        "balanced": Preset(
            size=32, batch=100, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(size=32, batch=100, epochs=1200, sentence="Six times as long.", settings={"average": 0.9999}),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings, self.size = settings, size
        self.labelled, self.unlabelled = inventory.domains
        if len(self.labelled.classes) < 2:
            raise ValueError(
                f"{self.labelled.name} needs at least two class folders, and has {len(self.labelled.classes)}."
            )
        self.G = Generator(size, settings.noise, settings.width)
        initial.normal(self)
        self.D = Classifier(size, len(self.labelled.classes), settings.discriminator_width, settings.dropout)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Classifier and generator."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The classifier, where it looks."""
        return (self.D.looking,)

    def makers(self) -> dict[str, nn.Module]:
        """The classifier and the generator."""
        return {"D": self.D, "G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Its discriminator names classes; who is winning does not show."""
        return Signs(discriminator="", fool="")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Classifier, then generator."""
        x, u = batch.images
        y = batch.labels
        assert y is not None, "a method that needs few labels gets labels"
        z = sent(torch.randn(len(u), self.settings.noise), u.device)

        fake = self.G(z)
        # Weight norm looks at one picture at a time, so three kinds in one call give the same as three calls.
        known, real, made = wide(self.D(torch.cat([x, u, fake.detach()]))).split([len(x), len(u), len(u)])
        told = F.cross_entropy(known, y)
        real, made = real.softmax(1), made.softmax(1)
        d_loss = entropy(real).mean() - entropy(real.mean(0)) - entropy(made).mean()
        loss = d_loss + self.settings.labelled * told
        yield Turn({"discriminator": loss}, {"classes": told.detach(), "discriminator": d_loss.detach()})

        made = wide(self.D(fake)).softmax(1)
        fool = entropy(made).mean() - entropy(made.mean(0))
        yield Turn({"generator": fool}, {"fool": fool.detach()})

    def routes(self) -> tuple[Route, ...]:
        """Picture → class, and noise → pictures like the unlabelled ones."""
        name, classes = self.labelled.name, self.labelled.classes
        return Route("class", source=name, answers=classes, side=self.size), Route(self.unlabelled.name)

    def noise_width(self, route: Route) -> int:
        """Width of the noise."""
        return self.settings.noise if route.source is None else 0

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Tell (N, 3, size, size) apart, or generate from noise (N, Z)."""
        out: Tensor = self.G(x) if route.source is None else self.D(x).softmax(1)
        return out

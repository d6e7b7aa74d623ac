"""Semi-supervised GAN: a few pictures with classes and many without in, a classifier out, and a generator beside it.

Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen: "Improved Techniques for Training GANs", NeurIPS 2016, section 5,
and its published code for CIFAR-10. The discriminator is a classifier of K classes and "fake". The logit of "fake" is
held at 0, so with L(x) = log Σ exp l(x) over the other K, D(x) = sigmoid(L(x)) is how real x is, and it descends

    CE(l(x), y) + λ·½·(E[softplus(L(u)) - L(u)] + E[softplus(L(G(z)))])

The generator matches features, equation 1 with the published code's absolute difference: |E f(u) - E f(G(z))|, where f
is what the discriminator sees before its logits. Averaged weights answer, as published.

`certain` adds the entropy of the K classes for unlabelled pictures, E[H(p(y | u))], to what the discriminator descends:
Dai, Yang, Yang, Cohen, Salakhutdinov, "Good Semi-supervised Learning That Requires a Bad GAN", NeurIPS 2017, section 4.
`unsure` takes off the same entropy of what is made, E[H(p(y | G(z)))], as CatGAN does: Springenberg, "Unsupervised and
Semi-supervised Learning with Categorical Generative Adversarial Networks", ICLR 2016, equation 7. Without, what is made
teaches that it is fake and nothing of where classes part. `steady` adds how far the answer for an unlabelled picture
moves when the picture is changed a little for the worst: Miyato, Maeda, Koyama, Ishii, "Virtual Adversarial Training",
TPAMI 2018, equation 5. The published recipe of 2016 has none of the three, nor have defaults.

Legend: x pictures with classes y, u pictures without, z noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import entropy, l1, unsteadiness, wide
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.classifiers import Classifier
from ganstudio.networks.dcgan import Generator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

REACH = 0.15
"""How much a picture is changed to see whether its answer is steady: of each number from -1 to 1, root mean square."""


class SemiSupervisedGAN(Method):
    """A classifier that is also the discriminator, and a generator; see the module."""

    key = "semi-supervised-gan"
    title = "Semi-supervised GAN"
    sentence = "Learns to tell classes apart from a few sorted pictures and many unsorted ones."
    task = "classification from few labels"
    needs = Needs.FEW_LABELS
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults; `flip` is off, as published, and right for digits and letters."""

        learning_rate: float = setting(3e-4, help="How big each correction is.", low=1e-7, high=0.1)
        average: float = setting(
            0.9999, help="Share of the past kept in the averaged weights that answer.", low=0, high=0.99999
        )
        flip: bool = setting(False, help="Mirror half of the training pictures; leave off for text or digits.")
        unlabelled: float = setting(
            1.0, help="How much the unsorted pictures count, beside the sorted ones.", low=0, high=100
        )
        certain: float = setting(
            0.0, help="How firmly it must decide on one class for each unsorted picture.", low=0, high=10
        )
        unsure: float = setting(
            0.0, help="How undecided between the classes it must be about what the generator makes.", low=0, high=10
        )
        steady: float = setting(
            0.0, help="How little its answer may move when an unsorted picture is changed a little.", low=0, high=10
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
            settings={
                "learning_rate": 3e-3,
                "average": 0.995,
                "certain": 0.3,
                "dropout": 0.3,
                "width": 16,
                "discriminator_width": 16,
            },
        ),
        "balanced": Preset(size=32, batch=100, epochs=200, sentence="Good results overnight."),
        "best": Preset(size=32, batch=100, epochs=1200, sentence="The published recipe in full."),
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
        """Adam 3e-4 (0.5, 0.999), constant for two thirds and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, constant=2 / 3)

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
        known, given, painted = wide(self.D(torch.cat([x, u, fake.detach()]))).split([len(x), len(u), len(u)])
        told = F.cross_entropy(known, y)
        real, made = given.logsumexp(1), painted.logsumexp(1)
        d_loss = 0.5 * ((F.softplus(real) - real).mean() + F.softplus(made).mean())
        s = self.settings
        loss = told + s.unlabelled * d_loss
        if s.certain:
            loss = loss + s.certain * entropy(given.softmax(1)).mean()
        if s.unsure:
            loss = loss - s.unsure * entropy(painted.softmax(1)).mean()
        if s.steady:
            start = sent(torch.randn(u.shape), u.device)
            loss = loss + s.steady * unsteadiness(self.D, u, given, start, REACH)
        yield Turn({"discriminator": loss}, {"classes": told.detach(), "discriminator": d_loss.detach()})

        match = l1(wide(self.D.look(fake)).mean(0), wide(self.D.look(u)).mean(0).detach())
        yield Turn({"generator": match}, {"match": match.detach()})

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

"""Conditional GAN by text: pictures with captions in, new pictures of what a sentence says out.

Reed, Akata, Yan, Logeswaran, Schiele, Lee: "Generative Adversarial Text to Image Synthesis", ICML 2016, algorithm 1:
the matching-aware discriminator (GAN-CLS) descends

    BCE(D(x, t), 1) + ½·BCE(D(x, t̂), 0) + ½·BCE(D(G(z, t), t), 0)

and the generator, also for sentences that nobody wrote (GAN-INT, equation 5),

    BCE(D(G(z, t), t), 1) + λ·BCE(D(G(z, t̄), t̄), 1).

The paper's t̄ lies halfway between two codes. Here it is the code of a sentence that takes each of its words, by
chance, from one caption or the other: where captions are built alike those are sentences, and a held-out one was drawn
right two to three times as often. Every second t̂ is the caption of the batch that differs in the fewest words instead
of any, because "circle" is learnt where nothing else differs from "square".

The paper's codes come from an encoder that learnt beforehand to find each picture's caption among others (Reed, Akata,
Lee, Schiele: "Learning Deep Representations of Fine-grained Visual Descriptions", CVPR 2016). Here it learns so along
the way and belongs to the discriminator, which descends in addition, over the captions and the pictures of a batch,

    μ·½·(CE(⟨v(x), t⟩ over t) + CE(⟨v(x), t⟩ over x)),

the symmetric form of Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML
2021, instead of the hinge. Without it shapes were learnt by heart with whole sentences: held-out ones were drawn right
no more often than by chance. A generator that could move the codes would blur words it draws badly, so it only reads
them, as in the published code through a layer of its own. The residual blocks which that code has at 4×4 and 8×8 pixels
are left out.

Legend: x real pictures, t the codes of their captions, t̂ those of another picture's, v the code that D gives a
picture,
z noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, Turn
from ganstudio.losses import bce
from ganstudio.networks import initial
from ganstudio.networks.captions import CaptionEncoder
from ganstudio.networks.chance import sent
from ganstudio.networks.dcgan import CaptionDiscriminator, ConditionalGenerator
from ganstudio.words.captions import LONGEST
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

CODE = 256  # Numbers that a caption becomes.
TOLD = 128  # What generator and discriminator each make of them, as published.


class TextGAN(Method):
    """One generator and one discriminator, both told the caption; see the module."""

    key = "text-gan"
    title = "Text GAN"
    sentence = "Learns from pictures with captions and draws new pictures of what you write."
    task = "conditional generation"
    needs = Needs.CAPTIONS
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults, but for `flip`: captions may say left and right."""

        flip: bool = setting(False, help="Mirror half of the pictures; leave off where captions say left or right.")
        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        width: int = setting(
            128, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminator, as a share of the generator's.", low=0.01, high=10
        )
        finding: float = setting(
            1.0,
            help="How much the discriminator practises to find each picture's caption; it teaches it the words.",
            low=0,
            high=10,
        )
        between: float = setting(
            1.0,
            help="Practice on captions halfway between two, for sentences it never read; 0 is quicker.",
            low=0,
            high=10,
        )

    presets: ClassVar[Mapping[str, Preset]] = {
        # Little noise and a slower discriminator let the words through early.
        "quick": Preset(
            size=32,
            batch=64,
            steps=900,
            sentence="A first impression in minutes, small pictures.",
            settings={
                "learning_rate": 1e-3,
                "discriminator_rate": 0.5,
                "average": 0.99,
                "noise": 32,
                "width": 32,
                "discriminator_width": 32,
                "between": 1.0,
            },
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
        if len(domain.words) < 2:
            raise ValueError(
                f"The captions of {domain.name} need at least two different words, and have {len(domain.words)}."
            )
        self.name, self.words = domain.name, domain.words
        self.G = ConditionalGenerator(size, _reading(), TOLD, settings.noise, settings.width)
        self.D = CaptionDiscriminator(size, _reading(), TOLD, CODE, settings.discriminator_width)
        for stack in (self.G.model, self.D.looking, self.D.judging):
            initial.normal(stack)
        self.T = CaptionEncoder(len(domain.words), LONGEST, CODE)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The text encoder moves with the discriminator."""
        return {"discriminator": (self.D, self.T), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator, where it looks."""
        return (self.D.looking,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator and the text encoder."""
        return {"G": self.G, "T": self.T}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero (Reed halves it every 100 epochs)."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share)

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator."""
        (x,) = batch.images
        captions = batch.captions
        assert captions is not None, "a method that needs captions gets them"
        z, z_between = sent(torch.randn(2, len(x), self.settings.noise), x.device)
        other, wrong = self._mismatched(captions)

        t = self.T(captions)
        fake = self.G(z, t.detach())
        seen = self.D.look(x)
        right_term = bce(self.D.judge(seen, t), 1.0)
        wrong_term = (wrong * F.softplus(self.D.judge(seen, t[other]))).sum() / wrong.sum().clamp(min=1)
        fake_term = bce(self.D(fake.detach(), t), 0.0)
        d_loss = right_term + 0.5 * (wrong_term + fake_term)
        found = self._found(self.D.likeness(seen, t), captions)
        yield Turn(
            {"discriminator": d_loss + self.settings.finding * found},
            {"discriminator": d_loss.detach(), "mismatch": wrong_term.detach(), "finding": found.detach()},
        )

        # The encoder has moved with the discriminator; its new codes are only read.
        t = self.T(captions).detach()
        fool = loss = bce(self.D(fake, t), 1.0)
        if self.settings.between:
            chosen = sent(torch.rand(captions.shape) < 0.5, x.device)
            t = self.T(torch.where(chosen, captions, captions[other])).detach()
            loss = fool + self.settings.between * bce(self.D(self.G(z_between, t), t), 1.0)
        yield Turn({"generator": loss}, {"fool": fool.detach()})

    @staticmethod
    def _found(likeness: Tensor, captions: Tensor) -> Tensor:
        """How badly pictures and captions find each other by their likeness (N, N): nats, the mean of both ways."""
        own = torch.eye(len(captions), dtype=torch.bool, device=captions.device)
        alike = (captions[:, None] == captions[None]).all(2)
        # Another picture with the very same caption is no wrong answer.
        likeness = likeness.masked_fill(alike & ~own, float("-inf"))
        right = torch.arange(len(captions), device=captions.device)
        return 0.5 * (F.cross_entropy(likeness, right) + F.cross_entropy(likeness.T, right))

    @staticmethod
    def _mismatched(captions: Tensor) -> tuple[Tensor, Tensor]:
        """For each caption the index of another one, and whether that says something else, 1 or 0; both (N,).

        Every second is the one of the batch that differs in the fewest words, because telling "circle" from "square"
        is learnt where nothing else differs; the others are the neighbours, as published.
        """
        count = len(captions)
        apart = (captions[:, None] != captions[None]).sum(2).float()
        chance = sent(torch.rand(count, count), captions.device)  # Of those that are as near, any.
        nearest = (apart + chance + LONGEST * (apart == 0)).argmin(1)
        places = torch.arange(count, device=captions.device)
        other = torch.where(places % 2 == 0, nearest, places.roll(1))
        return other, (apart[places, other] > 0).float()

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures, asks a caption."""
        return (Route(target=self.name, words=self.words),)

    def noise_width(self, route: Route) -> int:
        """Width of the noise."""
        return self.settings.noise

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z) and captions (N, 32)."""
        assert condition is not None, "a route with words gets a caption"
        out: Tensor = self.G(x, self.T(condition))
        return out


def _reading() -> nn.Module:
    """What generator and discriminator each make of a caption's code."""
    return nn.Sequential(nn.Linear(CODE, TOLD), nn.LeakyReLU(0.2))

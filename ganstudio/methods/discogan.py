"""DiscoGAN: two folders, what corresponds between them is discovered, translation both ways.

Kim, Cha, Kim, Lee, Kim: "Learning to Discover Cross-Domain Relations with Generative Adversarial Networks", ICML 2017,
sections 2.3 and 2.4, with the feature matching and the weights of the published code. The generators descend, for each
way,

    (1 - r) (0.1 BCE(D_B(x_AB), 1) + 0.9 Σ |E φ(b) - E φ(x_AB)|²)  +  r |x_ABA - a|²

with r = 0.01 at first and 0.5 later (in the published code after 10 000 turns; here after `discovery`, a share of the
run), and the discriminators half of BCE(D(real), 1) + BCE(D(fake), 0). Squares are measured as between pictures in
[0, 1], so that r weighs what it weighed there.

Only every third turn is the discriminators': one step here draws three batches and plays discriminators, generators,
generators, which is the order of the published code from its first turn on.

Legend: a, b pictures; x_AB the translation of a, x_ABA its way back; φ features of D, E their mean over a batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, feature_matching, mse
from ganstudio.networks.discogan import EncoderDecoder, FeatureMatchingDiscriminator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

SCALE = 0.25  # Of a squared difference: pictures in [-1, 1] are twice as far apart as in [0, 1].


class DiscoGAN(Method):
    """Two generators without skips, two discriminators; see the module."""

    key = "discogan"
    title = "DiscoGAN"
    sentence = "Discovers what corresponds between two folders and turns one into the other, details left aside."
    task = "two-way translation"
    needs = Needs.TWO_FOLDERS

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        discovery: float = setting(
            0.2, help="Share of the run in which faithfulness hardly counts and the looks are found.", low=0, high=1
        )
        early_cycle: float = setting(
            0.01, help="Faithfulness in that time: its share against the discriminators.", low=0, high=1
        )
        cycle: float = setting(0.5, help="Faithfulness later: its share against the discriminators.", low=0, high=1)
        matching: float = setting(
            0.9,
            help="Share of the discriminators' features in what convinces them; the rest is their opinion.",
            low=0,
            high=1,
        )
        downs: int = setting(
            4, help="How far a picture is boiled down; less keeps more of its details.", unit="halvings", low=1, high=8
        )
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            4,
            help="How far a discriminator sees: 4 layers discriminator 64 pixels at once.",
            unit="halvings",
            low=1,
            high=6,
        )
        weight_decay: float = setting(1e-5, help="How strongly all weights are drawn to zero.", low=0, high=0.1)

    presets: ClassVar[Mapping[str, Preset]] = {
        # Two halvings instead of four: what is lost in the middle takes longer than minutes to learn.
        "quick": Preset(
            size=64,
            batch=4,
            steps=300,
            sentence="A first impression in minutes, with small and shallow networks.",
            settings={
                "learning_rate": 1e-3,
                "average": 0.99,
                "downs": 2,
                "discriminator_width": 32,
                "discriminator_layers": 3,
            },
        ),
        "balanced": Preset(
            size=64,
            batch=64,
            epochs=200,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999},
        ),
        "best": Preset(
            size=64,
            batch=64,
            epochs=1000,
            sentence="The published recipe at its 64 pixels, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        for layers, least in ((settings.downs, 1), (settings.discriminator_layers, 4)):
            if size % 2**layers or size < least * 2**layers:
                right = max(least, -(-size // 2**layers)) * 2**layers
                raise ValueError(f"With {layers} halvings this method takes sizes such as {right} pixels, not {size}.")
        # Weights begin as PyTorch begins them, as in the published code.
        self.G_A, self.G_B = (EncoderDecoder(settings.downs, settings.width) for _ in "AB")
        self.D_A, self.D_B = (
            FeatureMatchingDiscriminator(settings.discriminator_layers, settings.discriminator_width) for _ in "AB"
        )

    @property
    def draws(self) -> int:
        """One batch for each of the three turns."""
        return 3

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Both discriminators move together, and both generators."""
        return {"discriminator": (self.D_A, self.D_B), "generator": (self.G_A, self.G_B)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Both discriminators."""
        return (self.D_A, self.D_B)

    def makers(self) -> dict[str, nn.Module]:
        """The generators; G_A makes pictures of A, as in the published code."""
        return {"G_A": self.G_A, "G_B": self.G_B}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999) with L2 1e-5 at a constant rate."""
        return Descent(rate=self.settings.learning_rate, constant=1.0, decay=self.settings.weight_decay)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Two discriminators; both ways of fooling are summed."""
        return Signs(pleased=2 * math.log(2), content="cycle", faithful="cycle")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminators, generators, generators, each on fresh pictures."""
        s = self.settings
        first, *others = batch.parts(self.draws)
        a, b = first.images
        if len(a) == 1 and a.shape[2] == self.G_A.multiple:
            raise ValueError(
                f"With {s.downs} halvings a picture of {a.shape[2]} pixels becomes a single one, which cannot be "
                "normalised alone. Choose a batch of 2 or more, fewer halvings, or a larger size."
            )
        # Each discriminator and each way round shares no picture with the other, so only one of them is remembered at a
        # time.
        d_loss = self._discriminator(self.D_A, a, self.G_A(b))
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()}, more=True)
        d_loss = self._discriminator(self.D_B, b, self.G_B(a))
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        r = s.early_cycle if progress < s.discovery else s.cycle
        for part in others:
            a, b = part.images
            loss, terms = self._round(self.G_B, self.G_A, self.D_B, a, b, r=r)
            yield Turn({"generator": loss}, terms, more=True)
            loss, terms = self._round(self.G_A, self.G_B, self.D_A, b, a, r=r)
            yield Turn({"generator": loss}, terms)

    def _round(
        self, generator: nn.Module, other: nn.Module, discriminator: nn.Module, x: Tensor, y: Tensor, *, r: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """There and back from x, there beside y: what the generators descend, and its terms."""
        s = self.settings
        fake = generator(x)
        cycle = SCALE * mse(other(fake), x)
        fool, matching = self._fool(discriminator, y, fake)
        loss = (1 - r) * ((1 - s.matching) * fool + s.matching * matching) + r * cycle
        return loss, {"fool": fool.detach(), "matching": matching.detach(), "cycle": cycle.detach()}

    @staticmethod
    def _discriminator(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        # Real and fake apart, because each has its own batch statistics.
        return 0.5 * (bce(discriminator(real)[0], 1.0) + bce(discriminator(fake.detach())[0], 0.0))

    @staticmethod
    def _fool(discriminator: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        judged, felt = discriminator(fake)
        wanted = discriminator(real)[1]
        return bce(judged, 1.0), torch.stack([*map(feature_matching, wanted, felt)]).sum()

    def routes(self) -> tuple[Route, ...]:
        """A → B and B → A."""
        a, b = self.names
        multiple = self.G_A.multiple
        return Route(target=b, source=a, multiple=multiple), Route(target=a, source=b, multiple=multiple)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        generator = self.G_B if route.source == self.names[0] else self.G_A
        out: Tensor = generator(x)
        return out

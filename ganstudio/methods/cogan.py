"""CoGAN: two folders, pairs of new pictures that show the same scene in the look of each.

Liu, Tuzel: "Coupled Generative Adversarial Networks", NeurIPS 2016, section 3. Nobody says which pictures of the
folders match, and nobody needs to: because the generators share the layers that decide what is shown, and the
discriminators those that decide whether it is right, one noise gives corresponding pictures. The discriminators descend

    ½ Σ over A, B of  BCE(D(x), 1) + BCE(D(G(z)), 0)

and then the generators ½ Σ BCE(D(G(z)), 1), with Adam 2e-4 (0.5, 0.999) and L2 5e-4. The halves, which the paper does
not have, are the mean over both domains that the published code takes; beside L2 they matter. Its digit-sized networks
are replaced by DCGAN's stacks, which also begin as DCGAN's do, cut where the paper cuts: all layers shared but the one
next to the picture. It plays at a constant rate; ours falls in the second half.

It does not translate. The paper searches, for minutes a picture, the noise whose picture in one folder is nearest to a
given one; that is no route here.

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
from ganstudio.networks.coupled import CoupledDiscriminator, CoupledGenerator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class CoGAN(Method):
    """Coupled generators and coupled discriminators; see the module."""

    key = "cogan"
    title = "CoGAN"
    sentence = "Draws new scenes, each in the look of both folders: the same seed gives a matching pair."
    task = "generation"
    needs = Needs.TWO_FOLDERS
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults, but for `flip`: folders are often digits or letters."""

        flip: bool = setting(False, help="Mirror half of the training pictures; leave off for text or digits.")
        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        own: int = setting(
            1, help="Layers that each folder has for itself; the fewer, the better pairs match.", low=1, high=6
        )
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        weight_decay: float = setting(5e-4, help="How strongly all weights are drawn to zero.", low=0, high=0.1)

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
            size=64, batch=64, epochs=600, sentence="Long, for the sharpest pairs.", settings={"average": 0.999}
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        self.G = CoupledGenerator(size, settings.noise, settings.width, settings.own)
        self.D = CoupledDiscriminator(size, settings.discriminator_width, settings.own)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The coupled discriminators, and the coupled generators."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The coupled discriminators."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The layers that both generators share, and each one's own."""
        return {"G_shared": self.G.shared, "G_A": self.G.own_a, "G_B": self.G.own_b}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999) with L2 5e-4, constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, decay=self.settings.weight_decay)

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminators, then generators."""
        a, b = batch.images
        fake_a, fake_b = self.G(sent(torch.randn(len(a), self.settings.noise), a.device))
        # The mean over both domains, as published.
        d_loss = bce(self.D(a, b), 1.0) + bce(self.D(fake_a.detach(), fake_b.detach()), 0.0)
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        fool = bce(self.D(fake_a, fake_b), 1.0)
        yield Turn({"generator": fool}, {"fool": fool.detach()})

    def routes(self) -> tuple[Route, ...]:
        """Noise → A, and noise → B: the same noise gives a pair."""
        a, b = self.names
        return Route(target=a), Route(target=b)

    def noise_width(self, route: Route) -> int:
        """Width of the noise."""
        return self.settings.noise

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z)."""
        scene = self.G.shared(x[:, :, None, None])
        own = self.G.own_a if route.target == self.names[0] else self.G.own_b
        out: Tensor = own(scene)
        return out

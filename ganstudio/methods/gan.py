"""GAN: the first one, perceptrons only; one folder in, new pictures like it out.

Goodfellow et al.: "Generative Adversarial Nets", NIPS 2014. Generator and discriminator play (eq. 1)

    min_G max_D V(D, G) = E log D(x) + E log(1 - D(G(z)))

by k turns of the discriminator and one of the generator (algorithm 1), each on fresh pictures and fresh noise. The
generator descends log(1 - D(G(z))) in the minimax form and -log D(G(z)) in the non-saturating form, which pulls where
the other is flat: when the discriminator is sure. The best discriminator against a fixed generator is
p_data / (p_data + p_g) (proposition 1); there V = 2·JSD - 2 log 2, so at the equilibrium D = 1/2 and V = -2 log 2
(theorem 1).

The published code descends by gradient with momentum, rate 0.1; here it is Adam at DCGAN's rate. Its generator starts
with the mean picture as the bias of the last layer; here that is 0.

Legend: x real pictures or points, z noise; "real" and "fake" are the mean D(x) and D(G(z)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, rating
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.mlp import MaxoutDiscriminator, Perceptron, PictureDiscriminator, PictureGenerator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class GAN(Method):
    """A generator of ReLU units and a discriminator of maxout units; see the module."""

    key = "gan"
    title = "GAN (2014)"
    sentence = "The first of its kind: learns what small pictures of one folder have in common and draws new ones."
    task = "generation"
    needs = Needs.FOLDER
    apart = True
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        form: str = setting(
            "non-saturating",
            help="What the generator wants: be taken for real (non-saturating), or not be taken for fake (minimax).",
            choices=("non-saturating", "minimax"),
        )
        discriminator_steps: int = setting(
            1,
            help="Turns of the discriminator before each turn of the generator, each on fresh pictures.",
            low=1,
            high=20,
        )
        noise: int = setting(100, help="How many numbers of chance make a picture.", low=1, high=1024)
        width: int = setting(
            1200, help="Breadth of the generator; half is three times quicker.", unit="units", low=4, high=8192
        )
        discriminator_width: int = setting(240, help="Breadth of the discriminator.", unit="units", low=4, high=4096)
        pieces: int = setting(5, help="Straight pieces that each unit of the discriminator is made of.", low=1, high=16)
        dropout: float = setting(
            0.5,
            help="Share of the discriminator's units that are left out by chance, so that it does not learn by heart.",
            low=0,
            high=0.9,
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminator, as a share of the generator's.", low=0.01, high=100
        )

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=16,
            batch=100,
            steps=1500,
            sentence="A first impression in minutes, tiny pictures.",
            settings={"learning_rate": 1e-3, "width": 256, "discriminator_width": 64, "average": 0.99, "flip": False},
        ),
        "balanced": Preset(
            size=32, batch=100, epochs=1000, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=64, batch=100, epochs=2000, sentence="Larger pictures, trained long.", settings={"average": 0.999}
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (self.name,) = inventory.names
        self.G: nn.Module = PictureGenerator(size, settings.noise, settings.width)
        self.D: nn.Module = PictureDiscriminator(size, settings.discriminator_width, settings.pieces, settings.dropout)
        initial.uniform(self.G, 0.05)
        initial.uniform(self.D, 0.005)

    @property
    def draws(self) -> int:
        """Fresh pictures for each turn of the discriminator."""
        return self.settings.discriminator_steps

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
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """In its first form the generator descends what the discriminator ascends."""
        assert isinstance(settings, cls.Settings)
        return Signs(fool="fool" if settings.form == "non-saturating" else "")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """The discriminator k times, then the generator (algorithm 1)."""
        for part in batch.parts(self.draws):
            (x,) = part.images
            fake = self.G(self._noise(x)).detach()
            real_logits, fake_logits = self.D(x), self.D(fake)
            d_loss = bce(real_logits, 1.0) + bce(fake_logits, 0.0)  # -V
            beliefs = {
                "real": rating(real_logits.detach().sigmoid()),
                "fake": rating(fake_logits.detach().sigmoid()),
            }
            yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach(), **beliefs})

        logits = self.D(self.G(self._noise(x)))
        fool = bce(logits, 1.0) if self.settings.form == "non-saturating" else -bce(logits, 0.0)
        yield Turn({"generator": fool}, {"fool": fool.detach()})

    def _noise(self, x: Tensor) -> Tensor:
        return sent(torch.randn(len(x), self.settings.noise), x.device)

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


class PointGAN(GAN):
    """The same game, and perceptrons of the same kind, on points: what its theory is checked and shown with.

    Batches hold points (N, dimensions) float32 in place of pictures, and `make` gives such points.

    Args:
        settings: As for pictures; of the defaults, `width`, `discriminator_width` and `noise` are larger than points
            need, and dropout blurs what the discriminator thinks.
        dimensions: 1, 2, …
    """

    def __init__(self, settings: GAN.Settings, dimensions: int) -> None:
        nn.Module.__init__(self)  # The networks are others than those of pictures.
        self.settings, self.name = settings, "points"
        self.G = Perceptron(settings.noise, (settings.width, settings.width), dimensions)
        self.D = MaxoutDiscriminator(dimensions, settings.discriminator_width, settings.pieces, settings.dropout)

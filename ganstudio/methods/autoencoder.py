"""Auto-encoder: one folder in; its pictures told in a few numbers and rebuilt from them.

Hinton & Salakhutdinov: "Reducing the Dimensionality of Data with Neural Networks", Science 313, 2006, as convolutions:
encoder and decoder together descend the squared error

    Σ_pixels |x − D(E(x))|²

of each picture. With linear networks its minimum is principal component analysis of as many components.

It learns no distribution, so new pictures need one fitted to the codes it gave: a normal one, the ex-post density of
Ghosh et al., "From Variational to Deterministic Autoencoders", ICLR 2020, kept up to date while it trains. Where codes
lie in clumps, noise also falls between them and gives pictures that are neither; a VAE orders its codes while it
learns. Rebuilding is what this method is for, and its main route.

Legend: x pictures, E the encoder, D the decoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ganstudio.game import Batch, Descent, Method, MethodSettings, Turn
from ganstudio.losses import squared
from ganstudio.networks import initial
from ganstudio.networks.autoencoder import CodeDecoder, Encoder
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class AutoEncoder(Method):
    """An encoder and a decoder that move together; see the module."""

    key = "autoencoder"
    title = "Auto-encoder"
    sentence = "Learns to tell each picture in a few numbers and to rebuild it from them, as faithfully as it can."
    task = "reconstruction and generation"
    needs = Needs.FOLDER
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        """Adam's default rate; the 2006 paper had neither Adam nor convolutions."""

        learning_rate: float = setting(1e-3, help="How big each correction is.", low=1e-7, high=0.1)
        noise: int = setting(
            128,
            help="How many numbers tell a picture: more rebuild it better, fewer draw surer new ones.",
            low=1,
            high=1024,
        )
        width: int = setting(
            64, help="Breadth of both networks; half is four times quicker.", unit="channels", low=4, high=256
        )

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=32,
            batch=64,
            steps=500,
            sentence="A first impression in minutes, small pictures.",
            settings={"learning_rate": 2e-3, "flip": False, "width": 32, "noise": 8, "average": 0.99},
        ),
        "balanced": Preset(
            size=64, batch=64, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=128, batch=64, epochs=600, sentence="Larger pictures, and patience.", settings={"average": 0.999}
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (self.name,) = inventory.names
        self.size = size
        self.E = Encoder(size, settings.noise, settings.width)
        self.D = CodeDecoder(size, settings.noise, settings.width)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Encoder and decoder descend the same error."""
        return {"autoencoder": (self.E, self.D)}

    def makers(self) -> dict[str, nn.Module]:
        """Both rebuild; the decoder also draws."""
        return {"E": self.E, "D": self.D}

    def descent(self, player: str) -> Descent:
        """Adam 1e-3 (0.9, 0.999), constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, betas=(0.9, 0.999))

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """One turn: the error."""
        (x,) = batch.images
        codes = self.E(x)
        self.D.codes.follow(codes.detach())
        error = squared(self.D(codes), x)
        yield Turn({"autoencoder": error}, {"error": error.detach()})

    def routes(self) -> tuple[Route, ...]:
        """A picture rebuilt, and noise → pictures."""
        return Route(target=self.name, source=self.name, side=self.size), Route(target=self.name)

    def noise_width(self, route: Route) -> int:
        """Width of a code for the generating route."""
        return self.settings.noise if route.source is None else 0

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Rebuild (N, 3, size, size), or generate from noise (N, Z)."""
        out: Tensor = self.D.imagine(x) if route.source is None else self.D(self.E(x))
        return out

"""Variational auto-encoder: one folder in; its pictures rebuilt from a few numbers, and new ones from chance.

Kingma & Welling: "Auto-Encoding Variational Bayes", ICLR 2014. The encoder tells a normal distribution q(z|x) for each
picture, the decoder rebuilds the picture from one draw of it, and both descend the negative evidence lower bound

    ½·Σ_pixels |x − D(z)|² + β·Σ_latents KL(q(z|x) ‖ N(0, 1)),    z = μ(x) + s(x)·ε,  ε ~ N(0, 1)

in nats for each picture: a normal likelihood, so the sum over pixels stands beside the sum over latents, not their
means. β = 1 is the paper's bound with pixels of variance 1; β is also that variance, since dividing by it changes no
minimum, and so what Higgins et al., "β-VAE", ICLR 2017, turn. Less than β of variance is not worth a latent.

Legend: x pictures, q(z|x) = N(μ(x), s(x)²) what the encoder E says, z latents, D the decoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ganstudio.game import Batch, Descent, Method, MethodSettings, Turn
from ganstudio.losses import divergence, squared
from ganstudio.networks import initial
from ganstudio.networks.autoencoder import Decoder, GaussianEncoder, drawn
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class VAE(Method):
    """An encoder and a decoder that move together; see the module."""

    key = "vae"
    title = "VAE"
    sentence = "Learns to tell each picture in a few numbers, and draws new ones from chance; soft, steady and quick."
    task = "reconstruction and generation"
    needs = Needs.FOLDER
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        """β is the paper's. Its Adagrad and its fully connected networks have given way to Adam and DCGAN's stacks."""

        learning_rate: float = setting(1e-3, help="How big each correction is.", low=1e-7, high=0.1)
        beta: float = setting(
            1.0,
            help="Order against likeness: more gives surer new pictures, less gives sharper rebuilt ones.",
            low=0,
            high=1e6,
        )
        noise: int = setting(128, help="How many numbers tell a picture.", low=1, high=1024)
        width: int = setting(
            64, help="Breadth of both networks; half is four times quicker.", unit="channels", low=4, high=256
        )

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=32,
            batch=64,
            steps=800,
            sentence="A first impression in minutes, small pictures.",
            settings={
                "learning_rate": 2e-3,
                "beta": 4.0,
                "flip": False,
                "width": 32,
                "noise": 8,
                "average": 0.99,
            },
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
        self.E = GaussianEncoder(size, settings.noise, settings.width)
        self.D = Decoder(size, settings.noise, settings.width)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Encoder and decoder descend the same bound."""
        return {"autoencoder": (self.E, self.D)}

    def makers(self) -> dict[str, nn.Module]:
        """The decoder draws; both rebuild."""
        return {"E": self.E, "D": self.D}

    def descent(self, player: str) -> Descent:
        """Adam 1e-3 (0.9, 0.999) as its authors' defaults, constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, betas=(0.9, 0.999))

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """One turn: the bound."""
        (x,) = batch.images
        mean, log_variance = self.E(x)
        error = squared(self.D(drawn(mean, log_variance)), x)
        nats = divergence(mean, log_variance)
        yield Turn(
            {"autoencoder": 0.5 * error + self.settings.beta * nats},
            {"error": error.detach(), "divergence": nats.detach()},
        )

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures, and a picture rebuilt."""
        return Route(target=self.name), Route(target=self.name, source=self.name, side=self.size)

    def noise_width(self, route: Route) -> int:
        """Width of the latent for the generating route."""
        return self.settings.noise if route.source is None else 0

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z), or rebuild (N, 3, size, size) from the middle of what the encoder says."""
        out: Tensor = self.D(x if route.source is None else self.E(x)[0])
        return out

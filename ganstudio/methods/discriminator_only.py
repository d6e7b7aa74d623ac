"""Discriminator only: one folder in, new pictures like it out, and no generator network at all.

The discriminator learns to tell pictures from negatives, and the negatives are what it still takes for real: found
anew in each round by walking up its own slope from noise,

    x₀ = noise,  x_{t+1} = x_t + η ∂D/∂x (x_t)

After each round those places have become worse, and the next walk ends nearer to pictures. Making a picture is the same
walk. The idea is Tu's ("Learning Generative Models via Discriminative Approaches", CVPR 2007) and Lazarow, Jin and Tu's
("Introspective Neural Networks for Generative Modeling", ICCV 2017); that a short walk from fresh noise, of always the
same number of steps, is enough and makes the walk itself a generator is Nijkamp et al.'s ("Learning Non-Convergent
Non-Persistent Short-Run MCMC Toward Energy-Based Model", NeurIPS 2019), as is the haze on real pictures. D descends

    BCE(D(x), 1) + BCE(D(x_K), 0) + calm · (D(x)² + D(x_K)²)

with the last term of Du and Mordatch ("Implicit Generation and Modeling with Energy-Based Models", NeurIPS 2019), which
keeps slopes in bounds. The walk has no noise of its own: the same noise always gives the same picture.

Legend: x real pictures, z noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, rating, wide
from ganstudio.networks.chance import sent
from ganstudio.networks.energy import SmoothDiscriminator, climb
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class DiscriminatorOnly(Method):
    """One discriminator, and walks up its slope; see the module."""

    key = "discriminator-only"
    title = "Discriminator only"
    sentence = "Draws with the discriminator alone: noise is changed step by step into what it takes for real."
    task = "generation"
    needs = Needs.FOLDER
    apart = True
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        """Ours, found by measurement: each paper has its own scale of pictures and judgements."""

        learning_rate: float = setting(3e-4, help="How big each correction is.", low=1e-7, high=0.1)
        ascent_steps: int = setting(
            24,
            help="Steps of the walk from noise to a picture; each costs a look of the discriminator.",
            low=1,
            high=1000,
        )
        ascent_rate: float = setting(4.0, help="How far each step of the walk goes.", low=1e-3, high=1e4)
        haze: float = setting(0.03, help="Noise on the training pictures, which smooths the judgement.", low=0, high=1)
        calm: float = setting(0.01, help="How firmly judgements are kept small.", low=0, high=10)
        discriminator_width: int = setting(32, help="Breadth of the discriminator.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=16,
            batch=64,
            steps=500,
            sentence="A first impression in minutes, tiny pictures.",
            settings={"discriminator_width": 16, "average": 0.99, "flip": False},
        ),
        "balanced": Preset(
            size=32, batch=64, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=64,
            batch=64,
            epochs=400,
            sentence="Larger pictures by longer walks.",
            settings={"average": 0.999, "ascent_steps": 60, "discriminator_width": 64},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (self.name,), self.size = inventory.names, size
        self.D = SmoothDiscriminator(size, settings.discriminator_width)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The discriminator."""
        return {"discriminator": (self.D,)}

    def makers(self) -> dict[str, nn.Module]:
        """The discriminator, for want of a generator."""
        return {"D": self.D}

    def descent(self, player: str) -> Descent:
        """Adam (0.5, 0.999), constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """There is no generator."""
        return Signs(discriminator="", fool="")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """One round: find negatives, then learn that they are not real."""
        (x,) = batch.images
        s = self.settings
        z = sent(torch.randn(x.shape), x.device)
        x = x + s.haze * sent(torch.randn(x.shape), x.device)
        with torch.no_grad():
            negative = self._walk(z)
        real, fake = self.D(torch.cat([x, negative])).chunk(2)
        d_loss = bce(real, 1.0) + bce(fake, 0.0)
        calm = wide(real).square().mean() + wide(fake).square().mean()
        yield Turn(
            {"discriminator": d_loss + s.calm * calm},
            {"discriminator": d_loss.detach(), "real": rating(real.detach()), "fake": rating(fake.detach())},
        )

    def _walk(self, z: Tensor) -> Tensor:
        """Standard normal (N, 3, size, size) → pictures of that shape, from uniform noise."""
        s = self.settings
        return climb(self.D.slope, 2 * torch.special.ndtr(z) - 1, s.ascent_steps, s.ascent_rate)

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures."""
        return (Route(target=self.name),)

    def noise_width(self, route: Route) -> int:
        """One number for each colour of each pixel, where the walk begins."""
        return 3 * self.size * self.size

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z)."""
        return self._walk(x.unflatten(1, (3, self.size, self.size)))

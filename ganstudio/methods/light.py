"""Light: a small generator for live use, which learns from pairs by plain comparison.

There is no discriminator. The generator descends how far its result is from the pair's other picture, pixel by pixel
and from each pixel to the next, which is what keeps edges sharp:

    |G(a) - b| + δ (|∂x G(a) - ∂x b| + |∂y G(a) - ∂y b|)

Where b is what a large model paints of a, the small one learns to paint the same: that is how a model is made light
when it is exported (`engine.exchange.lightening`). Of pairs whose second picture does not follow from the first it can
only learn the mean, which is blurred; those are for pix2pix.

Learning from what another network gives: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015.
The differences beside the values: Mathieu, Couprie, LeCun, "Deep multi-scale video prediction beyond mean square
error", ICLR 2016, equation 6 with exponent 1.

Legend: a the picture that goes in, b what should come out; G translates A → B.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ganstudio.game import Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import edges, l1
from ganstudio.networks.light import LightGenerator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class Light(Method):
    """One small generator; see the module."""

    key = "light"
    title = "Light"
    sentence = "A small, fast generator that learns from matching pairs how a picture is changed; for live use."
    task = "paired translation"
    needs = Needs.PAIRS
    apart = True

    @dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        """Found by measurement."""

        learning_rate: float = setting(1e-3, help="How big each correction is.", low=1e-7, high=0.1)
        edges: float = setting(
            1.0, help="How firmly edges must be where the pair's other picture has them.", low=0, high=100
        )
        blocks: int = setting(6, help="Depth of the generator.", unit="blocks", low=1, high=32)
        width: int = setting(
            64, help="Breadth of the generator; half is about three times quicker.", unit="channels", low=4, high=256
        )

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(size=64, batch=4, steps=600, sentence="A first impression in minutes, small pictures."),
        "balanced": Preset(
            size=128,
            batch=4,
            epochs=100,
            sentence="Good results in an hour, also without a graphics card.",
            settings={"average": 0.999},
        ),
        "best": Preset(
            size=256,
            batch=4,
            epochs=200,
            sentence="Large pictures, and a long time to learn them.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        self.G = LightGenerator(settings.width, settings.blocks)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The generator alone."""
        return {"generator": (self.G,)}

    def makers(self) -> dict[str, nn.Module]:
        """The generator."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam (0.9, 0.99), constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, betas=(0.9, 0.99))

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Nobody discriminators; the truth itself says what is lost."""
        return Signs(discriminator="", fool="", content="likeness")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """One turn."""
        a, b = batch.images
        made = self.G(a)
        likeness, sharp = l1(made, b), edges(made, b)
        loss = likeness + self.settings.edges * sharp
        yield Turn({"generator": loss}, {"likeness": likeness.detach(), "edges": sharp.detach()})

    def routes(self) -> tuple[Route, ...]:
        """A → B only."""
        a, b = self.names
        return (Route(target=b, source=a, multiple=self.G.multiple),)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        out: Tensor = self.G(x)
        return out

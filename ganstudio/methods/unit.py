"""UNIT: two folders, translation both ways through a space that both share.

Liu, Breuel, Kautz: "Unsupervised Image-to-Image Translation Networks", NeurIPS 2017, section 3. Each domain has a
variational auto-encoder; the last layers of both encoders are the same, and the first of both decoders. The generators
descend

    adversarial Σ |D(x̃) − 1|²  +  reconstruction |G_A(z_a) − a| + kl mean(μ_a²)
        + cycle |G_A(z_ab) − a| + kl_cycle mean(μ_ab²)  +  the same for B

and before that the discriminators |D(x) − 1|² + |D(x̃)|², summed over scales. Weights, Adam and least squares, which
replaced the paper's cross-entropy, are those of the published code; the weights are the paper's divided by 10. That
code later shared only the space and no layers; here layers are shared as in the paper. Its perceptual term is not in
the paper and left out. Its rate halves every 100 000 steps; ours is constant and then falls linearly. Encoders and
decoders are CycleGAN's generator in two halves, and weights begin as there: what is published doubles by repeating
pixels, with layer norms behind 5×5 convolutions, and begins as He et al. (2015).

Legend: a, b pictures; μ their codes (means of a Gaussian of deviation 1), z = μ + chance; x̃ a translation; ab the code
of a's translation, from which a must come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import l1, lsgan, wide
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.common_space import CommonSpace
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.multiscale import MultiScaleDiscriminator
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class UNIT(Method):
    """Two variational auto-encoders with shared layers, two discriminators; see the module."""

    key = "unit"
    title = "UNIT"
    sentence = "Learns one idea of a scene that both folders share, and paints it in the look of either."
    task = "two-way translation"
    needs = Needs.TWO_FOLDERS
    apart = True

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        learning_rate: float = setting(1e-4, help="How big each correction is.", low=1e-7, high=0.1)
        reconstruction: float = setting(
            10.0, help="How much of a picture must survive the shared space.", low=0, high=1000
        )
        cycle: float = setting(
            10.0, help="Faithfulness: how much of a picture must survive there and back.", low=0, high=1000
        )
        kl: float = setting(0.01, help="How tightly codes keep to the shared space.", low=0, high=100)
        kl_cycle: float = setting(
            0.01, help="How tightly codes of translations keep to the shared space.", low=0, high=100
        )
        adversarial: float = setting(1.0, help="Weight of the discriminators' opinion.", low=0, high=100)
        chance: float = setting(1.0, help="Deviation of the chance added to each code while training.", low=0, high=10)
        blocks: int = setting(3, help="Depth of each folder's own halves.", unit="blocks", low=0, high=32)
        shared: int = setting(1, help="Depth of the layers that both folders share.", unit="blocks", low=1, high=32)
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(4, help="How far a discriminator sees.", low=1, high=6)
        scales: int = setting(
            3,
            help="Sizes at which discriminators look at a picture; 0 takes CycleGAN's, which learn in fewer steps.",
            low=0,
            high=5,
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminators, as a share of the generators'.", low=0.01, high=10
        )
        weight_decay: float = setting(1e-4, help="How strongly all weights are drawn to zero.", low=0, high=0.1)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=128,
            batch=1,
            steps=600,
            sentence="A first impression in minutes, with small networks.",
            settings={
                "learning_rate": 1e-3,
                "discriminator_rate": 0.5,
                "average": 0.99,
                "blocks": 1,
                "width": 32,
                "discriminator_width": 32,
                "discriminator_layers": 3,
                "scales": 0,
                "chance": 0.3,
            },
        ),
        "balanced": Preset(
            size=128,
            batch=1,
            epochs=100,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999},
        ),
        "best": Preset(
            size=256,
            batch=1,
            epochs=400,
            sentence="The published recipe at 256 pixels, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        self.space = CommonSpace(settings.blocks, settings.shared, settings.width)
        self.D_A, self.D_B = (_discriminator(settings, size) for _ in "AB")
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Both discriminators move together, and everything that paints, shared or not."""
        return {"discriminator": (self.D_A, self.D_B), "generator": (self.space,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Both discriminators."""
        return (self.D_A, self.D_B)

    def makers(self) -> dict[str, nn.Module]:
        """The six parts of the space."""
        return self.space.makers()

    def descent(self, player: str) -> Descent:
        """Adam 1e-4 (0.5, 0.999) with L2 1e-4, constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share, decay=self.settings.weight_decay)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Two discriminators, at each scale."""
        assert isinstance(settings, cls.Settings)
        scales = max(1, settings.scales)
        return Signs(guessing=scales, pleased=0.5 * scales, content="cycle", faithful="cycle")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminators, then everything that paints."""
        a, b = batch.images
        s = self.settings
        codes = torch.cat(self.space.encode(a, b))
        seen_a, seen_b = self.space.decode_both(self._sampled(codes))
        (same_a, fake_a), (fake_b, same_b) = seen_a.chunk(2), seen_b.chunk(2)

        d_loss = _judged(self.D_A, a, fake_a) + _judged(self.D_B, b, fake_b)
        yield Turn({"discriminator": s.adversarial * d_loss}, {"discriminator": d_loss.detach()})

        # From A's translation, which lies in B, back to A, and the same the other way round.
        codes_of_b, codes_of_a = self.space.encode(fake_a, fake_b)
        back_a, back_b = self.space.decode(self._sampled(codes_of_a), self._sampled(codes_of_b))
        fool = _fooled(self.D_A, fake_a) + _fooled(self.D_B, fake_b)
        same = l1(same_a, a) + l1(same_b, b)
        cycle = l1(back_a, a) + l1(back_b, b)
        kl = _strayed(codes[: len(a)]) + _strayed(codes[len(a) :])
        kl_cycle = _strayed(codes_of_a) + _strayed(codes_of_b)
        loss = s.adversarial * fool + s.reconstruction * same + s.cycle * cycle + s.kl * kl + s.kl_cycle * kl_cycle
        terms = {"fool": fool, "reconstruction": same, "cycle": cycle, "kl": kl}
        yield Turn({"generator": loss}, {name: term.detach() for name, term in terms.items()})

    def _sampled(self, codes: Tensor) -> Tensor:
        return codes + self.settings.chance * sent(torch.randn(codes.shape), codes.device).to(codes.dtype)

    def routes(self) -> tuple[Route, ...]:
        """A → B and B → A."""
        a, b = self.names
        multiple = CommonSpace.multiple
        return Route(target=b, source=a, multiple=multiple), Route(target=a, source=b, multiple=multiple)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W) by the mean of its code: no chance, so the same picture every time."""
        out: Tensor = self.space(x, to_b=route.source == self.names[0])
        return out


def _discriminator(settings: UNIT.Settings, size: int) -> nn.Module:
    layers, width = settings.discriminator_layers, settings.discriminator_width
    if settings.scales:
        return MultiScaleDiscriminator(size, settings.scales, layers, width)
    refuse_small(size, layers)
    return PatchDiscriminator(layers, width)


def _strayed(codes: Tensor) -> Tensor:
    """How far codes are from the middle of the space, which is where the divergence draws them."""
    return wide(codes).square().mean()


def _maps(discriminator: nn.Module, x: Tensor) -> list[Tensor]:
    seen = discriminator(x)
    return [seen] if isinstance(seen, Tensor) else seen


def _judged(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """|D(x) − 1|² + |D(x̃)|², summed over scales."""
    maps = [seen.chunk(2) for seen in _maps(discriminator, torch.cat([real, fake.detach()]))]
    return torch.stack([lsgan(good, 1.0) + lsgan(bad, 0.0) for good, bad in maps]).sum()


def _fooled(discriminator: nn.Module, fake: Tensor) -> Tensor:
    """|D(x̃) − 1|², summed over scales."""
    return torch.stack([lsgan(seen, 1.0) for seen in _maps(discriminator, fake)]).sum()

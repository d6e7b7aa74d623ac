"""CycleGAN: two folders, translation both ways.

Zhu, Park, Isola, Efros: "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017.
The published code's order and weights: both generators descend (eq. 3)

    |D_B(G_A(a)) - 1|² + |D_A(G_B(b)) - 1|² + λ (|G_B(G_A(a)) - a| + |G_A(G_B(b)) - b|)
        + λ·λ_identity (|G_A(b) - b| + |G_B(a) - a|)

and then both discriminators half the sum of |D(real) - 1|² and |D(fake from the pool)|².

Legend: a, b pictures of domains A and B; G_A translates A → B and D_A judges its results beside real B, as the
published files name them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import l1, lsgan, lsgan_discriminator
from ganstudio.networks import initial
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.generators import ANTIALIAS, PADDINGS, ResnetGenerator
from ganstudio.networks.norms import NORMS, each
from ganstudio.networks.pool import ImagePool
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class CycleGAN(Method):
    """Two generators, two discriminators; see the module."""

    key = "cyclegan"
    title = "CycleGAN"
    sentence = "Turns pictures of one folder into the look of the other, and back. No matching pairs needed."
    task = "two-way translation"
    needs = Needs.TWO_FOLDERS
    apart = True

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        cycle: float = setting(
            10.0, help="Faithfulness: how much of a picture must survive there and back.", low=0, high=1000
        )
        identity: float = setting(
            0.5,
            help="How firmly a picture that already looks right is left alone; a share of faithfulness.",
            low=0,
            high=100,
        )
        blocks: int = setting(
            0,
            help="Depth of the generators; 0 chooses 9 blocks from 256 pixels on and 6 below, as published.",
            unit="blocks",
            low=0,
            high=32,
        )
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            3, help="How far a discriminator sees: 3 layers judge patches of 70×70 pixels.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminators, as a share of the generators'.", low=0.01, high=10
        )
        pool: int = setting(50, help="Old results shown to each discriminator again.", unit="pictures", low=0, high=500)
        norm: str = setting(
            "instance",
            help=(
                "What holds the generators' numbers in range: each picture by itself (instance), with a learnt scale "
                "too (affine), all pictures of a step (batch), or nothing (none)."
            ),
            choices=NORMS,
        )
        padding: str = setting(
            "reflect",
            help="What the generators see beyond the border: the picture mirrored, its last pixels, or nothing.",
            choices=PADDINGS,
        )
        dropout: bool = setting(False, help="Forget half of the generators' middle by chance while training.")
        antialias: str = setting(
            "none",
            help="Where a blur keeps edges smooth as scales change, in all networks, at a little more time.",
            choices=ANTIALIAS,
        )
        discriminator_norm: str = setting("instance", help="The same as norm, for the discriminators.", choices=NORMS)

    presets: ClassVar[Mapping[str, Preset]] = {
        # Found by measurement: on two CPU cores most of what 64 pixels can give in two minutes.
        "quick": Preset(
            size=128,
            batch=1,
            steps=600,
            sentence="A first impression in minutes, with small networks.",
            settings={
                "learning_rate": 1e-3,
                "discriminator_rate": 0.5,
                "average": 0.99,
                "blocks": 3,
                "width": 32,
                "discriminator_width": 32,
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
            epochs=200,
            sentence="The published recipe, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        refuse_small(size, settings.discriminator_layers)
        self.names = tuple(domain.name for domain in inventory.domains)
        self.G_A, self.G_B = (self._generator(settings, size) for _ in "AB")
        self.D_A, self.D_B = (self._discriminator(settings) for _ in "AB")
        self.pool_a, self.pool_b = (ImagePool(settings.pool) for _ in "ab")
        initial.normal(self)

    @staticmethod
    def _generator(s: Settings, size: int) -> ResnetGenerator:
        blocks = s.blocks or (9 if size >= 256 else 6)
        return ResnetGenerator(blocks, s.width, s.norm, s.padding, dropout=s.dropout, antialias=s.antialias)

    @staticmethod
    def _discriminator(s: Settings) -> PatchDiscriminator:
        antialias = s.antialias in {"down", "both"}
        return PatchDiscriminator(
            s.discriminator_layers, s.discriminator_width, antialias=antialias, norms=s.discriminator_norm
        )

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Both generators move together, and both discriminators."""
        return {"generator": (self.G_A, self.G_B), "discriminator": (self.D_A, self.D_B)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Both discriminators."""
        return (self.D_A, self.D_B)

    def makers(self) -> dict[str, nn.Module]:
        """The generators, by their published names."""
        return {"G_A": self.G_A, "G_B": self.G_B}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Two discriminators with least squares."""
        return Signs(guessing=0.5, pleased=0.5, content="cycle", faithful="cycle")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Generators, then discriminators, as published."""
        a, b = batch.images
        # Neither ways round nor discriminators share pictures, so only one of them is remembered at a time.
        loss, fake_b, terms = yield from self._round(self.G_A, self.G_B, self.D_A, a, b)
        yield Turn({"generator": loss}, terms, more=True)
        loss, fake_a, terms = yield from self._round(self.G_B, self.G_A, self.D_B, b, a)
        yield Turn({"generator": loss}, terms)

        # The generators have moved; the discriminators judge what the pools kept of their fakes.
        d_loss = lsgan_discriminator(*each(self.D_A, b, self.pool_b(fake_b)))
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()}, more=True)
        d_loss = lsgan_discriminator(*each(self.D_B, a, self.pool_a(fake_a)))
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

    def _round(
        self, generator: nn.Module, other: nn.Module, discriminator: nn.Module, x: Tensor, y: Tensor
    ) -> Generator[Turn, None, tuple[Tensor, Tensor, dict[str, Tensor]]]:
        """There and back from x, and y as it should stay: what the generators descend, the fake, and its terms."""
        s, terms = self.settings, {}
        if s.identity and not self.together:  # Let go of before the way round begins.
            kept = l1(generator(y), y)
            yield Turn({"generator": s.cycle * s.identity * kept}, more=True)
            terms["identity"] = kept.detach()
        fake, *same = each(generator, x, y) if s.identity and self.together else (generator(x),)
        fool = lsgan(discriminator(fake), 1.0)
        cycle = l1(other(fake), x)
        loss = fool + s.cycle * cycle
        if same:
            kept = l1(same[0], y)
            loss = loss + s.cycle * s.identity * kept
            terms["identity"] = kept.detach()
        return loss, fake.detach(), {"fool": fool.detach(), "cycle": cycle.detach()} | terms

    def routes(self) -> tuple[Route, ...]:
        """A → B and B → A."""
        a, b = self.names
        multiple = ResnetGenerator.multiple
        return Route(target=b, source=a, multiple=multiple), Route(target=a, source=b, multiple=multiple)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        generator = self.G_A if route.source == self.names[0] else self.G_B
        out: Tensor = generator(x)
        return out

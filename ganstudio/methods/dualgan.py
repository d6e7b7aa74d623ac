"""DualGAN: two folders, two U-Nets that undo each other, judged by Wasserstein critics.

Yi, Zhang, Tan, Gong: "DualGAN: Unsupervised Dual Learning for Image-to-Image Translation", ICCV 2017, section 3.1 and
algorithm 1. `critic_turns` times, each on fresh pictures, the critics descend

    D_A(G_A(a)) - D_A(b)  +  D_B(G_B(b)) - D_B(a)

and every weight of theirs is clipped to [-clip, clip]; or, with `bound` "penalty" as in later versions of the published
code, a gradient penalty of weight 10 holds them. Then the generators descend, on fresh pictures again,

    -D_A(G_A(a)) - D_B(G_B(b))  +  λ (|G_B(G_A(a)) - a| + |G_A(G_B(b)) - b|)

The published optimizer is RMSProp 5e-5 with decay 0.9; Adam (0, 0.9) is the same but for its correction of the first
steps and the place of its epsilon. The noise of the paper is the dropout of the U-Nets; it is off when they translate,
so that a picture is always translated the same. With one picture a batch, as published, batch norm is instance norm,
which is used here for any batch.

Legend: a, b pictures of domains A and B; G_A translates A → B and D_A rates its results beside real B.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import gradient_penalty, l1, rating, wasserstein_critic
from ganstudio.networks import initial
from ganstudio.networks.chance import sent
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.norms import NORMS, each
from ganstudio.networks.unet import UNetGenerator, depth
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

PENALTY = 10.0  # Weight of the gradient penalty; Gulrajani et al., 2017.


class DualGAN(Method):
    """Two U-Nets, two critics; see the module."""

    key = "dualgan"
    title = "DualGAN"
    sentence = "Turns pictures of one folder into the look of the other, and back, keeping every fine detail in place."
    task = "two-way translation"
    needs = Needs.TWO_FOLDERS
    apart = True
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        learning_rate: float = setting(5e-5, help="How big each correction is.", low=1e-7, high=0.1)
        cycle: float = setting(
            500.0, help="Faithfulness: how much of a picture must survive there and back.", low=0, high=10000
        )
        bound: str = setting(
            "clip",
            help="What keeps the critics fair: clip cuts their weights, as published; penalty asks for even slopes.",
            choices=("clip", "penalty"),
        )
        clip: float = setting(0.01, help="Largest weight of a critic when they are clipped.", low=1e-4, high=1)
        critic_turns: int = setting(
            2, help="Turns of the critics for each turn of the generators; published: 2 to 4.", low=1, high=10
        )
        dropout: bool = setting(True, help="Forget half of the generators' widest layers by chance while training.")
        downs: int = setting(
            0,
            help="How far the generators boil a picture down; 0 goes to the last pixel, as published.",
            unit="halvings",
            low=0,
            high=12,
        )
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the critics.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            3, help="How far a critic sees: 3 layers rate patches of 70×70 pixels.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the critics, as a share of the generators'.", low=0.01, high=10
        )
        norm: str = setting(
            "instance",
            help=(
                "What holds the generators' numbers in range: each picture by itself (instance), with a learnt scale "
                "too (affine), all pictures of a step (batch), or nothing (none)."
            ),
            choices=NORMS,
        )
        discriminator_norm: str = setting("instance", help="The same as norm, for the critics.", choices=NORMS)

    presets: ClassVar[Mapping[str, Preset]] = {
        # Measured on the sample at 64 pixels: with clipping and λ 500, 7.5 and 3.1 dB are gained in 225 steps; so,
        # 10.7 and 9.2 dB in 75.
        "quick": Preset(
            size=64,
            batch=1,
            steps=300,
            sentence="A first impression in minutes, with small networks.",
            settings={
                "learning_rate": 5e-4,
                "average": 0.99,
                "cycle": 100.0,
                "bound": "penalty",
                "critic_turns": 1,
                "dropout": False,
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
        self.names = inventory.names
        downs, width, dropout = depth(settings.downs, size), settings.width, settings.dropout
        self.multiple = 2**downs
        refuse_small(size, settings.discriminator_layers)
        self.G_A, self.G_B = (UNetGenerator(downs, width, settings.norm, dropout=dropout) for _ in "AB")
        layers, width, norms = settings.discriminator_layers, settings.discriminator_width, settings.discriminator_norm
        self.D_A, self.D_B = (PatchDiscriminator(layers, width, norms=norms) for _ in "AB")
        initial.normal(self)

    @property
    def draws(self) -> int:
        """One batch for each turn."""
        return self.settings.critic_turns + 1

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Both critics move together, and both generators."""
        return {"critic": (self.D_A, self.D_B), "generator": (self.G_A, self.G_B)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Both critics."""
        return (self.D_A, self.D_B)

    def makers(self) -> dict[str, nn.Module]:
        """The generators, by their published names."""
        return {"G_A": self.G_A, "G_B": self.G_B}

    def descent(self, player: str) -> Descent:
        """Adam 5e-5 (0, 0.9) at a constant rate, which is nearly the published RMSProp."""
        share = self.settings.discriminator_rate if player == "critic" else 1.0
        return Descent(rate=self.settings.learning_rate * share, betas=(0.0, 0.9), constant=1.0)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """What a critic rates says nothing of who is winning."""
        return Signs(discriminator="", fool="", content="cycle", faithful="cycle")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Critics, as often as asked, then generators."""
        bound = self.settings.bound
        *others, last = batch.parts(self.draws)
        # Each critic and each way round shares no picture with the other, so only one of them is remembered at a time.
        for part in others:
            a, b = part.images
            loss, terms = self._rate(self.D_A, b, self.G_A(a))
            yield Turn({"critic": loss}, terms, more=True)
            loss, terms = self._rate(self.D_B, a, self.G_B(b))
            yield Turn({"critic": loss}, terms)
            if bound == "clip":
                self._clip()

        a, b = last.images
        loss, terms = self._round(self.G_A, self.G_B, self.D_A, a)
        yield Turn({"generator": loss}, terms, more=True)
        loss, terms = self._round(self.G_B, self.G_A, self.D_B, b)
        yield Turn({"generator": loss}, terms)

    def _round(
        self, generator: nn.Module, other: nn.Module, critic: nn.Module, x: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """There and back from x: what the generators descend, and its terms."""
        fake = generator(x)
        fool, cycle = -rating(critic(fake)), l1(other(fake), x)
        return fool + self.settings.cycle * cycle, {"fool": fool.detach(), "cycle": cycle.detach()}

    def _rate(self, critic: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """What a critic descends, and its terms: its ratings and, where it is asked for, how far slopes are from 1."""
        fake = fake.detach()
        rated_real, rated_fake = each(critic, real, fake)
        rate = wasserstein_critic(rated_real, rated_fake)
        if self.settings.bound == "clip":
            return rate, {"critic": rate.detach()}
        share = sent(torch.rand(len(real), 1, 1, 1), real.device)
        between = (share * real + (1 - share) * fake).requires_grad_()
        # A slope's slope needs all digits, also where networks are computed in bfloat16.
        with torch.autocast(real.device.type, enabled=False):
            wild = gradient_penalty(critic(between).mean((1, 2, 3)), between)
        return rate + PENALTY * wild, {"critic": rate.detach(), "penalty": wild.detach()}

    @torch.no_grad()
    def _clip(self) -> None:
        for weight in (*self.D_A.parameters(), *self.D_B.parameters()):
            weight.clamp_(-self.settings.clip, self.settings.clip)

    def routes(self) -> tuple[Route, ...]:
        """A → B and B → A."""
        a, b = self.names
        multiple = self.multiple
        return Route(target=b, source=a, multiple=multiple), Route(target=a, source=b, multiple=multiple)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        generator = self.G_A if route.source == self.names[0] else self.G_B
        out: Tensor = generator(x)
        return out

"""XGAN: two folders, translation both ways through a space in which nothing tells the folders apart.

Royer et al.: "XGAN: Unsupervised Image-to-Image Translation for Many-to-Many Mappings", 2017, and the discriminator of
codes from Lample et al., "Fader Networks: Manipulating Images by Sliding Attributes", NeurIPS 2017, equations 2 to 4.
Encoders and decoders share their inner layers. Discriminators of pictures descend ½|D(x) − 1|² + ½|D(x̃)|², the
discriminator of codes

    BCE(C(E(a)), 1) + BCE(C(E(b)), 0)

and then the generators

    reconstruction |G_A(E(a)) − a| + consistency |E(x̃_ab) − E(a)| + confusion·r BCE(C(E(a)), 0)
        + adversarial |D_B(x̃_ab) − 1|²  +  the same for B

where r rises linearly from 0 to 1, as in Fader Networks: codes must say something before they are asked to hide
something. Without discriminators of pictures (adversarial 0) this is the plain domain-adversarial space. The weights
are those of a public re-implementation (IAmigos/avatar-image-generator), as the paper's own could not be checked; that
distances are L1 is ours. XGAN reverses the gradient of C instead of its target; its teacher, a network that knows
faces, is left out.

Legend: a, b pictures; E encoders, G decoders; x̃_ab = G_B(E(a)), the translation of a.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, l1, lsgan, lsgan_discriminator
from ganstudio.networks import initial
from ganstudio.networks.common_space import CommonSpace, LatentDiscriminator
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class XGAN(Method):
    """Two auto-encoders with shared layers, a discriminator of codes, two of pictures; see the module."""

    key = "xgan"
    title = "XGAN"
    sentence = "Learns what the pictures of both folders mean, and paints the same meaning in the look of either."
    task = "two-way translation"
    needs = Needs.TWO_FOLDERS
    apart = True

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """See the module for where the values come from."""

        learning_rate: float = setting(1e-4, help="How big each correction is.", low=1e-7, high=0.1)
        reconstruction: float = setting(
            1.0, help="How much of a picture must survive the shared space.", low=0, high=1000
        )
        consistency: float = setting(
            0.5, help="Faithfulness: how much a translation must mean what the picture means.", low=0, high=1000
        )
        confusion: float = setting(
            1.0, help="How strictly the shared space must not tell the folders apart.", low=0, high=100
        )
        ramp: float = setting(0.5, help="Share of the training in which that strictness rises.", low=0.01, high=1)
        adversarial: float = setting(
            0.7,
            help="Weight of the discriminators' opinion of translations; 0 trains without discriminators.",
            low=0,
            high=100,
        )
        blocks: int = setting(3, help="Depth of each folder's own halves.", unit="blocks", low=0, high=32)
        shared: int = setting(2, help="Depth of the layers that both folders share.", unit="blocks", low=1, high=32)
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            3, help="How far a discriminator sees: 3 layers judge patches of 70×70 pixels.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminators, as a share of the generators'.", low=0.01, high=100
        )

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
                "shared": 1,
                "width": 32,
                "discriminator_width": 32,
                "reconstruction": 10.0,
                "consistency": 1.0,
                "confusion": 0.1,
                "adversarial": 1.0,
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
            size=256, batch=1, epochs=200, sentence="Large pictures and a long training.", settings={"average": 0.999}
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        refuse_small(size, settings.discriminator_layers)
        if size < LatentDiscriminator.least * CommonSpace.multiple:
            least = LatentDiscriminator.least * CommonSpace.multiple
            raise ValueError(f"The discriminator of codes needs pictures of at least {least} pixels, not {size}.")
        self.names = inventory.names
        self.space = CommonSpace(settings.blocks, settings.shared, settings.width)
        self.C = LatentDiscriminator(4 * settings.width, settings.discriminator_width)
        if settings.adversarial:
            self.D_A, self.D_B = (
                PatchDiscriminator(settings.discriminator_layers, settings.discriminator_width) for _ in "AB"
            )
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The discriminator of codes, those of pictures if there are any, and everything that paints."""
        discriminators = {"discriminator": (self.D_A, self.D_B)} if self.settings.adversarial else {}
        return {"latent": (self.C,), **discriminators, "generator": (self.space,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Those of pictures, if there are any."""
        return (self.D_A, self.D_B) if self.settings.adversarial else ()

    def makers(self) -> dict[str, nn.Module]:
        """The six parts of the space."""
        return self.space.makers()

    def descent(self, player: str) -> Descent:
        """Adam 1e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = 1.0 if player == "generator" else self.settings.discriminator_rate
        return Descent(rate=self.settings.learning_rate * share)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Two discriminators with least squares."""
        return Signs(guessing=0.5, pleased=0.5, content="reconstruction", faithful="reconstruction")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """All discriminators at once, then everything that paints."""
        a, b = batch.images
        s = self.settings
        code_a, code_b = self.space.encode(a, b)
        seen_a, seen_b = self.space.decode_both(torch.cat([code_a, code_b]))
        (same_a, fake_a), (fake_b, same_b) = seen_a.chunk(2), seen_b.chunk(2)

        told_a, told_b = self.C(torch.cat([code_a, code_b]).detach()).chunk(2)
        tell = bce(told_a, 1.0) + bce(told_b, 0.0)
        losses, terms = {"latent": tell}, {"latent": tell.detach()}
        if s.adversarial:
            d_loss = lsgan_discriminator(*self.D_A(torch.cat([a, fake_a.detach()])).chunk(2))
            d_loss = d_loss + lsgan_discriminator(*self.D_B(torch.cat([b, fake_b.detach()])).chunk(2))
            losses["discriminator"], terms["discriminator"] = d_loss, d_loss.detach()
        yield Turn(losses, terms)

        same = l1(same_a, a) + l1(same_b, b)
        meant_b, meant_a = self.space.encode(fake_a, fake_b)
        meaning = l1(meant_a, code_a) + l1(meant_b, code_b)
        told_a, told_b = self.C(torch.cat([code_a, code_b])).chunk(2)
        hide = bce(told_a, 0.0) + bce(told_b, 1.0)
        strictness = s.confusion * min(1.0, progress / s.ramp)
        loss = s.reconstruction * same + s.consistency * meaning + strictness * hide
        terms = {"reconstruction": same.detach(), "consistency": meaning.detach(), "hide": hide.detach()}
        if s.adversarial:
            fool = lsgan(self.D_A(fake_a), 1.0) + lsgan(self.D_B(fake_b), 1.0)
            loss = loss + s.adversarial * fool
            terms["fool"] = fool.detach()
        yield Turn({"generator": loss}, terms)

    def routes(self) -> tuple[Route, ...]:
        """A → B and B → A."""
        a, b = self.names
        multiple = CommonSpace.multiple
        return Route(target=b, source=a, multiple=multiple), Route(target=a, source=b, multiple=multiple)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        out: Tensor = self.space(x, to_b=route.source == self.names[0])
        return out

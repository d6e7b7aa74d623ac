"""ComboGAN: any number of folders, each into each other one, by one encoder, decoder and discriminator a folder.

Anoosheh, Agustsson, Timofte, Van Gool: "ComboGAN: Unrestrained Scalability for Image Domain Translation", CVPR
Workshops 2018. CycleGAN's generator is cut in two, G = decoder ∘ encoder; any encoder fits any decoder, so that N
domains need N of each instead of N (N - 1) generators. As in CycleGAN, the generators descend for a domain i that is
translated into j

    |D_j(x_ij) - 1|²  +  λ |dec_i(enc_j(x_ij)) - x_i|  +  λ·λ_identity |dec_i(enc_i(x_i)) - x_i|

and then the discriminator of j half the sum of |D_j(x_j) - 1|² and |D_j(x_ij from the pool)|².

The published code draws two domains at each step and plays them both ways. Here every step draws a random round
through all domains, each translated into the next: every pair has the same chance as there, every network moves at
every step, and a step costs O(N). With two folders the round is CycleGAN's step. The published code later added a grey
and a blurred input to the discriminators, PReLU, and other doublings; layers here are CycleGAN's, as in its generator.

Legend: x_i a picture of domain i, enc_i its encoder, dec_i its decoder, D_i its discriminator;
x_ij = dec_j(enc_i(x_i)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import l1, lsgan, lsgan_discriminator
from ganstudio.networks import initial
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.halves import ResnetDecoder, ResnetEncoder
from ganstudio.networks.norms import each
from ganstudio.networks.pool import ImagePool
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class ComboGAN(Method):
    """One encoder, one decoder and one discriminator for each domain; see the module."""

    key = "combogan"
    title = "ComboGAN"
    sentence = "Turns pictures of any folder into the look of any other, for as many folders as you like."
    task = "N-way translation"
    needs = Needs.MANY_FOLDERS
    apart = True

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        cycle: float = setting(
            10.0, help="Faithfulness: how much of a picture must survive there and back.", low=0, high=1000
        )
        identity: float = setting(
            0.0,
            help="How firmly a picture survives its own folder's halves; a share of faithfulness.",
            low=0,
            high=100,
        )
        blocks: int = setting(
            9, help="Depth of the generators; the encoders have the smaller half.", unit="blocks", low=1, high=32
        )
        width: int = setting(
            64, help="Breadth of the generators; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminators.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            4, help="How far a discriminator sees: 3 layers judge patches of 70×70 pixels, 4 of 142×142.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminators, as a share of the generators'.", low=0.01, high=10
        )
        pool: int = setting(50, help="Old results shown to each discriminator again.", unit="pictures", low=0, high=500)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=128,
            batch=1,
            steps=500,
            sentence="A first impression in minutes, with small networks.",
            settings={
                "learning_rate": 1e-3,
                "discriminator_rate": 0.5,
                "average": 0.99,
                "identity": 0.5,
                "blocks": 3,
                "width": 32,
                "discriminator_width": 32,
                "discriminator_layers": 3,
            },
        ),
        "balanced": Preset(
            size=128,
            batch=1,
            epochs=150,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999},
        ),
        "best": Preset(
            size=256,
            batch=1,
            epochs=300,
            sentence="The published recipe for three folders, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        if len(self.names) < 2:
            raise ValueError(f"Translation needs two folders or more, and there is only {', '.join(self.names)}.")
        refuse_small(size, settings.discriminator_layers)
        before = settings.blocks // 2
        self.encoders = nn.ModuleList(ResnetEncoder(before, settings.width) for _ in self.names)
        self.decoders = nn.ModuleList(ResnetDecoder(settings.blocks - before, settings.width) for _ in self.names)
        self.D = nn.ModuleList(
            PatchDiscriminator(settings.discriminator_layers, settings.discriminator_width) for _ in self.names
        )
        self.pools = nn.ModuleList(ImagePool(settings.pool) for _ in self.names)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """All encoders and decoders move together, and all discriminators."""
        return {"generator": (self.encoders, self.decoders), "discriminator": (self.D,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """One for each domain."""
        return tuple(self.D)

    def makers(self) -> dict[str, nn.Module]:
        """Encoder and decoder of each domain, by its number."""
        encoders = {f"encoder_{number}": encoder for number, encoder in enumerate(self.encoders)}
        return encoders | {f"decoder_{number}": decoder for number, decoder in enumerate(self.decoders)}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """A discriminator for each domain, with least squares."""
        return Signs(guessing=0.25 * domains, pleased=0.25 * domains, content="cycle", faithful="cycle")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """All encoders and decoders on a random round through the domains, then all discriminators."""
        x = batch.images
        order = torch.randperm(len(x)).tolist()
        # Ways and discriminators share no pictures, so only one of them is remembered at a time.
        fakes: dict[int, Tensor] = {}
        for number, (i, j) in enumerate(zip(order, order[1:] + order[:1], strict=True), start=1):
            loss, fakes[j], terms = self._way(x[i], i, j)
            yield Turn({"generator": loss}, terms, more=number < len(x))

        for number, discriminator in enumerate(self.D):
            fake = self.pools[number](fakes[number])
            loss = lsgan_discriminator(*discriminator(torch.cat([x[number], fake])).chunk(2))
            yield Turn({"discriminator": loss}, {"discriminator": loss.detach()}, more=number + 1 < len(x))

    def _way(self, x: Tensor, i: int, j: int) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """From domain i to the next one of the round and back: what the generators descend, the fake, and its terms."""
        s = self.settings
        code = self.encoders[i](x)
        fake = self.decoders[j](code)
        fool = lsgan(self.D[j](fake), 1.0)
        # Decoder i paints the way back and, where that is asked for, the picture itself anew.
        returned = self.encoders[j](fake)
        back, *same = each(self.decoders[i], returned, code) if s.identity else (self.decoders[i](returned),)
        cycle = l1(back, x)
        loss, terms = fool + s.cycle * cycle, {"fool": fool.detach(), "cycle": cycle.detach()}
        if s.identity:
            kept = l1(same[0], x)
            loss, terms = loss + s.cycle * s.identity * kept, terms | {"identity": kept.detach()}
        return loss, fake.detach(), terms

    def routes(self) -> tuple[Route, ...]:
        """From each domain to each other one, the first to the second before all."""
        return tuple(
            Route(target=target, source=source, multiple=ResnetGenerator.multiple)
            for source, target in permutations(self.names, 2)
        )

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        source, target = (self.names.index(name) for name in (route.source, route.target))
        out: Tensor = self.decoders[target](self.encoders[source](x))
        return out

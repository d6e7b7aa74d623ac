"""CUT and FastCUT: two folders, translation one way, with one generator instead of two.

Park, Efros, Zhang, Zhu: "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020. Instead of a way
back, every place of a translation must be recognised as the same place of the original, among other places of it, by
the generator's own features. The discriminator descends half the sum of |D(b) - 1|² and |D(G(a))|², and then generator
and sampler together (eq. 5)

    |D(G(a)) - 1|² + λ ½ (NCE(a, G(a)) + NCE(b, G(b)))

where NCE is `losses.patch_nce` in the mean over five layers. FastCUT has λ = 10, no second half, and turns half of its
inputs around (flips G's input, and its features back). The published code takes the features of a and b by encoding
them once more; here they are kept from the translation itself, which gives the same numbers with a tenth less work.
Both halves share their places, because they are one batch.

The published data path stops its random crops when the learning rate begins to fall, so that the objects get the size
they have in use. Here pictures are drawn before a method sees them, and crops go on to the end; `margin` 1 has the
object sizes of use from the start.

Legend: a, b pictures of domains A and B; G translates A → B, F turns features into directions, D judges, as the
published files name them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import lsgan, lsgan_discriminator, patch_nce
from ganstudio.networks import initial
from ganstudio.networks.discriminators import PatchDiscriminator, refuse_small
from ganstudio.networks.generators import ANTIALIAS, PADDINGS, AntialiasedGenerator
from ganstudio.networks.norms import NORMS, each
from ganstudio.networks.patch_samples import PatchSamples
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class CUT(Method):
    """One generator, one sampler of its features, one discriminator; see the module."""

    key = "cut"
    title = "CUT"
    sentence = "Turns pictures of one folder into the look of the other, one way only, keeping each place recognisable."
    task = "one-way translation"
    needs = Needs.TWO_FOLDERS
    apart = True
    constant: ClassVar[float] = 0.5
    """Share of the run before the learning rate falls; published: 200 of 400 epochs."""

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        contrast: float = setting(
            1.0, help="Faithfulness: how firmly each place must stay recognisable.", low=0, high=1000
        )
        identity: bool = setting(
            True, help="Also keep the places of pictures that already look right; slower, and calmer colours."
        )
        mirrored: bool = setting(
            False, help="Turn half of the pictures around for the generator, but not for the rest."
        )
        patches: int = setting(256, help="Places compared in each picture.", unit="places", low=2, high=4096)
        temperature: float = setting(
            0.07, help="How alike two places may be; lower tells more of them apart.", low=0.01, high=10
        )
        blocks: int = setting(
            0,
            help="Depth of the generator; 0 chooses 9 blocks from 256 pixels on, as published, and 6 below.",
            unit="blocks",
            low=0,
            high=32,
        )
        width: int = setting(
            64, help="Breadth of the generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)
        discriminator_layers: int = setting(
            3, help="How far the discriminator sees: 3 layers judge patches of 84×84 pixels.", low=1, high=5
        )
        discriminator_rate: float = setting(
            1.0, help="Learning rate of the discriminator, as a share of the generator's.", low=0.01, high=10
        )
        start: str = setting(
            "xavier",
            help="How weights begin: very small as published (xavier), or as CycleGAN's (normal) for quicker learning.",
            choices=("xavier", "normal"),
        )
        norm: str = setting(
            "instance",
            help=(
                "What holds the generator's numbers in range: each picture by itself (instance), with a learnt scale "
                "too (affine), all pictures of a step (batch), or nothing (none)."
            ),
            choices=NORMS,
        )
        padding: str = setting(
            "reflect",
            help="What the generator sees beyond the border: the picture mirrored, its last pixels, or nothing.",
            choices=PADDINGS,
        )
        dropout: bool = setting(False, help="Forget half of the generator's middle by chance while training.")
        antialias: str = setting(
            "both",
            help="Where a blur keeps edges smooth as scales change, in generator and discriminator, as published.",
            choices=ANTIALIAS,
        )
        discriminator_norm: str = setting("instance", help="The same as norm, for the discriminator.", choices=NORMS)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=128,
            batch=1,
            steps=600,
            sentence="A first impression in minutes, with small networks.",
            # Xavier weights begin so small that higher rates let the discriminator win within ten steps.
            settings={
                "learning_rate": 4e-4,
                "discriminator_rate": 0.25,
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
            epochs=400,
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
        self.G = self._generator(settings, size)
        self.F = PatchSamples(self.G.widths)
        self.D = self._discriminator(settings)
        (initial.xavier if settings.start == "xavier" else initial.normal)(self)

    @staticmethod
    def _generator(s: Settings, size: int) -> AntialiasedGenerator:
        blocks = s.blocks or (9 if size >= 256 else 6)
        return AntialiasedGenerator(blocks, s.width, s.norm, s.padding, dropout=s.dropout, antialias=s.antialias)

    @staticmethod
    def _discriminator(s: Settings) -> PatchDiscriminator:
        antialias = s.antialias in {"down", "both"}
        return PatchDiscriminator(
            s.discriminator_layers, s.discriminator_width, antialias=antialias, norms=s.discriminator_norm
        )

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """The discriminator, and the generator with its sampler."""
        return {"discriminator": (self.D,), "generator": (self.G, self.F)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator, by its published name."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 2e-4 (0.5, 0.999), constant and then linearly to zero."""
        share = self.settings.discriminator_rate if player == "discriminator" else 1.0
        return Descent(rate=self.settings.learning_rate * share, constant=self.constant)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """One discriminator with least squares."""
        return Signs(guessing=0.25, pleased=0.25, content="contrast", faithful="contrast")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator and sampler, as published."""
        a, b = batch.images
        s = self.settings
        # Both in one call, as published; instance norm looks at one picture at a time.
        pictures = torch.cat([a, b]) if s.identity else a
        # The coin comes from the CPU's generator: no waiting for the device.
        around = s.mirrored and torch.rand(()).item() < 0.5
        made, keys = self.G.paint(pictures.flip(3) if around else pictures)
        fake = made[: len(a)]
        real, wrong = each(self.D, b, fake.detach())
        d_loss = lsgan_discriminator(real, wrong)
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        # The discriminator has moved, the generator has not: its features of the pictures still hold.
        fool = lsgan(self.D(fake), 1.0)
        queries = self.G.look(made)
        if around:
            queries, keys = [x.flip(3) for x in queries], self.G.look(pictures)
        keys = [x.detach() for x in keys]
        places = self.F.places(keys, s.patches)
        compared = zip(self.F(queries, places), self.F(keys, places), strict=True)
        contrast = torch.stack([patch_nce(query, key, s.temperature) for query, key in compared]).mean()
        yield Turn({"generator": fool + s.contrast * contrast}, {"fool": fool.detach(), "contrast": contrast.detach()})

    def routes(self) -> tuple[Route, ...]:
        """A → B only."""
        a, b = self.names
        return (Route(target=b, source=a, multiple=AntialiasedGenerator.multiple),)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate (N, 3, H, W)."""
        out: Tensor = self.G(x)
        return out


class FastCUT(CUT):
    """CUT with one term less and a heavier weight; see the module."""

    key = "fastcut"
    title = "FastCUT"
    sentence = "Like CUT, in about half the time and memory, and a little less exact."
    constant = 0.75  # 150 of 200 epochs.

    @dataclass(frozen=True, slots=True)
    class Settings(CUT.Settings):
        """The published values are the defaults; users of the published code report that a `contrast` of 10 can fail.

        On horses and zebras FID was 252 with 10, where pictures hardly change, and 60.5 with 1 (its issue 94).
        """

        contrast: float = setting(
            10.0,
            help="Faithfulness: how firmly each place must stay recognisable. Try 1 where pictures hardly change.",
            low=0,
            high=1000,
        )
        identity: bool = setting(
            False, help="Also keep the places of pictures that already look right; slower, and calmer colours."
        )
        mirrored: bool = setting(True, help="Turn half of the pictures around for the generator, but not for the rest.")

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=128,
            batch=1,
            steps=600,
            sentence="A first impression in minutes, with small networks.",
            # One term less holds the colours, and small weights lost to the discriminator at every rate that was tried.
            settings={
                **CUT.presets["quick"].settings,
                "contrast": 1.0,
                "start": "normal",
                "learning_rate": 1e-3,
                "discriminator_rate": 0.2,
            },
        ),
        "balanced": Preset(
            size=128,
            batch=1,
            epochs=100,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999, "contrast": 1.0},
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

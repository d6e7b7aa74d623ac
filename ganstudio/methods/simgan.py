"""SimGAN: rendered pictures in, the same pictures with the look of real ones out.

Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial Training", CVPR 2017. The
refiner descends (equation 4, with sums over the map of judgements, section 2.2, and over the picture)

    Σ BCE(D(R(a)), 1) + λ Σ |R(a) - a|

K_g times on fresh pictures, and then (equation 2) the discriminator K_d times Σ BCE(D(b), 1) + Σ BCE(D(R(a)), 0), half
of its refined pictures coming from the past (section 2.3). At first the refiner learns nothing but to change nothing.

λ, K_g, K_d, the batch, the rate and the largest gradient are those of the known port to TensorFlow, which cuts the
gradient of each weight at that length; here it is that of all together. It descends by Adam as the port does; the paper
by plain gradient descent, which has no momentum at all, so ours is DCGAN's 0.5 instead of 0.9: with that the two
players circle. λ weighs one colour, so that a grey picture costs what it does there.

`calm` is ours as well, 0 as published: it adds calm · P · ½|∇m(b)|², where m is the mean of the P judgements of a
picture, to what the discriminator descends (R1, Mescheder et al., ICML 2018), so that it comes to rest where refined
pictures are like real ones, and the two do not circle around that. It matters for few pictures: hundreds of real ones
are soon learnt by heart, and each then is a peak.

Legend: a rendered pictures, b real ones; R refiner, D discriminator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import steepness
from ganstudio.networks.pool import HalfPool
from ganstudio.networks.simgan import LocalDiscriminator, Refiner
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting


class SimGAN(Method):
    """One refiner and one local discriminator; see the module."""

    key = "simgan"
    title = "SimGAN"
    sentence = "Makes rendered pictures look like the real ones of another folder; what they show stays as it is."
    task = "refinement"
    needs = Needs.TWO_FOLDERS

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        learning_rate: float = setting(1e-3, help="How big each correction is.", low=1e-7, high=0.1)
        faithfulness: float = setting(
            0.5, help="How much of the rendered picture must stay, pixel by pixel.", low=0, high=1000
        )
        warm_up: float = setting(
            0.1, help="Share of the run in which the refiner only learns to leave pictures alone.", low=0, high=1
        )
        refiner_turns: int = setting(
            2, help="Corrections of the refiner in each step, every one on fresh pictures.", low=1, high=100
        )
        discriminator_turns: int = setting(
            1, help="Corrections of the discriminator in each step, every one on fresh pictures.", low=1, high=100
        )
        history: int = setting(
            25_600,
            help="Old results that the discriminator may be shown again, as half of what it sees.",
            unit="pictures",
            low=0,
            high=1_000_000,
        )
        calm: float = setting(
            0.0,
            help="How much the discriminator is kept from making much of little; steadies learning from few pictures.",
            low=0,
            high=1000,
        )
        blocks: int = setting(4, help="Depth of the refiner; published: 10 for larger changes.", low=1, high=32)
        width: int = setting(64, help="Breadth of the refiner.", unit="channels", low=4, high=256)
        discriminator_width: int = setting(96, help="Breadth of the discriminator.", unit="channels", low=4, high=384)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=64,
            batch=4,
            steps=600,
            sentence="A first impression in minutes, with small networks.",
            settings={"average": 0.99, "history": 512, "width": 32, "discriminator_width": 48},
        ),
        "balanced": Preset(
            size=64,
            batch=64,
            steps=10_000,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999, "history": 3200},
        ),
        "best": Preset(
            size=64,
            batch=512,
            steps=10_000,
            sentence="The published recipe, steadied by averaged weights and with a shorter memory of the past.",
            settings={"average": 0.999, "history": 5120},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        self.names = inventory.names
        self.R = Refiner(settings.width, settings.blocks)
        self.D = LocalDiscriminator(settings.discriminator_width)
        self.history = HalfPool(settings.history)

    @property
    def draws(self) -> int:
        """Fresh pictures for every turn."""
        return self.settings.refiner_turns + self.settings.discriminator_turns

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Refiner and discriminator."""
        return {"refiner": (self.R,), "discriminator": (self.D,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The refiner."""
        return {"R": self.R}

    def descent(self, player: str) -> Descent:
        """Adam 1e-3 (0.5, 0.999), gradients no longer than 50; the fall of the rate is ours."""
        return Descent(self.settings.learning_rate, clip=50.0)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Its curves are sums over patches, of which there are more or fewer."""
        return Signs(discriminator="", fool="", faithful="faithfulness")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """The refiner K_g times, then the discriminator K_d times."""
        s = self.settings
        parts = batch.parts(self.draws)
        for part in parts[: s.refiner_turns]:
            a, _ = part.images
            refined = self.R(a)
            changed = _summed((refined - a).abs().mean(1))
            loss, terms = s.faithfulness * changed, {"changed": changed.detach()}
            if progress >= s.warm_up:
                fool = _judged(self.D(refined), 1.0)
                loss = loss + fool
                terms["fool"] = fool.detach()
            yield Turn({"refiner": loss}, terms)

        for part in parts[s.refiner_turns :]:
            a, b = part.images
            with torch.no_grad():
                refined = self.R(a)
            real, steep = self._seen(b)
            d_loss = _judged(real, 1.0) + _judged(self.D(self.history(refined)), 0.0)
            terms = {"discriminator": d_loss.detach()}
            if steep is not None:
                d_loss, terms["steepness"] = d_loss + s.calm * steep, steep.detach()
            yield Turn({"discriminator": d_loss}, terms)

    def _seen(self, b: Tensor) -> tuple[Tensor, Tensor | None]:
        """How real pictures are judged and, where that counts, how steeply, as often as there are judgements."""
        if not self.settings.calm:
            return self.D(b), None
        # A slope's slope needs all digits, also where networks are computed in bfloat16.
        with torch.autocast(b.device.type, enabled=False):
            b = b.clone().requires_grad_()
            judged: Tensor = self.D(b)
            return judged, steepness(judged, b) * judged[0].numel()

    def routes(self) -> tuple[Route, ...]:
        """Rendered → real."""
        a, b = self.names
        return (Route(target=b, source=a),)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Refine (N, 3, H, W)."""
        out: Tensor = self.R(x)
        return out


def _judged(judged: Tensor, target: float) -> Tensor:
    """Cross-entropy of a map of judgements with `target`, summed over the map; the mean over pictures."""
    return _summed(F.binary_cross_entropy_with_logits(judged, torch.full_like(judged, target), reduction="none"))


def _summed(x: Tensor) -> Tensor:
    return x.flatten(1).sum(1).mean()

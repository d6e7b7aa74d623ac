"""SRGAN: one folder of good pictures in, small pictures made two or four times larger out.

Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network", CVPR 2017. The
pictures are the truth x; their small versions y are made here, as Pillow's bicubic resize makes them. In the first
stage the generator descends |G(y) - x|², which is right on average and therefore soft. In the second it descends

    content + 10⁻³ · BCE(D(G(y)), 1),    content = |φ(G(y)) - φ(x)|² / 12.75²  (equations 3, 5, 6)

and paints texture, while the discriminator descends BCE(D(x), 1) + BCE(D(G(y)), 0). φ is what VGG19 sees. Where its
weights are not at hand, content stays |G(y) - x|², which is the paper's own SRGAN-MSE (table 1).

Published: 10⁶ steps of the first stage and 10⁵ of the second at rate 10⁻⁴, then 10⁵ at 10⁻⁵. Here the rate falls
linearly in those last. The discriminator's dense layers are 1×1 convolutions, so that it plays with crops of any size.
It plays in the first stage too, on a quarter of the batch, so that it knows something when it is first heard; and it
sees true and made pictures in one batch, without which it was measured to learn nothing in hundreds of steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce
from ganstudio.networks import initial, vgg
from ganstudio.networks.resizing import reduced
from ganstudio.networks.srgan import SRResNet, TextureDiscriminator
from ganstudio.words.cards import Preset, WeightsFile
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

_VGG_SHARE = 1 / 12.75**2


class SRGAN(Method):
    """One enlarger and one discriminator of texture; see the module."""

    key = "srgan"
    title = "SRGAN"
    sentence = "Makes pictures two or four times larger and paints the detail that such pictures have."
    task = "super-resolution"
    needs = Needs.FOLDER

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults."""

        learning_rate: float = setting(1e-4, help="How big each correction is.", low=1e-7, high=0.1)
        fit: str = setting(
            "native",
            help=(
                "How a picture meets the training size: native crops it as it is, so that real detail is learnt; "
                "cover scales its short side first; squash ignores its shape."
            ),
            choices=("cover", "native", "squash"),
        )
        scale: str = setting("4", help="How many times larger pictures become.", choices=("2", "4"))
        correct: float = setting(
            0.83,
            help="Share of the run that learns to be right before it learns to be sharp; 1 stays right and soft.",
            low=0,
            high=1,
        )
        adversarial: float = setting(
            1e-3,
            help="Sharpness: how much the discriminator of texture has to say beside faithfulness.",
            low=0,
            high=10,
        )
        late_rate: float = setting(
            1.0, help="Learning rate while it learns to be sharp, as a share of the one before.", low=0.001, high=10
        )
        perceptual: str = setting(
            "auto",
            help=(
                "What faithfulness compares while learning to be sharp: vgg what a network of photographs sees, none "
                "the pixels; auto takes vgg when its file of weights is there."
            ),
            choices=("auto", "vgg", "none"),
        )
        residual: bool = setting(
            False, help="Paint only what a plain enlargement lacks: learns sooner. Published: paint everything."
        )
        norm: bool = setting(
            True, help="Batch norm in the enlarger, as published; without it, small networks get nearer to the truth."
        )
        blocks: int = setting(16, help="Depth of the enlarger.", unit="blocks", low=1, high=64)
        width: int = setting(64, help="Breadth of the enlarger.", unit="channels", low=4, high=256)
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=64,
            batch=8,
            steps=600,
            sentence="A first impression in minutes, with small networks, two times larger.",
            settings={
                "scale": "2",
                "learning_rate": 1e-3,
                "average": 0.99,
                "correct": 0.5,
                # Measured: beside a loss of pixels the published 1e-3 sharpens nothing, and at the rate of the first
                # stage generator and discriminator run past each other.
                "adversarial": 0.05,
                "late_rate": 0.3,
                "residual": True,
                "norm": False,
                "blocks": 4,
                "width": 32,
                "discriminator_width": 16,
            },
        ),
        "balanced": Preset(
            size=96,
            batch=16,
            steps=60_000,
            sentence="Good results overnight on a graphics card.",
            settings={"average": 0.999, "residual": True, "norm": False},
        ),
        "best": Preset(
            size=96,
            batch=16,
            steps=1_200_000,
            sentence="The published recipe, steadied by averaged weights.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings, self.scale = settings, int(settings.scale)
        if size < 16 or size % self.scale:
            near = max(16, round(size / self.scale) * self.scale)
            raise ValueError(f"Pictures of {size} pixels cannot be learnt ×{self.scale}. Try a size of {near}.")
        (self.name,) = inventory.names
        self.G = SRResNet(self.scale, settings.blocks, settings.width, norm=settings.norm, residual=settings.residual)
        self.D = TextureDiscriminator(settings.discriminator_width)
        initial.normal(self.D)

    @classmethod
    def missing_weights(cls, settings: MethodSettings) -> WeightsFile | None:
        """VGG19, where it would be looked with if it were there."""
        file = vgg.weights_file()
        wished = isinstance(settings, cls.Settings) and settings.perceptual == "auto" and settings.correct < 1
        if not wished or file.is_file():
            return None
        sentence = "Results can be sharper with the weights of VGG19, a network that knows photographs."
        return WeightsFile(sentence, str(file), vgg.BYTES, vgg.WEIGHTS)

    @classmethod
    def check_weights(cls, file: Path) -> None:
        """Whether φ can look with it."""
        vgg.VGGFeatures(file)

    @cached_property
    def _eyes(self) -> vgg.VGGFeatures | None:
        """φ, looked for once: at the first step, so that a missing file is told before hours are spent.

        Opening a trained model never asks for it.
        """
        file, wish = vgg.weights_file(), self.settings.perceptual
        wanted = wish == "vgg" or (wish == "auto" and file.is_file())
        return vgg.VGGFeatures(file) if wanted and self.settings.correct < 1 else None

    def take_on(self, settings: MethodSettings) -> None:
        """Play on by these settings; φ is looked for anew."""
        super().take_on(settings)
        self.__dict__.pop("_eyes", None)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Generator and discriminator."""
        return {"discriminator": (self.D,), "generator": (self.G,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator."""
        return (self.D,)

    def makers(self) -> dict[str, nn.Module]:
        """The generator."""
        return {"G": self.G}

    def descent(self, player: str) -> Descent:
        """Adam 1e-4 (0.9, 0.999), constant until the middle of the second stage."""
        s = self.settings
        late = (s.correct, s.late_rate)
        return Descent(s.learning_rate, (0.9, 0.999), constant=(1 + s.correct) / 2, late=late)

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """The truth holds the generator, so a discriminator that wins does no harm."""
        return Signs(discriminator="", fool="")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Discriminator, then generator."""
        (x,) = batch.images
        s, eyes = self.settings, self._eyes
        sharpening = progress >= s.correct
        made = self.G(reduced(x, self.scale))
        seen = len(x) if sharpening else -(-len(x) // 4)
        real, fake = self._judged(x[:seen], made[:seen].detach())
        d_loss = bce(real, 1.0) + bce(fake, 0.0)
        yield Turn({"discriminator": d_loss}, {"discriminator": d_loss.detach()})

        pixels = F.mse_loss(made, x)
        loss, terms = pixels, {"pixels": pixels.detach()}
        if sharpening:
            if eyes is not None:
                with torch.no_grad():
                    truth = eyes(x)
                loss = _VGG_SHARE * F.mse_loss(eyes(made), truth)
                terms["features"] = loss.detach()
            fool = bce(self._judged(x, made)[1], 1.0)
            loss = loss + s.adversarial * fool
            terms["fool"] = fool.detach()
        yield Turn({"generator": loss}, terms)

    def _judged(self, x: Tensor, made: Tensor) -> tuple[Tensor, ...]:
        # Together: batch norm of each alone would hide what tells them apart, the strength of their detail.
        judged: Tensor = self.D(torch.cat([x, made]))
        return judged.chunk(2)

    def routes(self) -> tuple[Route, ...]:
        """Small → large."""
        return (Route(target=self.name, source=self.name, scale=self.scale),)

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Enlarge (N, 3, H, W)."""
        out: Tensor = self.G(x)
        return out.clamp(-1, 1)

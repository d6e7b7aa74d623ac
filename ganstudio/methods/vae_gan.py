"""VAE-GAN: a variational auto-encoder whose likeness is judged by what a discriminator sees.

Larsen, Sønderby, Larochelle, Winther: "Autoencoding beyond pixels using a learned similarity metric", ICML 2016.
Pixels punish a stroke that moved a little as much as a missing one; the features of a discriminator do not. All three
networks move at once (algorithm 1), each down its own loss:

    encoder        β·KL(q(z|x) ‖ N(0, 1)) + L,     L = ½·Σ_features |F(x) − F(D(z))|²
    decoder        λ·L + (1 − λ)·(fool(D(z)) + fool(D(p)))
    discriminator  ½·BCE(J(x), 1) + ¼·BCE(J(D(z)), 0) + ¼·BCE(J(D(p)), 0)

Weights are those of the published code: λ 5e-5, and the real pictures weigh as much as both kinds of fakes; its L2 of
1e-5 is left out. There the decoder climbs the discriminator's loss; here it descends BCE(J(·), 1), which has the same
fixed points and does not saturate (Goodfellow et al., 2014).

That code also skips the update of the discriminator while it wins, and of the decoder while it loses, by a margin of
0.35 around a cost of 0.68. The turns of a step may not depend on the data, so a loss is multiplied by 0 or 1 instead.
RMSProp, here Adam without momentum, does not move down a loss of zero: the same standstill, but for the running size of
its gradients, which shrinks meanwhile.

Legend: x pictures, q(z|x) what the encoder E says, z a draw from it, p noise ~ N(0, 1), D the decoder, J the
discriminator, F what J sees on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganstudio.game import AdversarialSettings, Batch, Descent, Method, MethodSettings, Signs, Turn
from ganstudio.losses import bce, divergence, squared
from ganstudio.networks import initial
from ganstudio.networks.autoencoder import Decoder, FeatureDiscriminator, GaussianEncoder, drawn
from ganstudio.networks.chance import sent
from ganstudio.words.cards import Preset
from ganstudio.words.routes import Inventory, Needs, Route
from ganstudio.words.settings import setting

EQUILIBRIUM = 0.68  # Nats: what a discriminator that can hardly tell pays for a picture, log 2 and a little less.


class VAEGAN(Method):
    """Encoder, decoder and discriminator; see the module."""

    key = "vae-gan"
    title = "VAE-GAN"
    sentence = "Tells each picture in a few numbers as a VAE does, and paints it as sharply as a GAN."
    task = "reconstruction and generation"
    needs = Needs.FOLDER
    alike = 3  # A picture and its rebuilt one are compared as the discriminator sees them.
    any_size = False

    @dataclass(frozen=True, slots=True)
    class Settings(AdversarialSettings):
        """The published values are the defaults; the networks are DCGAN's stacks."""

        learning_rate: float = setting(3e-4, help="How big each correction is.", low=1e-7, high=0.1)
        beta: float = setting(
            1.0,
            help="Order against likeness: more gives surer new pictures, less gives more faithful rebuilt ones.",
            low=0,
            high=1e6,
        )
        likeness: float = setting(
            5e-5, help="Generator's share for likeness; the rest of its attention goes to looking real.", low=0, high=1
        )
        lead: float = setting(
            0.35,
            help="How far generator and discriminator may lead before the leader waits; 1000 never waits.",
            unit="nats",
            low=0,
            high=1000,
        )
        noise: int = setting(128, help="How many numbers tell a picture.", low=1, high=1024)
        width: int = setting(
            64, help="Breadth of encoder and generator; half is four times quicker.", unit="channels", low=4, high=256
        )
        discriminator_width: int = setting(64, help="Breadth of the discriminator.", unit="channels", low=4, high=256)

    presets: ClassVar[Mapping[str, Preset]] = {
        "quick": Preset(
            size=32,
            batch=64,
            steps=500,
            sentence="A first impression in minutes, small pictures.",
            # A discriminator of these pictures sees a quarter as much as the published one, in far fewer steps.
            settings={
                "learning_rate": 1e-3,
                "beta": 5.0,
                "likeness": 1e-3,
                "flip": False,
                "width": 32,
                "discriminator_width": 32,
                "noise": 16,
                "average": 0.99,
            },
        ),
        "balanced": Preset(
            size=64, batch=64, epochs=200, sentence="Good results overnight.", settings={"average": 0.999}
        ),
        "best": Preset(
            size=64,
            batch=64,
            epochs=600,
            sentence="The published recipe, steadied by averaged weights, and patience.",
            settings={"average": 0.999},
        ),
    }

    settings: Settings

    def __init__(self, settings: Settings, inventory: Inventory, size: int) -> None:
        super().__init__()
        self.settings = settings
        (self.name,) = inventory.names
        self.size = size
        self.E = GaussianEncoder(size, settings.noise, settings.width)
        self.D = Decoder(size, settings.noise, settings.width)
        self.J = FeatureDiscriminator(size, settings.discriminator_width)
        initial.normal(self)

    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Each network descends its own loss."""
        return {"encoder": (self.E,), "decoder": (self.D,), "discriminator": (self.J,)}

    def discriminators(self) -> tuple[nn.Module, ...]:
        """The discriminator, where it looks."""
        return (self.J.looking,)

    def makers(self) -> dict[str, nn.Module]:
        """The decoder draws; encoder and decoder rebuild."""
        return {"E": self.E, "D": self.D}

    def descent(self, player: str) -> Descent:
        """RMSProp 3e-4, which is Adam with betas (0, 0.9), constant and then linearly to zero."""
        return Descent(rate=self.settings.learning_rate, betas=(0.0, 0.9))

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003
        """Two ways of fooling are summed."""
        return Signs(guessing=math.log(2), pleased=2 * math.log(2), content="error", faithful="likeness")

    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """One turn: all three move at once."""
        (x,) = batch.images
        s = self.settings
        mean, log_variance = self.E(x)
        z = drawn(mean, log_variance)
        p = sent(torch.randn(z.shape), z.device)
        rebuilt, imagined = self.D(torch.cat([z, p])).chunk(2)
        # One look at all, so that batch norm measures real and fake with the same rule.
        features = self.J.look(torch.cat([x, rebuilt, imagined]))
        real, judged_rebuilt, judged_imagined = self.J.judge(features).chunk(3)
        seen, seen_again, _ = features.chunk(3)

        nats = divergence(mean, log_variance)
        likeness = 0.5 * squared(seen_again, seen)
        right = bce(real, 1.0)
        caught = 0.5 * (bce(judged_rebuilt, 0.0) + bce(judged_imagined, 0.0))
        fool = bce(judged_rebuilt, 1.0) + bce(judged_imagined, 1.0)
        decoder_moves, discriminator_moves = moving(right.detach(), caught.detach(), s.lead)
        d_loss = 0.5 * (right + caught)
        yield Turn(
            {
                "encoder": s.beta * nats + likeness,
                "decoder": decoder_moves * (s.likeness * likeness + (1 - s.likeness) * fool),
                "discriminator": discriminator_moves * d_loss,
            },
            {
                "error": squared(rebuilt.detach(), x),
                "divergence": nats.detach(),
                "likeness": likeness.detach(),
                "fool": fool.detach(),
                "discriminator": d_loss.detach(),
            },
        )

    def routes(self) -> tuple[Route, ...]:
        """Noise → pictures, and a picture rebuilt."""
        return Route(target=self.name), Route(target=self.name, source=self.name, side=self.size)

    def noise_width(self, route: Route) -> int:
        """Width of the latent for the generating route."""
        return self.settings.noise if route.source is None else 0

    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generate from noise (N, Z), or rebuild (N, 3, size, size) from the middle of what the encoder says."""
        out: Tensor = self.D(x if route.source is None else self.E(x)[0])
        return out


def moving(right: Tensor, caught: Tensor, margin: float) -> tuple[Tensor, Tensor]:
    """1 or 0 for decoder and discriminator: whether each moves, () float32 on the device of its costs.

    Args:
        right: The discriminator's cost on real pictures in nats, ().
        caught: Its cost on fakes in nats, ().
        margin: How far either may be from EQUILIBRIUM.
    """
    winning = (right < EQUILIBRIUM - margin) | (caught < EQUILIBRIUM - margin)
    losing = (right > EQUILIBRIUM + margin) | (caught > EQUILIBRIUM + margin)
    # When both hold, both move, as published: one must.
    return (~losing | winning).float(), (~winning | losing).float()

"""Playground: the first GAN on points, slowly enough to be watched, beside what its theory says.

The game is the catalogue's own; only the networks are small and the data are points whose density is known, so the
best discriminator p_data / (p_data + p_g) can be shown beside the one that is learnt.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.chance import Chance
from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.gan import GAN, PointGAN
from ganstudio.words.events import Command, Sample, Stop
from ganstudio.words.playground import DATA, FORMS, REACH, Ground, Mixture
from ganstudio.words.settings import unknown

ENDLESS = 10**9  # Steps: the learning rate never falls.
SHOWN = 500  # Points of each kind.
MEASURED = 2000  # Points of each kind that V and the densities are measured on.
SOWN = 1000  # Made points that their density is estimated from.
PLACES = {1: 241, 2: 41}  # Along each axis.
SECONDS_BETWEEN = 1 / 15


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the game stands; arrays are float32.

    Attributes:
        step: Steps played.
        real: Points of the data, (500, D).
        fake: Points of the generator, (500, D).
        places: Coordinates along each axis, (R,).
        judged: D there: (R,) in one dimension, (R, R) in two, indexed [y, x].
        best: The best D there against this generator.
        data_density: p_data there.
        fake_density: p_g there.
        value: V(D, G), natural logarithms.
        judged_real: Mean D on real points.
        judged_fake: Mean D on made points.
    """

    step: int
    real: NDArray[np.float32]
    fake: NDArray[np.float32]
    places: NDArray[np.float32]
    judged: NDArray[np.float32]
    best: NDArray[np.float32]
    data_density: NDArray[np.float32]
    fake_density: NDArray[np.float32]
    value: float
    judged_real: float
    judged_fake: float


def play(ground: Ground) -> Generator[Snapshot | None, Command | None, None]:
    """Play for ever: a snapshot at the start, then one step a pull, with a snapshot 15 times a second.

    At most a third of the time goes into snapshots. `Sample` asks for one after the next step, `Stop` ends the game.

    Raises:
        ValueError: There are no such data or no such form.
    """
    if ground.data not in DATA:
        raise ValueError(unknown("data", ground.data, DATA))
    if ground.form not in FORMS:
        raise ValueError(unknown("form", ground.form, FORMS))
    game = _Game(ground)
    command = yield game.snapshot(0)
    step, due = 0, 0.0
    while command != Stop():
        game.step(step)
        step += 1
        shown: Snapshot | None = None
        if command == Sample() or time.monotonic() >= due:
            began = time.monotonic()
            shown = game.snapshot(step)
            ended = time.monotonic()
            due = ended + max(SECONDS_BETWEEN, 2 * (ended - began))  # Most of the time is for playing.
        command = yield shown


class _Game:
    """Networks, chance and the places that are looked at."""

    def __init__(self, ground: Ground) -> None:
        self._data, self._batch = DATA[ground.data], ground.batch
        self._chance = Chance(ground.seed, torch.device("cpu"))
        self._looking = Chance(ground.seed + 1, torch.device("cpu"))  # Looking on changes nothing of the game.
        settings = GAN.Settings(
            form=ground.form,
            discriminator_steps=ground.discriminator_steps,
            learning_rate=ground.learning_rate,
            noise=8,
            width=64,
            discriminator_width=32,
            pieces=3,
            dropout=0.0,
        )
        with self._chance:
            self.method = PointGAN(settings, self._data.dimensions)
        self._descending = Descending(self.method, ENDLESS)
        axis = torch.linspace(-REACH, REACH, PLACES[self._data.dimensions])
        self._axis = axis
        grid = torch.meshgrid(*[axis] * self._data.dimensions, indexing="ij")
        self._places = torch.stack(grid[::-1], dim=-1).flatten(0, -2)  # x first, the last axis of the picture.

    def step(self, number: int) -> None:
        """Play one step."""
        with self._chance:
            batch = Batch((draw(self._data, self._batch * self.method.draws),))
            self._descending.step(batch, number)

    def snapshot(self, step: int) -> Snapshot:
        """Look at everything."""
        with self._looking, torch.inference_mode():
            real = draw(self._data, MEASURED)
            fake = self.method.G(torch.randn(MEASURED, self.method.settings.noise))
            of_real, of_fake = self.method.D(real), self.method.D(fake)
            judged = self.method.D(self._places).sigmoid()
            sown = fake[:SOWN]
            blur = _blur(sown)
            data_density = density(self._data, self._places, blur)
            fake_density = _bells(self._places, sown, blur)
            best = data_density / (data_density + fake_density).clamp(min=torch.finfo(torch.float32).tiny)
            shape = (len(self._axis),) * self._data.dimensions
            return Snapshot(
                step=step,
                real=real[:SHOWN].numpy(),
                fake=fake[:SHOWN].numpy(),
                places=self._axis.numpy(),
                judged=judged.view(shape).numpy(),
                best=best.view(shape).numpy(),
                data_density=data_density.view(shape).numpy(),
                fake_density=fake_density.view(shape).numpy(),
                value=float(-(F.softplus(-of_real).mean() + F.softplus(of_fake).mean())),
                judged_real=float(of_real.sigmoid().mean()),
                judged_fake=float(of_fake.sigmoid().mean()),
            )


def draw(data: Mixture, count: int) -> Tensor:
    """`count` points of the data, (count, D), from the global chance."""
    centres = torch.tensor(data.centres)
    return centres[torch.randint(len(centres), (count,))] + data.deviation * torch.randn(count, data.dimensions)


def density(data: Mixture, places: Tensor, blur: float = 0.0) -> Tensor:
    """p_data at (P, D) places, (P,); `blur` is the deviation of a Gaussian that it is smoothed with."""
    return _bells(places, torch.tensor(data.centres), math.hypot(data.deviation, blur))


def _bells(places: Tensor, centres: Tensor, deviation: float) -> Tensor:
    """Density of Gaussians of equal weight, at (P, D) places."""
    dimensions = places.shape[1]
    far = torch.cdist(places, centres).square_()
    bells = torch.exp_(far.mul_(-0.5 / deviation**2)).mean(dim=1)
    return bells / (math.sqrt(2 * math.pi) * deviation) ** dimensions


def _blur(points: Tensor) -> float:
    """How wide a Gaussian around each point shows their density best.

    Source: Silverman, "Density Estimation for Statistics and Data Analysis", 1986, equation 3.30, halved because
    several bells are more likely here than one.
    """
    count, dimensions = points.shape
    spread = float(points.std(dim=0).mean())
    return max(0.5 * spread / math.pow(count, 1 / (dimensions + 4)), 0.02)

"""The contract between a method and everything else: Batch in, Turns out, Routes to make pictures by.

A method never touches an optimizer, a device, autocast or ranks. It yields losses; the trainer descends them; the
method's next line runs after that update.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from torch import Tensor, nn

from ganstudio.words.cards import MethodCard, Preset, WeightsFile
from ganstudio.words.routes import Needs, Route
from ganstudio.words.settings import describe, setting


@dataclass(frozen=True, slots=True)
class Batch:
    """One draw of training data, on the device.

    Attributes:
        images: Domain index → (N, 3, size, size) float32 in [-1, 1]; pairs have the same index in both domains.
        labels: (N,) int64, class of each picture of domain 0; None without classes.
        captions: (N, 32) int64, words of each picture of domain 0, from 1 on, and 0 behind the last; None without.
    """

    images: tuple[Tensor, ...]
    labels: Tensor | None = None
    captions: Tensor | None = None

    def parts(self, count: int) -> tuple[Batch, ...]:
        """`count` batches of equal size, for a game that wants fresh pictures for some of its turns."""
        images = zip(*(image.chunk(count) for image in self.images), strict=True)
        labels = self.labels.chunk(count) if self.labels is not None else (None,) * count
        captions = self.captions.chunk(count) if self.captions is not None else (None,) * count
        return tuple(Batch(*part) for part in zip(images, labels, captions, strict=True))


@dataclass(frozen=True, slots=True)
class Turn:
    """The losses of the players who move at once.

    A sum of losses that share no pictures is told in pieces: what a piece remembers is let go of before the method
    plays the next one, and the sum of their gradients is the gradient of their sum. Losses and terms of one name are
    summed over the pieces.

    Attributes:
        losses: Player → () float32, what that player descends.
        terms: Curve name → () float32, for the curves; they stay on the device until someone looks.
        more: Whether this is a piece, and the next one belongs to the same turn; nobody moves between them.
    """

    losses: Mapping[str, Tensor]
    terms: Mapping[str, Tensor] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class Descent:
    """How one player descends: Adam, and a rate that is constant and then falls linearly to zero.

    Attributes:
        rate: Learning rate of the constant part.
        betas: Adam's decay rates.
        constant: Share of all steps before the rate begins to fall; 1 never falls.
        decay: Share of each weight in its gradient (L2 regularisation).
        clip: Largest norm of all gradients of the player together; 0 clips nothing.
        late: From this share of the run on, and how many times the rate is then what it would be.
    """

    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    constant: float = 0.5
    decay: float = 0.0
    clip: float = 0.0
    late: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class MethodSettings:
    """What every method lets one set. A method's own settings extend this class and may change its defaults."""

    learning_rate: float = setting(2e-4, help="How big each correction is.", low=1e-7, high=0.1)
    average: float = setting(
        0.0,
        help="Share of the past kept in the averaged weights that translate; 0 uses the last weights, as published.",
        low=0,
        high=0.99999,
    )
    flip: bool = setting(
        True, help="Mirror half of the training pictures; turn off for text, digits or faces in profile."
    )
    fit: str = setting(
        "cover",
        help=(
            "How a picture meets the training size: cover scales its short side and crops, keeping the shape; "
            "native only crops; squash ignores the shape, as the published recipe does."
        ),
        choices=("cover", "native", "squash"),
    )
    margin: float = setting(
        1.1172,
        help="Pictures are scaled to this many times the training size before the random crop (286/256 as published).",
        low=1,
        high=4,
    )


@dataclass(frozen=True, slots=True)
class AdversarialSettings(MethodSettings):
    """What every method with discriminators of pictures lets one set as well."""

    augment: str = setting(
        "none",
        help=(
            "For few pictures, so that a discriminator cannot learn them by heart: gentle shows them to it shifted and "
            "with a patch hidden, strong in other colours as well."
        ),
        choices=("none", "gentle", "strong"),
    )
    discriminators_first: int = setting(
        0,
        help=(
            "Steps at the beginning in which the generators stay as they are and only the discriminators learn; for "
            "training on from a model whose discriminators are new."
        ),
        unit="steps",
        low=0,
        high=1_000_000,
    )


@dataclass(frozen=True, slots=True)
class Signs:
    """How to read the curves of a method: which of them tell who is winning, and which setting turns what.

    Attributes:
        discriminator: Curve of what the discriminators descend; empty where it does not tell who is winning.
        guessing: Value of `discriminator` when every judgement is a guess; by default that of two cross-entropies.
        fool: Curve of what the generators descend to please the discriminators; empty where it does not tell either.
        pleased: Value of `fool` when every judgement is a guess.
        content: Curve of how much of a picture is lost on its way; empty where none goes in.
        faithful: Setting that weighs how much of a picture must survive; empty where there is none.
    """

    discriminator: str = "discriminator"
    guessing: float = 2 * math.log(2)
    fool: str = "fool"
    pleased: float = math.log(2)
    content: str = ""
    faithful: str = ""


class Method(nn.Module, ABC):
    """Networks + game + routes. Every parameter belongs to exactly one player.

    Rules: no context manager spans a `yield`; number and order of turns do not depend on the data; no `.item()`.

    Args:
        settings: An instance of the class's `Settings`.
        inventory: The domains and classes found; decides names and numbers of networks.
        size: Side of the training pictures in pixels.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    task: ClassVar[str]
    needs: ClassVar[Needs]
    presets: ClassVar[Mapping[str, Preset]]
    Settings: ClassVar[type[MethodSettings]] = MethodSettings
    any_size: ClassVar[bool] = True
    """Whether its networks are the same at every size; a generator's depth goes with its size."""
    alike: ClassVar[int] = 1
    """In how many equal parts of what a discriminator is shown the `augment` setting makes the same changes."""
    apart: ClassVar[bool] = False
    """Whether its losses are means over pictures that know nothing of each other, so that a batch may be played in
    parts. Batch norm in its networks is noticed without this."""
    together: bool = True
    """Whether pictures that one network sees go through it in one call, which a card does quicker. Where that wins
    nothing, a method may play them one after the other, which remembers less at a time."""
    settings: MethodSettings

    @property
    def draws(self) -> int:
        """How many times the batch size one step draws; more than 1 for a game that plays with `batch.parts`."""
        return 1

    @abstractmethod
    def players(self) -> dict[str, tuple[nn.Module, ...]]:
        """Player → the networks that descend its loss."""

    def discriminators(self) -> tuple[nn.Module, ...]:
        """Networks that are shown pictures, real and made, and that see them changed when `augment` asks for it."""
        return ()

    @abstractmethod
    def makers(self) -> dict[str, nn.Module]:
        """Published name ("G_A") → each network that `make` uses: what a model file holds."""

    @abstractmethod
    def descent(self, player: str) -> Descent:
        """How `player` descends."""

    def take_on(self, settings: MethodSettings) -> None:
        """Go on with these settings, which build the same networks; the trainer then asks for `descent` again."""
        self.settings = settings

    @abstractmethod
    def turns(self, batch: Batch, progress: float) -> Iterator[Turn]:
        """Play one step; `progress` in [0, 1] is the share of the run that is done."""

    @abstractmethod
    def routes(self) -> tuple[Route, ...]:
        """What it can make, the main one first."""

    @abstractmethod
    def make(self, route: Route, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Translate, generate or tell classes apart.

        Args:
            route: One of `routes()`.
            x: (N, 3, H, W) float32 in [-1, 1], H and W multiples of `route.multiple`, or both `route.side`; for a
                generator noise (N, Z), standard normal.
            condition: (N,) int64 classes for a route with labels, (N, 32) int64 words for one with words.

        Returns:
            (N, 3, H·scale, W·scale) float32 in [-1, 1]; for a route with answers (N, answers) probabilities.
        """

    def noise_width(self, route: Route) -> int:
        """Z of the noise that `make` takes for a generating route; 0 for a translation."""
        return 0

    @classmethod
    def signs(cls, settings: MethodSettings, domains: int) -> Signs:  # noqa: ARG003  Some need them.
        """How the coach reads its curves, by these settings and for so many domains."""
        return Signs()

    @classmethod
    def missing_weights(cls, settings: MethodSettings) -> WeightsFile | None:  # noqa: ARG003  Most have none.
        """The file of weights that would improve its results and is missing; None for a method without any."""
        return None

    @classmethod
    def check_weights(cls, file: Path) -> None:  # noqa: ARG003  As above.
        """Check that a file is the one that `missing_weights` asks for.

        Raises:
            ValueError: It holds something else.
        """
        raise ValueError(f"{cls.title} takes no file of weights.")

    @classmethod
    def all_presets(cls) -> Mapping[str, Preset]:
        """Its presets, and the one for low memory that follows from them."""
        if "balanced" not in cls.presets:
            return cls.presets
        return {**cls.presets, "low-memory": cls.presets["balanced"].for_low_memory(any_size=cls.any_size)}

    @classmethod
    def card(cls) -> MethodCard:
        """What the window and the command line show of it."""
        return MethodCard(
            key=cls.key,
            title=cls.title,
            sentence=cls.sentence,
            task=cls.task,
            needs=cls.needs,
            settings=describe(cls.Settings),
            presets=cls.all_presets(),
            shareable=cls.apart,
        )

"""Cards: what the window and the command line show of a method or a model without loading it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from ganstudio.words.events import Scored
from ganstudio.words.routes import Needs, Route
from ganstudio.words.settings import SettingCard, Value

Origin: TypeAlias = Literal["trained", "imported", "blended", "lightened"]

SMALLEST = 64
"""Pixels; smaller pictures save no memory worth the loss."""

LONGEST_NAME = 200
"""Letters that are read of a name in a file, which may come from anybody."""

FEWEST = 16
"""Pictures in a batch of a method that needs several."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named starting point: how big, how long, and which settings differ from the published ones.

    Attributes:
        size: Side of the training pictures in pixels.
        batch: Pictures of each domain in one step.
        steps: Steps to train; 0 when `epochs` counts instead.
        epochs: Passes over the larger folder.
        settings: What differs from the method's defaults.
        sentence: When to choose it, in the artist's words.
    """

    size: int
    batch: int
    sentence: str
    steps: int = 0
    epochs: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)

    def steps_for(self, pictures: int) -> int:
        """Steps to train when the larger domain has `pictures` pictures."""
        return self.steps or max(1, self.epochs * -(-pictures // self.batch))

    def for_low_memory(self, *, any_size: bool) -> Preset:
        """The same for a graphics card of 4 GB: pictures of half the side, and few of them at once.

        Args:
            any_size: Whether the networks stay the same at another size; else the size stays.
        """
        size = max(min(self.size, SMALLEST), self.size // 2) if any_size else self.size
        # Norms over a batch need company; those over one picture do not.
        batch = max(FEWEST, self.batch // 4) if self.batch > FEWEST else 1
        return replace(self, size=size, batch=batch, sentence="For laptops and graphics cards of 4 GB.")


@dataclass(frozen=True, slots=True)
class MethodCard:
    """One entry of the catalogue.

    Attributes:
        key: Its name on the command line and in recipes, such as "cyclegan".
        title: Its name in the window.
        sentence: What it does, in one sentence for an artist.
        task: "two-way translation", "conditional generation", …
        needs: The folders it trains on.
        settings: All its settings.
        presets: "quick", "balanced", "best", "low-memory".
        shareable: Whether several graphics cards can play a step together.
    """

    key: str
    title: str
    sentence: str
    task: str
    needs: Needs
    settings: tuple[SettingCard, ...]
    presets: Mapping[str, Preset]
    shareable: bool = False


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of weights, trained and published by others, that a method does better with and also works without.

    Attributes:
        sentence: What is better with it, for an artist.
        place: Where it belongs.
        file_bytes: Its size.
        source: Address at which it is published. GAN Studio never asks for it there.
    """

    sentence: str
    place: str
    file_bytes: int
    source: str

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.place).name


@dataclass(frozen=True, slots=True)
class Remarks:
    """What an artist says of a model; it travels with the model and can be changed at any time.

    Attributes:
        notes: Free text of any number of lines.
        stars: How much it is liked, 0 to 5.
        licence: Under which licence it may be used, such as "CC BY 4.0"; empty while nobody was asked.
        unread: Whether it could not be read: what is made of this must not be written in its place.
    """

    notes: str = ""
    stars: int = 0
    licence: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Lightness:
    """What was measured of a light model beside the full one that it learnt from, on pictures that it did not learn.

    Attributes:
        full: The artist's name for the full model.
        multiply_adds: Of the light and of the full generator, for one square picture of `side`.
        seconds: The same for the time that such a picture takes, both measured in turns.
        psnr: How near its pictures are to the full one's, in dB; the mean over pictures.
        difference: How far a number of a pixel is from the full one's in the mean, of 255.
        pictures: Held-out pictures that were painted by both.
        side: Pixels of a side.
        device: Title of what it was measured on.
    """

    full: str
    multiply_adds: tuple[float, float]
    seconds: tuple[float, float]
    psnr: float
    difference: float
    pictures: int
    side: int
    device: str

    @property
    def fewer(self) -> float:
        """How many times fewer multiply-adds it takes than the full one."""
        return self.multiply_adds[1] / self.multiply_adds[0]

    @property
    def faster(self) -> float:
        """How many times as fast it is as the full one."""
        return self.seconds[1] / self.seconds[0]

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        pictures = "1 held-out picture" if self.pictures == 1 else f"{self.pictures} held-out pictures"
        return (
            f"light, of {self.full}: {self.fewer:.3g}x fewer multiply-adds and {self.faster:.2g}x as fast at "
            f"{self.side}x{self.side} pixels ({self.device}); {self.psnr:.1f} dB to the full one, "
            f"{self.difference:.1f} of 255 apart in the mean, on {pictures}"
        )

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` made of it, also after JSON.

        Raises:
            ValueError: It is something else.
        """
        try:
            ours, full = (float(number) for number in table["multiply_adds"])
            mine, theirs = (float(number) for number in table["seconds"])
            numbers = float(table["psnr"]), float(table["difference"])
            told = cls(
                str(table["full"])[:LONGEST_NAME],
                (ours, full),
                (mine, theirs),
                *numbers,
                int(table["pictures"]),
                int(table["side"]),
                str(table["device"])[:LONGEST_NAME],
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"Not a light model's figures: {error!r}.") from error
        sane = all(0 < number < math.inf for number in (ours, full, mine, theirs))
        if not sane or not all(map(math.isfinite, numbers)):
            raise ValueError("Not a light model's figures: out of bounds.")
        return told


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What one model file says of itself.

    Attributes:
        path: The model file, or the run folder it was found in.
        name: The artist's name for it.
        method: Key of its method.
        routes: What it can make.
        size: Side of the pictures it was trained on, in pixels.
        step: Steps it was trained.
        steps: Steps its run asked for.
        created: When its weights were written, seconds since 1970.
        file_bytes: Size of the weights on disk.
        pictures: Training pictures by domain.
        scored: The newest scores of its run when it was written; None without any.
        remarks: What the artist says of it.
        origin: "trained" here, "imported" from another program, "blended" from other models, or "lightened": small,
            and taught by a full one.
        parents: Names of the models it was blended from or went on from; empty for most.
        samples: Small pictures of what it makes, as WebP or PNG bytes, before and after side by side.
        light: What a light model loses and gains; None for all others.
    """

    path: str
    name: str
    method: str
    routes: tuple[Route, ...]
    size: int
    step: int
    steps: int
    created: float
    file_bytes: int
    pictures: Mapping[str, int]
    scored: Scored | None = None
    remarks: Remarks = Remarks()
    origin: Origin = "trained"
    parents: tuple[str, ...] = ()
    samples: tuple[bytes, ...] = field(default=(), repr=False)
    light: Lightness | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file of another program would be imported as.

    Attributes:
        name: A name for the model.
        method: Key of the method whose networks they are.
        sentence: What was found, for an artist.
        routes: What the model will be able to make, the main one first.
        files: Names of the files that become this one model, the one that was asked about first.
        averaged: Whether it norms pictures by averages of its training, and could norm each by itself instead.
    """

    name: str
    method: str
    sentence: str
    routes: tuple[Route, ...]
    files: tuple[str, ...]
    averaged: bool = False

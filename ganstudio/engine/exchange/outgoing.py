"""Outgoing: one route of a model as it leaves for other programs: what goes in, what comes out, what to try it on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.export import Dim

from ganstudio.engine.models import modelfile
from ganstudio.engine.models.painting import Imagining, Painting, Telling, network
from ganstudio.game import Method
from ganstudio.runs.model import card
from ganstudio.words.captions import LONGEST
from ganstudio.words.cards import ModelCard
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Route

Made: TypeAlias = Callable[..., NDArray[Any]]
"""What another program makes of a route's inputs."""

TOLERANCE = 1e-3  # What counts as no difference, of 255.


class Numbers(nn.Module):
    """A route in the network's own numbers: (N, 3, H, W) float32 in [-1, 1] instead of bytes."""

    def __init__(self, way: Painting | Imagining | Telling) -> None:
        super().__init__()
        self.way = way

    def forward(self, first: Tensor, condition: Tensor | None = None) -> Tensor:
        """Go the route with a picture, or with noise and what is asked."""
        return self.way.paint(first, condition) if isinstance(self.way, Imagining) else self.way.paint(first)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A model and the route that is exported.

    Attributes:
        card: What the model says of itself.
        method: Its networks.
        recipe: What they were built by.
        inventory: What they were built for.
        route: The route.
        floating: Whether numbers from -1 to 1 go in and out instead of bytes.
    """

    card: ModelCard
    method: Method
    recipe: Recipe
    inventory: Inventory
    route: Route
    floating: bool = False

    @classmethod
    def open(cls, model: Path, choose: Callable[[Method, ModelCard, Inventory], Route], *, floating: bool) -> Outgoing:
        """Open a model, and the route of it that `choose` picks.

        Raises:
            ValueError: Not a model, or no such route.
        """
        method, recipe, inventory, _ = modelfile.open_method(model)
        told = card(model)
        return cls(told, method, recipe, inventory, choose(method, told, inventory), floating)

    def whole(self, method: Method | None = None) -> nn.Module:
        """The route from its inputs to its output, through these networks or those of another method like it."""
        kind: type[Painting | Imagining | Telling] = Telling if self.route.answers else Painting
        way = (Imagining if self.route.source is None else kind)(method or self.method, self.route)
        return (Numbers(way) if self.floating else way).eval()

    def inputs(self) -> Mapping[str, dict[int, Dim]]:
        """Name of each input, and which of its sides are free."""
        pictures = Dim("pictures", min=1)
        if self.route.source is not None:
            first = 2 if self.floating else 1
            return {"picture": {0: pictures, first: Dim("height", min=1), first + 1: Dim("width", min=1)}}
        asked = {"label": {0: pictures}} if self.route.labels else {}
        return {"noise": {0: pictures}} | asked | ({"caption": {0: pictures}} if self.route.words else {})

    def output(self) -> str:
        """Name of the output."""
        if self.route.answers:
            return "probabilities"
        return "picture" if self.route.source is None else "translation"

    def examples(self, size: tuple[int, int], count: int) -> tuple[Tensor, ...]:
        """Inputs to trace and to check with, always the same ones; `size` is (height, width) in pixels."""
        random = torch.Generator().manual_seed(0)
        if self.route.source is None:
            noise = torch.randn(count, self.method.noise_width(self.route), generator=random)
            if self.route.words:
                words = torch.randint(1, len(self.route.words) + 1, (count, LONGEST), generator=random)
                return noise, words * (torch.arange(LONGEST) < LONGEST // 4)
            return (noise, torch.arange(count) % len(self.route.labels)) if self.route.labels else (noise,)
        scene = _scene(size, count, random)
        return (network(scene) if self.floating else scene,)

    def difference(self, made: Made, size: tuple[int, int]) -> int:
        """Largest difference, of 255, between our pictures and those of `made`; two of them, `size` (height, width).

        Probabilities count as shares of 255, numbers from -1 to 1 as the bytes they stand for.
        """
        inputs = self.examples(size, 2)
        with torch.inference_mode():
            ours = self.whole()(*inputs).numpy()
        theirs = made(*(value.numpy() for value in inputs))
        if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
            return 255
        whole = 1.0 if ours.dtype == np.uint8 else 255.0 if self.route.answers else 127.5
        apart = np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max() * whole
        return int(np.ceil(apart - TOLERANCE)) if np.isfinite(apart) else 255

    def facts(self) -> dict[str, str]:
        """What an exported graph says of itself."""
        return {
            "name": self.card.name,
            "method": self.recipe.method,
            "domains": json.dumps(self.inventory.names),
            "route": self.route.title,
            "labels": json.dumps(self.route.labels),
            "words": json.dumps(self.route.words),
            "answers": json.dumps(self.route.answers),
            "numbers": "-1 to 1, NCHW" if self.floating else "0 to 255, NHWC",
            "size": str(self.recipe.size),
            "step": str(self.card.step),
            "licence": self.card.remarks.licence,
        }


def made_by(whole: nn.Module) -> Made:
    """A module of torch as something to compare with."""

    def made(*inputs: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            picture: NDArray[Any] = whole(*map(torch.from_numpy, inputs)).numpy()
        return picture

    return made


def _scene(size: tuple[int, int], count: int, random: torch.Generator) -> Tensor:
    """Pictures with smooth colour, hard edges and grain; (count, height, width, 3) uint8."""
    height, width = size
    down = torch.linspace(0, 1, height)[None, :, None, None]
    right = torch.linspace(0, 1, width)[None, None, :, None]
    colour = torch.rand(count, 1, 1, 3, generator=random)
    bars = ((right * 5).floor() % 2) * 0.3
    grain = torch.rand(count, height, width, 3, generator=random) * 0.3
    return ((down * colour + bars + grain).clamp(0, 1) * 255).to(torch.uint8)

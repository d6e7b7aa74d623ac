"""Translator: a trained model at work. Picture in, picture or class out; or noise in, picture out."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ganstudio.engine import devices
from ganstudio.engine.any_size import spill
from ganstudio.engine.any_size.ways import Into, Way, Ways, allowed, allowed_in_parts
from ganstudio.engine.faults import TooLarge
from ganstudio.engine.faults import kind as fault
from ganstudio.engine.models import modelfile, routing
from ganstudio.engine.models.asking import Asked, ask, chance, on_the_way
from ganstudio.engine.models.fingerprint import fingerprint
from ganstudio.engine.models.painting import Imagining, Painting, Telling, colours, heaviness, numbers
from ganstudio.engine.translating.arithmetic import exactly, give_back
from ganstudio.engine.translating.together import MOST, Begun, begin, seen_size
from ganstudio.game import Method
from ganstudio.pictures.blending import blended, read_mask
from ganstudio.pictures.writing.enlarging import enlarged
from ganstudio.runs import model
from ganstudio.words.cards import ModelCard
from ganstudio.words.look import QUALITIES, Look, Quality
from ganstudio.words.recipe import PRECISIONS
from ganstudio.words.routes import Inventory, Route, Verb
from ganstudio.words.settings import unknown
from ganstudio.words.works import finished

T = TypeVar("T")

AT_ONCE = 256 * 256
"""Pixels up to which a picture is a moment's work on a graphics card, and no pause is wanted in it."""


class Translator:
    """A model on a device, ready to make pictures; one picture at a time, so that company changes nothing.

    Args:
        card: What the model says of itself.
        method: In evaluation mode, its makers on `device`.
        inventory: Its domains.
        device: Where the arithmetic runs.
        bf16: Compute in bfloat16: quicker, and single pixels move by up to 9 of 255.
        memory: Bytes of working memory to stay within; None for a sensible share of what is free.
        quality: "fast" translates what is too large for `memory` by the statistics of a small copy.
    """

    def __init__(
        self,
        card: ModelCard,
        method: Method,
        inventory: Inventory,
        device: torch.device,
        *,
        bf16: bool = False,
        memory: int | None = None,
        quality: Quality = "exact",
    ) -> None:
        self.card = card
        self.device = device
        self.memory, self.quality = memory, quality
        self._method, self._inventory, self._bf16 = method, inventory, bf16
        self._paintings: dict[Route, Painting | Telling] = {}
        self._imaginings: dict[Route, Imagining] = {}
        self._bytes: dict[Route, float] = {}
        self._ways: dict[Route, Ways] = {}

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        device: str = "auto",
        precision: str = "fp32",
        memory: int | None = None,
        quality: Quality = "exact",
    ) -> Translator:
        """Open a run folder or a model file.

        Args:
            path: The model.
            device: "auto", "cpu", "cuda" or "mps".
            precision: "fp32", "bf16", or "auto", which is fp32.
            memory: As for the class.
            quality: As for the class.

        Raises:
            ValueError: Not a model, no such device or quality, or no such precision there.
        """
        if quality not in QUALITIES:
            raise ValueError(unknown("quality", quality, QUALITIES))
        if precision not in PRECISIONS:
            raise ValueError(unknown("precision", precision, PRECISIONS))
        place = devices.choose(device)
        if precision == "bf16" and place.type == "cuda" and not torch.cuda.is_bf16_supported():
            raise ValueError(f"{devices.title(place)} cannot compute in bf16. Use --precision auto.")
        spill.clear()
        method, _, inventory, _ = modelfile.open_method(path)
        for network in method.makers().values():
            network.to(place)
        return cls(model.card(path), method, inventory, place, bf16=precision == "bf16", memory=memory, quality=quality)

    @cached_property
    def seal(self) -> str:
        """A checksum of its weights, for pictures that say what made them."""
        return fingerprint(self._method)

    @property
    def precision(self) -> str:
        """What it computes in, "fp32" or "bf16"."""
        return "bf16" if self._bf16 else "fp32"

    @property
    def routes(self) -> tuple[Route, ...]:
        """What it can make, the main one first: a model may hold only some of its method's makers."""
        return self.card.routes

    def route(self, to: str | None, verb: Verb | None = None) -> Route:
        """The route that ends in the domain `to`, by name, title or letter (A, B, …); the main one for None.

        Args:
            to: Where it ends.
            verb: What one wants to do; None allows all.

        Raises:
            ValueError: There is none; the message names the nearest.
        """
        routes = self.routes if verb is None else routing.able(self.routes, verb)
        return routing.choose(routes, self._inventory, to)

    def translate(self, picture: Image.Image, route: Route, look: Look = Look()) -> Image.Image:  # noqa: B008  Frozen.
        """The picture in the look of the route's target, of the same size, or `route.scale` times as large.

        Args:
            picture: sRGB of any size.
            route: A translating route of this model.
            look: How much of the translation shows, and where.

        Raises:
            ValueError: A route of another kind, or too little memory for this size.
        """
        return finished(self.translating(picture, route, look))

    def translating(
        self,
        picture: Image.Image,
        route: Route,
        look: Look = Look(),  # noqa: B008  Frozen.
    ) -> Generator[float, None, Image.Image]:
        """As `translate`, for who wants to know how far it is, or to end it: yields the share that is done."""
        before = np.asarray(picture.convert("RGB"))
        made = yield from self.painting(before, route)
        if look.is_plain:
            return Image.fromarray(made)
        height, width = made.shape[:2]
        mask = read_mask(Path(look.mask), (width, height)) if look.mask else None
        return Image.fromarray(blended(enlarged(before, route.scale, 0, height), made, look, mask))

    def painting(self, pixels: NDArray[Any], route: Route) -> Generator[float, None, NDArray[Any]]:
        """What `strips` makes of a picture, held whole: (H, W, 3) → (H·scale, W·scale, 3) of the same type."""
        height, width = pixels.shape[:2]
        made = np.empty((height * route.scale, width * route.scale, 3), pixels.dtype)

        def into(top: int, rows: NDArray[Any]) -> None:
            made[top : top + len(rows)] = rows

        with closing(self.strips(pixels, route, into)) as strips:
            yield from strips
        return made

    def strips(self, pixels: NDArray[Any], route: Route, into: Into) -> Generator[float, None, None]:
        """Paint a picture of any size from top to bottom.

        Args:
            pixels: (H, W, 3) uint8 or uint16, sRGB; may be mapped from a file.
            route: A translating route of this model.
            into: Is given the rows of the result in order, `route.scale` times as wide, of the same type.

        Yields:
            The share that is done, from 0 to 1. Closing the generator ends the work and leaves nothing behind.

        Raises:
            ValueError: A route of another kind, or too little memory or room on the disk for this size.
        """
        _expect(route, "translate")
        way = self.way((pixels.shape[1], pixels.shape[0]), route)
        yield 0.0
        made = None
        if way == "whole":
            with suppress(TooLarge):  # Less is free than it seemed; perhaps it goes in parts.
                made = yield from self._told(self._at_once(pixels, route), pixels)
        if made is not None:
            into(0, made)
            yield 1.0
            return
        yield from self._told(self._in_parts(pixels, route, into, fast=way == "fast"), pixels)

    def way(self, size: tuple[int, int], route: Route) -> Way:
        """How a picture of `size`, (width, height) in pixels, is translated: "whole", "exact" in parts, or "fast"."""
        if route.side or math.prod(size) * self._heaviness(route) <= allowed(self.memory, self.device):
            return "whole"
        ways = self._ways_of(route)
        if not ways.possible:
            return "whole"
        return "fast" if self.quality == "fast" and ways.differ(size) else "exact"

    def company(self, size: tuple[int, int], route: Route) -> int:
        """How many pictures of `size`, (width, height), may go `together`; on a processor company gains nothing."""
        if self.device.type == "cpu" or self.way(size, route) != "whole":
            return 1
        width, height = seen_size(size, route)
        room = allowed(self.memory, self.device) // max(1, round(width * height * self._heaviness(route)))
        return max(1, min(MOST, room))

    def together(self, pictures: Sequence[NDArray[Any]], route: Route) -> Begun:
        """Begin to translate pictures, (H, W, 3) uint8 or uint16, that the networks see in the same size.

        Raises:
            TooLarge: There is too little memory for so many.
        """
        try:
            with self._exactly():
                return begin(pictures, route, partial(self._through, route=route), self.device)
        except (RuntimeError, MemoryError) as error:
            if fault(error) != "memory":
                raise
        give_back(self.device)
        raise TooLarge(self._too_large(pictures[0]))

    def _through(self, x: Tensor, route: Route) -> Tensor:
        """What the networks make of whole pictures (N, 3, H, W) of a size that fits."""
        if not route.side and self.device.type == "cpu" and self._ways_of(route).possible:
            return finished(self._ways_of(route).through(x))
        return self._method.make(route, x)

    def classify(self, picture: Image.Image, route: Route) -> dict[str, float]:
        """How probable each class of `route.answers` is, from 0 to 1; they sum to 1.

        Raises:
            ValueError: A route of another kind, or too little memory for this size.
        """
        _expect(route, "classify")
        shares = self._shown(route, np.asarray(picture.convert("RGB")))
        return dict(zip(route.answers, shares.tolist(), strict=True))

    def generate(
        self, route: Route, seed: int, label: str | None = None, *, text: str | None = None, index: int = 0
    ) -> Image.Image:
        """A new picture, which depends on nothing but the model, `seed`, `index`, `label` and `text`.

        Args:
            route: A generating route of this model.
            seed: Any whole number.
            label: The class asked for; None takes each class in turn, by `index`.
            text: The caption asked for.
            index: Which of the pictures of this seed.

        Raises:
            ValueError: A route of another kind, no such label, a missing or unknown caption, or too little memory.
        """
        _expect(route, "generate")
        return self._imagined(route, self._noise(route, seed, index), ask(route, label, text, index))

    def between(
        self, route: Route, seeds: tuple[int, int], share: float, label: str | None = None, *, text: str | None = None
    ) -> Image.Image:
        """A picture on the way from the first picture of one seed to that of another, at `share` of it from 0 to 1.

        The way is the great circle between the two noises, on which each is as probable as the ends.
        Source: White, "Sampling Generative Networks", 2016, section 2.1.

        Args:
            route: A generating route of this model.
            seeds: Where it begins and ends.
            share: 0 and 1 give the pictures of the two seeds exactly.
            label: The class asked for; None takes the first.
            text: The caption asked for.

        Raises:
            ValueError: As `generate`.
        """
        _expect(route, "generate")
        one, other = (self._noise(route, seed, 0) for seed in seeds)
        return self._imagined(route, on_the_way(one, other, share), ask(route, label, text, 0))

    def _noise(self, route: Route, seed: int, index: int) -> Tensor:
        return torch.randn(1, self._method.noise_width(route), generator=chance(seed, index))

    def _imagined(self, route: Route, noise: Tensor, asked: Asked) -> Image.Image:
        if route not in self._imaginings:
            self._imaginings[route] = Imagining(self._method, route).eval()
        imagining, noise = self._imaginings[route], noise.to(self.device)
        condition = None if asked.condition is None else asked.condition.to(self.device)
        sentence = "Too little memory to make a picture here. Close other programs, or use --device cpu."
        return Image.fromarray(self._run(lambda: imagining(noise, condition)[0].cpu().numpy(), sentence))

    def _shown(self, route: Route, pixels: NDArray[Any]) -> NDArray[Any]:
        """What the route makes when it is shown a whole picture, (H, W, 3); probabilities of a classifier, (K,)."""
        painting = self._painting(route)
        self._check_memory(pixels, route)

        def made() -> NDArray[Any]:
            y = painting.paint(numbers(pixels, self.device))
            told: NDArray[Any] = y[0].cpu().numpy() if route.answers else colours(y, pixels.dtype)
            return told

        return self._run(made, self._too_large(pixels))

    def _check_memory(self, pixels: NDArray[Any], route: Route) -> None:
        needed = 0 if route.side else math.prod(pixels.shape[:2]) * self._heaviness(route)
        if self.device.type == "cpu" and needed > psutil.virtual_memory().available:
            raise TooLarge(self._too_large(pixels))  # The system would end the program instead of refusing memory.

    def _too_large(self, pixels: NDArray[Any]) -> str:
        remedy = "Make it smaller" + ("" if self.device.type == "cpu" else ", or use --device cpu")
        size = f"{pixels.shape[1]}×{pixels.shape[0]}"
        return f"Too little memory to translate a picture of {size} pixels here. {remedy}."

    def _at_once(self, pixels: NDArray[Any], route: Route) -> Generator[float, None, NDArray[Any]]:
        """A whole picture, with pauses where its networks are known stage by stage."""
        self._check_memory(pixels, route)
        large = math.prod(pixels.shape[:2]) > AT_ONCE or self.device.type == "cpu"
        if not route.side and large and self._ways_of(route).possible:
            return (yield from self._ways_of(route).at_once(pixels))
        return self._shown(route, pixels)

    def _in_parts(self, pixels: NDArray[Any], route: Route, into: Into, *, fast: bool) -> Generator[float, None, None]:
        ways = self._ways_of(route)
        if not ways.possible:
            raise TooLarge(self._too_large(pixels))
        yield from ways.strips(pixels, into, allowed_in_parts(self.memory, self.device), fast=fast)

    def _told(self, work: Generator[float, None, T], pixels: NDArray[Any]) -> Generator[float, None, T]:
        """The same work; where memory runs out, that is said in a sentence.

        Raises:
            TooLarge: Memory ran out.
        """
        try:
            return (yield from work)
        except (RuntimeError, MemoryError) as error:
            if fault(error) != "memory":
                raise
        give_back(self.device)
        raise TooLarge(self._too_large(pixels))

    def _ways_of(self, route: Route) -> Ways:
        if route not in self._ways:
            self._ways[route] = Ways(
                self._method, route, self.device, self._exactly, bf16=self._bf16, memory=self.memory
            )
        return self._ways[route]

    def _painting(self, route: Route) -> Painting | Telling:
        if route not in self._paintings:
            kind = Telling if route.answers else Painting
            self._paintings[route] = kind(self._method, route).eval()
        return self._paintings[route]

    def _heaviness(self, route: Route) -> float:
        """Bytes a pixel of a picture."""
        if route not in self._bytes:
            self._bytes[route] = heaviness(self._painting(route))
        return self._bytes[route]

    def _run(self, make: Callable[[], NDArray[Any]], sentence: str) -> NDArray[Any]:
        """What `make` gives.

        Raises:
            TooLarge: `sentence`, when memory runs out.
        """
        try:
            with self._exactly():
                return make()
        except (RuntimeError, MemoryError) as error:
            if fault(error) != "memory":
                raise
        give_back(self.device)
        raise TooLarge(sentence)

    def _exactly(self, *, mixed: bool = True) -> AbstractContextManager[None]:
        return exactly(self.device, bf16=self._bf16 and mixed)


def _expect(route: Route, verb: Verb) -> None:
    if route.verb != verb:
        raise ValueError(f"{route.title} is a way to {route.verb}, not to {verb}. Choose another.")

"""Translator: a trained model at work. Picture in, picture or class out; or noise in, picture out."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ganstudio.engine import devices, modelfile, routing
from ganstudio.engine.painting import Imagining, Painting, Telling, heaviness
from ganstudio.engine.routing import Work
from ganstudio.engine.wishes import Wish, chance, on_the_way, wish
from ganstudio.game import Method
from ganstudio.runs import model
from ganstudio.words.cards import ModelCard
from ganstudio.words.recipe import PRECISIONS
from ganstudio.words.routes import Inventory, Route
from ganstudio.words.settings import unknown

SMALLEST_ANGLE = 1e-4  # Sine of it.
RECENT = 20  # Pictures whose time tells how long the rest will take.

# Faults of the place rather than of one file: the next picture would meet them too.
_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}

_SRGB = np.arange(256) / 255
_LIGHT = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4).astype(np.float32)


class Translator:
    """A model on a device, ready to make pictures; one picture at a time, so that company changes nothing.

    Args:
        card: What the model says of itself.
        method: In evaluation mode, its artists on `device`.
        inventory: Its domains.
        device: Where the arithmetic runs.
        bf16: Compute in bfloat16: quicker, and single pixels move by up to 9 of 255.
    """

    def __init__(
        self, card: ModelCard, method: Method, inventory: Inventory, device: torch.device, *, bf16: bool = False
    ) -> None:
        self.card = card
        self.device = device
        self._method, self._inventory, self._bf16 = method, inventory, bf16
        self._paintings: dict[Route, Painting | Telling] = {}
        self._imaginings: dict[Route, Imagining] = {}
        self._bytes: dict[Route, float] = {}

    @classmethod
    def open(cls, path: Path, *, device: str = "auto", precision: str = "fp32") -> Translator:
        """Open a run folder or a model file.

        Args:
            path: The model.
            device: "auto", "cpu", "cuda" or "mps".
            precision: "fp32", "bf16", or "auto", which is fp32.

        Raises:
            ValueError: Not a model, no such device, or no such precision there.
        """
        if precision not in PRECISIONS:
            raise ValueError(unknown("precision", precision, PRECISIONS))
        place = devices.choose(device)
        if precision == "bf16" and place.type == "cuda" and not torch.cuda.is_bf16_supported():
            raise ValueError(f"{devices.title(place)} cannot compute in bf16. Use --precision auto.")
        method, _, inventory, _ = modelfile.open_method(path)
        for network in method.artists().values():
            network.to(place)
        return cls(model.card(path), method, inventory, place, bf16=precision == "bf16")

    @property
    def routes(self) -> tuple[Route, ...]:
        """What it can make, the main one first."""
        return self._method.routes()

    def route(self, to: str | None, work: Work | None = None) -> Route:
        """The route that ends in the domain `to`, by name, title or letter (A, B, …); the main one for None.

        Args:
            to: Where it ends.
            work: What it is for; None allows all.

        Raises:
            ValueError: There is none; the message names the nearest.
        """
        routes = self.routes if work is None else routing.able(self.routes, work)
        return routing.choose(routes, self._inventory, to)

    def translate(self, picture: Image.Image, route: Route, *, strength: float = 1.0) -> Image.Image:
        """The picture in the look of the route's target, of the same size, or `route.scale` times as large.

        Args:
            picture: sRGB of any size.
            route: A translating route of this model.
            strength: 1 gives the translation, 0 the picture itself; between them light is mixed as light mixes.

        Raises:
            ValueError: A route of another kind, a strength outside 0 to 1, or too little memory for this size.
        """
        _expect(route, "translate")
        if not 0 <= strength <= 1:
            raise ValueError(f"Strength is from 0 to 1, not {strength:g}.")
        made = self._shown(route, picture)
        before = picture.convert("RGB")
        if strength < 1 and route.scale > 1:
            before = before.resize((made.shape[1], made.shape[0]), Image.Resampling.BICUBIC)
        return Image.fromarray(mixed(np.asarray(before), made, strength) if strength < 1 else made)

    def classify(self, picture: Image.Image, route: Route) -> dict[str, float]:
        """How probable each class of `route.answers` is, from 0 to 1; they sum to 1.

        Raises:
            ValueError: A route of another kind, or too little memory for this size.
        """
        _expect(route, "classify")
        return dict(zip(route.answers, self._shown(route, picture).tolist(), strict=True))

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
        return self._imagined(route, self._noise(route, seed, index), wish(route, label, text, index))

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
        return self._imagined(route, on_the_way(one, other, share), wish(route, label, text, 0))

    def _noise(self, route: Route, seed: int, index: int) -> Tensor:
        return torch.randn(1, self._method.noise_width(route), generator=chance(seed, index))

    def _imagined(self, route: Route, noise: Tensor, asked: Wish) -> Image.Image:
        if route not in self._imaginings:
            self._imaginings[route] = Imagining(self._method, route).eval()
        imagining, noise = self._imaginings[route], noise.to(self.device)
        condition = None if asked.condition is None else asked.condition.to(self.device)
        sentence = "Too little memory to make a picture here. Close other programs, or use --device cpu."
        return Image.fromarray(self._run(lambda: imagining(noise, condition), sentence))

    def _shown(self, route: Route, picture: Image.Image) -> NDArray[Any]:
        """What the route makes when it is shown a picture."""
        pixels = np.asarray(picture.convert("RGB"))
        height, width = pixels.shape[:2]
        if route not in self._paintings:
            kind = Telling if route.answers else Painting
            self._paintings[route] = kind(self._method, route).eval()
        painting = self._paintings[route]
        remedy = "Make it smaller" + ("" if self.device.type == "cpu" else ", or use --device cpu")
        sentence = f"Too little memory to translate a picture of {width}×{height} pixels here. {remedy}."
        needed = 0 if route.side else width * height * self._heaviness(route)
        if self.device.type == "cpu" and needed > psutil.virtual_memory().available:
            raise ValueError(sentence)  # The system would end the whole program instead of refusing memory.
        return self._run(lambda: painting(torch.tensor(pixels[None], device=self.device)), sentence)

    def _heaviness(self, route: Route) -> float:
        """Bytes a pixel of a picture."""
        if route not in self._bytes:
            self._bytes[route] = heaviness(self._paintings[route])
        return self._bytes[route]

    def _run(self, make: Callable[[], Tensor], sentence: str) -> NDArray[Any]:
        """The one picture that `make` gives, (H, W, 3), or its one row of probabilities.

        Raises:
            ValueError: `sentence`, when memory runs out.
        """
        try:
            return self._made(make)
        except (RuntimeError, MemoryError) as error:
            if not _is_memory(error):
                raise
        # Outside of the except block, whose traceback would keep the memory alive.
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        raise ValueError(sentence)

    def _made(self, make: Callable[[], Tensor]) -> NDArray[Any]:
        with self._exactly():
            made: NDArray[Any] = make()[0].cpu().numpy()
        return made

    @contextmanager
    def _exactly(self) -> Iterator[None]:
        """The same arithmetic whoever asks: full float32, and the same kernels each time."""
        with ExitStack() as stack:
            stack.enter_context(torch.inference_mode())
            if self.device.type == "cuda":
                stack.enter_context(
                    torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
                )
            stack.enter_context(torch.autocast(self.device.type, torch.bfloat16, enabled=self._bf16))
            yield


def mixed(before: NDArray[np.uint8], after: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    """Between two sRGB pictures, mixed in linear light; exactly one of them at strength 0 and 1."""
    if strength in {0.0, 1.0}:
        return after if strength else before
    light = _LIGHT[before] * np.float32(1 - strength) + _LIGHT[after] * np.float32(strength)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    mixture: NDArray[np.uint8] = np.rint(srgb * 255).clip(0, 255).astype(np.uint8)
    return mixture


def _expect(route: Route, work: Work) -> None:
    if routing.work_of(route) != work:
        raise ValueError(f"{route.title} is a way to {routing.work_of(route)}, not to {work}. Choose another.")


def _is_memory(error: BaseException) -> bool:
    """Whether memory ran out; on the CPU torch says so only in words."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(
        words in str(error) for words in ("can't allocate memory", "out of memory")
    )

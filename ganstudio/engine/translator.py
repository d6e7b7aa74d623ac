"""Translator: a trained model at work. Picture in, picture out; or noise in, picture out."""

from __future__ import annotations

import errno
import hashlib
import re
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ganstudio.engine import devices, modelfile, routing
from ganstudio.engine.painting import Imagining, Painting, heaviness
from ganstudio.game import Method
from ganstudio.pictures import folders, frames
from ganstudio.runs import model
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Command, Event, Finished, Made, Progress, Skipped, Stop
from ganstudio.words.recipe import PRECISIONS
from ganstudio.words.routes import Inventory, Route
from ganstudio.words.settings import unknown

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
        self._paintings: dict[Route, Painting] = {}
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

    def route(self, to: str | None) -> Route:
        """The route that ends in the domain `to`, by name or letter (A, B, …); the main one for None.

        Raises:
            ValueError: There is none; the message names the nearest.
        """
        return routing.choose(self.routes, self._inventory, to)

    def translate(self, picture: Image.Image, route: Route, *, strength: float = 1.0) -> Image.Image:
        """The picture in the look of the route's target, of the same size.

        Args:
            picture: sRGB of any size.
            route: A translating route of this model.
            strength: 1 gives the translation, 0 the picture itself; between them light is mixed as light mixes.

        Raises:
            ValueError: A generating route, a strength outside 0 to 1, or too little memory for this size.
        """
        if route.source is None:
            raise ValueError(f"This model makes {route.target} from nothing; it does not translate. Use generate.")
        if not 0 <= strength <= 1:
            raise ValueError(f"Strength is from 0 to 1, not {strength:g}.")
        pixels = np.asarray(picture.convert("RGB"))
        height, width = pixels.shape[:2]
        if route not in self._paintings:
            self._paintings[route] = Painting(self._method, route).eval()
        painting = self._paintings[route]
        remedy = "Make it smaller" + ("" if self.device.type == "cpu" else ", or use --device cpu")
        sentence = f"Too little memory to translate a picture of {width}×{height} pixels here. {remedy}."
        if self.device.type == "cpu" and width * height * self._heaviness(route) > psutil.virtual_memory().available:
            raise ValueError(sentence)  # The system would end the whole program instead of refusing memory.
        made = self._run(lambda: painting(torch.tensor(pixels[None], device=self.device)), sentence)
        return Image.fromarray(mixed(pixels, made, strength))

    def generate(self, route: Route, seed: int, label: str | None = None, *, index: int = 0) -> Image.Image:
        """A new picture, which depends on nothing but the model, `seed`, `index` and `label`.

        Args:
            route: A generating route of this model.
            seed: Any whole number.
            label: The class asked for; None takes each class in turn, by `index`.
            index: Which of the pictures of this seed.

        Raises:
            ValueError: A translating route, no such label, or too little memory.
        """
        if route.source is not None:
            raise ValueError(f"This model translates {route.title}; it needs pictures. Use translate.")
        asked = _asked(route, label, index)
        if route not in self._imaginings:
            self._imaginings[route] = Imagining(self._method, route).eval()
        imagining = self._imaginings[route]
        noise = torch.randn(1, self._method.noise_width(route), generator=chance(seed, index)).to(self.device)
        labels = None if asked is None else torch.tensor([asked], device=self.device)
        sentence = "Too little memory to make a picture here. Close other programs, or use --device cpu."
        return Image.fromarray(self._run(lambda: imagining(noise, labels), sentence))

    def _heaviness(self, route: Route) -> float:
        """Bytes a pixel of a picture."""
        if route not in self._bytes:
            self._bytes[route] = heaviness(self._paintings[route])
        return self._bytes[route]

    def _run(self, make: Callable[[], Tensor], sentence: str) -> NDArray[np.uint8]:
        """The one picture that `make` gives, (H, W, 3).

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

    def _made(self, make: Callable[[], Tensor]) -> NDArray[np.uint8]:
        with self._exactly():
            made: NDArray[np.uint8] = make()[0].cpu().numpy()
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


def translate_files(
    translator: Translator, route: Route, inputs: Iterable[Path], out: Path, *, strength: float = 1.0
) -> Generator[Event, Command | None, None]:
    """Translate pictures and whole folders into `out`; names and subfolders stay.

    Yields:
        Progress; Made for each picture; Skipped for each file that could not be used; Finished.

    Raises:
        ValueError: Nothing could be read, or nothing could be translated; the message says why.
        OSError: `out` is full or cannot be written.
    """
    inputs = list(inputs)
    total = sum(1 for _ in folders.find(inputs))
    pace = _Pace(total, "translating")
    made, reason = 0, ""
    yield pace.progress(0)
    for done, frame in enumerate(frames.frames(inputs), start=1):
        began = time.perf_counter()
        event = frame if isinstance(frame, Skipped) else _translated(translator, route, frame, out, strength)
        if isinstance(event, Made):
            made += 1
            pace.took(time.perf_counter() - began)
        else:
            reason = reason or event.reason
        stopped = (yield event) == Stop()
        stopped = (yield pace.progress(done)) == Stop() or stopped
        if stopped:
            yield Finished(made, "stopped")
            return
    if not made:
        where = ", ".join(str(path) for path in inputs)
        why = f" ({reason.rstrip('.')})" if reason else ""
        raise ValueError(f"No picture in {where} could be translated{why}. Choose .png, .jpg or .webp pictures.")
    yield Finished(made)


def generate_files(
    translator: Translator, route: Route, out: Path, *, count: int, label: str | None = None, seed: int = 0
) -> Generator[Event, Command | None, None]:
    """Make `count` new pictures in `out`; without a label, of each class in turn.

    Yields:
        Progress; Made for each picture; Finished.

    Raises:
        ValueError: `count` below 1, a translating route, or no such label.
        OSError: `out` is full or cannot be written.
    """
    if count < 1:
        raise ValueError(f"The number of pictures must be at least 1, not {count}.")
    pace = _Pace(count, "generating")
    yield pace.progress(0)
    for index in range(count):
        began = time.perf_counter()
        picture = translator.generate(route, seed, label, index=index)
        asked = _asked(route, label, index)
        name = route.target if asked is None else route.labels[asked]
        path = frames.save(
            picture, out / f"{_plain(name)}-{seed}-{index:04d}.png", note=f"{translator.card.name}, {route.title}"
        )
        seconds = time.perf_counter() - began
        pace.took(seconds)
        stopped = (yield Made(str(path), seconds=seconds)) == Stop()
        stopped = (yield pace.progress(index + 1)) == Stop() or stopped
        if stopped:
            yield Finished(index + 1, "stopped")
            return
    yield Finished(count)


def mixed(before: NDArray[np.uint8], after: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    """Between two sRGB pictures, mixed in linear light; exactly one of them at strength 0 and 1."""
    if strength in {0.0, 1.0}:
        return after if strength else before
    light = _LIGHT[before] * np.float32(1 - strength) + _LIGHT[after] * np.float32(strength)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    mixture: NDArray[np.uint8] = np.rint(srgb * 255).clip(0, 255).astype(np.uint8)
    return mixture


def chance(seed: int, index: int) -> torch.Generator:
    """Chance of one picture, on the CPU so that every device draws the same; a hash keeps neighbours strangers."""
    digest = hashlib.sha256(f"{seed}/{index}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


class _Pace:
    """How fast it goes of late, and how long it will still take."""

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._began = time.perf_counter()

    def took(self, seconds: float) -> None:
        """One more picture was made, in so many seconds."""
        self._recent.append(seconds)

    def progress(self, done: int) -> Progress:
        """Where it stands."""
        each = sum(self._recent) / len(self._recent) if self._recent else None
        return Progress(
            done=done,
            total=self._total,
            what=self._what,
            seconds=time.perf_counter() - self._began,
            eta_seconds=each * (self._total - done) if each is not None else None,
            per_second=1 / each if each else None,
        )


def _translated(
    translator: Translator, route: Route, frame: frames.Frame, out: Path, strength: float
) -> Made | Skipped:
    began = time.perf_counter()
    try:
        picture = translator.translate(frame.picture, route, strength=strength)
        path = frames.save(picture, frames.target_for(frame, out), frame, note=f"{translator.card.name}, {route.title}")
    except ValueError as error:
        return Skipped(str(frame.path), str(error))
    except OSError as error:
        if error.errno in _PLACE:
            raise
        return Skipped(str(frame.path), f"Could not be written: {error.strerror or error}.")
    return Made(str(path), str(frame.path), time.perf_counter() - began)


def _asked(route: Route, label: str | None, index: int) -> int | None:
    if not route.labels:
        if label is not None:
            raise ValueError("This model has no labels to choose from. Leave the label out.")
        return None
    if label is None:
        return index % len(route.labels)
    if label not in route.labels:
        raise ValueError(unknown("label", label, route.labels))
    return route.labels.index(label)


def _plain(name: str) -> str:
    """A label as part of a file name; labels of a foreign model may hold anything."""
    return re.sub(r"[^\w -]", "_", name).strip()[:80] or "picture"


def _is_memory(error: BaseException) -> bool:
    """Whether memory ran out; on the CPU torch says so only in words."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(
        words in str(error) for words in ("can't allocate memory", "out of memory")
    )

"""Examining: pictures that a method never trained on go through its routes, and figures say what became of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ganstudio.engine.chance import Chance
from ganstudio.engine.models.painting import made_of, resized
from ganstudio.engine.watching import figures
from ganstudio.engine.watching.distances import KIDRuler, Ruler, SlicedWassersteinRuler
from ganstudio.engine.watching.sheets import readable
from ganstudio.game import Method
from ganstudio.networks import inception
from ganstudio.networks.inception import InceptionFeatures
from ganstudio.networks.resizing import reduced
from ganstudio.pictures.batches import to_network, to_pixels
from ganstudio.pictures.examples import Example
from ganstudio.pictures.survey import Side
from ganstudio.words.routes import Route

SHOWN, REAL = 32, 64  # Pictures of each domain: so many are shown to the method, so many it is compared with.
LEAST_SHOWN = 8  # Where fewer are held out, pictures that are trained on are shown as well.
SIDE = 256  # Pixels; larger pictures are judged at this size.
LEAST_SIDE = 16
AT_ONCE = 8 * SIDE**2  # Pixels that go through a network together.
CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Held:
    """Pictures of one domain to judge by.

    Attributes:
        real: (M, 3, S, S) uint8: real pictures, those never trained on first.
        shown: How many of the first are shown to the method.
        labels: (M,) int64, their classes; None without classes.
        captions: (M, 32) int64, a caption of each; None without captions.
    """

    real: Tensor
    shown: int
    labels: Tensor | None = None
    captions: Tensor | None = None


class Examiner:
    """Puts figures to what the routes of a method make of the same pictures every time.

    Args:
        held: Domain → its pictures, all of one size.
        real: The same of what results are compared with, where those are others.
        paired: Whether the pictures of two domains belong together, one by one.
        ruler: Real pictures (M, 3, S, S) in [-1, 1] on the CPU → what measures the distance from them.
        device: Where the method lives.
    """

    def __init__(
        self,
        held: Mapping[str, Held],
        *,
        paired: bool,
        ruler: Callable[[Tensor], Ruler],
        device: torch.device,
        real: Mapping[str, Held] | None = None,
    ) -> None:
        self._held, self._real = held, held if real is None else real
        self._paired, self._device = paired, device
        self._ruler = ruler
        self._rulers: dict[str, Ruler] = {}
        self._untouched: dict[Route, float] = {}

    def figures(self, method: Method, route: Route) -> dict[str, float]:
        """Figure → value, only those that make sense for this route; see `words.events.Scored`.

        No other random numbers are used or moved than its own, the same ones every time.
        """
        with Chance(0, self._device), torch.inference_mode():
            if route.answers:
                return self._accuracy(method, route)
            if route.source is None:
                made = self._imagined(method, route)
                return self._of_all(made, route) if len(made) else {}
            return self._of_translations(method, route)

    def _of_translations(self, method: Method, route: Route) -> dict[str, float]:
        assert route.source is not None
        source = self._held[route.source]
        shown = source.real[: source.shown]
        if not len(shown):
            return {}
        made = self._painted(method, route, shown)
        x, y = _network(shown), _network(made)
        found = self._of_all(made, route)
        if "variety" in found:  # What goes in may be more alike than what is wanted.
            found["variety"] = max(found["variety"], figures.variety(y, x))
        if route.source != route.target:
            if "distance" in found:
                found["untouched"] = self._untouched_distance(route, x)
            found |= {"faithfulness": figures.faithfulness(x, y), "likeness": figures.likeness(x, y)}
            found["tone"] = figures.tone(x, y)
        if self._paired or route.source == route.target:
            truth = x if route.source == route.target else _network(self._real[route.target].real[: source.shown])
            found |= {"psnr": figures.psnr(truth, y), "ssim": figures.ssim(truth, y)}
        return {name: round(value, 5) for name, value in found.items()}

    def _of_all(self, made: Tensor, route: Route) -> dict[str, float]:
        """Figures that look at all pictures made together."""
        y, real = _network(made), _network(self._real[route.target].real)
        if min(len(y), len(real)) < 2:
            return {}
        return {
            "distance": round(self._ruler_of(route.target)(y), 5),
            "variety": round(figures.variety(y, real), 5),
            "grid": round(figures.grid(y, real), 5),
        }

    def _accuracy(self, method: Method, route: Route) -> dict[str, float]:
        """Share of the pictures never trained on whose class it names."""
        assert route.source is not None
        held = self._held[route.source]
        if held.labels is None or not held.shown:
            return {}
        told = [
            made_of(method, route, to_network(part, self._device)).argmax(1).cpu()
            for part in held.real[: held.shown].split(self._at_once(held.real))
        ]
        return {"accuracy": round(float((torch.cat(told) == held.labels[: held.shown]).float().mean()), 5)}

    def _untouched_distance(self, route: Route, x: Tensor) -> float:
        if route not in self._untouched:
            self._untouched[route] = self._ruler_of(route.target)(x)
        return self._untouched[route]

    def _ruler_of(self, domain: str) -> Ruler:
        if domain not in self._rulers:
            self._rulers[domain] = self._ruler(_network(self._real[domain].real))
        return self._rulers[domain]

    def _painted(self, method: Method, route: Route, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 on the CPU, and so the result, whatever the route makes of their size."""
        side = pictures.shape[-1]
        parts = []
        for part in pictures.split(self._at_once(pictures)):
            x = to_network(part, self._device)
            y = made_of(method, route, reduced(x, route.scale) if route.scale > 1 else x)
            parts.append(to_pixels(_sized(y, side)).cpu())
        return torch.cat(parts)

    def _imagined(self, method: Method, route: Route) -> Tensor:
        """As many pictures as there are real ones, with the classes or captions of those."""
        held = self._real[route.target]
        asked = held.labels if route.labels else held.captions if route.words else None
        count, at_once = len(held.real), self._at_once(held.real)
        noise = torch.randn(count, method.noise_width(route), generator=torch.Generator().manual_seed(0))
        parts = []
        for number, part in enumerate(noise.split(at_once)):
            condition = asked[number * at_once :][: len(part)].to(self._device) if asked is not None else None
            y = method.make(route, part.to(self._device), condition)
            parts.append(to_pixels(_sized(y, held.real.shape[-1])).cpu())
        return torch.cat(parts) if parts else held.real[:0]

    def _at_once(self, pictures: Tensor) -> int:
        return max(1, AT_ONCE // (pictures.shape[-1] * pictures.shape[-2]))


def hold(side: Side, pixels: int) -> dict[str, Held]:
    """Domain of `side` → the middle squares of pictures never trained on, and real ones beside them.

    Which ones are chosen goes by their names, so that pictures which come or go change little.
    """
    held = readable(chosen(side.held_out), pixels, SHOWN)
    found = held + readable(chosen(side.train), pixels, REAL - len(held))
    shown = min(max(len(held), LEAST_SHOWN), len(found))
    examples = [example for example, _ in found]
    labels = torch.tensor([example.label for example in examples]) if side.classes else None
    captions = torch.tensor([example.captions[0] for example in examples]) if side.words and examples else None
    return {
        name: Held(stacked([squares[index] for _, squares in found], pixels), shown, labels, captions)
        for index, name in enumerate(side.names)
    }


def eyes() -> InceptionFeatures | None:
    """What KID looks with, when its file of weights is there.

    Raises:
        ValueError: It is there and holds something else.
    """
    file = inception.weights_file()
    return InceptionFeatures(file) if file.is_file() else None


def rulers(seeing: InceptionFeatures | None, device: torch.device) -> tuple[str, Callable[[Tensor], Ruler]]:
    """Name of the measure, and what makes rulers of it."""
    if seeing is None:
        return SlicedWassersteinRuler.name, SlicedWassersteinRuler

    def look(x: Tensor) -> Tensor:
        try:
            return torch.cat([seeing(part.to(device)).cpu() for part in x.split(AT_ONCE // SIDE**2)])
        finally:
            seeing.leave()

    return KIDRuler.name, lambda real: KIDRuler(real, look)


def chosen(examples: Sequence[Example]) -> list[Example]:
    """In an order that a picture's name decides."""
    return sorted(examples, key=lambda example: hashlib.sha256(example.path.name.encode("utf-8", "replace")).digest())


def stacked(squares: Sequence[Tensor], pixels: int) -> Tensor:
    """(N, 3, S, S), also of none."""
    return torch.stack([*squares]) if squares else torch.empty(0, 3, pixels, pixels, dtype=torch.uint8)


def _network(pictures: Tensor) -> Tensor:
    return to_network(pictures, CPU)


def _sized(y: Tensor, side: int) -> Tensor:
    return y if y.shape[2:] == (side, side) else resized(y, side, side)

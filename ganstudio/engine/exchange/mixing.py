"""Mixing: what lies between two models of the same networks, weight by weight.

Two trainings that share their beginning, or two moments of one, have weights between which every mixture paints, too:
a slider between two styles. Networks that only look alike may mix to mud; that shows in the preview, which writes
nothing. Statistics that batch norm counted are mixed like weights, which is nearest to right for close relatives.

Source: Wang et al., "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ganstudio.engine import devices
from ganstudio.engine.exchange.stopping import stoppable
from ganstudio.engine.models import modelfile, thumbnails
from ganstudio.engine.models.modelfile import Absent
from ganstudio.engine.models.painting import fitted, makers
from ganstudio.engine.training import changing
from ganstudio.engine.translating.translator import Translator
from ganstudio.game import Method
from ganstudio.runs.model import card, model_file
from ganstudio.runs.moment import moment
from ganstudio.runs.taken import model_target
from ganstudio.words.captions import LONGEST
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.events import Progress
from ganstudio.words.mix import Mix
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Route
from ganstudio.words.works import Work

SIDE = 32  # Pixels of the picture on which two networks are compared.


@dataclass(frozen=True, slots=True)
class End:
    """One of the two models."""

    card: ModelCard
    method: Method
    recipe: Recipe
    inventory: Inventory


class Mixture:
    """Two opened models that can be mixed.

    Args:
        one: The model at share 0.
        other: The model at share 1.

    Raises:
        ValueError: There is nothing between them; the message says why.
    """

    def __init__(self, one: End, other: End) -> None:
        self.one, self.other = one, other
        self._routes = _ways_of_both(one, other)
        needed = {name for route, _ in self._routes for name in makers(one.method, route)}
        self._makers = tuple(name for name in one.method.makers() if name in needed)
        _check_weights(one, other, self._makers)
        _check_work(one, other, self._routes)

    @classmethod
    def open(cls, one: Path, other: Path) -> Mixture:
        """Open both.

        Args:
            one: A model file, a run folder, or a moment of a run.
            other: As `one`.

        Raises:
            ValueError: One is not a model, or there is nothing between them.
        """
        return cls(*(_opened(path) for path in (one, other)))

    def recipe(self) -> Recipe:
        """The recipe of every mixture: that of the first, with both names where a side is called differently."""
        sides = zip(self.one.recipe.domains, self.other.recipe.domains, strict=True)
        domains = tuple(Domain(_both(one.name, other.name), ()) for one, other in sides)
        return replace(self.one.recipe, domains=domains)

    def inventory(self) -> Inventory:
        """What both were trained on."""
        sides = zip(self.one.inventory.domains, self.other.inventory.domains, strict=True)
        return Inventory(tuple(_found(one, other) for one, other in sides), {})

    def method(self, share: float) -> Method:
        """The networks at a share, on the CPU, in evaluation mode; the ends are those of the models, bit for bit."""
        method = modelfile.shape_of(self.recipe(), self.inventory())
        ends = [end.method.makers() for end in (self.one, self.other)]
        for name, network in method.makers().items():
            if name in self._makers:
                network.load_state_dict(
                    blended(ends[0][name].state_dict(), ends[1][name].state_dict(), share), assign=True
                )
            else:
                modelfile.put_away(method, network, name)
        return method.eval().requires_grad_(False)

    def routes(self, method: Method) -> tuple[Route, ...]:
        """What a mixture can make: what both can."""
        places = [self.one.method.routes().index(route) for route, _ in self._routes]
        return tuple(method.routes()[place] for place in places)

    def card(self, mix: Mix, routes: Sequence[Route]) -> ModelCard:
        """What a mixture says of itself; it has no file yet."""
        one, other = self.one.card, self.other.card
        return replace(
            one,
            path="",
            name=f"{one.name} + {other.name}",
            routes=tuple(routes),
            step=round(one.step + (other.step - one.step) * mix.share),
            pictures={side.name: side.train for side in self.inventory().domains},
            scored=None,
            remarks=Remarks(licence=one.remarks.licence if one.remarks.licence == other.remarks.licence else ""),
            origin="blended",
            parents=(f"{1 - mix.share:.0%} {one.name}", f"{mix.share:.0%} {other.name}"),
            samples=(),
        )

    def translator(self, mix: Mix, device: str = "auto") -> Translator:
        """A mixture at work, without a file."""
        method, place = self.method(mix.share), devices.choose(device)
        for network in method.makers().values():
            network.to(place)
        return Translator(self.card(mix, self.routes(method)), method, self.inventory(), place)

    def thumbnails(self, work: Translator) -> list[bytes]:
        """What a mixture makes of what went into the thumbnails of the first of the two that has some."""
        for end, theirs in zip((self.one, self.other), zip(*self._routes, strict=True), strict=True):
            ways = dict(zip(theirs, work.routes, strict=True))
            shown = thumbnails.befores(end.card.samples, end.card.routes)
            if made := [(before, ways[route]) for route, before in shown if route in ways]:
                return [thumbnails.small([before, work.translate(before, route)]) for before, route in made]
        return []


def mix(wanted: Mix, target: Path, *, replace: bool = False) -> Work[ModelCard]:
    """Write what lies between two models as a new model, with both as its parents.

    Args:
        wanted: Which models, and how much of each.
        target: The new model file; ".safetensors" is added where it has no suffix.
        replace: Replace a file that is there, once the model is good.

    Yields:
        Progress.

    Raises:
        ValueError: There is nothing between them, `target` may not be written, or it was stopped.
        OSError: It cannot be written.
    """
    target = model_target(target, replace=replace, made_of=[model_file(end) for end in (wanted.one, wanted.other)])
    yield from _turn(0)
    mixture = Mixture.open(wanted.one, wanted.other)
    yield from _turn(1)
    work = mixture.translator(wanted, "cpu")
    samples = mixture.thumbnails(work)
    yield from _turn(2)
    method, told = mixture.method(wanted.share), work.card
    modelfile.save(
        target,
        method,
        mixture.recipe(),
        mixture.inventory(),
        told.step,
        routes=told.routes,
        origin=told.origin,
        parents=told.parents,
        samples=samples,
        remarks=told.remarks,
    )
    yield Progress(3, 3, "mixing")
    return card(target)


def blended(one: Mapping[str, Tensor], other: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Tensors by name at a share of the way; numbers that only count are taken from the nearer end."""
    return {
        name: value.lerp(other[name], share) if value.is_floating_point() else (value if share < 0.5 else other[name])
        for name, value in one.items()
    }


def _opened(path: Path) -> End:
    method, recipe, inventory, _ = modelfile.open_method(path)
    told = card(path)
    if then := moment(path):  # It has no thumbnails of its own; what went into those of its run went into it, too.
        told = replace(told, samples=card(then.run.path).samples)
    return End(told, method, modelfile.without_places(recipe), inventory)


def _ways_of_both(one: End, other: End) -> list[tuple[Route, Route]]:
    """The routes that both models hold, in the first one's order, each as both call it.

    Raises:
        ValueError: Other methods, other answers or labels, or no common way.
    """
    if one.recipe.method != other.recipe.method or len(one.inventory.domains) != len(other.inventory.domains):
        raise ValueError(
            f"{one.card.name} is a model of {one.recipe.method} and {other.card.name} one of {other.recipe.method}. "
            f"Only models of one method and as many folders can be mixed."
        )
    ways = [
        pair
        for pair in zip(one.method.routes(), other.method.routes(), strict=True)
        if _holds(one, pair[0]) and _holds(other, pair[1])
    ]
    if not ways:
        raise ValueError(f"{one.card.name} and {other.card.name} go in opposite directions. They cannot be mixed.")
    for mine, theirs in ways:
        if (mine.labels, mine.words, mine.answers) != (theirs.labels, theirs.words, theirs.answers):
            what = "words" if mine.words or theirs.words else "classes"
            raise ValueError(f"{one.card.name} and {other.card.name} learnt other {what}. They cannot be mixed.")
    return ways


def _holds(end: End, route: Route) -> bool:
    return any(held.ends == route.ends for held in end.card.routes)


def _check_weights(one: End, other: End, names: Sequence[str]) -> None:
    mine, theirs = ({name: _shapes(end.method.makers()[name]) for name in names} for end in (one, other))
    if mine != theirs:
        raise ValueError(_unlike(one, other))


def _check_work(one: End, other: End, routes: Sequence[tuple[Route, Route]]) -> None:
    """The same weights must do the same in both: what a layer does beside its weights shows only so."""
    twin = modelfile.shape_of(other.recipe, other.inventory)
    for name, network in one.method.makers().items():
        if not isinstance(network, Absent):
            twin.makers()[name].load_state_dict(network.state_dict(), assign=True)
    twin.eval().requires_grad_(False)
    with torch.inference_mode():
        for mine, theirs in routes:
            shown = _example(one.method, mine)
            if not torch.equal(one.method.make(mine, *shown), twin.make(theirs, *shown)):
                raise ValueError(_unlike(one, other))


def _example(method: Method, route: Route) -> tuple[Tensor, Tensor | None]:
    """Something to show to a route, the same each time, and a class or a caption where it asks for one."""
    random = torch.Generator().manual_seed(0)
    asked = torch.ones(1, LONGEST, dtype=torch.int64) if route.words else None
    if route.labels:
        asked = torch.zeros(1, dtype=torch.int64)
    if route.source is None:
        return torch.randn(1, method.noise_width(route), generator=random), asked
    return fitted(torch.rand(1, 3, SIDE, SIDE, generator=random) * 2 - 1, route), asked


def _shapes(network: nn.Module) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (value.shape, value.dtype) for name, value in network.state_dict().items()}


def _unlike(one: End, other: End) -> str:
    """Why two models of one method cannot be mixed, by the settings that differ."""
    mine, theirs = (changing.values(end.recipe, {}) | {"size": end.recipe.size} for end in (one, other))
    free = changing.changeable(one.recipe, one.inventory) | changing.PREPARED
    differ = [
        f"{name} {mine[name]} and {theirs[name]}" for name in mine if mine[name] != theirs[name] and name not in free
    ]
    why = f" ({', '.join(differ)})" if differ else ""
    return f"{one.card.name} and {other.card.name} have different networks{why}. Only equal ones can be mixed."


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} + {other}"


def _found(one: DomainFound, other: DomainFound) -> DomainFound:
    """One side of both; pictures of two folders of one name are the same ones."""
    if one.name == other.name:
        return replace(one, train=max(one.train, other.train), test=max(one.test, other.test))
    return replace(one, name=_both(one.name, other.name), train=one.train + other.train, test=one.test + other.test)


def _turn(done: int) -> Work[None]:
    return stoppable(Progress(done, 3, "mixing"), "The mixing")

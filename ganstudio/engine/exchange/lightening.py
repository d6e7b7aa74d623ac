"""Lightening: a small, fast generator that learns to paint what a model paints, for live use.

The full model is the teacher: at each step it paints one more square of the artist's pictures, and the small generator
learns from it together with some of those before, so that most of the time goes into learning. Then both paint pictures
that were held out, and what is lost and gained is measured and kept on the card of the new model. That is a model as
any other, of the method `methods.light`: everything that opens models opens it.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import torch

from ganstudio.engine import devices
from ganstudio.engine.chance import Chance
from ganstudio.engine.exchange import exporting
from ganstudio.engine.exchange.exporting import Exported
from ganstudio.engine.exchange.lesson import Lesson, affordable
from ganstudio.engine.exchange.stopping import stoppable
from ganstudio.engine.exchange.weighing import weighed
from ganstudio.engine.models import modelfile, thumbnails
from ganstudio.engine.models.painting import LEAST_SIDE, Painting
from ganstudio.engine.models.routing import able, choose
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.translating.pace import Pace
from ganstudio.game import Method
from ganstudio.methods.light import Light
from ganstudio.networks.light import LightGenerator
from ganstudio.pictures.batches import Batches
from ganstudio.pictures.examples import Example
from ganstudio.pictures.shards.naming import holds_shards
from ganstudio.pictures.stock import Scale, Stock, stock_up
from ganstudio.pictures.survey import survey
from ganstudio.runs.model import card, name_of
from ganstudio.runs.moment import moment
from ganstudio.runs.remarks import remarks
from ganstudio.runs.run import RECIPE, Run
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.events import Event, Losses, Progress
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Needs, Route
from ganstudio.words.works import Work

T = TypeVar("T")

WHAT = "making it light"
MOST_PICTURES = 500
"""To learn from: more would take longer to read than to learn."""
MOST_HELD_OUT = 24
"""To measure on."""
SEED = 0
SETTINGS = Light.Settings()

CURVE_STEPS = 10
"""Between two looks at how far it is off, which wait for the device."""


@dataclass(frozen=True, slots=True)
class Full:
    """The model that teaches, and the one way of it that is learnt."""

    card: ModelCard
    method: Method
    recipe: Recipe
    route: Route
    device: torch.device

    @property
    def side(self) -> int:
        """Pixels of a side of the squares that are learnt from: those that it was trained on, where those fit."""
        return max(LEAST_SIDE, self.recipe.size // LightGenerator.multiple * LightGenerator.multiple)

    @classmethod
    def open(cls, model: Path, to: str | None, device: str) -> Full:
        """Open it on a device.

        Raises:
            ValueError: Not a model, no such way, or one that does not make a picture of each picture, of its size.
        """
        told = card(model)
        method, recipe, inventory, _ = modelfile.open_method(model)
        route = choose(able(told.routes, "translate"), inventory, to)
        if route.scale != 1:
            raise ValueError(
                f"{told.name} enlarges pictures. Only a model whose pictures keep their size can be made light."
            )
        if route.side % LightGenerator.multiple:
            raise ValueError(f"{told.name} takes pictures of {route.side} pixels only, which a light generator cannot.")
        if told.light is not None:
            raise ValueError(f"{told.name} is light already. Export it as it is, without --light.")
        place = devices.choose(device)
        for network in method.makers().values():
            network.to(place)
        return cls(told, method, recipe, route, place)


def export_light(
    model: Path,
    file: Path,
    *,
    pictures: Sequence[Path] = (),
    steps: int | None = None,
    device: str = "auto",
    to: str | None = None,
    floating: bool = False,
    leaflet: bool = True,
    replace: bool = False,
) -> Work[Exported]:
    """A light copy of a route of `model` in the format that the suffix of `file` names, as `exporting.export` does it.

    Args:
        model: A run folder, a model file, or a moment of a run.
        file: The file to write.
        pictures: Folders of pictures to learn from; the run's own where there are none.
        steps: How long to learn; None for what a few minutes afford here.
        device: Where: "auto", "cpu", "cuda" or "mps".
        to: As `exporting.export`.
        floating: As `exporting.export`.
        leaflet: As `exporting.export`.
        replace: As `exporting.export`.

    Yields:
        Progress, Losses, and Skipped for pictures that cannot be read.

    Raises:
        ValueError: As `exporting.export` and `lighten`.
        OSError: As `exporting.export`.
    """
    # What is wrong with the file is said before the minutes, not after them.
    exporting.check(model, file, floating=floating, replace=replace, leaflet=leaflet)
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as place:
        made = Path(place) / f"{file.stem}.safetensors"
        told = yield from lighten(model, made, pictures=pictures, steps=steps, device=device, to=to)
        exported = yield from exporting.export(made, file, floating=floating, leaflet=leaflet, replace=replace)
        return dataclasses.replace(exported, light=told.light)


def lighten(
    model: Path,
    target: Path,
    *,
    pictures: Sequence[Path] = (),
    steps: int | None = None,
    device: str = "auto",
    to: str | None = None,
) -> Work[ModelCard]:
    """Teach a small generator what `model` paints, and write it as a model of its own.

    Args:
        model: As `export_light`.
        target: The new model file.
        pictures: As `export_light`.
        steps: As `export_light`.
        device: As `export_light`.
        to: Domain that comes out, by name or letter; None for the model's main way.

    Yields:
        As `export_light`.

    Raises:
        ValueError: Not a model, or not one that makes a picture of a picture; no pictures; too few; or stopped.
        OSError: It cannot be written.
    """
    yield from _obeying(Progress(0, 0, WHAT))
    full = Full.open(model, to, device)
    stock, held_out = yield from _stocked(full, _domain(model, full.route, pictures))
    side, chance = full.side, Chance(SEED, full.device)
    names = (full.route.source or "", full.route.target)
    seen = DomainFound(names[0], len(stock), len(held_out))
    # What comes out was painted by the full model; there are no pictures of it, but where both sides are the same.
    found = Inventory((seen, seen if names[0] == names[1] else DomainFound(names[1], 0, 0)), {})

    def fresh() -> Light:
        return Light(SETTINGS, found, side).to(full.device)

    painting = Painting(full.method, full.route).eval()
    squares = Batches((stock,), batch=1, size=side, flip=True, seed=SEED, device=full.device)
    lesson = Lesson(painting, squares, side, SEED)
    with chance:
        light = fresh()
        steps = steps or affordable(lesson, fresh)
    yield from _taught(light, lesson, chance, steps)
    light.eval().requires_grad_(False)
    route = dataclasses.replace(full.route, multiple=LightGenerator.multiple)
    measuring = weighed(full.card.name, painting, Painting(light, route).eval(), held_out, side)
    measured = yield from _through(measuring)
    recipe = Recipe(
        Light.key,
        tuple(Domain(name, ()) for name in names),
        size=side,
        steps=steps,
        batch=Lesson.batch,
        seed=SEED,
        settings=asdict(SETTINGS),
    )
    modelfile.save(
        target,
        light.cpu(),
        recipe,
        found,
        steps,
        routes=(route,),
        origin="lightened",
        parents=(full.card.name,),
        samples=thumbnails.thumbnails([measured.shown]),
        remarks=Remarks(licence=remarks(model).licence),
        light=measured.figures,
    )
    return card(target)


def _domain(model: Path, route: Route, pictures: Sequence[Path]) -> Domain:
    """Where the pictures lie that a route takes.

    Raises:
        ValueError: Nobody knows.
    """
    name = route.source or ""
    if pictures:
        return Domain(name, tuple(str(folder.absolute()) for folder in pictures))
    then = moment(model)
    run = then.run if then else Run(model) if (model / RECIPE).is_file() else None
    own = [domain for domain in run.recipe().domains if domain.name == name] if run else []
    if not own:
        raise ValueError(
            f"{name_of(model)} is a file, which brings no pictures along. Name a folder of pictures like those that it "
            "is to translate, with --pictures."
        )
    if not any(Path(source).exists() for source in own[0].sources):
        raise ValueError(
            f"The pictures of {name} are no longer in {' and '.join(own[0].sources)}. Name another folder with "
            "--pictures."
        )
    return own[0]


def _stocked(full: Full, domain: Domain) -> Work[tuple[Stock, Stock]]:
    """Decoded pictures to learn from and to measure on.

    Raises:
        ValueError: There are too few, or they are in shards.
    """
    if holds_shards(domain):
        raise ValueError(
            f"{domain.name} is in .tar shards. Name a folder of some hundred such pictures with --pictures."
        )
    (found,) = yield from _through(survey((domain,), Needs.FOLDER))
    stocks = []
    for examples, most, margin in ((found.train, MOST_PICTURES, 286 / 256), (found.held_out, MOST_HELD_OUT, 1.0)):
        some = _spread(examples, most)
        sources = [Path(source) for source in domain.sources]
        scale = Scale(full.side, margin=margin)
        stocks.append((yield from _through(stock_up(some, scale, sources=sources, what="reading pictures"))))
    if not all(map(len, stocks)):
        raise ValueError(
            f"{domain.name} has too few pictures that can be read: one to learn from and one to measure on are the "
            "least, some hundred are good. Name another folder with --pictures."
        )
    return stocks[0], stocks[1]


def _spread(examples: Sequence[Example], most: int) -> Sequence[Example]:
    """At most so many, evenly from first to last."""
    if len(examples) <= most:
        return examples
    return [examples[number * len(examples) // most] for number in range(most)]


def _taught(light: Light, lesson: Lesson, chance: Chance, steps: int) -> Work[None]:
    """All steps of the small generator."""
    descending, pace = Descending(light.train(), steps), Pace(steps, WHAT)
    for step in range(steps):
        began = time.perf_counter()
        with chance:
            terms = descending.step(next(lesson), step)
        pace.took(time.perf_counter() - began)
        yield from _obeying(pace.progress(step + 1))
        if step % CURVE_STEPS == 0:
            yield from _obeying(Losses(step + 1, {name: float(value) for name, value in terms.items()}))


def _through(work: Generator[Event | None, None, T]) -> Work[T]:
    """Work that obeys nobody, made to obey Stop."""
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        yield from _obeying(event)


def _obeying(event: Event | None) -> Work[None]:
    return stoppable(event, "Making it light")

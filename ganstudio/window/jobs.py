"""The one door from the window to the engine: every function makes a job for the worker.

The engine is imported inside the functions, in the worker's thread, because importing torch takes seconds and the
window is there before it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.runs import bundle
from ganstudio.runs.bundle import Piece
from ganstudio.window.contents import Contents
from ganstudio.window.job import Job
from ganstudio.window.model_jobs import disk_use, export, export_light, mix, remark, share
from ganstudio.window.translate_jobs import (
    film_frame,
    live,
    made_from,
    opened,
    translate,
    translate_file,
    translate_files,
    translate_video,
    way,
)
from ganstudio.words.cards import Foreign, MethodCard, ModelCard, WeightsFile
from ganstudio.words.events import Command, Progress
from ganstudio.words.mix import Mix
from ganstudio.words.playground import Ground
from ganstudio.words.recipe import Domain, Recipe

if TYPE_CHECKING:  # These load torch or decode pictures; the window names them only.
    from PIL import Image

    from ganstudio.engine.doctor import Finding
    from ganstudio.engine.playground import Snapshot
    from ganstudio.engine.training.planning import Estimate
    from ganstudio.pictures.health import Report
    from ganstudio.pictures.pairing import Pairing

__all__ = [
    "Job",
    "disk_use",
    "export",
    "export_light",
    "film_frame",
    "live",
    "made_from",
    "mix",
    "remark",
    "share",
    "translate",
    "translate_file",
    "translate_files",
    "translate_video",
    "way",
]
"""What stands elsewhere and goes through this door, too."""


def catalogue() -> Job[tuple[MethodCard, ...]]:
    """Every method that can be trained. The first job of a session: it loads torch."""
    yield None
    from ganstudio.methods import CATALOGUE

    return tuple(method.card() for method in CATALOGUE)


def devices() -> Job[tuple[tuple[str, str], ...]]:
    """Devices of this machine as (key, title)."""
    yield None
    from ganstudio.engine.devices import available

    return tuple(available())


def cards() -> Job[int]:
    """How many graphics cards of this machine can share a training."""
    yield None
    from ganstudio.engine.devices import cards as counted

    return counted()


def device_memory(device: str) -> Job[int | None]:
    """Bytes of memory of a graphics card; None where it has none of its own."""
    yield None
    from ganstudio.engine.devices import memory_bytes

    return memory_bytes(device)


def missing_weights() -> Job[dict[str, tuple[WeightsFile, ...]]]:
    """Method → the files of weights by others that it would do better with, where they are not there."""
    yield None
    from ganstudio.engine import weights

    return weights.missing()


def use_weights(name: str, file: Path) -> Job[None]:
    """Take this file for the missing one of this name."""
    yield None
    from ganstudio.engine import weights

    yield from weights.use(name, file)


def scan(domain: Domain) -> Job[Report]:
    """What is wrong with the pictures of one domain."""
    from ganstudio.pictures import health

    return (yield from health.check(domain))


def pairing(domains: Sequence[Domain], contents: Sequence[Contents]) -> Job[Pairing]:
    """What training takes for pairs: of two domains by name, of one what stands side by side in each picture."""
    yield None
    from ganstudio.pictures import folders, pairing

    if len(domains) == 1:
        return pairing.side_by_side(contents[0].paths)
    first, second = (folders.sources_of(domain) for domain in domains)
    return pairing.match(contents[0].paths, contents[1].paths, (first, second))


def across(names: Sequence[str], reports: Sequence[Report]) -> Job[tuple[Report, ...]]:
    """The same reports, with what is also in an earlier domain."""
    yield None
    from ganstudio.pictures import health

    told = health.across(dict(zip(names, reports, strict=True)))
    return tuple(told[name] for name in names)


def crops(
    paths: Sequence[Path],
    method: str,
    size: int,
    settings: Mapping[str, object],
    *,
    count: int,
    seed: int,
    side_by_side: bool = False,
) -> Job[list[Image.Image]]:
    """What the network will see: random squares of these pictures as a training with these settings draws them."""
    yield None
    from ganstudio.engine.training import preview

    return (yield from preview.crops(paths, method, size, settings, count=count, seed=seed, side_by_side=side_by_side))


def draw_sample(folder: Path, *, pictures: int = 300) -> Job[None]:
    """Draw the sample pictures into `folder`."""
    from ganstudio.pictures import sample

    yield from sample.draw(folder, pictures=pictures, size=96)


def plan(method: str, domains: Sequence[Domain], **wishes: Any) -> Job[Recipe]:
    """The recipe for these folders and wishes (preset, size, steps, batch, seed, device, precision, settings)."""
    yield None
    from ganstudio.engine.training import planning

    return planning.plan(method, domains, **wishes)


def estimate(recipes: Sequence[Recipe]) -> Job[tuple[Estimate, ...]]:
    """How long each recipe takes and how much memory, measured with a step or two."""
    yield None
    from ganstudio.engine.training import planning

    estimates: list[Estimate] = []
    for recipe in recipes:
        estimates.append((yield from planning.estimate(recipe)))  # noqa: PERF401  A comprehension cannot yield.
    return tuple(estimates)


def examine() -> Job[tuple[Finding, ...]]:
    """What this computer has, what is slow or missing, and what to do about it."""
    yield None
    from ganstudio.engine import doctor

    return doctor.examine()


def support(run: Path | None, *, names: bool) -> Job[tuple[Piece, ...]]:
    """What a support bundle about this run says; with `names`, of pictures too."""
    from ganstudio.engine import support as support_bundle
    from ganstudio.runs.run import Run

    return (yield from support_bundle.gather(None if run is None else Run(run), names=names))


def save_support(pieces: tuple[Piece, ...], file: Path) -> Job[None]:
    """Write the support bundle."""
    yield None
    bundle.save(pieces, file)


def train_on_cards(run: Path, cards: int) -> Job[None]:
    """Train a run on several graphics cards of this machine; history and sheets are in its folder as ever."""
    from ganstudio.engine.launching import launch
    from ganstudio.runs.run import Run

    yield from launch(Run.open(run), cards)


def train(run: Path, device: str | None = None) -> Job[None]:
    """Train the run from its newest checkpoint to its last step, where its recipe says or on this device."""
    yield None
    from ganstudio.engine.training import trainer
    from ganstudio.runs.run import Run

    yield from trainer.train(Run.open(run), device)


def branch(source: Path, target: Path, steps: int) -> Job[Path]:
    """A new run in `target` that goes on from the newest save of `source`, to so many steps in all."""
    yield None
    from dataclasses import replace

    from ganstudio.engine.training import branching
    from ganstudio.runs.run import Run

    begun = Run.open(source)
    return branching.branch(begun, target, replace(branching.current(begun), steps=steps)).path


def timelapse(run: Path, file: Path) -> Job[Path]:
    """The samples of a run as a film. A file that is there is replaced: the dialog has asked."""
    yield None
    from ganstudio.engine.watching.timelapse import timelapse as filming
    from ganstudio.runs.run import Run

    return (yield from filming(Run.open(run), file, replace=True))


def save_curves(run: Path, target: Path) -> Job[Path]:
    """The curves of a run as a table or, without a suffix, for TensorBoard; those there are replaced, as was asked."""
    yield None
    from ganstudio.engine.watching import curves
    from ganstudio.runs.run import Run

    return (yield from curves.save(Run.open(run), target, replace=True))


def generate(
    model: Path | Mix,
    to: str | None,
    *,
    label: str | None = None,
    text: str | None = None,
    seed: int,
    towards: int | None = None,
    count: int = 1,
    device: str = "auto",
) -> Job[list[Image.Image]]:
    """New pictures of one label or caption; the same as `generate_files` writes for these seeds."""
    yield None
    translator = opened(model, device)
    route = translator.route(to, "generate")
    made: list[Image.Image] = []
    for number in range(count):
        if towards is None:
            made.append(translator.generate(route, seed, label, text=text, index=number))
        else:
            share = number / max(1, count - 1)
            made.append(translator.between(route, (seed, towards), share, label, text=text))
        yield Progress(number + 1, count, "generating")
    return made


def generate_files(
    model: Path,
    to: str | None,
    out: Path,
    *,
    count: int,
    label: str | None = None,
    text: str | None = None,
    seed: int,
    towards: int | None = None,
    device: str = "auto",
) -> Job[None]:
    """New pictures, written into `out`."""
    yield None
    from ganstudio.engine.translating.generating import generate_files as generating

    translator = opened(model, device)
    route = translator.route(to, "generate")
    yield from generating(translator, route, out, count=count, label=label, text=text, seed=seed, towards=towards)


def classify(
    model: Path, to: str | None, pictures: Sequence[Path], *, out: Path | None = None, device: str = "auto"
) -> Job[None]:
    """Which class each picture belongs to, as Told; with `out`, copies sorted into folders of the classes."""
    yield None
    from ganstudio.engine.translating.sets import classify_sets

    translator = opened(model, device)
    yield from classify_sets(translator, translator.route(to, "classify"), pictures, out)


def recognise(file: Path) -> Job[Foreign]:
    """What a file of weights of another program would be imported as; nothing is written."""
    from ganstudio.engine.exchange import importing

    return (yield from importing.recognise(file))


def import_model(
    file: Path,
    target: Path,
    *,
    names: tuple[str, str] | None = None,
    alone: bool = False,
    by_picture: bool = False,
) -> Job[ModelCard]:
    """A model file of weights of another program, or a checked copy of one of our own.

    `names` are what goes in and what comes out; `alone` leaves out the way back and the discriminators that lie beside
    it; `by_picture` is for those of which `Foreign.averaged` is told.
    """
    from ganstudio.engine.exchange import importing

    return (yield from importing.import_model(file, target, names=names, alone=alone, by_picture=by_picture))


def plan_from(model: Path, domains: Sequence[Domain], **wishes: Any) -> Job[Recipe]:
    """The recipe for training on from a model file with these folders; wishes as those of `plan`."""
    yield None
    from ganstudio.engine.training import fine_tuning

    return fine_tuning.plan(model, domains, **wishes)


def begin_from(model: Path, recipe: Recipe, target: Path) -> Job[Path]:
    """A new run in `target` that begins with the weights of a model file; `train` goes on with it."""
    yield None
    from ganstudio.engine.training import fine_tuning

    return fine_tuning.begin(model, target, recipe).path


def play(ground: Ground) -> Generator[Snapshot | None, Command | None, None]:
    """The playground's game: snapshots, which are no events of a run."""
    from ganstudio.engine import playground

    yield from playground.play(ground)

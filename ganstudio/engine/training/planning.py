"""Planning: from what an artist asks to a recipe that will train, and what that will cost."""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch

from ganstudio import methods
from ganstudio.engine import devices, faults
from ganstudio.engine.chance import untouched
from ganstudio.engine.models import modelfile
from ganstudio.engine.training import memory, precision
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.game import Batch, Method
from ganstudio.pictures.folders import real
from ganstudio.pictures.reading import Unreadable, size_of
from ganstudio.pictures.survey import Side, inventory, survey
from ganstudio.words.cards import Preset
from ganstudio.words.events import Progress, Stop
from ganstudio.words.recipe import PRECISIONS, Device, Domain, Precision, Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import Value, build, check, describe, unknown
from ganstudio.words.works import Work, finished

MEASURED = 3  # Steps; the fastest counts, the first also warms up.
PATIENCE = 4.0  # Seconds; slow steps are measured only twice.
LOOKED_AT = 50  # Pictures of each domain whose size decides.
SMALLEST = 64  # Pixels of the training pictures, unless someone asks for less.
LARGEST_ON_CPU = 64  # Pixels; larger steps are estimated from their area.


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a recipe will cost.

    Attributes:
        seconds: Time of the whole training.
        memory_bytes: Most memory in use at once, of the graphics card or else of the computer, without the program
            itself and the pictures; None where that cannot be told.
        step_seconds: Time of one step.
        fits: How it fits into the memory that is free, such as "with steps in 2 parts"; empty: just so.
    """

    seconds: float
    memory_bytes: int | None
    step_seconds: float
    fits: str = ""


def plan(
    method: str,
    domains: Sequence[Domain],
    *,
    preset: str = "balanced",
    size: int | None = None,
    steps: int | None = None,
    batch: int | None = None,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    settings: Mapping[str, object] | None = None,
    ranks: int = 1,
) -> Recipe:
    """A recipe that will train, from a preset and what differs from it.

    Args:
        method: Key in the catalogue.
        domains: One for each folder, in the method's order; those of the same name get their parent folder's in front.
        preset: "quick", "balanced", "best" or "low-memory".
        size: Side of the training pictures in pixels; None for the preset's, or less when the pictures are smaller.
        steps: Batches to train; None for as many as the preset asks for so many pictures.
        batch: Pictures of each domain in a step; None for the preset's.
        seed: Any whole number from 0 on.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "auto", "fp32" or "bf16".
        settings: Differences from the preset, values as TOML or the command line give them.
        ranks: How many processes share a step; a preset with fewer pictures gets so many times as many.

    Raises:
        ValueError: Something does not fit; the message says what and what to do.
    """
    kind = methods.find(method)
    start = _preset(kind, preset)
    devices.choose(device)
    if precision not in PRECISIONS:
        raise ValueError(unknown("precision", precision, PRECISIONS))
    for name, value in (("size", size), ("steps", steps), ("batch", batch)):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}.")
    if seed < 0:
        raise ValueError(f"seed must be at least 0, not {seed}.")
    chosen = _settings(kind, start, settings or {})
    domains = _named(domains)
    sides = _survey(kind, domains)
    found = inventory(sides)
    if batch is not None:
        check_shared(batch, ranks)
    # Passes over a few pictures are soon over, and no preset is to end before the quickest one.
    least = kind.presets["quick"].steps
    several = ranks if start.batch < ranks else 1
    start = dataclasses.replace(start, batch=batch or start.batch * several)
    recipe = Recipe(
        method=method,
        domains=domains,
        preset=preset,
        size=size or (_fitting(start.size, sides) if kind.any_size else start.size),
        steps=steps or max(least, start.steps_for(max(domain.train for domain in found.domains))),
        batch=start.batch,
        seed=seed,
        device=cast(Device, device),
        precision=cast(Precision, precision),
        settings=chosen,
    )
    _check_size(recipe, found)
    return recipe


def estimate(recipe: Recipe) -> Work[Estimate]:
    """What `recipe` will cost on its device, measured with a few real steps on random pictures.

    The global chance of torch is left as it was, so that estimating between two steps of a training changes nothing.

    Yields:
        Progress.

    Raises:
        ValueError: The recipe does not allow it, memory runs out, or it was stopped.
    """
    device = devices.choose(recipe.device)
    kind = methods.find(recipe.method)
    found = inventory(_survey(kind, recipe.domains))
    # The same networks cost by area at every size.
    small = device.type == "cpu" and kind.any_size
    side = min(recipe.size, LARGEST_ON_CPU) if small else recipe.size
    times: list[float] = []
    peaks: list[int] = []
    descending: Descending | None = None
    needed: memory.Need | None = None
    thrift = WHOLE
    before = _allocated(device)
    while len(times) < MEASURED and (len(times) < 2 or sum(times) < PATIENCE):
        if (yield Progress(len(times), MEASURED, what="estimating")) == Stop():
            raise ValueError("The estimate was stopped.")
        # The block ends before each yield: another job may take its turn there.
        with untouched(device):
            _forget_peak(device)
            if descending is None:
                thrift = memory.fit(recipe, found, device, bf16=precision.likely(recipe, device)).thrift
                descending = _descending(recipe, found, device, thrift)
            batch = memory.random_batch(recipe, found, side, descending.method.draws, device)
            if len(times) == 1 and device.type != "cuda":
                memory.hold_gradients(descending.method)
            with (
                memory.Counting() if len(times) == 1 and device.type != "cuda" else contextlib.nullcontext() as counting
            ):
                times.append(_step_seconds(descending, batch, recipe, device))
            if counting is not None:
                needed = memory.needed(descending.method, counting, batch, side)
        peaks.append(_peak(device) - before)
    yield Progress(MEASURED, MEASURED, what="estimating")
    seconds = min(times) * (recipe.size / side) ** 2
    # The first step of a card tries its ways of each convolution, which takes room that no later one does.
    held = needed.at(recipe.size) if needed else max(peaks[1:])
    return Estimate(seconds * recipe.steps, held, seconds, thrift.short())


def check_shared(batch: int, ranks: int) -> None:
    """Make sure that a step has a picture for each of those who share it.

    Raises:
        ValueError: There are too many of them.
    """
    if batch < ranks:
        pictures = "1 picture" if batch == 1 else f"{batch} pictures"
        raise ValueError(
            f"A step of {pictures} cannot be shared by {ranks} processes. Take a batch of {ranks} or more "
            f"(--batch {ranks})."
        )


def _fitting(size: int, sides: Sequence[Side]) -> int:
    """The preset's size, or that of small pictures, because enlarging them only costs time; at least 64."""
    shorts = []
    for side in sides:
        for example in (side.train or side.held_out)[:LOOKED_AT]:
            with contextlib.suppress(Unreadable):
                shorts.append(min(size_of(example.path)))
    typical = int(statistics.median(shorts)) if shorts else size
    return min(size, max(SMALLEST, typical // 4 * 4))


def _preset(kind: type[Method], name: str) -> Preset:
    presets = kind.all_presets()
    if name not in presets:
        raise ValueError(unknown("preset", name, presets))
    return presets[name]


def _settings(kind: type[Method], preset: Preset, wanted: Mapping[str, object]) -> dict[str, Value]:
    """What differs from the method's defaults, checked and in the settings' own types."""
    cards = {card.name: card for card in describe(kind.Settings)}
    asked = {**preset.settings, **wanted}
    build(kind.Settings, asked)
    checked = {name: check(cards[name], value) for name, value in asked.items()}
    return {name: value for name, value in checked.items() if value != cards[name].default}


def _named(domains: Sequence[Domain]) -> tuple[Domain, ...]:
    """Domains with different names: a/train and b/train become "a train" and "b train"."""
    taken: Counter[str] = Counter(domain.name for domain in domains)
    named: list[Domain] = []
    for domain in domains:
        name = domain.name
        if taken[name] > 1 and domain.sources:
            name = f"{Path(domain.sources[0]).absolute().parent.name} {name}".strip()
        number, free = 2, name
        while free in {other.name for other in named}:
            number, free = number + 1, f"{name} {number}"
        named.append(Domain(free, domain.sources))
    return tuple(named)


def _survey(kind: type[Method], domains: tuple[Domain, ...]) -> tuple[Side, ...]:
    """Find the examples of each domain and check that they are what the method needs; no picture is read."""
    if len(domains) not in kind.needs.folders:
        given = f"{len(domains)} {'was' if len(domains) == 1 else 'were'} given"
        raise ValueError(f"{kind.title} needs {kind.needs.value}; {given}.")
    _check_apart(domains)
    return finished(survey(domains, kind.needs))


def _check_apart(domains: tuple[Domain, ...]) -> None:
    seen: dict[Path, str] = {}
    for domain in domains:
        for source in {real(Path(source)) for source in domain.sources}:
            if source in seen:
                raise ValueError(
                    f"{seen[source]} and {domain.name} are the same folder, {source}. Choose two different ones."
                )
            seen[source] = domain.name


def _check_size(recipe: Recipe, inventory: Inventory) -> None:
    """Build the networks without memory: the method itself says which sizes it takes.

    Raises:
        ValueError: Not this one.
    """
    method = modelfile.shape_of(recipe, inventory)
    for route in method.routes():
        if route.source is not None and recipe.size % route.multiple:
            near = max(1, round(recipe.size / route.multiple)) * route.multiple
            raise ValueError(
                f"{method.title} trains on sizes that are multiples of {route.multiple}, not {recipe.size}. Try {near}."
            )


def _descending(recipe: Recipe, inventory: Inventory, device: torch.device, thrift: Thrift) -> Descending:
    torch.manual_seed(recipe.seed)
    method = modelfile.build_method(recipe, inventory).to(device)
    return Descending(method, recipe.steps, bf16=precision.likely(recipe, device), thrift=thrift)


def _step_seconds(descending: Descending, batch: Batch, recipe: Recipe, device: torch.device) -> float:
    _wait(device)
    began = time.perf_counter()
    out_of_memory = False
    try:
        descending.step(batch, 0)
        _wait(device)
    except (RuntimeError, MemoryError) as error:
        if faults.kind(error) != "memory":
            raise
        out_of_memory = True
    if out_of_memory:  # Outside of the except block, whose traceback would keep the memory alive.
        if device.type == "cuda":
            torch.cuda.empty_cache()
        raise faults.TooLarge(
            f"{devices.title(device)} has too little memory for {recipe.size} pixels and a batch of {recipe.batch}. "
            "Choose a smaller size or batch."
        )
    return time.perf_counter() - began


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _forget_peak(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def _peak(device: torch.device) -> int:
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0


def _allocated(device: torch.device) -> int:
    return torch.cuda.memory_allocated(device) if device.type == "cuda" else 0

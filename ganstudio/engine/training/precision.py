"""Precision: whether a run computes its networks in bfloat16, found by playing a few of its own steps both ways.

bfloat16 keeps eight of float32's twenty-four digits: twice as fast and more where there are instructions for it, many
times slower where there are none. Nothing of a run has a part in the measuring: its steps are played by networks of
their own, on pictures that show nothing, with chance that is put back.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from ganstudio.engine import devices, faults
from ganstudio.engine.chance import untouched
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import random_batch
from ganstudio.engine.training.thrift import Thrift
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory

Stopwatch: TypeAlias = Callable[[Callable[[], None]], float]
"""Plays something, and tells how many seconds it took."""

FASTER = 1.1  # Times as fast as float32 is worth the digits.
AGREEING = 0.05  # Share by which a curve of the first step may differ …
LEAST = 0.1  # … of a value that is taken for no less than this: near zero every share is large.
ROUNDS = 3  # Steps that are timed each way, after one that warms up; the fastest counts.
_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16", "sve_bf16")  # Of processors; the last two are ARM's.

PATIENCE = 10.0  # Seconds; steps that last longer are timed once.
WORTH = 60.0  # Seconds; a run that takes no longer keeps all its digits, for there is nothing to win.


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a run computes in.

    Attributes:
        bf16: Networks in bfloat16 where autocast finds it safe; else everything in float32, with all its digits.
        why: In a few words: "1.7 times as fast here"; empty where nothing was to be chosen.
        note: What the artist should know beside that.
    """

    bf16: bool
    why: str = ""
    note: str = ""


def instructions(device: torch.device) -> tuple[str, ...]:
    """What the device computes bfloat16 with; nothing where it would only pretend to."""
    match device.type:
        case "cuda":
            return ("tensor cores",) if torch.cuda.is_bf16_supported(including_emulation=False) else ()
        case "cpu":
            has: Mapping[str, Any] = torch.cpu.get_capabilities()
            return tuple(name for name in _INSTRUCTIONS if has.get(name))
        case _:
            return ()


def settled(recipe: Recipe, device: torch.device, found: Checkpoint | None) -> Chosen | None:
    """What needs no measuring: it was asked for, the run began with it, or there is no choice. None: measure.

    Raises:
        ValueError: bf16 was asked for on a device without it.
    """
    if recipe.precision != "auto":
        if recipe.precision == "bf16" and not _able(device):
            raise ValueError(f"{devices.title(device.type)} cannot compute in bf16. Use --precision auto.")
        return Chosen(recipe.precision == "bf16")
    if found is not None and (begun := _begun(found)) is not None:
        return _continued(begun, device)
    return None if instructions(device) else Chosen(bf16=False)


def likely(recipe: Recipe, device: torch.device) -> bool:
    """Whether a new run will compute in bfloat16, for an estimate: asked for, or on a card that has instructions."""
    if recipe.precision != "auto":
        return recipe.precision == "bf16"
    return device.type == "cuda" and bool(instructions(device))


def _able(device: torch.device) -> bool:
    """Whether it can compute bfloat16 at all, also slowly."""
    return device.type == "cpu" or (device.type == "cuda" and torch.cuda.is_bf16_supported())


def _begun(found: Checkpoint) -> bool | None:
    """What the run computed in until now; None where nothing was computed yet."""
    if "bf16" in found.facts:
        return bool(found.facts["bf16"])
    # Before this was written down, graphics cards computed in bfloat16.
    return found.facts.get("device") == "cuda" if found.step else None


def _continued(begun: bool, device: torch.device) -> Chosen:
    """The same as before, as far as the device can."""
    if begun and not instructions(device):
        note = f"The run began in bf16. {devices.title(device.type)} has no instructions for it; it goes on in fp32."
        return Chosen(bf16=False, why="no instructions for bf16 here", note=note)
    return Chosen(begun, why="as it began")


def stopwatch(device: torch.device) -> Stopwatch:
    """One that waits until the device is done."""

    def taken(play: Callable[[], None]) -> float:
        _wait(device)
        began = time.perf_counter()
        play()
        _wait(device)
        return time.perf_counter() - began

    return taken


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def measured(
    recipe: Recipe,
    inventory: Inventory,
    device: torch.device,
    thrift: Thrift,
    taken: Stopwatch | None = None,
) -> Generator[Progress, None, Chosen]:
    """Play a few steps of this method at this size in float32 and in bfloat16, and choose.

    Args:
        recipe: With as many pictures in a batch as are played here.
        inventory: What was found.
        device: Where it trains.
        thrift: How its steps are played with less memory.
        taken: The stopwatch.

    Yields:
        Progress, after each step; torch's chance is as it was then.
    """
    taken = taken or stopwatch(device)
    trials: list[_Trial] = []
    for bf16 in (False, True):
        trial = _Trial(recipe, inventory, device, thrift, bf16=bf16)
        try:
            while trial.next(taken):
                yield Progress(len(trial.seconds) + bf16 * ROUNDS, 2 * ROUNDS, what="measuring precision")
        except (RuntimeError, MemoryError) as error:
            if faults.kind(error) != "memory":
                raise
            trial.fits = False
        trial.forget()
        trials.append(trial)
        if not bf16 and trial.fits and min(trial.seconds) * recipe.steps < WORTH:
            return Chosen(bf16=False)
    return chosen(*trials)


class _Trial:
    """A few steps one way."""

    def __init__(
        self, recipe: Recipe, inventory: Inventory, device: torch.device, thrift: Thrift, *, bf16: bool
    ) -> None:
        self._recipe, self._inventory, self._device = recipe, inventory, device
        self._thrift, self._bf16 = thrift, bf16
        self._descending: Descending | None = None
        self.seconds: list[float] = []
        self.terms: dict[str, float] = {}
        self.fits = True

    def next(self, taken: Stopwatch) -> bool:
        """Play one more step; False when it was played often enough."""
        enough = ROUNDS if not self.seconds or sum(self.seconds) < PATIENCE else 1
        if len(self.seconds) >= enough:
            return False
        with untouched(self._device):
            torch.manual_seed(self._recipe.seed)
            if self._descending is None:
                self._begin()
            else:
                self.seconds.append(taken(self._play))
        return True

    def _begin(self) -> None:
        """Build it; the first step warms up and tells the curves, while weights are still the same both ways."""
        method = modelfile.build_method(self._recipe, self._inventory).to(self._device)
        self._descending = Descending(method, self._recipe.steps, bf16=self._bf16, thrift=self._thrift)
        self._play()

    def _play(self) -> None:
        assert self._descending is not None
        draws = self._descending.method.draws
        batch = random_batch(self._recipe, self._inventory, self._recipe.size, draws, self._device)
        terms = self._descending.step(batch, 0)
        if not self.terms:
            self.terms = {name: float(value) for name, value in terms.items()}

    def forget(self) -> None:
        """Give back its memory."""
        self._descending = None
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def chosen(whole: _Trial, half: _Trial) -> Chosen:
    """What these two tell."""
    if not half.fits:
        return Chosen(bf16=False)
    if not whole.fits:
        return Chosen(bf16=True, why="fp32 needs more memory than there is")
    if different := _different(whole.terms, half.terms):
        return Chosen(bf16=False, why=f"bf16 gives another {different}")
    times = min(whole.seconds) / min(half.seconds)
    if times < FASTER:
        return Chosen(bf16=False, why=f"bf16 is only {times:.1f} times as fast here")
    return Chosen(bf16=True, why=f"{times:.1f} times as fast as fp32 here")


def _different(one: Mapping[str, float], other: Mapping[str, float]) -> str:
    """The curve that differs by more than rounding explains, and how much; empty when none does."""
    for name, value in one.items():
        apart = abs(value - other[name]) / max(abs(value), LEAST)
        if not math.isfinite(apart) or apart > AGREEING:
            return f"{name} ({value:.3g} in fp32, {other[name]:.3g} in bf16)"
    return ""

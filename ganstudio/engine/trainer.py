"""The trainer: plays a run from its newest checkpoint to its last step, and yields what happens.

The caller pulls. Pause: stop pulling. Stop, save, sample: `generator.send(command)`. Closing the generator ends the
training without another save; nothing before the newest checkpoint is lost.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing

import torch
from torch import Tensor

from ganstudio import methods
from ganstudio.engine import checkpoint, devices, modelfile, room
from ganstudio.engine.awake import awake
from ganstudio.engine.chance import Chance
from ganstudio.engine.checkpoint import Checkpoint
from ganstudio.engine.clock import Clock
from ganstudio.engine.descent import Descending
from ganstudio.engine.gathering import Gathered, gather
from ganstudio.engine.sheets import Sheets
from ganstudio.pictures.batches import Batches
from ganstudio.runs.history import History
from ganstudio.runs.run import Run
from ganstudio.runs.writing import Unwritten
from ganstudio.words.events import (
    Command,
    Event,
    Failed,
    Finished,
    Losses,
    Progress,
    Sample,
    Sampled,
    Save,
    Saved,
    Started,
    Stop,
    Warned,
)
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import build

SAVE_SECONDS = 120.0  # At most so much work is lost when the process is killed.
RETRY_SECONDS, ATTEMPTS = 20.0, 3  # After a save that failed.
ROOM_SECONDS = 5.0  # Between two looks at how much room the disk has.
CURVE_SECONDS = 0.25  # Reading a loss waits for the device, so not at every step …
SHEET_SECONDS = 4.0
LATE_SHEET_SECONDS = 300.0


def train(run: Run) -> Generator[Event, Command | None, None]:
    """Train `run` from its newest checkpoint to its last step; obey each command between two steps.

    Everything but single steps of Progress is also appended to the run's history.

    Raises:
        ValueError: The recipe, the pictures or the folder do not allow it; the message says what to do.
        OSError: The disk is full or the run folder cannot be written.
    """
    inbox: set[Command] = set()
    history = History(run)
    with run.lock(), awake() as is_awake, closing(_training(run, inbox, is_awake=is_awake)) as events:
        try:
            for event in events:
                if not isinstance(event, Progress):
                    history.add(event)
                command = yield event
                if command is not None:
                    inbox.add(command)
        except (ValueError, OSError, RuntimeError) as error:
            history.add(Failed(str(error)))
            raise


def _training(run: Run, inbox: set[Command], *, is_awake: bool) -> Generator[Event, None, None]:
    """The training itself; looks into `inbox` between two steps."""
    recipe = run.recipe()
    method = methods.find(recipe.method)
    settings = build(method.Settings, recipe.settings)
    device = devices.choose(recipe.device)
    found, damaged = checkpoint.newest(run)
    for sentence in damaged:
        yield Warned(sentence)
    gathered: Gathered | None = None
    earlier = run.inventory() if found else None
    words = earlier.domains[0].words if earlier else ()
    gathering = gather(recipe, method.needs, settings, words)
    while gathered is None:
        try:
            yield next(gathering)
        except StopIteration as end:
            gathered = end.value
        if Stop() in inbox:
            yield Finished(found.step if found else 0, "stopped")
            return
    inventory = _inventory(run, gathered, earlier)
    session = _Session(run, recipe, inventory, gathered=gathered, device=device, found=found)
    session.check_room()
    yield from session.warnings()
    yield Started(
        session.step,
        recipe.steps,
        recipe.method,
        devices.title(device.type),
        "bf16" if session.bf16 else "fp32",
        {domain.name: domain.train for domain in inventory.domains},
        is_awake,
    )
    yield from session.play(inbox)


def _inventory(run: Run, gathered: Gathered, earlier: Inventory | None) -> Inventory:
    """What was found at the run's first start; later counts may differ, but the classes and names are the networks'."""
    if earlier is None:
        run.keep_inventory(gathered.inventory)
        return gathered.inventory
    if [domain.classes for domain in earlier.domains] != [domain.classes for domain in gathered.inventory.domains]:
        raise ValueError("The class folders are not those this run began with. Put them back, or start a new run.")
    return earlier


class _Session:
    """One sitting of a run, from a start or a resume to its end."""

    def __init__(
        self,
        run: Run,
        recipe: Recipe,
        inventory: Inventory,
        *,
        gathered: Gathered,
        device: torch.device,
        found: Checkpoint | None,
    ) -> None:
        self.run, self.recipe, self.inventory = run, recipe, inventory
        self.device = device
        self.bf16 = precision(recipe, device)
        self.step = 0
        self._random = Chance(recipe.seed, device)
        with self._random:
            method = modelfile.build_method(recipe, inventory).to(device)
        self._room = room.room_for(method, recipe.size)
        self._descending = Descending(method, recipe.steps, bf16=self.bf16)
        self._batches = Batches(
            gathered.stocks,
            batch=recipe.batch * method.draws,
            size=recipe.size,
            flip=method.settings.flip,
            seed=recipe.seed,
            device=device,
        )
        self._sheets = Sheets(method, gathered.sides, recipe.size, device)
        self._warnings: list[str] = []
        self._unsaved = 0  # Saves that failed since the last that did not.
        if found is not None:
            self._restore(found)

    def check_room(self) -> None:
        """Make sure that the disk lasts for what is left to do.

        Raises:
            ValueError: It does not.
        """
        if self.step < self.recipe.steps:
            room.check(self._room, self.run)

    def warnings(self) -> Iterator[Warned]:
        """What the artist should know before it goes on."""
        for sentence in self._warnings:
            yield Warned(sentence)

    def play(self, inbox: set[Command]) -> Iterator[Event]:
        """Step by step to the end, or to a Stop in `inbox`; other commands are taken out when they are obeyed."""
        clock = Clock(save=SAVE_SECONDS)
        terms: Mapping[str, Tensor] = {}
        full = ""
        if self.step < self.recipe.steps:
            yield self._sample(clock)
        while self.step < self.recipe.steps and Stop() not in inbox and not full:
            terms = self._one_step(clock)
            yield self._progress(clock)
            if clock.due("curves"):
                yield self._losses(terms)
                clock.done("curves", max(CURVE_SECONDS, clock.seconds / 1000))
            if clock.due("sheets") or Sample() in inbox:
                yield self._sample(clock)
                inbox.discard(Sample())
            if clock.due("save") or Save() in inbox:
                yield from self._save_in_passing(terms, clock)
                inbox.discard(Save())
            if clock.due("room"):
                full = room.warning(self._room, self.run)
                clock.done("room", ROOM_SECONDS)
        if terms:
            yield self._losses(terms)
            yield self._sample(clock)
            yield from self._save(terms)
        if full:
            raise ValueError(full)
        yield Finished(self.step, "done" if self.step >= self.recipe.steps else "stopped", round(clock.seconds, 1))

    def _one_step(self, clock: Clock) -> Mapping[str, Tensor]:
        with self._random, clock.step():
            terms = self._descending.step(next(self._batches), self.step)
        self.step += 1
        return terms

    def _progress(self, clock: Clock) -> Progress:
        seconds = clock.recent()
        return Progress(
            done=self.step,
            total=self.recipe.steps,
            seconds=clock.seconds,
            eta_seconds=seconds * (self.recipe.steps - self.step) if seconds else None,
            per_second=1 / seconds if seconds else None,
        )

    def _losses(self, terms: Mapping[str, Tensor]) -> Losses:
        """Read the curves, which waits for the device.

        Raises:
            ValueError: A number exploded.
        """
        values = {name: float(value) for name, value in terms.items()}
        broken = [name for name, value in values.items() if not math.isfinite(value)]
        if broken:
            raise ValueError(
                f"A number exploded at step {self.step} ({', '.join(broken)}). The last checkpoint is fine: continue "
                "with a lower learning rate, and take out pictures of one flat colour."
            )
        return Losses(self.step, values)

    def _sample(self, clock: Clock) -> Sampled | Warned:
        began = time.perf_counter()
        try:
            with self._random, self._descending.averaged() as method:
                sheets = self._sheets.draw(method, self.run, self.step)
        except Unwritten as error:  # What matters is told when it cannot be saved.
            clock.done("sheets", LATE_SHEET_SECONDS)
            return Warned(str(error))
        # Lively at first, then rarer, and never more than a twentieth of the time.
        took = time.perf_counter() - began
        clock.done("sheets", max(min(max(SHEET_SECONDS, clock.seconds / 25), LATE_SHEET_SECONDS), 20 * took))
        return Sampled(self.step, sheets)

    def _save_in_passing(self, terms: Mapping[str, Tensor], clock: Clock) -> Iterator[Event]:
        """Save between two steps. A drive that fails gets another chance, with new files, before the training ends."""
        try:
            yield from self._save(terms)
        except OSError as error:
            self._unsaved += 1
            if self._unsaved == ATTEMPTS:
                raise
            yield Warned(f"{error} The training goes on and tries again in {RETRY_SECONDS:.0f} seconds.")
            clock.done("save", RETRY_SECONDS)
        else:
            self._unsaved = 0
            clock.done("save", SAVE_SECONDS)

    def _save(self, terms: Mapping[str, Tensor]) -> Iterator[Event]:
        """Write checkpoint and model; a broken state never replaces a good one."""
        self._losses(terms)
        state = self._descending.state() | {f"batches.{name}": value for name, value in self._batches.state().items()}
        facts = checkpoint.circumstances(self.device)
        path = checkpoint.save(self.run, self.step, state | self._random.state(), facts)
        yield Saved(self.step, path.relative_to(self.run.path).as_posix(), "checkpoint")
        with self._descending.averaged() as method:
            modelfile.save(self.run.model, method, self.recipe, self.inventory, self.step)
        yield Saved(self.step, self.run.model.name, "model")

    def _restore(self, found: Checkpoint) -> None:
        if different := checkpoint.differences(found, self.device):
            self._warnings.append(different)
        self._descending.restore(found.tensors)
        prefix = "batches."
        order = {name[len(prefix) :]: value for name, value in found.tensors.items() if name.startswith(prefix)}
        if not self._batches.restore(order):
            self._warnings.append("Pictures came or went since this run was saved; it goes on with what is there now.")
        self._random.restore(found.tensors)
        self.step = found.step


def precision(recipe: Recipe, device: torch.device) -> bool:
    """Whether to compute in bfloat16: on request, or by itself on a CUDA device that has it.

    Raises:
        ValueError: bf16 was asked for on a device without it.
    """
    able = device.type == "cpu" or (device.type == "cuda" and torch.cuda.is_bf16_supported())
    if recipe.precision == "bf16" and not able:
        raise ValueError(f"{devices.title(device.type)} cannot compute in bf16. Use --precision auto.")
    return recipe.precision == "bf16" or (recipe.precision == "auto" and device.type == "cuda" and able)

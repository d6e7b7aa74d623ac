"""The trainer: plays a run from its newest checkpoint to its last step, and yields what happens.

The caller pulls. Pause: stop pulling. Stop, save, sample: `generator.send(command)`. Closing the generator ends the
training without another save; nothing before the newest checkpoint is lost.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import torch

from ganstudio import methods
from ganstudio.engine import devices, faults
from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.engine.ranks import ALONE, Order, Ranks
from ganstudio.engine.training import changing, orders, outset, thrift
from ganstudio.engine.training.awake import awake
from ganstudio.engine.training.course import Course
from ganstudio.engine.training.gathering import Gathered, gather
from ganstudio.engine.training.orders import Gathering
from ganstudio.engine.training.session import Ground
from ganstudio.engine.training.sharing import Share
from ganstudio.engine.watching.coach import Coach
from ganstudio.engine.watching.quality import Quality
from ganstudio.engine.watching.record import replay
from ganstudio.engine.watching.remedies import Case
from ganstudio.engine.watching.sheets import Sheets
from ganstudio.pictures.batches import Batches
from ganstudio.runs.following import Requests
from ganstudio.runs.heartbeat import TakenOver, beating
from ganstudio.runs.history import History
from ganstudio.runs.run import Run
from ganstudio.words.events import (
    Changed,
    Command,
    Event,
    Failed,
    Finished,
    Held,
    Progress,
    Scored,
    Started,
    Stop,
    Warned,
)
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import build

T = TypeVar("T")

_ALONE = (
    "What this method learns from a picture hangs on the others of its step, so it cannot be shared out: one of the "
    "{count} processes trains, no faster than alone, and the others have left."
)


def train(run: Run, device: str | None = None, *, ranks: Ranks = ALONE) -> Generator[Event, Command | None, None]:
    """Train `run` from its newest checkpoint to its last step; obey each command between two steps.

    Commands may also be requested through the run's folder, see `runs.following`.

    Everything but Held and single steps of Progress is also appended to the run's history.

    Args:
        run: A run with its recipe.
        device: Where to train this time; None where the recipe says.
        ranks: Who trains it together with this process, which leads them.

    Raises:
        ValueError: The recipe, the pictures or the folder do not allow it, memory does not suffice (TooLarge), or the
            device is lost (DeviceLost); the message says what to do. Or another machine has taken it over (TakenOver).
        OSError: The disk is full or the run folder cannot be written.
    """
    inbox: list[Command] = []
    history, requests = History(run), Requests(run)
    with (
        run.lock(),
        beating(run) as heart,
        awake() as is_awake,
        closing(_training(run, inbox, device, ranks, is_awake=is_awake)) as events,
    ):
        try:
            for event in events:
                heart.tell(event)
                if not isinstance(event, (Progress, Held)):
                    history.add(event)
                command = yield event
                asked = Stop() if ranks.end_asked() else None
                for wanted in (command, *requests.take(), asked):
                    if wanted is not None and wanted not in inbox:
                        inbox.append(wanted)
        except TakenOver:
            raise
        except (ValueError, OSError, RuntimeError, MemoryError) as error:
            if faults.kind(error) != "memory":
                history.add(Failed(str(error)))
                raise
            without = faults.no_way_left()
            history.add(Failed(str(without)))
            raise without from error


def _training(
    run: Run, inbox: list[Command], wished: str | None, ranks: Ranks, *, is_awake: bool
) -> Generator[Event, None, None]:
    """The training itself; looks into `inbox` between two steps."""
    recipe = run.recipe()
    method = methods.find(recipe.method)
    settings = build(method.Settings, recipe.settings)
    wished = wished or recipe.device
    if wished == "auto" and devices.lost():  # Not silently on the CPU in the middle of a run.
        raise ValueError(devices.LOST)
    device = devices.choose(wished)
    found, damaged = checkpoint.newest(run)
    for sentence in damaged:
        yield Warned(sentence)
    if damaged and found is None:
        yield Warned("There is no other checkpoint, so the training begins anew.")
    earlier = run.inventory() if found else None
    words = earlier.domains[0].words if earlier else ()
    gathered = yield from _unless_stopped(gather(recipe, method.needs, settings, words), inbox)
    if gathered is None:
        yield Finished(found.step if found else 0, "stopped")
        return
    gathered = replace(gathered, inventory=_inventory(run, gathered, earlier))
    inventory, record = gathered.inventory, replay(run.events())
    if not _shareable(ranks, recipe, inventory):
        yield Warned(_ALONE.format(count=ranks.count))
        ranks.close()
        ranks = ALONE
    here = len(Share.of(ranks, recipe.batch).mine)
    begun = yield from _unless_stopped(outset.settle(replace(recipe, batch=here), inventory, device, found), inbox)
    if begun is None:
        yield Finished(found.step if found else 0, "stopped")
        return
    for sentence in begun.notes:
        yield Warned(sentence)
    ground = ground_of(run, recipe, gathered, device, bf16=begun.chosen.bf16, past=record.scores, ranks=ranks)
    ground = replace(ground, thrift=begun.thrift)
    _assemble(ground, gathered)
    course = Course(ground, found, inbox)
    yield from course.opening()
    signs = method.signs(settings, len(inventory.domains))
    able = changing.changeable(recipe, inventory)
    case = Case.of(settings, signs, able, method.needs, inventory, batch=recipe.batch)
    yield from Coach(case, record).listening(_playing(ground, course, begun.chosen.why, is_awake=is_awake))


def _unless_stopped(work: Generator[Event, None, T], inbox: list[Command]) -> Generator[Event, None, T | None]:
    """What comes of `work`; None when someone wished to stop meanwhile."""
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: T = end.value
            return None if Stop() in inbox else result
        yield event
        if Stop() in inbox:
            work.close()
            return None


def _playing(ground: Ground, course: Course, why: str, *, is_awake: bool) -> Generator[Event, None, None]:
    """What the coach listens to: everything from the start on."""
    recipe, inventory = ground.recipe, ground.inventory
    yield Started(
        course.step,
        recipe.steps,
        recipe.method,
        _place(ground),
        "bf16" if ground.bf16 else "fp32",
        {domain.name: domain.train for domain in inventory.domains},
        is_awake,
        why,
    )
    if course.settings:
        yield Changed(course.step, course.settings)
    yield from course.play()


def _place(ground: Ground) -> str:
    """Where it trains, for people: "4 × NVIDIA H200"."""
    title, count = devices.title(ground.device.type), ground.ranks.count
    return f"{count} × {title}" if count > 1 else title


def _inventory(run: Run, gathered: Gathered, earlier: Inventory | None) -> Inventory:
    """What was found at the run's first start; later counts may differ, but the classes and names are the networks'."""
    if earlier is None:
        run.keep_inventory(gathered.inventory)
        return gathered.inventory
    if [domain.classes for domain in earlier.domains] != [domain.classes for domain in gathered.inventory.domains]:
        raise ValueError("The class folders are not those this run began with. Put them back, or start a new run.")
    return earlier


def ground_of(
    run: Run,
    recipe: Recipe,
    gathered: Gathered,
    device: torch.device,
    *,
    bf16: bool,
    past: Sequence[Scored] = (),
    ranks: Ranks = ALONE,
) -> Ground:
    """What stays the same however often the run goes back."""
    method = modelfile.shape_of(recipe, gathered.inventory)
    share = Share.of(ranks, recipe.batch) if ranks.count > 1 else None
    batches = Batches(
        gathered.stocks,
        batch=recipe.batch * method.draws,
        size=recipe.size,
        flip=method.settings.flip,
        seed=recipe.seed,
        device=device,
        own=share.slots(method.draws) if share else None,
    )
    sheets = Sheets(method, gathered.sides, recipe.size, device)
    quality = Quality(gathered.sides, recipe.size, device, past)
    return Ground(run, recipe, gathered.inventory, device, bf16, batches, batches.state(), sheets, quality, share)


def _shareable(ranks: Ranks, recipe: Recipe, inventory: Inventory) -> bool:
    """Whether those that train together can each play a part of a batch, and learn what one would of all of it.

    Raises:
        ValueError: There are too many of them.
    """
    if ranks.count == 1:
        return True
    if not thrift.splits(modelfile.shape_of(recipe, inventory)):
        return False
    if recipe.batch < ranks.count:
        raise ValueError(
            f"A step of this run has {recipe.batch} picture{'s'[: recipe.batch > 1]}, too few for {ranks.count} "
            f"processes. Start at most {recipe.batch}, or go on in a new run with larger steps: "
            f"ganstudio train --from RUN --out NEW --batch {ranks.count}"
        )
    return True


def _assemble(ground: Ground, gathered: Gathered) -> None:
    """Have everyone find the same pictures; the first has filled the cache on this machine by now.

    Raises:
        ValueError: Someone cannot.
    """
    ranks = ground.ranks
    if ranks.count == 1:
        return
    wanted = Gathering(ground.recipe, ground.inventory, ground.device.type, ground.bf16)
    with ranks.ordered(Order.GATHER, wanted.to_bytes()):
        mine = orders.pictures(gathered.stocks, ground.start)
        found = ranks.told(mine)
    for number, told in enumerate(found):
        if told.startswith("!"):
            raise ValueError(f"Process {number} of {ranks.count} cannot train: {told[2:]}")
        if told != mine:
            raise ValueError(
                f"Process {number} of {ranks.count} found other pictures than the first. The folders must hold the "
                "same pictures on all machines; put them on a shared disk, or copy them anew."
            )

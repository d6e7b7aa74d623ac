"""Session: the networks, chance and settings of a run from one of its states on, until it ends or goes back.

A run that goes back to a checkpoint, takes on less memory or starts anew gets a new session; pictures, sheets and the
clock stay. So nothing of a broken state can leak into the next one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from ganstudio.engine.chance import Chance, untouched
from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.ranks import ALONE, Order, Ranks
from ganstudio.engine.training import changing, compiling, orders
from ganstudio.engine.training.alarm import Explosion, sound
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import random_batch
from ganstudio.engine.training.sharing import Share
from ganstudio.engine.training.thrift import WHOLE, Thrift, ladder
from ganstudio.engine.watching.quality import Quality
from ganstudio.engine.watching.sheets import Sheets
from ganstudio.game import Batch, Method
from ganstudio.pictures.batches import Batches
from ganstudio.runs.model import card
from ganstudio.runs.origin import origin
from ganstudio.runs.run import Run
from ganstudio.words.events import Saved, Scored, SheetFile, Skipped
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory
from ganstudio.words.settings import Value

_ORDER = "batches."


@dataclass(frozen=True, slots=True)
class Ground:
    """What all sessions of one training stand on.

    Attributes:
        run: Where it is written.
        recipe: What was asked.
        inventory: What was found.
        device: Where it trains.
        bf16: Whether networks are computed in bfloat16.
        batches: Its pictures.
        start: The state of `batches` before the first draw.
        sheets: Its held-out pictures.
        quality: Scores what it makes of them.
        share: Which pictures of a batch are played here, and who plays the others; None when all are.
        thrift: How a run that begins plays with the memory there is.
    """

    run: Run
    recipe: Recipe
    inventory: Inventory
    device: torch.device
    bf16: bool
    batches: Batches
    start: Mapping[str, Tensor]
    sheets: Sheets
    quality: Quality
    share: Share | None = None
    thrift: Thrift = WHOLE

    @property
    def ranks(self) -> Ranks:
        """Who trains it together."""
        return self.share.ranks if self.share else ALONE


class Unsound(Exception):  # noqa: N818  It never leaves the engine.
    """The state to be saved holds something that is no number."""


class Session:
    """One stretch of a training.

    Args:
        ground: What it stands on.
        found: The state it goes on from; None begins at step 0.
        changes: Settings that differ from the recipe; None takes those of `found`.
        thrift: How to play with less memory; None as `found` did, or as a run begins here.
        attempt: Another number, another chance from here on; 0 is the run's own.

    Attributes:
        step: Steps done.
        terms: The curves of the last step, () tensors on the device; empty before the first.
        notes: What the artist should know of how it began.
        saved: Step of the state on disk; None when it began anew.

    Raises:
        ValueError: The state belongs to other networks.
    """

    def __init__(
        self,
        ground: Ground,
        found: Checkpoint | None = None,
        *,
        changes: Mapping[str, Value] | None = None,
        thrift: Thrift | None = None,
        attempt: int = 0,
    ) -> None:
        self._ground = ground
        facts: Mapping[str, Any] = found.facts if found else {}
        self.changes: dict[str, Value] = dict(facts.get("changes", {}) if changes is None else changes)
        if thrift is None:
            thrift = Thrift(**facts["thrift"]) if "thrift" in facts else ground.thrift
        self.thrift = thrift
        ground.ranks.tell(Order.BEGIN, orders.begin(found, self.changes, self.thrift, attempt))
        self.terms: Mapping[str, Tensor] = {}
        self.notes: list[str] = []
        self._heard: list[Skipped] = []
        self.step = found.step if found else 0
        self.saved = found.step if found else None
        self._begun, self._tried = self.step, False
        self._chance = Chance(ground.recipe.seed, ground.device)
        with self._chance:
            method = modelfile.build_method(ground.recipe, ground.inventory).to(ground.device)
        if self.changes:
            method.take_on(changing.settings(ground.recipe, self.changes))
        self._brought: tuple[str, ...] = tuple(facts.get("brought", ()))
        self._descending = Descending(
            method,
            ground.recipe.steps,
            bf16=ground.bf16,
            thrift=self.thrift,
            brought=self._brought,
            share=ground.share,
        )
        self._restore(found)
        if attempt:
            self._chance.stir(attempt)
        self._compare()

    @property
    def method(self) -> Method:
        """Its networks."""
        return self._descending.method

    @property
    def settings(self) -> Mapping[str, Value]:
        """What it trains with where that differs from the recipe."""
        return changing.differing(self._ground.recipe, self.changes)

    def draw(self) -> Batch:
        """The pictures of the next step.

        Raises:
            Away: Their folder is away.
        """
        return next(self._ground.batches)

    def play(self, batch: Batch) -> None:
        """One step; after an error it must not be used any more."""
        with self._ground.ranks.ordered(Order.PLAY), self._chance:
            self.terms = self._descending.step(batch, self.step)
        self.step += 1

    def may_quicken(self) -> bool:
        """Whether it is time to look for a quicker form of its networks, which is once at most."""
        recipe, ground = self._ground.recipe, self._ground
        played, left = self.step - self._begun, recipe.steps - self.step
        return not self._tried and compiling.due(
            ground.device, self.thrift, played=played, left=left, alone=ground.ranks.count == 1
        )

    def quicken(self) -> None:
        """Look for it; the run stays what it is, bit for bit but for the order of sums."""
        recipe, ground = self._ground.recipe, self._ground
        self._tried = True
        with untouched(ground.device):
            batch = random_batch(recipe, ground.inventory, recipe.size, self.method.draws, ground.device)
            compiling.quicken(self._descending, batch, self.step, bf16=ground.bf16)

    def ladder(self) -> Iterator[Thrift]:
        """Ways to play on with less memory than now, one after the other."""
        rungs = list(ladder(self.method, self._ground.recipe.batch, self._ground.device))
        further = rungs[rungs.index(self.thrift) + 1 :] if self.thrift in rungs else rungs
        return iter(further or rungs[-1:])  # At the end of it the step is repeated, with nothing else around.

    def change(self, settings: Mapping[str, Value]) -> None:
        """Train on with these settings, checked before."""
        self._ground.ranks.tell(Order.CHANGE, orders.change(settings))
        self.changes |= settings
        self._descending.take_on(changing.settings(self._ground.recipe, self.changes))

    def exploded(self) -> Explosion | None:
        """Whether a number exploded, and when; waits for the device."""
        if not self.terms:
            return None
        broken = tuple(name for name, value in self.values().items() if not math.isfinite(value))
        return self._descending.alarm.rung() or (Explosion(self.step - 1, broken) if broken else None)

    def values(self) -> dict[str, float]:
        """The curves of the last step; waits for the device."""
        return {name: float(value) for name, value in self.terms.items()}

    def draw_sheets(self) -> tuple[SheetFile, ...]:
        """Write the sheets of now.

        Raises:
            Unwritten: The disk is full, read-only or gone.
        """
        with self._descending.averaged() as method:
            return self._ground.sheets.draw(method, self._ground.run, self.step)

    def score(self) -> Scored | None:
        """Score what it makes of held-out pictures now; its chance is left alone."""
        with self._descending.averaged() as method:
            return self._ground.quality.score(method, self.step)

    def save(self, *, best: bool = False, name: str = "") -> Iterator[Saved]:
        """Write checkpoint and model, both before the first is told, so that one who is told may stop pulling.

        Raises:
            Unsound: It is not worth keeping; nothing was written.
            Unwritten: The disk is full, read-only or gone; what was there stays.
            ValueError: Others train it together with this one, and do not hold the same any more.
        """
        if self._ground.ranks.leads and self._ground.batches.streams:
            with self._ground.ranks.ordered(Order.PLACES):
                self.places()
        run, state = self._ground.run, self._state()
        if not sound(state):
            raise Unsound
        path = checkpoint.save(run, self.step, state, self._facts(), best=best, name=name)
        self.saved = self.step
        model = self._save_model()
        self._compare()
        yield Saved(self.step, path.relative_to(run.path).as_posix(), "checkpoint")
        yield model

    def catch_up(self) -> Iterator[Saved]:
        """Write the model of the state it began with, where a kill came between the two, or the run went back.

        Raises:
            Unwritten: As `save`.
        """
        if self.saved and self._modelled() != self.saved:
            yield self._save_model()

    def _modelled(self) -> int | None:
        """The step of the model there is; None without one that can be read."""
        try:
            return card(self._ground.run.path).step
        except (ValueError, OSError):
            return None

    def _save_model(self) -> Saved:
        ground, run = self._ground, self._ground.run
        began = origin(run)
        with self._descending.averaged() as method:
            modelfile.save(
                run.model,
                method,
                ground.recipe,
                ground.inventory,
                self.step,
                scored=ground.quality.latest(self.step),
                parents=(began.name,) if began else (),
                samples=ground.sheets.thumbnails or _samples_in(run),
            )
        return Saved(self.step, run.model.name, "model")

    def _compare(self) -> None:
        """Make sure that all who train it hold the same bits."""
        if self._ground.ranks.leads:
            with self._ground.ranks.ordered(Order.COMPARE):
                self.compare()

    def compare(self) -> None:
        """Take part in a comparison of what all who train it hold.

        Raises:
            ValueError: It is not the same.
        """
        orders.compare(self._ground.ranks, self._state())

    def places(self) -> None:
        """Tell the others where the own lanes of shards stand and what could not be read, and hear of theirs."""
        ranks, batches = self._ground.ranks, self._ground.batches
        lost = () if ranks.leads else batches.lost()
        for told in ranks.told(json.dumps([batches.places(), [asdict(one) for one in lost]])):
            places, others = json.loads(told)
            batches.know(places)
            if ranks.leads:
                self._heard += [Skipped(**one) for one in others]

    def lost(self) -> Iterator[Skipped]:
        """What could not be read since it was last asked; that of others is known with each save."""
        yield from self._ground.batches.lost()
        while self._heard:
            yield self._heard.pop(0)

    def _state(self) -> dict[str, Tensor]:
        order = {f"{_ORDER}{name}": value for name, value in self._ground.batches.state().items()}
        return self._descending.state() | order | self._chance.state()

    def _facts(self) -> dict[str, Any]:
        return (
            checkpoint.circumstances(self._ground.device)
            | {
                "changes": dict(self.changes),
                "bf16": self._ground.bf16,
                "alarm": self._descending.alarm.known(),
            }
            | ({"thrift": asdict(self.thrift)} if self.thrift != WHOLE else {})
            | ({"brought": list(self._brought)} if self._brought else {})
        )

    def _restore(self, found: Checkpoint | None) -> None:
        if found is None:
            self._ground.batches.restore(self._ground.start)
            return
        if different := checkpoint.differences(found, self._ground.device):
            self.notes.append(different)
        self._descending.restore(found.tensors)
        self._descending.alarm.know(found.facts.get("alarm", {}))
        order = {name[len(_ORDER) :]: value for name, value in found.tensors.items() if name.startswith(_ORDER)}
        # A run that began with a model has drawn nothing before its first step.
        if changed := self._ground.batches.restore(order or self._ground.start):
            self.notes.append(changed)
        self._chance.restore(found.tensors)


def _samples_in(run: Run) -> tuple[bytes, ...]:
    """Those of the model that is about to be replaced, for a sitting that has drawn none yet."""
    try:
        return card(run.path).samples
    except ValueError:
        return ()

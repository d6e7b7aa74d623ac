"""Recovery: the session of now, and how it gives way to one of an earlier state.

After an explosion the run goes back to the last good checkpoint with half the learning rate and other chance; when that
did not help, to the one before it with a quarter. When memory ran out, a player may have moved already, so the step is
repeated from the last checkpoint, where everything is known: exact, and in the first step, where it happens as a rule,
nothing is lost.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping

import torch

from ganstudio.engine import faults
from ganstudio.engine.faults import TooLarge
from ganstudio.engine.models import checkpoint
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training import memory
from ganstudio.engine.training.alarm import Explosion
from ganstudio.engine.training.session import Ground, Session
from ganstudio.engine.training.thrift import Thrift
from ganstudio.words.events import Changed, Event, Returned, Warned
from ganstudio.words.settings import Value, describe

RETURNS = 2  # After explosions, without a good checkpoint beyond them.


class Recovery:
    """See the module.

    Args:
        ground: What all sessions stand on.
        found: The state to begin with; None for step 0.

    Attributes:
        session: The session of now.
    """

    def __init__(self, ground: Ground, found: Checkpoint | None) -> None:
        self._ground = ground
        self._rungs: Iterator[Thrift] | None = None
        self._returns, self._exploded_at = 0, 0
        self.session = Session(ground, found)

    def note_save(self) -> None:
        """A good state was saved; beyond the place of an explosion that is over."""
        if self.session.step > self._exploded_at:
            self._returns = 0

    def back_to(self, found: Checkpoint) -> Iterator[Event]:
        """Go back because someone wishes to."""
        before, thrift = dict(self.session.settings), self.session.thrift
        self._begin(found, thrift=thrift)
        yield Returned(found.step)
        if dict(self.session.settings) != before:
            yield Changed(self.session.step, self.session.settings)

    def back_from(self, explosion: Explosion) -> Iterator[Event]:
        """Go back because a number exploded.

        Raises:
            ValueError: Going back has not helped; the message says what might.
            Unwritten: The run's folder is away.
        """
        self._returns += 1
        self._exploded_at = max(self._exploded_at, explosion.step)
        where = f"A number exploded at step {explosion.step + 1} ({', '.join(explosion.losses)})"
        rate = self.session.method.settings.learning_rate
        if self._returns > RETURNS:
            raise ValueError(
                f"{where}, again after going back twice with a lower learning rate. The last checkpoint is fine. Take "
                f"out pictures of one flat colour, or start a new run with a learning rate below {rate:g}."
            )
        changes, thrift = self.session.changes | {"learning_rate": self._halved(rate)}, self.session.thrift
        found = self._good(self._returns)
        self._begin(found, changes=changes, thrift=thrift, attempt=self._returns)
        goal = "the last good checkpoint" if found else "the start, because nothing was saved yet"
        yield Returned(self.session.step, f"{where}. The run went back to {goal} and goes on with half the speed.")
        yield Changed(self.session.step, self.session.settings)

    def on_with_less(self) -> Iterator[Event]:
        """Go on from the last checkpoint with less memory.

        Raises:
            TooLarge: There is no way left.
            Unwritten: The run's folder is away.
        """
        if self._ground.ranks.count > 1:  # The others wait in the middle of a step.
            raise TooLarge(faults.TOGETHER)
        ground, left, changes = self._ground, self.session.step, self.session.changes
        title = "The graphics card" if ground.device.type == "cuda" else "The computer"
        if self._rungs is None:
            self._rungs = self.session.ladder()
        thrift = next(self._rungs, None)
        self._drop()
        if thrift is None:
            raise memory.too_large(ground.recipe, ground.inventory, ground.device)
        ground.run.check_there()  # Where the drive is away, there would be no checkpoint.
        found, damaged = checkpoint.newest(ground.run)
        self._begin(found, changes=changes, thrift=thrift)
        yield from (Warned(sentence) for sentence in damaged)
        sentence = f"{title} ran out of memory at step {left + 1}. {thrift.sentence(ground.recipe.batch)}"
        yield Warned(sentence)
        if self.session.step < left:
            yield Returned(self.session.step, sentence)

    def _begin(
        self,
        found: Checkpoint | None,
        *,
        changes: Mapping[str, Value] | None = None,
        thrift: Thrift | None = None,
        attempt: int = 0,
    ) -> None:
        self._drop()
        self.session = Session(self._ground, found, changes=changes, thrift=thrift, attempt=attempt)

    def _drop(self) -> None:
        """Give back all memory of the session of now, before the next one asks for its own."""
        if hasattr(self, "session"):
            del self.session
        gc.collect()
        if self._ground.device.type == "cuda":
            torch.cuda.empty_cache()

    def _good(self, attempt: int) -> Checkpoint | None:
        """The newest checkpoint, or the one before it at the second attempt, or the oldest there is."""
        run = self._ground.run
        run.check_there()
        for entry in run.shelf.line()[attempt - 1 :] or run.shelf.line()[-1:]:
            with contextlib.suppress(ValueError, OSError):  # A damaged one helps nobody; older ones may.
                return checkpoint.go_back(run, entry.step)
        return None

    def _halved(self, rate: float) -> float:
        least = next(card.low for card in describe(type(self.session.method.settings)) if card.name == "learning_rate")
        return max(rate / 2, least or 0.0)

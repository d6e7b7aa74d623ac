"""Course: one training from its start to its end: steps, what is due between them, commands, and ways back.

Between two steps exactly one thing is done at a time, commands first. So whoever sends Save gets the files with the
very next event, and may stop pulling then.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterator, Mapping
from typing import assert_never

from ganstudio.engine import faults
from ganstudio.engine.models import checkpoint
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training import changing, compiling, disk_space
from ganstudio.engine.training.alarm import Explosion
from ganstudio.engine.training.clock import Clock
from ganstudio.engine.training.recovery import Recovery
from ganstudio.engine.training.session import Ground, Session, Unsound
from ganstudio.game import Batch
from ganstudio.pictures.away import PAUSE, Away, until_back
from ganstudio.runs.writing import Unwritten
from ganstudio.words.events import (
    Change,
    Changed,
    Command,
    Event,
    Finished,
    Held,
    Keep,
    Losses,
    Pause,
    Paused,
    Progress,
    Resume,
    Resumed,
    Return,
    Sample,
    Sampled,
    Save,
    Saved,
    Stop,
    Warned,
)
from ganstudio.words.settings import Value

SAVE_SECONDS = 120.0  # At most so much work is lost when the process is killed …
SAVE_TIMES = 50  # … unless saving takes more than a fiftieth of it.
RETRY_SECONDS, ATTEMPTS = 20.0, 3  # After a save that failed.
ROOM_SECONDS = 5.0  # Between two looks at how much room the disk has.
CURVE_SECONDS = 0.25  # Reading a loss waits for the device, so not at every step …
SHEET_SECONDS = 4.0
LATE_SHEET_SECONDS = 300.0
_PAUSED = "The training is paused."
GOAL = "going back here"  # Name of the checkpoint that a return is on its way to.


class Course:
    """One training.

    Args:
        ground: What it stands on.
        found: The state it goes on from; None begins at step 0.
        inbox: Commands in the order they came; each is taken out when it is obeyed, but for Stop.
    """

    def __init__(self, ground: Ground, found: Checkpoint | None, inbox: list[Command]) -> None:
        self._ground, self._inbox = ground, inbox
        self._clock = Clock(save=SAVE_SECONDS)
        self._recovery = Recovery(ground, found)
        self._room = disk_space.room_for(self._session.method, ground.recipe.size)
        self._told = self.step  # Step of the newest curves.
        self._unsaved = 0  # Saves that failed since the last that did not.
        self._full = ""  # Why it must end.

    @property
    def _session(self) -> Session:
        return self._recovery.session

    @property
    def step(self) -> int:
        """Steps done."""
        return self._session.step

    @property
    def settings(self) -> Mapping[str, Value]:
        """What it trains with where that differs from the recipe."""
        return self._session.settings

    def opening(self) -> Iterator[Warned]:
        """What the artist should know before it goes on.

        Raises:
            ValueError: The disk does not last for what is left to do.
        """
        if self._left():
            disk_space.check(self._room, self._ground.run)
        for note in self._session.notes:
            yield Warned(note)

    def play(self) -> Generator[Event, None, None]:
        """Step by step to the end, or to a Stop."""
        while True:
            command = self._command()
            if command is None and self._left() and not self._full:
                yield from self._deed()
            elif command is None or isinstance(command, Stop):
                whole = yield from self._close()
                if whole or command is not None:
                    break
            else:
                self._inbox.remove(command)
                yield from self._obey(command)
        if self._full:
            raise ValueError(self._full)
        yield Finished(self.step, "stopped" if self._left() else "done", round(self._clock.seconds, 1))

    def _left(self) -> bool:
        return self.step < self._ground.recipe.steps

    def _command(self) -> Command | None:
        """The next command that can be obeyed now; what shows or keeps a state waits for a step."""
        ready = (Stop, Change, Return) if not self._session.terms else object
        return next((command for command in self._inbox if isinstance(command, ready)), None)

    def _deed(self) -> Iterator[Event]:
        """The one thing that is due now."""
        clock, played = self._clock, bool(self._session.terms)
        if clock.due("curves") and played and self._told != self.step:
            yield from self._curves()
        elif clock.due("sheets"):
            yield from self._sample()
        elif played and self._ground.quality.due(self.step, clock.seconds):
            yield from self._score()
        elif clock.due("save") and played and self._session.saved != self.step:
            yield from self._save_in_passing()
        elif clock.due("room"):
            clock.done("room", ROOM_SECONDS)
            self._full = disk_space.warning(self._room, self._ground.run)
        elif self._session.may_quicken():
            yield Progress(0, 1, what=compiling.MAKING_FASTER)  # Told before, for it takes a minute.
            self._session.quicken()
        else:
            yield from self._step()

    def _close(self) -> Generator[Event, None, bool]:
        """Show and save the last state; False when it was none, and the course went back."""
        if not self._session.terms:
            yield from self._session.catch_up()
            return True
        if not (yield from self._curves()):
            return False
        yield from self._sample()
        if self._ground.quality.due(self.step, self._clock.seconds, ending=True):
            if not (yield from self._score()):
                return False
            if self._session.saved == self.step:  # As the best.
                return True
        return (yield from self._save())

    def _step(self) -> Iterator[Event]:
        batch = yield from self._draw()
        if batch is None:
            return
        enough = self._enough_for(batch)
        del batch
        if not enough:
            yield from self._recovery.on_with_less()
            return
        yield from self._session.lost()
        yield self._progress()

    def _draw(self) -> Generator[Event, None, Batch | None]:
        """The pictures of the next step; None when their folder was away, and someone may have sent a command."""
        try:
            with self._clock.waiting():
                return self._session.draw()
        except Away as error:
            away = error
        for held in until_back(away):
            yield held
            if self._command() is not None:
                break
        return None

    def _enough_for(self, batch: Batch) -> bool:
        """Play the step; False when memory ran out, and the session is of no use any more."""
        try:
            with self._clock.step():
                self._session.play(batch)
        except Exception as error:
            kind = faults.kind(error)
            if kind == "device":
                raise faults.lost(error, self.step) from error
            if kind is None:
                raise
            return False
        return True

    def _progress(self) -> Progress:
        seconds, steps = self._clock.recent(), self._ground.recipe.steps
        return Progress(
            done=self.step,
            total=steps,
            seconds=self._clock.seconds,
            eta_seconds=seconds * (steps - self.step) if seconds else None,
            per_second=1 / seconds if seconds else None,
        )

    def _curves(self) -> Generator[Event, None, bool]:
        """Tell the curves; False when a number had exploded, and the course went back."""
        if (yield from self._went_back()):
            return False
        self._clock.done("curves", max(CURVE_SECONDS, self._clock.seconds / 1000))
        self._told = self.step
        yield Losses(self.step, self._session.values(), self._clock.waited())
        return True

    def _sample(self) -> Iterator[Event]:
        if (yield from self._went_back()):
            return
        began = time.perf_counter()
        try:
            sheets = self._session.draw_sheets()
        except Unwritten as error:  # What matters is told when it cannot be saved.
            self._clock.done("sheets", LATE_SHEET_SECONDS)
            yield Warned(str(error))
            return
        # Lively at first, then rarer, and never more than a twentieth of the time.
        took = time.perf_counter() - began
        pause = min(max(SHEET_SECONDS, self._clock.seconds / 25), LATE_SHEET_SECONDS)
        self._clock.done("sheets", max(pause, 20 * took))
        yield Sampled(self.step, sheets)

    def _score(self) -> Generator[Event, None, bool]:
        """Score the results, and save the best before they are told; False when the course went back."""
        if (yield from self._went_back()):
            return False
        quality, began = self._ground.quality, time.perf_counter()
        scored = self._session.score()
        quality.spent(time.perf_counter() - began, self._clock.seconds)
        while quality.notes:
            yield Warned(quality.notes.pop(0))
        if scored is not None and scored.best:
            yield from self._save_in_passing(best=True)
            if self.step < scored.step:
                return False
        if scored is not None:
            yield scored
        return True

    # Saving

    def _save_in_passing(self, name: str = "", *, best: bool = False) -> Iterator[Event]:
        """Save between two steps. A drive that fails gets another chance, with new files, before the training ends."""
        try:
            yield from self._save(name, best=best)
        except OSError as error:
            self._unsaved += 1
            if self._unsaved == ATTEMPTS:
                raise
            self._clock.done("save", RETRY_SECONDS)
            yield Warned(f"{error} The training goes on and tries again in {RETRY_SECONDS:.0f} seconds.")

    def _save(self, name: str = "", *, best: bool = False) -> Generator[Event, None, bool]:
        """Write checkpoint and model; False when the state was none, and the course went back."""
        if (yield from self._went_back()):
            return False
        began = time.perf_counter()
        try:
            saved = yield from self._written(name, best=best)
        except Unsound:
            saved = []
        if not saved:
            yield from self._recovery.back_from(Explosion(self.step - 1, ("the weights",)))
            return False
        took = time.perf_counter() - began
        self._clock.done("save", max(SAVE_SECONDS, SAVE_TIMES * took))
        if best:
            self._ground.quality.spent(took, self._clock.seconds)
        self._unsaved = 0
        self._recovery.note_save()
        yield from saved
        yield from self._session.lost()
        return True

    def _written(self, name: str, *, best: bool) -> Generator[Event, None, list[Saved]]:
        """Save; holds while the run's folder is away."""
        run = self._ground.run
        while True:
            try:
                return list(self._session.save(best=best, name=name))
            except OSError:
                if run.is_there() or Stop() in self._inbox:
                    raise
            yield Held(f"{run.path} is away. Bring its drive back; the run is saved and goes on then.")
            time.sleep(PAUSE)

    def _went_back(self) -> Generator[Event, None, bool]:
        """Look whether a number exploded; if so, go back."""
        explosion = self._session.exploded()
        if explosion is None:
            return False
        yield from self._recovery.back_from(explosion)
        return True

    # Commands

    def _obey(self, command: Command) -> Iterator[Event]:
        match command:
            case Sample():
                yield from self._sample()
            case Save():
                yield from self._save_in_passing()
            case Keep():
                yield from self._save_in_passing(command.name)
            case Change():
                yield from self._change(dict(command.settings))
            case Return():
                yield from self._return(command.step)
            case Pause():
                yield from self._pause()
            case Resume() | Stop():
                return
            case _:
                assert_never(command)

    def _pause(self) -> Iterator[Event]:
        """Save and stand still until someone resumes or stops it; what else is asked is done meanwhile."""
        if self._session.terms and self._session.saved != self.step:
            yield from self._save_in_passing()
        yield Paused(self.step)
        while not any(isinstance(command, (Resume, Stop)) for command in self._inbox):
            if not self._inbox:
                time.sleep(PAUSE)
                yield Held(_PAUSED)
            elif not isinstance(command := self._inbox.pop(0), Pause):
                yield from self._obey(command)
        yield Resumed(self.step)

    def _change(self, wanted: Mapping[str, Value]) -> Iterator[Event]:
        """Save what was learnt with the old settings, and take on the new ones; the next step is saved, too."""
        recipe, inventory = self._ground.recipe, self._ground.inventory
        try:
            values = changing.checked(recipe, inventory, wanted)
        except ValueError as error:
            yield Warned(str(error))
            return
        if values.items() <= changing.values(recipe, self._session.changes).items():
            return
        if self._session.terms and self._session.saved != self.step:
            yield from self._save_in_passing()
        self._session.change(values)
        self._clock.done("save", 0.0)
        yield Changed(self.step, self.settings)

    def _return(self, step: int | None) -> Iterator[Event]:
        """Keep what is there under a name, and go back."""
        run, left = self._ground.run, self.step
        try:
            found, path = checkpoint.at(run, step), run.shelf.find(step).path
        except (ValueError, OSError) as error:
            yield Warned(str(error))
            return
        try:
            if self._session.terms and found.step != left:
                run.shelf.mark(path, name=GOAL)  # The save would let go of it.
                if not (yield from self._save(f"left at step {left}")):
                    return
            found = checkpoint.go_back(run, step)
        except OSError as error:
            yield Warned(f"{error} The training goes on where it is.")
            return
        with contextlib.suppress(OSError):  # It only holds a checkpoint for longer.
            run.shelf.forget(GOAL)
        yield from self._recovery.back_to(found)
        self._clock.done("sheets", 0.0)

"""A training killed again and again, while it trains and while it saves, against one that nobody disturbed.

    python -m tests.benchmarks.kills [KILLS] [SEED]

Each sitting is a process of its own, forked off this one, which has torch loaded and computes nothing; it saves every
few steps and tells each step and each save that was announced. After a random number of words, and a moment, it is
killed with SIGKILL, every second time in the middle of a save.
Promised: every sitting goes on from a step that was announced or a later one, and the finished run has the same bits.
"""

import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganstudio.engine.models import sealed
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Progress, Save, Saved, Started
from ganstudio.words.recipe import Domain, Recipe

TINY = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "pool": 3, "average": 0.9}
STEPS_A_KILL = 7
SAVE_EVERY = 3  # Steps.
MOST_WORDS = 2 * STEPS_A_KILL  # Of a sitting before it is killed.
MOMENT = 0.3  # Seconds.
PATIENCE = 300  # Seconds for a sitting that is left alone.


@dataclass
class Tally:
    """What came of it."""

    kills: int = 0
    in_saves: int = 0
    before_the_first: int = 0
    behind: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    different: list = field(default_factory=list)

    @property
    def kept(self):
        return not (self.behind or self.faults or self.different)


def measured(kills, seed, folder):
    """Train once undisturbed and once killed so many times; a Tally."""
    chance = random.Random(seed)
    recipe = prepared(folder, steps=STEPS_A_KILL * kills + 10)
    warm_up()
    straight, torn = (Run.create(folder / name, recipe) for name in ("straight", "torn"))
    tally = Tally()
    Sitting(straight).finish(tally)
    announced = 0
    while tally.kills < kills:
        sitting = Sitting(torn)
        in_save = chance.random() < 0.5
        alive = sitting.live(chance.randrange(MOST_WORDS), chance.uniform(0, MOMENT), in_save=in_save)
        sitting.kill()
        if alive:
            tally.kills += 1
            tally.in_saves += bool(list(torn.path.rglob("*.part")))
        announced = sitting.account(announced, tally)
        if not alive:
            break
    last = Sitting(torn)
    last.finish(tally)
    last.account(announced, tally)
    tally.different = differences(straight, torn)
    return tally


def warm_up():
    """Load what torch loads when the first optimizer moves, once for all sittings."""
    weight = torch.nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.Adam([weight], fused=True).step()


def prepared(folder, steps):
    """A recipe on pictures of noise."""
    for name, seed in (("warm", 0), ("cold", 100)):
        (folder / name).mkdir()
        for number in range(5):
            pixels = np.random.default_rng(seed + number).integers(0, 255, (20, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    domains = tuple(Domain(name, (str(folder / name),)) for name in ("warm", "cold"))
    return Recipe("cyclegan", domains, size=16, steps=steps, device="cpu", settings=TINY)


class Sitting:
    """One process that trains `run`; it tells "started", "step", "saved" and "finished" with a number by a pipe."""

    def __init__(self, run):
        self.run = run
        self._heard = b""
        self._reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reading)
            code = 1
            try:
                _sit(run, writing)
                code = 0
            finally:
                os._exit(code)  # No cleaning up that belongs to the parent.
        os.close(writing)

    def live(self, words, seconds, *, in_save):
        """Let it say so many words, live on a moment, and into a save when asked; whether it still lives then."""
        heard = 0
        while heard < words and (text := os.read(self._reading, 1)):
            self._heard += text
            heard += text == b"\n"
        self._ended(seconds)
        until = time.monotonic() + PATIENCE
        while in_save and time.monotonic() < until and not list(self.run.checkpoints.glob("*.part")):
            if self._ended(0):
                return False
        return not self._ended(0)

    def kill(self):
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def finish(self, tally):
        """Let it end by itself."""
        if not self._ended(PATIENCE):
            self.kill()
            tally.faults.append("A sitting did not end.")

    def account(self, announced, tally):
        """Read what it told; the last step that was announced."""
        with os.fdopen(self._reading, "rb") as pipe:
            lines = (self._heard + pipe.read()).splitlines(keepends=True)
        told = [line.decode().split() for line in lines if line.endswith(b"\n")]
        for kind, step in told:
            if kind == "started" and int(step) < announced:
                tally.behind.append(f"went on from {step} after {announced} was announced")
            if kind != "step":
                announced = max(announced, int(step))
        tally.before_the_first += not told
        return announced

    def _ended(self, seconds):
        until = time.monotonic() + seconds
        while True:
            with suppress(ChildProcessError):
                if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                    if time.monotonic() >= until:
                        return False
                    time.sleep(0.002)
                    continue
            return True


def _sit(run, writing):
    torch.set_num_threads(1)
    training, command = train(run), None
    with suppress(StopIteration):
        while True:
            event = training.send(command)
            command = None
            match event:
                case Started(step):
                    os.write(writing, b"started %d\n" % step)
                case Saved(step, _, "checkpoint"):
                    os.write(writing, b"saved %d\n" % step)
                case Finished(step):
                    os.write(writing, b"finished %d\n" % step)
                case Progress(done, _, "training"):
                    os.write(writing, b"step %d\n" % done)
                    command = None if done % SAVE_EVERY else Save()


def differences(one, other):
    """Names of what is not the same in the last checkpoints and the models of two runs."""
    different = []
    for first, second in ((one.shelf.line()[0].path, other.shelf.line()[0].path), (one.model, other.model)):
        (ours, _), (theirs, _) = sealed.read(first), sealed.read(second)
        different += [name for name in ours.keys() | theirs.keys() if not _same(ours.get(name), theirs.get(name))]
    if one.shelf.line()[0].step != other.shelf.line()[0].step:
        different.append("step")
    return different


def _same(one, other):
    return one is not None and other is not None and torch.equal(one, other)


def main(kills=50, seed=0):
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        tally = measured(kills, seed, Path(folder))
    print(f"kills                              {tally.kills:6}")
    print(f"  with a half-written file left    {tally.in_saves:6}")
    print(f"  before the sitting said a word   {tally.before_the_first:6}")
    print(f"went on behind an announced step   {len(tally.behind):6}   promised 0")
    print(f"sittings that did not end          {len(tally.faults):6}   promised 0")
    print(f"tensors other than undisturbed     {len(tally.different):6}   promised 0")
    print(f"seconds                            {time.perf_counter() - began:6.0f}")
    for line in (*tally.behind, *tally.faults, *tally.different):
        print(line)
    return 0 if tally.kept and tally.kills == kills else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""Every method trained by the processes that torchrun starts, and by one alone; what differs, as one JSON line each.

    python -m torch.distributed.run --nproc-per-node=2|3|4 -m tests.e2e.shared_methods FOLDER [METHOD...]

A module of its own, so that torch is loaded once for all methods. All else is as on the command line.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganstudio.engine.models import checkpoint
from ganstudio.engine.ranks import ALONE, Order, Ranks, joined
from ganstudio.engine.training.following import Follower
from ganstudio.engine.training.trainer import train
from ganstudio.methods import CATALOGUE
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Losses, Progress, Stop, Warned
from ganstudio.words.ranks import rank
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Needs

SMALL = {
    "width": 4,
    "discriminator_width": 4,
    "blocks": 1,
    "discriminator_layers": 1,
    "noise": 8,
    "pool": 3,
    "learning_rate": 1e-4,
}
STEPS, SIZE = 4, 16
BATCHES = {2: 3, 3: 4, 4: 7}  # Of three pictures one process plays two and the other one, and so on.
GOING_ON = ("cyclegan", "cut")


class Lasting(Ranks):
    """Those that train together, for one run after the other."""

    def close(self):
        if self.count > 1:
            self.tell(Order.END)
        self.count = 1


def paint(folder, offset=0):
    """Ten small pictures and a caption for each."""
    folder.mkdir(parents=True)
    for number in range(10):
        pixels = np.random.default_rng(number + offset).integers(0, 255, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(("a red square", "a blue square")[number % 2])


def domains(place, needs):
    """Folders as a method wants them."""
    names = {
        Needs.FOLDER: "a",
        Needs.CAPTIONS: "a",
        Needs.CLASSES: "s",
        Needs.FEW_LABELS: "sa",
        Needs.MANY_FOLDERS: "abc",
    }
    return tuple(Domain(name, (str(place / name),)) for name in names.get(needs, "ab"))


def recipe(place, kind, steps=STEPS):
    """A small training of this method."""
    known = {card.name for card in kind.card().settings}
    settings = {name: value for name, value in SMALL.items() if name in known}
    asked = {"size": SIZE, "steps": steps, "batch": BATCHES[rank().count], "device": "cpu", "precision": "fp32"}
    return Recipe(kind.key, domains(place, kind.needs), settings=settings, **asked)


def together(run, joint, until=None):
    """Train by all processes; what was told, on the first."""
    ranks = Lasting(rank(), joint._store)
    if rank().leads:
        events = told(run, ranks, until)
        ranks.close()
        return events
    Follower(ranks).follow()
    return []


def told(run, ranks=ALONE, until=None):
    """Train, and stop after that step."""
    training, events, command = train(run, ranks=ranks), [], None
    while True:
        try:
            events.append(training.send(command))
        except StopIteration:
            assert isinstance(events[-1], Finished)
            return events
        at = events[-1].done if isinstance(events[-1], Progress) and events[-1].what == "training" else None
        command = Stop() if until is not None and at == until else None


def difference(one, other):
    """How far apart two runs are: the largest difference of a curve, and of the ways that the weights went."""
    curves = [{e.step: e.terms for e in run.events() if isinstance(e, Losses)} for run in (one, other)]
    losses = max(
        abs(value - curves[1][step][name])
        for step, terms in curves[0].items()
        if step in curves[1]
        for name, value in terms.items()
    )
    states = [checkpoint.newest(run)[0] for run in (one, other)]
    assert states[0].step == states[1].step
    weights = [
        torch.cat([value.double().flatten() for name, value in sorted(state.tensors.items()) if _learnt(name, value)])
        for state in states
    ]
    return losses, float((weights[0] - weights[1]).abs().mean())


def _learnt(name, value):
    return name.startswith("method.") and value.is_floating_point()


def compared(place, kind, joint):
    """One method: what it is shared by, and how far that is from one process."""
    both = Run(place / "runs" / kind.key)
    if rank().leads:
        Run.create(both.path, recipe(place, kind))
    events = together(both, joint)
    if not rank().leads:
        return
    alone = Run.create(place / "alone" / kind.key, recipe(place, kind))
    told(alone)
    shared = not any(isinstance(event, Warned) and "cannot be shared out" in event.message for event in events)
    losses, weights = difference(both, alone)
    print(json.dumps({"method": kind.key, "shared": shared, "losses": losses, "weights": weights}), flush=True)


def gone_on(place, kind, joint):
    """One method that is begun alone, goes on with all and ends alone, each from a stop."""
    run = Run(place / "on" / kind.key)
    if rank().leads:
        told(Run.create(run.path, recipe(place, kind, 3 * STEPS)), until=STEPS)
    together(run, joint, until=2 * STEPS)
    if not rank().leads:
        return
    told(run)
    straight = Run.create(place / "straight" / kind.key, recipe(place, kind, 3 * STEPS))
    told(straight)
    losses, weights = difference(run, straight)
    print(json.dumps({"method": f"{kind.key}, on and on", "losses": losses, "weights": weights}), flush=True)


def main(place, *keys):
    torch.set_num_threads(1)
    if rank().leads:
        for offset, name in enumerate(("a", "b", "c", "s/cat", "s/dog")):
            paint(place / name, 100 * offset)
    with joined(rank()) as joint:
        wanted = [kind for kind in CATALOGUE if kind.key in keys or not keys]
        for kind in wanted:
            compared(place, kind, joint)
        for kind in wanted:
            if kind.key in GOING_ON:
                gone_on(place, kind, joint)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

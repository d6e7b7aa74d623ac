"""A training that breaks where a test says, and what tests ask of it."""

import dataclasses
from typing import NamedTuple

import torch
from torch import nn

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.game import Descent, Method, MethodSettings, Turn
from ganstudio.words.cards import Preset
from ganstudio.words.events import Progress
from ganstudio.words.routes import Needs, Route
from ganstudio.words.settings import setting

STEPS = 60


def well(now):
    return 1.0


class Now(NamedTuple):
    """A turn of a step: what a test decides by."""

    method: Method
    step: int
    turn: int
    count: int
    side: int


class Fragile(Method):
    """A generator that copies and a discriminator that measures, of one layer each, with a place to break."""

    key, title, sentence, task, needs = "fragile", "Fragile", "Breaks.", "reconstruction", Needs.FOLDER
    presets = {"quick": Preset(size=16, batch=1, steps=STEPS, sentence="")}  # noqa: RUF012
    apart = True

    @dataclasses.dataclass(frozen=True, slots=True)
    class Settings(MethodSettings):
        weight: float = setting(1.0, help="Of the loss.", low=0, high=100)
        width: int = setting(2, help="Of the generator.", low=1, high=8)

    def __init__(self, settings, inventory, size):
        super().__init__()
        self.settings, self.name = settings, inventory.domains[0].name
        self.G = nn.Sequential(nn.Conv2d(3, settings.width, 1), nn.Conv2d(settings.width, 3, 1))
        self.D = nn.Conv2d(3, 1, 1)

    def players(self):
        return {"generator": (self.G,), "discriminator": (self.D,)}

    def makers(self):
        return {"G": self.G}

    def descent(self, player):
        return Descent(rate=self.settings.learning_rate)

    def breaking(self, now):
        """What to multiply the loss of this moment with; replaced by tests."""
        return 1.0

    def turns(self, batch, progress):
        (x,) = batch.images
        step = round(progress * STEPS)
        made = self.G(x)
        loss = (
            self.settings.weight * (made - x).square().mean() * self.breaking(Now(self, step, 0, len(x), x.shape[-1]))
        )
        yield Turn({"generator": loss}, {"likeness": loss.detach()})
        discriminator = (self.D(made.detach()) + 1).square().mean() + (self.D(x) - 1).square().mean()
        discriminator = discriminator * self.breaking(Now(self, step, 1, len(x), x.shape[-1]))
        yield Turn({"discriminator": discriminator}, {"discriminator": discriminator.detach()})

    def routes(self):
        return (Route(target=self.name, source=self.name),)

    def make(self, route, x, condition=None):
        return self.G(x).clamp(-1, 1)


def pull(run, commands=None, **more):
    """Train to the end and send `commands[step]` after that step; every event."""
    commands = dict(commands or {})
    training, events, command = train(run, **more), [], None
    while True:
        try:
            events.append(training.send(command))
        except StopIteration:
            return events
        command = None
        if isinstance(events[-1], Progress) and events[-1].what == "training":
            command = commands.pop(events[-1].done, None)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def state(run):
    return checkpoint.newest(run)[0]


def same(one, other):
    assert one.tensors.keys() == other.tensors.keys()
    return [name for name, value in one.tensors.items() if not torch.equal(value, other.tensors[name])] == []

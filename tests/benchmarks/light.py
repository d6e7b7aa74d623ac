"""The light generator beside the published one: how much less it computes, how much faster it is, and what it loses.

    python -m tests.benchmarks light                       multiply-adds and speed
    python -m tests.benchmarks.light RUN [FOLDER] [STEPS]  what it loses of a trained model, after learning from it

Speed is of a whole picture, from bytes to bytes and as it is translated here, in turns with the published ResNet with 9
blocks and width 64.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ganstudio.engine.exchange.lightening import lighten
from ganstudio.engine.exchange.weighing import multiply_adds
from ganstudio.engine.models.painting import Painting
from ganstudio.engine.translating.translator import Translator
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.light import LightGenerator
from ganstudio.words.cards import ModelCard
from ganstudio.words.routes import DomainFound, Inventory, Route
from ganstudio.words.works import finished
from tests.benchmarks.figures import Figure, device, in_turns

ROUNDS = 5


class One(torch.nn.Module):
    """A network as a method of one route."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def makers(self):
        return {"G": self.network}

    def make(self, route, x, condition=None):
        return self.network(x)


def translator(network):
    """One that does with a network what it would do with a model."""
    place = device()
    method, route = One(network.to(place).eval()), Route("b", "a", multiple=network.multiple)
    card = ModelCard("m", "m", "m", (route,), 256, 1, 1, 0.0, 0, {})
    return Translator(card, method, Inventory((DomainFound("a", 5, 1), DomainFound("b", 5, 1)), {}), place)


def shown(generator, pixels):
    """One picture, from bytes to bytes."""
    finished(generator.painting(pixels, generator.routes[0]))


def figures():
    networks = LightGenerator(), ResnetGenerator(9, 64)
    light, full = (translator(network) for network in networks)
    less, more = (
        multiply_adds(Painting(One(network), generator.routes[0]), 256)
        for network, generator in zip(networks, (light, full), strict=True)
    )
    yield Figure(
        "light generator: multiply-adds, 256 pixels", f"{more / 1e9:.1f} G", f"{less / 1e9:.2f} G", more / less, "≥ 8×"
    )
    for side in (256, 512):
        pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
        theirs, ours = in_turns(partial(shown, full, pixels), partial(shown, light, pixels), rounds=ROUNDS)
        yield Figure(
            f"light generator: pictures a second, {side} pixels",
            f"{1 / theirs:.2f}/s, ResNet-9 of width 64",
            f"{1 / ours:.1f}/s",
            theirs / ours,
        )


def main():
    model, *more = sys.argv[1:]
    folders = [Path(more[0])] if more and more[0] else []
    with tempfile.TemporaryDirectory() as place:
        steps = int(more[1]) if len(more) > 1 else None
        began = time.perf_counter()
        job = lighten(Path(model), Path(place) / "light.safetensors", pictures=folders, steps=steps)
        while True:
            try:
                next(job)
            except StopIteration as end:
                told = end.value
                break
    print(f"{told.step} steps in {time.perf_counter() - began:.0f} s: {told.light.sentence}.")


if __name__ == "__main__":
    main()

"""What each lever of the training step gives alone, and all together, as ratios to the published step in one run.

    python -m tests.benchmarks.levers [SIZE] [--batch N] [--blocks N] [--width N] [--rounds N]

All levers off, our step is the published one played by our trainer. Each row switches one on; the last one switches on
all that change nothing but rounding. Seconds of the clock and of the processor are given, since a busy machine slows
the first; memory is what tensors take at most during a step, beside weights and moments, counted one by one.
"""

import argparse
import time
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import torch
from torch import nn

from ganstudio.engine.training import compiling, descent
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import Counting
from ganstudio.game import Batch
from ganstudio.methods import cyclegan
from ganstudio.networks import scaling
from ganstudio.networks.frugal import Frugal
from ganstudio.networks.norms import InstanceNorm
from ganstudio.networks.winograd import TiledConv2d
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks import published
from tests.benchmarks.figures import Figure, device

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
LEVERS = {
    "both pictures in one call": patch.object(
        cyclegan, "each", lambda network, *pictures: tuple(network(x) for x in pictures)
    ),
    "channels last, with a norm that keeps it": patch.multiple(descent, _laid_out=lambda batch: batch),
    "cheap maps made again": patch.object(
        Frugal, "stretch", lambda own, x, begin, end: nn.Sequential(*list(own)[begin:end])(x)
    ),
    "wide convolutions in tiles": patch.object(TiledConv2d, "_fits", lambda *_: False),
    "filters of changing scales by products": patch.object(scaling, "_fits", lambda *_: False),
    "fused Adam": patch.object(
        Descending,
        "_optimizer",
        lambda _, weights, how: torch.optim.Adam(weights, lr=how.rate, betas=how.betas, weight_decay=how.decay),
    ),
}
"""Lever → what switches it off."""


@contextmanager
def only(*wanted):
    """Our step with these levers alone."""
    with ExitStack() as stack:
        for name, off in LEVERS.items():
            if name not in wanted:
                stack.enter_context(off)
        if "channels last, with a norm that keeps it" not in wanted:
            stack.enter_context(patch.object(InstanceNorm, "forward", nn.InstanceNorm2d.forward))
        yield


def playing(wanted, settings, size, pictures, *, bf16=False, compiled=False):
    """A step with these levers, to be played again and again."""
    torch.manual_seed(0)
    with only(*wanted):
        method = cyclegan.CycleGAN(cyclegan.CycleGAN.Settings(**settings), FOUND, size).to(device())
        descending = Descending(method, 1000, bf16=bf16)
        if compiled:
            print("compiled:", compiling.quicken(descending, pictures, 0, bf16=bf16), flush=True)

    def play():
        with only(*wanted):
            descending.step(pictures, 0)

    return play


def costs(plays, rounds):
    """Least seconds of the clock, of the processor, and bytes, of each; they take turns."""
    found = [[float("inf"), float("inf")] for _ in plays]
    for number in range(rounds + 1):
        for play, least in zip(plays, found, strict=True):
            began = time.perf_counter(), time.process_time()
            play()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            took = time.perf_counter() - began[0], time.process_time() - began[1]
            if number:  # The first warms up.
                least[:] = map(min, least, took)
    return [(*least, peak(play)) for least, play in zip(found, plays, strict=True)]


def peak(play):
    """Bytes of tensors that a step makes, at most."""
    with Counting() as counting:
        play()
    return counting.peak


def table(size=128, batch=1, blocks=6, width=64, rounds=2):
    """(lever, ratio by the clock, ratio by the processor, share of the memory), each against the published step."""
    pictures = Batch(tuple(torch.rand(batch, 3, size, size, device=device()) * 2 - 1 for _ in "ab"))
    yardstick = published.CycleGAN(blocks, width, width, device=device())
    settings = {"blocks": blocks, "width": width, "discriminator_width": width}
    rows = {"the published step": lambda: yardstick.step(*pictures.images)}
    rows |= {"no lever": playing((), settings, size, pictures)}
    rows |= {name: playing((name,), settings, size, pictures) for name in LEVERS}
    rows |= {"all of these": playing(tuple(LEVERS), settings, size, pictures)}
    if torch.cuda.is_available():
        rows |= {
            f"all, {kind}": playing(tuple(LEVERS), settings, size, pictures, bf16=bf16, compiled=compiled)
            for kind, bf16, compiled in (
                ("compiled", False, True),
                ("bf16", True, False),
                ("bf16, compiled", True, True),
            )
        }
    (clock, processor, memory), *others = costs(tuple(rows.values()), rounds)
    for name, cost in zip(list(rows)[1:], others, strict=True):
        yield name, clock / cost[0], processor / cost[1], cost[2] / memory


def figures():
    """Each lever at 128 pixels by the clock; on a card also compiled and in bf16."""
    for name, clock, _, memory in table():
        yield Figure(f"CycleGAN step, 128 pixels, width 64: {name}", "published step", f"{memory:.0%} memory", clock)


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("size", type=int, nargs="?", default=128)
    words.add_argument("--batch", type=int, default=1)
    words.add_argument("--blocks", type=int, default=6)
    words.add_argument("--width", type=int, default=64)
    words.add_argument("--rounds", type=int, default=2)
    wanted = vars(words.parse_args())
    print(f"| lever, {wanted['size']} pixels | clock | processor | memory |\n|---|---|---|---|")
    for name, clock, processor, memory in table(**wanted):
        print(f"| {name} | {clock:.2f}× | {processor:.2f}× | {memory:.0%} |", flush=True)


if __name__ == "__main__":
    main()

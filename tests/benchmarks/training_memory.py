"""Memory of a training step, as a share of the published step's, with the time each way costs.

    python -m tests.benchmarks.training_memory [SIZE ...] [--batch N] [--rounds N]

Each way is played in a process of its own: the most memory it took at once, above what the process had with all modules
loaded and nothing built. On the processor that is what the system counts (resident memory), on a graphics card what
torch held there. Weights, gradients and Adam's moments are in it, the same for all.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil
import torch

from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import random_batch
from ganstudio.engine.training.thrift import Thrift
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks import published
from tests.benchmarks.figures import Figure, device

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
WAYS = {"plain": None, "ours": Thrift(), "recomputed": Thrift(recomputed=True)}
TITLES = {"ours": "CycleGAN", "recomputed": "CycleGAN, blocks computed twice"}


def player(way: str, size: int, batch: int):
    """One step of a way, to be called again and again."""
    here = device()
    recipe = Recipe("cyclegan", (Domain("a", ()), Domain("b", ())), size=size, batch=batch, settings={"blocks": 9})
    drawn = random_batch(recipe, FOUND, size, 1, here)
    if way == "plain":
        game = published.CycleGAN(device=here)
        return lambda: game.step(*drawn.images)
    descending = Descending(modelfile.build_method(recipe, FOUND).to(here), 1000, thrift=WAYS[way])
    return lambda: descending.step(drawn, 0)


def peak() -> int:
    """Most bytes at once until now."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    status = Path("/proc/self/status")
    if status.exists():  # What a process was started by counts into the other number.
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def alone(way: str, size: int, batch: int, rounds: int) -> None:
    """What one process tells of its way: bytes, and seconds of the processor for one step."""
    torch.manual_seed(0)
    idle = 0 if torch.cuda.is_available() else psutil.Process().memory_info().rss
    play = player(way, size, batch)
    play()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        play()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.process_time() - began)
    print(json.dumps([peak() - idle, min(times)]))


def measured(way: str, size: int, batch: int, rounds: int) -> tuple[int, float]:
    """The same from a process of its own."""
    wanted = [way, str(size), str(batch), str(rounds)]
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.training_memory", "--alone", *wanted],
        check=True,
        capture_output=True,
        text=True,
    )
    held, seconds = json.loads(told.stdout.splitlines()[-1])
    return held, seconds


def compared(size: int, batch: int, rounds: int):
    """Each of our ways beside the published step."""
    plain, slow = measured("plain", size, batch, rounds)
    for way, title in TITLES.items():
        ours, seconds = measured(way, size, batch, rounds)
        took = f", {seconds / slow:.2f} of its time"
        asked = "≤ 60 %" if way == "ours" else ""
        what = f"{title}: most memory of a step, {size} pixels, batch {batch}"
        told = f"{ours / 2**30:.2f} GB, {ours / plain:.0%}{took}"
        yield Figure(what, f"{plain / 2**30:.2f} GB", told, plain / ours, asked)


def figures():
    """At both sizes that were promised."""
    for size in (128, 256):
        yield from compared(size, 1, 2)


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("sizes", type=int, nargs="*", default=[128, 256])
    words.add_argument("--batch", type=int, default=1)
    words.add_argument("--rounds", type=int, default=2)
    words.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    wanted = words.parse_args()
    if wanted.alone:
        way, *numbers = wanted.alone
        alone(way, *map(int, numbers))
        return
    for size in wanted.sizes:
        for figure in compared(size, wanted.batch, wanted.rounds):
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main()

"""What several processes gain over one.

    python -m tests.benchmarks.ranks                                         the yardstick
    python -m torch.distributed.run --nproc-per-node=2 -m tests.benchmarks.ranks

Prints steps a second by the clock, which is true on an idle machine, and by the work of the processors, which tells
more on one that does other things as well: who waits for a core does not work, who talks or repeats work does.
"""

import argparse
import os
import subprocess
import sys
import time

import torch

from ganstudio.engine.models import modelfile
from ganstudio.engine.ranks import joined
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import random_batch
from ganstudio.engine.training.sharing import Share
from ganstudio.game import Batch
from ganstudio.words.ranks import rank
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks.figures import Figure

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
DOMAINS = (Domain("a", ("/a",)), Domain("b", ("/b",)))


def measured(recipe: Recipe, steps: int) -> tuple[float, float] | None:
    """Steps a second by the clock and by work, on random pictures, after two to warm up; None on other ranks."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with joined(rank()) as ranks:
        share = Share.of(ranks, recipe.batch) if ranks.count > 1 else None
        torch.manual_seed(0)
        descending = Descending(modelfile.build_method(recipe, FOUND).to(device), steps + 2, share=share)
        whole = random_batch(recipe, FOUND, recipe.size, 1, device)
        batch = Batch(tuple(image[list(share.slots(1))] for image in whole.images)) if share else whole
        for step in range(steps + 2):
            if step == 2:
                began, worked = time.perf_counter(), time.process_time()
            descending.step(batch, step)
            if device.type == "cuda":
                torch.cuda.synchronize()
        took = torch.tensor([time.perf_counter() - began, time.process_time() - worked])
        if share:
            took = ranks.everyone(took[None], (1,) * ranks.count).mean(0)
        if ranks.number:
            return None
        clock, work = (steps / took).tolist()
        print(f"{ranks.count} with {torch.get_num_threads()} threads each, {device}:")
        print(f"{clock:.3f} steps/s, {work:.3f} by work", flush=True)
        return clock, work


def figures():
    """Two processes with a thread each beside one with two, by the same batch of four."""
    alone, shared = (
        float(
            subprocess.run(
                [sys.executable, "-m", *words, "tests.benchmarks.ranks", "--steps", "5"],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ | {"OMP_NUM_THREADS": threads},
            ).stdout.split()[-5]
        )
        for words, threads in (((), "2"), (("torch.distributed.run", "--nproc-per-node=2", "-m"), "1"))
    )
    told = [f"{rate:.2f} steps/s" for rate in (alone, shared)]
    yield Figure("CycleGAN by two processes instead of two threads, 64 pixels, batch 4", *told, shared / alone)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--size", type=int, default=64)
    words.add_argument("--batch", type=int, default=4)
    words.add_argument("--steps", type=int, default=10)
    words.add_argument("--width", type=int, default=32)
    asked = words.parse_args()
    settings = {"width": asked.width, "discriminator_width": asked.width, "blocks": 6}
    measured(Recipe("cyclegan", DOMAINS, size=asked.size, batch=asked.batch, settings=settings), asked.steps)

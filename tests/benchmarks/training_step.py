"""Speed of training, pictures included, as a ratio to the published step in the same run.

    python -m tests.benchmarks.training_step [SIZE ...] [--batch N] [--precision fp32|bf16] [--method cyclegan|cut]

Both draw from the same folder of JPEGs: the yardstick decodes each every time, ours once. On a graphics card the share
of its measured bf16 matrix rate is told too.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.pictures.batches import Batches
from ganstudio.pictures.examples import Example
from ganstudio.pictures.stock import Scale, stock_up
from ganstudio.pictures.store import Store
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks import published
from tests.benchmarks.figures import Figure, device, in_turns

PICTURES = 24
PLAIN = {"cyclegan": published.CycleGAN, "cut": published.CUT}
TITLES = {"cyclegan": "CycleGAN", "cut": "CUT"}


def paint(folder: Path) -> None:
    """JPEGs of 256 pixels, as the published data sets have them."""
    numbers = np.random.default_rng(0)
    for name in range(PICTURES):
        picture = Image.new("RGB", (256, 256))
        for cells in (4, 16, 64):
            noise = Image.fromarray(numbers.integers(0, 255, (cells, cells, 3), dtype=np.uint8))
            picture = Image.blend(picture, noise.resize(picture.size, Image.Resampling.BICUBIC), 0.4)
        picture.save(folder / f"{name}.jpg", quality=90)


def stocked(folder: Path, size: int):
    """The folder as a training keeps it: decoded once, in memory."""
    examples = [Example(path) for path in sorted(folder.iterdir())]
    reading = stock_up(examples, Scale(size), store=Store(folder / "none", limit=0, spare=0), memory=1 << 40)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def ours(method: str, folder: Path, size: int, batch: int, precision: str):
    """A step of ours, to be called again and again: pictures drawn, then played."""
    recipe = Recipe(method, (Domain("a", ("/a",)), Domain("b", ("/b",))), size=size, batch=batch)
    recipe = replace(recipe, settings={"blocks": 9} if method == "cyclegan" else {})
    found = Inventory((DomainFound("a", PICTURES, 1), DomainFound("b", PICTURES, 1)), {})
    here = device()
    descending = Descending(modelfile.build_method(recipe, found).to(here), 1000, bf16=precision == "bf16")
    stock = stocked(folder, size)
    batches = Batches((stock, stock), batch=batch, size=size, flip=True, seed=0, device=here)
    return lambda: descending.step(next(batches), 0)


def plain(method: str, folder: Path, size: int, batch: int):
    """The same with the published step; without worker processes where they would take the step's own cores."""
    here = device()
    game = PLAIN[method](device=here)
    pictures = [iter(published.loaded(folder, size, batch, 4 if here.type == "cuda" else 0)) for _ in "ab"]
    return lambda: game.step(*(next(drawn).to(here) for drawn in pictures))


def matrix_rate() -> float:
    """bf16 operations a second that this card reaches on one large product of matrices."""
    one = torch.randn(8192, 8192, device=device(), dtype=torch.bfloat16)
    for _ in range(3):
        one @ one
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(20):
        one @ one
    torch.cuda.synchronize()
    return 20 * 2 * 8192**3 / (time.perf_counter() - began)


def measured(method: str, size: int, batch: int, precision: str, rounds: int) -> Figure:
    """Pictures a second of both, in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paint(folder)
        torch.manual_seed(0)
        step = ours(method, folder, size, batch, precision)
        slow, quick = in_turns(plain(method, folder, size, batch), step, rounds=rounds)
        share = ""
        if torch.cuda.is_available():
            with FlopCounterMode(display=False) as counter:
                step()
            share = f", {counter.get_total_flops() / quick / matrix_rate():.0%} of the card's bf16 rate"
    what = f"{TITLES[method]} step, {size} pixels, batch {batch}, {precision}"
    told = [f"{batch / seconds:.2f} pictures/s" for seconds in (slow, quick)]
    return Figure(what, told[0], told[1] + share, slow / quick, asked(batch, precision))


def asked(batch: int, precision: str) -> str:
    """What was promised for such a step."""
    if torch.cuda.is_available():
        return "" if precision == "fp32" else "≥ 6×" if batch >= 8 else "≥ 4×"
    return "≥ 1.6×" if precision == "bf16" else "≥ 1.1×"


def figures():
    """CycleGAN and CUT, on a card also in bf16 and at batch 8."""
    if torch.cuda.is_available():
        for method in PLAIN:
            for batch in (1, 8):
                for precision in ("fp32", "bf16"):
                    yield measured(method, 256, batch, precision, 30)
        return
    for method in PLAIN:
        for size in (128, 256):
            yield measured(method, size, 1, "fp32", 5 if size == 128 else 3)


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("sizes", type=int, nargs="*", default=[128])
    words.add_argument("--batch", type=int, default=1)
    words.add_argument("--precision", default="fp32", choices=("fp32", "bf16"))
    words.add_argument("--method", default="cyclegan", choices=PLAIN)
    words.add_argument("--rounds", type=int, default=5)
    wanted = words.parse_args()
    for size in wanted.sizes:
        print(measured(wanted.method, size, wanted.batch, wanted.precision, wanted.rounds).line())


if __name__ == "__main__":
    main()

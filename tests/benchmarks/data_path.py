"""How fast pictures come, in the first and in the second round, beside a loop that decodes each time.

Beside it stands the published way: a loader without workers that opens, scales, crops and mirrors each picture with
Pillow whenever it is drawn. Ours decodes once and keeps the pictures in memory, or, when memory is short, in its cache
on disk; a second sitting finds them there. Memory is what the process grows by, each way in a process of its own. The
processor's time stands beside the clock's, because a busy machine changes only the latter.
The second table tells which share of a CycleGAN's step is spent on getting its pictures.

    python -m tests.benchmarks.data_path [PICTURES]
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import torch
from PIL import Image, ImageOps

from ganstudio.engine.training.descent import Descending
from ganstudio.methods.cyclegan import CycleGAN
from ganstudio.pictures.batches import Batches
from ganstudio.pictures.examples import Example
from ganstudio.pictures.stock import Scale, Stock, stock_up
from ganstudio.pictures.store import Store
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks.figures import Figure

SIZE, MARGIN = 256, 286 / 256
SHAPES = ((1200, 900), (1024, 1024), (1600, 1200), (1500, 1000))  # 1 to 2 megapixels.
DIFFERENT = 20
WAYS = ("plain loop", "in memory", "spilled", "second sitting", "second sitting, spilled", "no room anywhere")


def paint(folder, count):
    """Photograph-like JPEGs: noise at several scales."""
    random_numbers = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"{number}.jpg"
        if number >= DIFFERENT:
            path.write_bytes((folder / f"{number % DIFFERENT}.jpg").read_bytes())
            continue
        width, height = SHAPES[number % len(SHAPES)]
        picture = Image.new("RGB", (width, height))
        for cells in (4, 16, 64, 256):
            noise = Image.fromarray(random_numbers.integers(0, 255, (cells, cells, 3), dtype=np.uint8))
            picture = Image.blend(picture, noise.resize((width, height), Image.Resampling.BICUBIC), 0.4)
        picture.save(path, quality=90)


def plain(paths):
    """One round of the published loader."""
    order = list(paths)
    random.shuffle(order)
    for path in order:
        picture = Image.open(path).convert("RGB")
        short = min(picture.size)
        sides = [round(side * SIZE * MARGIN / short) for side in picture.size]
        picture = picture.resize(sides, Image.Resampling.BICUBIC)
        left, top = (random.randint(0, side - SIZE) for side in picture.size)
        square = picture.crop((left, top, left + SIZE, top + SIZE))
        square = ImageOps.mirror(square) if random.random() < 0.5 else square
        yield torch.from_numpy(np.array(square)).permute(2, 0, 1).float().div(127.5).sub(1)[None]


def stocked(paths, cache, memory, limit):
    reading = stock_up(
        [Example(path) for path in paths], Scale(SIZE), store=Store(cache, limit=limit, spare=0), memory=memory
    )
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def measure(way, folder):
    """Seconds of both rounds, by the clock and of the processor, and bytes that the process grew by."""
    paths = sorted((folder / "pictures").iterdir())
    torch.zeros(1).float().div_(1)  # torch's own memory is not the pictures'.
    process, before = psutil.Process(), psutil.Process().memory_info().rss
    began = np.array((time.perf_counter(), time.process_time()))
    if way == "plain loop":
        rounds = (plain(paths) for _ in range(2))
    else:
        memory = 0 if "spilled" in way or "no room" in way else 1 << 40
        cache = folder / ("none" if "no room" in way else "memory" if memory else "spilled")
        stock = stocked(paths, cache, memory, 0 if "no room" in way else 1 << 40)
        batches = Batches((stock,), batch=1, size=SIZE, flip=True, seed=0, device=torch.device("cpu"))
        rounds = ((next(batches) for _ in paths) for _ in range(2))
    seconds = []
    for drawn in rounds:
        for _ in drawn:
            pass
        now = np.array((time.perf_counter(), time.process_time()))
        seconds.append((now - began).tolist())
        began = now
    return {"seconds": seconds, "grown": process.memory_info().rss - before}


def waiting(size, steps):
    """Milliseconds of getting a batch and of a CycleGAN's step, and the share of the first."""
    torch.manual_seed(0)
    found = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
    descending = Descending(CycleGAN(CycleGAN.Settings(), found, size), 1000)
    side = round(size * MARGIN)
    pictures = tuple(np.random.default_rng(n).integers(0, 255, (3, side, side + 40), dtype=np.uint8) for n in range(50))
    stock = Stock(tuple(Example(Path(f"{n}.png")) for n in range(50)), pictures)
    batches = Batches((stock, stock), batch=1, size=size, flip=True, seed=0, device=torch.device("cpu"))
    got = played = 0.0
    for step in range(steps + 1):
        began = time.perf_counter()
        batch = next(batches)
        middle = time.perf_counter()
        descending.step(batch, step)
        if step:  # The first warms up.
            got, played = got + middle - began, played + time.perf_counter() - middle
    return 1000 * got / steps, 1000 * played / steps, got / (got + played)


def told(way, folder):
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.data_path", way, str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@contextmanager
def painted(count):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pictures").mkdir()
        paint(folder / "pictures", count)
        yield folder


def figures():
    """The second round beside the plain loop's, and the share of a step that waits for pictures."""
    with painted(100) as folder:
        plainly, ours = (told(way, folder)["seconds"][1][0] / 100 for way in ("plain loop", "in memory"))
    rates = [f"{1 / seconds:.0f} pictures/s" for seconds in (plainly, ours)]
    yield Figure(f"pictures at {SIZE} pixels, from the second round on", *rates, plainly / ours)
    share = waiting(128, 6)[2]
    yield Figure(
        "share of a step spent on getting its pictures, 128 pixels", "limit 2 %", f"{share:.2%}", None, "< 2 %"
    )


def main():
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with painted(count) as folder:
        print(f"{count} JPEGs of 1 to 2 megapixels, at {SIZE} pixels, {os.cpu_count()} cores")
        print(f"{'':<24} {'first round':>24} {'second round':>24} {'memory':>10}")
        plainly = 0.0
        for way in WAYS:
            result = told(way, folder)
            (first, first_busy), (second, busy) = result["seconds"]
            plainly = plainly or busy
            print(
                f"{way:<24} {count / first:>8.0f}/s {1000 * first_busy / count:>8.2f} ms each"
                f" {count / second:>8.0f}/s {1000 * busy / count:>8.2f} ms each {result['grown'] / 2**20:>7.0f} MB"
                f"   {plainly / busy:.1f}x the plain loop"
            )
    print(f"\n{'CycleGAN at':<14} {'pictures':>10} {'step':>10} {'share':>8}")
    for size, steps in ((64, 12), (256, 1)):
        got, played, share = waiting(size, steps)
        print(f"{size:>8} pixels {got:>7.2f} ms {played:>7.0f} ms {share:>7.2%}")


if __name__ == "__main__":
    main()

"""What a translation of any size costs, and how far it is from the whole picture at once.

On two quiet cores, with the published network:

    python -m tests.benchmarks any_size                                     1 minute: in parts beside at once
    python tests/benchmarks/any_size.py --side 1024                         3 minutes: all ways
    python tests/benchmarks/any_size.py                                     15 minutes: 2 and 4 megapixels
    python tests/benchmarks/any_size.py --side 2048 4096 8192 --way exact   25 minutes: are megapixels of one cost?
    python tests/benchmarks/any_size.py --side 16384 --way exact            80 minutes, 34 GB of disk
    python tests/benchmarks/any_size.py --side 16384 --way exact --width 8  6 minutes, 4 GB of disk

Every way runs in a process of its own, from the model file to the last row. Memory is the most there was at any time,
above what the process had with the model in it. Errors are in levels of 255 against the whole picture at once, where
that was asked for too. Processor seconds tell more than seconds on a machine that does other things as well.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

WAYS = ("whole", "exact", "exact-memory", "exact-file", "exact-bf16", "fast", "naive-512")
MEMORY = {"exact-memory": 1 << 40, "exact-file": 256 << 20}


def main() -> None:
    """Run every way at every size, and print one table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--side", type=int, nargs="+", default=[1448, 2048], help="sides of square pictures")
    asked.add_argument("--height", type=int, help="of pictures that are not square: bands are as wide, and fewer")
    asked.add_argument("--way", nargs="+", default=WAYS, choices=WAYS)
    asked.add_argument("--method", default="cyclegan")
    asked.add_argument("--width", type=int, default=64)
    asked.add_argument("--blocks", type=int, default=9)
    asked.add_argument("--picture", type=Path, help="a photograph to enlarge or shrink; else one of scikit-learn's")
    asked.add_argument("--child", help=argparse.SUPPRESS)
    args = asked.parse_args()
    if args.child:
        child(json.loads(args.child))
        return
    columns = "way", "side", "s", "cpu s", "cpu/MP", "peak MB", "maps MB", "files MB", "moved MB", "mean", "max"
    print(("{:14}" + "{:>9}" * (len(columns) - 1)).format(*columns), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        model(Path(folder), args)
        for side in args.side:
            picture(Path(folder) / f"{side}.npy", (args.height or side, side), args.picture)
            for way in args.way:
                show(way, (args.height or side, side), Path(folder))


def model(folder: Path, args: argparse.Namespace) -> None:
    """A model with the weights that a training begins with."""
    import torch

    from ganstudio.engine.models import modelfile
    from ganstudio.words.recipe import Domain, Recipe
    from ganstudio.words.routes import DomainFound, Inventory

    torch.manual_seed(0)
    settings = {"width": args.width} | ({"blocks": args.blocks} if args.method != "pix2pix" else {})
    recipe = Recipe(args.method, (Domain("a", ("a",)), Domain("b", ("b",))), size=256, steps=1, settings=settings)
    found = Inventory((DomainFound("a", 5, 1), DomainFound("b", 5, 1)), {})
    modelfile.save(folder / "model.safetensors", modelfile.build_method(recipe, found).eval(), recipe, found, 1)


def picture(file: Path, size: tuple[int, int], source: Path | None, kind: type = np.uint8) -> None:
    """A photograph of this size, with grain at every scale: what is only enlarged is smoother than photographs are."""
    from PIL import Image
    from sklearn.datasets import load_sample_image

    photo = Image.open(source).convert("RGB") if source else Image.fromarray(load_sample_image("china.jpg"))
    chance, (height, width) = np.random.default_rng(0), size
    pixels = np.lib.format.open_memmap(file, "w+", kind, (height, width, 3))
    for low in range(0, height, 256):
        high = min(height, low + 256)
        box = (0, photo.height * low / height, photo.width, photo.height * high / height)
        band = np.asarray(photo.resize((width, high - low), Image.Resampling.BICUBIC, box), np.float32)
        for grain in (1, 2, 4, 8, 16, 32):
            coarse = chance.normal(0, 4, (-(-(high - low) // grain), -(-width // grain), 1))
            band = band + coarse.repeat(grain, 0).repeat(grain, 1)[: high - low, :width]
        pixels[low:high] = band.clip(0, 255) * (np.iinfo(kind).max // 255)


def figures(side: int = 1024):
    """A picture in parts beside the same at once, with the published network; sixteen bits show small errors."""
    from tests.benchmarks.figures import Figure

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model(folder, argparse.Namespace(method="cyclegan", width=64, blocks=9))
        picture(folder / f"{side}.npy", (side, side), None, np.uint16)
        whole, parts = (alone(way, side, folder) for way in ("whole", "exact"))
        ways = [np.load(folder / f"{side}-{way}.npy", "r").astype(int) for way in ("whole", "exact")]
    error = np.abs(ways[0] - ways[1]).max() * 2 / np.iinfo(np.uint16).max
    megapixels = side * side / 1e6
    what = f"A picture of {side}×{side} in parts, beside the published network's own call on the whole"
    times = [found["cpu"] / megapixels for found in (whole, parts)]
    told = "{:.1f} s of processor a megapixel"
    yield Figure(what, told.format(times[0]), told.format(times[1]), times[0] / times[1])
    memory = [found["peak"] / 2**20 for found in (whole, parts)]
    yield Figure("… memory beside the model", *map("{:.0f} MB".format, memory), memory[0] / memory[1])
    yield Figure("… largest difference of numbers from -1 to 1", "", f"{error:.1e}", None, "≤ 1e-4")


def show(way: str, size: tuple[int, int], folder: Path) -> None:
    """One row of the table."""
    side, pixels = size[1], size[0] * size[1]
    found = alone(way, side, folder)
    whole, made = (folder / f"{side}-{name}.npy" for name in ("whole", way))
    mean = worst = float("nan")
    if whole.exists():
        away = np.abs(np.load(whole, "r").astype(np.int16) - np.load(made, "r"))
        mean, worst = float(away.mean()), float(away.max())
    if way != "whole":
        made.unlink()
    numbers = [found[name] for name in ("seconds", "cpu")] + [found["cpu"] / pixels * 1e6]
    numbers += [found[name] / 1e6 for name in ("peak", "held", "filed", "moved")]
    row = f"{way:14}{side:9}" + "".join(f"{number:9.1f}" for number in numbers) + f"{mean:9.3f}{worst:9.0f}"
    print(row, flush=True)


def alone(way: str, side: int, folder: Path) -> dict[str, float]:
    """What a process of its own tells of one way."""
    told = json.dumps({"way": way, "side": side, "folder": str(folder)})
    command = [sys.executable, __file__, "--child", told]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def child(told: dict[str, object]) -> None:
    """Translate one picture in one way and tell the figures."""
    import psutil

    from ganstudio.engine.any_size.ways import allowed_in_parts
    from ganstudio.engine.translating.translator import Translator

    folder, way, side = Path(str(told["folder"])), str(told["way"]), int(str(told["side"]))
    os.environ["GANSTUDIO_CACHE"] = str(folder)
    pixels = np.load(folder / f"{side}.npy", "r")
    made = np.lib.format.open_memmap(folder / f"{side}-{way}.npy", "w+", pixels.dtype, pixels.shape)
    quality = "fast" if way == "fast" else "exact"
    precision = "bf16" if way == "exact-bf16" else "fp32"
    translator = Translator.open(folder, device="cpu", precision=precision, quality=quality)
    route = translator.routes[0]
    assert translator.way((1 << 16, 1 << 16), route) != "whole"  # The first look at a network belongs to opening it.
    figures = {"held": 0, "filed": 0, "moved": 0}
    watch_maps(figures)
    process = psutil.Process()
    idle, began, cpu = process.memory_info().rss, time.perf_counter(), time.process_time()
    peak = Peak(idle)

    def into(top: int, rows: np.ndarray) -> None:
        made[top : top + len(rows)] = rows
        made.flush()  # Written, the pages are the system's.
        made._mmap.madvise(mmap.MADV_DONTNEED)

    if way in {"whole", "naive-512"}:
        tile = max(pixels.shape) if way == "whole" else 512
        for top in range(0, pixels.shape[0], tile):
            for left in range(0, pixels.shape[1], tile):
                box = np.s_[top : top + tile, left : left + tile]
                made[box] = translator._shown(route, np.ascontiguousarray(pixels[box]))
    else:
        memory = MEMORY.get(way, allowed_in_parts(None, translator.device))
        work = translator._ways_of(route).strips(pixels, into, memory, fast=way == "fast")
        told_at = began
        for share in work:
            now = time.perf_counter()
            if share and now - told_at > 20:
                told_at = now
                left = (now - began) * (1 - share) / share
                print(f"  {way} {side}: {share:.1%}, {left / 60:.1f} minutes left", file=sys.stderr, flush=True)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak.stop() - idle, **figures}))


class Peak:
    """The most memory the process has while this lives."""

    def __init__(self, most: int) -> None:
        self._most, self._ended = most, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        import psutil

        process = psutil.Process()
        while not self._ended.wait(0.01):
            memory = process.memory_info()
            self._most = max(self._most, memory.rss)

    def stop(self) -> int:
        """The most there was, in bytes."""
        self._ended.set()
        self._thread.join()
        return self._most


def watch_maps(figures: dict[str, int]) -> None:
    """Have what is kept between passes counted."""
    from ganstudio.engine.any_size.spill import Spill

    close = Spill.close

    def counted(self: Spill) -> None:
        figures.update({name: max(most, getattr(self, name)) for name, most in figures.items()})
        close(self)

    Spill.close = counted


if __name__ == "__main__":
    main()

"""A million pictures in tar shards: how soon the first batch is there, their memory, and how fast they come.

One shard of 10,000 small pictures is written by WebDataset's own writer, and lies under a hundred names. Beside the
stream stands a folder of the same pictures in its first round, in which they are decoded as well; a folder of a million
would first be listed and decoded as a whole. To count the pictures stands beside Python's own reader of tar files. Each
is measured in a process of its own. Work is the processor's time, which a busy machine changes less than the clock's.

How much of a step is spent on waiting is measured twice: with a DCGAN, whose steps are short for their many small
pictures, and with what most begin with, a CycleGAN's quick preset on photographs. What is done while a step is played
slows the step down, so the same step is played in turns with pictures that lie decoded in memory.

    python -m tests.benchmarks.shards [SHARDS]
"""

import gc
import io
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import numpy as np
import psutil
import torch
import webdataset
from PIL import Image

from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.gathering import gather
from ganstudio.engine.training.planning import plan
from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Batches
from ganstudio.pictures.shards.checking import check
from ganstudio.pictures.stock import Stock
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs
from ganstudio.words.works import finished
from tests.benchmarks.figures import Figure

SHARDS, PICTURES, SIDE, BATCH, PASSED = 100, 10_000, 32, 64, 600
DIFFERENT = 50
LOOKS = 6  # Times that the memory is looked at.
FOLDER = 4000  # Pictures of the folder beside.
PHOTOGRAPHS, SHORTEST, LONGEST = 400, 256, 512  # Of each side of the CycleGAN; the sides of the pictures in pixels.
KEPT = 256  # Pictures of each side that lie in memory, to be trained on beside.
CYCLEGAN, DCGAN, COUNTING = "waiting of a CycleGAN", "waiting of a DCGAN", "counting"


def paint():
    """Small JPEGs that are not all alike."""
    random = np.random.default_rng(0)
    for _ in range(DIFFERENT):
        small = Image.fromarray(random.integers(0, 255, (6, 6, 3), np.uint8))
        yield as_jpeg(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def photographs():
    """JPEGs with detail at several scales, of a photograph's bytes for each pixel."""
    random = np.random.default_rng(1)
    for _ in range(DIFFERENT):
        width, height = (int(side) for side in random.integers(SHORTEST, LONGEST + 1, 2))
        picture = Image.new("RGB", (width, height))
        for cells in (4, 16, 64, 256):
            noise = Image.fromarray(random.integers(0, 255, (cells, cells, 3), np.uint8))
            picture = Image.blend(picture, noise.resize((width, height), Image.Resampling.BICUBIC), 0.4)
        yield as_jpeg(picture)


def as_jpeg(picture):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def pack(shard, pictures, count):
    with webdataset.TarWriter(str(shard)) as writer:
        for number in range(count):
            writer.write({"__key__": f"{number:08}", "jpg": pictures[number % len(pictures)]})


@contextmanager
def packed(shards):
    """Folders: `shards` names of one shard, some of its pictures as files, and two of photographs in shards."""
    with tempfile.TemporaryDirectory() as name:
        place, pictures = Path(name), list(paint())
        for folder in ("shards", "files", "summer", "winter"):
            (place / folder).mkdir()
        first = place / "shards" / "s-000000.tar"
        pack(first, pictures, PICTURES)
        photos = list(photographs())
        for side, shard in product(("summer", "winter"), range(4)):
            pack(place / side / f"p-{shard}.tar", photos, PHOTOGRAPHS // 4)
        for number in range(1, shards):
            os.link(first, place / "shards" / f"s-{number:06}.tar")
        for number in range(FOLDER):
            (place / "files" / f"{number:08}.jpg").write_bytes(pictures[number % DIFFERENT])
        os.environ["GANSTUDIO_CACHE"] = str(place / "cache")
        yield place


def measure(kind, place):
    """Seconds until the first batch, then pictures a second by clock and by work, and the memory meanwhile."""
    from webdataset import tariterators  # noqa: F401  A training has loaded torch; so it is with what brings no more.

    process, began, worked = psutil.Process(), time.perf_counter(), time.process_time()
    recipe = plan("dcgan", [Domain("s", (str(place / kind),))], size=SIDE, batch=BATCH, device="cpu")
    planned = time.perf_counter() - began
    ready = finished(gather(recipe, Needs.FOLDER, MethodSettings()))
    batches = Batches(ready.stocks, batch=BATCH, size=SIDE, flip=True, seed=0, device=torch.device("cpu"))
    next(batches)
    started = time.perf_counter() - began
    steps = PASSED if kind == "shards" else FOLDER // BATCH - 1
    if kind == "shards":
        began, worked = time.perf_counter(), time.process_time()
    memory = []
    for step in range(steps):
        next(batches)
        if step % max(1, steps // LOOKS) == 0:
            gc.collect()
            memory.append(process.memory_info().rss)
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    drawn = BATCH * steps
    return {
        "told": ready.inventory.domains[0].train,
        "planned": planned,
        "started": started,
        "rate": drawn / seconds,
        "work": drawn / work,
        "memory": memory,
    }


def kept(tap):
    """Some pictures of the shards, as a stock in memory."""
    stream = tap.open(1, BATCH, range(BATCH))
    drawn = [one for number in range(KEPT // BATCH) for one in stream.draw(number)[0]]
    return Stock(tuple(one.example for one in drawn), tuple(one.pixels for one in drawn))


def waiting(kind, place, steps=12):
    """Share of a step that is spent on getting its pictures, and what a step takes, of a recipe as it is by default."""
    if kind == CYCLEGAN:
        sides, needs = ("summer", "winter"), Needs.TWO_FOLDERS
        wishes = {"method": "cyclegan", "preset": "quick"}
    else:
        sides, needs = ("shards",), Needs.FOLDER
        wishes = {"method": "dcgan", "size": SIDE, "batch": BATCH}
    recipe = plan(domains=[Domain(side, (str(place / side),)) for side in sides], device="cpu", **wishes)
    ready = finished(gather(recipe, needs, MethodSettings()))
    torch.manual_seed(0)
    descending = Descending(modelfile.build_method(recipe, ready.inventory), recipe.steps)
    sources = {
        name: Batches(
            stocks,
            batch=recipe.batch * descending.method.draws,
            size=recipe.size,
            flip=True,
            seed=0,
            device=torch.device("cpu"),
        )
        for name, stocks in (("shards", ready.stocks), ("memory", [kept(tap) for tap in ready.stocks]))
    }
    taken = {name: [] for name in sources}
    for step in range(steps + 2):
        for name, batches in sources.items():
            began, worked = time.perf_counter(), time.process_time()
            batch = next(batches)
            middle = time.perf_counter()
            descending.step(batch, step)
            taken[name].append((middle - began, time.perf_counter() - began, time.process_time() - worked))
    columns = {name: list(zip(*rows[2:], strict=True)) for name, rows in taken.items()}  # The first warm up.
    return {
        "share": sum(columns["shards"][0]) / sum(columns["shards"][1]),
        "size": recipe.size,
        **{name: [statistics.median(column) for column in rows] for name, rows in columns.items()},
    }


def counting(place):
    """Seconds of work for a million pictures, by Python's reader of tar files and by ours."""
    some = sorted((place / "shards").iterdir())[:2]
    seconds = []
    for way in (by_tarfile, by_check) * 2:
        began = time.process_time()
        way(some)
        seconds.append((time.process_time() - began) / (len(some) * PICTURES) * 1e6)
    return {"library": min(seconds[::2]), "ours": min(seconds[1::2])}


def by_tarfile(shards):
    for shard in shards:
        with tarfile.open(shard) as tar:
            assert sum(info.isreg() for info in tar) == PICTURES


def by_check(shards):
    assert finished(check(Domain("s", tuple(map(str, shards))), 1)).pictures == PICTURES * len(shards)


def found(kind, place):
    if kind == COUNTING:
        return counting(place)
    return waiting(kind, place) if kind in {CYCLEGAN, DCGAN} else measure(kind, place)


def told(kind, place):
    """`found` in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.shards", kind, str(place)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def grown(memory):
    """Megabytes between the second look, when all buffers are full, and the most after it."""
    return (max(memory[1:]) - memory[1]) / 2**20


def figures():
    """Start-up, memory and pace of a million pictures."""
    with packed(SHARDS) as place:
        kinds = ("shards", "files", DCGAN, CYCLEGAN, COUNTING)
        stream, folder, short, usual, counted = (told(kind, place) for kind in kinds)
    many = f"about {stream['told']:,} pictures in {SHARDS} shards"
    yield Figure(f"{many}: to the first batch", "limit 10 s", f"{stream['started']:.2f} s", None, "< 10 s")
    most = max(stream["memory"]) / 2**20
    drawn = f"{PASSED * BATCH:,} pictures"
    yield Figure(
        f"memory that grows over {drawn} of them", "constant", f"{grown(stream['memory']):.0f} of {most:.0f} MB"
    )
    rates = [f"{each['work']:.0f} pictures per second of work" for each in (folder, stream)]
    ratio = stream["work"] / folder["work"]
    yield Figure(f"pictures of {SIDE} pixels from shards beside a folder's first round", *rates, ratio)
    for what, step in ((f"DCGAN's step on {BATCH} pictures", short), ("quick CycleGAN's step on JPEGs", usual)):
        waited, seconds, work = step["shards"]
        _, beside, beside_work = step["memory"]
        side = f"{step['size']} pixels"
        share = f"{step['share']:.2%} of {seconds:.2f} s; {1000 * waited:.1f} ms at the median"
        yield Figure(f"share of a {what} spent on getting them, {side}", "limit 2 %", share, None, "< 2 %")
        told_beside, told_step = (f"{a:.3f} s, {b:.2f} s of work" for a, b in ((beside, beside_work), (seconds, work)))
        yield Figure(f"a {what} from shards beside memory, {side}", told_beside, told_step, beside / seconds)
    rates = [f"{counted[name]:.0f} s of work" for name in ("library", "ours")]
    ratio = counted["library"] / counted["ours"]
    yield Figure("a million pictures in shards counted, beside Python's reader of tar files", *rates, ratio)


def main():
    if len(sys.argv) > 2:
        kind, place = sys.argv[1], Path(sys.argv[2])
        print(json.dumps(found(kind, place)))
        return
    shards = int(sys.argv[1]) if len(sys.argv) > 1 else SHARDS
    with packed(shards) as place:
        for kind in ("shards", "files"):
            result = told(kind, place)
            memory = ", ".join(f"{value / 2**20:.0f}" for value in result["memory"])
            print(
                f"{kind:<8} {result['told']:>10,} pictures   planned in {result['planned']:.2f} s, first batch after "
                f"{result['started']:.2f} s   {result['rate']:.0f} pictures/s, {result['work']:.0f} by work"
                f"   memory {memory} MB"
            )
        for kind in (DCGAN, CYCLEGAN, COUNTING):
            print(kind, told(kind, place))


if __name__ == "__main__":
    main()

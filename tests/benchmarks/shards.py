"""A million pictures in tar shards: how soon the first batch is there, their memory, and how fast they come.

One shard of 10,000 small pictures is written, and lies under a hundred names. Beside the stream stands a folder of the
same pictures in its first round, in which they are decoded as well; a folder of a million would first be listed and
decoded as a whole. Each is measured in a process of its own. Work is the processor's time, which a busy machine changes
less than the clock's.

    python -m tests.benchmarks.shards [SHARDS]
"""

import gc
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import torch
from PIL import Image

from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.gathering import gather
from ganstudio.engine.training.planning import plan
from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Batches
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs
from tests.benchmarks.figures import Figure

SHARDS, PICTURES, SIDE, BATCH, PASSED = 100, 10_000, 32, 64, 600
DIFFERENT = 50
LOOKS = 6  # Times that the memory is looked at.
FOLDER = 4000  # Pictures of the folder beside.


def paint():
    """Small JPEGs that are not all alike."""
    random = np.random.default_rng(0)
    for _ in range(DIFFERENT):
        small = Image.fromarray(random.integers(0, 255, (6, 6, 3), np.uint8))
        stream = io.BytesIO()
        small.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(stream, "JPEG")
        yield stream.getvalue()


@contextmanager
def packed(shards):
    """A folder with `shards` names of one shard, and a folder with some of its pictures as files."""
    with tempfile.TemporaryDirectory() as name:
        place, pictures = Path(name), list(paint())
        (place / "shards").mkdir()
        (place / "files").mkdir()
        first = place / "shards" / "s-000000.tar"
        with tarfile.open(first, "w") as tar:
            for number in range(PICTURES):
                info = tarfile.TarInfo(f"{number:08}.jpg")
                data = pictures[number % DIFFERENT]
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        for number in range(1, shards):
            os.link(first, place / "shards" / f"s-{number:06}.tar")
        for number in range(FOLDER):
            (place / "files" / f"{number:08}.jpg").write_bytes(pictures[number % DIFFERENT])
        os.environ["GANSTUDIO_CACHE"] = str(place / "cache")
        yield place


def gathered(recipe):
    work = gather(recipe, Needs.FOLDER, MethodSettings())
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def measure(kind, place):
    """Seconds until the first batch, then pictures a second by clock and by work, and the memory meanwhile."""
    from webdataset import tariterators  # noqa: F401  A training has loaded torch; so it is with what brings no more.

    process, began, worked = psutil.Process(), time.perf_counter(), time.process_time()
    recipe = plan("dcgan", [Domain("s", (str(place / kind),))], size=SIDE, batch=BATCH, device="cpu")
    planned = time.perf_counter() - began
    ready = gathered(recipe)
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


def waiting(place, steps=12):
    """Share of a DCGAN's step that is spent on getting its pictures."""
    recipe = plan("dcgan", [Domain("s", (str(place / "shards"),))], size=SIDE, batch=BATCH, device="cpu")
    ready = gathered(recipe)
    torch.manual_seed(0)
    descending = Descending(modelfile.build_method(recipe, ready.inventory), recipe.steps)
    draws = BATCH * descending.method.draws
    batches = Batches(ready.stocks, batch=draws, size=SIDE, flip=True, seed=0, device=torch.device("cpu"))
    got = played = 0.0
    for step in range(steps + 2):
        began = time.perf_counter()
        batch = next(batches)
        middle = time.perf_counter()
        descending.step(batch, step)
        if step > 1:  # The first warm up.
            got, played = got + middle - began, played + time.perf_counter() - middle
    return {"share": got / (got + played)}


def told(kind, place):
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.shards", kind, str(place)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def grown(memory):
    """Megabytes between the second look, when all buffers are full, and the most after it."""
    return (max(memory[1:]) - memory[1]) / 2**20


def figures():
    """Start-up, memory and pace of a million pictures."""
    with packed(SHARDS) as place:
        stream, folder, share = (told(kind, place) for kind in ("shards", "files", "waiting"))
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
    told_share = f"{share['share']:.2%}"
    yield Figure(
        f"share of a DCGAN's step spent on getting its pictures, {SIDE} pixels", "limit 2 %", told_share, None, "< 2 %"
    )


def main():
    if len(sys.argv) > 2:
        kind, place = sys.argv[1], Path(sys.argv[2])
        print(json.dumps(waiting(place) if kind == "waiting" else measure(kind, place)))
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
        print(f"waiting  {told('waiting', place)['share']:.2%} of a DCGAN's step")


if __name__ == "__main__":
    main()

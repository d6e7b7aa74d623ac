"""A folder translated by a batch that is killed again and again, against one that nobody disturbed.

    python -m tests.benchmarks.batch_kills [KILLS] [SEED] [PROCESSES]

Each sitting is the command line in a process of its own, or in several that share out the folder as under torchrun,
forked off this one, which has torch loaded and computes nothing. It is killed with SIGKILL a random moment after some
picture of its has come, or before the first, so often in the middle of a file.
Promised: the folder ends with the same names and pixels as the undisturbed one, what was there before a kill is not
made again, and nothing half-written stays.
"""

import os
import random
import signal
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.distributed import TCPStore

from ganstudio.cli.app import main
from ganstudio.engine.models import modelfile
from ganstudio.pictures.reading import read
from ganstudio.pictures.writing.made import made_from
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

for name in ("ganstudio.engine.translating.files", "ganstudio.engine.any_size.streaming", "pyvips"):
    import_module(name)  # So that no sitting has to load it.
PICTURES = 20
MOMENT = 0.06  # Seconds; a picture takes about half of it.
PATIENCE = 120  # Seconds for a sitting that is left alone.


def measured(kills, seed, folder, ranks=1):
    """Translate once undisturbed, and once killed so many times; what is wrong, and how many kills fell when."""
    chance = random.Random(seed)
    model, pictures = prepared(folder)
    straight, torn = folder / "straight", folder / "torn"
    code = sitting(model, pictures, straight)
    wrong = [] if code == 0 else [f"the undisturbed batch ended with {code}"]
    fell, parts, before = [], 0, {}
    while len(fell) < kills:
        more = chance.randrange(2 * PICTURES // (kills + 1))
        code = sitting(model, pictures, torn, len(before) + more, chance.uniform(0, MOMENT), ranks)
        now = stamps(torn)
        wrong += [f"{name} was made again" for name in before if now.get(name) != before[name]]
        parts += len(list(torn.rglob("*.part"))) if torn.exists() else 0
        before = now
        fell.append(len(now))
        if code == 0:
            break
    code = sitting(model, pictures, torn, ranks=ranks)
    wrong += [] if code == 0 else [f"the last sitting ended with {code}"]
    wrong += [f"{name} was made again" for name in before if stamps(torn).get(name) != before[name]]
    return wrong + differences(straight, torn), fell, parts


def prepared(folder):
    """A small model, and pictures of several formats, some of one stem, in two folders."""
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe("cyclegan", domains, size=32, steps=9, settings={"width": 4, "discriminator_width": 4, "blocks": 1})
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    torch.manual_seed(0)
    modelfile.save(folder / "model.safetensors", modelfile.build_method(recipe, inventory), recipe, inventory, 1)
    for number in range(PICTURES):
        place = folder / "in" / ("trip" if number % 4 == 0 else "")
        place.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (90, 120, 3), dtype=np.uint8)
        suffix = (".png", ".jpg", ".webp")[number % 3]
        Image.fromarray(pixels).save(place / f"{number // 2:02}{suffix}")
    return folder / "model.safetensors", folder / "in"


def sitting(model, pictures, out, count=None, moment=0.0, ranks=1):
    """Translate in processes of its own, killed a moment after so many pictures are there; 0 when all went well."""
    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)  # Of this sitting, as torchrun's own.
    left = {process(model, pictures, out, number, ranks, store.port) for number in range(ranks)}
    until, worst = time.monotonic() + PATIENCE, 0
    while left and time.monotonic() < until:
        for pid in list(left):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                left.remove(pid)
                worst = worst or os.waitstatus_to_exitcode(status)
        if count is not None and len(stamps(out)) >= count:
            until, count = time.monotonic() + moment, None
        time.sleep(0.001)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    for pid in left:
        worst = worst or os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return worst


def process(model, pictures, out, number, ranks, port):
    """One of those that share out the folder, as torchrun would start it; its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if ranks > 1:
            os.environ |= {"RANK": str(number), "WORLD_SIZE": str(ranks), "MASTER_ADDR": "127.0.0.1"}
            os.environ |= {"MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "kills"}
            os.environ |= {"TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "0"}
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        torch.set_num_threads(1)
        code = main(["translate", str(model), str(pictures), "--out", str(out), "--device", "cpu"])
    finally:
        os._exit(code)  # No cleaning up that belongs to the parent.


def stamps(folder):
    """Name → when it was written, of all pictures below."""
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("[!.]*.png")}


def differences(straight, torn):
    """What is not the same in the two folders, and what belongs in neither."""
    names, others = ({str(path.relative_to(one)) for path in one.rglob("*.*")} for one in (straight, torn))
    wrong = [f"{name} is in one only" for name in sorted(names ^ others)]
    if len(names) != PICTURES:
        wrong.append(f"{len(names)} of {PICTURES} were made")
    for name in sorted(names & others):
        if not np.array_equal(np.asarray(read(straight / name)), np.asarray(read(torn / name))):
            wrong.append(f"{name} has other pixels")
        if not made_from(straight / name).same_picture(made_from(torn / name)):
            wrong.append(f"{name} was made in another way")
    return wrong


if __name__ == "__main__":
    kills, seed, ranks = (int(word) for word in (*sys.argv[1:], *("8", "1", "1")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        wrong, fell, parts = measured(kills, seed, Path(place), ranks)
    print(f"{len(fell)} kills, with {fell} of {PICTURES} pictures there; {parts} half-written files swept away.")
    print("\n".join(wrong) or "The folder is the same as the undisturbed one, and nothing was made twice.")
    sys.exit(1 if wrong else 0)

"""A folder translated with a reader ahead and a writer behind, against the plain loop: read, translate, write.

    python -m tests.benchmarks.batch [PICTURES] [SIDE]

Both make the same pixels in the same files. The network computes on one thread, as it does where the other cores have
work of their own; the table shows what each part takes alone, and the ratio of the two ways, taken in turns.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image
from skimage import data

from ganstudio.engine.models import modelfile
from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import read
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

ROUNDS = 3


def prepared(folder, count, side):
    """A slim model, and photographs of side × ¾ side."""
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe("cyclegan", domains, size=64, steps=9, settings={"width": 8, "judge_width": 4, "blocks": 2})
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    torch.manual_seed(0)
    modelfile.save(folder / "model.safetensors", modelfile.build_method(recipe, inventory), recipe, inventory, 1)
    (folder / "in").mkdir()
    photo = Image.fromarray(data.astronaut()).resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
    for number in range(count):
        grain = np.random.default_rng(number).integers(-6, 7, (photo.height, photo.width, 3))
        pixels = (np.asarray(photo).astype(int) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "in" / f"{number}.jpg", quality=92)
    return Translator.open(folder / "model.safetensors", device="cpu"), folder / "in"


def plainly(translator, pictures, out):
    """Seconds of reading, translating and writing, one after another."""
    route, taken = translator.routes[0], [0.0, 0.0, 0.0]
    for place in frames.places([pictures]):
        times = [time.perf_counter()]
        frame = frames.frame_of(place)
        times.append(time.perf_counter())
        picture = translator.translate(frame.picture, route)
        times.append(time.perf_counter())
        frames.save(picture, frames.target_for(place, out), frame)
        times.append(time.perf_counter())
        taken = [before + end - begin for before, begin, end in zip(taken, times, times[1:], strict=False)]
    return taken


def overlapping(translator, pictures, out):
    """Seconds of the batch as it is."""
    began = time.perf_counter()
    events = list(translate_files(translator, translator.routes[0], [pictures], out, Order(again=True)))
    assert not any(isinstance(event, Skipped) for event in events)
    return time.perf_counter() - began


if __name__ == "__main__":
    count, side = (int(word) for word in (*sys.argv[1:], "8", "1600")[:2])
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        translator, pictures = prepared(Path(place), count, side)
        plain, both = Path(place, "plain"), Path(place, "batch")
        plainly(translator, pictures, plain)  # What is loaded the first time.
        loops, batches = [], []
        for _ in range(ROUNDS):
            loops.append(plainly(translator, pictures, plain))
            batches.append(overlapping(translator, pictures, both))
        same = all(np.array_equal(read(plain / path.name), read(both / path.name)) for path in plain.glob("*.png"))
    parts = [median(loop[part] for loop in loops) / count for part in range(3)]
    ratio = median(sum(loop) / batch for loop, batch in zip(loops, batches, strict=True))
    print(f"{count} photographs of {side} × {side * 3 // 4}, seconds for each (median of {ROUNDS} rounds)")
    for name, seconds in zip(("reading", "translating", "writing"), parts, strict=True):
        print(f"  {name:12}{seconds:8.3f}")
    print(f"  {'plain loop':12}{sum(parts):8.3f}\n  {'batch':12}{median(batches) / count:8.3f}")
    print(f"{ratio:.2f} times as fast as the plain loop; the pixels are {'the same' if same else 'OTHERS'}.")
    sys.exit(0 if same else 1)

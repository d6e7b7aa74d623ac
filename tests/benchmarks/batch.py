"""A folder of pictures at 256 translated, beside what the published test script does with it.

    python -m tests.benchmarks.batch [--count 500] [--rounds 2]

That script opens one picture after the other with a loader without workers, scales it bicubically, computes in float32
with `nn.InstanceNorm2d`, and has Pillow save a PNG; it is written out here as the yardstick. Both use the same weights,
and the pictures are compared: none may be off by more than 1 of 255. The ways are taken in turns. The processor's time
stands beside the clock's, because a busy machine changes only the latter. Then each lever by itself: what overlapping,
company, the network's arithmetic and the encoder give alone.
"""

import argparse
import io
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image
from skimage import data
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from ganstudio.engine.models import modelfile
from ganstudio.engine.translating.darkroom import Darkroom
from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import frames
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import read
from ganstudio.pictures.vips import from_array
from ganstudio.pictures.writing import encoding
from ganstudio.pictures.writing.encoding import Beside
from ganstudio.words.events import Made, Skipped
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from ganstudio.words.works import finished
from tests.benchmarks.figures import Figure, device
from tests.unit.engine.published import Resnet

SIZE, TOGETHER = 256, 4
PUBLISHED, SLIM = ("published network", 9, 64), ("network of a tenth of its arithmetic", 6, 24)


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock, and of the processor, that something took."""

    wall: float
    processor: float


class Pictures(Dataset):
    """A folder as published: opened and scaled one by one."""

    def __init__(self, folder):
        self.paths = sorted(folder.iterdir())
        self.change = transforms.Compose(
            [
                transforms.Resize((SIZE, SIZE), transforms.InterpolationMode.BICUBIC),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * 3, (0.5,) * 3),
            ]
        )

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, number):
        return self.change(Image.open(self.paths[number]).convert("RGB")), str(self.paths[number])


def prepared(folder, blocks, width):
    """A translator and the same network as published."""
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    settings = {"width": width, "discriminator_width": 4, "blocks": blocks}
    recipe = Recipe("cyclegan", domains, size=SIZE, steps=9, settings=settings)
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    torch.manual_seed(0)
    method = modelfile.build_method(recipe, inventory)
    modelfile.save(folder / "model.safetensors", method, recipe, inventory, 1)
    translator = Translator.open(folder / "model.safetensors")
    network = Resnet(blocks, width)
    network.load_state_dict(next(iter(method.makers().values())).state_dict())
    return translator, network.eval().to(device())


def photographs(folder, count):
    """Photographs with grain, as JPEG."""
    folder.mkdir()
    photos = [Image.fromarray(getattr(data, name)()).resize((SIZE, SIZE)) for name in ("astronaut", "coffee", "cat")]
    for number in range(count):
        grain = np.random.default_rng(number).integers(-4, 5, (SIZE, SIZE, 3))
        pixels = (np.asarray(photos[number % 3]).astype(int) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:04}.jpg", quality=92)
    return folder


def plainly(network, pictures, out):
    """What the published script does."""
    out.mkdir(exist_ok=True)
    with torch.no_grad():
        for x, (path,) in DataLoader(Pictures(pictures), 1, num_workers=0):
            made = network(x.to(device()))[0].cpu().float().numpy()
            pixels = ((made.transpose(1, 2, 0) + 1) / 2 * 255).astype(np.uint8)
            Image.fromarray(pixels).save(out / f"{Path(path).stem}.png")


def ours(translator, pictures, out, *, again=True):
    """The batch as it is."""
    events = list(translate_files(translator, translator.routes[0], [pictures], out, Order(again=again)))
    assert not any(isinstance(event, Skipped) for event in events)
    return sum(isinstance(event, Made) for event in events)


def one_by_one(translator, pictures, out):
    """The same without overlap and company."""
    room = Darkroom(translator, translator.routes[0], out, Order(again=True), sweeping=False)
    for place in frames.places([pictures]):
        finished(room.painted(room.opened(room.named(place))))(bool)


def in_turns(rounds, *ways):
    """Median of what each way takes; the first round warms up."""
    spent = [[] for _ in ways]
    for _ in range(rounds + 1):
        for way, seconds in zip(ways, spent, strict=True):
            wall, processor = time.perf_counter(), time.process_time()
            way()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            seconds.append(Spent(time.perf_counter() - wall, time.process_time() - processor))
    return [Spent(median(one.wall for one in each[1:]), median(one.processor for one in each[1:])) for each in spent]


def told(what, count, yardstick, found, asked=""):
    """One figure, in pictures a second."""

    def line(spent):
        return f"{count / spent.wall:.2f} pictures/s, {spent.processor / count * 1e3:.0f} ms of processor each"

    return Figure(what, line(yardstick), line(found), yardstick.wall / found.wall, asked)


def furthest(one, other):
    """How far the pictures of two folders are apart, of 255."""
    off = [
        np.abs(np.asarray(read(path)).astype(int) - np.asarray(read(other / path.name))).max()
        for path in one.glob("*.png")
    ]
    return int(max(off))


def folder_figures(kind, count, rounds, asked):
    """A folder with one network, and what each lever gives alone."""
    name, blocks, width = kind
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        translator, network = prepared(place, blocks, width)
        pictures = photographs(place / "in", count)
        loop, single, batch = in_turns(
            rounds,
            lambda: plainly(network, pictures, place / "plain"),
            lambda: one_by_one(translator, pictures, place / "single"),
            lambda: ours(translator, pictures, place / "batch"),
        )
        apart = furthest(place / "plain", place / "batch")
        yield told(f"Folder at {SIZE}, {name}; at most {apart} of 255 apart", count, loop, batch, asked)
        yield told(f"… overlapping alone, {name}", count, single, batch)
        if kind is not PUBLISHED:
            began = time.perf_counter()
            assert ours(translator, pictures, place / "batch", again=False) == count
            each = (time.perf_counter() - began) / count
            yield Figure("… all is there already", "500 pictures", f"{500 * each:.1f} s", None, "seconds")
        yield from network_figures(translator, network, name, pictures, rounds)
    if apart > 1:
        raise SystemExit(f"The pictures of the two ways are {apart} of 255 apart.")


def network_figures(translator, network, name, pictures, rounds):
    """The network's arithmetic, and company, by themselves."""
    route = translator.routes[0]
    pixels = [np.array(read(path)) for path in sorted(pictures.iterdir())[:TOGETHER]]
    x = torch.stack([torch.from_numpy(one).permute(2, 0, 1).float() / 127.5 - 1 for one in pixels]).to(device())

    def plain():
        with torch.no_grad():
            for one in x.split(1):
                network(one).cpu()

    loop, alone, together = in_turns(
        rounds,
        plain,
        lambda: [translator.together([one], route).take() for one in pixels],
        lambda: translator.together(pixels, route).take(),
    )
    yield told(f"… arithmetic alone, {name}", TOGETHER, loop, alone)
    yield told(f"… company of {TOGETHER} beside each alone, {name}", TOGETHER, alone, together)


def encoder_figure(rounds):
    """A photograph into a PNG in memory: Pillow as it comes, and ours."""
    pixels = np.asarray(Image.fromarray(data.astronaut()).resize((SIZE, SIZE)))
    files = io.BytesIO(), io.BytesIO()

    def pillow():
        for _ in range(20):
            files[0].seek(0)
            Image.fromarray(pixels).save(files[0], "PNG")

    def libvips():
        for _ in range(20):
            files[1].seek(0)
            encoding.write(from_array(pixels), "PNG", files[1], Beside())

    yardstick, found = in_turns(rounds, pillow, libvips)
    larger = len(files[1].getvalue()) / len(files[0].getvalue()) - 1
    return told(f"… encoder alone; files {larger:+.0%}", 20, yardstick, found)


def figures(count=None, rounds=2):
    """Every figure; fewer pictures where the network is large, for the whole to take less than two minutes."""
    card = device().type == "cuda"
    yield from folder_figures(PUBLISHED, count or (200 if card else 4), rounds, "≥ 8×" if card else "≥ 1.5×")
    yield from folder_figures(SLIM, count or (200 if card else 16), rounds, "≥ 8×" if card else "≥ 1.5×")
    yield encoder_figure(rounds)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int)
    words.add_argument("--rounds", type=int, default=2)
    asked = words.parse_args()
    for figure in figures(asked.count, asked.rounds):
        print(figure.line(), flush=True)


if __name__ == "__main__":
    sys.exit(main())

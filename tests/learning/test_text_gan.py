"""Rendered shapes: 2 sizes × 6 colours × 3 shapes × 5 other colours behind; a fifth of the sentences is held out."""

import itertools

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from ganstudio.engine.models import checkpoint, modelfile
from ganstudio.pictures.batches import to_network
from ganstudio.runs.run import Run
from ganstudio.words.captions import encode

COLOURS = {
    "red": (220, 40, 40),
    "green": (40, 170, 60),
    "blue": (40, 70, 220),
    "yellow": (240, 210, 40),
    "white": (240, 240, 240),
    "black": (20, 20, 20),
}
HELD_OUT = 36
RADII = {"small": 8.0, "large": 13.0}
SHAPES = ("circle", "square", "triangle")
SIDE = 32
FINE = 8  # Drawn this many times larger and averaged: smooth edges.
WISHES = [wish for wish in itertools.product(RADII, COLOURS, SHAPES, COLOURS) if wish[1] != wish[3]]


def in_words(wish):
    size, colour, shape, behind = wish
    return f"a {size} {colour} {shape} on {behind}"


def draw(wish, chance):
    size, colour, shape, behind = wish
    picture = Image.new("RGB", (SIDE * FINE, SIDE * FINE), COLOURS[behind])
    r = RADII[size] * chance.uniform(0.9, 1.1) * FINE
    x, y = (SIDE / 2 + chance.uniform(-1, 1, 2)) * FINE
    pen = ImageDraw.Draw(picture)
    match shape:
        case "circle":
            pen.ellipse((x - r, y - r, x + r, y + r), fill=COLOURS[colour])
        case "square":
            pen.rectangle((x - r, y - r, x + r, y + r), fill=COLOURS[colour])
        case _:
            pen.polygon(((x, y - r), (x + r, y + r), (x - r, y + r)), fill=COLOURS[colour])
    return picture.resize((SIDE, SIDE), Image.Resampling.BOX)


def read(picture):
    """What a picture shows: colours of middle and corners, extent for the size, slimness and fullness for the shape."""
    pixels = np.asarray(picture, float)
    middle = np.median(pixels[14:18, 14:18].reshape(-1, 3), axis=0)
    ends = (slice(0, 3), slice(-3, None))
    corner = np.median(np.concatenate([pixels[a, b].reshape(-1, 3) for a in ends for b in ends]), axis=0)
    towards = middle - corner
    inside = (pixels - corner) @ towards > 0.5 * (towards @ towards)
    # A row or column of one pixel is the tip of a triangle, or a speck.
    rows, columns = (np.flatnonzero(inside.sum(axis) >= 2) for axis in (1, 0))
    if not (len(rows) and len(columns)):
        return None
    box = inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    third = -(-len(box) // 3)
    slim = box[:third].mean() < 0.6 * box[-third:].mean()
    shape = "triangle" if slim else "circle" if box.mean() < 0.89 else "square"
    return "large" if sum(box.shape) / 2 > 20 else "small", _nearest(middle), shape, _nearest(corner)


def _nearest(colour):
    return min(COLOURS, key=lambda name: np.square(np.subtract(COLOURS[name], colour)).sum())


@pytest.fixture
def shapes(tmp_path):
    """A folder of 6 pictures with captions for each sentence but the held-out ones, and those."""
    chance = np.random.default_rng(7)
    order = chance.permutation(len(WISHES))
    held_out, seen = [WISHES[i] for i in order[:HELD_OUT]], [WISHES[i] for i in order[HELD_OUT:]]
    folder = tmp_path / "shapes"
    folder.mkdir()
    for number, wish in enumerate(wish for wish in seen for _ in range(6)):
        draw(wish, chance).save(folder / f"{number:04d}.png")
        (folder / f"{number:04d}.txt").write_text(in_words(wish))
    return folder, held_out


def test_sentences_it_never_read_are_drawn_and_judged_right(shapes, learn, tmp_path, record_property):
    folder, held_out = shapes
    chance = np.random.default_rng(8)
    known = [(wish, draw(wish, chance)) for wish in held_out for _ in range(4)]
    assert np.mean([read(picture) == wish for wish, picture in known]) >= 0.99, "the reader itself errs"

    translator = learn("text-gan", folder)
    (route,) = translator.routes
    drawn = [
        (wish, translator.generate(route, 1, text=in_words(wish), index=index))
        for wish in held_out
        for index in range(10)
    ]
    right = np.mean([read(picture) == wish for wish, picture in drawn])
    record_property("held-out sentences drawn right", f"{right:.1%}")
    print(f"held-out sentences drawn right: {right:.1%}")
    assert right >= 0.8
    # Not one picture learnt by heart for each sentence.
    assert np.stack([np.asarray(picture, float) for _, picture in drawn[:10]]).std(axis=0).mean() > 2

    matched, mismatched = judged(next(tmp_path.glob("text-gan run*")), known)
    below = (mismatched < matched[:, None]).float().mean().item()
    record_property("mismatched pairs below matched ones", f"{below:.1%}")
    print(f"mismatched pairs below matched ones: {below:.1%}")
    assert below >= 0.95


@torch.inference_mode()
def judged(run, known):
    """What the run's discriminator says of each picture with its own sentence (N,), and with 20 others (N, 20)."""
    found, _ = checkpoint.newest(Run.open(run))
    method = modelfile.build_method(Run.open(run).recipe(), Run.open(run).inventory()).eval()
    state = {name.removeprefix("method."): value for name, value in found.tensors.items() if name.startswith("method.")}
    method.load_state_dict(state)
    pictures = torch.from_numpy(np.stack([np.asarray(picture) for _, picture in known])).permute(0, 3, 1, 2)
    seen = method.D.look(to_network(pictures, torch.device("cpu")))
    codes = {wish: method.T(torch.tensor([encode(in_words(wish), method.words)])) for wish, _ in known}
    own = method.D.judge(seen, torch.cat([codes[wish] for wish, _ in known]))
    chance = np.random.default_rng(9)
    others = []
    for _ in range(20):
        wrong = [[other for other in codes if other != wish][chance.integers(len(codes) - 1)] for wish, _ in known]
        others.append(method.D.judge(seen, torch.cat([codes[wish] for wish in wrong])))
    return own, torch.stack(others, dim=1)

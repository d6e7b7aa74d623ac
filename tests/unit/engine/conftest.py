"""Small pictures and small recipes, so that a training takes seconds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganstudio.words.recipe import Domain, Recipe

SMALL = {"width": 4, "judge_width": 4, "blocks": 1, "judge_layers": 1, "pool": 3, "average": 0.9}
SMALL_CONDITIONAL = {"width": 4, "judge_width": 4, "noise": 8, "average": 0.9}


def paint(path: Path, seed: int, size=(24, 20)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def folders(tmp_path):
    """Two folders of seven pictures each."""
    for domain in ("warm", "cold"):
        for number in range(7):
            paint(tmp_path / domain / f"{number}.png", number + 100 * (domain == "cold"))
    return tmp_path / "warm", tmp_path / "cold"


@pytest.fixture
def classes(tmp_path):
    """One folder with two classes of five pictures each."""
    for label in ("cat", "dog"):
        for number in range(5):
            paint(tmp_path / "pets" / label / f"{label}{number}.png", number + 100 * (label == "dog"))
    return tmp_path / "pets"


@pytest.fixture
def recipe(folders):
    """A small CycleGAN."""
    domains = tuple(Domain(folder.name, (str(folder),)) for folder in folders)
    return Recipe("cyclegan", domains, size=16, steps=8, device="cpu", settings=SMALL)


@pytest.fixture
def conditional(classes):
    """A small conditional GAN."""
    domains = (Domain("pets", (str(classes),)),)
    return Recipe("conditional-gan", domains, size=16, steps=8, batch=4, device="cpu", settings=SMALL_CONDITIONAL)

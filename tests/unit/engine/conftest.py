"""Small pictures and small recipes, so that a training takes seconds."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.run import Run
from ganstudio.words.cards import ModelCard
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "pool": 3, "average": 0.9}
SMALL_CONDITIONAL = {"width": 4, "discriminator_width": 4, "noise": 8, "average": 0.9}


def paint(path: Path, seed: int, size=(24, 20)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def painted(place: Path) -> tuple[Path, Path]:
    """Two folders of seven pictures each, the same in every place."""
    for domain in ("warm", "cold"):
        for number in range(7):
            paint(place / domain / f"{number}.png", number + 100 * (domain == "cold"))
    return place / "warm", place / "cold"


def small_recipe(folders: tuple[Path, Path]) -> Recipe:
    domains = tuple(Domain(folder.name, (str(folder),)) for folder in folders)
    return Recipe("cyclegan", domains, size=16, steps=8, device="cpu", settings=SMALL)


@pytest.fixture
def folders(tmp_path):
    """Two folders of seven pictures each."""
    return painted(tmp_path)


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
    return small_recipe(folders)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A small CycleGAN that was trained for eight steps and averages its weights; to look at only."""
    place = tmp_path_factory.mktemp("trained")
    run = Run.create(place / "warm2cold", small_recipe(painted(place)))
    list(train(run))
    return run


@pytest.fixture
def conditional(classes):
    """A small conditional GAN."""
    domains = (Domain("pets", (str(classes),)),)
    return Recipe("conditional-gan", domains, size=16, steps=8, batch=4, device="cpu", settings=SMALL_CONDITIONAL)


class Toy(torch.nn.Module):
    """A method of one route: `make` weighs colours, enlarges, tells classes or listens to words, as the route says."""

    def __init__(self, route, noise=3):
        super().__init__()
        self.route, self.noise = route, noise
        random = torch.Generator().manual_seed(0)
        self.net = torch.nn.Linear(3, len(route.answers) or 3)
        self.words = torch.nn.Embedding(len(route.words) + 1, 3, padding_idx=0)
        for weight in self.parameters():
            weight.data = 0.3 * torch.randn(weight.shape, generator=random)
        self.words.weight.data[0] = 0
        self.requires_grad_(False)

    def routes(self):
        return (self.route,)

    def makers(self):
        return {"G": self.net} | ({"words": self.words} if self.route.words else {})

    def noise_width(self, route):
        return 0 if route.source else self.noise

    def make(self, route, x, condition=None):
        if route.answers:
            return self.net(x.mean((2, 3))).softmax(1)
        if route.source is None:
            told = self.words(condition).sum(1) if route.words else 0
            return torch.tanh(self.net(x) + told)[:, :, None, None].expand(-1, -1, 8, 8)
        assert not route.side or x.shape[2:] == (route.side, route.side)
        y = torch.tanh(self.net(x.movedim(1, 3)).movedim(3, 1))
        return y.repeat_interleave(route.scale, 2).repeat_interleave(route.scale, 3)


@pytest.fixture
def toy():
    """toy(route) → a translator with a toy inside."""
    return translator_of


def translator_of(route, **more):
    found = Inventory((DomainFound(route.source or route.target, 5, 1, route.labels or route.answers),), {})
    card = ModelCard("toy", "toy", "toy", (route,), 8, 1, 1, 0.0, 0, {})
    return Translator(card, Toy(route, **more).eval(), found, torch.device("cpu"))

"""`evaluate`: known answers for models whose work is known, in lines and in JSON, and faults as sentences."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.models import modelfile
from ganstudio.engine.watching import evaluation
from ganstudio.runs.model import card
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Route

SIDE = 32
FOUND = Inventory((DomainFound("day", 9, 1), DomainFound("night", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1}


class Known(torch.nn.Module):
    """A model whose only route does what it is told."""

    def __init__(self, route, make):
        super().__init__()
        self._route, self._make = route, make

    def routes(self):
        return (self._route,)

    def makers(self):
        return {}

    def noise_width(self, route):
        return 2

    def make(self, route, x, condition=None):
        return self._make(x if condition is None else condition)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))


@pytest.fixture
def folders(tmp_path):
    """Eight pictures, their negatives under the same names, and eight others."""
    for number in range(8):
        for folder, numbers in (("day", number), ("else", number + 50)):
            small = np.random.default_rng(numbers).integers(0, 255, (5, 6, 3), dtype=np.uint8)
            picture = Image.fromarray(small).resize((48, 40), Image.Resampling.BICUBIC)
            (tmp_path / folder).mkdir(exist_ok=True)
            picture.save(tmp_path / folder / f"{folder if folder == 'else' else 'p'}{number}.png")
            if folder == "day":
                (tmp_path / "night").mkdir(exist_ok=True)
                Image.fromarray(255 - np.asarray(picture)).save(tmp_path / "night" / f"p{number}.png")
    return tmp_path


@pytest.fixture
def model(tmp_path, monkeypatch):
    """model(route, make) → a model file which, when it is opened, does this."""
    recipe = Recipe("cyclegan", tuple(Domain(d.name, ("/x",)) for d in FOUND.domains), size=SIDE, settings=SMALL)
    path = tmp_path / "run" / "model.safetensors"
    modelfile.save(path, modelfile.build_method(recipe, FOUND), recipe, FOUND, 7)

    def known(route, make):
        monkeypatch.setattr(modelfile, "open_method", lambda _: (Known(route, make), recipe, FOUND, 7))
        monkeypatch.setattr(evaluation, "card", lambda _: dataclasses.replace(card(path), routes=(route,)))
        return path

    return known


DAY = Route("night", "day")


def measured(said):
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def test_a_model_that_does_nothing_is_nowhere_from_the_same_folder(ganstudio, folders, model):
    file = model(DAY, lambda x: x)
    found = measured(ganstudio("evaluate", file, "--source", folders / "day", "--target", folders / "day", "--json"))
    assert found["measure"] == "sliced Wasserstein"
    assert found["figures"]["distance"] == found["figures"]["untouched"] == 0
    assert found["figures"]["faithfulness"] == pytest.approx(1, abs=1e-4)
    assert (found["paired"], found["figures"]["psnr"], found["figures"]["ssim"]) == (True, 100, pytest.approx(1))
    assert (found["made"], found["compared"], found["side"], found["subset_size"]) == (8, 8, SIDE, 0)


def test_a_model_that_knows_the_answer_beats_the_yardstick(ganstudio, folders, model):
    words = ("evaluate", model(DAY, lambda x: -x), "--source", folders / "day", "--target", folders / "night")
    figures = measured(ganstudio(*words, "--json"))["figures"]
    assert figures["distance"] < 0.1 < figures["untouched"]
    assert figures["psnr"] > 40
    assert figures["faithfulness"] > 0.99
    said = ganstudio(*words)
    assert "day → night: 8 pictures, compared with 8, at 32 × 32 pixels." in said.out
    assert "Distance (sliced Wasserstein; lower is better): 0.0" in said.out
    assert "the pictures of the same name: PSNR" in said.out
    assert "For KID put https://" in said.out


def test_without_names_in_common_nothing_is_said_of_a_truth(ganstudio, folders, model):
    for name in ("broken.png", "broken.xyz"):
        (folders / "else" / name).write_bytes(b"no picture")
    words = ("evaluate", model(DAY, lambda x: x), "--source", folders / "day", "--target", folders / "else")
    said = ganstudio(*words)
    assert said.code == 0
    assert "PSNR" not in said.out
    assert "Skipped" in said.out
    found = measured(ganstudio(*words, "--json"))
    assert {entry["path"] for entry in found["skipped"]} == {
        str(folders / "else" / name) for name in ("broken.png", "broken.xyz")
    }


def test_a_generator_is_compared_with_the_target_alone(ganstudio, folders, model):
    flat = model(Route("night"), lambda noise: torch.zeros(len(noise), 3, SIDE, SIDE))
    found = measured(ganstudio("evaluate", flat, "--target", folders / "night", "--json"))
    assert set(found["figures"]) == {"distance", "variety", "grid"}
    assert found["figures"]["variety"] == 0


def test_a_generator_of_classes_is_asked_for_those_of_the_target(ganstudio, folders, model):
    for number in range(6):
        place = folders / "pets" / ("cat" if number < 4 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (SIDE, SIDE), (number * 40, 0, 0)).save(place / f"{number}.png")
    asked = []

    def make(condition):
        asked.extend(condition.tolist())
        return torch.rand(len(condition), 3, SIDE, SIDE)

    pets = model(Route("pets", labels=("cat", "dog")), make)
    assert ganstudio("evaluate", pets, "--target", folders / "pets").code == 0
    assert sorted(asked) == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--target", "night"), "Say with --source which ones."),
        (("--source", "day", "--target", "nowhere"), "There is no folder"),
        (("--source", "empty", "--target", "night"), "No readable pictures in empty"),
        (("--source", "one", "--target", "night"), "a distance needs at least two"),
    ],
)
def test_faults_are_sentences(ganstudio, folders, model, words, sentence):
    (folders / "empty").mkdir()
    (folders / "one").mkdir()
    Image.new("RGB", (40, 40)).save(folders / "one" / "1.png")
    told = [word if word.startswith("--") else folders / word for word in words]
    said = ganstudio("evaluate", model(DAY, lambda x: x), *told)
    assert said.code == 1
    assert sentence in said.err


def test_what_is_no_model_is_refused(ganstudio, folders):
    said = ganstudio("evaluate", folders / "day", "--target", folders / "night")
    assert (said.code, said.out) == (1, "")
    assert "There is no model" in said.err


def test_a_real_model_is_opened(ganstudio, folders):
    recipe = Recipe("cyclegan", tuple(Domain(d.name, ("/x",)) for d in FOUND.domains), size=SIDE, settings=SMALL)
    modelfile.save(folders / "m.safetensors", modelfile.build_method(recipe, FOUND), recipe, FOUND, 7)
    words = ("--source", folders / "night", "--target", folders / "day", "--to", "A", "--json")
    found = measured(ganstudio("evaluate", folders / "m.safetensors", *words))
    assert found["route"] == "night → day"
    assert found["figures"]["distance"] > 0.1


def test_a_way_that_the_file_does_not_hold_is_not_measured(ganstudio, folders):
    recipe = Recipe("cyclegan", tuple(Domain(d.name, ("/x",)) for d in FOUND.domains), size=SIDE, settings=SMALL)
    method = modelfile.build_method(recipe, FOUND)
    modelfile.save(folders / "m.safetensors", method, recipe, FOUND, 7, routes=method.routes()[1:])
    words = ("--source", folders / "day", "--target", folders / "night", "--to", "night")
    said = ganstudio("evaluate", folders / "m.safetensors", *words)
    assert (said.code, said.err.startswith("ganstudio: There is no way to 'night'")) == (1, True), said.err

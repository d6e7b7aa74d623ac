"""Every method of the catalogue from folders to a model: planned, trained, parted in two, exported and used."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from ganstudio.engine.exchange.exporting import export
from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.planning import plan
from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.run import Run
from ganstudio.words.events import Progress, Sampled, Skipped, Stop
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs

SIZE, STEPS, PICTURES = 16, 6, 6
SMALL = {
    "width": 4,
    "discriminator_width": 4,
    "blocks": 1,
    "discriminator_layers": 1,
    "noise": 8,
    "pool": 3,
    "average": 0.9,
}


def paint(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (20, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def folders_for(needs, place):
    """The fewest folders, but three for a method of many, with pictures and what else it needs."""
    classes = ("cat", "dog") if needs in {Needs.CLASSES, Needs.FEW_LABELS} else ("",)
    count = 3 if needs is Needs.MANY_FOLDERS else 2 if needs is Needs.PAIRS else needs.folders.start
    made = [place / name for name in ("one", "two", "three")[:count]]
    for index, folder in enumerate(made):
        for label in classes if index == 0 else ("",):
            for number in range(PICTURES):
                path = folder / label / f"{label}{number}.png"
                paint(path, hash((index, len(label), number)) % 1000)
                if needs is Needs.CAPTIONS:
                    path.with_suffix(".txt").write_text(("a red square", "a blue square")[number % 2])
    return made


def recipe_for(kind, place, **wishes):
    names = {card.name for card in kind.card().settings}
    settings = {name: value for name, value in SMALL.items() if name in names}
    domains = [Domain(folder.name, (str(folder),)) for folder in folders_for(kind.needs, place)]
    asked = {"preset": "quick", "size": SIZE, "steps": STEPS, "batch": 2, "device": "cpu", "settings": settings}
    return plan(kind.key, domains, **asked | wishes)


def train_to(run, step):
    """Train until `step` is done, then stop in order."""
    training, command = train(run), None
    while True:
        try:
            event = training.send(command)
        except StopIteration:
            return
        reached = isinstance(event, Progress) and event.what == "training" and event.done == step
        command = Stop() if reached else None


def test_a_parted_training_is_the_same_bit_for_bit_and_its_model_works(kind, tmp_path):
    recipe = recipe_for(kind, tmp_path)
    straight = Run.create(tmp_path / "straight", recipe)
    events = list(train(straight))
    assert not [event for event in events if isinstance(event, Skipped)]
    parted = Run.create(tmp_path / "parted", recipe)
    train_to(parted, STEPS // 2)
    torch.rand(7)  # Other work in the same process draws from the global generator meanwhile.
    list(train(parted))
    one, other = (checkpoint.newest(run)[0] for run in (straight, parted))
    assert one.step == other.step == STEPS
    assert one.tensors.keys() == other.tensors.keys()
    assert [name for name, value in one.tensors.items() if not torch.equal(value, other.tensors[name])] == []

    translator = Translator.open(straight.path, device="cpu")
    *_, sampled = (event for event in events if isinstance(event, Sampled))
    assert [sheet.route for sheet in sampled.sheets] == [route.title for route in translator.routes]
    assert len({route.title for route in translator.routes}) == len(translator.routes)
    for sheet in sampled.sheets:
        with Image.open(straight.path / sheet.path) as picture:
            assert picture.width == sheet.side * len(sheet.columns)
    for route in translator.routes:
        use(translator, route)


def use(translator, route):
    """Every route does its work, on a picture of an odd size, twice the same."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (17, 23, 3), dtype=np.uint8))
    match route.verb:
        case "translate":
            made = [translator.translate(picture, route) for _ in "12"]
            assert made[0].size == (23 * route.scale, 17 * route.scale)
        case "classify":
            made = [translator.classify(picture, route) for _ in "12"]
            assert sum(made[0].values()) == pytest.approx(1)
            assert made[0] == made[1]
            return
        case "generate":
            text = " ".join(route.words[:2]) if route.words else None
            made = [translator.generate(route, 5, text=text) for _ in "12"]
            assert made[0].size == (SIZE, SIZE)
    assert made[0].tobytes() == made[1].tobytes()


def exported(run, file, **more):
    job = export(run, file, **more)
    while True:
        try:
            next(job)
        except StopIteration as stop:
            return stop.value


def test_a_model_is_exported_as_weights(kind, tmp_path):
    run = Run.create(tmp_path / "run", recipe_for(kind, tmp_path, steps=1))
    list(train(run))
    exported(run.path, tmp_path / "model.safetensors")
    assert load_file(tmp_path / "model.safetensors").keys() == load_file(run.model).keys()
    exported(run.path, tmp_path / "model.pth")
    state = torch.load(io.BytesIO((tmp_path / "model.pth").read_bytes()), weights_only=True)
    assert state
    assert all(isinstance(value, torch.Tensor) for value in state.values())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_route_is_exported_as_onnx_with_the_same_pictures(kind, tmp_path):
    run = Run.create(tmp_path / "run", recipe_for(kind, tmp_path, steps=1))
    list(train(run))
    for number, route in enumerate(Translator.open(run.path, device="cpu").routes):
        file = tmp_path / f"{number}.onnx"
        assert exported(run.path, file, to=route.title).difference <= 1


def test_what_it_does_not_need_is_refused_in_a_sentence(kind, tmp_path):
    """Too few or too many folders, and folders without what it needs."""
    plain = [tmp_path / name for name in ("a", "b", "c")]
    for index, folder in enumerate(plain):
        paint(folder / f"{index}.png", index)
        paint(folder / f"{index}x.png", index)
    domains = [Domain(folder.name, (str(folder),)) for folder in plain]
    for count in {0, 1, 2, 3} - set(kind.needs.folders):
        with pytest.raises(ValueError, match=kind.needs.value):
            plan(kind.key, domains[:count])
    lacking = {
        Needs.CLASSES: "Put the pictures of each class in a subfolder",
        Needs.FEW_LABELS: "Put the pictures of each class in a subfolder",
        Needs.CAPTIONS: "No picture in .* has a caption",
        Needs.PAIRS: "No picture of a has a partner of the same name in b",
    }
    if kind.needs in lacking:
        with pytest.raises(ValueError, match=lacking[kind.needs]):
            plan(kind.key, domains[: kind.needs.folders[-1]])


def test_a_missing_folder_is_named(kind, tmp_path):
    count = kind.needs.folders.start
    domains = [Domain(name, (str(tmp_path / name),)) for name in "abc"[:count]]
    with pytest.raises(ValueError, match=f"There is no folder {Path(tmp_path / 'a')}"):
        plan(kind.key, domains)

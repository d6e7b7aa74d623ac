"""A small generator learns what a full model paints, and what it loses is measured."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.exchange import lightening, mixing
from ganstudio.engine.exchange.lightening import export_light, lighten
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.painting import Painting
from ganstudio.engine.translating.translator import Translator
from ganstudio.methods.light import Light
from ganstudio.methods.simgan import SimGAN
from ganstudio.pictures.folders import split
from ganstudio.runs.model import card
from ganstudio.runs.remarks import remark
from ganstudio.words.cards import Remarks
from ganstudio.words.events import Losses, Progress, Stop
from ganstudio.words.mix import Mix
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.small_shards import pack

SIDE = 32
FOUND = Inventory((DomainFound("day", 9, 1), DomainFound("night", 9, 1)), {})


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Generators that learn in seconds."""
    monkeypatch.setattr(lightening, "SETTINGS", Light.Settings(width=16, blocks=1, learning_rate=2e-3))


@pytest.fixture(scope="module")
def negative(tmp_path_factory):
    """A model whose weights were set by hand: it turns every colour round."""
    method = SimGAN(SimGAN.Settings(width=4, blocks=1, discriminator_width=4), FOUND, SIDE)
    with torch.no_grad():
        for weight in method.R.parameters():
            weight.zero_()
        head, last = method.R.model[0], method.R.model[-2]
        for colour in range(3):
            head.weight[colour, colour, 1, 1] = head.bias[colour] = 1  # Never negative, so that no ReLU cuts it.
            last.weight[colour, colour], last.bias[colour] = -1, 1
    recipe = Recipe("simgan", (Domain("day", ()), Domain("night", ())), size=SIDE, settings={"width": 4, "blocks": 1})
    path = tmp_path_factory.mktemp("negative") / "negative.safetensors"
    modelfile.save(path, method.eval(), recipe, FOUND, 7)
    return path


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for number in range(12):
        rough = Image.fromarray(random.integers(0, 255, (5, 6, 3), dtype=np.uint8))
        rough.resize((48, 40), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    return folder


def driven(job):
    """All events, and the result."""
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return events, end.value


def obeying(job):
    """Ask for an end as long as it does not come."""
    while True:
        job.send(Stop())


def test_it_learns_to_paint_what_the_full_model_paints(negative, pictures, tmp_path):
    remark(negative, Remarks(licence="CC BY 4.0", stars=4))
    target = tmp_path / "small.safetensors"
    events, told = driven(lighten(negative, target, pictures=(pictures,), steps=80, device="cpu"))
    assert told.light.psnr > 20
    assert told.light.difference < 20
    assert (told.light.full, told.light.side) == ("negative", SIDE)
    assert (told.origin, told.parents, told.method, told.step) == ("lightened", ("negative",), "light", 80)
    assert told.remarks == Remarks(licence="CC BY 4.0")
    assert len(told.samples) > 0
    assert told == card(target)
    progress = [event for event in events if isinstance(event, Progress) and event.what == lightening.WHAT]
    assert (progress[-1].done, progress[-1].total) == (80, 80)
    assert progress[9].eta_seconds > 0
    losses = [event for event in events if isinstance(event, Losses)]
    assert losses[-1].terms["likeness"] < losses[0].terms["likeness"] / 2
    work = Translator.open(target, device="cpu")
    assert work.routes[0].title == "day → night"
    before = Image.open(pictures / "3.png").convert("RGB")
    made = np.asarray(work.translate(before, work.routes[0])).astype(float)
    theirs = Translator.open(negative, device="cpu")
    full = np.asarray(theirs.translate(before, theirs.routes[0])).astype(float)
    assert np.abs(made - full).mean() < 20 < np.abs(np.asarray(before) - full).mean()


def test_its_figures_are_what_both_generators_do(negative, pictures, tmp_path):
    target = tmp_path / "small.safetensors"
    _, told = driven(lighten(negative, target, pictures=(pictures,), steps=2, device="cpu"))
    ways = []
    for path in (target, negative):
        method, *_ = modelfile.open_method(path)
        ways.append(Painting(method, card(path).routes[0]).eval())
    held_out = [path.name for path in split(sorted(pictures.iterdir()))[1]]
    assert told.light.pictures == len(held_out)
    apart = []
    for name in held_out:
        picture = Image.open(pictures / name).convert("RGB").resize((38, 32), Image.Resampling.BICUBIC)
        with torch.inference_mode():
            one, other = (way(torch.from_numpy(np.array(picture))[None]).float() for way in ways)
        apart.append(float((one - other).abs().mean()))
    assert told.light.difference == pytest.approx(np.mean(apart), abs=1e-3)
    refiner = (9 * 3 * 4 + 2 * 9 * 4 * 4 + 4 * 3) * SIDE**2
    assert told.light.multiply_adds[1] == refiner


def test_it_leaves_as_any_other_model(negative, pictures, tmp_path):
    file = tmp_path / "small.onnx"
    _, made = driven(export_light(negative, file, pictures=(pictures,), steps=2, device="cpu"))
    assert made.difference <= 1
    assert made.route == "day → night"
    table = json.loads(made.leaflets[1].read_text("utf-8"))
    assert table["light"]["psnr"] == made.light.psnr
    assert "light, of negative" in made.leaflets[0].read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.onnx", "small.onnx.json", "small.onnx.md"]


@pytest.mark.parametrize("after", [1, 4, 30])
def test_who_cancels_finds_no_file(negative, pictures, tmp_path, after):
    for stopping in (True, False):
        job = export_light(negative, tmp_path / "small.safetensors", pictures=(pictures,), steps=60, device="cpu")
        for _ in range(after):
            next(job)
        if stopping:
            with pytest.raises(ValueError, match=r"stopped. No file was written."):
                obeying(job)
        job.close()
        assert list(tmp_path.iterdir()) == []


def test_the_same_pictures_make_the_same_light_model(negative, pictures, tmp_path):
    told = []
    for name in ("one", "two"):
        torch.rand(1)  # What others draw changes nothing.
        _, made = driven(
            lighten(negative, tmp_path / f"{name}.safetensors", pictures=(pictures,), steps=6, device="cpu")
        )
        told.append((made.light.psnr, made.light.difference))
    assert told[0] == told[1]


def test_a_run_brings_its_pictures_along(trained, tmp_path):
    _, told = driven(lighten(trained.path, tmp_path / "small.safetensors", steps=2, device="cpu", to="B"))
    assert [route.title for route in told.routes] == ["warm → cold"]
    assert told.pictures == {"warm": 6, "cold": 0}
    assert told.light.pictures == 1


def test_what_is_missing_is_said_before_any_work(negative, pictures, trained, tmp_path):
    def refused(model, **more):
        with pytest.raises(ValueError, match=r"\.$") as said:
            driven(export_light(model, tmp_path / "a.onnx", device="cpu", **more))
        return str(said.value)

    assert "brings no pictures along" in refused(negative)
    assert "--pictures" in refused(negative)
    assert "There is no folder" in refused(negative, pictures=(Path("nowhere"),))
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "0.png").write_bytes((pictures / "0.png").read_bytes())
    assert "too few pictures" in refused(negative, pictures=(alone,))
    pack(tmp_path / "packed", 1, 1)
    assert "is in .tar shards" in refused(negative, pictures=(tmp_path / "packed",))


def saved(path, method, **settings):
    """A model of one folder with weights at random."""
    found = Inventory((DomainFound("day", 9, 1),), {})
    recipe = Recipe(method, (Domain("day", ()),), size=SIDE, settings=settings)
    modelfile.save(path, modelfile.build_method(recipe, found).eval(), recipe, found, 1)
    return path


def test_what_makes_no_picture_of_its_size_is_refused(pictures, tmp_path):
    enlarging = saved(tmp_path / "sharp.safetensors", "srgan", width=4, blocks=1, discriminator_width=4)
    with pytest.raises(ValueError, match="sharp enlarges pictures"):
        driven(lighten(enlarging, tmp_path / "a.safetensors", pictures=(pictures,)))
    imagining = saved(tmp_path / "dreams.safetensors", "dcgan", width=4, discriminator_width=4)
    with pytest.raises(ValueError, match=r"does not translate pictures\. Use `ganstudio generate`"):
        driven(lighten(imagining, tmp_path / "a.safetensors", pictures=(pictures,)))


def test_a_model_of_one_size_becomes_a_light_one_of_that_size(pictures, tmp_path):
    rebuilding = saved(tmp_path / "memory.safetensors", "autoencoder", width=4)
    _, told = driven(lighten(rebuilding, tmp_path / "a.safetensors", pictures=(pictures,), steps=2, device="cpu"))
    (route,) = told.routes
    assert (route.title, route.side) == ("day rebuilt", SIDE)
    work = Translator.open(tmp_path / "a.safetensors", device="cpu")
    assert work.translate(Image.new("RGB", (50, 70)), work.routes[0]).size == (50, 70)
    with pytest.raises(ValueError, match="is light already"):
        driven(lighten(tmp_path / "a.safetensors", tmp_path / "b.safetensors", pictures=(pictures,)))


def test_two_light_models_of_one_width_mix_and_others_are_refused_kindly(negative, pictures, tmp_path):
    paths = [tmp_path / f"{name}.safetensors" for name in ("one", "two")]
    for path in paths:
        driven(lighten(negative, path, pictures=(pictures,), steps=1, device="cpu"))
    _, mixed = driven(mixing.mix(Mix(*paths, 0.5), tmp_path / "mixed.safetensors"))
    assert mixed.light is None
    with pytest.raises(ValueError, match="Only models of one method"):
        mixing.Mixture.open(paths[0], negative)

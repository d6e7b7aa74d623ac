import re

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.training import planning
from ganstudio.engine.training.memory import Fit
from ganstudio.engine.training.planning import estimate, plan
from ganstudio.engine.training.thrift import Thrift
from ganstudio.methods import find
from ganstudio.words.events import Progress, Stop
from ganstudio.words.recipe import Domain, Recipe


def pictures(folder, count):
    folder.mkdir(parents=True)
    for index in range(count):
        colour = np.full((20, 20, 3), index * 7 % 256, np.uint8)
        Image.fromarray(colour).save(folder / f"{index:03d}.png")
    return folder


def domain(folder, name=None):
    return Domain(name or folder.name, (str(folder),))


@pytest.fixture
def seasons(tmp_path):
    return domain(pictures(tmp_path / "summer", 4)), domain(pictures(tmp_path / "winter", 9))


def drained(job):
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as stop:
            return stop.value, events


def test_a_preset_is_filled_in_and_what_differs_from_the_defaults_is_kept(seasons):
    recipe = plan("cyclegan", seasons, preset="quick", settings={"cycle": "5", "identity": 0.5})
    assert recipe.domains == seasons
    assert (recipe.size, recipe.steps, recipe.batch) == (64, 600, 1)
    assert recipe.settings["cycle"] == 5.0
    assert recipe.settings["width"] == 32
    assert "identity" not in recipe.settings
    assert Recipe.from_toml(recipe.to_toml()) == recipe


@pytest.mark.parametrize(("side", "size"), [(20, 64), (90, 88), (600, 128)])
def test_small_pictures_are_not_enlarged_to_the_size_of_a_preset(tmp_path, side, size):
    for name in "ab":
        (tmp_path / name).mkdir()
        for index in range(3):
            Image.new("RGB", (side, 2 * side), (index, 0, 0)).save(tmp_path / name / f"{index}.png")
    recipe = plan("cyclegan", [domain(tmp_path / "a"), domain(tmp_path / "b")], preset="quick")
    assert recipe.size == size


def test_epochs_are_counted_on_the_larger_folder_in_batches(seasons):
    recipe = plan("cyclegan", seasons, preset="balanced", batch=1)
    assert recipe.steps == 100 * 8  # 8 of winter's 9 pictures are trained on.
    assert plan("cyclegan", seasons, preset="balanced", steps=7, size=32).steps == 7


def test_what_is_asked_for_stands_in_the_recipe(seasons):
    asked = {"preset": "quick", "size": 32, "steps": 7, "batch": 3, "seed": 9, "device": "cpu", "precision": "fp32"}
    recipe = plan("cyclegan", seasons, **asked)
    assert {name: getattr(recipe, name) for name in asked} == asked


def test_few_pictures_are_not_trained_on_for_less_long_than_quickly(seasons):
    quick = find("dcgan").presets["quick"].steps
    for preset in ("balanced", "best", "low-memory"):
        assert plan("dcgan", seasons[:1], preset=preset).steps >= quick > 200
    assert plan("dcgan", seasons[:1], preset="best", steps=7).steps == 7


def test_class_folders_make_a_conditional_recipe(tmp_path):
    for name in ("cats", "dogs"):
        pictures(tmp_path / "pets" / name, 3)
    recipe = plan("conditional-gan", [domain(tmp_path / "pets")], preset="quick", size=16)
    assert recipe.size == 16


@pytest.mark.parametrize(
    ("method", "wishes", "sentence"),
    [
        ("cycelgan", {}, "There is no method 'cycelgan'. Did you mean cyclegan?"),
        ("cyclegan", {"preset": "quik"}, "There is no preset 'quik'. Did you mean quick?"),
        ("cyclegan", {"settings": {"cycel": 1}}, "There is no setting 'cycel'. Did you mean cycle?"),
        ("cyclegan", {"settings": {"cycle": -1}}, "cycle must be from 0 to 1000, not -1."),
        ("cyclegan", {"size": 65}, "trains on sizes that are multiples of 4, not 65. Try 64."),
        ("cyclegan", {"size": 0}, "size must be at least 1, not 0."),
        ("cyclegan", {"batch": 0}, "batch must be at least 1, not 0."),
        ("cyclegan", {"steps": -3}, "steps must be at least 1, not -3."),
        ("cyclegan", {"precision": "fp23"}, "There is no precision 'fp23'. Did you mean fp32?"),
        ("conditional-gan", {}, "needs one folder with a subfolder of pictures for each class; 2 were given."),
    ],
)
def test_a_wish_that_does_not_fit_is_answered_in_a_sentence(seasons, method, wishes, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        plan(method, seasons, **wishes)


def test_one_folder_is_too_few_and_the_same_folder_twice_is_too_alike(seasons, tmp_path):
    summer, _ = seasons
    with pytest.raises(ValueError, match=r"CycleGAN needs two folders of pictures; 1 was given\."):
        plan("cyclegan", [summer])
    again = Domain("again", (str(tmp_path / "winter" / ".." / "summer"),))
    with pytest.raises(
        ValueError, match=r"summer and again are the same folder, .*summer\. Choose two different ones\."
    ):
        plan("cyclegan", [summer, again])


def test_folders_of_the_same_name_are_told_apart_by_their_parents(tmp_path):
    domains = [domain(pictures(tmp_path / side / "train", 2)) for side in ("horses", "zebras")]
    assert [entry.name for entry in plan("cyclegan", domains).domains] == ["horses train", "zebras train"]
    twins = [domain(pictures(tmp_path / side / "x" / "train", 2)) for side in ("1", "2")]
    assert [entry.name for entry in plan("cyclegan", twins).domains] == ["x train", "x train 2"]


def test_a_folder_without_pictures_says_what_lies_there(seasons, tmp_path):
    zebras = tmp_path / "zebras"
    (zebras / "deep").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "deep/c.TXT"):
        (zebras / name).write_text("striped")
    sentence = "No readable pictures in zebras/ (found 3 .txt). Choose a folder of .png, .jpg or .webp."
    with pytest.raises(ValueError, match=re.escape(sentence)):
        plan("cyclegan", [seasons[0], domain(zebras)])
    with pytest.raises(ValueError, match=r"There is no folder .*unicorns"):
        plan("cyclegan", [seasons[0], domain(tmp_path / "unicorns")])


def test_a_class_method_says_how_to_lay_out_a_flat_folder(seasons):
    with pytest.raises(ValueError, match=r"summer/ has no subfolders with pictures\. .*summer/cats, summer/dogs"):
        plan("conditional-gan", [seasons[0]])


def test_an_estimate_is_measured_and_leaves_chance_alone(seasons):
    settings = {"width": 4, "discriminator_width": 4, "blocks": 1}
    recipe = plan("cyclegan", seasons, size=32, steps=50, device="cpu", settings=settings)
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    found, events = drained(estimate(recipe))
    assert torch.equal(torch.rand(4), expected)
    assert 0 < found.step_seconds < 10
    assert found.seconds == pytest.approx(50 * found.step_seconds)
    known = planning.inventory(planning._survey(find("cyclegan"), recipe.domains))
    assert found.memory_bytes == pytest.approx(planning.memory.need(recipe, known).at(32), rel=0.01)
    assert events[-1] == Progress(3, 3, what="estimating")


def test_an_estimate_of_large_pictures_goes_by_area(seasons, monkeypatch):
    sides = []

    def one_second(descending, batch, recipe, device):
        sides.append([tuple(images.shape) for images in batch.images])
        return 1.0

    monkeypatch.setattr(planning, "_step_seconds", one_second)
    settings = {"width": 4, "discriminator_width": 4, "blocks": 1}
    recipe = plan("cyclegan", seasons, size=1024, steps=10, batch=2, device="cpu", settings=settings)
    found, _ = drained(estimate(recipe))
    assert sides == [[(2, 3, 64, 64)] * 2] * 3
    assert found.step_seconds == (1024 / 64) ** 2
    assert found.seconds == 10 * found.step_seconds


@pytest.mark.parametrize("seconds", [(1.0, 0.5, 0.25), (9.0, 0.25)])
def test_the_fastest_step_counts_and_slow_ones_are_measured_twice(seasons, monkeypatch, seconds):
    took = iter(seconds)
    monkeypatch.setattr(planning, "_step_seconds", lambda *_: next(took))
    settings = {"width": 4, "discriminator_width": 4, "blocks": 1}
    recipe = plan("cyclegan", seasons, size=32, steps=10, device="cpu", settings=settings)
    found, events = drained(estimate(recipe))
    assert found.step_seconds == 0.25
    assert len(events) == len(seconds) + 1
    assert next(took, None) is None


def test_an_estimate_tells_how_it_fits(seasons, monkeypatch):
    monkeypatch.setattr(planning.memory, "fit", lambda *_, **__: Fit(Thrift(2)))
    settings = {"width": 4, "discriminator_width": 4, "blocks": 1}
    recipe = plan("cyclegan", seasons, size=32, steps=5, batch=2, device="cpu", settings=settings)
    assert drained(estimate(recipe))[0].fits == "with steps in 2 parts"


def test_an_estimate_for_classes_draws_labels_and_stops_when_asked(tmp_path):
    for name in ("cats", "dogs"):
        pictures(tmp_path / "pets" / name, 2)
    settings = {"width": 4, "discriminator_width": 4}
    recipe = plan("conditional-gan", [domain(tmp_path / "pets")], size=8, batch=4, device="cpu", settings=settings)
    assert drained(estimate(recipe))[0].seconds > 0
    job = estimate(recipe)
    next(job)
    with pytest.raises(ValueError, match="stopped"):
        job.send(Stop())

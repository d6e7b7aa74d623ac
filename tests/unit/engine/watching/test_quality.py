"""Scores while training: known answers for known generators, bounded cost, and nothing of the training changes."""

import contextlib
import dataclasses

import pytest
import torch
from PIL import Image

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.engine.watching import examining, quality
from ganstudio.engine.watching.examining import Examiner, Held, hold
from ganstudio.engine.watching.quality import Quality
from ganstudio.engine.watching.record import deciding
from ganstudio.pictures.examples import Example
from ganstudio.pictures.survey import Side
from ganstudio.runs.model import card
from ganstudio.runs.run import Run
from ganstudio.words.events import Advised, Progress, Return, Returned, Save, Saved, Scored, Stop, Warned
from ganstudio.words.routes import Route

SIDE = 32
CPU = torch.device("cpu")


class Generator(torch.nn.Module):
    """A method whose routes are given functions."""

    def __init__(self, **work):
        super().__init__()
        self._work = {Route(target, source, **more): make for (source, target, more), make in work["ways"]}

    def routes(self):
        return tuple(self._work)

    def noise_width(self, route):
        return 4

    def make(self, route, x, condition=None):
        return self._work[route](x if condition is None else condition)


def generator(source, target, make, **more):
    return Generator(ways=[((source, target, more), make)])


def pictures(count, seed, tint):
    """Blobs on a ground of one tint."""
    random = torch.Generator().manual_seed(seed)
    x = torch.nn.functional.interpolate(torch.rand(count, 1, 6, 6, generator=random), size=(SIDE, SIDE), mode="bicubic")
    colour = torch.tensor(tint)[:, None, None]
    return ((x - 0.5) * 160 + colour).clamp(0, 255).to(torch.uint8)


@pytest.fixture
def held():
    """Twelve red pictures and twelve blue ones of other things."""
    return {
        "red": Held(pictures(12, 0, (190.0, 90.0, 90.0)), 8, torch.arange(12) % 2),
        "blue": Held(pictures(12, 1, (90.0, 90.0, 190.0)), 8),
    }


def examine(held, method, *, paired=False):
    name, ruler = examining.rulers(None, CPU)
    assert name == "sliced Wasserstein"
    return Examiner(held, paired=paired, ruler=ruler, device=CPU).figures(method, method.routes()[0])


def test_a_generator_that_does_nothing_copies(held):
    figures = examine(held, generator("red", "blue", lambda x: x))
    assert figures["distance"] == pytest.approx(figures["untouched"])
    assert (figures["likeness"], figures["faithfulness"]) == (1, pytest.approx(1, abs=1e-4))
    assert figures["variety"] >= 1
    assert "psnr" not in figures


def test_a_generator_that_knows_the_answer_is_near_and_faithful(held):
    figures = examine(held, generator("red", "blue", lambda x: x.flip(1)))
    assert figures["distance"] < 0.4 * figures["untouched"]
    assert figures["faithfulness"] > 0.99
    assert figures["likeness"] < 0.9


def test_a_generator_of_one_picture_has_no_variety_and_no_faith(held):
    one = pictures(1, 5, (90.0, 90.0, 190.0))[0] / 127.5 - 1
    figures = examine(held, generator("red", "blue", one.expand_as))
    assert figures["variety"] < 0.01
    assert figures["faithfulness"] < 0.2


def test_a_negative_is_noticed(held):
    assert examine(held, generator("red", "blue", lambda x: -x))["tone"] < -0.9


def test_truth_that_is_known_is_compared(held):
    assert examine(held, generator("red", "red", lambda x: x, side=16))["psnr"] > 25
    figures = examine(held | {"blue": held["red"]}, generator("red", "blue", lambda x: x), paired=True)
    assert (figures["psnr"], figures["ssim"]) == (100, pytest.approx(1))
    enlarged = generator("red", "red", lambda x: torch.nn.functional.interpolate(x, scale_factor=2), scale=2)
    assert 20 < examine(held, enlarged)["psnr"] < 60
    assert "faithfulness" not in examine(held, enlarged)


def test_generated_pictures_are_asked_for_the_classes_of_the_real_ones(held):
    asked = []

    def make(condition):
        asked.extend(condition.tolist())
        return torch.stack([held["red"].real[label] / 127.5 - 1 for label in condition])

    figures = examine(held, generator(None, "red", make, labels=("a", "b")))
    assert asked == [0, 1] * 6
    assert set(figures) == {"distance", "variety", "grid"}


def test_a_classifier_is_asked_for_pictures_never_trained_on(held):
    right = held["red"].labels[:8]
    figures = examine(held, generator("red", "red", lambda x: torch.eye(2)[right[: len(x)]], answers=("a", "b")))
    assert figures == {"accuracy": 1}


def test_the_deciding_number():
    assert deciding(Scored(1, "KID", {"a": {"distance": 0.2}, "b": {"distance": 0.4}})) == pytest.approx(0.3)
    assert deciding(Scored(1, "KID", {"a": {"accuracy": 0.9}, "b": {"distance": 0.4}})) == -0.9
    assert deciding(Scored(1, "KID", {"a": {"psnr": 20}})) is None


def test_held_out_pictures_are_shown_and_trained_ones_only_compared_with(tmp_path, monkeypatch):
    names = [f"{number}.png" for number in range(9)]
    for number, name in enumerate(names):
        Image.new("RGB", (40, 24), (number * 20, 0, 0)).save(tmp_path / name)
    (tmp_path / "1.png").write_bytes(b"no picture")
    examples = [Example(tmp_path / name) for name in names]
    monkeypatch.setattr(examining, "LEAST_SHOWN", 4)
    found = hold(Side(("red",), tuple(examples[6:]), tuple(examples[:6])), 16)["red"]
    assert (found.shown, found.real.shape) == (5, (8, 3, 16, 16))
    assert sorted(found.real[:5, 0, 0, 0].tolist()) == [0, 40, 60, 80, 100]
    few = hold(Side(("red",), tuple(examples[3:]), tuple(examples[:3])), 16)["red"]
    assert few.shown == 4
    assert sorted(few.real[:2, 0, 0, 0].tolist()) == [0, 40]
    more = hold(Side(("red",), (*examples[6:], Example(tmp_path / "gone.png")), tuple(examples[5::-1])), 16)["red"]
    assert torch.equal(found.real, more.real)


def test_each_scoring_waits_as_long_as_the_last_was_dear():
    kept = Quality((), SIDE, CPU)
    assert not kept.due(1, 19.9)
    assert kept.due(1, 20.0)
    kept.spent(0.1, 30.0)
    assert not kept.due(1, 39.9)
    assert kept.due(1, 40.1)
    assert kept.due(1, 32.1, ending=True)
    kept.spent(5.0, 100.0)
    kept.spent(1.0, 101.0)
    assert not kept.due(1, 219.0, ending=True)
    assert kept.due(1, 221.0)


@pytest.fixture
def often(monkeypatch):
    """Scored at every step, whatever it costs."""
    monkeypatch.setattr(quality, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(quality, "LATE_SECONDS", 0.0)
    monkeypatch.setattr(quality, "SHARE", 0)


@pytest.mark.parametrize("kind", ["recipe", "conditional"])
def test_scoring_changes_no_bit_of_the_training(tmp_path, request, kind, monkeypatch):
    recipe = dataclasses.replace(request.getfixturevalue(kind), steps=6)
    plain = Run.create(tmp_path / "plain", recipe)
    monkeypatch.setattr(quality, "FIRST_SECONDS", 1e9)
    assert not [event for event in train(plain) if isinstance(event, Scored)]
    request.getfixturevalue("often")
    scored = Run.create(tmp_path / "scored", recipe)
    found = [event for event in train(scored) if isinstance(event, Scored)]
    assert [event.step for event in found] == [1, 2, 3, 4, 5, 6]
    one, other = (checkpoint.newest(run)[0].tensors for run in (plain, scored))
    assert one.keys() == other.keys()
    assert [name for name, value in one.items() if not torch.equal(value, other[name])] == []


def test_the_best_is_saved_before_it_is_told_and_stays(tmp_path, recipe, often):
    run = Run.create(tmp_path / "run", recipe)
    events = list(train(run))
    found = [event for event in events if isinstance(event, Scored)]
    best = [event for event in found if event.best]
    values = [deciding(event) for event in found]
    assert best
    assert best[-1] == found[values.index(min(values))]
    assert run.shelf.find().step == best[-1].step
    before = events[: events.index(best[-1])]
    assert [event.step for event in before if isinstance(event, Saved)][-1] == best[-1].step
    assert set(found[0].scores) == {"warm → cold", "cold → warm"}


def test_the_record_of_the_best_survives_a_resume(tmp_path, recipe, often, monkeypatch):
    run = Run.create(tmp_path / "run", dataclasses.replace(recipe, steps=12))
    training = train(run)
    for event in training:
        if isinstance(event, Progress) and event.what == "training" and event.done == 6:
            break
    training.close()
    run.append(Scored(2, "sliced Wasserstein", {"warm → cold": {"distance": 0.0}}, best=True))
    found = [event for event in train(run) if isinstance(event, Scored)]
    assert found
    assert not [event for event in found if event.best]


def test_the_model_carries_its_newest_scores(tmp_path, recipe, often):
    run = Run.create(tmp_path / "run", recipe)
    found = [event for event in train(run) if isinstance(event, Scored)]
    assert card(run.path).scored == found[-1]


def test_after_a_return_the_model_carries_the_scores_of_its_own_line(tmp_path, recipe, often):
    run = Run.create(tmp_path / "run", recipe)
    training, found, command = train(run), [], None
    with contextlib.suppress(StopIteration):
        while True:
            match event := training.send(command):
                case Progress(what="training", done=3):
                    command = Save()
                case Progress(what="training", done=6):
                    command = Return(3)
                case Returned():
                    command = Stop()
                case _:
                    command = None
                    found += [event] if isinstance(event, Scored) else []
    assert found[-1].step > 3
    assert card(run.path).step == 3
    assert card(run.path).scored == [score for score in found if score.step <= 3][-1]


def test_too_little_memory_for_scores_is_told_once_and_the_training_goes_on(tmp_path, recipe, often, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Examiner, "figures", full)
    events = list(train(Run.create(tmp_path / "run", recipe)))
    assert [event.done for event in events if isinstance(event, Progress)][-1] == recipe.steps
    assert ["memory" in event.message for event in events if isinstance(event, Warned)] == [True]


def test_weights_that_are_none_are_told_and_the_scores_do_without(tmp_path, recipe, often, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = examining.inception.weights_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"nothing")
    events = list(train(Run.create(tmp_path / "run", dataclasses.replace(recipe, steps=2))))
    assert {event.measure for event in events if isinstance(event, Scored)} == {"sliced Wasserstein"}
    assert ["Inception" in event.message for event in events if isinstance(event, Warned)] == [True]


def test_kid_is_the_measure_where_its_weights_are(monkeypatch):
    class Eyes:
        left = 0

        def __call__(self, x):
            return x.mean((2, 3))

        def leave(self):
            self.left += 1

    seeing = Eyes()
    name, ruler = examining.rulers(seeing, CPU)
    assert name == "KID"
    x = torch.rand(9, 3, 8, 8)
    assert ruler(x)(x + 2) > 1 > abs(ruler(x)(torch.rand(9, 3, 8, 8)))
    assert seeing.left == 4


def test_the_coach_hears_a_training_and_is_heard(tmp_path, recipe):
    run = Run.create(tmp_path / "run", recipe)
    events = list(train(run))
    (said,) = [event for event in events if isinstance(event, Advised)]
    assert said.rule == "too few pictures"
    assert "warm" in said.message
    assert said in list(run.events())
    assert not [event for event in train(run) if isinstance(event, Advised)]

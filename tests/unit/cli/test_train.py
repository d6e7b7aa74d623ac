"""`train`: what is asked becomes a recipe; a resumed run keeps its own."""

import json
import zipfile
from dataclasses import replace

import pytest
import typer
from PIL import Image

from ganstudio.cli import train
from ganstudio.cli.train import check_unchanged, domains, growth, pairs, unzipped
from ganstudio.engine.ranks import ALONE
from ganstudio.engine.training import branching, fine_tuning, planning, trainer
from ganstudio.runs.run import Run
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Finished, Progress, Stop, Warned, from_json
from ganstudio.words.ranks import Rank
from ganstudio.words.recipe import Domain, Recipe

SIDES = (Domain("a", ("/x/a",)), Domain("b", ("/x/b",)))
RECIPE = Recipe("cyclegan", SIDES, size=64, steps=9, settings={"pool": 10})


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """Two folders, and planning and training that only note what they are asked."""
    asked = {}
    monkeypatch.chdir(tmp_path)
    for side in ("a", "b"):
        (tmp_path / side).mkdir()

    def plan(**wanted):
        asked.update(wanted)
        return RECIPE

    def training(run, ranks):
        assert ranks is ALONE
        asked["run"] = run
        for done in (1, 2, 3):
            command = yield Progress(done, 3)
            if command == Stop():
                yield Finished(done, "stopped")
                return
        yield Finished(3)

    monkeypatch.setattr(planning, "plan", plan)
    monkeypatch.setattr(trainer, "train", training)
    return asked


def test_every_option_reaches_the_plan(ganstudio, engine, tmp_path):
    out = tmp_path / "run"
    words = "--method cyclegan --preset quick --size 64 --steps 9 --batch 2 --seed 5 --device cpu --precision fp32"
    said = ganstudio(
        "train", tmp_path / "a", tmp_path / "b", "--out", out, *words.split(), "--set", "cycle=3", "--set", "flip=no",
        "--events",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert engine.pop("run") == Run(out)
    assert engine == {
        "domains": (Domain("a", (str(tmp_path / "a"),)), Domain("b", (str(tmp_path / "b"),))),
        "method": "cyclegan",
        "preset": "quick",
        "size": 64,
        "steps": 9,
        "batch": 2,
        "seed": 5,
        "device": "cpu",
        "precision": "fp32",
        "settings": {"cycle": "3", "flip": "no"},
        "ranks": 1,
    }
    assert Run(out).recipe() == RECIPE
    assert [from_json(line) for line in said.out.splitlines()] == [*(Progress(n, 3) for n in (1, 2, 3)), Finished(3)]


@pytest.mark.parametrize("inside", [".", "run", "deep/run"])
def test_a_run_never_lies_among_its_pictures(ganstudio, engine, tmp_path, inside):
    said = ganstudio("train", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "b" / inside)
    assert (said.code, engine) == (1, {})
    assert f"lies in {tmp_path / 'b'}, so that its samples would be learnt from." in said.err
    assert not [*(tmp_path / "b").iterdir()]


def test_what_is_not_asked_is_the_presets(ganstudio, engine, tmp_path):
    ganstudio("train", "a", "--out", "run", "--events")
    assert {"size", "steps", "batch", "seed", "device", "precision"}.isdisjoint(engine)
    assert (engine["method"], engine["preset"]) == ("cyclegan", "balanced")


def test_a_training_that_weights_by_others_would_help_says_so_in_one_line(ganstudio, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    run = Run.create(tmp_path / "run", Recipe("srgan", SIDES[:1], size=64, steps=9))
    said = ganstudio("train", "--resume", "--out", run.path, "--events")
    first, *others = (from_json(line) for line in said.out.splitlines())
    assert isinstance(first, Warned)
    assert "vgg19" in first.message
    assert str(tmp_path / "home") in first.message
    assert not any(isinstance(event, Warned) for event in others)
    other = Run.create(
        tmp_path / "other", Recipe("srgan", SIDES[:1], size=64, steps=9, settings={"perceptual": "none"})
    )
    assert "vgg19" not in ganstudio("train", "--resume", "--out", other.path, "--events").out


def test_a_run_that_is_there_is_refused_with_a_hint(ganstudio, engine, tmp_path):
    Run.create(tmp_path, RECIPE)
    said = ganstudio("train", "a", "b", "--out", tmp_path)
    assert said.code == 1
    assert "Continue it with --resume" in said.err
    assert engine == {}


def test_resume_needs_no_folders(ganstudio, engine, tmp_path):
    Run.create(tmp_path, RECIPE)
    assert ganstudio("train", "--resume", "--out", tmp_path, "--events").code == 0
    assert engine == {"run": Run(tmp_path)}


def test_resume_where_no_run_is_needs_folders(ganstudio, engine, tmp_path):
    said = ganstudio("train", "--resume", "--out", tmp_path)
    assert said.code == 1
    assert "There is no run in" in said.err
    assert ganstudio("train", "a", "b", "--resume", "--out", tmp_path, "--events").code == 0
    assert Run(tmp_path).recipe() == RECIPE


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--method", "cycelgan"], "There is no method 'cycelgan'. Did you mean cyclegan?"),
        (["--set", "cycel=3"], "There is no setting 'cycel'. Did you mean cycle?"),
        (["--set", "cycle=much"], "cycle is a number, not 'much'."),
        (["--set", "cycle=-1"], "cycle must be from 0 to 1000, not -1."),
    ],
)
def test_names_and_values_that_are_not_known_are_wrong_usage(ganstudio, engine, tmp_path, words, sentence):
    said = ganstudio("train", "a", "b", "--out", tmp_path / "run", *words)
    assert said.code == 2
    assert sentence in said.err
    assert not (tmp_path / "run").exists()


def test_an_interruption_tells_how_to_continue(ganstudio, monkeypatch, tmp_path):
    def interrupted(_run, **_):
        yield Progress(1, 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "train", interrupted)
    Run.create(tmp_path, RECIPE)
    said = ganstudio("train", "--resume", "--out", tmp_path)
    assert said.code == 130
    assert said.out.splitlines()[-1] == f"Continue with: ganstudio train --resume --out {tmp_path}"


def test_a_full_disk_is_one_line(ganstudio, monkeypatch, tmp_path):
    def full(_run, **_):
        yield Progress(1, 2)
        raise OSError(28, "No space left on device", "model.safetensors")

    monkeypatch.setattr(trainer, "train", full)
    Run.create(tmp_path, RECIPE)
    assert ganstudio("train", "--resume", "--out", tmp_path).err == (
        "ganstudio: No space left on device: model.safetensors.\n"
    )


def test_domains_are_named_after_their_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert domains([train.Path("a"), train.Path()]) == (
        Domain("a", (str(tmp_path / "a"),)),
        Domain(tmp_path.name, (str(tmp_path),)),
    )


def test_settings_are_pairs():
    assert pairs(["a=1", " b = x=y "]) == {"a": "1", "b": "x=y"}
    for text in ("a", "=1", ""):
        with pytest.raises(typer.BadParameter):
            pairs([text])


def test_the_same_again_is_no_change():
    check_unchanged(RECIPE, SIDES, {"size": 64, "method": "cyclegan"}, {"pool": "10"})


@pytest.mark.parametrize(
    ("sides", "asked", "settings", "sentence"),
    [
        ((), {"size": 128}, {}, "--size 64, which stays"),
        (SIDES[::-1], {}, {}, "other folders"),
        ((), {}, {"pool": "11"}, "other settings"),
    ],
)
def test_a_resumed_run_keeps_its_recipe(sides, asked, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_unchanged(RECIPE, sides, asked, settings)


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A run to go on from, and what is asked of the branch."""
    asked = {}

    def branch(source, path, recipe, step):
        asked.update(source=source, recipe=recipe, step=step)
        return Run.create(path, recipe)

    monkeypatch.setattr(branching, "current", lambda run, _: run.recipe())
    monkeypatch.setattr(branching, "branch", branch)
    return Run.create(tmp_path / "begun", RECIPE), asked


def test_training_longer_begins_where_another_run_stands(ganstudio, engine, begun, tmp_path):
    source, asked = begun
    said = ganstudio("train", "--from", source.path, "--out", tmp_path / "new", "--steps", 99, "--events")
    assert said.code == 0, said.err
    assert asked == {"source": source, "recipe": replace(RECIPE, steps=99), "step": None}
    assert engine == {"run": Run(tmp_path / "new")}


def test_a_branch_takes_other_settings_and_pictures_from_a_step_on(ganstudio, engine, begun, tmp_path):
    source, asked = begun
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
    words = ("--from", source.path, "--at", 5, "--set", "cycle=3", "--batch", 2, "--events")
    said = ganstudio("train", tmp_path / "x", tmp_path / "y", "--out", tmp_path / "x" / "new", *words)
    assert (said.code, asked) == (1, {})
    assert "so that its samples would be learnt from" in said.err
    said = ganstudio("train", tmp_path / "x", tmp_path / "y", "--out", tmp_path / "new", *words)
    assert said.code == 0, said.err
    sides = (Domain("a", (str(tmp_path / "x"),)), Domain("b", (str(tmp_path / "y"),)))
    assert asked["recipe"] == replace(RECIPE, domains=sides, batch=2, settings={"pool": 10, "cycle": 3.0})
    assert asked["step"] == 5


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--from", "{run}", "--set", "cycel=3"], 2, "Did you mean cycle?"),
        (["--at", "3"], 2, "--from, which is missing"),
        (["{run}", "--from", "{run}"], 1, "was trained on 2 folders"),
        (["--from", "{run}x"], 1, "holds no run"),
    ],
)
def test_a_branch_that_cannot_be_is_refused(ganstudio, engine, begun, tmp_path, words, code, sentence):
    said = ganstudio("train", "--out", tmp_path / "new", *(word.format(run=begun[0].path) for word in words))
    assert said.code == code
    assert sentence in said.err
    assert not (tmp_path / "new").exists()


def test_more_steps_on_resume_say_how_to_train_longer():
    with pytest.raises(ValueError, match=r"--steps 9, which stays\. Train longer .+ --from RUN --out NEW --steps 10$"):
        check_unchanged(RECIPE, (), {"steps": 10}, {})


def test_zips_are_unpacked_once_into_the_run(tmp_path, capsys):
    Image.new("RGB", (8, 8)).save(tmp_path / "1.png")
    with zipfile.ZipFile(tmp_path / "cats.zip", "w") as zipped:
        zipped.write(tmp_path / "1.png", "1.png")
        zipped.writestr("2.png", b"")
    asked = [tmp_path / "plain", tmp_path / "cats.zip"]
    wanted = [tmp_path / "plain", tmp_path / "run" / "pictures" / "cats"]
    assert unzipped(asked[:1], tmp_path / "run", False) == wanted[:1]
    assert unzipped(asked, tmp_path / "run", True) == wanted
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["event"] for event in told} == {"progress"}
    # The run that goes on finds them where they are, also when the zip is named again.
    assert unzipped(asked, tmp_path / "run", True) == wanted
    assert capsys.readouterr().out == ""
    assert [domain.name for domain in domains(wanted)] == ["plain", "cats"]


@pytest.fixture
def model(tmp_path, monkeypatch, engine):
    """A model file to go on from, and what is asked of the run that begins with it."""
    file, asked = tmp_path / "zebras.safetensors", {}
    file.write_bytes(b"weights")

    def plan(model, sides, **wishes):
        asked.update(wishes, model=model, sides=sides)
        return RECIPE

    monkeypatch.setattr(fine_tuning, "plan", plan)
    monkeypatch.setattr(fine_tuning, "begin", lambda _model, path, recipe: Run.create(path, recipe))
    monkeypatch.setattr("ganstudio.runs.model.card", lambda _path: card_of("cyclegan"))
    return file, asked


def card_of(method):
    return ModelCard("", "", method, (), 64, 0, 0, 0.0, 0, {})


def test_a_run_may_begin_with_the_generators_of_a_model_file(ganstudio, engine, model, tmp_path):
    file, asked = model
    words = ("--preset", "quick", "--steps", 7, "--set", "discriminators_first=5", "--events")
    said = ganstudio("train", tmp_path / "a", tmp_path / "b", "--from", file, "--out", tmp_path / "run", *words)
    assert said.code == 0, said.err
    assert engine["run"] == Run(tmp_path / "run")
    assert asked.pop("sides") == (Domain("a", (str(tmp_path / "a"),)), Domain("b", (str(tmp_path / "b"),)))
    assert asked == {
        "model": file,
        "preset": "quick",
        "steps": 7,
        "ranks": 1,
        "settings": {"discriminators_first": "5"},
    }


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--from", "{model}"], 2, "Name the folders of pictures"),
        (["a", "b", "--from", "{model}", "--at", "3"], 2, "stands at one step only"),
        (["a", "b", "--from", "{model}", "--method", "cut"], 1, "is a model of CycleGAN, which stays"),
        (["a", "b", "--from", "{model}", "--set", "discriminatorsfirst=3"], 2, "Did you mean discriminators_first?"),
    ],
)
def test_what_a_model_file_does_not_allow(ganstudio, model, tmp_path, words, code, sentence):
    said = ganstudio("train", *(word.format(model=model[0]) for word in words), "--out", tmp_path / "run")
    assert said.code == code
    assert sentence in said.err
    assert not (tmp_path / "run").exists()


def test_a_model_file_that_is_not_there_is_said_so(ganstudio, tmp_path):
    said = ganstudio("train", "a", "b", "--from", tmp_path / "no.safetensors", "--out", tmp_path / "run")
    assert said.code == 1
    assert "There is no model at" in said.err


def test_a_step_that_grew_for_several_processes_is_said(monkeypatch):
    monkeypatch.setattr(train, "rank", lambda: Rank(0, 4))
    recipe = Recipe("cyclegan", SIDES, preset="quick", batch=4)
    assert growth(recipe, {}) == "A step has 4 pictures instead of the preset's 1, for 4 processes to share."
    assert growth(recipe, {"batch": 4}) == ""
    monkeypatch.setattr(train, "rank", lambda: Rank(0, 1))
    assert growth(recipe, {}) == ""


@pytest.mark.parametrize(("batch", "code"), [(1, 1), (2, 0), (3, 0)])
def test_a_branch_has_a_picture_for_each_process_or_is_not_begun(begun, monkeypatch, tmp_path, batch, code):
    monkeypatch.setattr(train, "rank", lambda: Rank(0, 2))
    arguments = (begun[0].path, tmp_path / "new", None, (), {"batch": batch}, {})
    if code:
        with pytest.raises(ValueError, match=r"A step of 1 picture cannot be shared by 2 .*--batch 2"):
            train.go_on(*arguments)
    else:
        assert train.go_on(*arguments).recipe().batch == batch
    assert (tmp_path / "new").exists() is not bool(code)


def test_a_silent_machine_is_taken_over_by_who_resumes(ganstudio, engine, monkeypatch, tmp_path):
    run, taken = Run.create(tmp_path / "run", RECIPE), []
    monkeypatch.setattr(train, "is_silent", lambda _: True)
    monkeypatch.setattr(train, "take_over", taken.append)
    assert ganstudio("train", "--resume", "--out", run.path, "--events").code == 0
    assert taken == [run]


def test_only_the_first_of_several_processes_speaks(ganstudio, engine, monkeypatch, tmp_path):
    monkeypatch.setattr(train, "rank", lambda: Rank(1, 2))
    helped = []
    monkeypatch.setattr(train, "help_out", lambda: helped.append(True))
    said = ganstudio("train", tmp_path, "--out", tmp_path / "run")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert helped
    assert engine == {}

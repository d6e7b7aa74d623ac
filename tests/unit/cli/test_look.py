"""`methods`, `models` and `doctor`."""

import json
import zipfile

import pytest

from ganstudio.cli.look import find_models
from ganstudio.runs.remarks import header_bytes
from ganstudio.runs.run import Run
from ganstudio.runs.seal import FACTS
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain, Recipe

SETTING = {"name", "type", "default", "low", "high", "unit", "help", "choices"}


def test_methods_tell_every_setting(ganstudio):
    said = ganstudio("methods", "--json")
    assert said.code == 0
    found = {method["key"]: method for method in json.loads(said.out)}
    assert {"cyclegan", "conditional-gan"} <= set(found)
    for method in found.values():
        assert set(method) == {"key", "title", "sentence", "task", "needs", "settings", "presets", "shareable"}
        assert set(method["presets"]) == {"quick", "balanced", "best", "low-memory"}
        assert all(set(setting) == SETTING for setting in method["settings"])
    told = ganstudio("methods").out
    for method in found.values():
        assert method["sentence"] in told
        assert all(f"--set {setting['name']}={setting['default']} " in told for setting in method["settings"])


def test_models_are_found_below_a_folder(tmp_path):
    for name in (
        "runs/002-b/recipe.toml",
        "runs/002-b/model.safetensors",
        "runs/002-b/exports/copy.safetensors",
        "runs/003-untrained/recipe.toml",
        "models/monet.safetensors",
        ".hidden/x.safetensors",
        "a.safetensors",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = [path.relative_to(tmp_path).as_posix() for path in find_models(tmp_path)]
    assert found == ["a.safetensors", "models/monet.safetensors", "runs/002-b"]


def test_files_of_other_programs_are_no_models_and_a_broken_run_is_named(ganstudio, tmp_path):
    (tmp_path / "other.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    run = tmp_path / "run"
    run.mkdir()
    (run / "recipe.toml").touch()
    (run / "model.safetensors").touch()
    said = ganstudio("models", tmp_path, "--json")
    assert (said.code, json.loads(said.out)) == (0, [])
    assert (
        said.err
        == f"ganstudio: {run / 'model.safetensors'} is not a model of GAN Studio, or it was cut short to 0 bytes.\n"
    )
    assert ganstudio("models", tmp_path).out == f"No models in {tmp_path}.\n"


def test_models_tell_where_they_come_from_and_what_is_thought_of_them(ganstudio, tmp_path):
    facts = {
        "kind": "model",
        "version": 2,
        "recipe": Recipe("cut", (Domain("a", ()), Domain("b", ())), steps=9).to_table(),
        "inventory": {"domains": [], "unreadable": {}},
        "routes": [{"target": "b", "source": "a"}],
        "step": 3,
        "created": 0.0,
        "origin": "imported",
    }
    head = {"__metadata__": {FACTS: json.dumps(facts), "remarks": json.dumps({"stars": 2, "licence": "CC0"})}}
    (tmp_path / "found.safetensors").write_bytes(header_bytes(head))
    (told,) = json.loads(ganstudio("models", tmp_path, "--json").out)
    assert (told["origin"], told["remarks"]["stars"], told["remarks"]["licence"]) == ("imported", 2, "CC0")
    assert told["samples"] == 0
    heading, row = ganstudio("models", tmp_path).out.splitlines()
    assert heading.split()[3:5] == ["origin", "stars"]
    assert "imported  ★★" in row
    assert " CC0 " in row


def test_a_damaged_model_is_named_wherever_it_lies(ganstudio, tmp_path):
    whole = header_bytes({"__metadata__": {FACTS: '{"kind": "model"}'}})
    (tmp_path / "cut.safetensors").write_bytes(whole[:-3])
    said = ganstudio("models", tmp_path)
    assert said.err.startswith(f"ganstudio: {tmp_path / 'cut.safetensors'} was cut short in the middle of its header.")


def test_doctor_tells_what_is_here(ganstudio):
    findings = json.loads(ganstudio("doctor", "--json").out)
    assert "torch" in {finding["name"] for finding in findings}
    assert {finding["verdict"] for finding in findings} <= {"fine", "slow", "missing"}
    said = ganstudio("doctor")
    assert said.code == 0
    for finding in findings:
        assert finding["name"] in said.out


def test_doctor_saves_a_bundle_that_says_nothing_of_pictures(ganstudio, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    recipe = Recipe("cyclegan", (Domain("lovers", (str(tmp_path / "lovers"),)),), steps=10)
    run = Run.create(tmp_path / "run", recipe)
    run.append(Skipped(str(tmp_path / "lovers" / "her.png"), "her.png is truncated."))
    said = ganstudio("doctor", "--bundle", tmp_path / "help.zip", "--run", run.path)
    assert said.code == 0
    with zipfile.ZipFile(tmp_path / "help.zip") as file:
        assert file.namelist() == ["doctor.txt", "versions.txt", "run/recipe.toml", "run/events.jsonl"]
        whole = b"".join(file.read(name) for name in file.namelist())
    assert b"is truncated" in whole
    assert b"her.png" not in whole
    assert b"lovers" not in whole
    assert ganstudio("doctor", "--bundle", tmp_path / "help.zip", "--run", tmp_path).code == 1


@pytest.mark.parametrize("words", [["--names"], ["--run", "runs/001"]], ids=" ".join)
def test_what_goes_into_a_bundle_is_wrong_usage_without_one(ganstudio, words):
    said = ganstudio("doctor", *words)
    assert (said.code, said.out) == (2, "")
    assert "Add --bundle" in said.err


def test_a_bundle_is_not_printed_as_json(ganstudio, tmp_path):
    said = ganstudio("doctor", "--bundle", tmp_path / "a.zip", "--json")
    assert (said.code, said.out, [*tmp_path.iterdir()]) == (2, "", [])

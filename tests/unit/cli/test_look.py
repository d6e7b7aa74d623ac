"""`methods`, `models` and `doctor`."""

import json

from ganstudio.cli.look import find_models

SETTING = {"name", "type", "default", "low", "high", "unit", "help", "choices"}


def test_methods_tell_every_setting(ganstudio):
    said = ganstudio("methods", "--json")
    assert said.code == 0
    found = {method["key"]: method for method in json.loads(said.out)}
    assert {"cyclegan", "conditional-gan"} <= set(found)
    for method in found.values():
        assert set(method) == {"key", "title", "sentence", "task", "needs", "settings", "presets"}
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
    assert said.err == f"ganstudio: {run / 'model.safetensors'} is not a model of GAN Studio.\n"
    assert ganstudio("models", tmp_path).out == f"No models in {tmp_path}.\n"


def test_doctor_tells_what_is_here(ganstudio):
    findings = json.loads(ganstudio("doctor", "--json").out)
    assert "torch" in {finding["name"] for finding in findings}
    assert {finding["verdict"] for finding in findings} <= {"fine", "slow", "missing"}
    said = ganstudio("doctor")
    assert said.code == 0
    for finding in findings:
        assert finding["name"] in said.out

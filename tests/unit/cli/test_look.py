"""`methods`, `check`, `models` and `doctor`."""

import json

import numpy as np
from PIL import Image

from ganstudio.cli.look import find_models
from ganstudio.pictures.health import KINDS

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


def paint(path, seed, side=70):
    path.parent.mkdir(exist_ok=True)
    cells = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC).save(path)


def test_check_names_what_is_wrong(ganstudio, tmp_path):
    paint(tmp_path / "good.png", 1)
    paint(tmp_path / "small.png", 2, 20)
    (tmp_path / "broken\n.png").write_text("not a picture")
    table = json.loads(ganstudio("check", tmp_path, "--json").out)
    assert table["counts"] == dict.fromkeys(["fine", *KINDS], 0) | {"fine": 1, "broken": 1, "small": 1}
    assert {finding["kind"] for finding in table["findings"]} == {"broken", "small"}
    said = ganstudio("check", tmp_path)
    assert said.code == 0
    assert said.out.splitlines()[-1] == "1 fine, 1 broken, 1 small"
    assert f"broken: {tmp_path / 'broken'}\\n.png: It is not a picture" in said.out


def test_check_looks_across_folders(ganstudio, tmp_path):
    for name, seed in (("a/1.png", 1), ("a/2.png", 2), ("b/1.png", 1), ("b/3.png", 3)):
        paint(tmp_path / name, seed)
    a, b = tmp_path / "a", tmp_path / "b"
    lines = ganstudio("check", a, b, a).out.splitlines()
    assert lines[-4:] == [
        f"shared: {b / '1.png'}: The very same picture is in {a}: 1.png.",
        f"{a}: 2 fine",
        f"{b}: 1 fine, 1 shared",
        "3 fine, 1 shared",
    ]
    table = json.loads(ganstudio("check", a, b, "--json").out)
    assert [part["folder"] for part in table["folders"]] == [str(a), str(b)]
    assert (table["folders"][1]["counts"]["shared"], table["counts"]["shared"]) == (1, 1)


def test_check_of_a_missing_folder_fails(ganstudio, tmp_path):
    said = ganstudio("check", tmp_path, tmp_path / "gone", "--json")
    assert (said.code, said.out, said.err) == (1, "", f"ganstudio: There is no folder {tmp_path / 'gone'}.\n")


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

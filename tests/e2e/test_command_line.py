"""The whole way by the command line, in processes of their own: train, stop, kill, continue, translate, export."""

import json
import shutil
import signal

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from safetensors.numpy import load_file

from ganstudio.cli.app import main
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Losses, Progress, Saved, Started, from_json
from tests.e2e.conftest import STEPS, TINY_CYCLEGAN, ganstudio, start


def test_training_tells_its_events_and_nothing_else(trained):
    run, (code, out, err) = trained
    assert (code, err) == (0, "")
    events = [from_json(line) for line in out.splitlines()]
    assert {Started, Progress, Losses, Saved} <= {type(event) for event in events}
    steps = [event.done for event in events if isinstance(event, Progress) and event.what == "training"]
    assert steps == list(range(1, STEPS + 1))
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.step, last.reason) == (STEPS, "done")
    assert last.seconds > 0
    assert list(Run(run).events())[-1] == last


def test_stopped_killed_and_continued_is_as_if_nothing_had_been(trained, pictures, tmp_path):
    run = tmp_path / "run"
    words = ("train", pictures / "summer", pictures / "winter", "--out", run, "--steps", STEPS, "--events")
    code, stopped = interrupt([*words, *TINY_CYCLEGAN], signal.SIGINT, after=3)
    assert code == 130
    assert isinstance(stopped[-1], Finished)
    assert stopped[-1].reason == "stopped"
    assert 3 <= stopped[-1].step < STEPS

    code, killed = interrupt(
        ["train", "--resume", "--out", run, "--events"], signal.SIGKILL, after=stopped[-1].step + 3
    )
    assert code == -signal.SIGKILL
    assert not any(isinstance(event, Finished) for event in killed)

    code, out, err = ganstudio("train", "--resume", "--out", run)
    assert (code, err) == (0, "")
    assert f"step {stopped[-1].step} of {STEPS}" in out
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (run, trained[0]))
    assert ours.keys() == theirs.keys()
    for name, weights in ours.items():
        np.testing.assert_array_equal(weights, theirs[name], name)


def interrupt(words, number, *, after):
    """Run until step `after`, send the signal, and return the exit code and all events."""
    events = []
    with start(*words) as program:
        for line in program.stdout:
            events.append(from_json(line))
            match events[-1]:
                case Progress(what="training", done=done) if done == after:
                    program.send_signal(number)
    return program.returncode, events


def test_a_folder_is_translated_and_bad_files_are_named(trained, pictures, tmp_path):
    run, _ = trained
    inbox = tmp_path / "in" / "deep"
    inbox.mkdir(parents=True)
    sizes = {"even.png": (40, 40), "odd.png": (61, 47), "small.jpg": (17, 16)}
    for name, size in sizes.items():
        with Image.open(pictures / "summer" / "0001.png") as picture:
            picture.resize(size).save(inbox / name)
    (inbox / "broken.png").write_bytes(b"not a picture")
    code, out, err = ganstudio("translate", run, tmp_path / "in", "--out", tmp_path / "out", "--to", "B")
    assert code == 1
    assert err == "ganstudio: Translated 3 of 4; the others are listed with their reasons.\n"
    assert f"Skipped {inbox / 'broken.png'}: " in out.splitlines()[-1]
    made = {path.stem: path for path in (tmp_path / "out").rglob("*.*")}
    assert {name: pixels(path).shape[1::-1] for name, path in made.items()} == {
        name.split(".")[0]: size for name, size in sizes.items()
    }
    assert (pixels(inbox / "odd.png") != pixels(made["odd"])).any()


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture, int)


def test_the_exported_model_makes_the_same_picture(trained, tmp_path, capsys):
    run, _ = trained
    picture = Image.effect_noise((45, 33), 90).convert("RGB")
    picture.save(tmp_path / "noise.png")
    assert main(["export", str(run), str(tmp_path / "model.onnx")]) == 0
    assert "largest difference" in capsys.readouterr().out
    assert main(["translate", str(run), str(tmp_path / "noise.png"), "--out", str(tmp_path / "out")]) == 0
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    exported = session.run(None, {session.get_inputs()[0].name: np.asarray(picture)[None]})[0][0]
    assert np.abs(exported - pixels(tmp_path / "out" / "noise.png")).max() <= 1


def test_a_generator_makes_what_is_asked_again_and_again(generator, tmp_path):
    words = ("generate", str(generator), "--count", "3", "--label", "light", "--seed", "5", "--out")
    code, _, err = ganstudio(*words, tmp_path / "one")
    assert (code, err) == (0, "")
    assert main([*words, str(tmp_path / "two")]) == 0  # Also in another process, which has made other pictures before.
    one, two = (sorted((tmp_path / out).glob("*.png")) for out in ("one", "two"))
    assert len(one) == 3
    assert [path.name for path in one] == [path.name for path in two]
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(pixels(first), pixels(second))


def test_models_are_listed(trained, generator, tmp_path):
    # A folder of their own: beside them lie the files of other tests.
    run, generator = (shutil.copytree(made, tmp_path / name) for made, name in ((trained[0], "a"), (generator, "b")))
    code, out, err = ganstudio("models", tmp_path, "--json")
    assert (code, err) == (0, "")
    cards = {card["path"]: card for card in json.loads(out)}
    assert cards[str(run)]["step"] == STEPS
    assert [route["source"] for route in cards[str(run)]["routes"]] == ["summer", "winter"]
    assert cards[str(generator)]["routes"][0]["labels"] == ["dark", "light"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(["train", "{pictures}/summer", "--out", "{out}"], 1), (["train", "--out", "{out}"], 2)],
    ids=["one folder", "no folder"],
)
def test_faults_leave_by_their_exit_code(pictures, tmp_path, words, code):
    said = ganstudio(*(word.format(pictures=pictures, out=tmp_path / "run") for word in words))
    assert said[0] == code
    assert said[1] == ""
    assert said[2].splitlines()[-1].startswith("ganstudio: ")
    assert "Traceback" not in said[2]
    assert not (tmp_path / "run").exists()

"""Several processes train one run, started by torchrun as people start them."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest
import torch
from PIL import Image

from ganstudio.cli.app import main
from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Losses, Progress, Started, from_json
from tests.e2e.conftest import TINY_CYCLEGAN

STEPS, STOPPED = 10, 4
SETTINGS = [
    "--set",
    "learning_rate=1e-4",
    "--set",
    "pool=6",
    "--set",
    "augment=strong",
    "--set",
    "dropout=true",
    "--precision",
    "fp32",
]

pytestmark = pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo")


def torchrun(count, *words, where=(), host=()):
    command = [
        *host,
        sys.executable,
        "-m",
        "torch.distributed.run",
        *where,
        f"--nproc-per-node={count}",
        "-m",
        "ganstudio",
    ]
    return subprocess.Popen(
        [*command, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def until(program, step):
    """Read its events up to a step."""
    for line in program.stdout:
        match from_json(line):
            case Progress(what="training", done=done) if done == step:
                return


def children(program):
    """Its ranks by number."""
    ranks = psutil.Process(program.pid).children()
    return {int(rank.environ()["RANK"]): rank for rank in ranks if "RANK" in rank.environ()}


def ended(program):
    out, err = program.communicate(timeout=280)
    return program.returncode, out, err


@pytest.fixture(scope="module")
def words(pictures):
    return [pictures / "summer", pictures / "winter", "--batch", 4, "--steps", STEPS, *TINY_CYCLEGAN, *SETTINGS]


@pytest.fixture(scope="module")
def alone(words, tmp_path_factory):
    """The run of one process that nobody interrupts."""
    path = tmp_path_factory.mktemp("alone") / "run"
    assert main(["train", *map(str, words), "--out", str(path)]) == 0
    return Run(path)


@pytest.fixture(scope="module")
def stopped(words, tmp_path_factory):
    """The run of two processes that torchrun was told to end."""
    path = tmp_path_factory.mktemp("together") / "run"
    with torchrun(2, "train", *words, "--out", path, "--events") as program:
        until(program, STOPPED)
        program.send_signal(signal.SIGTERM)
        _, _, err = ended(program)
    last = list(Run(path).events())[-1]
    assert isinstance(last, Finished), err
    assert last.reason == "stopped"
    assert STOPPED <= last.step < STEPS
    assert checkpoint.newest(Run(path))[0].step == last.step
    return path


def assert_the_same(run, alone, pictures):
    """As far as rounding allows, which grows from step to step."""
    curves, others = ({e.step: e.terms for e in each.events() if isinstance(e, Losses)} for each in (run, alone))
    assert STEPS in curves
    for step in curves.keys() & others.keys():
        assert curves[step] == pytest.approx(others[step], abs=2e-3), step
    with Image.open(next((pictures / "summer").glob("*"))) as picture:
        translators = [Translator.open(each.path, device="cpu") for each in (run, alone)]
        ours, theirs = (np.asarray(each.translate(picture, each.routes[0])).astype(int) for each in translators)
    assert abs(ours - theirs).max() <= 1


def test_a_run_stopped_on_two_goes_on_alone(stopped, alone, pictures, tmp_path):
    run = Run(shutil.copytree(stopped, tmp_path / "run"))
    assert isinstance(list(train(run))[-1], Finished)
    assert_the_same(run, alone, pictures)


@pytest.mark.slow
def test_a_run_stopped_on_two_goes_on_with_three(stopped, alone, pictures, tmp_path):
    run = Run(shutil.copytree(stopped, tmp_path / "run"))
    with torchrun(3, "train", "--resume", "--out", run.path) as program:
        code, out, err = ended(program)
    assert code == 0, err
    assert out.count("The model is in") == 1
    assert_the_same(run, alone, pictures)


def test_one_that_is_killed_leaves_an_intact_run(stopped, tmp_path):
    run = Run(shutil.copytree(stopped, tmp_path / "run"))
    before = checkpoint.newest(run)[0].step
    with torchrun(2, "train", "--resume", "--out", run.path, "--events") as program:
        until(program, before + 1)
        children(program)[1].kill()
        code, _, err = ended(program)
    assert code == 1
    assert "ganstudio: One of the 2 processes that train together ended" in err
    assert "ganstudio/engine" not in err  # The traceback is torchrun's own.
    assert run.holder() is None
    found, damaged = checkpoint.newest(run)
    assert found.step >= before
    assert not damaged


@pytest.mark.slow
def test_another_number_trains_longer_with_larger_steps(stopped, tmp_path):
    more = ["--from", stopped, "--out", tmp_path / "longer", "--batch", 6, "--steps", STEPS]
    with torchrun(3, "train", *more) as program:
        code, _, err = ended(program)
    assert code == 0, err
    run = Run(tmp_path / "longer")
    assert run.recipe().batch == 6
    assert list(run.events())[-1].step == STEPS


@pytest.mark.slow
def test_going_on_with_too_small_a_step_leaves_no_run(stopped, tmp_path):
    more = ["--from", stopped, "--out", tmp_path / "longer", "--batch", 1, "--steps", STEPS]
    with torchrun(2, "train", *more) as program:
        code, _, err = ended(program)
    assert code == 1
    said = "A step of 1 picture cannot be shared by 2 processes. Take a batch of 2 or more (--batch 2)."
    assert err.count(f"ganstudio: {said}") == 1
    assert not (tmp_path / "longer").exists()


CARDS = torch.cuda.device_count() if torch.distributed.is_nccl_available() else 0


@pytest.mark.slow
@pytest.mark.skipif(CARDS < 2, reason=f"NCCL joins graphics cards, of which it finds {CARDS} here; two are needed")
def test_two_cards_learn_what_one_learns(words, tmp_path):
    runs = Run(tmp_path / "two"), Run(tmp_path / "one")
    on_cards = ["train", *words, "--device", "cuda"]
    with torchrun(2, *on_cards, "--out", runs[0].path) as program:
        code, _, err = ended(program)
    assert code == 0, err
    assert main([*map(str, on_cards), "--out", str(runs[1].path)]) == 0
    curves, others = ({e.step: e.terms for e in run.events() if isinstance(e, Losses)} for run in runs)
    for step in curves.keys() & others.keys():
        assert curves[step] == pytest.approx(others[step], abs=5e-3), step
    started = next(event for event in runs[0].events() if isinstance(event, Started))
    assert started.device.startswith("2 × ")


@pytest.mark.slow
def test_two_share_out_a_folder(stopped, pictures, tmp_path):
    """Each file is made once, a broken one ends nobody, and asked again nothing is made anew."""
    folder = shutil.copytree(pictures / "summer", tmp_path / "folder")
    (folder / "broken.png").write_bytes(b"no picture")
    names = sorted(f"{path.stem}.png" for path in (pictures / "summer").glob("*"))
    found = []
    for _ in range(2):
        with torchrun(2, "translate", stopped, folder, "--out", tmp_path / "out", "--device", "cpu") as program:
            code, out, err = ended(program)
        assert code == 1
        assert (out + err).count("Skipped") == 1
        found.append({path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()})
    assert sorted(found[0]) == names
    assert found[1] == found[0]


@pytest.mark.slow
def test_a_method_whose_pictures_cannot_be_parted_trains_on_one(pictures, tmp_path):
    run = tmp_path / "run"
    words = ["--method", "dcgan", "--batch", 4, "--steps", 2, "--size", 32, "--preset", "quick", "--device", "cpu"]
    narrow = ["--set", "width=4", "--set", "discriminator_width=4"]
    with torchrun(2, "train", pictures / "summer", "--out", run, *words, *narrow) as program:
        code, out, err = ended(program)
    assert code == 0, err
    assert "one of the 2 processes trains" in out
    assert isinstance(list(Run(run).events())[-1], Finished)


@pytest.mark.slow
def test_a_batch_too_small_is_one_sentence(words, tmp_path):
    with torchrun(2, "train", *words[:2], "--out", tmp_path / "run", *TINY_CYCLEGAN, "--batch", 1) as program:
        code, _, err = ended(program)
    assert code == 1
    said = "A step of 1 picture cannot be shared by 2 processes. Take a batch of 2 or more (--batch 2)."
    assert err.count(f"ganstudio: {said}") == 1

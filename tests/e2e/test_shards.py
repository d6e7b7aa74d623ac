"""Shards on the command line: named as a shell names them, shared by processes, gone on with by another number."""

import json
import re
import shutil
import tarfile

import pytest
import torch

from ganstudio.cli.app import main
from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Losses, Progress, Skipped
from tests.e2e.conftest import TINY_CYCLEGAN
from tests.e2e.test_ranks import SETTINGS, ended, torchrun, until
from tests.small_shards import add, pack

STEPS, STOPPED = 10, 3


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    place = tmp_path_factory.mktemp("shards")
    # Of a single colour, norms would make large numbers of what is rounded.
    pack(place / "warm", 6, 5, side=20, noisy=True)
    pack(place, 2, 10, side=20, name="cold-{:02}.tar", noisy=True)
    return [
        place / "warm",
        place / "cold-00.tar",
        place / "cold-01.tar",
        "--batch",
        4,
        "--steps",
        STEPS,
        *TINY_CYCLEGAN,
        *SETTINGS,
    ]


@pytest.fixture(scope="module")
def alone(words, tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "run"
    assert main(["train", *map(str, words), "--out", str(path)]) == 0
    return Run(path)


def test_a_folder_of_shards_and_spelled_out_shards_are_two_domains(alone):
    recipe = alone.recipe()
    assert [(domain.name, len(domain.sources)) for domain in recipe.domains] == [("warm", 1), ("cold", 2)]


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo")
def test_two_processes_share_the_shards_and_one_goes_on_with_their_run(words, alone, tmp_path):
    path = tmp_path / "run"
    with torchrun(2, "train", *words, "--out", path, "--events") as program:
        until(program, STOPPED)
        program.terminate()
        _, _, err = ended(program)
    assert STOPPED <= checkpoint.newest(Run(path))[0].step < STEPS, err
    assert main(["train", "--resume", "--out", str(path)]) == 0
    one, other = (checkpoint.newest(run)[0].tensors for run in (alone, Run(path)))
    for domain in (0, 1):
        assert torch.equal(one[f"batches.lanes.{domain}"], other[f"batches.lanes.{domain}"])
    curves, others = ({e.step: e.terms for e in run.events() if isinstance(e, Losses)} for run in (alone, Run(path)))
    assert STEPS in curves
    for step in curves.keys() & others.keys():
        assert others[step] == pytest.approx(curves[step], abs=2e-3), step


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo")
def test_any_number_shares_fewer_pictures_and_shards_than_it_counts_and_one_meets_damaged_ones(pictures, tmp_path):
    """Steps of five pictures, by three processes, two, one and four; of one folder with two and a single shard."""
    (shard,) = pack(tmp_path / "shard", 1, 9, side=20, noisy=True)
    with tarfile.open(shard, "a") as tar:
        for number in range(3):
            add(tar, f"damaged-{number}.png", b"\x89PNG damaged")
    few = tmp_path / "few"
    few.mkdir()
    for file in sorted((pictures / "summer").glob("*.png"))[:3]:  # One of them is held out.
        shutil.copy(file, few)
    words = [few, tmp_path / "shard", "--batch", 5, "--steps", STEPS, *TINY_CYCLEGAN, *SETTINGS]
    runs = Run(tmp_path / "one"), Run(tmp_path / "many")
    assert main(["train", *map(str, words), "--out", str(runs[0].path)]) == 0
    asked = ["train", *words, "--out", runs[1].path, "--events"]
    for count, stop in ((3, 2), (2, 4)):
        with torchrun(count, *asked) as program:
            until(program, stop)
            program.terminate()
            _, _, err = ended(program)
        assert stop <= checkpoint.newest(runs[1])[0].step < STEPS, err
        asked = ["train", "--resume", "--out", runs[1].path, "--events"]
    alone = train(runs[1])
    assert any(isinstance(event, Progress) and event.what == "training" for event in alone)
    alone.close()  # As killed.
    with torchrun(4, *asked) as program:
        code, _, err = ended(program)
    assert code == 0, err
    one, other = (checkpoint.newest(run)[0].tensors for run in runs)
    assert torch.equal(one["batches.lanes.1"], other["batches.lanes.1"])
    curves, others = ({e.step: e.terms for e in run.events() if isinstance(e, Losses)} for run in runs)
    assert len(others) > 1
    for step in curves.keys() & others.keys():
        assert others[step] == pytest.approx(curves[step], abs=2e-3), step
    damaged = {str(shard / f"damaged-{number}.png") for number in range(3)}
    for run in runs:  # Whoever meets them, the first says so.
        assert {event.path for event in run.events() if isinstance(event, Skipped)} == damaged


@pytest.mark.parametrize("place", ["pipe:touch MARK; cat a.tar", "https://example.org/a-{00..09}.tar"])
def test_commands_and_addresses_are_refused_in_a_sentence(tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)
    assert main(["train", place, "--method", "dcgan", "--out", "run"]) == 1
    assert re.search("is a command|is an address", capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


def test_check_tells_what_is_in_shards_beside_a_folder(words, pictures, capsys):
    assert main(["check", str(words[0]), str(words[1]), str(words[2]), str(pictures / "summer"), "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert [(part["shards"], part["pictures"], part["broken"]) for part in table["shards"]] == [(6, 30, 0), (2, 20, 0)]
    assert [part["folder"] for part in table["folders"]] == [str(pictures / "summer")]


def test_a_model_is_evaluated_on_shards_and_translates_them(words, alone, tmp_path, capsys):
    warm, cold = str(words[0]), str(words[1]).replace("00", "{00..01}")
    assert main(["evaluate", str(alone.path), "--source", warm, "--target", cold, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert (table["made"], table["compared"], table["paired"], table["skipped"]) == (30, 20, False, [])
    assert main(["translate", str(alone.path), warm, "--out", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out").iterdir())) == 30
    assert "30 pictures in" in capsys.readouterr().out

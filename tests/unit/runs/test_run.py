"""Run folders: nothing half-written, nothing lost, one writer."""

import os
import subprocess
import sys

import pytest

from ganstudio.runs.run import Run
from ganstudio.runs.writing import PART, Unwritten
from ganstudio.words.events import Finished, Losses, Warned
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

RECIPE = Recipe("cyclegan", (Domain("a", ("/a",)), Domain("b", ("/b",))), steps=10)


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", RECIPE)


def test_a_run_keeps_its_recipe(run):
    assert Run.open(run.path).recipe() == RECIPE


def test_a_second_run_in_the_folder_is_refused(run):
    with pytest.raises(ValueError, match=r"already holds a run. Continue it with --resume"):
        Run.create(run.path, RECIPE)


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"holds no run \(no recipe.toml\)"):
        Run.open(tmp_path)


def test_a_damaged_recipe_is_named_and_left_as_it_was(run):
    file = run.path / "recipe.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"recipe\.toml is damaged: it is no text\. Bring it back from a copy"):
        run.recipe()
    assert file.read_bytes() == b"\xff\xfe"


def test_nothing_is_written_into_an_empty_place_where_its_folder_was(run):
    (run.path / "recipe.toml").unlink()
    with pytest.raises(Unwritten):
        run.write("inventory.json", b"{}")
    with pytest.raises(Unwritten), run.lock():
        pass
    assert list(run.path.iterdir()) == []


def test_whoever_holds_it_clears_up_after_a_killed_writer(run):
    left = [folder / PART.format("x") for folder in (run.path, run.checkpoints, run.path / "sheets")]
    for part in left:
        part.parent.mkdir(exist_ok=True)
        part.touch()
    with run.lock():
        assert not any(part.exists() for part in left)


def test_the_inventory_is_kept(run):
    assert run.inventory() is None
    inventory = Inventory((DomainFound("a", 3, 1),), {"/a/x.png": "It is empty."})
    run.keep_inventory(inventory)
    assert run.inventory() == inventory
    for text in ("{}", "{", "", "\udcff"):
        (run.path / "inventory.json").write_text(text, errors="surrogateescape")
        with pytest.raises(ValueError, match=r"inventory\.json is damaged .+ Bring it back from a copy"):
            run.inventory()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders.")
def test_a_pipe_where_a_file_should_be_is_not_waited_for(run):
    for name in ("inventory.json", "events.jsonl"):
        os.mkfifo(run.path / name)
    with pytest.raises(ValueError, match=r"inventory\.json cannot be read: Not a file\."):
        run.inventory()
    assert list(run.events()) == []
    with pytest.raises(Unwritten, match=r"events\.jsonl could not be written"):
        run.append(Finished(1))


def test_history_is_read_in_order_and_survives_a_cut_line(run):
    assert list(run.events()) == []
    run.append(Losses(1, {"g": 0.5}))
    run.append(Finished(1))
    with (run.path / "events.jsonl").open("a") as file:
        file.write('{"event": "progre')
    assert list(run.events()) == [Losses(1, {"g": 0.5}), Finished(1)]


def test_a_name_that_is_not_utf_8_can_be_written_down(run):
    run.append(Warned("caf\udce9.png"))
    assert list(run.events()) == [Warned("caf\udce9.png")]


HOLD = """
import sys
from pathlib import Path
from ganstudio.runs.run import Run
with Run(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_only_one_process_trains_a_run_and_a_killed_one_lets_go(run):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, run.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ValueError, match=f"being trained by process {other.pid} on .+ since"), run.lock():
            pass
        assert run.holder().startswith(f"process {other.pid} on ")
        other.kill()
        other.wait()
    assert run.holder() is None
    with run.lock():
        assert run.holder().startswith(f"process {os.getpid()} on ")
    assert not (run.path / "lock.holder").exists()

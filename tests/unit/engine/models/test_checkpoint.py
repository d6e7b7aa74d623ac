"""A checkpoint that was announced is never lost: whatever call fails, wherever the process dies or the power goes."""

import errno
import itertools
import os
import random
from contextlib import suppress

import pytest
import torch

from ganstudio.engine.models import checkpoint
from ganstudio.engine.models.checkpoint import Checkpoint, at, circumstances, differences, go_back, newest, save
from ganstudio.runs.run import Run
from ganstudio.runs.writing import Unwritten
from ganstudio.words.recipe import Domain, Recipe
from tests.faults import Drive, Killed

RECIPE = Recipe("cyclegan", (Domain("a", ("/a",)),), steps=9)
ANNOUNCED = 3


def state(step):
    return {"weights": torch.full((40, 50), float(step)), "order": torch.arange(step)}


@pytest.fixture
def begin(tmp_path):
    """begin() → a new run with the checkpoints of steps 1 to 3; the first is the best, the second has a name."""
    numbers = itertools.count()

    def make():
        run = Run.create(tmp_path / str(next(numbers)), RECIPE)
        for step in range(1, ANNOUNCED + 1):
            save(run, step, state(step), {}, best=step == 1, name="two" if step == 2 else "")
        return run

    return make


def check_intact(run, *, saved):
    """Nothing that was announced is lost, and the next save succeeds; `saved` is None when nobody knows."""
    with run.lock():  # Sweeps away what is left.
        found, damaged = newest(run)
        assert damaged == []
        assert found.step in ({ANNOUNCED, 4} if saved is None else {4} if saved else {ANNOUNCED})
        assert torch.equal(found.tensors["weights"], state(found.step)["weights"])
        assert at(run, name="two").step == 2
        assert at(run).step in {1, 4}
        save(run, 5, state(5), {}, best=True)
        assert newest(run)[0].step == at(run).step == 5
        assert not list(run.path.rglob("*.part"))


def save_the_fourth(run):
    save(run, 4, state(4), {"more": 1}, best=True, name="four")


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_each_call_of_a_save_may_fail(begin, monkeypatch, number, lasting):
    for call in itertools.count(1):
        run = begin()
        with monkeypatch.context() as patch:
            drive = Drive(patch, run.path)
            drive.fail(call, number, lasting=lasting)
            told = ""
            try:
                save_the_fourth(run)
            except OSError as error:
                told = str(error)
            hit = drive.hit
            drive.mend()
        assert "Errno" not in told
        check_intact(run, saved=None if told else True)
        if not hit:
            break
    assert call > 12  # The checkpoint and the marks: each opened, written, flushed, renamed, its folder flushed.


def test_the_process_may_die_in_each_call_of_a_save(begin, monkeypatch):
    for call in itertools.count(1):
        run = begin()
        with monkeypatch.context() as patch:
            drive = Drive(patch, run.path)
            drive.kill(call)
            with suppress(Killed):
                save_the_fourth(run)
            hit = drive.hit
            drive.mend()
        check_intact(run, saved=None if hit else True)
        if not hit:
            break
    assert call > 12


@pytest.mark.parametrize("renamed", [False, True], ids=["entries lost", "entries there"])
def test_the_power_may_go_after_each_call_of_a_save(begin, monkeypatch, renamed):
    for call in itertools.count(1):
        run = begin()
        with monkeypatch.context() as patch:
            drive = Drive(patch, run.path)
            drive.kill(call)
            with suppress(Killed):
                save_the_fourth(run)
            hit = drive.hit
            drive.cut(renamed=renamed)
        check_intact(run, saved=None if hit else True)
        if not hit:
            break
    assert call > 12


def test_nothing_is_deleted_before_the_new_one_is_safe(begin, monkeypatch):
    run = begin()
    save_the_fourth(run)  # Another best, so that the first may go.
    drive = Drive(monkeypatch, run.path)
    for step, removed in ((5, []), (6, [3]), (7, [])):
        drive.mend()
        save(run, step, state(step), {}, name="six" if step == 6 else "")
        names = [name for name, _ in drive.calls]
        assert [int(path.stem) for name, path in drive.calls if name == "unlink"] == removed
        assert "replace" in names
        if removed:
            last = len(names) - 1 - names[::-1].index("replace")
            assert names[last : last + 3] == ["replace", "open", "fsync"]
            # Marks are read to see what may go.
            assert [name for name in names[last + 3 :] if name != "open"] == ["unlink" for _ in removed]


def test_what_the_drive_gives_back_otherwise_is_no_checkpoint_and_nothing_is_deleted_for_it(begin, monkeypatch):
    run = begin()
    before = run.shelf.entries()
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", lambda handle, count, real=os.read: b"?" + real(handle, count)[1:])
        with pytest.raises(Unwritten, match="the drive gave back something else"):
            save_the_fourth(run)
    assert run.shelf.entries() == before
    check_intact(run, saved=False)


def test_one_flipped_bit_anywhere_is_noticed_and_the_one_before_is_used(begin):
    run = begin()
    path = run.shelf.line()[0].path
    data = path.read_bytes()
    chance = random.Random(1)
    header = int.from_bytes(data[:8], "little") + 8
    places = [*range(8), *range(8, header, 29), *(chance.randrange(header, len(data)) for _ in range(60))]
    for place in places:
        broken = bytearray(data)
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        found, damaged = newest(run)
        if found.step == ANNOUNCED:  # In the padding of the header, where it means nothing.
            assert torch.equal(found.tensors["weights"], state(ANNOUNCED)["weights"])
            assert place < header
            continue
        assert found.step == 2
        assert len(damaged) == 1
        assert path.name in damaged[0]
        assert "Going back" in damaged[0]
    assert path.exists()  # A damaged file is never deleted unasked.


def test_a_return_is_where_a_resume_begins(begin):
    run = begin()
    assert go_back(run, 2).step == 2
    assert newest(run)[0].step == 2
    assert go_back(run).step == 1
    assert newest(run)[0].step == 1


def test_a_return_to_a_damaged_one_changes_nothing(begin):
    run = begin()
    run.shelf.find(2).path.write_bytes(b"rubbish")
    with pytest.raises(ValueError, match=r"0000000002\.safetensors"):
        go_back(run, 2)
    assert newest(run)[0].step == ANNOUNCED


def test_a_model_is_no_checkpoint(begin):
    run = begin()
    checkpoint.sealed.write(run.shelf.place(8), state(1), {"kind": "model", "step": 8})
    found, damaged = newest(run)
    assert found.step == ANNOUNCED
    assert "is not a checkpoint" in damaged[0]


def test_a_run_whose_drive_went_away_is_not_written_into_an_empty_place(begin):
    run = begin()
    away = run.path.rename(run.path.with_name("away"))
    run.path.mkdir()
    with pytest.raises(Unwritten, match=r"is gone\. Bring it back"):
        save_the_fourth(run)
    assert list(run.path.iterdir()) == []
    assert newest(Run(away))[0].step == ANNOUNCED


def test_other_circumstances_are_told():
    here = torch.device("cpu")
    facts = circumstances(here)
    assert differences(Checkpoint(1, {}, facts), here) == ""
    assert differences(Checkpoint(1, {}, {}), here) == ""  # Written before this was noted.
    told = differences(Checkpoint(1, {}, facts | {"threads": 64, "torch": "1.0"}), here)
    assert "last digits may differ" in told
    assert "another torch version (1.0 before" in told
    assert f"another number of threads (64 before, {facts['threads']} now)" in told

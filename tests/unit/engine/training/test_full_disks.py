"""A training on a drive that is full, read-only or gone: a sentence, an intact run, and the same bits afterwards."""

import errno
import os
import shutil
import subprocess
import sys
from contextlib import suppress

import pytest
import torch
from filelock import FileLock

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training import course, disk_space
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Failed, Finished, Losses, Sampled, Save, Saved, Started, Stop, Warned
from tests.faults import Drive
from tests.unit.engine.conftest import painted, small_recipe
from tests.unit.engine.training.test_trainer import steps_of, train_to

SITES = {
    "history": lambda path: path.name == "events.jsonl",
    "sheets": lambda path: "sheets" in path.parts,
    "checkpoints": lambda path: "checkpoints" in path.parts,
    "model": lambda path: path.parent.name == "run" and path.suffix == ".part",
}


@pytest.fixture
def run(tmp_path, recipe):
    """A run of eight steps that stopped in order after three."""
    run = Run.create(tmp_path / "run", recipe)
    train_to(run, 3)
    return run


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The last state of the same run when nothing disturbs it; its pictures lie elsewhere and are the same."""
    place = tmp_path_factory.mktemp("straight")
    run = Run.create(place / "run", small_recipe(painted(place)))
    list(train(run))
    return checkpoint.newest(run)[0].tensors


def attempt(training):
    """Its events, and the sentence that it ended with; empty when it ended in order."""
    events = []
    try:
        events.extend(training)
    except (OSError, ValueError) as error:
        return events, str(error)
    return events, ""


def check_goes_on(run, straight):
    """The run is intact and ends with the bits of an undisturbed one."""
    with run.lock():
        found, damaged = checkpoint.newest(run)
    assert damaged == []
    assert found.step >= 3
    assert isinstance(list(train(run))[-1], Finished)
    assert not list(run.path.rglob("*.part"))
    ended = checkpoint.newest(run)[0]
    assert ended.step == 8
    different = [name for name, value in straight.items() if not torch.equal(value, ended.tensors[name])]
    assert [name for name in different if not name.startswith("batches.")] == []  # Those know their pictures' paths.


def stopping(training):
    """Its events after a Stop."""
    yield training.send(Stop())
    yield from training


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("site", SITES)
def test_no_place_to_write_is_told_and_the_run_is_intact(run, straight, monkeypatch, site, number):
    with monkeypatch.context() as patch:
        drive = Drive(patch, run.path)
        drive.fail_where(lambda name, path: name in {"write", "replace"} and SITES[site](path), number)
        events, told = attempt(train(run))
        assert drive.hit
    sentence = "The disk is full: " if number == errno.ENOSPC else f"{run.path}"
    match site:
        case "history":  # The screen is told all the same.
            assert not told
            assert any(isinstance(event, Losses) for event in events)
        case "sheets":  # A sheet less is no reason to stop.
            assert not told
            assert any(isinstance(event, Warned) and event.message.startswith(sentence) for event in events)
            assert not any(isinstance(event, Sampled) for event in events)
        case _:
            assert told.startswith(sentence)
            assert list(run.events())[-1] == Failed(told)
            assert "Errno" not in told
    check_goes_on(run, straight)


def test_a_drive_that_is_back_soon_costs_nothing(run, straight, monkeypatch):
    monkeypatch.setattr(course, "RETRY_SECONDS", 0.0)
    with monkeypatch.context() as patch:
        drive = Drive(patch, run.path)
        training = train(run)
        while not steps_of([next(training)]):
            pass
        drive.fail_where(lambda _, path: "checkpoints" in path.parts, errno.EIO)
        events = [training.send(Save())]
        while not isinstance(events[-1], Warned):
            events.append(next(training))
        drive.mend()
        events += training
    assert "The training goes on and tries again" in next(
        event.message for event in events if isinstance(event, Warned)
    )
    saved = [event.step for event in events if isinstance(event, Saved) and event.kind == "checkpoint"]
    assert saved[0] < 8
    assert saved[-1] == 8
    check_goes_on(run, straight)


def test_a_drive_that_stays_away_ends_the_training(run, straight):
    away = run.path.with_name("away")
    training = train(run)
    while not steps_of([next(training)]):
        pass
    run.path.rename(away)
    _, told = attempt(stopping(training))
    assert "is gone. Bring it back" in told
    assert not run.path.exists()
    away.rename(run.path)
    check_goes_on(run, straight)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit.")
def test_a_file_that_may_not_grow_so_large_is_told(run, straight):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = run.shelf.line()[0].path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, before[1]))
    try:
        _, told = attempt(train(run))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "larger than a file may be" in told
    check_goes_on(run, straight)


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A disk of two megabytes, and a training that does not look for room first."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    words = [mount or "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if mount is None or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("This user may not make disks.")
    monkeypatch.setattr(disk_space, "MARGIN", 0)
    monkeypatch.setattr(disk_space, "SAMPLINGS", 0)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_in_a_save_and_is_emptied(small_disk, recipe, straight):
    run = Run.create(small_disk / "run", recipe)
    train_to(run, 3)
    training = train(run)
    while not (done := steps_of([next(training)])) or done[0].done < 5:
        pass
    film = os.open(small_disk / "film", os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while os.write(film, bytes(4096)):
            pass
    os.close(film)
    _, told = attempt(stopping(training))
    assert told.startswith(("The disk is full: ", f"The disk of {run.path} is nearly full"))
    _, told = attempt(train(run))
    assert "too little room" in told
    (small_disk / "film").unlink()
    check_goes_on(run, straight)


def test_a_run_that_may_not_be_written_is_refused_before_it_begins(run, monkeypatch):

    def refused(*_, **__):
        raise PermissionError(errno.EROFS, "Read-only file system", "lock")

    monkeypatch.setattr(FileLock, "acquire", refused)
    events, told = attempt(train(run))
    assert not any(isinstance(event, Started) for event in events)
    assert told == f"{run.path} cannot be written. Allow writing there, or choose another folder."

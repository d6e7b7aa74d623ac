"""A session that did not end in order is told once, by the next one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganstudio.window import session
from ganstudio.window.session import Session, bad_ends

DIES = """
import os, signal, sys
from pathlib import Path
from ganstudio.window.session import Session
alive = Session(Path(sys.argv[1]))
alive.begin()
alive.catch_crashes()
alive.note(Path("/art/seasons"), Path("/art/seasons/runs/007-cyclegan"))
print("noted", flush=True)
if sys.argv[2] == "waits":
    sys.stdin.read()
os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


def dying(folder: Path, how: str) -> subprocess.Popen:
    started = subprocess.Popen(
        [sys.executable, "-c", DIES, str(folder), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"noted\n"
    return started


def begun(folder: Path) -> Session:
    made = Session(folder)
    made.begin()
    return made


@pytest.mark.parametrize(("how", "said"), [("SIGKILL", ""), ("SIGSEGV", "Segmentation fault")])
def test_a_killed_session_says_what_was_training(tmp_path, how, said):
    before = time.time() - 1
    with dying(tmp_path, how) as process:
        process.communicate(timeout=30)
    (report,) = bad_ends(tmp_path)
    assert report.run == Path("/art/seasons/runs/007-cyclegan")
    assert report.project == Path("/art/seasons")
    assert before < report.started <= report.seen <= time.time()
    assert said in report.trace
    assert bool(said) == bool(report.trace)
    assert bad_ends(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_session_that_lives_is_no_report_and_two_do_not_mix(tmp_path):
    mine = begun(tmp_path)
    mine.note(Path("/art/mine"), None)
    with dying(tmp_path, "waits") as other:
        assert bad_ends(tmp_path) == []
        other.kill()
    (report,) = bad_ends(tmp_path)
    assert report.project == Path("/art/seasons")
    assert mine.folder.is_dir()
    mine.end()
    assert bad_ends(tmp_path) == []


def test_ending_in_order_leaves_nothing(tmp_path):
    alive = begun(tmp_path)
    assert alive.folder.is_dir()
    alive.end()
    assert list(tmp_path.iterdir()) == []


def test_it_is_known_until_when_a_session_lived(tmp_path):
    alive = begun(tmp_path)
    os.utime(alive.folder / session.FACTS, (1000, 1000))
    alive.live()
    assert (alive.folder / session.FACTS).stat().st_mtime > time.time() - 60
    alive.end()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"run": 3}'])
def test_a_damaged_report_is_cleared_away(tmp_path, damage):
    folder = tmp_path / "20260101-000000-1"
    folder.mkdir()
    (folder / session.FACTS).write_text(damage)
    assert bad_ends(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path):
    (tmp_path / "file").write_text("")
    alive = begun(tmp_path / "file")
    alive.note(Path("/art"), None)
    alive.live()
    alive.end()
    assert bad_ends(tmp_path / "nowhere") == []

"""One writer for a folder: the second is told who the first is, and a first that was killed is none any more."""

import errno
import os
import signal
import subprocess
import sys
import threading

import pytest
from filelock import FileLock

from ganstudio.runs import locks
from ganstudio.runs.locks import Taken, held, holder
from ganstudio.runs.writing import Unwritten

HOLD = """
import sys
from pathlib import Path
from ganstudio.runs.locks import held
with held(Path(sys.argv[1]), "{}"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_at_once_who_the_first_is_and_a_killed_one_lets_go(tmp_path):
    words = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(Taken, match=rf"^It is open in process {first.pid} on .+ since \d+ \w+ \d\d:\d\d\.$"):
            held(tmp_path, "It is open in {}.").__enter__()
        assert holder(tmp_path).startswith(f"process {first.pid} on ")
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert holder(tmp_path) is None
    with held(tmp_path, "{}"):
        assert holder(tmp_path).startswith(f"process {os.getpid()} on ")
    assert holder(tmp_path) is None


def test_one_who_only_looks_who_holds_it_keeps_nobody_out(tmp_path, monkeypatch):
    looking, rests = FileLock(tmp_path / locks.LOCK, thread_local=False), []

    def rest(seconds):
        rests.append(seconds)
        looking.release()

    looking.acquire()
    monkeypatch.setattr("filelock._api.time.sleep", rest)
    with held(tmp_path, "{}"):
        assert rests


def test_two_windows_of_one_process_are_two(tmp_path):
    with held(tmp_path, "{}"), pytest.raises(Taken), held(tmp_path, "{}"):
        pass


def test_it_may_be_let_go_of_in_another_thread(tmp_path):
    holding = held(tmp_path, "{}")
    holding.__enter__()
    other = threading.Thread(target=holding.__exit__, args=(None, None, None))
    other.start()
    other.join()
    assert holder(tmp_path) is None


def test_a_holder_that_left_no_name_is_called_something(tmp_path):
    with held(tmp_path, "{}"):
        (tmp_path / locks.HOLDER).write_bytes(b"\xff\xfe")
        assert holder(tmp_path) == "another GAN Studio"


def test_a_folder_that_nobody_may_write_is_a_sentence(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(FileLock, "acquire", refused)
    with pytest.raises(Unwritten, match=r"cannot be written\. Allow writing there"), held(tmp_path, "{}"):
        pass
    (tmp_path / locks.LOCK).touch()
    assert holder(tmp_path) is None


def test_nothing_is_made_by_asking(tmp_path):
    assert holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_disk_too_full_for_a_name_is_no_reason_to_refuse(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(locks, "write_plain", full)
    with held(tmp_path, "{}"):
        assert holder(tmp_path) == "another GAN Studio"

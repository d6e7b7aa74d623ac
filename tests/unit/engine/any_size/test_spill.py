import errno
import os
import shutil
import subprocess
import sys
from io import FileIO
from types import SimpleNamespace

import psutil
import pytest
import torch

from ganstudio.engine.any_size import spill
from ganstudio.engine.any_size.spill import Spill


def filled(kept, room):
    wanted = torch.arange(kept.shape[0] * kept.shape[1] * kept.shape[2], dtype=torch.float32).reshape(kept.shape)
    for low in range(0, kept.shape[0], 3):
        room.take(kept, low, wanted[low : low + 3])
    return wanted


@pytest.mark.parametrize("memory", [0, 500, 10**6])
def test_what_is_written_is_read(tmp_path, memory):
    room = Spill(memory, tmp_path)
    kept = room.keep(10, 7, 3)
    wanted = filled(kept, room)
    for low, high in [(0, 10), (0, 1), (4, 9), (5, 6), (9, 10)]:
        assert torch.equal(room.give(kept, low, high), wanted[low:high])
    room.close()


def test_memory_is_filled_first_and_everything_is_counted(tmp_path):
    room = Spill(4 * 84 + 30, tmp_path)  # A row of 7 × 3 numbers has 84 bytes.
    kept = room.keep(10, 7, 3)
    assert (kept.held, kept.filed) == (4 * 84, 6 * 84)
    other = room.keep(2, 7, 3)
    assert (other.held, room.held, room.filed) == (0, 4 * 84, 8 * 84)
    filled(kept, room)
    assert room.moved == 6 * 84
    room.drop(kept)
    assert room.keep(3, 7, 3).held == 3 * 84
    assert room.filed == 8 * 84  # The most there was.
    room.close()


def test_a_drive_that_takes_and_gives_less_than_asked_is_asked_again(tmp_path, monkeypatch):
    class Slow(FileIO):
        def readinto(self, view):
            return super().readinto(view[:100])

        def write(self, view):
            return super().write(view[:100])

    monkeypatch.setattr(spill, "FileIO", Slow)
    room = Spill(0, tmp_path)
    kept = room.keep(10, 7, 3)
    wanted = filled(kept, room)
    assert torch.equal(room.give(kept, 0, 10), wanted)
    assert room.moved == 2 * 10 * 84
    room.close()


def test_a_file_that_was_cut_off_is_told_and_not_taken_for_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(spill, "forget", lambda _: None)
    room = Spill(0, tmp_path)
    kept = room.keep(10, 7, 3)
    filled(kept, room)
    os.truncate(*tmp_path.iterdir(), 500)
    with pytest.raises(OSError, match="is too short"):
        room.give(kept, 0, 10)
    room.close()


def test_a_disk_that_fills_on_the_way_is_told(tmp_path, monkeypatch):
    """Where nothing can be reserved, as on other file systems and under macOS, it is noticed by a write."""

    class Full(FileIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    def unable(*_):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(spill, "FileIO", Full)
    monkeypatch.setattr(os, "posix_fallocate", unable, raising=False)
    room = Spill(0, tmp_path)
    kept = room.keep(1000, 1000, 500)
    with pytest.raises(OSError, match=r"is full: this picture needs 2\.0 GB there .* Make room, or allow more memory"):
        room.take(kept, 0, torch.zeros(1, 1000, 500))
    room.close()


def test_a_file_has_no_name_while_it_is_used(tmp_path):
    room = Spill(0, tmp_path)
    filled(room.keep(10, 7, 3), room)
    assert list(tmp_path.iterdir()) == []
    room.close()


def test_where_names_stay_they_go_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(spill, "forget", lambda _: None)
    room = Spill(0, tmp_path)
    kept = room.keep(10, 7, 3)
    wanted = filled(kept, room)
    assert len(list(tmp_path.iterdir())) == 1
    assert spill.clear(tmp_path) == 0  # It is ours, and we live.
    assert torch.equal(room.give(kept, 0, 10), wanted)
    room.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_nothing_behind_the_next_start(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from ganstudio.engine.any_size import spill;"
        "spill.forget = lambda path: None;"
        "room = spill.Spill(0, Path(sys.argv[1])); room.keep(100, 7, 3); print('there', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    assert len(list(tmp_path.iterdir())) == 1
    assert spill.clear(tmp_path) == 0
    process.kill()
    process.communicate()
    assert spill.clear(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_another_process_of_the_same_number_is_another_process(tmp_path):
    old = tmp_path / f"{spill.PREFIX}{os.getpid()}-{round(psutil.Process().create_time()) - 1000}-abc"
    foreign = tmp_path / "holiday.png"
    for path in (old, foreign):
        path.write_bytes(b"x")
    assert spill.clear(tmp_path) == 1
    assert list(tmp_path.iterdir()) == [foreign]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system does not reserve room")
def test_a_full_disk_is_told_before_anything_is_computed(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match=r"is full: this picture needs 2\.0 GB there .* Make room, or allow more memory"):
        Spill(0, tmp_path).keep(1000, 1000, 500)
    assert list(tmp_path.iterdir()) == []


def test_free_room_leaves_a_margin_and_asks_the_disk_of_a_folder_that_is_not_there_yet(tmp_path, monkeypatch):
    asked = []

    def room(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or SimpleNamespace(free=free))
        return spill.free_bytes(tmp_path / "not" / "yet")

    assert (room(spill.MARGIN + 5), room(spill.MARGIN - 5)) == (5, 0)
    assert asked == [tmp_path, tmp_path]


def test_files_lie_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path))
    assert spill.place() == tmp_path / "maps"

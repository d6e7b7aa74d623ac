"""Files are there whole or not at all, whatever call fails and wherever the process dies."""

import errno
import itertools
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ganstudio.runs import writing
from ganstudio.runs.writing import Unwritten, append_line, replacing, sweep, try_folder, write_atomically
from tests.faults import Drive, Killed

FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run" / "model"
    write_atomically(path, b"good")
    return path


@pytest.fixture
def drive(monkeypatch, file):
    return Drive(monkeypatch, file.parent)


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("number", FAULTS)
@pytest.mark.parametrize("verified", [False, True])
def test_each_call_may_fail_and_the_old_file_or_the_new_one_is_there(file, drive, number, lasting, verified):
    for at in itertools.count(1):
        drive.fail(at, number, lasting=lasting)
        with suppress(Unwritten):
            write_atomically(file, b"newer" * 9, verified=verified)
        assert file.read_bytes() in {b"good", b"newer" * 9}
        hit = drive.hit
        drive.mend()
        sweep(file.parent)
        assert list(file.parent.iterdir()) == [file]
        write_atomically(file, b"good")
        if not hit:
            break
    assert at > 5  # open, write, fsync, rename, open and fsync of the folder


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_file_that_could_not_be_written_takes_no_room(file, drive, call):
    drive.fail_where(lambda name, _: name == call, errno.ENOSPC)
    with pytest.raises(Unwritten, match="The disk is full"):
        write_atomically(file, b"newer")
    assert list(file.parent.iterdir()) == [file]


def test_the_process_may_die_in_each_call(file, drive):
    for at in itertools.count(1):
        drive.kill(at)
        with suppress(Killed):
            write_atomically(file, b"newer" * 9)
        hit = drive.hit
        drive.mend()
        sweep(file.parent)
        assert list(file.parent.iterdir()) == [file]
        assert file.read_bytes() in ({b"good", b"newer" * 9} if hit else {b"newer" * 9})
        if not hit:
            break
    assert at > 5


@pytest.mark.parametrize("renamed", [False, True], ids=["entries lost", "entries there"])
def test_the_power_may_go_after_each_call(tmp_path, monkeypatch, renamed):
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        write_atomically(folder / "model", b"good")
        with monkeypatch.context() as patch:
            drive = Drive(patch, folder)
            drive.kill(at)
            with suppress(Killed):
                write_atomically(folder / "model", b"newer" * 9)
            hit = drive.hit
            drive.cut(renamed=renamed)
        assert (folder / "model").read_bytes() in ({b"good", b"newer" * 9} if hit else {b"newer" * 9})
        if not hit:
            break
    assert at > 5


def test_a_new_folder_survives_a_power_cut_too(tmp_path, monkeypatch):
    drive = Drive(monkeypatch, tmp_path)
    write_atomically(tmp_path / "a" / "b" / "model", b"x")
    drive.cut(renamed=False)
    assert (tmp_path / "a" / "b" / "model").read_bytes() == b"x"
    assert drive.entries(tmp_path) == {"a"}


def test_every_rename_comes_after_its_file_and_before_its_folder_is_flushed(file, drive):
    write_atomically(file, b"newer")
    names = [(name, path.name if path != file.parent else "folder") for name, path in drive.calls]
    part = next(name for call, name in names if call == "open")
    assert names == [
        ("open", part), ("write", part), ("fsync", part), ("replace", part), ("open", "folder"), ("fsync", "folder"),
    ]  # fmt: skip


def test_a_full_disk_is_a_sentence(file, drive):
    drive.fail(2, errno.ENOSPC)
    with pytest.raises(Unwritten, match=r"^The disk is full: model \(2\.0 MB\) could not be written to .+ Make room"):
        write_atomically(file, bytes(2_000_000))


def test_a_drive_that_gives_back_something_else_is_noticed_before_the_old_file_goes(file, monkeypatch):
    real = os.read
    monkeypatch.setattr(os, "read", lambda handle, count: b"?" + real(handle, count)[1:])
    with pytest.raises(Unwritten, match="the drive gave back something else"):
        write_atomically(file, b"newer", verified=True)
    assert file.read_bytes() == b"good"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="Nothing is forbidden to root.")
def test_a_read_only_folder_is_a_sentence(file):
    file.parent.chmod(0o500)
    try:
        with pytest.raises(Unwritten, match=r"cannot be written\. Allow writing there"):
            write_atomically(file, b"newer")
    finally:
        file.parent.chmod(0o700)


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_files_are_readable_as_the_system_wants(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "deep" / "model", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "deep" / "model").stat().st_mode) == 0o666 & ~mask


def test_the_longest_names_can_be_written(tmp_path):
    write_atomically(tmp_path / ("x" * 255), b"1")
    assert (tmp_path / ("x" * 255)).read_bytes() == b"1"


class TestOnWindows:
    """A scanner has the file for a moment; then the rename is allowed."""

    @pytest.fixture
    def busy(self, monkeypatch):
        def times(count, code):
            real, left = os.replace, [count]

            def replace(*names):
                if left[0]:
                    left[0] -= 1
                    error = PermissionError(errno.EACCES, "busy")
                    error.winerror = code
                    raise error
                real(*names)

            monkeypatch.setattr(os, "replace", replace)
            return left

        monkeypatch.setattr(writing.time, "sleep", lambda _: None)
        return times

    @pytest.mark.parametrize("code", [5, 32, 33])
    def test_the_rename_is_tried_again(self, file, busy, code):
        busy(7, code)
        write_atomically(file, b"newer")
        assert file.read_bytes() == b"newer"

    def test_another_fault_is_told_at_once(self, file, busy):
        left = busy(7, 19)
        with pytest.raises(Unwritten):
            write_atomically(file, b"newer")
        assert left == [6]

    def test_not_for_ever(self, file, busy, monkeypatch):
        monkeypatch.setattr(writing, "BUSY_SECONDS", 0.01)
        busy(10**9, 32)
        with pytest.raises(Unwritten):
            write_atomically(file, b"newer")
        assert file.read_bytes() == b"good"


@pytest.mark.skipif(sys.platform != "darwin", reason="Only macOS has two kinds of flushing.")
def test_macos_flushes_the_drive(file, monkeypatch):
    import fcntl

    asked = []
    monkeypatch.setattr(fcntl, "fcntl", lambda _, what: asked.append(what))
    write_atomically(file, b"newer")
    assert asked == [fcntl.F_FULLFSYNC]


def test_a_line_that_was_cut_off_stays_alone(tmp_path):
    file = tmp_path / "lines"
    append_line(file, b"one")
    with file.open("ab") as stream:
        stream.write(b"tw")
    append_line(file, b"three")
    assert file.read_bytes() == b"one\ntw\nthree\n"


def test_two_who_add_at_once_lose_nothing(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    append_line(path, b"first")
    read = os.read

    def meanwhile(handle, count):
        with path.open("ab") as other:
            other.write(b"other\n")
        return read(handle, count)

    monkeypatch.setattr(writing.os, "read", meanwhile)
    append_line(path, b"ours")
    assert path.read_bytes() == b"first\nother\nours\n"


def test_a_line_that_does_not_fit_leaves_nothing(tmp_path, monkeypatch):
    file = tmp_path / "lines"
    append_line(file, b"one")
    real = os.write

    def half(handle, data):
        if len(data) < 3:
            raise OSError(errno.ENOSPC, "full")
        return real(handle, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(Unwritten, match="The disk is full"):
            append_line(file, b"a long second line")
    append_line(file, b"two")
    assert file.read_bytes() == b"one\ntwo\n"


def test_only_what_killed_writers_left_is_swept_away(tmp_path):
    (tmp_path / ".ganstudio-0123.part").write_bytes(b"half")
    (tmp_path / "mine.part").write_bytes(b"mine")
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.part"]


# Files that are written bit by bit.


def test_a_file_written_bit_by_bit_comes_whole(file):
    with replacing(file) as stream:
        stream.write(b"new")
        assert file.read_bytes() == b"good"
        stream.seek(0)
        stream.write(b"N")
    assert file.read_bytes() == b"New"
    assert list(file.parent.iterdir()) == [file]


def test_a_file_written_bit_by_bit_is_flushed_before_it_takes_its_name(file, monkeypatch):
    calls = []

    def flushed(handle, real=os.fsync):
        calls.append(("flushed", os.fstat(handle).st_ino))
        real(handle)

    def renamed(one, other, real=os.replace):
        calls.append(("renamed", Path(one).stat().st_ino))
        real(one, other)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    with replacing(file) as stream:
        stream.write(b"new")
    new = file.stat().st_ino
    assert calls[:2] == [("flushed", new), ("renamed", new)]
    assert ("flushed", file.parent.stat().st_ino) in calls[2:] or os.name == "nt"


@pytest.mark.parametrize("fault", [ValueError("no"), KeyboardInterrupt(), GeneratorExit()])
def test_whoever_gives_up_in_the_middle_leaves_the_old_file_and_no_part(file, fault):
    with pytest.raises(type(fault)), replacing(file) as stream:  # noqa: PT012  It is about the middle.
        stream.write(b"new")
        raise fault
    assert file.read_bytes() == b"good"
    assert list(file.parent.iterdir()) == [file]


def test_a_disk_that_fills_in_the_middle_is_a_sentence(file):
    with pytest.raises(Unwritten, match="The disk is full: model") as told, replacing(file):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert told.value.full
    assert file.read_bytes() == b"good"
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_is_tried_and_nothing_stays_in_it(tmp_path):
    try_folder(tmp_path / "new" / "out")
    assert list((tmp_path / "new" / "out").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    def closed(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(writing, "_write", closed)
    with pytest.raises(Unwritten, match=r"out cannot be written\. Allow writing there, or choose another folder\."):
        try_folder(tmp_path / "out")


def test_a_device_is_no_folder_that_went_away():
    with pytest.raises(Unwritten, match=r"is a file, so that nothing can be written into it\. Choose a folder"):
        write_atomically(Path(os.devnull) / "model", b"x")

"""The cache on disk: whole or not at all, checked, bounded, and gone without harm."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ganstudio.pictures.store import Store, key_of

PICTURE = np.arange(3 * 8 * 9, dtype=np.uint8).reshape(3, 8, 9)
BYTES = 20 + PICTURE.nbytes


def keys(count):
    return [f"{number:032x}" for number in range(count)]


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_kept_is_found_again_by_another(tmp_path):
    assert Store(tmp_path).keep("ab12", PICTURE)
    store = Store(tmp_path)
    assert np.array_equal(store.load("ab12"), PICTURE)
    assert np.array_equal(store.look("ab12", PICTURE.shape), PICTURE)
    assert store.load("ab13") is None


@pytest.mark.parametrize("place", [0, 5, 17, 30, 200])
def test_a_flipped_bit_is_noticed(tmp_path, place):
    store = Store(tmp_path)
    store.keep("ab12", PICTURE)
    content = bytearray(store.path("ab12").read_bytes())
    content[place] ^= 4
    store.path("ab12").write_bytes(content)
    assert store.load("ab12") is None


@pytest.mark.parametrize("length", [0, 10, 20, 100])
def test_a_file_that_is_cut_off_is_an_error_and_no_crash(tmp_path, length):
    store = Store(tmp_path)
    store.keep("ab12", PICTURE)
    os.truncate(store.path("ab12"), length)
    assert store.load("ab12") is None
    with pytest.raises((OSError, ValueError)):
        store.look("ab12", PICTURE.shape)


def test_the_longest_unused_go_when_it_is_full(tmp_path):
    store = Store(tmp_path)
    for age, key in enumerate(keys(6)):
        store.keep(key, PICTURE)
        os.utime(store.path(key), (1000 - age, 1000 - age))
    # Room for six: two new ones take the place of the two longest unused, but for one that was just asked for.
    store = Store(tmp_path, limit=6 * BYTES)
    assert store.load(keys(6)[5]) is not None
    assert store.keep("fe01", PICTURE)
    assert store.keep("fe02", PICTURE)
    there = [store.load(key) is not None for key in [*keys(6), "fe01", "fe02"]]
    assert there == [True, True, True, False, False, True, True, True]


def test_what_was_asked_for_stays_longest(tmp_path):
    store = Store(tmp_path)
    for age, key in enumerate(keys(3)):
        store.keep(key, PICTURE)
        os.utime(store.path(key), (1000 - age, 1000 - age))
    Store(tmp_path).load(keys(3)[2])
    store = Store(tmp_path, limit=3 * BYTES)
    assert store.keep("fe01", PICTURE)
    assert [store.load(key) is not None for key in keys(3)] == [True, False, True]


def test_what_could_not_be_written_takes_no_room(tmp_path):
    store = Store(tmp_path, limit=BYTES)
    blocked = tmp_path / "ab"
    blocked.write_text("no folder")
    assert not store.keep("ab12", PICTURE)
    blocked.unlink()
    assert store.keep("ab12", PICTURE)


def test_what_is_in_use_is_never_deleted_for_more(tmp_path):
    store = Store(tmp_path, limit=2 * BYTES)
    assert [store.keep(key, PICTURE) for key in keys(4)] == [True, True, False, False]
    assert len(files(tmp_path)) == 2


def test_room_is_left_on_the_disk(tmp_path):
    assert not Store(tmp_path / "cache", spare=2**62).keep("ab12", PICTURE)
    assert files(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX")
def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file")
    assert not store.keep("ab12", PICTURE)
    assert store.load("ab12") is None


def test_a_full_disk_leaves_nothing_half(tmp_path):
    """RLIMIT_FSIZE stands for a disk that fills in the middle of a picture."""
    code = (
        "import resource, signal, sys, numpy as np; from pathlib import Path;"
        "from ganstudio.pictures.store import Store;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "store = Store(Path(sys.argv[1]));"
        "print(store.keep('aa', np.zeros((3, 400, 400), np.uint8)), store.keep('bb', np.zeros((3, 50, 50), np.uint8)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
    assert files(tmp_path) == ["bb.pixels"]


def test_what_a_killed_program_left_behind_goes_at_the_next_start(tmp_path):
    (tmp_path / "ab").mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "ab" / f"ab12.{dead.pid}-1.half").write_bytes(b"x")
    ours = tmp_path / "ab" / f"ab34.{os.getpid()}-1.half"
    ours.write_bytes(b"x")
    Store(tmp_path)
    assert files(tmp_path) == [ours.name]


def test_several_threads_keep_the_same_picture(tmp_path):
    store = Store(tmp_path)
    threads = [threading.Thread(target=store.keep, args=("ab12", PICTURE)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(tmp_path) == ["ab12.pixels"]
    assert np.array_equal(store.load("ab12"), PICTURE)


def test_a_key_tells_scales_names_and_states_apart(tmp_path):
    one, other = tmp_path / "a", tmp_path / "b"
    for path in (one, other):
        path.write_bytes(b"same")
        os.utime(path, ns=(5, 5))
    told = {key_of("s", [one]), key_of("t", [one]), key_of("s", [other]), key_of("s", [one, other])}
    os.utime(one, ns=(6, 5))
    assert key_of("s", [one]) in told
    os.utime(one, ns=(6, 6))
    told.add(key_of("s", [one]))
    one.write_bytes(b"longer")
    os.utime(one, ns=(6, 6))
    told.add(key_of("s", [one]))
    assert len(told) == 6
    with pytest.raises(OSError, match="nowhere"):
        key_of("s", [Path(tmp_path / "nowhere")])

import errno
import os
import tarfile
import time

import pytest

from ganstudio.pictures.shards import unpacking
from ganstudio.pictures.shards.unpacking import room, unpack, unpack_some
from ganstudio.runs.locks import HOLDER
from ganstudio.runs.writing import Unwritten
from ganstudio.words.events import Skipped
from tests.small_shards import add, pack, picture


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


def done(work):
    told = []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            return end.value, {event.path: event.reason for event in told if isinstance(event, Skipped)}


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_pictures_get_the_names_of_their_keys_and_the_time_of_the_shard(tmp_path):
    shard = tmp_path / "s.tar"
    with tarfile.open(shard, "w") as tar:
        add(tar, "trip/one.png", picture(1, 1))
        add(tar, "trip/one.txt", b"red")
        add(tar, "two.a.png", picture(1, 2))
        add(tar, "two.b.png", picture(1, 3))
        add(tar, "notes.json", b"{}")
    names, skipped = done(unpack(shard, tmp_path / "out"))
    assert below(tmp_path / "out") == ["trip/one.png", "two.png"]
    assert (tmp_path / "out" / "two.png").read_bytes() == picture(1, 2)
    assert {path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.png")} == {shard.stat().st_mtime_ns}
    assert names[str(tmp_path / "out" / "two.png")] == shard / "two.a.png"
    assert skipped == {}


def test_a_name_that_leads_elsewhere_is_named_and_not_written(tmp_path):
    shard = tmp_path / "s.tar"
    with tarfile.open(shard, "w") as tar:
        add(tar, "../out.png", picture(1, 1))
        add(tar, "/tmp/out.png", picture(1, 1))
        add(tar, "fine.png", picture(1, 1))
    _, skipped = done(unpack(shard, tmp_path / "in" / "deep"))
    assert below(tmp_path / "in") == ["deep/fine.png"]
    assert len(skipped) == 2
    assert all("leads out of the shard" in reason for reason in skipped.values())


def test_a_shard_that_is_cut_off_gives_what_it_has(tmp_path):
    (shard,) = pack(tmp_path, 1, 4)
    shard.write_bytes(shard.read_bytes()[:2500])
    names, skipped = done(unpack(shard, tmp_path / "out"))
    assert len(names) == 2
    assert "cut off" in skipped[str(shard)]


def test_some_are_as_many_from_each_shard(tmp_path):
    shards = pack(tmp_path / "s", 3, 4)
    names, _ = done(unpack_some(shards, tmp_path / "out", 7))
    assert (
        sorted(path.parent.name for path in names.values()) == ["s-000.tar"] * 3 + ["s-001.tar"] * 2 + ["s-002.tar"] * 2
    )


def test_those_of_one_key_in_two_sets_are_no_pair_and_classes_are_folders(tmp_path):
    pack(tmp_path / "s", 1, 2, classes="c{number}", captions="red")
    pack(tmp_path / "t", 1, 2)
    for name in "st":
        done(unpack_some([tmp_path / name / "s-000.tar"], tmp_path / "out" / name, 9))
    one, other = (set(below(tmp_path / "out" / name)) for name in "st")
    assert len(one) == len(other) == 2
    assert not one & other
    done(unpack_some([tmp_path / "s" / "s-000.tar"], tmp_path / "told", 9, told=True))
    assert below(tmp_path / "told") == [f"c{n}/0000000{n}.{kind}" for n in range(2) for kind in ("png", "txt")]


def test_numbered_classes_have_the_names_of_the_list_beside_the_shards(tmp_path):
    (shard,) = pack(tmp_path / "s", 1, 3, classes="0{number}")
    (tmp_path / "s" / "classes.txt").write_text("cat\ndog\n")
    done(unpack(shard, tmp_path / "told", told=True))
    assert below(tmp_path / "told") == ["2/00000002.png", "cat/00000000.png", "dog/00000001.png"]


def test_a_picture_whose_caption_is_no_text_is_not_left_behind(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as tar:
        add(tar, "one.png", picture(1, 1))
        add(tar, "one.txt", b"\xff\xfe")
    written, skipped = done(unpack(tmp_path / "s.tar", tmp_path / "out", told=True))
    assert (written, below(tmp_path)) == ({}, ["s.tar"])
    assert list(skipped) == [str(tmp_path / "s.tar" / "one.png")]


def test_what_is_not_wanted_is_not_read_and_takes_part_in_the_names(tmp_path):
    shard = tmp_path / "s.tar"
    with tarfile.open(shard, "w") as tar:
        for key in ("a", "b", "a", "b"):
            add(tar, f"{key}.png", picture(1, ord(key)))
        add(tar, "../x.png", picture(1, 1))
        add(tar, "c.png", b"c" * 1000)
    data = shard.read_bytes()
    shard.write_bytes(data[: data.index(b"c" * 1000) + 500])
    whole, faults = done(unpack(shard, tmp_path / "whole"))
    names = below(tmp_path / "whole")
    assert names == ["a 2.png", "a.png", "b 2.png", "b.png"]
    assert len(faults) == 3
    told = {}
    for number, one in enumerate(names):
        alone, skipped = done(unpack(shard, tmp_path / one, wanted=lambda name, one=one: str(name) == one))
        assert below(tmp_path / one) == [one]
        assert (tmp_path / one / one).read_bytes() == (tmp_path / "whole" / one).read_bytes()
        assert list(alone.values()) == [whole[str(tmp_path / "whole" / one)]]
        assert skipped == {}, number
    for one in ("c.png", str(shard), str(shard / "../x.png")):
        _, skipped = done(unpack(shard, tmp_path / "none", wanted=lambda name, one=one: str(name) == one))
        assert len(skipped) == 1
        told |= skipped
    assert told == faults


def test_their_room_goes_with_them(tmp_path):
    with room() as place:
        (place / "a.png").write_bytes(b"")
    assert not place.exists()
    assert not list((tmp_path / "cache" / "shards").iterdir())


def test_rooms_that_killed_programs_left_go_with_the_next_one(tmp_path):
    home = tmp_path / "cache" / "shards"
    new, killed, unlocked, ancient = (home / f"unpacked-{number}" for number in range(4))
    with room() as place:  # Nobody else has it, and it lives.
        for left, age in ((new, 0), (killed, 1000), (unlocked, 1000), (ancient, 90_000), (place.parent, 90_000)):
            left.mkdir(parents=True, exist_ok=True)
            if left in {new, killed}:
                (left / HOLDER).touch()
            os.utime(left, (time.time() - age,) * 2)
        with room():
            assert [left.exists() for left in (new, killed, unlocked, ancient, place)] == [
                True,
                False,
                True,
                False,
                True,
            ]


def test_a_disk_without_locks_will_do(tmp_path, monkeypatch):
    def refuse(*_):
        raise Unwritten(tmp_path, OSError(errno.ENOLCK, "No locks available"))

    monkeypatch.setattr(unpacking.locks, "held", refuse)
    with room() as place:
        assert place.is_dir()

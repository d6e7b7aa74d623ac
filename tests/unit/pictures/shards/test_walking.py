import contextlib
import io
import random
import tarfile

import pytest
import webdataset

from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards import walking
from ganstudio.pictures.shards.walking import read, text, walk
from tests.small_shards import add, pack, picture


def tar_of(**members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in members.items():
            add(tar, name, data)
    return stream


def test_members_of_one_name_are_one_sample_with_places_of_their_bytes():
    file = tar_of(**{"./a/1.jpg": b"one", "./a/1.cls": b"7\n", "./a/2.JPG": b"two", "2.txt": b"x"})
    samples = list(walk(file))
    assert [(sample.name, sample.number, sorted(sample.members)) for sample in samples] == [
        ("./a/1", 0, ["cls", "jpg"]),
        ("./a/2", 1, ["jpg"]),
        ("2", 2, ["txt"]),
    ]
    assert read(file, samples[1].members["jpg"]) == b"two"
    assert text(file, samples[0], "cls") == "7"
    assert [sample.picture for sample in samples] == ["jpg", "jpg", None]


def test_a_walk_may_begin_at_any_sample(tmp_path):
    (shard,) = pack(tmp_path, 1, 5, classes="{number}")
    with shard.open("rb") as file:
        all_of_it = list(walk(file))
        for sample in all_of_it:
            assert list(walk(file, sample.start, sample.number)) == all_of_it[sample.number :]


def test_long_names_and_what_is_no_sample_are_read_as_webdataset_does():
    long = "folder/" + "x" * 200
    file = tar_of(**{f"{long}.jpg": b"1", "__notes__/a.jpg": b"", "a/__MACOSX/b.jpg": b"", ".hidden": b"", "none": b""})
    assert [sample.name for sample in walk(file)] == [long]
    (sample,) = walk(file)
    assert list(walk(file, sample.start)) == [sample]


def test_links_and_devices_and_sparse_files_are_passed_over():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, kind in (("a.jpg", tarfile.SYMTYPE), ("b.jpg", tarfile.LNKTYPE), ("c.jpg", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        info = tarfile.TarInfo("sparse.jpg")
        info.size, info.pax_headers = 5, {"GNU.sparse.map": "0,5", "GNU.sparse.size": "5000000000"}
        tar.addfile(info, io.BytesIO(b"bytes"))
        add(tar, "d.jpg", b"plain")
    assert [sample.name for sample in walk(stream)] == ["d"]


def of_all_kinds(form):
    """A tar with what a header can hold: long names, times with fractions, folders, links, names that are no ASCII."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        names = ("a", "b" * 99, "c" * 100, "folder/" * 20 + "d", "é" * 49, "é" * 80, "folder/" * 12 + "e" * 30)
        for number, name in enumerate(names):
            for time in (0, 1.25):
                info = tarfile.TarInfo(f"{name}{int(time)}.jpg")
                info.size, info.mtime, info.uname = 700 * number, time, "é" * number
                with contextlib.suppress(ValueError):  # Not all names can be told in the oldest form.
                    tar.addfile(info, io.BytesIO(bytes(info.size)))
        for name, kind in (("f/", tarfile.DIRTYPE), ("g.jpg", tarfile.AREGTYPE), ("h.jpg", tarfile.CONTTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            tar.addfile(info)
        add(tar, "i.jpg", b"last")
    return stream


def found_by_library(file, start=0):
    file.seek(start)
    with tarfile.TarFile(fileobj=file) as tar:
        return [(info.name, info.offset, info.offset_data, info.size) for info in tar if info.isreg()]


def found_here(file, start=0):
    members = [(sample, *each) for sample in walk(file, start) for each in sample.members.items()]
    return [(f"{sample.name}.{ending}", at.start, at.offset, at.size) for sample, ending, at in members]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_headers_of_every_kind_are_read_as_the_library_does(form):
    file = of_all_kinds(form)
    expected = found_by_library(file)
    assert found_here(file) == expected
    for _, start, *_ in expected:
        assert found_here(file, start) == found_by_library(file, start)


def test_shards_of_webdataset_are_read_without_the_library(monkeypatch):
    stream = io.BytesIO()
    with webdataset.TarWriter(stream) as writer:
        for number in range(4):
            writer.write({"__key__": f"{number:06}", "jpg": bytes(number), "cls": str(number)})
    asked = []
    whole = walking._any
    monkeypatch.setattr(walking, "_any", lambda file, at: asked.append(at) or whole(file, at))
    assert found_here(stream) == found_by_library(stream)
    assert len(asked) == 1, "only the end is looked at twice"


def up_to_the_fault(data):
    try:
        yield from walk(io.BytesIO(data))
    except Unreadable as reason:
        yield str(reason)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_damaged_header_is_never_taken_for_a_whole_one(form, monkeypatch):
    chance, whole = random.Random(0), of_all_kinds(form).getvalue()
    begins = [start for _, start, *_ in found_by_library(io.BytesIO(whole))]
    damaged = []
    for _ in range(60):
        data = bytearray(whole)
        data[chance.choice(begins) + chance.randrange(512)] ^= 1 << chance.randrange(8)
        damaged.append(bytes(data[: chance.choice((len(data), chance.randrange(len(data))))]))
    here = [list(up_to_the_fault(data)) for data in damaged]
    monkeypatch.setattr(walking, "_usual", lambda *_: None)
    assert [list(up_to_the_fault(data)) for data in damaged] == here


def collect(file, found):
    for sample in walk(file):
        found.append(sample)
        read(file, sample.members["png"])


def test_a_shard_that_is_cut_off_gives_what_is_whole_and_says_so(tmp_path):
    (shard,) = pack(tmp_path, 1, 5)
    whole = shard.read_bytes()
    with shard.open("rb") as file:
        third = list(walk(file))[2]
    shard.write_bytes(whole[: third.members["png"].offset + 20])
    found = []
    with shard.open("rb") as file, pytest.raises(Unreadable, match="cut off"):
        collect(file, found)
    assert [sample.number for sample in found] == [0, 1, 2]


@pytest.mark.parametrize("length", [3072 - 1000, 3072, 3072 + 100, 3072 + 512 + 100])
def test_that_the_last_bytes_are_missing_shows_before_they_are_read(length):
    whole = tar_of(**{"1.jpg": b"x" * 2000, "2.jpg": b"x" * 2000}).getvalue()
    assert whole[2560:2565] == b"2.jpg"
    with pytest.raises(Unreadable, match="cut off"):
        list(walk(io.BytesIO(whole[:length])))


def test_rubbish_in_the_middle_is_told_and_not_taken_for_the_end(tmp_path):
    (shard,) = pack(tmp_path, 1, 5)
    data = bytearray(shard.read_bytes())
    with shard.open("rb") as file:
        third = list(walk(file))[2]
    data[third.start : third.start + 512] = b"rubbish!" * 64
    shard.write_bytes(data)
    found = []
    with shard.open("rb") as file, pytest.raises(Unreadable, match="damaged"):
        collect(file, found)
    assert [sample.number for sample in found] == [0, 1]


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"PK\x03\x04" + b"x" * 2000, "not a tar"), (b"x", "tar|cut")]
)
def test_what_is_no_tar_is_named(data, said):
    with pytest.raises(Unreadable, match=said):
        list(walk(io.BytesIO(data)))


def test_a_member_that_is_too_large_is_refused():
    file = tar_of(**{"a.jpg": b"x" * 2000})
    (sample,) = walk(file)
    with pytest.raises(Unreadable, match="too long"):
        read(file, sample.members["jpg"], 1000)
    huge = walking.Member(512, walking.PICTURE_LIMIT + 1, 0)
    with pytest.raises(Unreadable, match="larger than 256 MB"):
        read(file, huge)


def test_names_that_lead_out_of_the_folder_are_names_and_nothing_is_written(tmp_path):
    file = tar_of(**{"../../evil.jpg": picture(1, 1), "/tmp/evil.jpg": picture(1, 1)})
    assert [sample.name for sample in walk(file)] == ["../../evil", "/tmp/evil"]
    assert not list(tmp_path.rglob("*"))

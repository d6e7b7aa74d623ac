import io
import os
import shutil
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ganstudio.pictures import archive as archives
from ganstudio.pictures import folders
from ganstudio.pictures.archive import is_archive, top_folders, unpack, unpacked
from ganstudio.pictures.names import LONGEST, Names, parts_of
from ganstudio.words.events import Progress, Skipped


def png(colour="teal"):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


PNG = png()


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def zipped(path, *members, **more):
    """A zip of names, or of (name or ZipInfo, content)."""
    with zipfile.ZipFile(path, "w", **more) as made:
        for member in members:
            name, content = member if isinstance(member, tuple) else (member, PNG)
            made.writestr(name, content)
    return path


def done(job):
    skipped, progress = {}, []
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value, skipped, progress
        if isinstance(event, Skipped):
            skipped[event.path] = event.reason
        else:
            assert isinstance(event, Progress)
            progress.append(event)


def files(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name[0] != "."
    )


def test_pictures_and_captions_come_out_and_nothing_else(tmp_path):
    source = zipped(
        tmp_path / "cats.zip",
        "1.png",
        ("1.txt", "a cat"),
        "more/2.jpg",
        "__MACOSX/._1.png",
        ".hidden/3.png",
        "Thumbs.db",
        ("notes.json", "{}"),
        ("readme.md", "x"),
        ("film.mp4", b"\0\0\0\x20ftypisom"),
        ("download", PNG),
        ("inner.zip", PNG),
        ("empty/", ""),
    )
    folder, skipped, progress = done(unpack(source, tmp_path / "pictures"))
    assert folder == tmp_path / "pictures" / "cats"
    assert files(folder) == ["1.png", "1.txt", "download", "more/2.jpg"]
    assert set(skipped) == {f"{source}/film.mp4", f"{source}/inner.zip"}
    assert "archive inside" in skipped[f"{source}/inner.zip"]
    assert (progress[-1].done, progress[-1].total) == (5, 5)
    assert [entry for entry in folders.find([folder]) if isinstance(entry, Skipped)] == []


def test_a_zip_is_unpacked_once_and_another_of_its_name_beside_it(tmp_path):
    source, into = zipped(tmp_path / "cats.zip", "1.png"), tmp_path / "pictures"
    folder, _, _ = done(unpack(source, into))
    before = (folder / "1.png").stat().st_mtime_ns
    again, _, progress = done(unpack(source, into))
    assert (again, progress, (folder / "1.png").stat().st_mtime_ns) == (folder, [], before)
    zipped(source, "1.png", "2.png")
    other, _, _ = done(unpack(source, into))
    assert other == into / "cats 2"
    assert files(other) == ["1.png", "2.png"]
    zipped(source, "3.png", "4.png")  # Of the same size.
    os.utime(source, (1_000_000_000, 1_000_000_000))
    assert files(done(unpack(source, into))[0]) == ["3.png", "4.png"]
    (into / "dogs").mkdir()
    assert done(unpack(zipped(tmp_path / "dogs.zip", "1.png"), into))[0] == into / "dogs 2"


def test_left_in_the_middle_it_leaves_nothing(tmp_path):
    source = zipped(tmp_path / "cats.zip", *(f"{n}.png" for n in range(9)))
    going = unpack(source, tmp_path / "pictures")
    for _ in range(4):
        next(going)
    assert list((tmp_path / "pictures").rglob("*.png"))
    going.close()
    assert list((tmp_path / "pictures").iterdir()) == []
    # What a kill left behind is cleared by the next one.
    (tmp_path / "pictures" / ".cats.unpacking").mkdir()
    (tmp_path / "pictures" / ".cats.unpacking" / "0.png").write_bytes(b"half")
    folder, _, _ = done(unpack(source, tmp_path / "pictures"))
    assert list((tmp_path / "pictures").iterdir()) == [folder]


def test_folders_that_hold_everything_are_not_kept(tmp_path):
    source = zipped(tmp_path / "pets.zip", "pets/all/cats/1.png", "pets/all/dogs/1.png", ("pets/readme.txt", "hello"))
    assert files(done(unpack(source, tmp_path / "p"))[0]) == [
        "cats/1.png",
        "dogs/1.png",
    ]
    assert top_folders(source) == ("cats", "dogs")
    assert top_folders(zipped(tmp_path / "one.zip", "cats/1.png", "cats/2.png")) == ()
    assert top_folders(zipped(tmp_path / "two.zip", "A/1.png", "B/x/2.png")) == ("A", "B")
    assert top_folders(zipped(tmp_path / "mixed.zip", "A/1.png", "2.png")) == ()


# Names.

OUTSIDE = [
    "../1.png",
    "a/../../1.png",
    "/etc/1.png",
    "//server/share/1.png",
    "\\\\server\\share\\1.png",
    "C:\\1.png",
    "c:1.png",
    "..\\..\\1.png",
    "a/..\\../1.png",
    "a\0/../1.png",
    "/".join("d" * 100) + "/1.png",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_outside(tmp_path, name):
    info = zipfile.ZipInfo("x")
    info.filename = name
    source = zipped(tmp_path / "bad.zip", "good.png", (info, PNG))
    folder, skipped, _ = done(unpack(source, tmp_path / "pictures"))
    assert files(folder) == ["good.png"]
    assert len(skipped) == 1
    assert "leads out" in next(iter(skipped.values()))
    assert {path.name for path in tmp_path.iterdir()} == {"bad.zip", "pictures"}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["..", ".", "a", "/", "\\", "C:", "con.png", " ", "\0"])).map("".join)
)
def test_every_name_stays_below_its_folder(name):
    parts = parts_of(name)
    if parts is None:
        return
    place = Names().give(parts)
    assert not place.is_absolute()
    assert os.path.normpath(Path("/folder", *place.parts)).startswith("/folder/")
    for part in place.parts:
        assert part not in {"", ".", ".."}
        assert len(part.encode()) <= 255
        assert not set(part) & set('/\\<>:"|?*\0\n')
        assert not part.endswith((" ", "."))
        assert part.split(".")[0].rstrip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(["a", "A", "b", "a 2", "é", "e\u0301"]), min_size=1, max_size=3), max_size=20))
def test_no_two_files_get_one_name(names):
    given_out = Names()
    places = [given_out.give(parts) for parts in names]
    keys = {archives_key(place) for place in places}
    assert len(keys) == len(places)
    above = {archives_key(parent) for place in places for parent in place.parents}
    assert not keys & above


def archives_key(place):
    return unicodedata.normalize("NFC", str(place)).casefold()


def test_odd_names_survive(tmp_path):
    long = "ü" * 200 + ".png"
    names = [
        "🌲.png",
        "\u202egnp.exe.png",
        "two\nlines.png",
        "CON.png",
        "a<b>.png",
        "end. /x.png",
        long,
        "A.png",
        "a.png",
    ]
    folder, skipped, _ = done(unpack(zipped(tmp_path / "odd.zip", *names), tmp_path / "p"))
    found = files(folder)
    assert len(found) == len(names)
    assert skipped == {}
    assert {"🌲.png", "\u202egnp.exe.png", "two_lines.png", "_CON.png", "a_b_.png", "A.png", "a 2.png"} <= set(found)
    shortened = next(name for name in found if name.startswith("üü"))
    assert shortened.endswith(".png")
    assert len(shortened.encode()) <= LONGEST


def test_names_that_are_not_utf_8_survive(tmp_path):
    source = zipped(tmp_path / "old.zip", "caf1.png", "caf2.png")
    raw = source.read_bytes().replace(b"caf1", b"caf\xe9").replace(b"caf2", b"c\xc3\xa92")
    source.write_bytes(raw)
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == sorted(["cafΘ.png", "cé2.png"])
    assert skipped == {}


def test_the_same_name_twice_is_two_files(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = zipped(tmp_path / "twice.zip", ("1.png", png("red")), ("1.png", png("blue")), "1.png/2.png")
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["1 2.png", "1 3.png/2.png", "1.png"]
    assert skipped == {}
    assert {Image.open(path).getpixel((0, 0)) for path in folder.rglob("1*.png") if path.is_file()} == {
        (255, 0, 0),
        (0, 0, 255),
    }


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_are_no_files(tmp_path, kind):
    info = zipfile.ZipInfo("link.png")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    folder, skipped, _ = done(unpack(zipped(tmp_path / "l.zip", "1.png", (info, "/etc/passwd")), tmp_path / "p"))
    assert files(folder) == ["1.png"]
    assert "link or a device" in skipped[f"{tmp_path / 'l.zip'}/link.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_nothing_unpacked_can_be_run(tmp_path):
    info = zipfile.ZipInfo("1.png")
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | 0o6777) << 16
    folder, _, _ = done(unpack(zipped(tmp_path / "x.zip", (info, PNG)), tmp_path / "p"))
    assert not (folder / "1.png").stat().st_mode & 0o7111


# Bombs and damage.


def refused(source, tmp_path, match):
    with pytest.raises(ValueError, match=match):
        done(unpack(source, tmp_path / "p"))
    assert not (tmp_path / "p").exists() or list((tmp_path / "p").iterdir()) == []


def test_what_grows_beyond_measure_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_UNSUSPICIOUS", 1 << 20)
    source = zipped(tmp_path / "b.zip", ("1.bmp", bytes(1 << 24)), compression=zipfile.ZIP_DEFLATED)
    refused(source, tmp_path, "would grow to .* times its size")


def test_what_would_fill_the_disk_is_refused(tmp_path, monkeypatch):
    source = zipped(tmp_path / "b.zip", "1.png")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 9, archives.SPARE + len(PNG) - 1))
    refused(source, tmp_path, "b.zip needs .* Make room first")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 9, archives.SPARE + len(PNG)))
    assert files(done(unpack(source, tmp_path / "p"))[0]) == ["1.png"]


def test_a_large_member_is_named_and_the_rest_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "BYTE_LIMIT", 2**30)
    source = zipped(tmp_path / "b.zip", "1.png", "2.png")
    raw = source.read_bytes()
    at = raw.rindex(b"PK\1\2")
    source.write_bytes(raw[: at + 24] + struct.pack("<I", 2**30 + 1) + raw[at + 28 :])
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["1.png"]
    assert "larger than 1 GB" in skipped[f"{source}/2.png"]


def test_a_member_that_lies_about_its_size_is_never_written_beyond_it(tmp_path):
    source = zipped(tmp_path / "b.zip", "1.png", ("2.bmp", bytes(1 << 22)), compression=zipfile.ZIP_DEFLATED)
    raw = bytearray(source.read_bytes())
    at = raw.rindex(b"PK\1\2")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    source.write_bytes(raw)
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["1.png"]
    assert skipped == {f"{source}/2.bmp": "The zip is damaged here."}


def test_a_zip_that_lost_its_beginning_gives_what_is_left(tmp_path):
    source = zipped(tmp_path / "b.zip", "1.png", "2.png")
    source.write_bytes(source.read_bytes()[7:])
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["2.png"]
    assert skipped == {f"{source}/1.png": "The zip is damaged here."}


def test_a_member_without_a_name_is_named_by_its_zip(tmp_path):
    source = zipped(tmp_path / "b.zip", "1.png", "2.png")
    raw = bytearray(source.read_bytes())
    at = raw.rindex(b"PK\1\2")
    raw[at + 28 : at + 34] = struct.pack("<HHH", 0, 0, 5)  # Its five letters are a comment now.
    source.write_bytes(raw)
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["1.png"]
    assert list(skipped) == [f"{source}/"]


def test_members_that_overlap_are_refused(tmp_path):
    """Fifield's way to petabytes: many entries for the same bytes."""
    source = zipped(tmp_path / "b.zip", ("1.png", os.urandom(5000)))
    raw = source.read_bytes()
    start, end = raw.index(b"PK\1\2"), raw.rindex(b"PK\5\6")
    entry = raw[start:end]
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 50, 50, 50 * len(entry), start, 0)
    source.write_bytes(raw[:start] + entry * 50 + tail)
    refused(source, tmp_path, "overlap|damaged")


def test_too_many_members_are_refused_before_they_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 20)
    source = zipped(tmp_path / "b.zip", *(f"{n:04d}.png" for n in range(21)))
    refused(source, tmp_path, "too many files; at most 20")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with zipfile_of_many(tmp_path / "c.zip") as many:
        refused(many, tmp_path, "too many files; at most 20")


class zipfile_of_many:  # noqa: N801 - used like a function.
    """The end of a zip that declares a long list, also in the way of large zips."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 9, 9, 10_000, 0)
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
        self.path.write_bytes(large + locator + end)
        return self.path

    def __exit__(self, *_):
        self.path.unlink()


def test_a_small_drawing_may_be_packed_very_tightly(tmp_path):
    flat = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(flat, "BMP")
    source = zipped(tmp_path / "b.zip", ("1.bmp", flat.getvalue()), compression=zipfile.ZIP_DEFLATED)
    assert len(flat.getvalue()) > archives.MOST_RATIO * source.stat().st_size
    assert files(done(unpack(source, tmp_path / "p"))[0]) == ["1.bmp"]


def test_a_zip_in_the_way_of_large_ones_is_read(tmp_path):
    source = zipped(tmp_path / "b.zip", "1.png")
    data = source.read_bytes()
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, end - start, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    source.write_bytes(data[:end] + large + locator + tail)
    assert files(done(unpack(source, tmp_path / "p"))[0]) == ["1.png"]


def test_captions_alone_are_no_pictures(tmp_path):
    source = zipped(tmp_path / "b.zip", "1.png", ("1.txt", "a cat"))
    source.write_bytes(source.read_bytes().replace(PNG, bytes(len(PNG))))
    refused(source, tmp_path, r"No picture in b\.zip can be unpacked")


def test_packed_in_a_way_that_takes_any_memory_is_named(tmp_path):
    source = zipped(tmp_path / "b.zip", ("2.png", bytes(1 << 20)), compression=zipfile.ZIP_LZMA)
    with zipfile.ZipFile(source, "a") as more:
        more.writestr("1.png", PNG)
    folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    assert files(folder) == ["1.png"]
    assert "packed in a way" in skipped[f"{source}/2.png"]


@pytest.mark.parametrize("flags", [0x01, 0x40])
def test_a_password_is_named(tmp_path, flags):
    source = zipped(tmp_path / "b.zip", "1.png")
    raw = bytearray(source.read_bytes())
    raw[6] |= flags
    raw[raw.index(b"PK\1\2") + 8] |= flags
    source.write_bytes(raw)
    refused(source, tmp_path, r"b\.zip is protected by a password")


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"<html>no", b"PK\5\6" + bytes(17), os.urandom(3000)])
def test_what_is_no_zip_is_a_sentence(tmp_path, content):
    source = tmp_path / "b.zip"
    source.write_bytes(content)
    refused(source, tmp_path, r"b\.zip is no zip file")
    with pytest.raises(ValueError, match=r"b\.zip is no zip file"):
        top_folders(source)


def test_no_picture_in_it_is_a_sentence(tmp_path):
    refused(zipped(tmp_path / "b.zip", ("1.txt", "x"), ("2.json", "x")), tmp_path, r"b\.zip holds no pictures")
    refused(zipped(tmp_path / "b.zip", ("run.exe", b"MZ")), tmp_path, r"No picture in b\.zip can be unpacked")
    refused(tmp_path / "gone.zip", tmp_path, "not there any more")


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_damage_anywhere_is_named_and_never_fatal(tmp_path, place):
    source = zipped(tmp_path / "b.zip", "1.png", "2.png", compression=zipfile.ZIP_DEFLATED)
    raw = bytearray(source.read_bytes())
    raw[place % len(raw)] ^= 0x5A
    source.write_bytes(raw)
    try:
        folder, skipped, _ = done(unpack(source, tmp_path / "p"))
    except ValueError as error:
        assert "b.zip" in str(error)  # noqa: PT017 - it may as well be fine.
        assert not (tmp_path / "p").exists() or list((tmp_path / "p").iterdir()) == []
    else:
        assert len(files(folder)) + len(skipped) <= 2
        assert all((folder / name).stat().st_size <= len(PNG) for name in files(folder))
    assert {path.name for path in tmp_path.iterdir()} <= {"b.zip", "p"}


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    source = zipped(tmp_path / "b.zip", "1.png", "2.png")

    def fail(*_):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(archives, "_copied", fail)
    with pytest.raises(OSError, match="No space"):
        done(unpack(source, tmp_path / "p"))
    assert list((tmp_path / "p").iterdir()) == []


def test_zips_among_sources_are_replaced_by_their_folders(tmp_path):
    (tmp_path / "plain").mkdir()
    source = zipped(tmp_path / "cats.ZIP", "1.png")
    assert is_archive(source)
    assert not is_archive(tmp_path / "plain")
    places, _, _ = done(unpacked([tmp_path / "plain", source], tmp_path / "p"))
    assert places == [tmp_path / "plain", tmp_path / "p" / "cats"]
    assert PurePosixPath("x") not in places

import os
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from ganstudio.pictures.folders import class_of, find, label_of, listed, natural, split
from ganstudio.pictures.reading import read
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain


def picture(path, size=(8, 6), colour="teal"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def names(found, root):
    return [str(entry.relative_to(root)) for entry in found if isinstance(entry, Path)]


def skipped(found):
    return {Path(entry.path).name: entry.reason for entry in found if isinstance(entry, Skipped)}


def test_files_come_in_natural_order_before_subfolders(tmp_path):
    for name in ("b10.png", "B2.png", "a/9.png", "a/10.png", "c.jpg", "2/x.png", "10/x.png"):
        picture(tmp_path / name)
    assert names(find([tmp_path]), tmp_path) == [
        "B2.png",
        "b10.png",
        "c.jpg",
        *(str(Path(name)) for name in ("2/x.png", "10/x.png", "a/9.png", "a/10.png")),
    ]


def test_natural_keys_compare_whatever_the_names():
    hard = ["", "1", "a", "1a", "a1", "²", "٣", "a1b2", "A", "-rf.png", "caf\udce9.png", "9" * 200]
    assert sorted(hard, key=natural)[:1] == [""]
    assert natural("img2") < natural("img10") < natural("IMG11")


def test_hidden_things_and_companions_are_passed_over_in_silence(tmp_path):
    picture(tmp_path / "a.png")
    for name in (".b.png", ".hidden/c.png", "__MACOSX/d.png", "sub/.e.png"):
        picture(tmp_path / name)
    (tmp_path / "a.txt").write_text("a caption")
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    assert list(find([tmp_path])) == [tmp_path / "a.png"]


def test_a_hidden_folder_that_was_given_is_read(tmp_path):
    inside = picture(tmp_path / ".mine" / "a.png")
    assert list(find([tmp_path / ".mine"])) == [inside]


def test_a_picture_without_its_suffix_is_found_and_a_stranger_named(tmp_path):
    picture(tmp_path / "a.png").rename(tmp_path / "download")
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    (tmp_path / "layers.psd").write_bytes(b"8BPS\0\1")
    found = list(find([tmp_path]))
    assert names(found, tmp_path) == ["download"]
    assert set(skipped(found)) == {"film.mp4", "layers.psd"}
    assert "Photoshop" in skipped(found)["layers.psd"]


def test_each_file_comes_once(tmp_path):
    one = picture(tmp_path / "a" / "1.png")
    assert list(find([tmp_path, tmp_path / "a", one, one])) == [one]


def test_links_are_followed_and_loops_are_not(tmp_path):
    outside = picture(tmp_path / "elsewhere" / "1.png")
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "gone.png").symlink_to(tmp_path / "nothing")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "itself.png").symlink_to(folder / "itself.png")
    os.mkfifo(folder / "pipe.png")
    found = list(find([folder]))
    assert [entry.resolve() for entry in found if isinstance(entry, Path)] == [outside]
    reasons = skipped(found)
    assert set(reasons) == {"gone.png", "zero.png", "pipe.png", "itself.png"}
    assert "nowhere" in reasons["gone.png"]
    assert "device" in reasons["zero.png"]
    assert "device" in reasons["pipe.png"]


def test_a_source_that_is_gone_is_named(tmp_path):
    assert skipped(find([tmp_path / "gone"])) == {"gone": "It is not there."}


def test_odd_names_and_deep_folders(tmp_path):
    deep = tmp_path.joinpath(*["d"] * 40)
    wanted = {picture(deep / "a.png")}
    long = ("x" * 251 + ".png", "ü" * 125 + "x.png", "🌲" * 62 + "abc.png")
    assert {len(name.encode()) for name in long} == {255}
    for name in (
        "naïve \u202egnp.png",
        "🌲.png",
        "two\nlines.png",
        "-rf.png",
        "cafe\u0301.png",
        "caf\u00e9.png",
        *long,
    ):
        wanted.add(picture(tmp_path / name))
    raw = os.fsencode(tmp_path) + b"/caf\xe9.png"
    Path(os.fsdecode(raw)).write_bytes((deep / "a.png").read_bytes())
    wanted.add(Path(os.fsdecode(raw)))
    assert set(find([tmp_path])) == wanted
    for path in wanted:
        assert read(path).size == (8, 6)


def test_a_class_is_the_folder_below_the_source(tmp_path):
    source = tmp_path / "pets"
    names = {"cats/1.png": "cats", "cats/more/2.png": "cats", "10/1.png": "10", "loose.png": None}
    assert {name: label_of(source / name, [source]) for name in names} == names
    assert label_of(tmp_path / "x.png", [source]) is None


def test_one_folder_by_two_ways_comes_once(tmp_path):
    inside = picture(tmp_path / "real" / "1.png")
    (tmp_path / "one").symlink_to(tmp_path / "real")
    (tmp_path / "two").symlink_to(tmp_path / "real")
    (tmp_path / "again.png").symlink_to(inside)
    for sources in ([tmp_path], [tmp_path / "one", tmp_path / "two"], [tmp_path / "two" / "1.png", tmp_path / "one"]):
        found = list(find(sources))
        assert [entry.resolve() for entry in found] == [inside]


def test_a_mixed_drop_of_folders_and_files_keeps_its_order(tmp_path):
    loose, other = picture(tmp_path / "z.png"), picture(tmp_path / "a.png")
    inside = picture(tmp_path / "folder" / "1.png")
    (tmp_path / "note.txt").write_text("mine")
    found = list(find([loose, tmp_path / "folder", other, tmp_path / "note.txt", tmp_path / "gone"]))
    assert [entry for entry in found if isinstance(entry, Path)] == [loose, inside, other]
    # Files that were chosen one by one are named whatever they are.
    assert set(skipped(found)) == {"note.txt", "gone"}


# What is held out.


def test_about_five_in_a_hundred_are_held_out_in_order():
    paths = [Path(f"folder/{n:05d}.png") for n in range(4000)]
    train, test = split(paths)
    assert 150 < len(test) < 250
    assert sorted(train + test) == paths
    assert train == sorted(train)
    assert test == sorted(test)


def test_adding_pictures_moves_none(tmp_path):
    paths = [Path(f"{n}.jpg") for n in range(500)]
    _, before = split(paths)
    train, after = split([*paths, *(Path(f"new{n}.jpg") for n in range(300))])
    assert set(before) <= set(after)
    assert not set(train) & set(before)


def test_a_name_goes_the_same_way_in_every_folder():
    a, b = ([Path(f"{side}/{n}.png") for n in range(300)] for side in "ab")
    assert [path.name for path in split(a)[1]] == [path.name for path in split(b)[1]]


def test_a_name_goes_the_same_way_however_its_letters_are_composed():
    composed = [Path(unicodedata.normalize("NFC", f"café {n}.png")) for n in range(300)]
    apart = [Path(unicodedata.normalize("NFD", path.name)) for path in composed]
    held, other = split(composed)[1], split(apart)[1]
    assert [composed.index(path) for path in held] == [apart.index(path) for path in other] != []


@pytest.mark.parametrize("count", range(6))
def test_few_pictures_still_train_and_test(count):
    train, test = split([Path(f"picture {n}.png") for n in range(count)])
    assert len(train) + len(test) == count
    assert len(train) >= min(count, 1)
    assert len(test) >= (1 if count > 1 else 0)


def test_pictures_of_one_name_still_train_and_test():
    for name in ("a.png", "11.png", *(f"{n}.png" for n in range(60))):
        train, test = split([Path(f"{n}/{name}") for n in range(3)])
        assert (len(train), len(test)) == (2, 1)


def test_the_split_is_known():
    """The same on every system, today and tomorrow: a run that goes on must not train on what it held out."""
    _, test = split([Path(f"{n:04d}.png") for n in range(1, 101)])
    assert [path.name for path in test] == ["0019.png", "0048.png", "0051.png", "0074.png", "0078.png"]


# What the artist changed of a domain.


def test_what_was_left_out_is_neither_listed_nor_named(tmp_path):
    for name in ("1.png", "2.png", "sub/3.png"):
        picture(tmp_path / name)
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    left_out = tuple(str(tmp_path / name) for name in ("2.png", "film.mp4", "never was.png"))
    found = list(listed(Domain("things", (str(tmp_path),), excluded=left_out)))
    assert found == [tmp_path / "1.png", tmp_path / "sub" / "3.png"]


def test_leaving_pictures_out_moves_none_between_training_and_test():
    paths = [Path(f"{n}.jpg") for n in range(40)]
    for count in (3, 12, 40):
        train, test = split(paths[:count])
        for gone in train:
            assert split([path for path in paths[:count] if path != gone])[1] == test
        kept, left = split([path for path in paths[:count] if path not in test])
        assert set(kept) | set(left) == set(train)
        assert left


def test_a_class_that_was_given_goes_before_the_folders(tmp_path):
    cat, dog = picture(tmp_path / "cats" / "1.png"), picture(tmp_path / "dogs" / "2.png")
    loose = picture(tmp_path / "3.png")
    given = {str(dog): "cats", str(loose): " foxes ", str(cat): ""}
    edited = Domain("pets", (str(tmp_path),), labels=given)
    assert [class_of(path, edited) for path in (cat, dog, loose)] == [None, "cats", "foxes"]
    plain = Domain("pets", (str(tmp_path),))
    assert [class_of(path, plain) for path in (cat, dog, loose)] == ["cats", "dogs", None]

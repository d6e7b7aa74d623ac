"""Thumbnails on disk: bounded, of the picture as it is now, and never in the way when the disk is."""

import os

import pytest
from PIL import Image

from ganstudio.window import thumbnail_files
from ganstudio.window.thumbnail_files import ThumbnailFiles


@pytest.fixture
def files(tmp_path) -> ThumbnailFiles:
    return ThumbnailFiles(tmp_path / "cache", "32 square")


@pytest.fixture
def picture(draw):
    return next(draw("summer", 1).iterdir())


def small(ink: str) -> Image.Image:
    return Image.new("RGB", (32, 32), ink)


def test_what_is_written_is_read(files, picture):
    place = files.place(picture)
    assert files.read(place) is None
    files.write(place, small("blue"))
    assert files.read(place).size == (32, 32)
    assert files.read(place).getpixel((9, 9))[2] > 240


def test_another_state_of_the_picture_and_another_kind_have_other_places(files, picture, tmp_path):
    before = files.place(picture)
    os.utime(picture, (1, 1))
    assert files.place(picture) != before
    assert ThumbnailFiles(tmp_path / "cache", "64 square").place(picture) != files.place(picture)
    assert files.place(tmp_path / "gone.png") is None


@pytest.mark.parametrize("rubbish", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut"])
def test_a_damaged_file_counts_as_none(files, picture, rubbish):
    place = files.place(picture)
    files.write(place, small("red"))
    place.write_bytes(rubbish)
    assert files.read(place) is None


def test_a_disk_that_takes_nothing_is_borne(files, picture, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    files.write(files.place(picture), small("red"))
    assert files.read(files.place(picture)) is None


def test_those_not_looked_at_for_longest_go_first(files, draw):
    places = [files.place(path) for path in sorted(draw("many", 10).iterdir())]
    for age, place in enumerate(places):
        files.write(place, small("green"))
        os.utime(place, (age, age))
    each = places[0].stat().st_size
    files.prune(10 * each)
    assert all(place.exists() for place in places)
    files.prune(6 * each)
    left = [place for place in places if place.exists()]
    assert left == places[-len(left) :]
    assert len(left) == int(thumbnail_files.KEPT_SHARE * 6)


def test_looking_at_an_old_one_makes_it_young(files, picture):
    place = files.place(picture)
    files.write(place, small("green"))
    os.utime(place, (1, 1))
    files.read(place)
    assert place.stat().st_mtime > 1

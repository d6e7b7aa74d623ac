import os
import sqlite3

import pytest
from PIL import Image

from ganstudio.pictures import health, known
from ganstudio.pictures.looking import look_at
from ganstudio.words.recipe import Domain


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    place = tmp_path_factory.mktemp("caches") / "cache"
    monkeypatch.setenv("GANSTUDIO_CACHE", str(place))
    return place / "looks" / "looks.sqlite"


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    Image.linear_gradient("L").save(path)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def remember(path):
    with known.known() as before:
        before.keep(look_at(path))


def found(path):
    with known.known() as before:
        return before.find(path)


def test_a_look_is_remembered_as_it_was(picture):
    assert found(picture) is None
    remember(picture)
    assert found(picture) == look_at(picture)


def test_a_file_that_changed_is_looked_at_anew(picture):
    remember(picture)
    content = picture.read_bytes()
    picture.write_bytes(content + b"\0")
    os.utime(picture, (1_000_000_000, 1_000_000_000))
    assert found(picture) is None
    picture.write_bytes(content)
    for seconds in (1_000_000_001, 999_999_999):  # An older one was brought back.
        os.utime(picture, (seconds, seconds))
        assert found(picture) is None
    picture.unlink()
    assert found(picture) is None


def test_a_file_written_just_now_is_not_remembered(picture):
    os.utime(picture)
    remember(picture)
    assert found(picture) is None


def test_a_file_that_changed_while_it_was_looked_at_is_not_remembered(picture):
    seen = look_at(picture)
    picture.write_bytes(picture.read_bytes() + b"\0")
    os.utime(picture, (1_000_000_000, 1_000_000_000))
    with known.known() as before:
        before.keep(seen)
    assert found(picture) is None


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000])
def test_a_damaged_cache_is_begun_anew(picture, cache, content):
    cache.parent.mkdir(parents=True)
    cache.write_bytes(content)
    remember(picture)
    assert found(picture) is not None


def test_a_cache_of_another_version_is_begun_anew(picture, cache):
    remember(picture)
    database = sqlite3.connect(cache)
    database.execute("PRAGMA user_version = 99")
    database.close()
    assert found(picture) is None
    remember(picture)
    assert found(picture) is not None


def test_without_a_place_to_write_nothing_is_remembered_and_nothing_fails(picture, cache):
    cache.parent.parent.write_text("a file where the folder should be")
    remember(picture)
    assert found(picture) is None


def test_the_oldest_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(known, "MOST", 3)
    paths = []
    for n in range(5):
        paths.append(tmp_path / f"{n}.png")
        Image.linear_gradient("L").save(paths[-1])
        os.utime(paths[-1], (1_000_000_000, 1_000_000_000))
        remember(paths[-1])
    assert [found(path) is not None for path in paths] == [False, False, True, True, True]


def test_a_second_check_decodes_nothing(picture, monkeypatch):
    def report():
        going = health.check(Domain("pictures", (str(picture.parent),), excluded=()))
        while True:
            try:
                next(going)
            except StopIteration as end:
                return end.value

    first = report()
    monkeypatch.setattr(health, "look_at", None)
    assert report() == first

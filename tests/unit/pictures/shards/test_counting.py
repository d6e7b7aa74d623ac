import pytest

from ganstudio.pictures.shards import counting
from ganstudio.pictures.shards.finding import first_aside, peek
from ganstudio.words.recipe import Domain
from tests.small_shards import pack


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


def result(work, told=None):
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return end.value
        if told is not None:
            told.append(event)


def test_pictures_are_counted_once_and_anew_when_a_shard_changed(tmp_path, monkeypatch):
    folder = tmp_path / "s"
    pack(folder, 3, 4, classes="{shard}", captions="red")
    domain = Domain("s", (str(folder),))
    counted = result(counting.count(domain))
    assert (counted.shards, counted.pictures, counted.exact) == (3, 12, True)
    assert (counted.classes, counted.captions, counted.faults) == (3, 12, 0)
    monkeypatch.setattr(counting, "check", None)
    assert result(counting.count(domain)) == counted
    monkeypatch.undo()
    pack(folder, 1, 6, first=2)
    assert result(counting.count(domain)).pictures == 4 + 4 + 6


def test_what_cannot_be_read_is_told_and_looked_at_again(tmp_path):
    folder = tmp_path / "s"
    shards = pack(folder, 3, 4)
    whole = shards[1].read_bytes()
    shards[1].write_bytes(whole[:2500])
    counted = result(counting.count(Domain("s", (str(folder),))))
    assert (counted.faults, counted.first.path) == (1, str(shards[1]))
    assert "cut off" in counted.first.reason
    shards[1].write_bytes(whole)
    assert result(counting.count(Domain("s", (str(folder),)))).faults == 0


def test_a_peek_shows_the_first_pictures_and_about_how_many_there_are(tmp_path):
    folder = tmp_path / "s"
    shards = pack(folder, 3, 40)
    assert first_aside(shards[0]) is None
    first, packed = result(peek(Domain("s", (str(folder),)), 8))
    assert [path.name for path in first] == [f"{number:06}.png" for number in range(8)]
    assert all(path.is_file() for path in first)
    assert (packed.shards, packed.pictures, packed.exact) == (3, 120, False)
    assert first_aside(shards[0]) == first[0]


def test_shards_of_which_none_can_be_read_say_why(tmp_path):
    folder = tmp_path / "s"
    (shard,) = pack(folder, 1, 1)
    shard.write_bytes(b"no tar, whatever its name says" * 100)
    with pytest.raises(ValueError, match=r"No picture can be read in the shards of s\. s-000\.tar: It is not a tar"):
        result(peek(Domain("s", (str(folder),)), 8))

"""Shards in, folder out: names, what is kept, what is broken, how it stops, and how processes share it.

Told apart instead of translated: each under the name it has there, and as many copies as pictures.
"""

from pathlib import Path

import pytest
from PIL import Image

from ganstudio.engine.translating.sets import classify_sets, translate_sets
from ganstudio.pictures.order import Order
from ganstudio.pictures.shards import unpacking
from ganstudio.pictures.writing.naming import Naming
from ganstudio.words.events import Finished, Made, Progress, Skipped, Stop, Told
from ganstudio.words.ranks import Rank
from ganstudio.words.routes import Route
from tests.small_shards import pack

TO_WINTER = Route("winter", "summer")
CLASSES = Route("class", "a", answers=("dark", "light"), side=8)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def shards(tmp_path):
    return pack(tmp_path / "set", 2, 3, side=20, noisy=True)


@pytest.fixture
def translate(toy, shards, tmp_path):
    """Translate the shards and a picture beside them; the events that count."""
    translator = toy(TO_WINTER)
    loose = tmp_path / "loose.png"
    Image.new("RGB", (20, 20), "red").save(loose)

    def work(**more):
        job = translate_sets(translator, TO_WINTER, [loose, tmp_path / "set"], tmp_path / "out", **more)
        return [event for event in job if isinstance(event, (Made, Skipped, Finished))]

    return work


KEYS = [f"{shard:03}{number:05}" for shard in range(2) for number in range(3)]


def test_pictures_of_shards_come_out_beside_files_under_their_keys(translate, shards, tmp_path):
    events = translate()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"{key}.png" for key in KEYS] + ["loose.png"]
    made = [event.source for event in events if isinstance(event, Made)]
    assert made[1] == str(shards[0] / "00000000.png")
    assert [event for event in events if isinstance(event, Finished)] == [Finished(7)]
    assert not list((tmp_path / "cache" / "shards").iterdir())


def test_asked_again_it_keeps_what_is_there_and_makes_anew_what_was_packed_anew(translate, shards, tmp_path):
    translate()
    assert all(event.kept for event in translate() if isinstance(event, Made))
    pack(tmp_path / "set", 1, 3, side=20, noisy=True, first=1, captions="anew")
    kept = [event.kept for event in translate() if isinstance(event, Made)]
    assert kept == [True] * 4 + [False] * 3


def test_a_broken_shard_is_named_and_the_others_are_translated(translate, shards, tmp_path):
    shards[0].write_bytes(b"no tar, whatever its name says" * 100)
    events = translate()
    assert [event for event in events if isinstance(event, Skipped)] == [
        Skipped(str(shards[0]), "It is not a tar file.")
    ]
    assert events[-1] == Finished(4)


def test_a_stop_ends_it_between_two_pictures(toy, shards, tmp_path):
    job = translate_sets(toy(TO_WINTER), TO_WINTER, shards, tmp_path / "out")
    while not isinstance(next(job), Made):
        pass
    rest = [job.send(Stop()), *job]
    assert isinstance(rest[-1], Finished)
    assert rest[-1].reason == "stopped"
    assert not list((tmp_path / "cache" / "shards").iterdir())


def test_two_processes_take_each_picture_once(translate, tmp_path):
    made = [[event.source for event in translate(rank=Rank(n, 2)) if isinstance(event, Made)] for n in range(2)]
    assert len(made[0]) + len(made[1]) == 7
    assert not set(made[0]) & set(made[1])


def test_a_process_reads_its_own_pictures_alone(translate, monkeypatch):
    read, written = [], []
    reading = unpacking.read
    monkeypatch.setattr(unpacking, "read", lambda *given: read.append(1) or reading(*given))
    for number in range(3):
        written += [Path(event.path).stem for event in translate(rank=Rank(number, 3)) if isinstance(event, Made)]
    assert sorted(written) == [*KEYS, "loose"]
    assert len(read) == len(KEYS)


@pytest.mark.parametrize("name", ["{stem}", "{number}"])
def test_after_a_kill_any_number_of_processes_goes_on_and_what_alone_is_made_comes_out(toy, shards, tmp_path, name):
    order = Order(naming=Naming(name))

    def work(number, count, out="out"):
        return translate_sets(toy(TO_WINTER), TO_WINTER, shards, tmp_path / out, order, rank=Rank(number, count))

    list(work(0, 1, "alone"))
    killed = [work(number, 2) for number in range(2)]
    for job in killed:
        next(event for event in job if isinstance(event, Made))
        job.close()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.png")}
    assert before
    made = [event for number in range(3) for event in work(number, 3) if isinstance(event, Made)]
    assert {event.path for event in made if event.kept} == set(map(str, before))
    assert len({event.source for event in made}) == len(made) == len(KEYS)
    ours, theirs = ({path.name for path in (tmp_path / out).iterdir()} for out in ("out", "alone"))
    assert ours == theirs


def test_what_is_wrong_with_a_shard_is_said_once(translate, shards, tmp_path):
    shards[0].write_bytes(b"no tar, whatever its name says" * 100)
    told = [event for number in range(4) for event in translate(rank=Rank(number, 4)) if isinstance(event, Skipped)]
    assert told == [Skipped(str(shards[0]), "It is not a tar file.")]


def test_nothing_but_broken_shards_is_a_sentence(toy, shards, tmp_path):
    for shard in shards:
        shard.write_bytes(b"")
    with pytest.raises(ValueError, match=r"No picture in .* could be translated \(The shard is empty\)"):
        list(translate_sets(toy(TO_WINTER), TO_WINTER, [tmp_path / "set"], tmp_path / "out"))


def test_how_far_it_is_counts_the_shards_to_come(toy, shards, tmp_path):
    job = translate_sets(toy(TO_WINTER), TO_WINTER, shards, tmp_path / "out")
    seen = [(event.done, event.total) for event in job if isinstance(event, Progress)]
    assert {total for _, total in seen} == {6}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (6, 6)


def test_pictures_of_shards_are_told_apart_under_their_keys_and_sorted(toy, tmp_path):
    for number in range(2):  # Both sets begin with the same keys.
        pack(tmp_path / f"set {number}", 1, 3, side=20, noisy=True)
    Image.new("RGB", (20, 20), "red").save(tmp_path / "loose.png")
    places = [tmp_path / "loose.png", tmp_path / "set 0", tmp_path / "set 1"]
    events = list(classify_sets(toy(CLASSES), CLASSES, places, tmp_path / "out"))
    told = [event for event in events if isinstance(event, Told)]
    assert told[0].source == str(tmp_path / "loose.png")
    assert told[1].source == str(tmp_path / "set 0" / "s-000.tar" / "00000000.png")
    assert told[-1].source == str(tmp_path / "set 1" / "s-000.tar" / "00000002.png")
    assert events[-1] == Finished(7)
    copies = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert sorted(map(str, copies)) == sorted(event.path for event in told)
    assert len(copies) == 7


def test_shards_in_which_nothing_can_be_told_apart_are_a_sentence(toy, shards, tmp_path):
    for shard in shards:
        shard.write_bytes(b"")
    with pytest.raises(ValueError, match=r"No picture in .* could be classified \(The shard is empty\)"):
        list(classify_sets(toy(CLASSES), CLASSES, [tmp_path / "set"]))

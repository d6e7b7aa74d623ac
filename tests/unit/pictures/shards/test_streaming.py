import math
import tarfile
from collections import Counter
from itertools import pairwise

import pytest

from ganstudio.pictures.away import Away
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards import decoding, streaming
from ganstudio.pictures.shards.finding import Found, look
from ganstudio.pictures.shards.streaming import Tap, as_rows, from_rows
from ganstudio.pictures.stock import Scale
from ganstudio.words.recipe import Domain
from tests.small_shards import add, pack, picture


def tap_of(shards, *, held=0, **about):
    return Tap(Found(tuple(shards), 0, exact=False, held=held, **about), Scale(8, margin=1.0))


def drawn(stream, first, last):
    """(shard, picture) of each picture drawn in batches `first` to `last`."""
    batches = [stream.draw(number)[0] for number in range(first, last)]
    return [tuple(one.pixels[:2, 0, 0].tolist()) for batch in batches for one in batch]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(streaming, "BLOCK", 16)
    monkeypatch.setattr(streaming, "LEAST_BLOCK", 3)


@pytest.mark.parametrize(
    ("shards", "pictures", "slots", "count"),
    [(8, 6, 2, 1), (8, 6, 4, 3), (2, 12, 4, 2), (1, 24, 1, 1), (3, 40, 14, 4), (11, 9, 8, 3)],
)
def test_a_pass_of_any_number_of_processes_holds_every_picture_once_and_the_next_one_differs(
    tmp_path, shards, pictures, slots, count
):
    every = {(shard, number) for shard in range(shards) for number in range(pictures)}
    tap = tap_of(pack(tmp_path, shards, pictures))
    bounds = [round(number * slots / count) for number in range(count + 1)]
    streams = [(tap.open(5, slots, range(first, last)), range(first, last)) for first, last in pairwise(bounds)]
    passes = [[], [], []]
    for number in range(3 * len(every)):
        for stream, own in streams:
            batch, behind = stream.draw(number)
            for slot, one in zip(own, batch, strict=True):
                which = behind[stream._lane(slot, number)].part // stream.parts
                passes[min(which, 2)].append(tuple(one.pixels[:2, 0, 0].tolist()))
        if min(stream.places()[lane].part for stream, _ in streams for lane in stream.mine) >= 2 * stream.parts:
            break
    for one in passes[:2]:
        assert Counter(one) == dict.fromkeys(every, 1)
    assert passes[0] != passes[1]


def test_held_out_pictures_are_never_drawn(tmp_path):
    stream = tap_of(pack(tmp_path, 2, 6), held=4).open(0, 1, range(1))
    seen = set(drawn(stream, 0, 40))
    assert seen == {(shard, number) for shard in range(2) for number in range(6)} - {(0, number) for number in range(4)}


@pytest.mark.parametrize("stop", [0, 1, 7, 23, 50])
def test_it_goes_on_from_any_place_as_if_it_had_never_stopped(tmp_path, stop):
    tap = tap_of(pack(tmp_path, 5, 7))
    whole = tap.open(3, 2, range(2))
    expected = drawn(whole, 0, 60)
    first = tap.open(3, 2, range(2))
    before = drawn(first, 0, stop)
    second = tap.open(3, 2, range(2))
    second.seek(from_rows(as_rows(first.places())))
    assert before + drawn(second, stop, 60) == expected


@pytest.mark.parametrize(("slots", "count", "shards"), [(4, 2, 9), (6, 3, 2), (5, 2, 1), (96, 2, 40)])
def test_processes_draw_together_what_one_draws_and_each_reads_its_own_shards(
    tmp_path, slots, count, shards, monkeypatch
):
    tap = tap_of(pack(tmp_path, shards, 6))
    steps = 3 if slots == 96 else 10
    alone = drawn(tap.open(3, slots, range(slots)), 0, steps)
    bounds = [round(number * slots / count) for number in range(count + 1)]
    owns = [range(first, last) for first, last in pairwise(bounds)]
    streams = [tap.open(3, slots, own) for own in owns]
    together = []
    for number in range(steps):
        for stream in streams:
            together += drawn(stream, number, number + 1)
    assert together == alone
    if slots in {4, 96} and shards >= count:
        assert not streams[0].mine & streams[1].mine


def test_a_run_goes_on_with_another_number_of_processes(tmp_path):
    tap = tap_of(pack(tmp_path, 9, 6))
    expected = drawn(tap.open(3, 4, range(4)), 0, 20)
    halves = [tap.open(3, 4, range(2)), tap.open(3, 4, range(2, 4))]
    got = [one for number in range(9) for half in halves for one in drawn(half, number, number + 1)]
    merged = [halves[0 if lane in halves[0].mine else 1].places()[lane] for lane in range(halves[0].lanes)]
    alone = tap.open(3, 4, range(4))
    alone.seek(merged)
    assert got + drawn(alone, 9, 20) == expected


def test_a_batch_that_is_asked_for_again_is_the_same(tmp_path):
    stream = tap_of(pack(tmp_path, 3, 6)).open(3, 2, range(2))
    drawn(stream, 0, 5)
    assert drawn(stream, 5, 6) == drawn(stream, 5, 6)


def test_another_seed_is_another_order(tmp_path):
    tap = tap_of(pack(tmp_path, 3, 6))
    assert drawn(tap.open(3, 1, range(1)), 0, 18) != drawn(tap.open(4, 1, range(1)), 0, 18)


def test_broken_pictures_and_cut_off_shards_are_named_and_passed_over_the_same_each_time(tmp_path):
    shards = pack(tmp_path, 3, 6)
    shards[1].write_bytes(shards[1].read_bytes()[:3500])
    with tarfile.open(shards[2], "w") as tar:
        for number in range(6):
            add(tar, f"{number}.png", picture(2, number) if number != 3 else b"\x89PNG broken")
    tap = tap_of(shards)
    stream = tap.open(3, 1, range(1))
    first = drawn(stream, 0, 40)
    assert (2, 3) not in first
    assert {shard for shard, _ in first} == {0, 1, 2}
    news = {event.path: event.reason for event in stream.news()}
    assert "cut off" in " ".join(news[path] for path in news if "s-001" in path)
    assert "damaged" in news[str(shards[2] / "3.png")]
    stream = tap.open(3, 1, range(1))
    drawn(stream, 0, 15)
    again = tap.open(3, 1, range(1))
    again.seek(stream.places())
    assert drawn(again, 15, 40) == first[15:]


def refuse(data, at_least):
    raise Unreadable("No.")


def test_a_flood_of_broken_pictures_is_told_in_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "NAMED", 5)
    stream = tap_of(pack(tmp_path, 1, 40)).open(3, 1, range(1))
    monkeypatch.setattr(decoding, "decode", refuse)
    with pytest.raises(ValueError, match="None of the pictures in the shards"):
        stream.draw(0)
    news = list(stream.news())
    assert len(news) == 6
    assert "no longer named" in news[-1].reason


def test_a_shard_that_goes_away_is_passed_over_and_a_folder_that_does_is_waited_for(tmp_path):
    shards = pack(tmp_path / "s", 3, 6)
    tap = tap_of(shards)
    shards[1].unlink()
    stream = tap.open(3, 1, range(1))
    assert {shard for shard, _ in drawn(stream, 0, 30)} == {0, 2}
    assert any("passed over" in event.reason for event in stream.news())
    (tmp_path / "s").rename(tmp_path / "away")
    stream = tap.open(3, 1, range(1))
    with pytest.raises(Away):
        stream.draw(0)
    (tmp_path / "away").rename(tmp_path / "s")
    assert drawn(stream, 0, 30) == drawn(tap.open(3, 1, range(1)), 0, 30)


def test_classes_and_captions_come_with_their_pictures(tmp_path):
    told = {"classes": "{number}", "captions": "red\ngreen square"}
    pack(tmp_path / "s", 1, 6, **told)
    work = look(Domain("s", (str(tmp_path / "s"),)), classes=True)
    with pytest.raises(StopIteration) as end:
        next(work)
    stream = Tap(end.value.value, Scale(8, margin=1.0)).open(0, 1, range(1))
    for number in range(10):
        (one,), _ = stream.draw(number)
        assert one.example.label == one.pixels[1, 0, 0]
    captioned = tap_of([tmp_path / "s" / "s-000.tar"], words=("green", "red")).open(0, 1, range(1))
    (one,), _ = captioned.draw(0)
    assert [line[:2] for line in one.example.captions] == [(2, 0), (1, 0)]


def test_a_caption_without_a_word_is_named_and_another_is_drawn(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as tar:
        for number, caption in enumerate((b" \n", b"red")):
            add(tar, f"{number}.png", picture(1, number))
            add(tar, f"{number}.txt", caption)
    stream = tap_of([tmp_path / "s.tar"], words=("red",)).open(0, 1, range(1))
    assert drawn(stream, 0, 6) == [(1, 1)] * 6
    assert {skipped.reason for skipped in stream.news()} == {"Its caption is empty."}


def test_how_many_are_decoded_in_one_go_changes_nothing(tmp_path, monkeypatch):
    shards = pack(tmp_path, 3, 12)
    with tarfile.open(shards[1], "w") as tar:
        for number in range(12):
            add(tar, f"{number}.png", picture(1, number) if number % 3 else b"\x89PNG broken")
    tap = tap_of(shards)
    together = tap.open(3, 14, range(14))
    expected = drawn(together, 0, 12)
    monkeypatch.setattr(streaming, "TOGETHER", 1)
    alone = tap.open(3, 14, range(14))
    assert drawn(alone, 0, 12) == expected
    assert alone.places() == together.places()


def test_lanes_do_not_all_read_on_at_the_same_time(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "BLOCK", 16 * 12)
    begun = []
    begin = streaming.Stream.begin
    monkeypatch.setattr(streaming.Stream, "begin", lambda stream, place: begun.append(place) or begin(stream, place))
    stream = tap_of(pack(tmp_path, 4, 40)).open(0, 16, range(16))
    read = []
    for number in range(12):
        stream.draw(number)
        read.append(len(begun))
    assert stream.lanes == 16
    assert read[0] < 16 + 8, "the first batch waits for no more than its blocks"
    assert max(after - before for before, after in pairwise(read)) <= 4
    assert read[-1] >= 32, "every lane has its next block in time"


def test_what_waits_in_memory_is_bounded(tmp_path):
    stream = tap_of(pack(tmp_path, 2, 60)).open(0, 1, range(1))
    drawn(stream, 0, 20)
    for lane in stream._running.values():
        assert len(lane._block.pictures) <= math.ceil(16 / stream.lanes) + 1
        assert len(lane._waiting) <= stream.ahead


def test_of_large_pictures_few_wait_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "BLOCK", 1000)
    monkeypatch.setattr(streaming, "BLOCK_BYTES", 1)
    stream = tap_of(pack(tmp_path, 2, 60)).open(0, 1, range(1))
    drawn(stream, 0, 20)
    assert {len(lane._block.pictures) for lane in stream._running.values()} <= {streaming.LEAST_BLOCK}

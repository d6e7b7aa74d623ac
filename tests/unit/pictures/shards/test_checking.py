import struct
import tarfile
import zlib

from ganstudio.pictures.shards.checking import check
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Domain
from tests.small_shards import add, pack, picture


def test_all_shards_are_walked_and_what_is_broken_is_named(tmp_path):
    shards = pack(tmp_path, 3, 4, classes="{shard}", captions="red")
    shards[1].write_bytes(shards[1].read_bytes()[:2500])
    with tarfile.open(shards[2], "a") as tar:
        add(tar, "broken.jpg", b"no picture")
        add(tar, "bomb.png", bomb())
        add(tar, "notes.txt", b"a caption of nothing")
    work, events = check(Domain("s", (str(tmp_path),))), []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            seen = end.value
            break
    assert (seen.shards, seen.pictures, seen.decoded) == (3, 4 + 1 + 4 + 2, 9)
    assert seen.classes == {"0": 4, "1": 1, "2": 4}
    broken = {event.path: event.reason for event in events if isinstance(event, Skipped)}
    assert "cut off" in broken[str(shards[1])]
    assert "not a picture" in broken[str(shards[2] / "broken.jpg")]
    assert "too many pixels" in broken[str(shards[2] / "bomb.png")]
    assert len(broken) == 3
    assert seen.told == "11 pictures in 3 shards, 3 classes, 8 captions; 9 of them decoded, 3 broken"
    assert [event.done for event in events if isinstance(event, Progress)] == [1, 2, 3]


def test_a_class_without_end_is_named_and_the_others_count(tmp_path):
    (shard,) = pack(tmp_path, 1, 2, classes="1")
    with tarfile.open(shard, "a") as tar:
        add(tar, "long.png", picture(1, 1))
        add(tar, "long.cls", b"9" * 5000)  # More than Python makes a number of.
    work, events = check(Domain("s", (str(shard),))), []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            seen = end.value
            break
    assert seen.classes == {"1": 2}
    assert [event for event in events if isinstance(event, Skipped)] == [
        Skipped(str(shard / "long.png"), "Its text is too long.")
    ]


def bomb():
    """A PNG that says it is 60,000 pixels wide and high."""
    body = picture(1, 1)
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + body[24:29]
    return body[:12] + header + struct.pack(">I", zlib.crc32(header)) + body[33:]

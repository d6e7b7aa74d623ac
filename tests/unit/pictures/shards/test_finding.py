import json
import os
import tarfile

import pytest
from PIL import Image

from ganstudio.pictures.shards import finding
from ganstudio.pictures.shards.finding import look
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain
from tests.small_shards import add, pack, picture


def found(folder, **wanted):
    work, skipped = look(Domain("s", (str(folder),)), **wanted), []
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return end.value, skipped
        assert isinstance(event, Skipped)
        skipped.append(event)


def test_one_shard_is_counted_and_its_first_pictures_are_held_out_as_files(tmp_path):
    pack(tmp_path / "s", 1, 40)
    seen, skipped = found(tmp_path / "s")
    assert (seen.count, seen.exact, seen.held, len(seen.held_out), skipped) == (38, True, 2, 2, [])
    colours = [Image.open(example.path).getpixel((0, 0)) for example in seen.held_out]
    assert colours == [(0, 0, 0), (0, 1, 0)]
    again, _ = found(tmp_path / "s")
    assert again == seen
    assert seen.told == "38 pictures in 1 shard"


def test_many_shards_are_estimated_from_the_first(tmp_path):
    pack(tmp_path / "s", 10, 20)
    seen, _ = found(tmp_path / "s")
    assert not seen.exact
    assert 180 <= seen.count + seen.held <= 220
    assert seen.told.startswith("about ")


def test_a_shard_that_is_not_looked_through_is_estimated_from_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr(finding, "LOOKED_INTO", 20)
    pack(tmp_path / "s", 1, 200)
    seen, _ = found(tmp_path / "s")
    assert not seen.exact
    assert 180 <= seen.count + seen.held <= 220


@pytest.mark.parametrize("kind", ["idx", "wids"])
def test_an_index_beside_the_shards_is_believed(tmp_path, kind):
    shards = pack(tmp_path / "s", 3, 4)
    if kind == "idx":
        for shard in shards:
            shard.with_suffix(".idx").write_text("v1.2 1000\npng 512 1 a.png\n")
    else:
        entries = [{"url": f"somewhere/{shard.name}", "nsamples": 1000} for shard in shards]
        (tmp_path / "s" / "_shardindex.json").write_text(json.dumps({"shardlist": entries}))
        (tmp_path / "s" / "other.json").write_text("[1, 2]")
    seen, _ = found(tmp_path / "s")
    assert (seen.count + seen.held, seen.exact) == (3000, True)


@pytest.mark.parametrize("told", ["[" * 100_000, "Infinity", "-1000", "1" + "0" * 400, '"many"'])
def test_an_index_that_makes_no_sense_is_passed_over(tmp_path, told):
    shards = pack(tmp_path / "s", 2, 4)
    entries = ",".join(f'{{"url": "{shard.name}", "nsamples": {told}}}' for shard in shards)
    (tmp_path / "s" / "index.json").write_text(f"[{entries}]")
    seen, _ = found(tmp_path / "s")
    assert (seen.count + seen.held, seen.exact) == (8, False)


def test_a_class_without_end_is_none(tmp_path):
    shards = pack(tmp_path / "s", 1, 4, classes="{number}")
    with tarfile.open(shards[0], "a") as tar:
        add(tar, "long.png", picture(1, 1))
        add(tar, "long.cls", b"9" * 5000)
    seen, _ = found(tmp_path / "s", classes=True)
    assert seen.classes == ("0", "1", "2", "3")


def test_classes_are_numbers_with_those_that_were_not_seen_in_between(tmp_path):
    pack(tmp_path / "s", 2, 3, classes="{shard}5\n")
    seen, _ = found(tmp_path / "s", classes=True)
    assert seen.classes == tuple(map(str, range(16)))
    assert seen.known == {str(number): number for number in range(16)}
    assert seen.held_out[0].label == 5


def test_classes_are_names_or_named_by_a_list(tmp_path):
    pack(tmp_path / "s", 2, 3, classes="kind {shard}")
    assert found(tmp_path / "s", classes=True)[0].classes == ("kind 0", "kind 1")
    pack(tmp_path / "n", 1, 3, classes="{number}")
    (tmp_path / "n" / "classes.txt").write_text("cat\ndog\nfox\n")
    seen, _ = found(tmp_path / "n", classes=True)
    assert seen.classes == ("cat", "dog", "fox")
    assert seen.known["1"] == seen.known["dog"] == 1


def test_captions_give_the_words(tmp_path):
    pack(tmp_path / "s", 2, 3, captions="a red square\na square")
    seen, _ = found(tmp_path / "s", captions=True)
    assert seen.words == ("a", "square", "red")
    assert len(seen.held_out[0].captions) == 2
    assert seen.held_out[0].path.with_suffix(".txt").read_text() == "a red square\na square"
    assert found(tmp_path / "s", captions=True, words=("red",))[0].words == ("red",)


@pytest.mark.parametrize(("wanted", "said"), [("classes", "has a class.*000001.cls"), ("captions", "has a caption")])
def test_what_a_method_needs_and_is_not_there_is_asked_for(tmp_path, wanted, said):
    pack(tmp_path / "s", 1, 3)
    with pytest.raises(ValueError, match=said):
        found(tmp_path / "s", **{wanted: True})


def test_missing_and_broken_shards_are_named_and_the_others_count(tmp_path):
    shards = pack(tmp_path / "s", 4, 6)
    shards[0].write_bytes(b"no tar at all" * 100)
    shards[2].unlink()
    seen, skipped = found(tmp_path / "s" / "s-{000..003}.tar")
    assert [(event.path, event.reason) for event in skipped] == [
        (str(shards[2]), "The shard is not there."),
        (str(shards[0]), "It is not a tar file."),
    ]
    assert seen.shards[0] == shards[1]
    assert Image.open(seen.held_out[0].path).getpixel((0, 0)) == (1, 0, 0)


@pytest.mark.parametrize("broken", [0, 2])
def test_there_is_always_a_picture_to_show(tmp_path, broken):
    (shard,) = pack(tmp_path / "s", 1, 4 if broken else 1)
    if broken:
        with tarfile.open(shard, "w") as tar:
            for number in range(4):
                add(tar, f"{number}.png", b"broken" if number < broken else picture(9, number))
    seen, skipped = found(tmp_path / "s")
    assert len(skipped) == broken
    assert Image.open(seen.held_out[0].path).getpixel((0, 0)) == ((9, 2, 0) if broken else (0, 0, 0))


def test_the_only_picture_is_trained_on(tmp_path):
    pack(tmp_path / "s", 1, 1)
    seen, _ = found(tmp_path / "s")
    assert (seen.count, seen.held, len(seen.held_out)) == (1, 0, 1)


def test_what_is_shown_has_what_was_asked_for(tmp_path):
    (shard,) = pack(tmp_path / "s", 1, 3, captions="red")
    with tarfile.open(tmp_path / "first.tar", "w") as tar:
        add(tar, "0.png", picture(9, 9))
    shard.write_bytes((tmp_path / "first.tar").read_bytes()[:1024] + shard.read_bytes())
    seen, _ = found(tmp_path / "s", captions=True)
    assert [example.captions[0][:2] for example in seen.held_out] == [(1, 0)]
    assert Image.open(seen.held_out[0].path).getpixel((0, 0)) == (0, 0, 0)


def test_a_shard_that_was_written_anew_is_looked_into_anew(tmp_path):
    (shard,) = pack(tmp_path / "s", 1, 3)
    before = finding.aside(shard)
    os.utime(shard, (1_000_000_000, 1_000_000_000))
    assert finding.aside(shard) != before


def test_shards_without_pictures_or_none_at_all_are_told(tmp_path):
    with pytest.raises(ValueError, match=r"none of the shards of s: .*s-0\.tar"):
        found(tmp_path / "s-{0..3}.tar")
    pack(tmp_path / "s", 1, 0)
    with pytest.raises(ValueError, match=r"No pictures in the shards of s.*000001\.jpg"):
        found(tmp_path / "s")

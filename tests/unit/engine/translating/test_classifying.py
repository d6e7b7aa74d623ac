from pathlib import Path

import pytest
from PIL import Image

from ganstudio.engine.translating.classifying import classify_files
from ganstudio.engine.translating.generating import generate_files
from ganstudio.words.events import Finished, Made, Skipped, Stop, Told
from ganstudio.words.routes import Route

CLASSES = Route("class", "a", answers=("dark", "../light"), side=8)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "more").mkdir(parents=True)
    for number, name in enumerate(("1.png", "2.jpg", "more/3.png")):
        Image.new("RGB", (20, 10), (90 * number,) * 3).save(tmp_path / "in" / name)
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    return tmp_path / "in"


def test_every_picture_is_told_and_broken_ones_are_named(toy, folder):
    events = list(classify_files(toy(CLASSES), CLASSES, [folder]))
    told = [event for event in events if isinstance(event, Told)]
    assert len(told) == 3
    for event in told:
        assert event.label == max(event.shares, key=event.shares.get) == next(iter(event.shares))
        assert event.path == ""
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(folder / "broken.png")]
    assert events[-1] == Finished(3)


def test_copies_are_sorted_into_folders_of_their_class_and_stay_inside(toy, folder, tmp_path):
    events = list(classify_files(toy(CLASSES), CLASSES, [folder], tmp_path / "out"))
    for event in events:
        if isinstance(event, Told):
            path = tmp_path / "out" / ("dark" if event.label == "dark" else "___light")
            assert path in Path(event.path).parents
            assert Path(event.path).read_bytes() == Path(event.source).read_bytes()


@pytest.mark.parametrize("inside", [".", "sorted"])
def test_copies_in_the_folder_of_the_originals_are_none_of_them(toy, folder, inside):
    (folder / "dark" / "more").mkdir(parents=True)  # An original that lies where copies go.
    Image.new("RGB", (20, 10)).save(folder / "dark" / "more" / "4.png")

    def told():
        events = classify_files(toy(CLASSES), CLASSES, [folder], folder / inside)
        return {(event.source, event.path) for event in events if isinstance(event, Told)}

    first = told()
    assert len(first) == 4
    assert told() == told() == first
    (copy,) = (Path(path) for source, path in first if source.endswith("1.png"))
    Image.new("RGB", (20, 10), "red").save(copy)  # Somebody's own picture of that name.
    assert str(copy) in {source for source, _ in told()}


def test_nothing_readable_is_a_sentence(toy, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="could be classified"):
        list(classify_files(toy(CLASSES), CLASSES, [tmp_path / "empty"]))


def test_classifying_stops_when_asked(toy, folder):
    job = classify_files(toy(CLASSES), CLASSES, [folder])
    while not isinstance(next(job), Told):
        pass
    assert job.send(Stop()).done == 1 or next(job)
    assert Finished(1, "stopped") in list(job)


def test_a_walk_between_seeds_is_as_many_pictures_as_asked(toy, tmp_path):
    route = Route("a")
    made = [
        event
        for event in generate_files(toy(route), route, tmp_path, count=3, seed=4, towards=9)
        if isinstance(event, Made)
    ]
    assert [event.path for event in made] == [str(tmp_path / f"a-4-9-000{number}.png") for number in range(3)]

from dataclasses import replace

import pytest
from PIL import Image

from ganstudio.pictures.survey import inventory, survey
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import DomainFound, Needs


def paint(path, size=(8, 8)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path)
    return path


def domain(folder):
    return Domain(folder.name, (str(folder),))


def surveyed(needs, *folders, **more):
    work = survey([folder if isinstance(folder, Domain) else domain(folder) for folder in folders], needs, **more)
    skipped = []
    while True:
        try:
            skipped.append(next(work))
        except StopIteration as stop:
            assert all(isinstance(entry, Skipped) for entry in skipped)
            return stop.value, {entry.path: entry.reason for entry in skipped}


def test_pairs_of_two_folders_are_one_side_of_two_domains(tmp_path):
    for name in range(9):
        paint(tmp_path / "map" / f"{name}.png")
        paint(tmp_path / "photo" / f"{name + 1}.jpg")
    (side,), skipped = surveyed(Needs.PAIRS, tmp_path / "map", tmp_path / "photo")
    assert side.names == ("map", "photo")
    assert len(side.train) + len(side.held_out) == 8
    assert all(example.path.stem == example.partner.stem for example in side.train + side.held_out)
    assert set(skipped) == {str(tmp_path / "map" / "0.png"), str(tmp_path / "photo" / "9.jpg")}
    assert [found.name for found in inventory([side]).domains] == ["map", "photo"]


def test_one_folder_of_pairs_is_cut_side_by_side(tmp_path):
    for name in range(3):
        paint(tmp_path / "both" / f"{name}.png", (16, 8))
    (side,), _ = surveyed(Needs.PAIRS, tmp_path / "both")
    assert side.names == ("both left", "both right")
    assert all(example.partner == example.path for example in side.train)


def test_one_folder_of_single_pictures_is_no_folder_of_pairs(tmp_path):
    for name in range(3):
        paint(tmp_path / "single" / f"{name}.png", (9, 8))
    with pytest.raises(ValueError, match=r"pictures of single are not two side by side \(9×8 pixels\)"):
        surveyed(Needs.PAIRS, tmp_path / "single")


def test_folders_without_one_pair_say_how_to_name_them(tmp_path):
    paint(tmp_path / "map" / "a.png")
    paint(tmp_path / "photo" / "b.png")
    with pytest.raises(ValueError, match="No picture of map has a partner of the same name in photo"):
        surveyed(Needs.PAIRS, tmp_path / "map", tmp_path / "photo")


def test_captions_become_words_and_pictures_without_are_named(tmp_path):
    for name, text in (("1", "a cat"), ("2", "a dog\na hound"), ("3", "a cat"), ("4", "")):
        paint(tmp_path / "pets" / f"{name}.png")
        (tmp_path / "pets" / f"{name}.txt").write_text(text)
    (side,), skipped = surveyed(Needs.CAPTIONS, tmp_path / "pets")
    assert side.words == ("a", "cat", "dog", "hound")
    every = {example.path.stem: example.captions for example in side.train + side.held_out}
    assert [caption[:3] for caption in every["2"]] == [(1, 3, 0), (1, 4, 0)]
    assert list(skipped) == [str(tmp_path / "pets" / "4.png")]
    assert "4.txt" in next(iter(skipped.values()))
    # A run that goes on keeps its words, whatever was written meanwhile.
    (side,), _ = surveyed(Needs.CAPTIONS, tmp_path / "pets", words=("dog", "a"))
    assert side.words == ("dog", "a")
    every = {example.path.stem: example.captions for example in side.train + side.held_out}
    assert every["1"][0][:2] == (2, 0)


def test_no_caption_at_all_is_a_sentence(tmp_path):
    paint(tmp_path / "pets" / "cat.png")
    with pytest.raises(ValueError, match=r"has a caption.*cat\.txt beside cat\.png"):
        surveyed(Needs.CAPTIONS, tmp_path / "pets")


def test_few_labels_are_a_classified_side_and_a_plain_one(tmp_path):
    for name in range(4):
        for label in ("cat", "dog"):
            paint(tmp_path / "known" / label / f"{label}{name}.png")
        paint(tmp_path / "unknown" / f"{name}.png")
    (known, unknown), _ = surveyed(Needs.FEW_LABELS, tmp_path / "known", tmp_path / "unknown")
    assert known.classes == ("cat", "dog")
    assert {example.label for example in known.train} == {0, 1}
    assert unknown.classes == ()
    assert {example.label for example in unknown.train} == {-1}
    assert inventory([known, unknown]).domains[1] == DomainFound("unknown", 3, 1)


def test_a_small_class_is_never_held_out_whole(tmp_path):
    # With one of each of many classes in the test, some class would otherwise have nothing to train on.
    for label in range(40):
        for name in range(2):
            paint(tmp_path / "many" / str(label) / f"{label}-{name}.png")
    (side,), _ = surveyed(Needs.CLASSES, tmp_path / "many")
    assert {example.label for example in side.train} == set(range(40))
    assert len(side.train) + len(side.held_out) == 80


def test_classes_are_the_subfolders_in_natural_order(tmp_path):
    for name in ("10/1", "10/2", "9/1", "9/more/2", "loose"):
        paint(tmp_path / "things" / f"{name}.png")
    (tmp_path / "things" / "empty").mkdir()
    (side,), skipped = surveyed(Needs.CLASSES, tmp_path / "things")
    assert side.classes == ("9", "10")
    assert skipped == {str(tmp_path / "things" / "loose.png"): "It lies in no class folder."}


def test_a_class_of_one_picture_is_refused(tmp_path):
    for name in ("cat/1", "cat/2", "dog/1"):
        paint(tmp_path / "pets" / f"{name}.png")
    with pytest.raises(ValueError, match="The class 'dog' of pets has only one picture"):
        surveyed(Needs.CLASSES, tmp_path / "pets")


# What the artist changed.


def test_pictures_left_out_are_in_no_side(tmp_path):
    paths = [paint(tmp_path / "a" / f"{name}.png") for name in range(5)]
    (side,), skipped = surveyed(Needs.FOLDER, replace(domain(tmp_path / "a"), excluded=(str(paths[3]),)))
    assert {example.path for example in side.train + side.held_out} == {*paths[:3], paths[4]}
    assert inventory([side]).domains == (DomainFound("a", 3, 1),)
    assert skipped == {}
    with pytest.raises(ValueError, match="Every picture of a is left out"):
        surveyed(Needs.FOLDER, replace(domain(tmp_path / "a"), excluded=tuple(map(str, paths))))


def test_given_classes_count_like_folders(tmp_path):
    paths = [paint(tmp_path / "pets" / name) for name in ("cat/1.png", "cat/2.png", "cat/3.png", "4.png", "5.png")]
    given = {str(paths[2]): "tiger", str(paths[3]): "tiger"}
    (side,), skipped = surveyed(Needs.CLASSES, replace(domain(tmp_path / "pets"), labels=given))
    assert side.classes == ("cat", "tiger")
    found = {example.path.name: side.classes[example.label] for example in side.train + side.held_out}
    assert found == {"1.png": "cat", "2.png": "cat", "3.png": "tiger", "4.png": "tiger"}
    assert skipped == {str(paths[4]): "It lies in no class folder."}


def test_given_captions_count_like_those_beside(tmp_path):
    one, two = paint(tmp_path / "pets" / "1.png"), paint(tmp_path / "pets" / "2.png")
    one.with_suffix(".txt").write_text("a cat")
    edited = replace(domain(tmp_path / "pets"), captions={str(one): "a tiger", str(two): "a dog"})
    (side,), skipped = surveyed(Needs.CAPTIONS, edited)
    assert (set(side.words), skipped) == ({"a", "tiger", "dog"}, {})

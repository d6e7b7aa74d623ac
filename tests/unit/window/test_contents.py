"""What lies in a domain's folders, and what the artist makes of it; no file is ever written."""

from pathlib import Path

import pytest
from PIL import Image

from ganstudio.pictures import folders, survey
from ganstudio.window import contents, edits
from ganstudio.window.contents import Contents, Found, Listing, listing
from ganstudio.words.events import Held
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs


def paint(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def run(job):
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return events, end.value


def listed(domain: Domain) -> Listing:
    return run(listing(domain))[1]


@pytest.fixture
def pets(tmp_path) -> Domain:
    """Two cats, a dog and one picture of no class; one of them is described."""
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "3.png"):
        paint(tmp_path / name)
    (tmp_path / "cats/2.txt").write_text("a cat\n\n  on a mat ")
    return Domain("pets", (str(tmp_path),))


def test_a_listing_tells_all_there_is(pets, tmp_path):
    found = listed(pets)
    assert found.found == tuple(tmp_path / name for name in ("3.png", "cats/1.png", "cats/2.png", "dogs/1.png"))
    assert found.folders == {path: path.parent.name for path in found.found[1:]}
    assert found.beside == {tmp_path / "cats/2.png": ("a cat", "on a mat")}
    made = Contents.of(found, pets)
    assert made.paths == found.found
    assert made.held_out == frozenset(folders.split(found.found)[1])
    assert made.sizes == {"cats": 2, "dogs": 1}


def test_the_first_pictures_are_told_before_all_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "FIRST", 5)
    paths = [paint(tmp_path / f"{number:02d}.png") for number in range(12)]
    events, _ = run(listing(Domain("many", (str(tmp_path),))))
    told = [event.paths for event in events if isinstance(event, Found)]
    assert len(told[0]) == 5
    assert [path for part in told for path in part] == paths


def test_a_listing_can_be_left_at_any_time(tmp_path):
    for number in range(200):
        (tmp_path / f"{number}.png").touch()
    job = listing(Domain("many", (str(tmp_path),)))
    next(job)
    job.close()


def test_a_folder_that_is_away_is_told_and_the_others_are_listed(pets, tmp_path):
    away = Domain("pets", (*pets.sources, str(tmp_path / "gone")))
    found = listed(away)
    assert len(found.found) == 4
    assert [skipped.path for skipped in found.away] == [str(tmp_path / "gone")]


def test_a_folder_that_goes_away_in_the_middle_holds_the_listing(tmp_path, monkeypatch):
    paths = [paint(tmp_path / f"{number}.png") for number in range(3)]
    real, calls = folders.listed, []

    def goes(domain):
        calls.append(domain)
        for number, path in enumerate(real(domain)):
            if len(calls) == 1 and number == 2:
                raise folders.Away(tmp_path)
            yield path

    monkeypatch.setattr(folders, "listed", goes)
    monkeypatch.setattr("ganstudio.pictures.away.until_back", lambda _: iter([Held("away")]))
    events, found = run(listing(Domain("x", (str(tmp_path),))))
    assert Held("away") in events
    assert found.found == tuple(paths)


def test_edits_say_what_training_takes(pets, tmp_path):
    found = listed(pets)
    cat, other, dog, plain = (tmp_path / name for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "3.png"))
    domain = edits.leave_out(pets, [dog])
    domain = edits.move_to_class(domain, [plain], "birds", found)
    domain = edits.describe(domain, [cat], "a tom\n\n", found)
    made = Contents.of(found, domain)
    assert (made.paths, made.left_out) == ((plain, cat, other), (dog,))
    assert made.sizes == {"birds": 1, "cats": 2}
    assert made.captions == {cat: ("a tom",), other: ("a cat", "on a mat")}
    assert {path: folders.class_of(path, domain) for path in found.found} == made.classes
    job = survey.survey((edits.move_to_class(domain, [other], "birds", found),), Needs.CLASSES)
    with pytest.raises(ValueError, match="only one picture"):
        list(job)


def test_what_is_undone_by_hand_leaves_no_trace(pets, tmp_path):
    found, cat, described = listed(pets), tmp_path / "cats/1.png", tmp_path / "cats/2.png"
    domain = edits.take_back(edits.leave_out(pets, [cat, cat]), [cat])
    domain = edits.move_to_class(edits.move_to_class(domain, [cat], "dogs", found), [cat], "cats", found)
    domain = edits.describe(edits.describe(domain, [described], "x", found), [described], "a cat\non a mat", found)
    assert domain == pets
    assert Contents.of(found, edits.describe(pets, [described], "  ", found)).captions == {}


def test_renaming_a_class_takes_all_of_it_also_what_is_left_out(pets, tmp_path):
    found = listed(pets)
    domain = edits.rename_class(edits.leave_out(pets, [tmp_path / "cats/1.png"]), "cats", "tigers", found)
    assert Contents.of(found, domain).sizes == {"dogs": 1, "tigers": 1}
    assert Contents.of(found, edits.take_back(domain, found.found)).sizes == {"dogs": 1, "tigers": 2}
    assert Contents.of(found, edits.rename_class(domain, "tigers", "dogs", found)).sizes == {"dogs": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3.png", "cats", "dogs"]


def test_classes_are_those_of_the_first_folder_below_a_source_and_single_files_have_none(tmp_path):
    for name in ("cats/fluffy/1.png", "cats/2.png", "3.png"):
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_bytes(b"")
    single = tmp_path / "all" / "cats" / "2.png"
    domain = Domain("animals", (str(single), str(tmp_path / "all")))
    told = listed(domain)
    assert {path.name: label for path, label in told.folders.items()} == {"1.png": "cats"}
    assert [path.name for path in told.found] == ["2.png", "3.png", "1.png"]

import shutil
from pathlib import Path

import pytest
from PIL import Image

from ganstudio.pictures import away, folders, health
from ganstudio.pictures.away import Away, check_there, until_back
from ganstudio.words.events import Held, Progress, Skipped
from ganstudio.words.recipe import Domain


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(away, "PAUSE", 0.001)


@pytest.fixture
def source(tmp_path):
    source = tmp_path / "drive" / "cats"
    for n in range(30):
        path = source / "more" / f"{n}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (80, 80), (n, 2 * n, 0)).save(path)
    return source


def ended(job):
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def vanish(source):
    source.rename(source.with_name("elsewhere"))


def come_back(source):
    if source.exists():
        source.rmdir()
    source.with_name("elsewhere").rename(source)


def test_a_missing_picture_is_no_missing_folder(source):
    (source / "more" / "3.png").unlink()
    check_there(source / "more" / "3.png", [source])
    shutil.rmtree(source / "more")
    (source / "note.txt").touch()
    check_there(source / "more" / "4.png", [source])


@pytest.mark.parametrize("mount_point_stays", [False, True])
def test_a_folder_that_is_gone_or_empty_is_away(source, mount_point_stays):
    vanish(source)
    if mount_point_stays:
        source.mkdir()
    with pytest.raises(Away, match="bring its drive or network back") as found:
        check_there(source / "more" / "3.png", [Path("/nowhere"), source])
    assert found.value.folder == source
    come_back(source)
    check_there(source / "more" / "3.png", [source])


def test_the_folder_of_single_files_and_a_linked_folder_can_be_away(source, tmp_path):
    single = source / "more" / "3.png"
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "linked").symlink_to(source)
    vanish(source)
    with pytest.raises(Away) as found:
        check_there(single, [single])
    assert found.value.folder == source / "more"
    with pytest.raises(Away) as found:
        check_there(tmp_path / "all" / "linked" / "more" / "3.png", [tmp_path / "all"])
    assert found.value.folder == tmp_path / "all" / "linked"


def test_one_waits_until_the_folder_is_back(source):
    vanish(source)
    waiting = until_back(Away(source))
    assert [type(next(waiting)) for _ in range(3)] == [Held] * 3
    assert str(source) in next(waiting).message
    come_back(source)
    assert list(waiting) == []


def test_a_listing_holds_and_begins_anew(source):
    domain = Domain("cats", (str(source),))
    going = folders.listed(domain)
    next(going)
    vanish(source)
    with pytest.raises(Away):
        list(going)
    come_back(source)
    patient = folders.patiently_listed(domain)
    assert isinstance(next(patient), Progress)
    vanish(source)
    assert isinstance(next(patient), Held)
    come_back(source)
    assert len(ended(patient)) == 30


def test_a_folder_without_folders_that_goes_away_while_it_is_listed_is_away(tmp_path):
    folder = tmp_path / "flat"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(b"")
    going = folders.listed(Domain("cats", (str(folder),)))
    next(going)
    vanish(folder)
    with pytest.raises(Away):
        list(going)


def test_the_health_of_a_folder_that_was_away_is_that_of_one_that_was_not(source):
    domain = Domain("cats", (str(source),))
    (source / "more" / "5.png").write_bytes(b"<html>")
    checking, held, skipped = health.check(domain), 0, []
    try:
        while True:
            event = next(checking)
            if isinstance(event, Progress) and event.what != "listing" and event.done == 2:
                vanish(source)
            if isinstance(event, Held):
                held += 1
                if held == 3:
                    come_back(source)
            if isinstance(event, Skipped):
                skipped.append(Path(event.path).name)
    except StopIteration as end:
        report = end.value
    assert held >= 3
    assert skipped == ["5.png"]
    assert sum(report.counts.values()) == 30
    assert report.counts["broken"] == 1

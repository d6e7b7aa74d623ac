"""Zips dropped on Home, on the Data page and on a domain."""

import time
import zipfile
from pathlib import Path

import pytest

from ganstudio.pictures import archive
from ganstudio.runs.project import Project
from ganstudio.window.pages.data import DataPage


@pytest.fixture
def page(qtbot, studio) -> DataPage:
    page = DataPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


@pytest.fixture
def pack(draw, tmp_path):
    """pack("both", "A", "B") makes both.zip of folders with two pictures each."""

    def make(name: str, *folders: str) -> Path:
        file = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(file, "w") as zipped:
            for folder in folders:
                for path in draw(folder, 2).iterdir():
                    zipped.write(path, f"{folder}/{path.name}")
        return file

    return make


@pytest.fixture
def slowly(monkeypatch):
    """Unpacking takes long enough to be seen."""
    copied = archive._copied

    def copy(*arguments):
        time.sleep(0.02)
        yield from copied(*arguments)

    monkeypatch.setattr(archive, "_copied", copy)


def domains(studio) -> list[str]:
    return [domain.name for domain in Project.open(studio.project.path).domains]


def test_a_zip_of_two_folders_on_home_becomes_a_project_of_two_domains(page, studio, pack, qtbot):
    studio.page_wanted.connect(lambda _, argument: page.shown(argument))
    studio.begin_with([pack("seasons", "summer", "winter")])
    qtbot.waitUntil(lambda: domains(studio) == ["summer", "winter"])
    place = studio.project.path
    assert place.name == "seasons"
    assert [domain.sources for domain in studio.project.domains] == [
        (str(place / "pictures" / "seasons" / name),) for name in ("summer", "winter")
    ]
    qtbot.waitUntil(lambda: len(page.columns) == 2 and all(column.report is not None for column in page.columns))
    assert page.taking.row.isHidden()


def test_two_zips_and_a_folder_become_domains_of_their_names(page, studio, pack, draw, qtbot):
    studio.page_wanted.connect(lambda _, argument: page.shown(argument))
    studio.begin_with([pack("cats", "one"), draw("birds", 2), pack("dogs", "x", "y", "z")])
    qtbot.waitUntil(lambda: domains(studio) == ["birds", "cats", "dogs"])
    assert studio.project.path.name == "birds and cats"


def test_a_zip_on_a_domain_adds_to_it_and_what_is_left_out_is_told(page, studio, project, pack, said, qtbot):
    page.shown()
    file = pack("more", "x", "y")
    with zipfile.ZipFile(file, "a") as zipped:
        zipped.writestr("x/inner.zip", b"PK")
    page.columns[0].added.emit([file])
    qtbot.waitUntil(lambda: len(studio.project.domains[0].sources) == 2)
    assert studio.project.domains[0].sources[1] == str(project.path / "pictures" / "more")
    assert said[-1].startswith("inner.zip was left out. It is an archive inside the zip.")


def test_a_damaged_zip_is_a_sentence(page, studio, project, tmp_path, said, qtbot):
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    page.add_domains([tmp_path / "bad.zip"])
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["bad.zip is no zip file, or a damaged one. Try to get it again."]
    assert domains(studio) == ["summer", "winter"]


def test_a_file_that_is_no_picture_is_named_and_not_taken(page, studio, project, draw, tmp_path, said, qtbot):
    page.shown()
    (tmp_path / "notes.txt").write_text("not a picture")
    page.add_domains([tmp_path / "notes.txt"])
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].startswith("notes.txt was left out. It is not a picture that GAN Studio reads (JPEG, ")
    assert domains(studio) == ["summer", "winter"]
    page.columns[0].added.emit([tmp_path / "notes.txt", draw("more", 1)])
    qtbot.waitUntil(lambda: len(studio.project.domains[0].sources) == 2)
    assert said[1] == said[0]


def test_unpacking_is_shown_and_can_be_cancelled(page, studio, project, pack, slowly, qtbot):
    file = pack("many", *(f"folder {n}" for n in range(40)))
    page.add_domains([file])
    qtbot.waitUntil(page.taking.row.isVisible)
    assert page.taking.row.label.text() == "Unpacking many.zip"
    page.taking.row.cancel.click()
    qtbot.waitUntil(page.taking.row.isHidden)
    assert domains(studio) == ["summer", "winter"]
    assert list((project.path / "pictures").iterdir()) == []


def test_a_drop_for_another_project_is_let_go(page, studio, project, pack, slowly, tmp_path, qtbot):
    file = pack("many", *(f"folder {n}" for n in range(40)))
    page.add_domains([file])
    qtbot.waitUntil(page.taking.row.isVisible)
    assert studio.new_project(tmp_path / "projects" / "other")
    qtbot.waitUntil(page.taking.row.isHidden)
    assert domains(studio) == []

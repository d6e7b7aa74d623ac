"""Folders of .tar shards, and shards themselves, dropped on Home, on the Data page and on a domain."""

import pytest
from PySide6.QtCore import Qt

from ganstudio.runs.project import Project
from ganstudio.window import places
from ganstudio.window.pages.data import DataPage
from ganstudio.window.pages.home import HomePage
from ganstudio.window.pages.train_planning import fitting
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs
from tests import small_shards


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def page(qtbot, studio) -> DataPage:
    page = DataPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    return page


@pytest.fixture
def packed(tmp_path):
    """Three shards of four pictures."""
    small_shards.pack(tmp_path / "warm", 3, 4, side=20, classes="{shard}")
    return tmp_path / "warm"


@pytest.fixture
def column(page, studio, packed, tmp_path, qtbot):
    """The column of these shards, in a project of their own, counted."""
    assert studio.new_project(tmp_path / "projects" / "mine")
    page.shown()
    page.add_domains([packed])
    # WebDataset brings torch, which takes its time where no test before has loaded it.
    qtbot.waitUntil(lambda: bool(page.columns) and page.columns[0].packed is not None, timeout=60_000)
    qtbot.waitUntil(lambda: page.columns[0].packed.exact)
    return page.columns[0]


def shards(folder):
    return Domain("warm", (str(folder),))


def sources(studio):
    return [(domain.name, domain.sources) for domain in Project.open(studio.project.path).domains]


def test_a_dropped_folder_of_shards_is_a_domain_that_says_what_it_holds(column, page, studio, packed):
    assert sources(studio) == [("warm", (str(packed),))]
    assert column.counts.text() == "12 pictures  ·  3 shards  ·  3 classes"
    assert page.summary.text() == "warm  ·  12 pictures"
    assert column.limits.isVisible()
    assert "use a folder instead" in column.limits.text()
    assert len(column.gallery.pictures.paths) == 4  # The first shard is looked into.
    assert not any(chip.isVisible() for chip in column.health.chips.values())
    assert page.next.isEnabled()


def test_adding_shards_is_undone_and_done_again(column, page, studio, packed, qtbot):
    page.edits.undo()
    assert sources(studio) == []
    assert page.columns == []
    page.edits.redo()
    assert sources(studio) == [("warm", (str(packed),))]
    qtbot.waitUntil(lambda: page.columns[0].packed is not None)


def test_single_pictures_of_shards_have_no_deeds_but_a_sentence(column, studio, said, qtbot):
    column.gallery.setFocus()
    column.gallery.choose(column.gallery.pictures.paths[0])
    assert column.gallery.chosen()
    assert not column.chosen.isVisible()
    qtbot.keyClick(column.gallery, Qt.Key.Key_Delete)
    assert said[-1].startswith("Pictures in shards cannot be left out one by one.")
    assert studio.project.domains[0].excluded == ()


def test_further_shards_come_to_a_domain_and_pictures_do_not(column, studio, packed, draw, said, tmp_path, qtbot):
    column.added.emit([draw("loose", 2)])
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].startswith("Some of warm is in .tar shards and some is not.")
    (more,) = small_shards.pack(tmp_path / "more", 1, 5, side=20, first=7)
    column.added.emit([more])
    qtbot.waitUntil(lambda: sources(studio) == [("warm", (str(packed), str(more)))])
    qtbot.waitUntil(lambda: column.counts.text().startswith("17 pictures  ·  4 shards"))


def test_a_damaged_shard_is_named_with_what_to_do(page, studio, project, packed, qtbot):
    shard = packed / "s-001.tar"
    shard.write_bytes(shard.read_bytes()[:2500])
    page.shown()
    page.add_domains([packed])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].notice.isVisible())
    told = page.columns[2].notice.text.text()
    assert told.startswith("s-001.tar: The shard is cut off")
    assert told.endswith("put a good copy in its place, then look again.")


def test_methods_fit_shards_but_those_that_learn_from_pairs(packed):
    work = fitting(
        {Needs.FOLDER: ["dcgan"], Needs.CLASSES: ["conditional-gan"], Needs.PAIRS: ["pix2pix"]}, [shards(packed)]
    )
    while True:
        try:
            next(work)
        except StopIteration as end:
            fits = end.value
            break
    assert fits.first == {"dcgan": (0,), "conditional-gan": (0,)}
    assert "pairs are found in folders only" in fits.refused["pix2pix"]


def test_shards_on_home_begin_a_project_and_those_of_one_name_are_one_domain(studio, packed, tmp_path, qtbot):
    small_shards.pack(tmp_path, 2, 2, side=20, name="cold-{:02}.tar")
    home = HomePage(studio)
    qtbot.addWidget(home)
    cold = [tmp_path / "cold-00.tar", tmp_path / "cold-01.tar"]
    home.take([packed, *cold])
    assert sources(studio) == [("warm", (str(packed),)), ("cold", tuple(map(str, cold)))]
    assert studio.project.path.name == "warm and cold"


def test_compressed_shards_are_a_sentence_with_what_to_do(studio, tmp_path, said):
    file = tmp_path / "a-000.tar.gz"
    file.write_bytes(b"\x1f\x8b")
    studio.begin_with([file])
    assert said[-1] == "a-000.tar.gz is compressed, so nothing in it can be found quickly. Unpack it to a .tar."
    assert studio.project is None


def test_the_first_picture_of_shards_stands_for_their_project(column, studio):
    assert places.face(studio.project) == column.gallery.pictures.paths[0]

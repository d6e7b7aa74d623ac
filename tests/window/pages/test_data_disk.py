"""Data: what becomes of the disk meanwhile is noticed, and a folder that went elsewhere is found."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ganstudio.runs.project import Project
from ganstudio.window import contents, edits
from ganstudio.window.pages.data import DataPage
from ganstudio.words.recipe import Domain


@pytest.fixture
def folder(draw) -> Path:
    return draw("mixed", 5)


@pytest.fixture
def page(data_page) -> DataPage:
    return data_page


def names(column) -> list[str]:
    return [path.name for path in column.gallery.pictures.paths]


def on_disk(studio) -> Domain:
    return Project.open(studio.project.path).domains[0]


def to_the_front(page):
    """The window comes to the front, after one was elsewhere."""
    QApplication.sendEvent(page, QEvent(QEvent.Type.WindowActivate))


def test_a_folder_that_goes_away_is_said_and_read_when_it_is_back(page, folder, studio, qtbot, tmp_path):
    column = page.columns[0]
    count = len(names(column))
    folder.rename(tmp_path / "elsewhere")
    to_the_front(page)
    qtbot.waitUntil(column.notice.isVisible)
    assert column.notice.text.text().startswith(f"{folder} is away. ")
    assert names(column) == []
    assert not page.next.isEnabled()
    (tmp_path / "elsewhere").rename(folder)
    to_the_front(page)
    qtbot.waitUntil(lambda: len(names(column)) == count)
    assert not column.notice.isVisible()


def test_pictures_that_came_meanwhile_are_seen_as_soon_as_one_looks(page, folder, qtbot):
    column = page.columns[0]
    count = len(names(column))
    page.hide()
    shutil.copy(folder / "000.png", folder / "a new one.png")
    page.show()
    qtbot.waitUntil(lambda: len(names(column)) == count + 1)


def test_while_the_disk_is_as_it_was_no_picture_is_looked_for(page, folder, qtbot, monkeypatch):
    column = page.columns[0]
    qtbot.waitUntil(lambda: column.reading._glance is None)
    monkeypatch.setattr(contents, "listing", None)
    with qtbot.waitSignal(page._reader.ended):
        to_the_front(page)
    assert column.contents is not None


def test_a_folder_that_was_moved_is_found_with_all_that_was_edited(page, folder, studio, qtbot, tmp_path, monkeypatch):
    column = page.columns[0]
    out = folder / "000.png"
    column.edited.emit(edits.leave_out(column.domain, [out]), "")
    count = len(names(column))
    now = tmp_path / "elsewhere" / "pictures"
    now.parent.mkdir()
    folder.rename(now)
    to_the_front(page)
    qtbot.waitUntil(lambda: column.notice.button.text() == "Find it…")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(now))
    qtbot.mouseClick(column.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(names(column)) == count)
    assert on_disk(studio).sources == (str(now),)
    assert on_disk(studio).excluded == (str(now / "000.png"),)
    page.edits.undo()
    assert on_disk(studio).sources == (str(folder),)


def test_a_folder_that_was_never_there_is_said_and_read_once_it_comes(page, studio, qtbot, tmp_path, draw):
    gone = tmp_path / "stick"
    studio.keep_domains((Domain("stick", (str(gone),)),))
    column = page.columns[0]
    qtbot.waitUntil(lambda: "stick is away" in column.notice.text.text())
    draw("stick", 3)
    to_the_front(page)
    qtbot.waitUntil(lambda: len(names(column)) == 3)
    assert not column.notice.isVisible()

"""Home: drop, sample, recent projects."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from ganstudio.runs.project import Project
from ganstudio.window import jobs
from ganstudio.window.pages.home import SAMPLE, HomePage
from ganstudio.window.parts.card import Card
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Domain


@pytest.fixture
def page(qtbot, studio) -> HomePage:
    page = HomePage(studio)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.shown()
    return page


def drag(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def cards(page: HomePage) -> list[Card]:
    QApplication.processEvents()  # A layout shows what is put into it a moment later.
    return [card for card in page.findChildren(Card) if card.isVisible()]


def test_two_dropped_folders_make_a_project_and_go_to_data(page, studio, draw, wanted, tmp_path):
    data = drag([draw("summer", 1), draw("winter", 1)])
    middle = page.zone.rect().center()
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(middle), Qt.DropAction.CopyAction, data, left, none)
    page.zone.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.zone.dropEvent(QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, left, none))
    assert studio.project.path == tmp_path / "projects" / "summer and winter"
    assert [domain.name for domain in Project.open(studio.project.path).domains] == ["summer", "winter"]
    assert wanted == [("data", None)]


def test_the_same_folders_again_make_another_project(page, studio, draw):
    folders = [draw("summer", 1), draw("winter", 1)]
    page.take(folders)
    page.take(folders)
    assert studio.project.name == "summer and winter 2"


def test_a_dropped_project_opens(page, studio, project, wanted):
    studio.project = None
    page.take([project.path])
    assert studio.project == project
    assert wanted == [("data", None)]


def test_a_file_that_is_no_picture_begins_no_project(page, studio, draw, said, wanted, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a picture")
    page.take([notes])
    assert said[0].startswith("notes.txt was left out. It is not a picture that GAN Studio reads (JPEG, ")
    assert studio.project is None
    page.take([notes, draw("summer", 1)])
    assert said[1] == said[0]
    assert [domain.name for domain in studio.project.domains] == ["summer"]
    assert wanted == [("data", None)]


def test_what_cannot_be_used_is_said(page, studio, said, wanted):
    page.take([])
    assert said == ["Drop folders of pictures, a zip, or picture files, from this computer."]
    assert studio.project is None
    assert wanted == []


def test_a_click_asks_for_two_folders(page, studio, draw, qtbot, monkeypatch):
    answers = iter([str(draw("a", 1)), str(draw("b", 1))])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    qtbot.mouseClick(page.zone, Qt.MouseButton.LeftButton)
    assert [domain.name for domain in studio.project.domains] == ["a", "b"]


def test_a_cancelled_choice_changes_nothing(page, studio, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    qtbot.mouseClick(page.zone, Qt.MouseButton.LeftButton)
    assert studio.project is None


def test_recent_projects_are_cards_that_open_and_can_be_left_out(page, studio, project, wanted, qtbot):
    page.shown()
    (card,) = cards(page)
    assert (card.title, card.lines) == ("seasons", ("summer ↔ winter", "not trained yet"))
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert wanted == [("data", None)]
    card.menu.actions()[1].trigger()
    assert cards(page) == []
    assert (project.path / "project.toml").exists()


def test_a_project_that_went_away_meanwhile_is_named_and_loses_its_card(page, studio, project, said, qtbot):
    page.shown()
    (card,) = cards(page)
    project.path.rename(project.path.with_name("moved"))
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert cards(page) == []
    assert said == [f"{project.path} is not there. Was it moved, or is its drive away?"]


def test_a_project_that_is_away_while_another_is_opened_is_recent_again_when_it_is_back(page, studio, project):
    project.path.rename(away := project.path.with_name("away"))
    studio.new_project(project.path.with_name("other"))
    assert [path.name for path in studio.recent()] == ["other"]
    away.rename(project.path)
    assert [path.name for path in studio.recent()] == ["other", "seasons"]


def test_a_damaged_project_keeps_its_card_with_the_reason(page, studio, project):
    (project.path / "project.toml").write_text("domains = 3", "utf-8")
    page.shown()
    (card,) = cards(page)
    assert "is damaged" in card.lines[0]


def test_a_removed_project_has_no_card(page, studio, project):
    (project.path / "project.toml").unlink()
    page.shown()
    assert cards(page) == []


def drawing(folder: Path):
    for done in range(1, 4):
        yield Progress(done, 3, "drawing")
    for name in ("summer", "winter"):
        (folder / name).mkdir(parents=True)


def test_the_sample_is_drawn_in_one_click_and_opened(page, studio, qtbot, monkeypatch, wanted):
    monkeypatch.setattr(jobs, "draw_sample", drawing)
    qtbot.mouseClick(page.sample, Qt.MouseButton.LeftButton)
    assert page.work.isVisible()
    assert not page.sample.isEnabled()
    qtbot.waitUntil(lambda: bool(wanted))
    pictures = studio.project.path / "pictures"
    assert studio.project.name == SAMPLE
    assert studio.project.domains == tuple(Domain(name, (str(pictures / name),)) for name in ("summer", "winter"))
    assert page.sample.isEnabled()
    assert not page.work.isVisible()


def endless(folder: Path):
    while True:
        yield Progress(1, 3, "drawing")


def test_drawing_the_sample_can_be_cancelled_and_moves_nothing(page, studio, qtbot, monkeypatch, wanted):
    monkeypatch.setattr(jobs, "draw_sample", endless)
    below = page._steps.mapTo(page, QPoint())
    page.sample.setFocus()
    qtbot.mouseClick(page.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 of 3" in page.work.label.text())
    assert page._steps.mapTo(page, QPoint()) == below
    assert page.focusWidget() is page.work.cancel
    drawn = page._drawing
    page.work.cancel.click()
    assert page.sample.isEnabled()
    assert not page.work.isVisible()
    assert page.focusWidget() is page.sample
    assert page._steps.mapTo(page, QPoint()) == below
    qtbot.waitUntil(lambda: not studio.worker.busy(drawn))
    assert (studio.project, wanted) == (None, [])


def test_whoever_opened_another_project_meanwhile_is_not_torn_away(page, studio, project, qtbot, monkeypatch, wanted):
    monkeypatch.setattr(jobs, "draw_sample", drawing)
    studio.project = None
    offers = []
    studio.offered.connect(lambda *offer: offers.append(offer))
    page.open_sample()
    studio.open_project(project.path)
    qtbot.waitUntil(lambda: bool(offers))
    assert (studio.project.path, wanted) == (project.path, [])
    ((message, title, deed),) = offers
    assert (message, title) == ("The sample project is drawn.", "Open")
    deed()
    assert studio.project.name == SAMPLE
    assert wanted == [("data", None)]


def test_the_sample_is_drawn_once(page, studio, qtbot, monkeypatch, wanted):
    monkeypatch.setattr(jobs, "draw_sample", drawing)
    page.shown("sample")
    qtbot.waitUntil(lambda: len(wanted) == 1)
    monkeypatch.setattr(jobs, "draw_sample", None)
    page.open_sample()
    assert wanted == [("data", None)] * 2


def test_a_sample_that_cannot_be_drawn_says_why(page, studio, qtbot, monkeypatch, said):
    def job(folder: Path):
        yield None
        raise OSError("No space left on device")

    monkeypatch.setattr(jobs, "draw_sample", job)
    page.open_sample()
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["No space left on device"]
    assert studio.project is None
    assert page.sample.isEnabled()


def test_the_place_of_new_projects_can_be_changed(page, studio, draw, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    qtbot.mouseClick(page.place, Qt.MouseButton.LeftButton)
    assert "elsewhere" in page.place.text()
    page.take([draw("summer", 1)])
    assert studio.project.path == tmp_path / "elsewhere" / "summer"

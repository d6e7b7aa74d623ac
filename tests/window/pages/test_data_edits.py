"""Data: what an artist does with pictures, each step with Undo, and not one file changed."""

import time
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox, QPushButton

from ganstudio.runs.project import Project
from ganstudio.window import jobs
from ganstudio.window.pages import data_menus, data_reading
from ganstudio.window.pages.data import DataPage
from ganstudio.window.parts.class_row import NO_CLASS
from ganstudio.words.cards import MethodCard
from ganstudio.words.events import Held, Progress
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Needs

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def folder(draw) -> Path:
    """Five different pictures, and one of them again."""
    made = draw("mixed", 5)
    (made / "zzz.png").write_bytes((made / "002.png").read_bytes())
    return made


@pytest.fixture
def page(data_page) -> DataPage:
    return data_page


@pytest.fixture
def offers(studio) -> list[tuple[str, str, object]]:
    seen: list[tuple[str, str, object]] = []
    studio.offered.connect(lambda *offer: seen.append(offer))
    return seen


@pytest.fixture(autouse=True)
def untouched(folder):
    """The files are as they were, whatever was done."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    yield
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def names(column) -> list[str]:
    return [path.name for path in column.gallery.pictures.paths]


def choose(column, *files: str) -> None:
    column.gallery.selectAll()
    rows = {path.name: row for row, path in enumerate(column.gallery.pictures.paths)}
    column.gallery.clearSelection()
    for file in files:
        index = column.gallery.pictures.index(rows[file])
        column.gallery.selectionModel().select(index, column.gallery.selectionModel().SelectionFlag.Select)


def on_disk(studio) -> Domain:
    return Project.open(studio.project.path).domains[0]


def press(qtbot, button: QPushButton) -> None:
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_delete_leaves_out_and_undo_brings_back(page, studio, qtbot, folder, offers):
    column = page.columns[0]
    choose(column, "001.png", "003.png")
    assert column.chosen.count.text() == "2 chosen"
    qtbot.keyClick(column.gallery, Qt.Key.Key_Delete)
    assert names(column) == ["000.png", "002.png", "004.png", "zzz.png"]
    assert on_disk(studio).excluded == (str(folder / "001.png"), str(folder / "003.png"))
    assert column.health.chips["left out"].text() == "2 left out"
    assert column.counts.text().startswith("4 pictures")
    (message, title, deed) = offers[-1]
    assert (message, title) == ("Left out 2 pictures.", "Undo")
    deed()
    assert len(names(column)) == 6
    assert on_disk(studio).excluded == ()
    deed()
    page.edits.redo()
    assert len(names(column)) == 4
    page.edits.undo()
    assert len(names(column)) == 6


def test_the_button_goes_when_the_change_was_taken_back_by_key(page, studio, folder, offers):
    gone = []
    studio.withdrawn.connect(gone.append)
    column = page.columns[0]
    for name in ("001.png", "002.png"):
        column.gallery.choose(folder / name)
        column.deeds.leave_out()
    page.edits.undo()
    assert gone == [offers[-1][0]]
    page.edits.undo()
    assert gone == [offers[-1][0]]
    assert on_disk(studio).excluded == ()


def test_undo_by_keyboard(page, studio, qtbot):
    column = page.columns[0]
    choose(column, "001.png")
    page.activateWindow()
    qtbot.waitActive(page)
    column.gallery.setFocus()
    qtbot.keyClick(column.gallery, Qt.Key.Key_Delete)
    assert len(names(column)) == 5
    qtbot.keyClick(column.gallery, Qt.Key.Key_Z, CTRL)
    assert len(names(column)) == 6


def test_what_is_left_out_is_seen_and_taken_back(page, studio, qtbot):
    column = page.columns[0]
    choose(column, "001.png", "003.png", "004.png")
    column.deeds.leave_out()
    press(qtbot, column.health.chips["left out"])
    assert names(column) == ["001.png", "003.png", "004.png"]
    choose(column, "003.png")
    press(qtbot, column.chosen.out)
    assert names(column) == ["001.png", "004.png"]
    press(qtbot, column.panel.buttons["take back"])
    assert on_disk(studio).excluded == ()
    assert len(names(column)) == 6


def test_after_leaving_out_with_the_button_the_keyboard_is_at_the_pictures(page, qtbot):
    column = page.columns[0]
    page.window().activateWindow()
    choose(column, "001.png")
    column.chosen.out.setFocus()
    press(qtbot, column.chosen.out)
    assert column.chosen.isHidden()
    assert page.window().focusWidget() is column.gallery


def test_the_best_of_each_group_is_kept(page, studio, qtbot, folder):
    column = page.columns[0]
    press(qtbot, column.health.chips["duplicate"])
    assert names(column) == ["002.png", "zzz.png"]
    assert column.gallery.pictures.marks.best == {folder / "002.png"}
    press(qtbot, column.panel.buttons["keep best"])
    assert on_disk(studio).excluded == (str(folder / "zzz.png"),)
    assert not column.health.chips["duplicate"].isVisible()
    assert len(names(column)) == 5


def test_trash_is_asked_for_once_and_told(page, studio, qtbot, folder, monkeypatch, said, tmp_path):
    column = page.columns[0]
    gone: list[Path] = []

    def trash(path):
        if Path(path).name == "001.png":
            raise OSError(13, "Permission denied")
        gone.append(Path(path))

    monkeypatch.setattr("send2trash.send2trash", trash)
    column.trash_wanted.emit([folder / "001.png", folder / "zzz.png"])
    (box,) = page.findChildren(QMessageBox)
    assert box.text() == "Move 2 pictures to the trash?"
    (move,) = [button for button in box.buttons() if button.text() == "Move to trash"]
    qtbot.mouseClick(move, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(said))
    assert gone == [folder / "zzz.png"]
    assert said == ["1 picture in the trash. 1 picture could not be moved, such as 001.png: Permission denied"]
    qtbot.waitUntil(lambda: column.report is not None)


def test_no_is_no(page, qtbot, folder, monkeypatch):
    monkeypatch.setattr("send2trash.send2trash", None)
    page.columns[0].trash_wanted.emit([folder / "001.png"])
    (box,) = page.findChildren(QMessageBox)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not page.trash._jobs


def test_captions_are_written_where_training_finds_them_and_not_beside_the_picture(page, studio, qtbot, folder):
    column = page.columns[0]
    choose(column, "001.png", "002.png")
    assert not column.chosen.caption.isVisible()
    press(qtbot, column.chosen.pencil)
    column.chosen.caption.setPlainText("a red barn\nat dusk")
    qtbot.keyClick(column.chosen.caption, Qt.Key.Key_Return, CTRL)
    assert on_disk(studio).captions == dict.fromkeys(
        (str(folder / "001.png"), str(folder / "002.png")), "a red barn\nat dusk"
    )
    assert "2 with captions" in column.counts.text()
    choose(column, "003.png")
    assert column.chosen.caption.toPlainText() == ""
    choose(column, "001.png", "003.png")
    assert column.chosen.caption.placeholderText().startswith("Several")
    page.edits.undo()
    assert on_disk(studio).captions == {}


def test_a_caption_that_was_begun_goes_to_the_picture_it_was_written_for(page, studio, folder, qtbot):
    column = page.columns[0]
    choose(column, "001.png")
    column.chosen.edit_caption()
    column.chosen.caption.setPlainText("a dog")
    choose(column, "003.png")
    assert on_disk(studio).captions == {str(folder / "001.png"): "a dog"}


def test_classes_are_made_moved_to_filtered_and_renamed(page, studio, qtbot, folder, monkeypatch):
    column = page.columns[0]

    def answer(text: str) -> None:
        (dialog,) = [each for each in page.findChildren(QInputDialog) if each.isVisible()]
        dialog.setTextValue(text)
        dialog.accept()

    choose(column, "001.png", "002.png")
    column.deeds.ask_new_class()
    answer("cats & co")
    assert set(on_disk(studio).labels.values()) == {"cats & co"}
    chip = column.classes.chips["cats & co"]
    assert chip.text() == "cats && co  2"
    press(qtbot, chip)
    assert names(column) == ["001.png", "002.png"]
    qtbot.keyClick(column.classes.chips["cats & co"], Qt.Key.Key_F2)
    answer("dogs")
    assert list(column.classes.chips) == ["dogs", NO_CLASS]
    qtbot.waitUntil(column.classes.chips[NO_CLASS].isVisible)
    press(qtbot, column.classes.chips[NO_CLASS])
    assert column.classes.chips[NO_CLASS].text() == "no class  4"
    assert names(column) == ["000.png", "003.png", "004.png", "zzz.png"]
    qtbot.keyClick(column.classes.chips[NO_CLASS], Qt.Key.Key_F2)
    assert not [each for each in page.findChildren(QInputDialog) if each.isVisible()]
    press(qtbot, column.classes.chips["dogs"])
    choose(column, "002.png")
    column.chosen.classes.actions()[1].trigger()
    assert column.classes.chips[NO_CLASS].text() == "no class  5"
    page.edits.undo()
    page.edits.undo()
    page.edits.undo()
    assert on_disk(studio).labels == {}
    assert not column.classes.isVisible()
    assert len(names(column)) == 6


def test_the_menu_of_pictures_offers_what_the_keys_do(page, qtbot):
    column = page.columns[0]
    choose(column, "001.png")
    menu = data_menus.of_pictures(column, {"cats": 1})
    titles = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert titles == [
        "Look closer",
        "Open",
        "Show in folder",
        "Leave out",
        "Move to class",
        "Describe in words",
        "Move to trash…",
    ]
    menu.deleteLater()


def test_a_picture_is_looked_at_large_and_left_out_there(page, studio, qtbot, folder):
    column, look = page.columns[0], page.quick_look
    place = column.gallery.visualRect(column.gallery.pictures.index(1)).center()
    qtbot.mouseClick(column.gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.keyClick(column.gallery, Qt.Key.Key_Space)
    assert look.isVisible()
    assert look.geometry() == page.rect()
    assert look.path.name == "001.png"
    qtbot.waitUntil(lambda: page._large.look(look.path) is not None)
    qtbot.keyClick(look, Qt.Key.Key_Right)
    assert look.path.name == "002.png"
    assert look.accessibleName().startswith("002.png")
    qtbot.keyClick(look, Qt.Key.Key_Delete)
    assert on_disk(studio).excluded == (str(folder / "002.png"),)
    assert look.isVisible()
    assert look.path.name == "003.png"
    qtbot.keyClick(look, Qt.Key.Key_Escape)
    assert not look.isVisible()


def test_a_picture_that_has_gone_says_so_where_it_would_be(page, qtbot, folder, tmp_path):
    page._glancing.stop()  # It would find out, and show the others, after a while.
    column, look = page.columns[0], page.quick_look
    (folder / "001.png").rename(tmp_path / "away.png")
    column.gallery.choose(folder / "001.png")
    qtbot.keyClick(column.gallery, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: look.unreadable() in look.accessibleName())
    qtbot.keyClick(look, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page._large.look(look.path) is not None)
    assert look.unreadable() not in look.accessibleName()
    (tmp_path / "away.png").rename(folder / "001.png")


def test_while_one_folder_is_away_others_are_read(page, studio, qtbot, tmp_path, draw, monkeypatch):
    """Waiting for a folder takes the reading thread only now and then, and the work goes on when it is back."""
    monkeypatch.setattr(data_reading, "REST_MS", 50)
    back: list[int] = []
    scan = jobs.scan

    def waits(domain):
        while domain.name == "mixed" and not back:
            time.sleep(0.01)  # As the real one waits between two looks; more often would drown the window in news.
            yield Held("mixed is away.")
        return (yield from scan(domain))

    monkeypatch.setattr(jobs, "scan", waits)
    column = page.columns[0]
    column.read()
    qtbot.waitUntil(lambda: column.notice.isVisible() and column.notice.text.text() == "mixed is away.")
    page.add_domains([draw("other", 3)])
    qtbot.waitUntil(lambda: len(page.columns) == 2 and page.columns[1].report is not None, timeout=20_000)
    assert column.report is None
    back.append(1)
    qtbot.waitUntil(lambda: column.report is not None, timeout=20_000)
    assert not column.notice.isVisible()


def test_a_check_gives_way_while_someone_scrolls_and_goes_on_after(page, qtbot, monkeypatch):
    pulls: list[float] = []
    end: list[int] = []

    def endless(domain):
        while not end:
            pulls.append(time.monotonic())
            time.sleep(0.002)
            yield None

    monkeypatch.setattr(jobs, "scan", endless)
    column = page.columns[0]
    column.read()
    qtbot.waitUntil(lambda: len(pulls) > 3)
    with qtbot.waitSignal(page._reader.paused):
        column.gallery.scrolled.emit()
    column.gallery.scrolled.emit()
    during = len(pulls)
    qtbot.wait(100)
    assert len(pulls) == during
    qtbot.waitUntil(lambda: len(pulls) > during)
    end.append(1)


def test_a_check_can_be_cancelled_and_asked_for_again(page, qtbot, monkeypatch, studio):
    column = page.columns[0]
    gate: list[int] = []

    def slow(domain):
        while not gate:
            yield Progress(1, 6, "checking pictures")

    monkeypatch.setattr("ganstudio.window.jobs.scan", slow)
    column.read()
    qtbot.waitUntil(lambda: column.health.progress.isVisible() and "Checking" in column.health.doing.text())
    press(qtbot, column.health.doing)
    assert column.notice.isVisible()
    assert column.notice.button.text() == "Check them"
    assert len(names(column)) == 6
    monkeypatch.undo()
    gate.append(1)
    press(qtbot, column.notice.button)
    qtbot.waitUntil(lambda: column.report is not None, timeout=30_000)


def test_pairs_stand_side_by_side_and_those_alone_say_why(page, studio, qtbot, folder, draw, tmp_path):
    other = draw("after", 3)
    (other / "002.png").rename(other / "002b.png")
    Image.open(other / "002b.png").save(other / "002b.png")
    page.add_domains([other])
    qtbot.waitUntil(page.pairs.isVisible)
    assert page.pairs.text() == "2 names in both"
    press(qtbot, page.pairs)
    view = page.pairs_view
    assert view.isVisible()
    model = view.list.model()
    assert [model.index(row).data() for row in range(model.rowCount())] == ["000.png, 000.png", "001.png, 001.png"]
    press(qtbot, view.alone)
    told = [model.index(row).data() for row in range(model.rowCount())]
    assert len(told) == 5
    assert any("Nothing in after has this name. The nearest is 002b.png." in line for line in told)
    view.list.viewport().grab(view.list.rect().adjusted(0, 0, -1, -1))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert page.columns[0].mapTo(page, QPoint(0, 0)).x() >= 0


def test_a_picture_in_two_folders_is_found_once_both_are_checked(page, studio, qtbot, folder, draw):
    other = draw("winter", 2)
    for name in ("000.png", "001.png"):
        (other / f"copy {name}").write_bytes((folder / name).read_bytes())
    page.add_domains([other])
    qtbot.waitUntil(lambda: len(page.columns) == 2 and page.columns[1].health.chips["shared"].isVisible())
    column = page.columns[1]
    press(qtbot, column.health.chips["shared"])
    assert names(column) == ["copy 000.png", "copy 001.png"]
    choose(column, "copy 000.png")
    column.deeds.leave_out()
    assert names(column) == ["copy 001.png"]
    # The filter stays while the pictures are checked anew.
    qtbot.waitUntil(lambda: not column.reading.checks and page._across is None)
    assert names(column) == ["copy 001.png"]
    assert column.health.kind == "shared"


def test_pictures_that_show_both_are_cut_in_the_middle_when_the_method_wants_pairs(page, studio, qtbot):
    studio.catalogue = (MethodCard("pix2pix", "pix2pix", "Pairs.", "translation", Needs.PAIRS, (), {}),)
    assert not page.pairs.isVisible()
    studio.plan(Recipe("pix2pix", studio.project.domains, size=64))
    qtbot.waitUntil(page.pairs.isVisible)
    assert page.pairs.text() == "Before and after"
    press(qtbot, page.pairs)
    view = page.pairs_view
    assert view.hint.text().startswith("Each picture of mixed cut in the middle")
    assert view.list.model().rowCount() == 6
    view.list.viewport().grab()
    assert page.columns[0].crops._sight.side_by_side

"""Models: the gallery, search, trials on the artist's picture, details, remarks, names, the trash."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import send2trash
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QInputDialog, QMessageBox

from ganstudio.runs import model
from ganstudio.runs.remarks import remarks
from ganstudio.runs.title import title
from ganstudio.window import jobs
from ganstudio.window.pages import models_export
from ganstudio.window.pages.model_face import whole_cells
from ganstudio.window.pages.models import ModelsPage
from ganstudio.window.parts.model_cell import picture_of, stars_of
from ganstudio.window.studio import Training
from ganstudio.words.cards import Remarks


def cell(page: ModelsPage, path: Path) -> QRectF:
    return QRectF(page.gallery.visualRect(page.gallery.rows.index(page.gallery.rows.paths.index(path))))


def click(qtbot, page: ModelsPage, path: Path, keys=Qt.KeyboardModifier.NoModifier) -> None:
    at = cell(page, path).center().toPoint()
    qtbot.mouseClick(page.gallery.viewport(), Qt.MouseButton.LeftButton, keys, at)


# The gallery


def test_the_newest_model_comes_first_and_is_chosen(page, runs):
    assert page.gallery.rows.paths == runs[::-1]
    assert page.selected == runs[1]
    face = page.faces.face_of(runs[1])
    assert (face.title, *face.lines) == ("002-cyclegan", "cyclegan  ·  summer ↔ winter", "8.9 MB")
    assert page.summary.text().startswith("2 models  ·  17.8 MB")


def test_details_of_a_finished_and_an_unfinished_run(page, runs, qtbot, wanted):
    assert page.details.go_on.text() == "Show its training"
    assert page.details.fact("quality") == "summer → winter: distance 0.193 (KID), 63% of the drawing kept"
    click(qtbot, page, runs[0])
    assert page.details.name.text() == "001-cyclegan"
    assert page.details.go_on.text() == "Continue training"
    assert page.details.routes.text() == "summer → winter\nwinter → summer"
    assert page.details.fact("steps") == "14 of 1,000"
    assert page.details.fact("quality") == "not measured"
    assert page.details.fact("pictures") == "summer: 6 pictures\nwinter: 5 pictures"
    qtbot.mouseClick(page.details.go_on, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.details.translate, Qt.MouseButton.LeftButton)
    click(qtbot, page, runs[1])
    qtbot.mouseClick(page.details.go_on, Qt.MouseButton.LeftButton)
    assert wanted == [("train", runs[0]), ("translate", runs[0]), ("train", runs[1])]


def test_a_page_called_with_a_model_chooses_it(page, runs, fill):
    fill(runs[0])
    assert page.selected == runs[0]


def test_a_broken_model_is_named_once_and_the_others_are_shown(page, runs, monkeypatch, said, fill):
    known = model.card

    def card(path: Path):
        if path == runs[0]:
            raise ValueError("001 is not a model of GAN Studio.")
        return known(path)

    monkeypatch.setattr(model, "card", card)
    (runs[0] / "model.safetensors").write_bytes(b"broken weights")
    fill()
    fill()
    assert page.gallery.rows.paths == [runs[1]]
    assert said == ["001 is not a model of GAN Studio."]


def test_what_has_not_changed_is_not_read_again(page, runs, monkeypatch, fill):
    read, known = [], model.card
    monkeypatch.setattr(model, "card", lambda path: read.append(path) or known(path))
    (runs[0] / "remarks.json").write_text('{"stars": 2}')
    fill()
    assert read == [runs[0]]
    assert page.faces.face_of(runs[0]).stars == 2


def test_room_on_the_disk_is_that_of_the_whole_run(page, runs, qtbot, fill):
    (runs[1] / "checkpoints").mkdir()
    (runs[1] / "checkpoints" / "1.safetensors").write_bytes(bytes(20_000_000))
    fill()
    qtbot.waitUntil(lambda: page.details.fact("file") == "8.9 MB, 20.0 MB with its whole run")
    assert page.summary.text() == "2 models  ·  17.8 MB on disk, 20.0 MB with their runs"


def test_search_and_kinds_and_order(page, runs, qtbot, fill, add):
    faces, foreign = add("faces"), add("monet")
    fill()
    assert page.gallery.rows.paths == [runs[1], runs[0], foreign, faces]
    page.search.kind.setCurrentIndex(page.search.kind.findData("imported"))
    assert page.gallery.rows.paths == [foreign]
    assert page.selected == foreign
    assert page.summary.text().startswith("1 of 4 models")
    page.search.clear()
    page.search.sort.setCurrentIndex(page.search.sort.findData("name"))
    assert page.gallery.rows.paths == [runs[0], runs[1], faces, foreign]
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.search.text, "face")
    qtbot.keyClick(page.search.text, Qt.Key.Key_Down)
    assert page.gallery.rows.paths == [faces]
    assert page.gallery.hasFocus()
    page.search.text.setText("no such thing")
    qtbot.waitUntil(page.nothing.isVisible)
    qtbot.mouseClick(page.nothing.clear, Qt.MouseButton.LeftButton)
    assert len(page.gallery.rows.paths) == 4
    assert page.gallery.isVisible()


def test_the_order_is_remembered(page, studio, qtbot):
    page.search.sort.setCurrentIndex(page.search.sort.findData("size"))
    again = ModelsPage(studio)
    qtbot.addWidget(again)
    assert again.search.sought.sort == "size"


# Trials


def test_all_in_sight_are_tried_on_a_small_copy_first_then_the_chosen_one_on_a_large(page, runs, asked, qtbot, paint):
    page.take([paint((1800, 900))])
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert asked == [
        (runs[1], "summer → winter", (320, 160)),
        (runs[0], "summer → winter", (320, 160)),
        (runs[1], "summer → winter", (1600, 800)),
    ]
    face = page.faces.face_of(runs[0])
    assert face.picture.toImage().pixelColor(3, 3).name() == "#ff0000"
    assert face.before.size().toTuple() == (320, 160)
    qtbot.waitUntil(lambda: page.details.face.compare.after.size.toTuple() == (1600, 800))
    assert page.trial_bar.text.text() == "me.png"


def test_what_was_made_is_not_made_again_and_the_other_way_is(page, runs, asked, qtbot, paint):
    page.take([paint()])
    qtbot.waitUntil(lambda: len(asked) == 3)
    click(qtbot, page, runs[0])
    qtbot.waitUntil(lambda: len(asked) == 4)
    assert asked[3] == (runs[0], "summer → winter", (400, 200))
    page.details.direction.setCurrentIndex(1)
    page.details.direction.activated.emit(1)
    qtbot.waitUntil(lambda: len(asked) == 6)
    assert [to for _, to, _ in asked[4:]] == ["winter → summer"] * 2


def test_leaving_the_page_ends_the_trial_in_hand(page, runs, monkeypatch, qtbot, paint, endless):
    monkeypatch.setattr(jobs, "translate", endless)
    page.take([paint()])
    qtbot.waitUntil(lambda: endless.begun == [runs[1]])
    assert page.faces.face_of(runs[0]).waits
    page.hide()
    qtbot.waitUntil(lambda: endless.ended == [runs[1]])
    qtbot.wait(50)
    assert endless.begun == [runs[1]], "Nobody looks, so nothing else begins."


def test_a_model_that_fails_says_why_on_its_card_and_the_others_go_on(page, runs, monkeypatch, qtbot, said, paint):
    def translate(path, to, picture, *, device="auto"):
        yield None
        if path == runs[1]:
            raise ValueError("Too little memory to translate here.")
        return picture

    monkeypatch.setattr(jobs, "translate", translate)
    page.take([paint()])
    qtbot.waitUntil(lambda: page.faces.face_of(runs[0]).picture is not None and page.faces.face_of(runs[1]).fault != "")
    assert page.faces.face_of(runs[1]).fault == "Too little memory to translate here."
    assert said == [], "It stands where it belongs."


def test_what_failed_on_one_device_is_tried_on_the_next(page, studio, runs, monkeypatch, qtbot, paint):
    def translate(path, to, picture, *, device="auto"):
        yield None
        if device == "auto":
            raise ValueError("The graphics card does not answer.")
        return picture

    monkeypatch.setattr(jobs, "translate", translate)
    page.take([paint()])
    qtbot.waitUntil(lambda: all(page.faces.face_of(run).fault for run in runs))
    studio.set_device("cpu")
    qtbot.waitUntil(lambda: all(page.faces.face_of(run).picture is not None for run in runs))


def test_a_generator_keeps_its_own_face(page, asked, qtbot, fill, add, paint):
    faces = add("faces")
    fill()
    page.take([paint()])
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert page.faces.face_of(faces).before is None
    click(qtbot, page, faces)
    assert page.details.face.currentWidget() is page.details.face.plain
    assert page.details.translate.text() == "Generate with it"
    assert not page.details.compare.isEnabled()


def test_the_picture_is_remembered_and_can_be_taken_away(page, studio, runs, asked, qtbot, paint):
    file = paint()
    page.take([file])
    qtbot.waitUntil(lambda: len(asked) == 3)
    again = ModelsPage(studio)
    qtbot.addWidget(again)
    again.shown()
    qtbot.waitUntil(lambda: again.trials.trial is not None)
    page.trial_bar.close_button.click()
    assert page.trials.trial is None
    assert page.faces.face_of(runs[0]).before is None
    assert studio.settings.value("trial_picture") is None


def test_a_picture_can_be_pasted(page, asked, qtbot):
    QGuiApplication.clipboard().setImage(QImage(40, 30, QImage.Format.Format_RGB32))
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert page.trial_bar.text.text() == "Pasted picture"
    assert {size for _, _, size in asked} == {(40, 30)}, "It is small itself: there is no larger copy to make."
    QGuiApplication.clipboard().clear()


def test_a_picture_that_cannot_be_read_is_said(page, qtbot, tmp_path, said):
    (tmp_path / "broken.png").write_bytes(b"nothing")
    page.take([tmp_path / "broken.png"])
    qtbot.waitUntil(lambda: len(said) == 1)
    assert "broken.png" in said[0]
    assert page.trials.trial is None


def test_pointing_slides_between_before_and_after_and_the_backslash_shows_before(page, runs, asked, qtbot, paint):
    page.take([paint()])
    qtbot.waitUntil(lambda: len(asked) == 3)
    area = picture_of(cell(page, runs[0]))
    middle = area.center().toPoint()
    qtbot.waitUntil(lambda: page.faces.face_of(runs[0]).picture is not None)

    def ink(x: float) -> str:
        shot = page.gallery.viewport().grab().toImage()
        ratio = shot.devicePixelRatio()
        return shot.pixelColor(round((area.x() + area.width() * x) * ratio), round(middle.y() * ratio)).name()

    assert ink(0.25) == ink(0.75) == "#ff0000"
    qtbot.mouseMove(page.gallery.viewport(), middle)
    assert ink(0.25) == "#008000"
    assert ink(0.75) == "#ff0000"
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_Backslash)
    assert ink(0.75) == "#008000"


# Remarks


def test_digits_and_presses_on_stars_give_stars(page, runs, qtbot):
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_4)
    assert page.faces.face_of(runs[1]).stars == 4
    assert page.details.remarks.stars.stars == 4
    star = stars_of(cell(page, runs[0])).topLeft() + QPointF(24, 8)
    qtbot.mouseClick(page.gallery.viewport(), Qt.MouseButton.LeftButton, pos=star.toPoint())
    assert page.selected == runs[1], "A press on a star chooses nothing."
    qtbot.waitUntil(lambda: remarks(runs[1]).stars == 4 and remarks(runs[0]).stars == 2)
    page.search.sort.setCurrentIndex(page.search.sort.findData("stars"))
    assert page.gallery.rows.paths == [runs[1], runs[0]]


def test_notes_and_licence_are_kept_by_themselves_and_for_the_right_model(page, runs, qtbot):
    page.details.remarks.notes.setPlainText("Lovely fog")
    page.details.remarks.licence.setText("CC BY 4.0")
    click(qtbot, page, runs[0])
    qtbot.waitUntil(lambda: remarks(runs[1]) == Remarks("Lovely fog", 0, "CC BY 4.0"))
    assert remarks(runs[0]) == Remarks()
    assert page.details.remarks.notes.toPlainText() == ""
    page.details.remarks.notes.setPlainText("Too dark")
    page.hide()
    qtbot.waitUntil(lambda: remarks(runs[0]).notes == "Too dark")


def test_stars_do_not_cost_the_note_that_is_being_written(page, runs, qtbot):
    page.details.remarks.notes.setPlainText("Lovely fog")
    page.gallery.starred.emit(runs[1], 3)
    qtbot.waitUntil(lambda: remarks(runs[1]) == Remarks("Lovely fog", 3))
    assert page.details.remarks.notes.toPlainText() == "Lovely fog"


def test_what_was_said_last_is_kept_though_the_reader_begins_with_the_last(page, runs, qtbot, monkeypatch):
    """The first is held back until the second is written, as on a machine with too much to do."""
    go_on, written, remark = threading.Event(), [], jobs.remark

    def slow(path, said):
        yield from remark(path, said)
        written.append(said.stars)

    def waiting():
        go_on.wait(5)
        yield None

    monkeypatch.setattr(jobs, "remark", slow)
    page._studio.reader.begin(waiting)
    for stars in (1, 2, 3):
        page.gallery.starred.emit(runs[1], stars)
    go_on.set()
    qtbot.waitUntil(lambda: not page._studio.reader._jobs)
    assert written == [3]
    assert remarks(runs[1]) == Remarks(stars=3)


def test_what_is_being_written_is_kept_when_the_window_closes(page, runs):
    page.details.remarks.notes.setPlainText("Lovely fog")
    page._studio.shut()
    assert remarks(runs[1]).notes == "Lovely fog"


def test_remarks_that_cannot_be_kept_are_said_and_taken_back(page, runs, qtbot, monkeypatch, said):
    def remark(path, said):
        yield None
        raise OSError("The disk is full")

    monkeypatch.setattr(jobs, "remark", remark)
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_5)
    qtbot.waitUntil(lambda: said == ["What you said of 002-cyclegan was not kept: The disk is full"])
    qtbot.waitUntil(lambda: page.cards[runs[1]].remarks.stars == 0)


# Names


def test_rename_renames_the_run(page, runs, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (" Winter dream ", True))
    page.deeds.do("rename")
    assert title(runs[1]) == "Winter dream"
    assert page.selected == runs[1], "its folder stays, whoever knows of it"


def test_a_model_file_is_renamed_with_its_card_and_stays_chosen(page, qtbot, fill, add):
    file = add("one")
    for suffix in (".md", ".json"):
        file.with_suffix(suffix).touch()
    fill(file)
    with qtbot.waitSignal(page.filled):
        page.deeds.rename(file, "Winter: day/night")
    new = file.with_name("Winter- day-night.safetensors")
    assert page.selected == new
    assert sorted(path.name for path in file.parent.iterdir()) == [
        "Winter- day-night.json", "Winter- day-night.md", "Winter- day-night.safetensors",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["two", "..", "///"])
def test_impossible_names_of_files_are_refused(page, said, name, fill, add):
    file, _ = add("one"), add("two")
    fill()
    page.deeds.rename(file, name)
    assert file.is_file()
    assert len(said) == 1


def test_a_runs_name_is_one_line(page, runs, said):
    page.deeds.rename(runs[1], "x" * 100)
    assert said == ["A name is one line of at most 80 letters."]


# The trash


@pytest.fixture
def trashed(monkeypatch) -> list[str]:
    gone: list[str] = []

    def trash(path: os.PathLike[str]) -> None:
        gone.append(Path(path).name)
        shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()

    monkeypatch.setattr(send2trash, "send2trash", trash)
    return gone


def test_delete_confirms_and_uses_the_systems_trash(page, runs, qtbot, trashed, said):
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_Delete)
    box = page.findChild(QMessageBox)
    assert box.text() == 'Move "002-cyclegan" to the trash?'
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert trashed == []
    page.deeds.do("delete")
    box = next(box for box in page.findChildren(QMessageBox) if box.isVisible())
    with qtbot.waitSignal(page.filled):
        next(button for button in box.buttons() if button.text() == "Move to trash").click()
    assert trashed == ["002-cyclegan"]
    assert said == ['"002-cyclegan" is in the trash of your system, which can give it back.']
    assert page.gallery.rows.paths == [runs[0]]


def test_several_go_to_the_trash_together_with_their_cards(page, runs, qtbot, trashed, fill, add):
    file = add("one")
    file.with_suffix(".md").touch()
    fill()
    click(qtbot, page, runs[0])
    click(qtbot, page, file, Qt.KeyboardModifier.ControlModifier)
    assert page.several.words.text() == "2 models chosen"
    qtbot.mouseClick(page.several.delete, Qt.MouseButton.LeftButton)
    box = page.findChild(QMessageBox)
    assert box.text() == "Move 2 models to the trash?"
    with qtbot.waitSignal(page.filled):
        next(button for button in box.buttons() if button.text() == "Move to trash").click()
    assert trashed == ["001-cyclegan", "one.safetensors", "one.md"]


def test_a_trash_that_refuses_is_said(page, runs, monkeypatch, said):
    def trash(path):
        raise OSError("No trash on this drive")

    monkeypatch.setattr(send2trash, "send2trash", trash)
    page.deeds.delete([runs[1]])
    assert said == ["It could not be moved to the trash: No trash on this drive"]
    assert runs[1].is_dir()


def test_the_run_that_trains_can_be_watched_not_renamed_nor_deleted(page, runs, studio, said):
    studio.training = Training(999, runs[1])
    studio.training_changed.emit()
    assert page.details.go_on.text() == "Watch the training"
    assert page.faces.face_of(runs[1]).tag == "in training"
    assert not page.details.rename.isEnabled()
    page.deeds.do("rename")
    page.deeds.do("delete")
    assert len(said) == 2
    assert page.findChild(QMessageBox) is None
    studio.training = None


# The menu, drops, and no models


def test_the_menu_offers_what_suits_the_chosen_model(page, runs, qtbot, fill, add):
    faces = add("faces")
    fill()

    def titles() -> list[str]:
        return [action.text().partition("\t")[0] for action in page.deeds.menu().actions() if action.text()]

    click(qtbot, page, runs[0])
    assert titles() == [
        "Translate with it", "Continue training", "Train on from this model…", "Compare", "Mix…", "Export…",
        "Share as one file…", "Rename…",
        "Show in folder", "Move to trash…",
    ]  # fmt: skip
    click(qtbot, page, faces)
    assert "Train on from this model…" in titles()
    assert "Compare" not in titles()
    click(qtbot, page, runs[0], Qt.KeyboardModifier.ControlModifier)
    assert titles()[-1] == "Move to trash…"
    assert "Rename…" not in titles()


def test_what_is_dropped_anywhere_on_the_page_is_taken(page, paint, qtbot, said, tmp_path):
    def drop(path: Path) -> bool:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        keys = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        entering, dropping = QDragEnterEvent(QPoint(40, 40), *keys), QDropEvent(QPointF(40, 40), *keys)
        page.dragEnterEvent(entering)
        page.dropEvent(dropping)
        return entering.isAccepted() and dropping.isAccepted()

    assert drop(paint())
    qtbot.waitUntil(lambda: page.trials.trial is not None)
    assert drop(tmp_path)
    assert said == ["Drop a picture to try models on, or a model: a .pth or .safetensors file."]


def test_enter_translates_with_it(page, runs, qtbot, wanted):
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_Down)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    assert wanted[0][0] == "translate"


@pytest.fixture
def dragged(monkeypatch) -> list[QUrl]:
    """What was dragged out."""
    seen: list[QUrl] = []

    class Drag:
        def __init__(self, page):
            pass

        def setMimeData(self, data: QMimeData):  # noqa: N802  As Qt has it.
            seen.extend(data.urls())

        def exec(self, action):
            pass

    monkeypatch.setattr(models_export, "QDrag", Drag)
    return seen


def test_model_files_are_dragged_out_as_they_are(page, add, fill, dragged):
    file = add("one")
    fill(file)
    page.deeds.do("drag")
    assert dragged == [QUrl.fromLocalFile(str(file))]


def test_a_model_in_a_run_is_made_ready_and_dragged_then(page, runs, dragged, monkeypatch, qtbot, said):
    def share(path, file):
        yield None
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"all of it")
        return file

    monkeypatch.setattr(jobs, "share", share)
    page.deeds.do("drag")
    qtbot.waitUntil(lambda: said[-1] == "002-cyclegan is ready: drag it anywhere.")
    assert dragged == []
    page.deeds.do("drag")
    assert dragged == [QUrl.fromLocalFile(str(runs[1] / "exports" / "002-cyclegan.safetensors"))]
    os.utime(runs[1] / "model.safetensors", (4e9, 4e9))
    page.deeds.do("drag")
    assert said[-1] == "002-cyclegan is being made ready to be dragged.", "It has learnt since."


def test_until_models_are_read_nobody_says_that_there_are_none(qtbot, studio, runs):
    made = ModelsPage(studio)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.filled):
        made.shown()
        assert made.empty.zone.title.text() == "Looking for models…"
    assert len(made.cards) == 2


def test_without_models_there_is_one_clear_way(page, studio, runs, wanted, qtbot, fill):
    for run in runs:
        (run / "model.safetensors").unlink()
    fill()
    assert page.empty.zone.title.text() == "No models yet"
    qtbot.mouseClick(page.empty.zone, Qt.MouseButton.LeftButton)
    studio.project = None
    fill()
    qtbot.mouseClick(page.empty.zone, Qt.MouseButton.LeftButton)
    assert wanted == [("train", None), ("home", None)]


@pytest.mark.parametrize(
    ("sheet", "shown"),
    [
        ((3, 4), (3, 2)),  # There and back: two of the four pictures.
        ((6, 3), (6, 3)),  # Pictures of noise for three labels.
        ((6, 1), (2, 1)),
        ((1, 4), (1, 1)),
        ((3, 1), (2, 1)),
    ],
)
def test_a_portrait_of_samples_cuts_through_none_of_them(qapp, sheet, shown):
    side = 37
    cells = QImage(side * sheet[0], side * sheet[1], QImage.Format.Format_RGB32)
    seen = whole_cells(QPixmap.fromImage(cells))
    assert (seen.width(), seen.height()) == (side * shown[0], side * shown[1])
    smaller = whole_cells(QPixmap.fromImage(cells.scaledToHeight(85)))
    assert abs(smaller.height() - 85 * shown[1] / sheet[1]) < 1
    assert whole_cells(QPixmap()).isNull()

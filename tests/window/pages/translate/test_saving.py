"""Work that goes straight into files: large and deep pictures, with pause, cancel and what went wrong."""

import threading
import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from ganstudio.pictures.writing.painted import Painted
from ganstudio.window import jobs
from ganstudio.window.pages import translate_work
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.words.events import Advanced, Finished, Made, Progress
from ganstudio.words.look import Look
from tests.window.pages.translate.acts import LARGER, choose_file, current, picture, save_all, sheet_of

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(translate_work, "LARGE", 500_000)


def test_a_large_picture_is_translated_into_a_file_and_shown_from_there(
    qtbot, desk, studio, engine, small_limit, tmp_path, monkeypatch
):
    target = tmp_path / "large winter.png"
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "first" and current(desk).way == "exact")
    assert "Save to translate all" in desk.compare._note
    assert "exact, in bands" in desk.status.text()
    assert all(size != LARGER for _, size, *_ in engine.asked)  # Never as a whole in the window.
    choose_file(monkeypatch, target)
    desk.save.click()
    qtbot.waitUntil(lambda: current(desk).after is not None)
    ((to, source, written, order, manner),) = engine.files
    assert (to, written, order.look) == ("summer → winter", target, Look())
    assert manner == {"quality": "exact", "memory": None, "device": studio.device}
    assert "saved as large winter.png" in desk.status.text()
    shown = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(shown, 255 - np.asarray(Image.open(source)))


def test_a_large_picture_can_be_paused_gone_on_with_and_cancelled(
    qtbot, desk, engine, small_limit, tmp_path, monkeypatch
):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "first")
    choose_file(monkeypatch, tmp_path / "out.png")
    desk.save.click()
    row = desk.saving_row
    qtbot.waitUntil(lambda: row.isVisible() and "exact, in bands" in row.note.text())
    assert "1 min left" in row.note.text()
    qtbot.waitUntil(lambda: desk.compare._note == "Translating all of it: 50 %")
    assert not desk.save.isEnabled()
    row.pause.click()
    qtbot.waitUntil(lambda: row.note.text() == "Paused")
    row.pause.click()
    qtbot.waitUntil(lambda: "left" in row.note.text())
    row.cancel.click()
    qtbot.waitUntil(lambda: row.title.text() == "Stopped.")
    assert desk.save.isEnabled()
    assert not (tmp_path / "out.png").exists()
    engine.free = True
    assert row.note.text() == "Nothing was written."
    row.again.click()
    qtbot.waitUntil((tmp_path / "out.png").exists)


def test_what_is_still_translated_for_the_view_can_be_saved_and_is_shown_from_its_file(
    qtbot, desk, engine, tmp_path, monkeypatch
):
    engine.free = False
    target = tmp_path / "photo winter.png"
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    choose_file(monkeypatch, target)
    desk.save.click()
    qtbot.waitUntil(lambda: len(engine.files) == 1 and len(engine.cancelled) == 1)
    assert not desk.save.isEnabled()  # It is being saved.
    qtbot.waitUntil(lambda: desk.compare._note == "A first look  ·  all of it: 50 %")
    engine.free = True
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert current(desk).saved == target
    assert current(desk).whole == target
    assert np.array_equal(np.asarray(Image.open(target)), 255 - np.asarray(Image.open(current(desk).source)))


def test_a_pasted_picture_is_saved_once_all_of_it_is_there(qtbot, desk, engine):
    engine.free = False
    QGuiApplication.clipboard().setImage(QImage(*LARGER, QImage.Format.Format_RGB888))
    desk.paste()
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    assert not desk.save.isEnabled()
    engine.free = True
    qtbot.waitUntil(desk.save.isEnabled)


def test_a_deep_picture_is_saved_from_its_file_at_its_depth(qtbot, desk, engine, tmp_path, monkeypatch):
    with Painted(30, 20, np.uint16) as painted:
        painted.write(0, np.random.default_rng(0).integers(0, 65536, (20, 30, 3), dtype=np.uint16))
        painted.save(tmp_path / "deep.png")
    desk.add([tmp_path / "deep.png"])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    choose_file(monkeypatch, tmp_path / "out.png")
    desk.save.click()
    qtbot.waitUntil(lambda: len(engine.files) == 1)


def test_a_film_among_pictures_lets_the_time_left_grow(qtbot, desk, studio, tmp_path, monkeypatch):
    free = threading.Event()

    def files(model, to, inputs, out, order, **manner):
        yield Progress(1, 3, "translating", eta_seconds=6.0)
        while not free.is_set():
            time.sleep(0.01)
            yield Advanced(str(inputs[0]), 0.2, 600.0, "frame 20 of 100")
        yield Made(str(out / "photo.png"), str(inputs[0]))
        yield Progress(2, 3, "translating", eta_seconds=3.0)
        yield Finished(3)

    monkeypatch.setattr(jobs, "translate_files", files)
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    save_all(desk, tmp_path / "out")
    note = desk.saving_row.note
    qtbot.waitUntil(lambda: "10 min left" in note.text())
    assert "frame 20 of 100" in note.text()
    assert note.fontMetrics().horizontalAdvance(note.text()) <= note.contentsRect().width()
    free.set()
    qtbot.waitUntil(lambda: not desk._saving.busy)


def test_a_button_that_can_be_pressed_no_more_leaves_the_keyboard_to_the_list(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path, size=(30, 20))])
    desk.save_all.setFocus()
    assert desk.window().focusWidget() is desk.save_all
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: not desk.save_all.isEnabled())
    assert desk.window().focusWidget() is desk.list
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy)
    desk.clear.setFocus()
    desk.clear.click()
    assert desk.window().focusWidget() is desk.drop


def test_in_the_smallest_window_the_row_of_the_saving_hides_not_what_is_looked_at(
    qtbot, page, desk, engine, writing, tmp_path
):
    engine.free = False
    page.resize(960 - 104, 640 - 80)  # Beside the rail, above the bar.
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(4)])
    desk.list.setCurrentIndex(desk.queue.index(3))
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(desk.saving_row.isVisible)
    QApplication.processEvents()
    assert desk.list.viewport().rect().contains(desk.list.visualRect(desk.queue.index(3)).center())


def test_a_fault_while_saving_is_a_sentence(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    def full(*_, **__):
        yield Progress(0, 1, "translating")
        raise OSError("There is no room left on the disk.")

    monkeypatch.setattr(jobs, "translate_files", full)
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    sheet.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    assert "no room left" in said.args[0]
    assert desk.saving_row.again.isVisible()
    assert desk.save_all.isEnabled()

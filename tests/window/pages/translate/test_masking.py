"""Masks: painted, loaded, kept with their picture."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFileDialog

from ganstudio.pictures.blending import blended, read_mask
from ganstudio.words.look import Look
from tests.window.pages.translate.acts import choose_file, current, picture

pytestmark = pytest.mark.usefixtures("engine")


def test_a_mask_belongs_to_its_picture_and_is_saved_with_it(qtbot, desk, engine, tmp_path, monkeypatch):
    path, target = picture(tmp_path, size=(300, 200)), tmp_path / "out.png"
    desk.add([path])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert desk.brush.isHidden()
    desk.look.paint.click()
    assert desk.brush.isVisible()
    mask = current(desk).mask
    mask.begin(QPointF(0.5, 0.5), 0.2, 0.5, erases=False)
    mask.end()
    choose_file(monkeypatch, target)
    desk.save.click()
    qtbot.waitUntil(target.exists)
    before = np.asarray(Image.open(path))
    made = blended(before, 255 - before, Look(), mask.pixels(300, 200))
    assert np.array_equal(np.asarray(Image.open(target)), made)
    desk.add([picture(tmp_path, "other.png", (300, 200))])
    qtbot.waitUntil(lambda: current(desk).name == "other.png" and current(desk).state == "done")
    assert current(desk).mask is None or current(desk).mask.is_blank
    qtbot.keyClick(desk.compare, Qt.Key.Key_Escape)
    assert desk.brush.isHidden()


def test_a_mask_is_loaded_from_a_picture_and_a_bad_one_is_named(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    desk.look.paint.click()
    half = Image.new("L", (30, 20))
    half.paste(255, (15, 0, 30, 20))
    half.save(tmp_path / "mask.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mask.png"), ""))
    desk.brush.load.click()
    qtbot.waitUntil(lambda: not current(desk).mask.is_blank)
    assert np.array_equal(current(desk).mask.pixels(300, 200), read_mask(tmp_path / "mask.png", (300, 200)))
    (tmp_path / "mask.png").write_bytes(b"no picture")
    with qtbot.waitSignal(studio.said):
        desk.brush.load.click()


def test_a_mask_that_is_wanted_of_a_picture_before_it_is_there_is_painted_once_it_is(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    desk.look.paint.click()
    assert desk.brush.isVisible()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    desk.add([broken])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert not desk.brush.isVisible()
    desk.list.setCurrentIndex(desk.queue.index(0))
    assert desk.look.paint.isChecked()
    assert desk.brush.isVisible()


def test_the_key_for_a_mask_does_nothing_where_its_button_does_nothing(qtbot, desk):
    desk.drop.setFocus()
    qtbot.keyClick(desk.drop, Qt.Key.Key_M)
    assert not desk.look.paint.isChecked()

"""Where one translation goes: a file, the clipboard, another program."""

import io

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from ganstudio.pictures.blending import blended
from ganstudio.window.pages import translate_results
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.words.look import Look
from tests.window.pages.translate.acts import dragged, finished, pull, small_picture


def test_save_writes_the_strength_that_is_seen(qtbot, desk, tmp_path, monkeypatch):
    path, target = small_picture(tmp_path), tmp_path / "out.png"
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    desk.look.strength.setValue(40)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    desk.save.click()
    qtbot.waitUntil(target.exists)
    before = np.asarray(Image.open(path))
    assert np.array_equal(np.asarray(Image.open(target)), blended(before, before[::-1], Look(0.4)))


def test_an_original_is_never_overwritten(qtbot, desk, studio, tmp_path, monkeypatch):
    path = small_picture(tmp_path)
    before = path.read_bytes()
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(studio.said) as said:
        desk.save.click()
    assert "original" in said.args[0]
    assert path.read_bytes() == before


def test_copy_puts_the_translation_on_the_clipboard(qtbot, desk, tmp_path, studio):
    path = small_picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    with qtbot.waitSignal(studio.said):
        desk.copy.click()
    copied = np.asarray(to_picture(QGuiApplication.clipboard().image()))
    assert np.array_equal(copied, np.asarray(Image.open(path))[::-1])


def test_the_translation_can_be_dragged_out_of_the_picture(qtbot, desk, tmp_path, monkeypatch, studio):
    path = small_picture(tmp_path, "photo <b>.png")
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    drops = dragged(monkeypatch)
    pull(qtbot, desk.compare, desk.compare.rect().center() + QPoint(90, 60))
    ((file,), (data,), image, ours) = drops[0]
    assert file.name == "photo <b> winter.png"
    made = np.asarray(Image.open(path))[::-1]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), made)
    assert np.array_equal(np.asarray(to_picture(image)), made)
    assert ours == []
    assert "dragged into a folder" in desk.compare.accessibleDescription()
    studio.shut()
    assert not file.parent.parent.exists()


def test_the_translation_can_be_dragged_out_of_the_queue(qtbot, desk, tmp_path, monkeypatch):
    path = small_picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    desk.look.strength.setValue(40)
    drops = dragged(monkeypatch)
    pull(qtbot, desk.list.viewport(), desk.list.visualRect(desk.queue.index(0)).center())
    before = np.asarray(Image.open(path))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(drops[0][1][0]))), blended(before, before[::-1], Look(0.4)))
    assert "Drag it" in desk.queue.data(desk.queue.index(0), Qt.ItemDataRole.ToolTipRole)


def test_zoomed_in_the_hand_pans_and_drags_with_ctrl(qtbot, desk, tmp_path, monkeypatch):
    desk.add([small_picture(tmp_path)])
    qtbot.waitUntil(lambda: finished(desk))
    drops = dragged(monkeypatch)
    desk.compare.zoom_by(4)
    corner = desk.compare.corner()
    start = desk.compare.rect().center() + QPoint(90, 60)
    pull(qtbot, desk.compare, start)
    assert desk.compare.corner() != corner
    assert drops == []
    pull(qtbot, desk.compare, start - QPoint(60, 90), held=Qt.KeyboardModifier.ControlModifier)
    assert len(drops) == 1


def test_a_full_disk_while_dragging_is_said(qtbot, desk, tmp_path, monkeypatch, studio):
    def full(*_):
        raise OSError("No space left on device")

    desk.add([small_picture(tmp_path)])
    qtbot.waitUntil(lambda: finished(desk))
    monkeypatch.setattr(translate_results, "write", full)
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: drag.mimeData().urls())
    with qtbot.waitSignal(studio.said) as said:
        pull(qtbot, desk.list.viewport(), desk.list.visualRect(desk.queue.index(0)).center())
    assert "No space left" in said.args[0]

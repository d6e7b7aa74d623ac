"""Parts that show pictures: before and after, large view, sample grids, timeline."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage

from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.picture_view import LargeView, Levels, Shown, to_qimage
from ganstudio.window.parts.sheet_view import Place, SheetView
from ganstudio.window.parts.timeline import Timeline, ago
from ganstudio.words.events import Sampled, SheetFile
from ganstudio.words.look import Look


def noise(width, height, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def shown(qtbot, widget, width=400, height=300):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.mark.parametrize("size", [(5, 7), (64, 48), (1, 1), (2100, 3)])
def test_pictures_survive_the_way_to_qt_and_back(qapp, size):
    picture = noise(*size)
    image = to_qimage(picture)
    del_size = picture.size
    assert (image.width(), image.height()) == del_size
    assert np.array_equal(np.asarray(to_picture(image)), np.asarray(picture))


def test_levels_halve_down_and_keep_the_full_picture(qapp):
    levels = Levels.of(noise(4100, 33))
    assert levels.size == QSize(4100, 33)
    assert [image.width() for image in levels.images] == [4100, 2050, 1025, 512]


def test_the_line_moves_by_keyboard_and_by_hand(qtbot):
    compare = shown(qtbot, Compare())
    compare.show_pair(Levels.of(Image.new("RGB", (400, 300), "red")), Levels.of(Image.new("RGB", (400, 300), "blue")))
    qtbot.keyClick(compare, Qt.Key.Key_Left)
    assert compare.line == pytest.approx(0.48)
    qtbot.keyClick(compare, Qt.Key.Key_Home)
    assert compare.grab().toImage().pixelColor(300, 200) == Qt.GlobalColor.blue
    qtbot.keyClick(compare, Qt.Key.Key_End)
    assert compare.grab().toImage().pixelColor(100, 200) == Qt.GlobalColor.red
    compare.set_line(0.5)
    qtbot.mousePress(compare, Qt.MouseButton.LeftButton, pos=compare.rect().center())
    qtbot.mouseMove(compare, compare.rect().center() / 2)
    qtbot.mouseRelease(compare, Qt.MouseButton.LeftButton)
    assert compare.line == pytest.approx(0.25, abs=0.02)


def test_zoom_keeps_the_place_under_the_pointer_and_pan_leaves_no_gap(qtbot):
    compare = shown(qtbot, Compare())
    compare.show_pair(Levels.of(noise(800, 600)), None)
    assert compare.scale() == pytest.approx(0.5)
    at = QPointF(100, 100)
    compare.zoom_by(4, at)
    frame = compare.frame()
    assert (at.x() - frame.x()) / frame.width() == pytest.approx(0.25, abs=0.01)
    compare.actual_size()
    assert compare.scale() == 1
    assert compare.frame().contains(compare.rect())
    compare.fit()
    assert compare.is_fitting()


def test_strength_is_seen_at_once(qtbot):
    compare = shown(qtbot, Compare())
    compare.show_pair(Levels.of(Image.new("RGB", (40, 30), "black")), Levels.of(Image.new("RGB", (40, 30), "white")))
    compare.set_line(0)
    compare.set_look(Look(0.5))
    assert compare.grab().toImage().pixelColor(300, 200).red() == 188


def test_the_large_view_goes_around(qtbot):
    pictures = [Shown(name, QImage(8, 8, QImage.Format.Format_RGB888)) for name in ("one", "<b>two</b>")]
    view = shown(qtbot, LargeView(pictures, 1))
    assert view.caption.text() == "<b>two</b>"
    assert view.caption.textFormat() == Qt.TextFormat.PlainText
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.caption.text() == "one"
    view.close()


def sheet(folder, name, rows=4, colour="red"):
    Image.new("RGB", (3 * 16, rows * 16), colour).save(folder / name)
    return SheetFile(name, name, ("a", "b", "back to a"), ("",) * rows, 16)


def test_sheets_of_all_routes_are_shown_in_whole_rows(qtbot, tmp_path):
    view = shown(qtbot, SheetView(), 900, 420)
    sampled = Sampled(3, (sheet(tmp_path, "1.png"), sheet(tmp_path, "2.png", colour="blue")))
    view.show_sampled(tmp_path, sampled)
    qtbot.waitUntil(lambda: view.shown is sampled)
    last = view.cell(Place(1, view.visible_rows() - 1, 2))
    assert view.rect().contains(last)
    assert view.place_at(last.center().toPointF()) == Place(1, view.visible_rows() - 1, 2)
    assert view.grab().toImage().pixelColor(last.center()) == Qt.GlobalColor.blue


@pytest.mark.parametrize(("height", "rows"), [(451, 4), (370, 3)])
def test_cells_become_a_little_smaller_where_one_more_row_is_seen_for_it(qtbot, tmp_path, height, rows):
    view = shown(qtbot, SheetView(), 712, height)
    sampled = Sampled(3, (sheet(tmp_path, "1.png"), sheet(tmp_path, "2.png", colour="blue")))
    view.show_sampled(tmp_path, sampled)
    qtbot.waitUntil(lambda: view.shown is sampled)
    assert view.visible_rows() == rows
    assert view.rect().contains(view.cell(Place(1, rows - 1, 2)))


def test_few_rows_stand_below_each_other_and_are_larger(qtbot, tmp_path):
    view = shown(qtbot, SheetView(), 600, 440)
    sampled = Sampled(3, (sheet(tmp_path, "1.png", rows=1), sheet(tmp_path, "2.png", rows=1, colour="blue")))
    view.show_sampled(tmp_path, sampled)
    qtbot.waitUntil(lambda: view.shown is sampled)
    above, below = view.cell(Place(0, 0, 2)), view.cell(Place(1, 0, 2))
    assert above.left() == below.left()
    assert above.bottom() < below.top()
    assert above.width() > 600 / 6
    assert view.rect().contains(below)
    assert view.place_at(below.center().toPointF()) == Place(1, 0, 2)
    assert view.grab().toImage().pixelColor(below.center()) == Qt.GlobalColor.blue
    view.resize(1600, 260)
    assert view.cell(Place(0, 0, 0)).top() == view.cell(Place(1, 0, 0)).top(), "beside each other where that is larger"


def test_the_old_sheets_stay_until_the_new_ones_are_read(qtbot, tmp_path):
    view = shown(qtbot, SheetView(), 900, 420)
    first, second = Sampled(1, (sheet(tmp_path, "1.png"),)), Sampled(2, (sheet(tmp_path, "2.png"),))
    view.show_sampled(tmp_path, first)
    qtbot.waitUntil(lambda: view.shown is first)
    view.show_sampled(tmp_path, second)
    assert view.shown is first
    qtbot.waitUntil(lambda: view.shown is second)


def test_a_lost_sheet_shows_empty_cells_and_no_fault(qtbot, tmp_path):
    view = shown(qtbot, SheetView(), 900, 420)
    lost = Sampled(1, (SheetFile("a → b", "gone.png", ("a", "b"), ("",), 16),))
    view.show_sampled(tmp_path, lost)
    qtbot.waitUntil(lambda: view.shown is lost)
    view.grab()


def test_enter_shows_the_chosen_cell_large(qtbot, tmp_path):
    view = shown(qtbot, SheetView(), 900, 420)
    sampled = Sampled(3, (sheet(tmp_path, "1.png"),))
    view.show_sampled(tmp_path, sampled)
    qtbot.waitUntil(lambda: view.shown is sampled)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    large = view.findChild(LargeView)
    assert large.caption.text() == "b"
    large.close()


def test_the_timeline_follows_the_newest_until_someone_goes_back(qtbot):
    timeline = shown(qtbot, Timeline(lambda _: 720.0), 600, 40)
    chosen = []
    timeline.chosen.connect(chosen.append)
    timeline.set_steps([0, 100])
    timeline.set_steps([0, 100, 200])
    assert chosen == [1, 2]
    assert timeline.label.text() == "step 200, 12 min ago"
    qtbot.keyClick(timeline.track, Qt.Key.Key_Left)
    assert chosen[-1] == 1
    assert not timeline.live
    timeline.set_steps([0, 100, 200, 300])
    assert timeline.index == 1
    timeline.newest.click()
    assert (timeline.index, timeline.live) == (3, True)
    qtbot.mouseClick(timeline.track, Qt.MouseButton.LeftButton, pos=timeline.track.tick_rect(0).center().toPoint())
    assert timeline.index == 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "just now"), (720, "12 min ago"), (3 * 3600, "3 h ago"), (3 * 86400, "3 days ago")]
)
def test_ages_are_said_in_words(seconds, words):
    assert ago(seconds) == words

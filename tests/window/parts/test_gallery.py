"""The gallery: it asks for what is near, each cell has its place, keys and mouse choose as in any file browser."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap

from ganstudio.window import theme
from ganstudio.window.parts.gallery import CELL, Gallery
from ganstudio.window.parts.gallery_cell import ROOM
from ganstudio.window.parts.gallery_model import Marks
from ganstudio.window.thumbnails import Thumbnails

NO, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Asked(Thumbnails):
    """Notes what is wanted and makes nothing."""

    def __init__(self) -> None:
        super().__init__(32)
        self.asked: list[Path] = []

    def want(self, asker, paths):
        self.asked = list(paths)


def names(count: int) -> list[Path]:
    return [Path(f"/pictures/{number}.jpg") for number in range(count)]


@pytest.fixture
def thumbnails(qapp) -> Asked:
    return Asked()


@pytest.fixture
def gallery(qtbot, thumbnails) -> Gallery:
    """Four columns with the pictures 0 to 9."""
    made = Gallery(thumbnails)
    qtbot.addWidget(made)
    made.resize(4 * CELL + 40, 3 * CELL)
    made.show_pictures(names(10), Marks())
    made.show()
    qtbot.waitUntil(lambda: bool(thumbnails.asked))
    assert made.columns == 4
    return made


def test_where_the_keyboard_is_is_seen_on_any_picture(qtbot, gallery, thumbnails, monkeypatch, themed):
    dark = QPixmap(64, 64)
    dark.fill(theme.colour("accent"))
    monkeypatch.setattr(thumbnails, "look", lambda _: dark)
    gallery.setFocus()
    gallery.setCurrentIndex(gallery.pictures.index(1))
    gallery.clearSelection()
    monkeypatch.setattr(gallery, "hasFocus", lambda: True)
    seen = gallery.viewport().grab().toImage()
    cells = [gallery.visualRect(gallery.pictures.index(row)) for row in (0, 1)]
    row = cells[0].center().y()
    inks = [
        {seen.pixelColor(x, row).name() for x in range(cell.left() + ROOM + 2, cell.center().x())} for cell in cells
    ]
    assert theme.colour("surface").name() in inks[1] - inks[0]


def click(qtbot, gallery, row, modifier=NO):
    place = gallery.visualRect(gallery.pictures.index(row)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def chosen(gallery) -> list[int]:
    return [int(path.stem) for path in gallery.chosen()]


def test_ten_thousand_pictures_ask_only_for_those_near(gallery, thumbnails, qtbot):
    paths = names(10_000)
    gallery.show_pictures(paths, Marks())
    qtbot.waitUntil(lambda: paths[11] in thumbnails.asked)
    assert gallery.verticalScrollBar().maximum() == 2500 * gallery.side - gallery.viewport().height()
    assert thumbnails.asked[:12] == paths[:12]
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: paths[-1] in thumbnails.asked)
    assert paths[0] not in thumbnails.asked
    assert len(thumbnails.asked) < 60


def test_hidden_it_asks_for_nothing(gallery, thumbnails):
    gallery.hide()
    assert thumbnails.asked == []


def test_pictures_that_are_found_later_make_room_and_are_asked_for(gallery, thumbnails, qtbot):
    before = gallery.verticalScrollBar().maximum()
    gallery.pictures.add(names(100)[10:])
    assert gallery.verticalScrollBar().maximum() > before
    qtbot.waitUntil(lambda: names(12)[11] in thumbnails.asked)


def test_every_cell_is_found_where_it_is_painted(gallery):
    for row in range(10):
        area = gallery.visualRect(gallery.pictures.index(row))
        assert gallery.indexAt(area.center()).row() == row
        assert (area.x(), area.y()) == (row % 4 * gallery.side, row // 4 * gallery.side)
    last = gallery.visualRect(gallery.pictures.index(9))
    assert not gallery.indexAt(last.center() + QPoint(gallery.side, 0)).isValid()
    assert not gallery.indexAt(QPoint(4 * gallery.side + 1, 5)).isValid()


def test_mouse_and_keys_choose_as_in_a_file_browser(gallery, qtbot):
    click(qtbot, gallery, 2)
    assert chosen(gallery) == [2]
    click(qtbot, gallery, 5, SHIFT)
    assert chosen(gallery) == [2, 3, 4, 5]
    click(qtbot, gallery, 3, CTRL)
    assert chosen(gallery) == [2, 4, 5]
    click(qtbot, gallery, 1)
    for key, expected in (
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Left, 5),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 9),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(gallery, key)
        assert chosen(gallery) == [expected]
    qtbot.keyClick(gallery, Qt.Key.Key_Down, SHIFT)
    assert chosen(gallery) == [0, 1, 2, 3, 4]
    qtbot.keyClick(gallery, Qt.Key.Key_A, CTRL)
    assert chosen(gallery) == list(range(10))


def test_space_and_enter_look_closer_and_delete_speaks_of_chosen_ones_only(gallery, qtbot):
    looked: list[Path] = []
    deleted: list[int] = []
    gallery.looked_at.connect(looked.append)
    gallery.delete_pressed.connect(lambda: deleted.append(1))
    qtbot.keyClick(gallery, Qt.Key.Key_Delete)
    assert not deleted
    click(qtbot, gallery, 3)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Delete):
        qtbot.keyClick(gallery, key)
    assert looked == [Path("/pictures/3.jpg")] * 2
    assert deleted == [1]


def test_what_is_chosen_and_in_sight_stays_when_some_go(gallery, qtbot):
    gallery.show_pictures(names(1000), Marks())
    gallery.verticalScrollBar().setValue(20 * gallery.side)
    for row in (82, 84):
        click(qtbot, gallery, row, CTRL)
    rest = [path for path in names(1000) if path.stem != "84"]
    gallery.show_pictures(rest, Marks())
    assert chosen(gallery) == [82]
    assert gallery.verticalOffset() == 20 * gallery.side
    gallery.show_pictures(rest, Marks(), afresh=True)
    assert gallery.verticalOffset() == 0
    assert chosen(gallery) == []


def test_another_width_keeps_the_place(gallery, qtbot):
    gallery.show_pictures(names(1000), Marks())
    gallery.verticalScrollBar().setValue(50 * gallery.side)
    gallery.resize(7 * CELL + 40, 3 * CELL)
    qtbot.waitUntil(lambda: gallery.columns == 7)
    assert Path("/pictures/200.jpg") in gallery.in_sight()


def test_it_says_what_is_so_of_a_picture(gallery):
    path = names(1)[0]
    gallery.show_pictures(
        names(10),
        Marks({path}, notes={path: "Only 9 × 9 pixels."}, captions={path: ("a <b>barn</b>",)}, classes={path: "cats"}),
    )
    told = gallery.pictures.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == ("0.jpg. a <b>barn</b>. Class: cats. Only 9 × 9 pixels.. Held out: never trained on, used to judge")
    assert "&lt;b&gt;" in gallery.pictures.index(0).data(Qt.ItemDataRole.ToolTipRole)

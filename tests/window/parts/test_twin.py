"""Two pictures side by side, zoomed and moved as one; and stars."""

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt

from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.stars import SIDE, Stars
from ganstudio.window.parts.twin import Twin


@pytest.fixture
def twin(qtbot) -> Twin:
    made = Twin()
    qtbot.addWidget(made)
    made.resize(800, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.show_side(0, "one", Levels.of(Image.new("RGB", (600, 400), "red")))
    made.show_side(1, "two", Levels.of(Image.new("RGB", (1200, 800), "blue")))
    return made


def test_zoom_and_pan_of_one_are_those_of_the_other_whatever_its_size(twin, qtbot):
    left, right = twin.sides
    left.zoom_by(8, QPointF(20, 30))
    assert not left.is_fitting()
    assert right.scale() == pytest.approx(left.scale() / 2)
    assert right.frame().topLeft() == left.frame().topLeft()
    right.setFocus()
    qtbot.mousePress(right, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(right, QPoint(150, 180))
    qtbot.mouseRelease(right, Qt.MouseButton.LeftButton, pos=QPoint(150, 180))
    assert left.frame().topLeft() == right.frame().topLeft()
    qtbot.keyClick(right, Qt.Key.Key_0)
    assert left.is_fitting()
    assert right.is_fitting()


def test_a_better_copy_of_the_same_picture_stays_where_the_eye_is(twin):
    left, right = twin.sides
    left.zoom_by(8, QPointF(20, 30))
    seen = right.frame()
    twin.show_side(1, "two", None, "Translating…")
    twin.show_side(1, "two", Levels.of(Image.new("RGB", (300, 200), "green")))
    assert right.frame() == seen
    twin.show_side(1, "two", Levels.of(Image.new("RGB", (1800, 1200), "green")))
    assert right.frame() == seen
    assert not left.is_fitting()


def test_stars_are_given_by_hand_and_by_keyboard(qtbot):
    stars, given = Stars(), []
    qtbot.addWidget(stars)
    stars.show()
    stars.chosen.connect(given.append)
    qtbot.mouseClick(stars, Qt.MouseButton.LeftButton, pos=QPoint(round(4 + 3.5 * SIDE), 10))
    qtbot.keyClick(stars, Qt.Key.Key_Right)
    qtbot.keyClick(stars, Qt.Key.Key_2)
    qtbot.mouseClick(stars, Qt.MouseButton.LeftButton, pos=QPoint(round(4 + 1.5 * SIDE), 10))
    assert given == [4, 5, 2, 0]
    assert stars.accessibleName() == "No stars"

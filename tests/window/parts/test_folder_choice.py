"""The row of folders: boxes, direction, marks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ganstudio.window.parts.folder_choice import FolderChoice
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs

THREE = ("summer", "winter", "dusk & dawn")


def card(needs, task="two-way translation"):
    return MethodCard("x", "X", "", task, needs, (), {})


@pytest.fixture
def row(qtbot):
    """In a page, where it can hide; the last widget of the page can take the keyboard too."""
    page = QWidget()
    layout = QVBoxLayout(page)
    made = FolderChoice()
    layout.addWidget(made)
    layout.addWidget(QPushButton("after"))
    qtbot.addWidget(page)
    page.resize(700, 120)
    with qtbot.waitExposed(page):
        page.show()
    yield made
    page.close()


def choose(box, text):
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def read(row):
    """What stands in the row."""
    said = []
    for at, place in enumerate(row.places):
        if at and row.sign.isVisible():
            said.append(row.sign.text())
        if place.isVisible():
            parts = [place.box.currentText() if place.box.isVisible() else place.name.text()]
            said += ([place.role.text()] if place.role.isVisible() else []) + parts
    return " ".join(said)


def test_one_folder_is_no_choice(row):
    row.set_folders(["summer"])
    for needs in (Needs.FOLDER, Needs.CLASSES, Needs.PAIRS):
        row.show_method(card(needs), (0,))
        assert not row.isVisible()
    row.show_method(None, ())
    assert not row.isVisible()


def test_one_of_many_is_chosen_from_a_box(qtbot, row):
    row.set_folders(THREE)
    row.show_method(card(Needs.FOLDER, "generation"), (0,))
    assert read(row) == "summer"
    assert not row.swap.isVisible()
    with qtbot.waitSignal(row.chosen) as told:
        choose(row.places[0].box, "dusk & dawn")
    assert told.args == [(2,)]


def test_two_of_two_are_only_swapped(qtbot, row):
    row.set_folders(THREE[:2])
    row.show_method(card(Needs.TWO_FOLDERS), (0, 1))
    assert read(row) == "summer ↔ winter"
    assert not row.places[0].box.isVisible()
    with qtbot.waitSignal(row.chosen) as told:
        qtbot.mouseClick(row.swap, Qt.MouseButton.LeftButton)
    assert told.args == [(1, 0)]
    assert read(row) == "winter ↔ summer"


def test_a_direction_is_swapped_from_the_keyboard(qtbot, row):
    row.set_folders(THREE)
    row.show_method(card(Needs.TWO_FOLDERS, "one-way translation"), (0, 1))
    assert read(row) == "summer → winter"
    row.places[0].box.setFocus()
    reached = []
    for _ in range(3):
        qtbot.keyClick(row.window().focusWidget(), Qt.Key.Key_Tab)
        reached.append(row.window().focusWidget())
    assert reached[:2] == [row.places[1].box, row.swap]
    qtbot.keyClick(row.swap, Qt.Key.Key_Space)
    assert row.selection == (1, 0)
    assert read(row) == "winter → summer"
    assert row.swap.accessibleName()


def test_a_folder_that_stands_at_the_other_place_changes_places(row):
    row.set_folders(THREE)
    row.show_method(card(Needs.TWO_FOLDERS), (0, 1))
    choose(row.places[1].box, "summer")
    assert row.selection == (1, 0)
    choose(row.places[0].box, "dusk & dawn")
    assert row.selection == (2, 0)
    assert read(row) == "dusk & dawn ↔ summer"


def test_parts_are_named_where_the_order_matters(row):
    row.set_folders(THREE[:2])
    row.show_method(card(Needs.FEW_LABELS, "classification from few labels"), (1, 0))
    assert read(row) == "with classes winter + without classes summer"
    row.show_method(card(Needs.TWO_FOLDERS, "refinement"), (0, 1))
    assert read(row) == "rendered summer → real winter"
    assert row.places[1].box.accessibleName() == "Second folder: real"


def test_pairs_lie_in_two_folders_or_in_each_picture_of_one(row):
    row.set_folders(THREE[:2])
    row.show_method(card(Needs.PAIRS, "paired translation"), (0, 1))
    assert read(row) == "before summer → after winter"
    choose(row.places[1].box, "beside it, in each picture")
    assert row.selection == (0,)
    assert not row.swap.isEnabled()
    choose(row.places[0].box, "winter")
    assert row.selection == (1,)
    choose(row.places[1].box, "winter")
    assert row.selection == (1,)
    assert row.places[1].box.currentText() == "beside it, in each picture"
    choose(row.places[1].box, "summer")
    assert row.selection == (1, 0)


def test_as_many_as_one_likes_are_marked_but_never_too_few(qtbot, row):
    row.set_folders(THREE)
    row.show_method(card(Needs.MANY_FOLDERS, "N-way translation"), (0, 1, 2))
    assert not row.swap.isVisible()
    assert [mark.isChecked() for mark in row.marks] == [True, True, True]
    assert row.marks[2].text() == "dusk && dawn"
    row.marks[0].click()
    assert row.selection == (1, 2)
    with qtbot.assertNotEmitted(row.chosen):
        row.marks[1].click()
    assert row.selection == (1, 2)
    assert [mark.isChecked() for mark in row.marks] == [False, True, True]
    row.marks[0].click()
    assert row.selection == (0, 1, 2)


def test_beside_several_rows_of_marks_the_word_is_at_the_first_and_what_cannot_be_added_says_why(qtbot, row):
    row.set_folders([f"folder {number}" for number in range(30)])
    row.show_method(card(Needs.MANY_FOLDERS), tuple(range(26)))
    row.window().resize(700, 300)

    def middle(widget):
        return widget.mapTo(row, widget.rect().center()).y()

    qtbot.waitUntil(lambda: middle(row.marks[29]) > middle(row.marks[0]))
    qtbot.waitUntil(lambda: abs(middle(row.title) - middle(row.marks[0])) <= 1)
    assert row.marks[25].isEnabled()
    assert not row.marks[26].isEnabled()
    assert "26 folders at most" in row.marks[26].toolTip()
    row.marks[0].click()
    assert row.marks[26].isEnabled()
    assert row.marks[26].toolTip() == ""
    row.set_folders(THREE[:2])
    row.show_method(card(Needs.TWO_FOLDERS), (0, 1))
    qtbot.waitUntil(lambda: abs(middle(row.title) - middle(row.sign)) <= 1)


def test_other_folders_take_the_place_of_those_before(qtbot, row):
    row.set_folders(THREE)
    row.show_method(card(Needs.MANY_FOLDERS), (0, 1, 2))
    row.set_folders(["a", "b", "c", "d"])
    row.show_method(card(Needs.MANY_FOLDERS), (0, 1, 2, 3))
    assert [mark.text() for mark in row.marks] == ["a", "b", "c", "d"]
    qtbot.waitUntil(lambda: all(mark.isVisible() for mark in row.marks))


def test_a_long_name_leaves_room_and_is_told_in_full(row):
    row.set_folders(["summer" * 20, "winter"])
    row.show_method(card(Needs.TWO_FOLDERS), (0, 1))
    assert "…" in row.places[0].name.text()
    assert "summer" * 20 in row.places[0].name.toolTip()
    row.set_folders(["summer" * 20, "winter", "dusk"])
    row.show_method(card(Needs.TWO_FOLDERS), (0, 1))
    assert row.places[0].width() <= 240

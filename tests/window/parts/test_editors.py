"""Editors of single values."""

import pytest

from ganstudio.window import theme
from ganstudio.window.parts.editors import NameEdit, QuietChoice


@pytest.mark.parametrize("icon", [False, True])
def test_a_choice_that_is_too_long_is_shortened_in_its_middle(qtbot, icon):
    choice = QuietChoice()
    qtbot.addWidget(choice)
    choice.addItem("short")
    choice.addItem("001-cyclegan summer in the mountains → winter by the sea light")
    if icon:
        choice.setItemIcon(1, theme.icon("image"))
    choice.resize(240, 36)
    choice.show()
    assert choice.shown_text() == "short"
    choice.setCurrentIndex(1)
    shown = choice.shown_text()
    assert shown.startswith("001-cycle")
    assert shown.endswith("light")
    assert "…" in shown
    choice.resize(900, 36)
    assert choice.shown_text() == choice.currentText()


@pytest.mark.parametrize("text", ["Both cards", "All 4 cards", "i", "Автоматически"])
@pytest.mark.usefixtures("themed")
def test_a_choice_takes_the_room_of_its_longest_text(qtbot, text):
    choice = QuietChoice()
    qtbot.addWidget(choice)
    choice.addItem(text)
    choice.show()
    choice.resize(choice.sizeHint())
    assert choice.shown_text() == text


def test_a_choice_without_one_shows_what_to_choose(qtbot):
    choice = QuietChoice()
    qtbot.addWidget(choice)
    choice.addItem("one")
    choice.setPlaceholderText("Choose a training")
    choice.resize(240, 36)
    choice.show()
    choice.setCurrentIndex(-1)
    assert choice.shown_text() == "Choose a training"
    told = choice.grab().toImage()
    choice.setPlaceholderText("")
    assert choice.grab().toImage() != told


def test_a_long_name_ends_in_an_ellipsis_while_nobody_edits_it(qtbot, monkeypatch):
    name = NameEdit("a name that is much longer than there is room")
    qtbot.addWidget(name)
    name.resize(80, 30)
    name.show()
    assert name.shown_text().startswith("a na")
    assert name.shown_text().endswith("…")
    closed = name.grab().toImage()
    name.setText("a name that begins as the other one")
    assert name.grab().toImage() == closed
    monkeypatch.setattr(NameEdit, "hasFocus", lambda _: True)
    assert name.grab().toImage() != closed
    name.resize(400, 30)
    assert name.shown_text() == name.text()


def test_the_list_of_a_choice_opens_below_it_with_rows_that_a_finger_meets(qtbot):
    choice = QuietChoice()
    qtbot.addWidget(choice)
    choice.addItems(["Everything", "Light and shade", "Colours"])
    choice.setCurrentIndex(2)
    choice.show()
    choice.showPopup()
    rows = choice.view()
    assert rows.sizeHintForRow(0) >= 28
    assert rows.window().geometry().top() >= choice.mapToGlobal(choice.rect().bottomLeft()).y() - 4
    choice.hidePopup()

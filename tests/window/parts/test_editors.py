"""Editors of single values."""

import pytest

from ganstudio.window import theme
from ganstudio.window.parts.editors import QuietChoice


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

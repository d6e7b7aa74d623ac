"""Scrolling parts are as high as what is in them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.window.parts.form import Form
from ganstudio.window.parts.scroll import scrolling
from ganstudio.words.settings import SettingCard


def test_help_that_wraps_leaves_no_empty_room_below(qtbot):
    form, inner = Form(), QWidget()
    help_ = "Says in a sentence of many words what the setting does, and what happens when it is changed to another."
    form.set_cards([SettingCard(f"setting_{number}", "int", 1, help_) for number in range(12)])
    column = QVBoxLayout(inner)
    column.addWidget(form)
    area = scrolling(inner)
    qtbot.addWidget(area)
    area.resize(1400, 300)
    with qtbot.waitExposed(area):
        area.show()
    assert area.verticalScrollBar().maximum() > 0
    assert inner.height() == column.heightForWidth(inner.width())

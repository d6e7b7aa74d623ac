"""Colours that can be read, icons that exist and can be told from nothing."""

import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QInputDialog,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.words.places import resources

GROUNDS = ("window", "rail", "surface", "soft")
INKS = ("text", "muted", "accent", "good", "caution", "bad")
ICONS = sorted(path.stem for path in (resources() / "icons").glob("*.svg"))


def luminance(name: str) -> float:
    parts = [part / 255 for part in QColor(name).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_formula_gives_the_known_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_text_colour_can_be_read_on_every_ground(colours, ground, ink):
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_on_the_accent_can_be_read(colours):
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something_in_the_asked_colour(qtbot, name):
    drawn = theme.pixmap(name, 24, QColor("#ff0000")).toImage()
    inked = [drawn.pixelColor(x, y) for x in range(24) for y in range(24) if drawn.pixelColor(x, y).alpha() > 200]
    assert len(inked) >= 4
    assert all(colour.red() > 240 and colour.green() < 16 for colour in inked)


def test_every_icon_named_in_the_code_exists():
    package = resources().parent / "ganstudio" / "window"
    text = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    named = set(re.findall(r'(?:set_icon\([^,]+|theme\.icon\(|icon_button\([^,]+),?\s*"([a-z-]+)"', text))
    assert named
    assert named <= set(ICONS)


def test_the_style_sheet_knows_every_colour_it_names(qapp, themed):
    assert "@" not in qapp.styleSheet().replace("/* Only what Fusion and the palette cannot do. @names", "")
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in asdict(theme.LIGHT).values())


def test_dark_and_back_changes_palette_and_icons_of_open_widgets(qtbot, themed):
    button = QPushButton()
    qtbot.addWidget(button)
    theme.set_icon(button, "pause", side=24)

    def ink() -> QColor:
        image = button.icon().pixmap(24, 24).toImage()
        return image.pixelColor(9, 12)

    themed.wear(theme.DARK)
    assert theme.tokens() is theme.DARK
    assert ink().lightness() > 200
    themed.wear(theme.LIGHT)
    assert theme.tokens() is theme.LIGHT
    assert ink().lightness() < 60


def test_the_system_turning_dark_is_followed(qapp, themed, monkeypatch):
    monkeypatch.delenv("GANSTUDIO_THEME", raising=False)
    seen = []
    monkeypatch.setattr(themed, "wear", seen.append)

    class Hints:
        def colorScheme(self):  # noqa: N802
            return Qt.ColorScheme.Dark

    class App:
        def styleHints(self):  # noqa: N802
            return Hints()

    monkeypatch.setattr(themed, "_app", App())
    themed._follow()
    monkeypatch.setenv("GANSTUDIO_THEME", "light")
    themed._follow()
    assert seen == [theme.DARK, theme.LIGHT]


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_hints_in_fields_can_be_read(qtbot, themed, colours):
    themed.wear(colours)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setPlaceholderText("Find a method")
    field.show()
    ink = field.palette().placeholderText().color()
    assert ink.alpha() == 255
    assert contrast(ink.name(), colours.surface) >= 4.5


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_where_one_writes_is_seen(qtbot, themed, kind):
    themed.wear(theme.LIGHT)
    field = kind()
    qtbot.addWidget(field)
    field.resize(200, 60)
    field.show()
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert field.grab().toImage().pixelColor(100, 0) == QColor(theme.LIGHT.accent)
    field.clearFocus()
    assert field.grab().toImage().pixelColor(100, 0) != QColor(theme.LIGHT.accent)


def test_lists_that_pop_up_hide_what_is_below(qtbot, themed):
    inside, alone = QPushButton(), QListView()
    for widget in (inside, alone):
        qtbot.addWidget(widget)
    inner = QListView(inside)
    alone.show()
    inside.show()
    assert alone.grab().toImage().pixelColor(20, 20) == QColor(theme.tokens().surface)
    assert inner.grab().toImage().pixelColor(20, 20).alpha() == 0


def test_names_with_markup_are_shown_as_they_are(qtbot):
    assert theme.label("<b>a</b>").textFormat() == Qt.TextFormat.PlainText
    assert "&lt;b&gt;" in theme.tip("<b>a</b>")


@pytest.mark.parametrize(("mode", "field"), [("Text", QLineEdit), ("Int", QSpinBox)])
def test_a_question_for_a_name_or_a_number_has_room_for_it_and_for_its_title(qtbot, themed, mode, field):
    dialog = QInputDialog()
    qtbot.addWidget(dialog)
    dialog.setInputMode(QInputDialog.InputMode[f"{mode}Input"])
    dialog.setLabelText("New name")
    dialog.show()
    (asked,) = [each for each in dialog.findChildren(QWidget) if type(each) is field and each.parent() is dialog]
    assert asked.width() >= 340


@pytest.mark.parametrize("more", ["", "It goes."])
def test_a_question_about_a_long_name_is_not_cut(qtbot, themed, more):
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setText(f'Move "{"a long name " * 9}" to the trash?')
    box.setInformativeText(more)
    box.show()
    said = box.findChild(QLabel, "qt_msgbox_label")
    assert said.height() >= said.heightForWidth(said.width()) > said.fontMetrics().height()


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_what_a_menu_cannot_do_now_looks_so(qtbot, themed, colours):
    themed.wear(colours)
    menu = QMenu()
    qtbot.addWidget(menu)
    can, cannot = menu.addAction("WWWW"), menu.addAction("WWWW")
    cannot.setEnabled(False)
    menu.resize(menu.sizeHint())
    seen = menu.grab().toImage()

    def strongest(action):
        area = menu.actionGeometry(action).adjusted(8, 0, -8, 0)
        places = [(x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())]
        return max(contrast(seen.pixelColor(*place).name(), colours.surface) for place in places)

    assert strongest(cannot) < 0.8 * strongest(can)
    assert strongest(cannot) >= 3

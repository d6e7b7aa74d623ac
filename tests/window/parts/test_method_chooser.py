"""Choosing one of twenty methods, by mouse and keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ganstudio.window.aims import Aim
from ganstudio.window.parts.method_chooser import MethodChooser
from ganstudio.window.parts.method_picture import _BY_AIM, DRAWINGS, MethodPicture
from ganstudio.window.theme import DARK, LIGHT
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs

SENTENCE = "Does this or that with the pictures of a folder, and in a sentence that is long enough to wrap twice."
KINDS = (
    ("two-way translation", Needs.TWO_FOLDERS, 9),
    ("paired translation", Needs.PAIRS, 1),
    ("generation", Needs.FOLDER, 6),
    ("conditional generation", Needs.CLASSES, 2),
    ("super-resolution", Needs.FOLDER, 1),
    ("classification from few labels", Needs.FEW_LABELS, 2),
)
CARDS = tuple(
    MethodCard(f"{task}-{n}", f"{task.title()} {n}", SENTENCE, task, needs, (), {})
    for task, needs, count in KINDS
    for n in range(count)
)
FIRST = CARDS[0].key
ONE_FOLDER = {card.key: "Learns from one folder." for card in CARDS if card.needs in {Needs.FOLDER, Needs.CLASSES}}


@pytest.fixture
def chooser(qtbot):
    made = MethodChooser()
    qtbot.addWidget(made)
    made.set_catalogue(CARDS)
    made.set_reasons(2, ONE_FOLDER, {})
    made.set_method(FIRST)
    made.resize(1100, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.begin()
    return made


def shown(chooser):
    return [card.text() for section in chooser.sections for card in section.cards if not card.isHidden()]


def focused(chooser):
    return next((key for key, card in chooser.cards.items() if card.hasFocus()), None)


def test_what_fits_comes_first_and_nothing_is_missing(chooser):
    assert len(shown(chooser)) == len(CARDS)
    fits = [not card.reason for section in chooser.sections for card in section.cards]
    assert fits == sorted(fits, reverse=True)
    assert chooser.rest.isVisible()
    assert chooser.sections[2].geometry().bottom() < chooser.rest.geometry().top()


def test_one_click_chooses(qtbot, chooser):
    other = CARDS[3].key
    with qtbot.waitSignal(chooser.chosen) as told:
        qtbot.mouseClick(chooser.cards[other], Qt.MouseButton.LeftButton)
    assert told.args == [other]
    assert chooser.cards[FIRST].isChecked()
    chooser.set_method(other)
    assert [key for key, card in chooser.cards.items() if card.isChecked()] == [other]


def test_what_does_not_fit_is_not_chosen_but_can_be_read(qtbot, chooser):
    key = next(iter(ONE_FOLDER))
    with qtbot.assertNotEmitted(chooser.chosen):
        qtbot.mouseClick(chooser.cards[key], Qt.MouseButton.LeftButton)
        chooser.cards[key].setFocus()
        qtbot.keyClick(chooser.cards[key], Qt.Key.Key_Return)
        qtbot.keyClick(chooser.cards[key], Qt.Key.Key_Space)
    assert chooser.cards[key].accessibleDescription().endswith("Learns from one folder.")
    assert not chooser.cards[key].isChecked()


def test_the_keyboard_goes_from_card_to_card_and_chooses(qtbot, chooser):
    assert focused(chooser) == FIRST
    for key, at in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Up, 0),
    ):
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert focused(chooser) == CARDS[at].key
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    with qtbot.waitSignal(chooser.chosen) as told:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert told.args == [CARDS[1].key]


def test_the_arrows_reach_every_section_and_the_filter_and_what_has_the_keyboard_is_seen(qtbot, chooser):
    for _ in range(20):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    last = chooser.cards[focused(chooser)]
    assert last in chooser.sections[-1].cards
    assert not last.visibleRegion().isEmpty()
    for _ in range(20):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert chooser.filter.hasFocus()
    qtbot.keyClick(chooser.filter, Qt.Key.Key_Down)
    assert focused(chooser) == FIRST


def test_letters_typed_anywhere_filter(qtbot, chooser):
    qtbot.keyClicks(chooser.cards[FIRST], "s")
    assert chooser.filter.hasFocus()
    qtbot.keyClicks(chooser.filter, "uper-res")
    assert shown(chooser) == ["Super-Resolution 0"]
    assert not chooser.rest.isVisible()
    qtbot.keyClick(chooser.filter, Qt.Key.Key_Return)
    assert focused(chooser) == "super-resolution-0"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert len(shown(chooser)) == len(CARDS)
    with qtbot.waitSignal(chooser.left):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)


def test_a_filter_that_nothing_passes_says_so(qtbot, chooser):
    chooser.filter.setText("<b>x")
    assert chooser.nothing.text() == "No method is called “<b>x”."
    assert chooser.nothing.isVisible()
    chooser.begin()
    assert not chooser.nothing.isVisible()


def test_titles_of_groups_are_found_too(chooser):
    chooser.filter.setText("few labels")
    assert len(shown(chooser)) == 2


@pytest.mark.parametrize(("width", "columns"), [(500, 1), (800, 2), (1100, 3), (1430, 4), (2400, 4)])
def test_cards_of_all_sections_stand_in_the_same_columns(qtbot, chooser, width, columns):
    chooser.resize(width, 600)
    qtbot.waitUntil(lambda: len({card.x() for card in chooser.cards.values()}) == columns)
    assert max(card.width() for card in chooser.cards.values()) - chooser.cards[FIRST].width() <= 1


def test_what_is_learnt_while_someone_chooses_moves_no_card_up_or_down_and_cuts_no_word(qtbot, chooser):
    order = [[card.text() for card in section.cards] for section in chooser.sections]
    pairs = chooser.cards["paired translation-0"]
    low = pairs.height()
    chooser.set_reasons(2, ONE_FOLDER | {"paired translation-0": "Needs pairs. " * 12}, {})
    assert [[card.text() for card in section.cards] for section in chooser.sections] == order
    qtbot.waitUntil(lambda: pairs.height() > low)
    assert pairs.height() >= pairs.heightForWidth(pairs.width())
    chooser.hide()
    chooser.set_reasons(
        2, ONE_FOLDER | {"paired translation-0": "Needs pairs."}, {"paired translation-0": "a<b> has none"}
    )
    chooser.show()
    assert "a&lt;b&gt;" in pairs.toolTip()
    assert pairs not in chooser.sections[1].cards


def test_no_card_is_ever_a_window_of_its_own(qtbot, chooser):
    for reasons in ({}, ONE_FOLDER):
        chooser.hide()
        chooser.set_reasons(2, reasons, {})
        assert not any(card.isWindow() for card in chooser.cards.values())
        chooser.show()


def drawn(picture):
    image = QImage(picture.size(), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    picture.render(image)
    return image


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_drawing_draws_something_of_its_own(qtbot, themed, colours):
    themed.wear(colours)
    try:
        pictures = [MethodPicture(key, Aim.TRANSLATE) for key in DRAWINGS]
        for picture in pictures:
            qtbot.addWidget(picture)
        images = [bytes(drawn(picture).constBits()) for picture in pictures]
    finally:
        themed.wear(LIGHT)
    assert len(set(images)) == len(DRAWINGS)


def test_a_method_without_a_drawing_has_that_of_its_aim(qtbot):
    for aim in Aim:
        unknown = MethodPicture("brand-new", aim)
        qtbot.addWidget(unknown)
        assert unknown._draw is _BY_AIM[aim]

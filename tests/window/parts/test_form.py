"""Editing settings, undoing it, and what differs from the preset."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QUndoStack
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QSpinBox

from ganstudio.window.parts.field import plain, written
from ganstudio.window.parts.form import Form
from ganstudio.words.settings import SettingCard, check

CARDS = (
    SettingCard("width", "int", 64, "Breadth of the generator.", "channels", 4, 256),
    SettingCard("learning_rate", "float", 2e-4, "How big each correction is.", low=1e-7, high=0.1),
    SettingCard("flip", "bool", True, "Mirror half of the pictures."),
    SettingCard("fit", "str", "cover", "How a picture meets the size.", choices=("cover", "squash")),
    SettingCard("note", "str", "", "For you."),
)


KINDS = (QSpinBox, QLineEdit, QCheckBox, QComboBox, QLineEdit)


@pytest.fixture
def form(qtbot):
    made = Form()
    qtbot.addWidget(made)
    made.set_cards(CARDS)
    with qtbot.waitExposed(made):
        made.show()
    return made


def editor(form, name, kind):
    return form.field(name).findChild(kind)


def write(qtbot, form, name, text):
    line = editor(form, name, QLineEdit)
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def change_all(qtbot, form):
    editor(form, "width", QSpinBox).setValue(32)
    write(qtbot, form, "learning_rate", "0.003")
    editor(form, "flip", QCheckBox).click()
    editor(form, "fit", QComboBox).setCurrentIndex(1)
    write(qtbot, form, "note", "first try")


CHANGED = {"width": 32, "learning_rate": 0.003, "flip": False, "fit": "squash", "note": "first try"}


def test_a_box_says_what_it_is(form):
    box = editor(form, "flip", QCheckBox)
    assert box.text() == "On"
    box.click()
    assert box.text() == "Off"
    form.undo.undo()
    assert box.text() == "On"


def test_fields_of_every_kind_are_of_one_height(form):
    heights = {editor(form, card.name, kind).height() for card, kind in zip(CARDS, KINDS, strict=True)}
    assert heights == {36}


def test_every_kind_of_edit_is_undone_and_done_again(qtbot, form):
    before = form.values()
    change_all(qtbot, form)
    assert form.values() == CHANGED
    assert form.undo.count() == len(CARDS)
    seen = []
    while form.undo.canUndo():
        seen.append(form.undo.undoText())
        form.undo.undo()
    assert seen == ["Note", "Fit", "Flip", "Learning rate", "Width"]
    assert form.values() == before
    while form.undo.canRedo():
        form.undo.redo()
    assert form.values() == CHANGED


def test_what_is_typed_in_one_sitting_is_one_step_and_after_leaving_the_field_another(qtbot, form):
    write(qtbot, form, "note", "one")
    editor(form, "width", QSpinBox).setFocus()
    write(qtbot, form, "note", "two")
    assert form.undo.count() == 2
    form.undo.undo()
    assert form.values()["note"] == "one"


def test_typing_back_to_where_one_began_leaves_nothing_to_undo(qtbot, form):
    line = editor(form, "note", QLineEdit)
    line.setFocus()
    qtbot.keyClicks(line, "a")
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert not form.undo.canUndo()


def test_a_wrong_value_comes_back_as_it_was_written(qtbot, form):
    write(qtbot, form, "learning_rate", "abc")
    form.undo.undo()
    assert form.fault() == ""
    form.undo.redo()
    assert form.fault() == "Learning rate is a number, not 'abc'."


def test_undoing_goes_back_to_the_preset_whichever_that_is_now(form):
    editor(form, "width", QSpinBox).setValue(32)
    form.preset({"width": 24})
    form.undo.undo()
    assert form.values()["width"] == 24
    assert not form.differs()


def test_reset_all_is_one_step(qtbot, form):
    change_all(qtbot, form)
    steps = form.undo.count()
    form.reset()
    assert not form.differs()
    assert form.undo.count() == steps + 1
    form.undo.undo()
    assert form.values() == CHANGED
    form.reset()
    form.reset()
    assert form.undo.count() == steps + 1


def test_undoing_says_which_field_and_that_something_changed(qtbot, form):
    editor(form, "width", QSpinBox).setValue(32)
    with qtbot.waitSignal(form.changed), qtbot.waitSignal(form.restored) as told:
        form.undo.undo()
    assert told.args == [form.field("width")]


def test_other_cards_have_nothing_to_undo(form):
    editor(form, "width", QSpinBox).setValue(32)
    form.set_cards(CARDS[:1])
    assert not form.undo.canUndo()
    assert form.values() == {"width": 64}


def test_two_forms_may_undo_as_one(qtbot):
    stack = QUndoStack()
    forms = [Form(stack), Form(stack)]
    for form in forms:
        qtbot.addWidget(form)
        form.set_cards(CARDS)
        editor(form, "width", QSpinBox).setValue(32)
    stack.undo()
    assert [form.values()["width"] for form in forms] == [32, 64]


@pytest.mark.parametrize(("name", "kind"), [("note", QLineEdit), ("width", QSpinBox)])
def test_an_editor_leaves_undoing_to_the_form(qtbot, form, name, kind):
    """The keys of undo are a shortcut where the form stands; an editor must not take them for itself."""
    QShortcut(QKeySequence.StandardKey.Undo, form, form.undo.undo)
    field = editor(form, name, kind)
    before = field.text()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "98")
    assert field.text() != before
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == before
    assert form.undo.canRedo()


def test_what_differs_is_marked_and_says_what_it_would_go_back_to(qtbot, form):
    field = form.field("width")
    assert field.reset.isHidden()
    assert field.label.property("role") == "body"
    editor(form, "width", QSpinBox).setValue(32)
    assert field.reset.text() == "64"
    assert field.reset.isVisible()
    assert field.label.property("role") == "changed"
    field.reset.setFocus()
    field.reset.click()
    assert field.reset.isHidden()
    assert form.isAncestorOf(QApplication.focusWidget())


def test_changes_can_be_put_aside_and_back(qtbot, form):
    change_all(qtbot, form)
    states = form.states()
    form.set_cards(CARDS)
    assert not form.differs()
    form.restore(states | {"unknown": "7"})
    assert form.values() == CHANGED


@pytest.mark.parametrize("value", [1e-7, 5e-5, 2e-4, 0.99999, 1 / 3, 1.1172, 10.0, 0.0, 1e20])
def test_a_number_of_any_scale_stands_as_it_is(value):
    card = SettingCard("x", "float", value, "")
    assert check(card, written(value)) == value
    assert len(written(10.0)) == 2


def test_numbers_may_be_written_with_a_comma(qtbot, form):
    write(qtbot, form, "learning_rate", "0,05")
    assert form.changes() == {"learning_rate": 0.05}


def test_thirty_settings_stay_in_their_columns(qtbot):
    form = Form()
    qtbot.addWidget(form)
    form.set_cards([SettingCard(f"weight_{n}", "float", 1.0, "How much it counts. " * 6, "times") for n in range(30)])
    form.resize(900, form.heightForWidth(900) if form.hasHeightForWidth() else 3000)
    with qtbot.waitExposed(form):
        form.show()
    boxes = [form.field(f"weight_{n}").geometry() for n in range(30)]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert {box.width() for box in boxes} == {boxes[0].width()} or max(b.width() for b in boxes) - boxes[0].width() < 2


@pytest.mark.parametrize(
    ("name", "said"), [("discriminator_width", "Discriminator width"), ("kl_cycle", "KL cycle"), ("vgg", "VGG")]
)
def test_a_name_is_said_as_people_say_it(name, said):
    assert plain(name) == said

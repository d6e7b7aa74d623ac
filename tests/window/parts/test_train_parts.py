"""Parts of the Train page: curves, form, cards, notes."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from ganstudio.window.curve import Curve
from ganstudio.window.parts.advice_card import AdviceCard
from ganstudio.window.parts.charts_card import ChartsCard
from ganstudio.window.parts.form import Form
from ganstudio.window.parts.notes import NotesLine
from ganstudio.window.parts.preset_card import ChoiceCard
from ganstudio.window.parts.terms import term_of
from ganstudio.window.parts.timeline import Mark, Timeline
from ganstudio.window.screen import Notes, Quality
from ganstudio.words.events import Advised, Remedy, Scored
from ganstudio.words.settings import SettingCard

CARDS = (
    SettingCard("width", "int", 64, "Breadth of the generator.", "channels", 4, 256),
    SettingCard("learning_rate", "float", 2e-4, "How big each correction is.", low=1e-7, high=0.1),
    SettingCard("flip", "bool", True, "Mirror half of the pictures."),
    SettingCard("fit", "str", "cover", "How a picture meets the size.", choices=("cover", "squash")),
)


def curve(values):
    made = Curve()
    for step, value in enumerate(values):
        made = made.plus(step, value)
    return made


@pytest.fixture
def card(qtbot):
    view = ChartsCard()
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def curves(card):
    """The charts of the losses."""
    card.losses.set_curves = card.set_curves
    return card.losses


@pytest.fixture
def form(qtbot):
    made = Form()
    qtbot.addWidget(made)
    made.set_cards(CARDS)
    return made


def editor(form, name, kind):
    return form.field(name).findChild(kind)


def test_curves_are_drawn_from_a_timer(qtbot, curves):
    curves.smoothing.setValue(0)
    curves.set_curves({"cycle": curve([3.0, 2.0, 1.0])})
    qtbot.waitUntil(lambda: curves.shown("cycle") == ([0, 1, 2], [3, 2, 1]))
    curves.set_curves({"cycle": curve([3.0, 2.0, 1.0, 5.0])})
    assert curves.shown("cycle") == ([0, 1, 2], [3, 2, 1])
    qtbot.waitUntil(lambda: curves.shown("cycle") == ([0, 1, 2, 3], [3, 2, 1, 5]))


def test_terms_have_names_for_artists_and_unknown_ones_keep_theirs(curves):
    curves.set_curves({"cycle": curve([1.0]), "odd_term": curve([1.0])})
    assert curves.button("cycle").text() == "Faithfulness"
    assert "(cycle)" in curves.button("cycle").toolTip()
    assert curves.button("odd_term").text() == "odd_term"
    assert term_of("discriminator").name == "Discriminator"


def test_a_hidden_curve_is_not_drawn_until_it_is_shown_again(qtbot, curves):
    curves.smoothing.setValue(0)
    curves.set_curves({"fool": curve([1.0, 2.0])})
    curves.redraw()
    curves.button("fool").click()
    curves.set_curves({"fool": curve([1.0, 2.0, 3.0])})
    curves.redraw()
    assert curves.shown("fool")[1] == [1, 2]
    curves.button("fool").click()
    assert curves.shown("fool")[1] == [1, 2, 3]


def test_log_scale_makes_room_for_what_has_a_logarithm(curves):
    curves.smoothing.setValue(0)
    curves.set_curves({"fool": curve([1.0, 0.0, -2.0, 100.0])})
    curves.logarithmic.click()
    chart = curves._charts[0]
    chart.grab()
    low, high = chart.values_seen
    assert 0.5 < low < 1
    assert 100 < high < 200
    curves.logarithmic.click()
    chart.grab()
    assert chart.values_seen[0] < -2


def test_two_curves_are_seen_and_the_others_are_one_click_away(curves):
    curves.set_curves({name: curve([1.0, 2.0]) for name in ("fool", "cycle", "identity", "discriminator", "odd")})
    assert [name for name in ("fool", "discriminator", "cycle") if curves.button(name).isChecked()] == [
        "fool",
        "discriminator",
        "cycle",
    ]
    assert not curves.button("identity").isChecked()
    assert curves.shown("identity") == ([], [])
    curves.button("identity").click()
    assert curves.shown("identity")[0] == [0, 1]
    assert not curves.button("odd").isChecked()
    curves.set_curves({name: curve([1.0, 2.0]) for name in ("odd", "odder")})
    assert curves.button("odd").isChecked(), "a method with odd terms only has curves too"


def drag(qtbot, chart, first, last):
    """Draw the pointer over a chart, from one step to another."""
    begin, end = (QPointF(chart.x_at(step), chart.area.center().y()).toPoint() for step in (first, last))
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(chart, end)
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=end)


def test_a_span_is_looked_at_closer_and_all_comes_back(qtbot, curves):
    values = [0.0] * 100_000
    values[50_123] = 7.0
    curves.smoothing.setValue(0)
    curves.set_curves({"cycle": curve(values), "fool": curve(values)})
    curves.redraw()
    chart = curves._charts[1]
    assert len(curves.shown("cycle")[0]) <= 2 * chart.width()
    drag(qtbot, chart, 54_000, 46_000)
    assert chart.span == pytest.approx((46_000, 54_000), abs=2 * 100_000 / chart.area.width())
    assert curves._charts[0].span == chart.span
    assert curves.whole.isVisible()
    assert 7.0 in curves._lines["cycle"].raw.values
    drag(qtbot, chart, 49_800, 50_600)
    drag(qtbot, chart, 50_060, 50_180)
    assert (50_123, 7.0) in zip(*curves.shown("cycle"), strict=True)
    values.append(1.0)
    curves.set_curves({"cycle": curve(values), "fool": curve(values)})
    curves.redraw()
    assert chart.span[1] < 56_000, "what comes in does not take the view away"
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=chart.rect().center())
    assert curves.whole.isHidden()
    assert chart.span == (0, 100_000)


def test_a_click_is_no_span_and_another_run_is_seen_whole(qtbot, curves):
    curves.set_curves({"cycle": curve([1.0, 2.0, 3.0, 4.0])})
    qtbot.mouseClick(curves._charts[1], Qt.MouseButton.LeftButton, pos=curves._charts[1].rect().center())
    assert curves.whole.isHidden()
    curves.show_span((1, 2))
    assert not curves.whole.isHidden()
    curves.set_curves({})
    assert curves.whole.isHidden()


def test_the_pointer_reads_the_step_it_is_nearest_to(qtbot, curves):
    curves.set_curves({"cycle": curve([1.0, 2.0, 3.0, 4.0])})
    curves._read(1.9)
    assert curves.readout.text() == "Step 2:  Faithfulness 3"
    curves.show_span((0, 2))
    assert not curves.readout.text().startswith("Step"), "another step is below the pointer now"


def test_without_curves_there_is_a_sentence_instead_of_empty_axes(curves):
    assert curves.placeholder.isVisible()
    curves.set_curves({"fool": curve([1.0])})
    assert not curves.placeholder.isVisible()


def test_quality_has_a_line_for_each_route_and_a_mark_at_the_best(card):
    quality = Quality()
    for step, distance in ((10, 0.5), (20, 0.2), (30, 0.4)):
        scores = {"a → b": {"distance": distance, "faithfulness": 0.9}, "b → a": {"distance": 2 * distance}}
        quality = quality.plus(Scored(step, "KID", scores, best=step == 20))
    card.tabs["quality"].click()
    card.set_quality(quality)
    assert card.quality.shown("distance a → b") == ([10, 20, 30], [0.5, 0.2, 0.4])
    assert card.quality.shown("distance b → a")[1] == [1.0, 0.4, 0.8]
    assert "(KID)" in card.quality.button("distance a → b").toolTip()
    assert dict(card.quality._charts[0].marks) == {20: "best"}
    card.set_quality(Quality())
    assert card.quality.placeholder.isVisible()
    assert not card.quality._charts[0].marks


@pytest.fixture
def timeline(qtbot):
    made = Timeline(lambda _: None)
    qtbot.addWidget(made)
    made.resize(500, 80)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_best_is_one_click_away(qtbot, timeline):
    timeline.set_steps((0, 100, 200, 300))
    assert not timeline.best.isVisible()
    timeline.set_best(120)
    with qtbot.waitSignal(timeline.chosen) as chosen:
        timeline.best.click()
    assert chosen.args == [1]
    assert (timeline.live, timeline.step) == (False, 100)


def test_marks_say_what_they_mean(timeline):
    timeline.set_steps((0, 100, 200))
    timeline.track.set_marks((Mark(100, "save", "Saved"), Mark(100, "best", "The best"), Mark(200, "named", "sky")))
    there = QPointF(timeline.track.x_at(100), 4)
    assert timeline.track.mark_at(there).text == "The best"
    assert timeline.track.mark_at(QPointF(timeline.track.x_at(50), 4)) is None
    assert timeline.track.mark_at(QPointF(there.x(), 30)) is None
    assert not timeline.grab().isNull()


SLOWER = Remedy("Slow the discriminator", "change", {"learning_rate": 1e-4})
WINNING = Advised(
    40,
    "discriminator winning",
    "The discriminator is winning.",
    (SLOWER, Remedy("Stop", "stop"), Remedy("Show", "show")),
)
COPYING = Advised(50, "copying", "It copies the pictures.", (Remedy("Go back", "return", step=20),))


@pytest.fixture
def advice(qtbot):
    made = AdviceCard()
    qtbot.addWidget(made)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("mood", "titles"),
    [
        ("live", ["Slow the discriminator", "Stop", "Show"]),
        ("resting", ["Continue: slow the discriminator", "Show"]),
        ("over", ["Show"]),
    ],
)
def test_advice_offers_what_can_be_done_now(qtbot, advice, mood, titles):
    advice.set_advice([WINNING], mood)
    assert not advice.isHidden()
    assert advice.message.text() == "The discriminator is winning."
    assert [button.text() for button in advice.buttons] == titles
    with qtbot.waitSignal(advice.wanted) as wanted:
        advice.buttons[0].click()
    assert wanted.args[0] in WINNING.remedies


def test_a_sentence_with_little_room_beside_its_buttons_stands_above_them(qtbot, advice, themed):
    advice.set_advice([WINNING], "resting")
    advice.show()
    advice.resize(1100, 60)
    qtbot.waitUntil(lambda: advice.buttons[0].x() > advice.message.geometry().right())
    advice.resize(520, 120)
    qtbot.waitUntil(lambda: advice.buttons[0].y() > advice.message.geometry().bottom())
    assert advice.buttons[0].x() == advice.message.x()
    assert advice.message.width() >= 320


def test_the_newest_advice_comes_first_and_the_others_are_a_click_away(qtbot, advice):
    advice.set_advice([WINNING, COPYING], "live")
    assert (advice.message.text(), advice.more.text()) == ("It copies the pictures.", "1 more")
    advice.more.click()
    assert advice.message.text() == "The discriminator is winning."
    with qtbot.waitSignal(advice.dismissed) as dismissed:
        advice.got_it.click()
    assert dismissed.args == [WINNING]
    advice.set_advice([COPYING], "live")
    assert advice.message.text() == "It copies the pictures."
    assert advice.more.isHidden()
    advice.set_advice([], "live")
    assert advice.isHidden()


def test_another_run_takes_its_curves_along(curves):
    curves.set_curves({"cycle": curve([1.0])})
    curves.set_curves({})
    curves.set_curves({"fool": curve([2.0])})
    assert curves.button("fool").text() == "Generator"


def test_a_form_knows_what_differs_from_the_preset(qtbot, form):
    form.preset({"width": 24})
    assert form.values() == {"width": 24, "learning_rate": 2e-4, "flip": True, "fit": "cover"}
    assert form.changes() == {}
    editor(form, "width", QSpinBox).setValue(64)
    assert form.changes() == {"width": 64}
    form.field("width").reset.click()
    assert form.changes() == {}


def test_what_someone_changed_survives_another_preset(qtbot, form):
    editor(form, "width", QSpinBox).setValue(32)
    form.preset({"width": 24, "fit": "squash"})
    assert form.values()["width"] == 32
    assert form.values()["fit"] == "squash"
    form.reset()
    assert form.values()["width"] == 24


def test_a_preset_is_no_edit(qtbot, form):
    with qtbot.assertNotEmitted(form.changed):
        form.preset({"width": 24, "learning_rate": 1e-3, "flip": False, "fit": "squash"})


@pytest.mark.parametrize(
    ("text", "fault"),
    [("abc", "Learning rate is a number, not 'abc'."), ("5", "Learning rate must be from 1e-07 to 0.1, not 5.")],
)
def test_a_wrong_value_is_told_beside_its_field(qtbot, form, text, fault):
    line = editor(form, "learning_rate", QLineEdit)
    line.clear()
    qtbot.keyClicks(line, text)
    assert form.fault() == fault
    with pytest.raises(ValueError, match="learning_rate"):
        form.values()
    form.field("learning_rate").reset.click()
    assert form.fault() == ""


@pytest.mark.parametrize(("name", "kind"), [("width", QSpinBox), ("fit", QComboBox)])
def test_the_wheel_changes_no_value(qtbot, form, name, kind):
    field = editor(form, name, kind)
    before = form.values()
    field.setFocus()
    middle = QPointF(field.rect().center())
    event = QWheelEvent(
        middle,
        field.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)
    assert form.values() == before


def test_a_card_that_cannot_be_chosen_says_why(qtbot):
    card = ChoiceCard("CycleGAN", "Turns pictures into others.")
    qtbot.addWidget(card)
    card.set_reason("Needs two folders of pictures; this project has one folder.")
    card.click()
    assert not card.isChecked()
    assert "this project has one folder" in card.accessibleDescription()
    card.set_reason("")
    card.click()
    assert card.isChecked()
    assert card.accessibleDescription() == "Turns pictures into others."


def test_notes_are_quiet_until_opened(qtbot):
    notes = NotesLine()
    qtbot.addWidget(notes)
    notes.tell(Notes(), Notes())
    assert notes.isHidden()
    notes.tell(Notes().plus("Few pictures."), Notes().plus("a<b>.png: It is empty.").plus("c.png: It is empty."))
    assert notes.line.text() == "1 warning, 2 pictures left out"
    notes.show()
    notes.line.click()
    assert notes.text.toPlainText() == "Few pictures.\na<b>.png: It is empty.\nc.png: It is empty."
    notes.close()


def test_what_a_choice_takes_becomes_known_without_moving_anything(qtbot):
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    first = ChoiceCard("Quick", "Minutes.", detail_lines=3)
    second = ChoiceCard(
        "Best", "A sentence that is so long that it goes on in a second line of its card.", detail_lines=3
    )
    for choice in (first, second):
        choice.setFixedWidth(240)
        layout.addWidget(choice)
    with qtbot.waitExposed(row):
        row.show()
    height = row.sizeHint().height()
    for choice in (first, second):
        choice.set_detail("96 px, soft\nabout 10 h 49 min\n86.8 MB of memory")
    qtbot.waitUntil(lambda: first._detail.y() == second._detail.y())
    assert row.sizeHint().height() == height
    first.set_tag("Suits this computer")
    assert row.sizeHint().height() == height
    assert (first._title.y(), first._detail.y()) == (second._title.y(), second._detail.y())


@pytest.mark.parametrize("points", [9, 18])
def test_the_room_for_what_a_choice_takes_is_as_large_as_its_letters(qtbot, points):
    choice = ChoiceCard("Quick", "Minutes.", detail_lines=3)
    qtbot.addWidget(choice)
    font = choice.font()
    font.setPointSize(points)
    choice.setFont(font)
    before = choice.sizeHint().height()
    choice.set_detail("1\n2\n3")
    assert choice.sizeHint().height() == before

"""Two models, two moments, and what lies between two models, on the same picture."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ganstudio.runs.moment import address
from ganstudio.window import jobs
from ganstudio.window.pages.models_compare import CompareDesk
from ganstudio.window.pages.models_mix import MixDesk
from ganstudio.words.events import Progress
from ganstudio.words.mix import Mix

CONTROL = Qt.KeyboardModifier.ControlModifier


def save(run: Path, *steps: int) -> None:
    (run / "checkpoints").mkdir()
    for step in steps:
        (run / "checkpoints" / f"{step:010d}.safetensors").touch()


def ink(image: QImage) -> str:
    return image.pixelColor(2, 2).name()


@pytest.fixture
def compare(page, runs, qtbot, paint):
    """compare(path, …) opens the desk on a picture."""

    def opened(*paths: Path) -> CompareDesk:
        page.take([paint((640, 320))])
        page.gallery.choose(*paths)
        qtbot.waitUntil(lambda: page.trials.trial is not None)
        page.gallery.setFocus()
        qtbot.keyClick(page.gallery, Qt.Key.Key_B, CONTROL)
        return page.findChild(CompareDesk)

    return opened


def test_two_models_are_shown_side_by_side_small_copies_first(compare, page, runs, asked, qtbot):
    desk = compare(*runs)
    left, right = desk.twin.sides
    qtbot.waitUntil(lambda: {side.levels.size.width() for side in (left, right) if side.levels} == {640})
    assert {ink(left.levels.images[0]), ink(right.levels.images[0])} == {"#ff0000", "#0000ff"}
    assert not page.gallery.isVisible()
    left.zoom_by(4)
    assert right.scale() == pytest.approx(left.scale())
    qtbot.keyClick(desk, Qt.Key.Key_Backslash)
    assert ink(left.levels.images[0]) == ink(right.levels.images[0]) == "#008000", "Both as they were before."
    qtbot.keyClick(desk, Qt.Key.Key_Backslash)
    before = ink(left.levels.images[0])
    qtbot.keyClick(desk, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: left.levels is not None and ink(left.levels.images[0]) != before)
    qtbot.keyClick(desk, Qt.Key.Key_S)
    assert desk.over.isVisible()
    assert not desk.twin.isVisible()
    qtbot.keyClick(desk, Qt.Key.Key_Escape)
    assert page.gallery.isVisible()


def test_two_moments_of_a_run_are_compared_when_one_model_is_chosen(compare, runs, asked, qtbot):
    save(runs[1], 400, 700, 1000)
    desk = compare(runs[1])
    left, right = desk.sides
    assert left.path == right.path == runs[1]
    assert [right.moment.itemText(row) for row in range(right.moment.count())] == [
        "As it is now", "Step 1,000", "Step 700", "Step 400",
    ]  # fmt: skip
    assert right.moment.currentData() == 700
    qtbot.waitUntil(lambda: address(runs[1], 700) in [path for path, _, _ in asked])
    right.moment.setCurrentIndex(right.moment.findData(400))
    right.moment.activated.emit(3)
    qtbot.waitUntil(lambda: address(runs[1], 400) in [path for path, _, _ in asked])


def test_a_long_name_leaves_the_moment_and_the_direction_room_for_their_words(compare, runs, asked, qtbot, monkeypatch):
    save(runs[1], 400, 700)
    desk = compare(runs[1])
    desk.resize(1150, 700)
    side = desk.sides[1]
    side.model.addItem("a long name " * 9)
    qtbot.waitUntil(lambda: side.model.y() == side.moment.y())
    for box in (side.moment, side.route):
        assert box.shown_text() == box.currentText()


def test_a_picture_of_the_project_will_do_until_one_is_chosen(page, runs, studio, qtbot, paint, asked):
    page.deeds.do("compare")
    desk = page.findChild(CompareDesk)
    qtbot.waitUntil(lambda: not desk.drop.isVisible() and desk.twin.isVisible())
    assert page.trials.trial.name == "000.png"
    page.show_gallery()
    assert page.trials.trial is None  # Only what one chose is tried on all models, and remembered.
    assert studio.settings.value("trial_picture") is None
    page.take([paint()])
    qtbot.waitUntil(lambda: page.trials.trial is not None and page.trials.trial.name == "me.png")
    page.deeds.do("compare")
    page.show_gallery()
    assert page.trials.trial.name == "me.png"


def test_comparing_without_a_picture_asks_for_one(page, runs, studio, qtbot, paint, asked):
    studio.keep_domains(())
    page.deeds.do("compare")
    desk = page.findChild(CompareDesk)
    assert desk.drop.isVisible()
    page.take([paint()])
    qtbot.waitUntil(lambda: not desk.drop.isVisible() and desk.twin.isVisible())
    qtbot.waitUntil(lambda: len(asked) == 4)


def test_a_side_that_fails_says_why(compare, runs, monkeypatch, qtbot):
    def translate(path, to, picture, *, device="auto"):
        yield None
        raise ValueError("The checkpoint is cut short.")

    monkeypatch.setattr(jobs, "translate", translate)
    desk = compare(*runs)
    qtbot.waitUntil(lambda: [side._message for side in desk.twin.sides] == ["The checkpoint is cut short."] * 2)


# Mixing


@pytest.fixture
def mixes(monkeypatch) -> list[tuple[Mix, str]]:
    """Mixtures that were tried: grey, the more of the second the lighter."""
    seen: list[tuple[Mix, str]] = []

    def translate(mix, to, picture, *, device="auto"):
        yield None
        if isinstance(mix, Mix):
            seen.append((mix, to, picture.width))
            return Image.new("RGB", picture.size, (round(255 * mix.share),) * 3)
        return picture

    monkeypatch.setattr(jobs, "translate", translate)
    return seen


@pytest.fixture
def desk(page, runs, mixes, qtbot, paint) -> MixDesk:
    page.take([paint((640, 320))])
    qtbot.waitUntil(lambda: page.trials.trial is not None)
    page.gallery.choose(runs[1])
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_M, CONTROL)
    return page.findChild(MixDesk)


def test_the_slider_mixes_live_and_the_large_copy_comes_when_it_rests(desk, runs, mixes, qtbot):
    qtbot.waitUntil(lambda: len(mixes) >= 2)
    assert mixes == [
        (Mix(runs[1], runs[0], 0.5), "summer → winter", 320),
        (Mix(runs[1], runs[0], 0.5), "summer → winter", 640),
    ]
    desk.slider.setFocus()
    qtbot.keyClick(desk.slider, Qt.Key.Key_End)
    assert [share.text() for share in desk.shares] == ["0 %", "100 %"]
    assert desk.compare.after is not None, "While the next one is made the last one stays."
    qtbot.waitUntil(lambda: ink(desk.compare.after.images[0]) == "#ffffff")
    qtbot.waitUntil(lambda: mixes[-1] == (Mix(runs[1], runs[0], 1.0), "summer → winter", 640))


def test_a_mixture_is_saved_as_a_model_of_the_project(desk, page, runs, qtbot, monkeypatch, studio):
    saved, offered = [], []
    studio.offered.connect(lambda *said: offered.append(said))

    def mix(wanted, target):
        saved.append((wanted, target.name))
        yield Progress(1, 3, "mixing")
        target.write_bytes(b"weights")
        return page.cards[runs[0]]

    monkeypatch.setattr(jobs, "mix", mix)
    desk.slider.setValue(30)
    assert desk.name.text() == "002-cyclegan + 001-cyclegan 30 %"
    desk.name.setText("Half: dream")
    desk.slider.setValue(25)
    assert desk.name.text() == "Half: dream", "A name that someone wrote stays."
    with qtbot.waitSignal(page.filled):
        qtbot.mouseClick(desk.save, Qt.MouseButton.LeftButton)
    assert saved == [(Mix(runs[1], runs[0], 0.25), "Half- dream.safetensors")]
    assert len(offered) == 1
    offered[0][2]()
    assert page.selected.name == "Half- dream.safetensors"
    assert page.gallery.isVisible()


def test_what_cannot_be_mixed_is_said_and_cannot_be_saved(desk, page, add, fill, qtbot, runs):
    faces = add("faces")
    fill()
    desk.open([runs[0]])
    page.show_desk(desk)
    assert desk.save.isEnabled()
    desk.ends[1].setCurrentIndex(desk.ends[1].findData(str(runs[0])))
    desk.ends[1].activated.emit(0)
    assert desk.hint.text() == "Choose two different models."
    assert not desk.save.isEnabled()
    assert desk.ends[1].findData(str(faces)) < 0, "What makes no picture of a picture is not offered."


def test_the_reason_of_the_engine_is_shown_in_the_preview(desk, page, runs, qtbot, monkeypatch):
    def translate(mix, to, picture, *, device="auto"):
        yield None
        raise ValueError("They have different networks (blocks 6 and 9). Only equal ones can be mixed.")

    monkeypatch.setattr(jobs, "translate", translate)
    desk.slider.setValue(77)
    qtbot.waitUntil(lambda: "blocks 6 and 9" in desk.compare._message)

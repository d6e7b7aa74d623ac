"""What is translated next: a first look soon, no stale work, and nothing twice."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize

from ganstudio.window import jobs
from ganstudio.window.pages.translate_work import FIRST, to_picture
from ganstudio.words.look import Look
from tests.window.pages.translate.acts import LARGER, current, picture, save_all

pytestmark = pytest.mark.usefixtures("engine")


def test_a_small_copy_is_shown_first_and_marked_and_the_whole_replaces_it(qtbot, desk, engine, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    assert desk.compare.after.size.width() * desk.compare.after.size.height() <= FIRST
    assert desk.compare._note.startswith("A first look")
    assert "2 min left" in desk.compare._note
    assert current(desk).state == "working"
    assert desk.save.isEnabled()
    assert not desk.copy.isEnabled()
    assert desk.look.isEnabled()
    engine.free = True
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert desk.compare.after.size == QSize(*LARGER)
    assert desk.compare._note == ""
    assert desk.save.isEnabled()


def test_a_small_picture_needs_no_first_look(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert [size for _, size, *_ in engine.asked] == [(300, 200)]


def test_another_direction_cancels_what_is_stale(qtbot, page, desk, engine, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    page.group.buttons()[1].click()
    qtbot.waitUntil(lambda: engine.cancelled == [("summer → winter", LARGER)])
    assert current(desk).first is None or engine.asked[-1][0] == "winter → summer"
    engine.free = True
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert engine.asked[-1][:2] == ("winter → summer", LARGER)


def test_only_what_is_looked_at_is_translated_whole(qtbot, desk, engine, tmp_path):
    paths = [picture(tmp_path, f"{number}.png") for number in range(3)]
    desk.add(paths)
    qtbot.waitUntil(lambda: [piece.state for piece in desk.queue.pieces] == ["done", "first", "first"])
    assert [size for _, size, *_ in engine.asked].count(LARGER) == 1
    engine.free = False
    desk.list.setCurrentIndex(desk.queue.index(1))
    qtbot.waitUntil(lambda: desk.queue.pieces[1].share is not None)
    desk.list.setCurrentIndex(desk.queue.index(2))  # Nobody waits for the second one any more.
    qtbot.waitUntil(lambda: len(engine.cancelled) == 1)
    qtbot.waitUntil(lambda: desk.queue.pieces[2].state == "working")
    assert desk.queue.pieces[1].state == "first"


def test_the_look_is_mixed_without_the_network(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    asked = len(engine.asked)
    desk.look.strength.setValue(40)
    desk.look.blend.setCurrentIndex(1)
    desk.look.colours.setChecked(True)
    assert desk.compare._look == Look(0.4, "luminance", keep_colours=True)
    assert len(engine.asked) == asked


def test_what_failed_says_why_and_can_be_tried_again(qtbot, desk, engine, tmp_path, monkeypatch):
    def fails(*_, **__):
        yield None
        raise ValueError("There is not enough memory for this.")

    monkeypatch.setattr(jobs, "translate", fails)
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert "not enough memory" in desk.compare._message
    assert desk.retry.isVisible()
    monkeypatch.setattr(jobs, "translate", engine.translate)
    desk.retry.click()
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert not desk.retry.isVisible()


def test_exact_or_fast_and_memory_are_asked_for_and_remembered(qtbot, desk, studio, engine, tmp_path):
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    fast = next(action for action in desk.manner.actions() if action.data() == "fast")
    two = next(action for action in desk.manner.actions() if action.data() == 2)
    fast.trigger()
    two.trigger()
    qtbot.waitUntil(lambda: current(desk).state == "done" and engine.asked[-1][2:] == ("fast", 2 << 30))
    assert studio.settings.value("translate/quality") == "fast"


def wholes(engine):
    return [size for _, size, *_ in engine.asked].count(LARGER)


def test_what_is_being_saved_is_not_translated_a_second_time(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    paths = [picture(tmp_path, name) for name in ("a.png", "an other.png")]
    desk.add(paths)
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: engine.cancelled == [("summer → winter", LARGER)])  # What had begun for the view.
    qtbot.waitUntil(lambda: bool(writing))
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy and current(desk).state == "done")
    assert wholes(engine) == 1
    shown = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(shown, 255 - np.asarray(Image.open(paths[0])))
    desk.list.setCurrentIndex(desk.queue.index(1))
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert wholes(engine) == 1
    assert desk.save.isEnabled()


def test_what_was_saved_with_a_look_is_translated_for_the_view_afterwards(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    desk.look.strength.setValue(80)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: len(engine.cancelled) == 1)
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy and current(desk).state == "done")
    assert wholes(engine) == 2


def test_what_the_saving_comes_to_much_later_is_translated_for_who_looks(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    paths = [picture(tmp_path, f"{number}.png") for number in range(5)]
    desk.add(paths)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: bool(writing))
    desk.list.setCurrentIndex(desk.queue.index(4))
    qtbot.waitUntil(lambda: current(desk).state == "working" and wholes(engine) >= 1)
    desk.saving_row.cancel.click()
    qtbot.waitUntil(lambda: not desk._saving.busy)

"""Taking pictures out of the queue, and putting them back."""

import pytest
from PySide6.QtCore import Qt

from tests.window.pages.translate.acts import WAYS, current, picture

pytestmark = pytest.mark.usefixtures("engine")


def test_one_can_be_taken_out_of_the_queue(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(3)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    desk.list.setFocus()
    qtbot.keyClick(desk.list, Qt.Key.Key_Delete)
    assert [piece.name for piece in desk.queue.pieces] == ["1.png", "2.png"]


def test_what_is_taken_out_comes_back_with_its_translation(qtbot, desk, studio, engine, tmp_path):
    offers = []
    studio.offered.connect(lambda *offer: offers.append(offer))
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(3)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    before, roots, asked = list(desk.queue.pieces), desk._filler.roots, len(engine.asked)
    desk.list.setCurrentIndex(desk.queue.index(1))
    desk.list.setFocus()
    qtbot.keyClick(desk.list, Qt.Key.Key_Delete)
    message, title, deed = offers.pop()
    assert (message, title) == ("1.png taken out of the list.", "Undo")
    deed()
    assert desk.queue.pieces == before
    assert current(desk) is before[1]
    desk.clear.click()
    assert desk.queue.pieces == []
    assert desk.stack.currentWidget() is desk.drop
    assert offers[-1][0] == "3 entries taken out of the list."
    with qtbot.waitSignal(studio.withdrawn) as withdrawn:
        desk._undo()
    assert withdrawn.args == ["3 entries taken out of the list."]
    assert desk.queue.pieces == before
    assert desk._filler.roots == roots
    assert current(desk).state == "done"
    assert len(engine.asked) == asked
    desk._undo()
    assert desk.queue.pieces == before


def test_what_comes_back_is_translated_by_the_model_of_now(qtbot, page, desk, engine, tmp_path):
    desk.add([picture(tmp_path, "0.png", (30, 20))])
    qtbot.waitUntil(lambda: current(desk) is not None and current(desk).state == "done")
    desk.clear.click()
    desk.set_route(desk._model, WAYS[1])
    desk._undo()
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert engine.asked[-1][0] == WAYS[1].title
    assert len(engine.asked) == 2


def test_while_one_paints_undoing_takes_back_strokes(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(2)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    desk._remove()
    desk.list.setCurrentIndex(desk.queue.index(0))
    desk.look.paint.setChecked(True)
    desk._undo()
    assert len(desk.queue.pieces) == 1
    desk.look.paint.setChecked(False)
    desk._undo()
    assert len(desk.queue.pieces) == 2

"""Dropping files: they are read where they are, and never moved away by who dragged them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio import window
from ganstudio.window.parts.drop_glow import DropGlow
from ganstudio.window.parts.drop_zone import OURS, DropZone, taken

COPY, MOVE, LINK = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.LinkAction


@pytest.fixture
def dragged(tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "me.png")), QUrl("https://example.org/you.png")])
    return data


def drop(data, allowed):
    """A drop of somebody who means to move, as with Shift held down."""
    event = QDropEvent(QPointF(9, 9), allowed, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    event.setDropAction(MOVE)
    return event


@pytest.mark.parametrize(("allowed", "done"), [(COPY | MOVE, COPY), (MOVE | LINK, LINK)])
def test_files_are_never_taken_as_a_move(dragged, tmp_path, allowed, done):
    event = drop(dragged, allowed)
    assert taken(event) == [tmp_path / "me.png"]
    assert event.isAccepted()
    assert event.dropAction() == done


def test_what_can_only_be_moved_and_what_is_ours_is_refused(dragged):
    event = drop(dragged, MOVE)
    assert taken(event) == []
    assert not event.isAccepted()
    dragged.setData(OURS, b"1")
    assert taken(drop(dragged, COPY)) == []


def test_a_zone_tells_of_what_was_dropped(qtbot, dragged, tmp_path):
    zone = DropZone("image", "Drop here", "Or click")
    qtbot.addWidget(zone)
    with qtbot.waitSignal(zone.dropped) as dropped:
        zone.dropEvent(drop(dragged, COPY | MOVE))
    assert dropped.args == [[tmp_path / "me.png"]]


def test_a_place_that_takes_files_lights_up_while_they_hang_above_it(qtbot, dragged):
    place, lit = DropZone("image", "Drop here", "Or click"), QWidget()
    lit.setParent(place)
    lit.resize(70, 50)
    qtbot.addWidget(place)
    glow = DropGlow(place, lit)
    place.show()

    def enter(data):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(place, QDragEnterEvent(QPoint(9, 9), COPY, data, left, none))

    for leave in (lambda: QApplication.sendEvent(place, QDragLeaveEvent()), lambda: drop_on(place, dragged)):
        enter(dragged)
        assert glow.isVisible()
        assert glow.geometry() == lit.rect()
        leave()
        assert not glow.isVisible()
    words = QMimeData()
    words.setText("no file")
    enter(words)
    assert not glow.isVisible()


def drop_on(place, data):
    QApplication.sendEvent(place, drop(data, COPY | MOVE))


def test_nobody_takes_whatever_action_is_proposed():
    files = Path(window.__file__).parent.rglob("*.py")
    assert not [file.name for file in files if "acceptProposedAction" in file.read_text("utf-8")]

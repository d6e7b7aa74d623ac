"""What the window needs soon is loaded and built once it is painted: one page at a time, while nobody is at work."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.window import readying
from ganstudio.window.main_window import PAGES, MainWindow
from ganstudio.window.readying import Readying
from ganstudio.window.studio import Studio


def test_the_first_frame_comes_first_and_the_pages_one_by_one(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(readying, "REST_MS", 0)
    monkeypatch.setattr(QCursor, "pos", QPoint)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    order: list[str] = []
    ready = Readying(window)
    ready.painted.connect(lambda: order.append("painted"))
    ready.loaded.connect(lambda: order.append("loaded"))
    made = window.page
    monkeypatch.setattr(window, "page", lambda key: (order.append(key), made(key))[1])
    with qtbot.waitSignal(ready.done, timeout=60_000):
        window.show()
    assert order == ["painted", "loaded", *(key for key in PAGES if key != "home")]
    assert window.stack.currentWidget() is made("home")
    window.close()


def test_no_page_is_built_while_the_pointer_moves_or_a_menu_is_open(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    window = MainWindow(studio)
    qtbot.addWidget(window)
    ready = Readying(window)
    built: list[str] = []
    monkeypatch.setattr(window, "page", built.append)
    monkeypatch.setattr(QCursor, "pos", lambda: QPoint(10, 10))
    ready._build_one()
    assert built == []
    menu = QMenu(window)
    menu.addAction("Open")
    window.show()
    menu.popup(QPoint())
    ready._build_one()
    assert built == []
    menu.close()
    ready._build_one()
    assert built == ["data"]
    window.close()


def test_a_window_that_is_never_painted_gets_what_it_needs(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(readying, "LATEST_MS", 0)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    ready = Readying(window)
    with qtbot.waitSignals([ready.painted, ready.loaded], timeout=60_000):
        pass
    window.close()


def test_a_window_that_closes_needs_nothing_any_more(qtbot: QtBot, studio: Studio) -> None:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    ready = Readying(window)
    loaded: list[bool] = []
    ready.loaded.connect(lambda: loaded.append(True))
    ready._first_frame()
    studio.shut()
    qtbot.waitUntil(lambda: not studio.reader.busy(1))
    QApplication.processEvents()
    assert not loaded
    assert not ready._rest.isActive()
    window.close()


class Appearing(QObject):
    """Notes every window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_no_part_of_a_page_is_shown_as_a_window_of_its_own_while_it_is_built(
    qtbot: QtBot, qapp: QApplication, studio: Studio, request: pytest.FixtureRequest
):
    appearing = Appearing()
    qapp.installEventFilter(appearing)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    for key in PAGES:
        window.page(key)
    request.getfixturevalue("project")
    qapp.processEvents()
    qapp.removeEventFilter(appearing)
    assert appearing.seen == [window]
    window.close()


def test_what_is_loaded_beside_the_windows_own_thread_knows_no_qt() -> None:
    """Two threads that name Qt's classes at once can end the program: seen with pyqtgraph, which names them all."""
    names = ", ".join(readying.WITHOUT_QT)
    found = f"import sys, {names}; print([name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph'))])"
    asked = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, timeout=300, check=True)
    assert asked.stdout.strip() == "[]"

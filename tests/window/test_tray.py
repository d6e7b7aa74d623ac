"""The tray's icon, its menu, and progress on the dock."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QSystemTrayIcon

from ganstudio.window import jobs, launcher, tray
from ganstudio.window.launcher import Launcher
from ganstudio.window.tray import Tray
from ganstudio.words.events import Progress, Started, Stop


# ruff: noqa: N802, N815  Qt's names.
class FakeIcon(QObject):
    """A tray where the test runs without one."""

    ActivationReason = QSystemTrayIcon.ActivationReason
    MessageIcon = QSystemTrayIcon.MessageIcon
    activated = Signal(QSystemTrayIcon.ActivationReason)
    messageClicked = Signal()

    def __init__(self, icon, parent) -> None:
        super().__init__(parent)
        self.said, self.tip, self.visible, self.menu = [], "", False, None

    isSystemTrayAvailable = supportsMessages = staticmethod(lambda: True)

    def setContextMenu(self, menu) -> None:
        self.menu = menu

    def setToolTip(self, tip) -> None:
        self.tip = tip

    def setVisible(self, visible) -> None:
        self.visible = visible

    def hide(self) -> None:
        self.visible = False

    def isVisible(self) -> bool:
        return self.visible

    def showMessage(self, *words) -> None:
        self.said.append(words)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def made(window, studio, monkeypatch):
    monkeypatch.setattr(tray, "QSystemTrayIcon", FakeIcon)
    return Tray(window, studio)


@pytest.fixture
def training(studio, qtbot, monkeypatch):
    def job(run: Path):
        command = yield Started(0, 10, "cyclegan", "cpu", "fp32", {})
        while not isinstance(command, Stop):
            command = yield Progress(1, 10)

    monkeypatch.setattr(jobs, "train", job)

    def begin():
        studio.begin_training(Path("007-cyclegan"))

    yield begin
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_there_is_an_icon_while_something_trains(made, training, studio, qtbot):
    assert not made.shown
    training()
    assert made.shown
    made.show_share(37)
    assert made._icon.tip == "GAN Studio – 007-cyclegan: 37 %"
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    assert not made.shown


def test_the_window_goes_into_the_tray_and_comes_back(made, window, training):
    training()
    made.put_away()
    assert window.isHidden()
    assert made.shown
    made._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert window.isVisible()


def test_a_hidden_window_keeps_its_icon_when_the_training_is_over(made, window, training, studio, qtbot):
    training()
    made.put_away()
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    assert made.shown
    assert made._icon.tip == "GAN Studio – No training is running"
    made.bring_back()
    assert not made.shown


def test_without_a_tray_the_window_is_minimised(window, studio, monkeypatch):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    plain = Tray(window, studio)
    plain.put_away()
    assert window.isMinimized()
    assert not plain.notify("a", "b")
    window.showNormal()


def test_the_menu_pauses_continues_and_stops(made, training, studio, qtbot):
    training()
    menu = {action.text(): action for action in made._icon.menu.actions() if action.text()}
    assert list(menu) == ["Show GAN Studio", "Pause", "Stop and save", "Quit"]
    menu["Pause"].trigger()
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    assert menu["Pause"].text() == "Continue"
    menu["Pause"].trigger()
    assert studio.training_state == "running"
    menu["Stop and save"].trigger()
    assert studio.training_state == "stopping"


def test_news_stay_long_enough_to_be_read(made, training):
    assert made.notify("007 has finished", "10 steps", fault=False)
    assert made.shown
    assert made._icon.said[0][:2] == ("007 has finished", "10 steps")
    made._linger.stop()
    made._settle()
    assert not made.shown


def test_progress_is_said_to_the_dock():
    said = []
    dock = Launcher(said.append)
    for share in (0, 37, 100, -1):
        dock.show_share(share)
    assert said == [
        {"progress": 0.0, "progress-visible": True},
        {"progress": 0.37, "progress-visible": True},
        {"progress": 1.0, "progress-visible": True},
        {"progress": 0.0, "progress-visible": False},
    ]


HEARD = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer, SLOT, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from ganstudio.window import launcher

class Dock(QObject):
    @Slot(QDBusMessage)
    def hear(self, message):
        print(message.arguments()[0], message.signature(), flush=True)
        QCoreApplication.exit(0)

app = QCoreApplication([])
dock = Dock()
bus = QDBusConnection.sessionBus()
assert bus.connect("", "", launcher.INTERFACE, "Update", dock, SLOT("hear(QDBusMessage)"))
QTimer.singleShot(0, lambda: launcher.to_bus({"progress": 0.37, "progress-visible": True}))
QTimer.singleShot(10000, lambda: QCoreApplication.exit(1))
sys.exit(app.exec())
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="No message bus here.")
def test_a_dock_on_the_bus_hears_it():
    heard = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", HEARD], capture_output=True, text=True, timeout=60, check=False
    )
    assert heard.returncode == 0, heard.stderr
    assert heard.stdout.strip() == f"{launcher.DESKTOP_FILE} sa{{sv}}"

"""What is said and done when a training has ended by itself."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow

from ganstudio.window import after, jobs
from ganstudio.window.after import AfterTraining
from ganstudio.words.events import Finished, Progress, Started, Stop


class FakeTray:
    def __init__(self) -> None:
        self.said: list[tuple[str, str, bool]] = []

    def notify(self, title: str, message: str, *, fault: bool = False) -> bool:
        self.said.append((title, message, fault))
        return True


@pytest.fixture
def tray():
    return FakeTray()


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def alerts(monkeypatch):
    seen: list[object] = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: seen.append(window))
    return seen


@pytest.fixture
def slept(monkeypatch):
    asked: list[tuple[str, list[str]]] = []
    start = staticmethod(lambda program, arguments: (asked.append((program, arguments)) or True, 1))
    monkeypatch.setattr(after.QProcess, "startDetached", start)
    return asked


@pytest.fixture
def ending(studio, window, tray, alerts):
    return AfterTraining(window, studio, tray)


def train(qtbot, studio, monkeypatch, *, fault: str = "", stopped: bool = False) -> None:
    def job(run: Path):
        command = yield Started(0, 10, "cyclegan", "cpu", "fp32", {})
        if fault:
            raise ValueError(fault)
        while stopped and not isinstance(command, Stop):
            command = yield Progress(1, 10)
        yield Finished(10, "stopped" if stopped else "done", seconds=720)

    monkeypatch.setattr(jobs, "train", job)
    studio.begin_training(Path("007-cyclegan"))
    if stopped:
        studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_a_finished_training_is_told(qtbot, studio, ending, window, tray, alerts, monkeypatch):
    train(qtbot, studio, monkeypatch)
    assert tray.said == [("007-cyclegan has finished", "Finished: 10 steps in 12 min", False)]
    assert alerts == [window]


def test_a_failed_training_is_told(qtbot, studio, ending, tray, monkeypatch):
    train(qtbot, studio, monkeypatch, fault="The disk is full. Make room and continue.")
    assert tray.said == [("007-cyclegan stopped", "The disk is full. Make room and continue.", True)]


def test_what_the_artist_stopped_is_no_news(qtbot, studio, ending, tray, alerts, monkeypatch, slept):
    ending.wish_for("sleep")
    train(qtbot, studio, monkeypatch, stopped=True)
    assert tray.said == []
    assert alerts == []
    assert ending.countdown is None


@pytest.mark.parametrize(("name", "fault"), [("notify_finish", ""), ("notify_failure", "Full.")])
def test_news_can_be_switched_off(qtbot, studio, settings, ending, tray, alerts, monkeypatch, name, fault):
    settings.setValue(name, False)
    train(qtbot, studio, monkeypatch, fault=fault)
    assert tray.said == []
    assert len(alerts) == 1


def test_news_make_a_sound_when_wished(qtbot, studio, settings, ending, monkeypatch):
    beeps = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))
    train(qtbot, studio, monkeypatch)
    assert beeps == []
    settings.setValue("notify_sound", True)
    train(qtbot, studio, monkeypatch)
    assert beeps == [1]


@pytest.mark.parametrize(
    ("system", "command"),
    [("linux", ["systemctl", "suspend"]), ("darwin", ["pmset", "sleepnow"]), ("win32", ["rundll32.exe"])],
)
def test_the_computer_sleeps_after_a_minute(qtbot, studio, settings, ending, slept, monkeypatch, system, command):
    settings.setValue("after_training", "sleep")
    train(qtbot, studio, monkeypatch)
    qtbot.waitUntil(lambda: ending.countdown is not None)
    countdown = ending.countdown
    assert countdown.words.text() == "The computer goes to sleep in 60 s"
    monkeypatch.setattr(after.sys, "platform", system)
    for _ in range(after.COUNTDOWN - 1):
        countdown.tick()
    assert slept == []
    assert countdown.words.text() == "The computer goes to sleep in 1 s"
    countdown.tick()
    assert [[program, *arguments][: len(command)] for program, arguments in slept] == [command]
    assert ending.countdown is None


def test_it_can_be_taken_back(qtbot, studio, ending, slept, monkeypatch):
    settings_wish = "sleep"
    studio.settings.setValue("after_training", settings_wish)
    train(qtbot, studio, monkeypatch)
    qtbot.waitUntil(lambda: ending.countdown is not None)
    ending.countdown.reject()
    assert slept == []
    assert ending.countdown is None


def test_the_window_closes_when_wished(qtbot, studio, ending, window, monkeypatch):
    studio.settings.setValue("after_training", "quit")
    window.show()
    train(qtbot, studio, monkeypatch)
    qtbot.waitUntil(lambda: ending.countdown is not None)
    ending.countdown.accept()
    assert not window.isVisible()


def test_a_wish_counts_for_one_training(qtbot, studio, ending, monkeypatch):
    changed = []
    ending.wish_changed.connect(lambda: changed.append(ending.wish))
    ending.wish_for("sleep")
    train(qtbot, studio, monkeypatch)
    assert changed[:2] == ["sleep", "nothing"]


def test_the_next_of_a_queue_ends_the_countdown(qtbot, studio, ending, slept, monkeypatch):
    studio.settings.setValue("after_training", "sleep")
    train(qtbot, studio, monkeypatch)
    qtbot.waitUntil(lambda: ending.countdown is not None)
    studio.settings.setValue("after_training", "nothing")
    train(qtbot, studio, monkeypatch)
    assert ending.countdown is None
    assert slept == []


def test_a_computer_that_cannot_be_put_to_sleep_says_so(qtbot, studio, ending, said, monkeypatch):
    monkeypatch.setattr(after.QProcess, "startDetached", staticmethod(lambda *_: (False, 0)))
    studio.settings.setValue("after_training", "sleep")
    train(qtbot, studio, monkeypatch)
    qtbot.waitUntil(lambda: ending.countdown is not None)
    ending.countdown.accept()
    assert said == ["This computer could not be put to sleep from here."]

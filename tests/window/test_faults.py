"""Faults nobody caught, as the artist sees them, and how the last session is told of."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from ganstudio.runs.project import Project
from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.faults import MANY, Faults
from ganstudio.window.main_window import MainWindow
from ganstudio.window.session import Report, Session, bad_ends
from ganstudio.words.events import Finished, Losses, Saved
from ganstudio.words.recipe import Recipe


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def window(qtbot, studio, monkeypatch):
    monkeypatch.setattr(MainWindow, "show_page", lambda *_: None)
    made = MainWindow(studio)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def faults(window, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    session = Session(tmp_path / "sessions")
    session.begin()
    made = Faults(window, session)
    made.install()
    yield made
    session.end()


def throw(message: str) -> None:
    try:
        {}[message]
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def button(banner, title: str) -> QPushButton:
    return next(made for made in (*banner.buttons, banner.more) if made.text() == title)


def test_a_fault_is_a_calm_notice_with_details_on_request(window, faults, caplog):
    throw("inside")
    (banner,) = window.banners.shown()
    assert banner.title.text() == "Something went wrong (KeyError)"
    assert "inside" not in banner.text.text()
    assert banner.details.isHidden()
    button(banner, "Show details").click()
    assert not banner.details.isHidden()
    assert "KeyError: 'inside'" in banner.details.toPlainText()
    button(banner, "Copy").click()
    assert "KeyError: 'inside'" in QGuiApplication.clipboard().text()
    assert "KeyError: 'inside'" in caplog.text


def test_a_fault_that_comes_with_every_frame_is_said_once_and_logged_a_few_times(window, faults, caplog):
    for _ in range(100):
        throw("again")
    assert len(window.banners.shown()) == 1
    assert caplog.text.count("Not caught") == MANY


def test_another_fault_takes_the_place_of_the_first(window, faults):
    throw("first")
    throw("second")
    (banner,) = window.banners.shown()
    assert "second" in banner.details.toPlainText()


def test_a_fault_in_a_thread_is_told_in_the_window(window, faults, qtbot):
    def work():
        raise RuntimeError("of a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(window.banners.shown()))
    assert "of a thread" in window.banners.shown()[0].details.toPlainText()


def test_what_the_artist_was_told_is_in_the_log(window, faults, caplog):
    window.studio.say("The disk is full.", fault=True)
    window.studio.say("All is well.")
    assert [record.message for record in caplog.records] == ["The disk is full."]


def test_being_interrupted_is_no_fault(window, faults):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert window.banners.shown() == []


@pytest.fixture
def run(tmp_path):
    project = Project.create(tmp_path / "projects" / "seasons")
    made = Run.create(project.path / "runs" / "007-cyclegan", Recipe("cyclegan", (), steps=10))
    made.shelf.folder.mkdir()
    made.shelf.place(4).touch()
    made.append(Saved(4, "checkpoints/4", "checkpoint"))
    made.append(Losses(6, {"cycle": 1.0}))
    return made


def test_a_killed_training_is_told_and_goes_on_with_one_press(window, faults, run, qtbot, monkeypatch):
    def train(path: Path):
        yield Finished(10)

    monkeypatch.setattr(jobs, "train", train)
    shown = []
    window.studio.page_wanted.connect(lambda page, argument: shown.append((page, argument)))
    faults.tell(Report(1_000_000_000, 1_000_000_000, run.path, run.path.parent.parent))
    (banner,) = window.banners.shown()
    assert banner.text.text().startswith("007-cyclegan was training; it is saved up to step 4.")
    assert "the computer went off" in banner.text.text()
    assert banner.more.isHidden()
    button(banner, "Continue training").click()
    assert window.studio.training.run == run.path
    assert window.studio.project.path == run.path.parent.parent
    assert shown == [("train", run.path)]
    assert window.banners.shown() == []
    qtbot.waitUntil(lambda: window.studio.training is None)


def test_a_crash_says_its_first_line_and_shows_the_rest(window, faults):
    trace = "Fatal Python error: Segmentation fault\n\nThread 1:\n  here\n"
    faults.tell(Report(1_000_000_000, 1_000_000_000, None, None, trace))
    (banner,) = window.banners.shown()
    assert "(Fatal Python error: Segmentation fault)" in banner.text.text()
    assert banner.text.text().startswith("Nothing was training.")
    assert [made.text() for made in banner.buttons] == ["Show log", "Support bundle…"]
    assert banner.details.toPlainText() == trace


def test_a_run_that_is_gone_cannot_be_continued(window, faults, tmp_path):
    faults.tell(Report(1.0, 1.0, tmp_path / "gone"))
    assert "Continue training" not in [made.text() for made in window.banners.shown()[0].buttons]


def test_what_is_open_and_trains_is_written_down(window, faults, tmp_path, qtbot, monkeypatch):
    def train(path: Path):
        while True:
            yield Losses(1, {})

    monkeypatch.setattr(jobs, "train", train)
    project = Project.create(tmp_path / "projects" / "seasons").path
    assert window.studio.open_project(project)
    training = window.studio.begin_training(project / "runs" / "001")
    assert faults._session._facts["project"] == str(project)
    assert faults._session._facts["run"] == str(project / "runs" / "001")
    window.studio.worker.cancel(training.job)
    qtbot.waitUntil(lambda: window.studio.training is None)
    assert "run" not in faults._session._facts
    assert bad_ends(tmp_path / "sessions") == []


def test_a_training_that_goes_on_from_another_is_saved_before_its_own_first_save(window, faults, run):
    (run.path / "events.jsonl").unlink()
    faults.tell(Report(1_000_000_000, 1_000_000_000, run.path, run.path.parent.parent))
    (banner,) = window.banners.shown()
    assert "saved up to step 4." in banner.text.text()


def test_a_training_without_a_checkpoint_had_not_been_saved(window, faults, run):
    run.shelf.line()[0].path.unlink()
    faults.tell(Report(1_000_000_000, 1_000_000_000, run.path, run.path.parent.parent))
    (banner,) = window.banners.shown()
    assert "had not been saved yet" in banner.text.text()

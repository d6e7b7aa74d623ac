"""Asking for a file of weights: once, for the method that misses it, without a download."""

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from ganstudio.window import jobs, places
from ganstudio.window.pages.train_setup import TrainSetup
from ganstudio.window.pages.train_weights import WeightsKeeper
from ganstudio.words.cards import MethodCard, Preset, WeightsFile
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs

PRESETS = {name: Preset(64, 1, "", steps=9) for name in ("quick", "balanced", "best")}
CATALOGUE = tuple(
    MethodCard(key, key, "", "super-resolution", Needs.FOLDER, (), PRESETS) for key in ("sharper", "plain")
)


class Engine:
    """One method misses a file, and takes those whose name begins with "good"."""

    def __init__(self, folder):
        self.place = folder / "eyes.pth"
        self.used = []

    def missing_weights(self):
        yield None
        file = WeightsFile("Results can be sharper.", str(self.place), 574_000_000, "https://example.org/eyes.pth")
        return {} if self.place.is_file() else {"sharper": (file,)}

    def use_weights(self, name, file):
        yield None
        self.used.append((name, file))
        if not file.name.startswith("good"):
            raise ValueError(f"{file.name} is another file.")
        self.place.touch()


@pytest.fixture
def engine(monkeypatch, tmp_path):
    made = Engine(tmp_path)
    for name in ("missing_weights", "use_weights"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    return made


@pytest.fixture
def setup(qtbot, engine):
    made = TrainSetup()
    qtbot.addWidget(made)
    made.set_catalogue(CATALOGUE)
    made.set_folders([Domain("photos", ("/photos",))])
    made.set_fits({}, {}, (), {})
    made.resize(1000, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def keeper(qtbot, studio, setup):
    made = WeightsKeeper(studio, setup)
    made.look()
    qtbot.waitUntil(setup.weights.isVisible)
    return made


def pick(monkeypatch, name):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_args: (name, "")))


def test_it_is_said_under_the_method_that_misses_it(setup, keeper):
    said = setup.weights.sentence.text()
    assert said == "Results can be sharper. One file of 574.0 MB, optional."
    assert "https://example.org/eyes.pth" in setup.weights.get.toolTip()
    setup.chooser.chosen.emit("plain")
    assert not setup.weights.isVisible()
    setup.chooser.chosen.emit("sharper")
    assert setup.weights.isVisible()


def test_its_place_opens_in_the_browser_or_is_told(setup, keeper, monkeypatch):
    asked, answers = [], iter((True, False))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toString()) or next(answers))
    setup.weights.get.click()
    assert asked == ["https://example.org/eyes.pth"]
    assert setup.weights.fault.text() == ""
    setup.weights.get.click()
    assert setup.weights.fault.text() == "No browser opened. eyes.pth is at https://example.org/eyes.pth"


def test_not_now_is_never_asked_again(qtbot, setup, keeper, studio):
    setup.weights.later.click()
    assert not setup.weights.isVisible()
    assert places.declined(studio.settings) == {"eyes.pth"}
    with qtbot.waitSignal(studio.worker.ended):
        keeper.look()
    assert not setup.weights.isVisible()


def test_a_file_that_fits_is_taken(qtbot, setup, keeper, engine, said, monkeypatch):
    pick(monkeypatch, "/somewhere/good.pth")
    with qtbot.waitSignal(keeper.taken):
        setup.weights.use.setFocus()
        setup.weights.use.click()
        assert setup.weights.use.text() == "Checking…"
        setup.weights.use.click()
    assert engine.used == [("eyes.pth", Path("/somewhere/good.pth"))]
    qtbot.waitUntil(lambda: not setup.weights.isVisible())
    assert said == ["The weights are in their place. Trainings from now on use them."]


def test_another_file_is_refused_and_one_may_try_again(qtbot, setup, keeper, monkeypatch):
    pick(monkeypatch, "/somewhere/bad.pth")
    setup.weights.use.click()
    qtbot.waitUntil(lambda: setup.weights.fault.text() == "bad.pth is another file.")
    assert setup.weights.fault.isVisible()
    assert setup.weights.use.text() == "Use a file…"
    pick(monkeypatch, "/somewhere/good.pth")
    with qtbot.waitSignal(keeper.taken):
        setup.weights.use.click()


def test_closing_the_question_changes_nothing(setup, keeper, engine, monkeypatch):
    pick(monkeypatch, "")
    setup.weights.use.click()
    assert setup.weights.use.text() == "Use a file…"
    assert engine.used == []


def test_a_file_that_is_taken_is_for_the_method_it_was_offered_to(qtbot, setup, keeper, engine, monkeypatch):
    pick(monkeypatch, "/somewhere/bad.pth")
    setup.weights.use.click()
    setup.chooser.chosen.emit("plain")
    qtbot.waitUntil(lambda: bool(engine.used))
    qtbot.wait(50)
    assert engine.used[0][0] == "eyes.pth"
    setup.chooser.chosen.emit("sharper")
    assert setup.weights.use.text() == "Use a file…"

"""The page itself: which model and which direction, also of a training in progress."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.words.events import Finished, Save, Saved, Started
from ganstudio.words.recipe import Recipe
from tests.window.pages.translate.acts import DIGITS


def test_without_a_model_it_leads_to_one(qtbot, page, studio, project):
    page.shown()
    assert page.stack.currentWidget() is page.empty
    assert page.models.isHidden()


def test_a_model_file_can_be_opened_from_the_picker(qtbot, page, model, tmp_path, monkeypatch):
    page.shown(model)
    assert page.models.itemText(page.models.count() - 1) == "Open a model file…"
    file = tmp_path / "digits.safetensors"
    answers = ["", str(file)]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    for chosen in (model, file):
        page.models.showPopup()
        page.models.view().setCurrentIndex(page.models.model().index(page.models.count() - 1, 0))
        qtbot.keyClick(page.models.view(), Qt.Key.Key_Return)
        assert page.model == chosen
    assert page.route == DIGITS[0]
    assert page.models.currentText() == "digits"


def test_arrow_keys_on_the_closed_picker_open_no_dialog(qtbot, page, model, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: pytest.fail("a dialog"))
    page.shown(model)
    qtbot.keyClick(page.models, Qt.Key.Key_Down)
    qtbot.keyClick(page.models, Qt.Key.Key_End)
    assert page.model == model


def test_a_model_that_goes_while_it_is_chosen_is_told_of(desk, page, studio, project, model, said):
    other = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (other.path / MODEL).write_bytes(b"weights")
    studio.runs_changed.emit()
    assert page.model == model
    assert not said  # That another came is nothing to be told.
    shutil.rmtree(model)
    studio.runs_changed.emit()
    assert page.model == other.path
    assert said == [f"{model.name} is no longer there. {other.path.name} is chosen now."]
    shutil.rmtree(other.path)
    studio.runs_changed.emit()
    assert page.stack.currentWidget() is page.empty
    assert said[1:] == [f"{other.path.name} is no longer there."]


def test_a_direction_that_goes_lets_the_keyboard_go_while_it_can_be_kept_in_the_page(qtbot, page, desk):
    went = page.group.buttons()[0]
    went.setFocus()
    assert page.focusWidget() is went
    page._show_directions()
    assert page.focusWidget() is not went


def test_the_keyboard_comes_to_a_model_then_its_directions_then_the_desk(qtbot, page, desk):
    page._show_directions()  # As when another model was chosen.
    page.models.setFocus()
    for wanted in (page.group.checkedButton(), desk.drop):  # Arrow keys go from one direction to another.
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        assert page.focusWidget() is wanted


def test_the_training_in_progress_is_saved_before_it_translates(qtbot, page, studio, project, monkeypatch, model):
    commands = []
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))

    def trains(path):
        command = yield Started(0, 10, "cyclegan", "CPU", "fp32", {})
        while command is None:
            command = yield None
        commands.append(command)
        (path / MODEL).write_bytes(b"weights")
        command = yield Saved(4, MODEL, "model")
        while command is None:
            command = yield None
        yield Finished(5, "stopped")

    monkeypatch.setattr(jobs, "train", trains)
    studio.begin_training(run.path)
    page.shown(run.path)
    assert page.note.text().startswith("Saving what the training has learnt")
    qtbot.waitUntil(lambda: page.route is not None)
    assert commands == [Save()]
    assert page.newest.isVisible()
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    assert not page.newest.isVisible()


def test_a_paused_training_is_paused_again_after_its_state_is_saved(qtbot, page, studio, project, monkeypatch, model):
    def trains(path):
        said = Started(0, 10, "cyclegan", "CPU", "fp32", {})
        while True:
            command = yield said
            if command not in {None, Save()}:
                return
            said = Saved(4, MODEL, "model") if command == Save() else None

    monkeypatch.setattr(jobs, "train", trains)
    studio.begin_training(model)
    studio.pause_training()
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    page.shown(model)
    qtbot.waitUntil(lambda: page.route is not None)
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_a_file_that_is_no_model_is_refused_in_a_sentence(qtbot, page, studio, project, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"no model")
    page.choose(Path(tmp_path / "bad.safetensors"))
    assert "is not a model of GAN Studio" in page.note.text()
    assert page.route is None

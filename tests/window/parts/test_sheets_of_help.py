"""The log and the support bundle inside the window."""

import logging
import zipfile

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from ganstudio.runs.bundle import Piece
from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.logbook import keep_log
from ganstudio.window.parts.bundle_sheet import BundleSheet
from ganstudio.window.parts.log_sheet import LogSheet
from ganstudio.words.recipe import Recipe


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def log():
    handler = keep_log()
    yield logging.getLogger("ganstudio.window")
    logging.getLogger().removeHandler(handler)
    logging.getLogger("ganstudio").setLevel(logging.NOTSET)


@pytest.fixture
def sheet(qtbot, log):
    log.info("The window opened")
    log.warning("A file was odd")
    made = LogSheet(None, lambda: None)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_log_is_shown_newest_last(sheet):
    lines = sheet.text.toPlainText().splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == ["The window opened", "⚠ A file was odd"]


def test_warnings_alone(sheet):
    sheet.warnings.setChecked(True)
    assert sheet.text.toPlainText().endswith("A file was odd")
    assert "opened" not in sheet.text.toPlainText()
    sheet.copy.click()
    assert QGuiApplication.clipboard().text() == sheet.text.toPlainText()


def test_the_log_is_followed(sheet, log):
    log.warning("Another one")
    sheet.refresh()
    assert sheet.text.toPlainText().endswith("⚠ Another one")


def test_names_are_not_taken_for_markup(sheet, log):
    log.warning("<b>bold</b>.png is odd")
    sheet.refresh()
    assert "<b>bold</b>.png" in sheet.text.toPlainText()


@pytest.fixture
def bundle(qtbot, studio, project, monkeypatch):
    """The sheet, with pieces that say what they were asked for."""
    run = Run.create(project.path / "runs" / "007-cyclegan", Recipe("cyclegan", (), steps=10))

    def support(run, *, names):
        yield None
        return (Piece("doctor.txt", "2 cores"), Piece("run/recipe.toml", f"{run and run.name} {names}"))

    monkeypatch.setattr(jobs, "support", support)
    made = BundleSheet(None, studio, run.path)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.save.isEnabled)
    return made


def test_what_is_in_it_is_shown_before_it_is_saved(bundle, qtbot):
    assert [bundle.list.item(row).text() for row in range(2)] == [
        "doctor.txt  (7 bytes)",
        "run/recipe.toml  (18 bytes)",
    ]
    assert bundle.text.toPlainText() == "2 cores"
    bundle.list.setCurrentRow(1)
    assert bundle.text.toPlainText() == "007-cyclegan False"


def test_names_and_another_training_are_gathered_anew(bundle, qtbot):
    bundle.list.setCurrentRow(1)
    bundle.names.setChecked(True)
    qtbot.waitUntil(lambda: bundle.text.toPlainText() == "007-cyclegan True")
    bundle.run.setCurrentIndex(bundle.run.count() - 1)
    qtbot.waitUntil(lambda: bundle.text.toPlainText() == "None True")


def test_it_is_saved_as_it_was_shown(bundle, qtbot, tmp_path, said):
    bundle.write(tmp_path / "bundle.zip")
    qtbot.waitUntil(lambda: bool(said))
    with zipfile.ZipFile(tmp_path / "bundle.zip") as file:
        assert file.read("run/recipe.toml") == b"007-cyclegan False"
    assert said == ["The support bundle is saved."]


def test_a_place_that_cannot_be_written_is_told(bundle, qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    bundle.write(tmp_path / "file" / "bundle.zip")
    qtbot.waitUntil(lambda: bool(bundle.state.text()))
    assert bundle.isVisible()
    assert bundle.save.isEnabled()

"""Models: cards, details, export, rename, trash."""

import os
import shutil
from pathlib import Path

import pytest
import send2trash
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from ganstudio.runs import model
from ganstudio.runs.run import MODEL
from ganstudio.runs.title import title
from ganstudio.window import jobs
from ganstudio.window.pages.models import ModelsPage
from ganstudio.window.parts.export_dialog import ExportDialog
from ganstudio.window.studio import Training
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Progress, Scored
from ganstudio.words.routes import Route

ROUTES = (Route("winter", "summer", multiple=4), Route("summer", "winter", multiple=4))


def make_run(project, name: str, monkeypatch) -> Path:
    run = project.path / "runs" / name
    run.mkdir(parents=True)
    (run / "recipe.toml").touch()
    (run / "model.safetensors").write_bytes(b"weights")
    return run


@pytest.fixture
def runs(project, monkeypatch) -> list[Path]:
    def card(path: Path) -> ModelCard:
        step = 1000 if path.name.startswith("002") else 14
        figures = {"distance": 0.19345, "faithfulness": 0.627, "variety": 1.0}
        scored = Scored(900, "KID", {"summer → winter": figures}) if step == 1000 else None
        pictures = {"summer": 6, "winter": 5}
        return ModelCard(str(path), path.name, "cyclegan", ROUTES, 64, step, 1000, 1.8e9, 8_900_000, pictures, scored)

    monkeypatch.setattr(model, "card", card)
    return [make_run(project, name, monkeypatch) for name in ("001-cyclegan", "002-cyclegan")]


@pytest.fixture
def page(qtbot, studio, runs) -> ModelsPage:
    page = ModelsPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.shown()
    return page


def test_the_newest_model_comes_first_and_is_chosen(page, runs):
    assert list(page.cards) == runs[::-1]
    assert page.selected == runs[1]
    assert page.cards[runs[1]].lines == ("summer ↔ winter", "64 px  ·  1,000 steps  ·  8.9 MB")
    assert page.summary.text() == "2 models  ·  17.8 MB"


def test_details_of_a_finished_and_an_unfinished_run(page, runs, qtbot, wanted):
    assert not page.details.go_on.isVisible()
    assert page.details._values["quality"].text() == "summer → winter: distance 0.193 (KID), 63% of the drawing kept"
    qtbot.mouseClick(page.cards[runs[0]], Qt.MouseButton.LeftButton)
    assert page.details.name.text() == "001-cyclegan"
    assert page.details.routes.text() == "summer → winter\nwinter → summer"
    assert page.details._values["steps"].text() == "14 of 1,000"
    assert page.details._values["quality"].text() == "not measured"
    assert page.details._values["pictures"].text() == "summer: 6 pictures\nwinter: 5 pictures"
    qtbot.mouseClick(page.details.go_on, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.details.translate, Qt.MouseButton.LeftButton)
    assert wanted == [("train", runs[0]), ("translate", runs[0])]


def test_a_page_called_with_a_model_chooses_it(page, runs):
    page.shown(runs[0])
    assert page.selected == runs[0]


def test_a_broken_model_is_named_and_the_others_are_shown(page, runs, monkeypatch, said):
    real = model.card

    def card(path: Path) -> ModelCard:
        if path == runs[0]:
            raise ValueError("001 is not a model of GAN Studio.")
        return real(path)

    monkeypatch.setattr(model, "card", card)
    page.shown()
    assert list(page.cards) == [runs[1]]
    assert said == ["001 is not a model of GAN Studio."]


@pytest.mark.parametrize(
    ("suffix", "to"),
    [(".onnx", "summer → winter"), (".safetensors", None), (".pth", "summer → winter"), (".pt2", "summer → winter")],
)
def test_export_asks_format_and_file_and_shows_the_proof(page, runs, qtbot, monkeypatch, said, tmp_path, suffix, to):
    asked = []

    class Exported:
        path, difference, checked_size = tmp_path, 1, (53, 37)

    def job(path: Path, file: Path, target: str | None):
        asked.append((path, file, target))
        yield Progress(1, 2, "exporting")
        return Exported()

    monkeypatch.setattr(jobs, "export", job)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    qtbot.mouseClick(page.details.export, Qt.MouseButton.LeftButton)
    dialog = page.findChild(ExportDialog)
    dialog.formats[suffix].setChecked(True)
    assert dialog.route.isEnabled() == (to is not None)
    dialog.accept()
    assert page.details.exporting.isVisible()
    qtbot.waitUntil(lambda: bool(said))
    assert asked == [(runs[1], tmp_path / f"out{suffix}", to)]
    assert said == [f"out{suffix} is written. Compared on a picture of 53 × 37: at most 1 of 255 apart."]
    assert not page.details.exporting.isVisible()
    assert page.details.export.isEnabled()


def test_an_export_can_be_cancelled(page, runs, qtbot, monkeypatch, said, tmp_path):
    def job(*_):
        while True:
            yield None

    monkeypatch.setattr(jobs, "export", job)
    page.export(tmp_path / "a.onnx", None)
    page.do("cancel")
    qtbot.waitUntil(lambda: said == ["The export was cancelled."])


def test_a_failed_export_says_why(page, qtbot, monkeypatch, said, tmp_path):
    def job(*_):
        yield None
        raise ValueError("The exported model differs by 9 of 255 and was not kept.")

    monkeypatch.setattr(jobs, "export", job)
    page.export(tmp_path / "a.onnx", None)
    qtbot.waitUntil(lambda: said == ["The exported model differs by 9 of 255 and was not kept."])


def test_rename_renames_the_run(page, runs, studio, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (" Winter dream ", True))
    page.do("rename")
    assert title(runs[1]) == "Winter dream"
    assert page.selected == runs[1], "its folder stays, whoever knows of it"


@pytest.fixture
def file(page, runs, studio):
    """A model file beside another one."""
    folder = studio.project.path / "models"
    folder.mkdir()
    for name in ("one", "two"):
        shutil.copy(runs[1] / MODEL, folder / f"{name}.safetensors")
    page.shown()
    return folder / "one.safetensors"


def test_a_model_file_is_called_by_its_name(page, file):
    page.rename(file, "Winter dream")
    assert file.with_name("Winter dream.safetensors") in page.cards


@pytest.mark.parametrize("name", ["two", "a/b", "..", "dot."])
def test_impossible_names_of_files_are_refused(page, file, said, name):
    page.rename(file, name)
    assert file.is_file()
    assert len(said) == 1


def test_a_runs_name_is_one_line(page, runs, said):
    page.rename(runs[1], "x" * 100)
    assert said == ["A name is one line of at most 80 letters."]


def test_delete_confirms_and_uses_the_systems_trash(page, runs, qtbot, monkeypatch):
    trashed = []

    def trash(path: os.PathLike[str]) -> None:
        trashed.append(Path(path))
        Path(path).rename(Path(path).with_name(f".{Path(path).name}"))

    monkeypatch.setattr(send2trash, "send2trash", trash)
    page.do("delete")
    box = page.findChild(QMessageBox)
    assert box.text() == 'Move "002-cyclegan" to the trash?'
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert trashed == []
    page.do("delete")
    box = next(box for box in page.findChildren(QMessageBox) if box.isVisible())
    next(button for button in box.buttons() if button.text() == "Move to trash").click()
    assert trashed == [runs[1]]


def test_a_trash_that_refuses_is_said(page, runs, monkeypatch, said):
    def trash(path):
        raise OSError("No trash on this drive")

    monkeypatch.setattr(send2trash, "send2trash", trash)
    page.delete(runs[1])
    assert said == ["It could not be moved to the trash: No trash on this drive"]
    assert runs[1].is_dir()


def test_the_run_that_trains_can_be_watched_not_renamed_nor_deleted(page, runs, studio, said):
    studio.training = Training(999, runs[1])
    studio.training_changed.emit()
    assert page.details.go_on.text() == "Watch the training"
    assert not page.details.rename.isEnabled()
    page.do("rename")
    page.do("delete")
    assert len(said) == 2
    assert page.findChild(QMessageBox) is None
    studio.training = None


def test_without_models_there_is_one_clear_way(page, studio, runs, wanted, qtbot):
    for run in runs:
        (run / "model.safetensors").unlink()
    page.shown()
    assert page.empty.title.text() == "No models yet"
    qtbot.mouseClick(page.empty, Qt.MouseButton.LeftButton)
    studio.project = None
    page.shown()
    qtbot.mouseClick(page.empty, Qt.MouseButton.LeftButton)
    assert wanted == [("train", None), ("home", None)]

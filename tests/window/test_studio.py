"""What the pages share: the engine is told ready when it is, and a project is one window's at a time."""

import itertools
import os

import pytest
from PySide6.QtCore import QSettings

from ganstudio.runs.project import Project
from ganstudio.window import jobs
from ganstudio.window import studio as studio_module
from ganstudio.window.studio import Studio
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs

CARD = MethodCard("m", "M", "Makes.", "task", Needs.FOLDER, (), {})
DEVICES = (("cpu", "CPU, 2 cores"),)


def ending_after(turns, result):
    """A job that ends in its turn number `turns` + 1."""

    def job():
        yield from itertools.repeat(None, turns)
        return result

    return job


@pytest.mark.parametrize(("first", "second"), [(1, 5), (5, 1)], ids=["catalogue first", "devices first"])
def test_the_engine_is_ready_when_methods_and_devices_are_known(studio, qtbot, monkeypatch, first, second):
    monkeypatch.setattr(jobs, "catalogue", ending_after(first, (CARD,)))
    monkeypatch.setattr(jobs, "devices", ending_after(second, DEVICES))
    seen = []
    studio.catalogue_ready.connect(lambda: seen.append((studio.catalogue, studio.devices)))
    studio.load_catalogue()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [((CARD,), DEVICES)]


def test_devices_that_cannot_be_listed_leave_the_processor(studio, qtbot, monkeypatch):
    def broken():
        yield None
        raise ValueError("No driver.")

    monkeypatch.setattr(jobs, "catalogue", ending_after(1, (CARD,)))
    monkeypatch.setattr(jobs, "devices", broken)
    with qtbot.waitSignal(studio.catalogue_ready):
        studio.load_catalogue()
    assert studio.devices == (("cpu", "CPU"),)


@pytest.fixture
def other(qtbot, tmp_path):
    """A second window's studio."""
    made = Studio(QSettings(str(tmp_path / "other.ini"), QSettings.Format.IniFormat))
    made.said.connect(lambda message, _: made.setProperty("said", message))
    yield made
    made.shut()


def test_a_project_that_is_open_elsewhere_is_refused_with_the_others_name(studio, other, project):
    assert not other.open_project(project.path)
    assert other.project is None
    said = other.property("said")
    assert said.startswith(f"{project.name} is open in another GAN Studio, process {os.getpid()} on ")
    assert said.endswith("Close it there first.")


def test_a_project_is_free_again_when_another_one_is_opened_or_the_window_closes(studio, other, project, tmp_path):
    assert studio.open_project(project.path)
    assert studio.new_project(tmp_path / "next")
    assert other.open_project(project.path)
    other.shut()
    assert studio.open_project(project.path)


@pytest.mark.parametrize("name", ["{braces}", "{}", "%s"])
def test_names_of_all_kinds_are_refused_too(studio, other, tmp_path, name):
    assert studio.new_project(tmp_path / name)
    assert not other.open_project(tmp_path / name)
    assert name in other.property("said")


def test_a_folder_that_cannot_be_locked_can_be_looked_at(other, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("Read-only file system")

    project = Project.create(tmp_path / "shared")
    monkeypatch.setattr(studio_module, "held", broken)
    assert other.open_project(project.path)

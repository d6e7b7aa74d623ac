"""A project whose folder is away is told, and so is its coming back."""

import pytest

from ganstudio.runs.project import Project
from ganstudio.runs.run import Run
from ganstudio.window.parts.banner import Banners
from ganstudio.window.vigil import Vigil
from ganstudio.words.recipe import Recipe


@pytest.fixture
def banners(qtbot):
    made = Banners()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def vigil(studio, banners, tmp_path):
    made = Vigil(studio, banners)
    assert studio.open_project(Project.create(tmp_path / "seasons").path)
    return made


def look(vigil, qtbot):
    qtbot.waitUntil(lambda: vigil._looking is None or not vigil._looking.is_alive())
    with qtbot.waitSignal(vigil.seen):
        vigil.look()


def test_all_is_quiet_while_it_is_there(vigil, banners, qtbot):
    look(vigil, qtbot)
    assert banners.shown() == []
    assert vigil._timer.isActive()


def test_a_folder_that_is_away_is_told_once_and_its_return_too(vigil, banners, qtbot, tmp_path, said):
    (tmp_path / "seasons").rename(tmp_path / "elsewhere")
    look(vigil, qtbot)
    look(vigil, qtbot)
    (banner,) = banners.shown()
    assert str(tmp_path / "seasons") in banner.text.text()
    (tmp_path / "elsewhere").rename(tmp_path / "seasons")
    look(vigil, qtbot)
    assert banners.shown() == []
    assert said == ["seasons is back."]


def test_another_project_ends_the_notice(vigil, studio, banners, qtbot, tmp_path):
    (tmp_path / "seasons").rename(tmp_path / "elsewhere")
    look(vigil, qtbot)
    assert len(banners.shown()) == 1
    assert studio.new_project(tmp_path / "other")
    assert banners.shown() == []


def test_a_notice_that_the_artist_closed_is_not_touched_again(vigil, banners, qtbot, tmp_path):
    (tmp_path / "seasons").rename(tmp_path / "elsewhere")
    look(vigil, qtbot)
    banners.shown()[0].leave()
    qtbot.wait(10)
    (tmp_path / "elsewhere").rename(tmp_path / "seasons")
    look(vigil, qtbot)
    assert banners.shown() == []


def test_trainings_that_other_programs_begin_are_noticed(vigil, studio, qtbot):
    told = []
    studio.runs_changed.connect(lambda: told.append(1))
    look(vigil, qtbot)
    look(vigil, qtbot)
    assert not told
    Run.create(studio.project.path / "runs" / "from-a-terminal", Recipe("cyclegan", ()))
    with qtbot.waitSignal(studio.runs_changed):
        qtbot.waitUntil(lambda: not vigil._looking.is_alive())
        vigil.look()

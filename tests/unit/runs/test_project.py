"""Projects: a folder with domains, runs and models."""

import re

import pytest

from ganstudio.runs.project import Project
from ganstudio.runs.run import MODEL, Run
from ganstudio.words.recipe import Domain, Recipe

DOMAINS = (Domain("summer", ("/a/summer", "/a/one more.png")), Domain("winter", ("/b",)))
RECIPE = Recipe("cyclegan", DOMAINS)


def test_domains_are_kept(tmp_path):
    project = Project.create(tmp_path / "mine").keep(DOMAINS)
    assert Project.open(project.path) == project
    assert project.name == "mine"


def test_creating_where_one_is_opens_it(tmp_path):
    Project.create(tmp_path).keep(DOMAINS)
    assert Project.create(tmp_path).domains == DOMAINS


def test_a_folder_without_a_project_is_named(tmp_path):
    picture = tmp_path / "picture.png"
    picture.touch()
    for place in (tmp_path, picture):
        with pytest.raises(
            ValueError, match=rf"^{re.escape(str(place))} is not a GAN Studio project \(no project.toml\)"
        ):
            Project.open(place)


def test_a_project_that_cannot_be_read_is_not_called_damaged(tmp_path):
    (tmp_path / "project.toml").mkdir()
    with pytest.raises(ValueError, match=r"project\.toml cannot be read: Is a directory\.|Permission denied\."):
        Project.open(tmp_path)


@pytest.mark.parametrize("text", ["", "domains = 3", "domains = [1]", "domains = [{}]", "version", "\x00"])
def test_a_damaged_project_is_named_and_left_as_it_was(tmp_path, text):
    file = tmp_path / "project.toml"
    file.write_text(text)
    with pytest.raises(
        ValueError, match=r"project.toml is damaged \((?!.*Error\()"
    ):  # In words, not as Python says it.
        Project.open(tmp_path)
    assert file.read_text() == text


def test_runs_are_numbered_and_listed_newest_first(tmp_path):
    project = Project.create(tmp_path)
    assert project.next_run("cyclegan").name == "001-cyclegan"
    for name in ("001-cyclegan", "010-cyclegan"):
        Run.create(tmp_path / "runs" / name, RECIPE)
    (tmp_path / "runs" / "not a run").mkdir()
    assert [run.name for run in project.runs()] == ["010-cyclegan", "001-cyclegan"]
    assert project.next_run("cut").name == "011-cut"


def test_models_are_runs_that_have_one_and_imported_files(tmp_path):
    project = Project.create(tmp_path)
    first = Run.create(project.next_run("cyclegan"), RECIPE)
    Run.create(project.next_run("cyclegan"), RECIPE)
    (first.path / MODEL).write_bytes(b"")
    (tmp_path / "models").mkdir()
    imported = tmp_path / "models" / "monet.safetensors"
    imported.write_bytes(b"")
    assert project.models() == [first.path, imported]

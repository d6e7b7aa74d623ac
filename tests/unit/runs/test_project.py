"""Projects: a folder with domains, runs and models."""

import re
import shutil

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


def test_a_project_that_is_away_is_not_called_none(tmp_path):
    with pytest.raises(ValueError, match=rf"^{re.escape(str(tmp_path / 'gone'))} is not there\. Was it moved, or"):
        Project.open(tmp_path / "gone")


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


def test_a_project_from_the_future_asks_for_an_update_and_is_left_as_it_was(tmp_path):
    file = tmp_path / "project.toml"
    file.write_text("version = 2\n[[worlds]]\nname = 'summer'\n")
    with pytest.raises(ValueError, match=r"project\.toml has version 2; this GAN Studio reads version 1\. Update it\."):
        Project.create(tmp_path)
    assert file.read_text().startswith("version = 2")


def test_pictures_that_were_moved_with_a_project_and_its_runs_are_found(tmp_path):
    inside, outside = tmp_path / "old" / "pictures" / "summer", tmp_path / "winter"
    inside.mkdir(parents=True)
    outside.mkdir()
    (inside / "1.png").touch()
    summer = Domain("summer", (str(inside),), (str(inside / "1.png"),))
    domains = (summer, Domain("winter", (str(outside), "/gone/for ever")))
    project = Project.create(tmp_path / "old").keep(domains)
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", domains))
    assert Project.open(project.path).domains == run.recipe().domains == domains
    project.path.rename(tmp_path / "new")
    there = tmp_path / "new" / "pictures" / "summer"
    moved = (Domain("summer", (str(there),), (str(there / "1.png"),)), domains[1])
    assert Project.open(tmp_path / "new").domains == moved
    (run,) = Project.open(tmp_path / "new").runs()
    assert run.recipe() == Recipe("cyclegan", moved)


def test_a_copy_of_a_project_takes_the_pictures_that_were_meant(tmp_path):
    for place in ("old", "new"):
        (tmp_path / place / "pictures").mkdir(parents=True)
    domains = (Domain("pictures", (str(tmp_path / "old" / "pictures"),)),)
    Project.create(tmp_path / "old").keep(domains)
    shutil.copy(tmp_path / "old" / "project.toml", tmp_path / "new")
    assert Project.open(tmp_path / "new").domains == domains


def test_runs_are_numbered_and_listed_newest_first(tmp_path):
    project = Project.create(tmp_path)
    assert project.next_run("cyclegan").name == "001-cyclegan"
    for number in (2, 10, 1, 7, 3):
        Run.create(tmp_path / "runs" / f"{number:03d}-cyclegan", RECIPE)
    (tmp_path / "runs" / "not a run").mkdir()
    assert [run.name for run in project.runs()] == [f"{number:03d}-cyclegan" for number in (10, 7, 3, 2, 1)]
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

"""Names, places and faces of projects; how numbers are said."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from ganstudio.runs.project import Project
from ganstudio.window import places, words
from ganstudio.words.recipe import Domain


def test_each_folder_is_a_domain_and_single_files_are_one(draw, tmp_path):
    summer, winter = draw("summer", 2), draw("other/summer", 1)
    files = sorted(draw("loose", 2).iterdir())
    made = places.domains_from([summer, files[0], winter, files[1], tmp_path / "gone"])
    assert made == (
        Domain("summer", (str(summer),)),
        Domain("summer 2", (str(winter),)),
        Domain("pictures", (str(files[0]), str(files[1]))),
    )


def test_names_that_are_taken_get_a_number(draw, tmp_path):
    assert places.domains_from([draw("a", 1)], ["a", "a 2"])[0].name == "a 3"
    (tmp_path / "new").mkdir()
    assert places.free(tmp_path / "new") == tmp_path / "new 2"


def test_the_face_is_the_newest_sheet_of_the_first_route_else_a_picture(draw, tmp_path):
    folder = draw("summer", 2)
    project = Project.create(tmp_path / "p").keep((Domain("summer", (str(folder),)),))
    assert places.face(project) == folder / "000.png"
    run = tmp_path / "p" / "runs" / "001-cyclegan"
    (run / "sheets").mkdir(parents=True)
    (run / "recipe.toml").touch()
    for name in ("0000000900-0", "0000001000-0", "0000001000-1"):
        (run / "sheets" / f"{name}.png").touch()
    assert places.face(project) == run / "sheets" / "0000001000-0.png"


def test_a_face_is_looked_for_in_subfolders_and_not_among_hidden_files(draw, tmp_path):
    (tmp_path / "a" / "inner").mkdir(parents=True)
    (tmp_path / "a" / ".hidden.png").touch()
    (tmp_path / "a" / "notes.txt").touch()
    picture = tmp_path / "a" / "inner" / "1.PNG"
    picture.touch()
    assert places.first_picture(tmp_path / "a") == picture
    assert places.first_picture(tmp_path / "nothing") is None


def test_places_under_home_are_said_briefly():
    assert places.home_relative(Path.home() / "Pictures") == str(Path("~/Pictures"))
    assert places.home_relative(Path("/somewhere")) == str(Path("/somewhere"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3599, "1 h"), (34800, "9 h 40 min"), (187200, "2 d 4 h")],
)
def test_durations_are_said_as_one_would(seconds, said):
    assert words.duration(seconds) == said


def test_counts_and_sizes():
    assert (words.pictures(1), words.pictures(2000), words.count(11000)) == ("1 picture", "2,000 pictures", "11,000")
    assert words.file_size(45_500_000) == "45.5 MB"


def test_a_file_that_was_declined_is_remembered(settings):
    assert places.declined(settings) == frozenset()
    places.decline(settings, "a.pth")
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert places.declined(again) == {"a.pth"}
    places.decline(again, "b.pth")
    places.decline(again, "b.pth")
    assert places.declined(again) == {"a.pth", "b.pth"}

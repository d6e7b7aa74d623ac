"""The demo's own parts: where it goes, how it measures, what it shows."""

import io

import numpy as np
import pytest
from PIL import Image

from ganstudio.cli.demo import Crossing, contact_sheet, faithfulness, free_place, psnr
from ganstudio.runs.project import Project
from ganstudio.words.recipe import Domain


def picture(path, level, side=16):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), (level,) * 3).save(path)
    return path


@pytest.fixture
def crossing(tmp_path):
    crossing = Crossing("summer", "winter", tmp_path / "before", tmp_path / "made", tmp_path / "truth")
    for name in ("1.png", "2.png"):
        picture(crossing.before / name, 100)
        picture(crossing.made / name, 199)
        picture(crossing.truth / name, 200)
    return crossing


def test_a_free_name_is_taken_as_it_is(tmp_path):
    assert free_place(tmp_path / "demo") == tmp_path / "demo"
    (tmp_path / "demo").mkdir()
    assert free_place(tmp_path / "demo") == tmp_path / "demo"


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.doc").touch()
    (tmp_path / "demo-2").touch()
    assert free_place(tmp_path / "demo") == tmp_path / "demo-3"


def test_a_demo_that_is_there_goes_on(tmp_path):
    place = tmp_path / "demo"
    sides = tuple(Domain(season, (str(place / "pictures" / season),)) for season in ("summer", "winter"))
    Project.create(place).keep(sides)
    assert free_place(place) == place


def test_another_project_is_left_alone(tmp_path):
    Project.create(tmp_path / "demo").keep((Domain("cats", ("/cats",)),))
    assert free_place(tmp_path / "demo") == tmp_path / "demo-2"


def test_psnr_is_the_textbooks(tmp_path):
    one, other = picture(tmp_path / "a.png", 100), picture(tmp_path / "b.png", 110)
    assert psnr(one, other) == pytest.approx(20 * np.log10(25.5))
    assert psnr(one, one) == 99.0


def test_faithfulness_is_told_beside_leaving_it_unchanged(crossing):
    assert faithfulness(crossing) == pytest.approx((20 * np.log10(255), 20 * np.log10(2.55)))


def test_the_contact_sheet_shows_before_made_and_truth(crossing):
    with Image.open(io.BytesIO(contact_sheet([crossing]))) as sheet:
        row = [sheet.getpixel((x, 100)) for x in (50, 50 + 136, 50 + 272)]
    assert row == [(100,) * 3, (199,) * 3, (200,) * 3]

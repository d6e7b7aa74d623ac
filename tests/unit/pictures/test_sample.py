import pytest
from PIL import Image

from ganstudio.pictures.landscapes import SEASONS, scene
from ganstudio.pictures.reading import read
from ganstudio.pictures.sample import NOTE, draw
from ganstudio.words.events import Progress


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    steps = list(draw(folder, pictures=6, held_out=4, seed=3))
    return folder, steps


def test_the_folder_holds_what_was_asked(folder):
    root, steps = folder
    for part, count in (("summer", 6), ("winter", 6), ("held_out/summer", 4), ("held_out/winter", 4)):
        files = sorted((root / part).iterdir())
        assert [file.name for file in files] == [f"{n:04d}.png" for n in range(1, count + 1)]
        for file in files:
            with Image.open(file) as picture:
                assert (picture.mode, picture.size) == ("RGB", (64, 64))
    assert all(isinstance(step, Progress) for step in steps)
    assert [(step.done, step.total) for step in steps] == [(n, 16) for n in range(1, 17)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder, tmp_path):
    root, _ = folder
    for seed in (3, 4):
        list(draw(tmp_path / str(seed), pictures=2, held_out=1, seed=seed))
        for part in ("summer/0001.png", "winter/0002.png", "held_out/winter/0001.png"):
            same = (tmp_path / str(seed) / part).read_bytes() == (root / part).read_bytes()
            assert same == (seed == 3)


def test_a_pair_shows_one_place_that_is_nowhere_else(folder):
    root, _ = folder
    for n in (1, 4):
        for season in SEASONS:
            shown = read(root / "held_out" / season / f"{n:04d}.png")
            assert shown.tobytes() == scene((3, 2, n - 1)).picture(season).tobytes()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(ValueError, match="holds other files"):
        next(draw(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_sample_left_half_drawn_is_not_taken_for_whole_and_can_be_drawn_again(tmp_path):
    going = draw(tmp_path, pictures=2, held_out=0, seed=3)
    next(going)
    going.close()
    assert not (tmp_path / NOTE).exists()
    (tmp_path / "summer/0001.png").write_bytes(b"half")
    for _ in range(2):
        list(draw(tmp_path, pictures=1, held_out=0, seed=3))
        assert (tmp_path / NOTE).exists()
        assert read(tmp_path / "summer/0001.png").size == (64, 64)

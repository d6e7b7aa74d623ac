"""Verbs that write a run's past into files."""

import pytest
from PIL import Image


def test_a_film_and_a_table_are_written_and_named(ganstudio, run, tmp_path):
    said = ganstudio("timelapse", run.path, tmp_path / "film.gif", "--rate", 5)
    assert (said.code, said.out.splitlines()[-1]) == (0, str(tmp_path / "film.gif"))
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 2
    said = ganstudio("curves", run.path, tmp_path / "curves.csv")
    assert (said.code, said.out.splitlines()[-1]) == (0, str(tmp_path / "curves.csv"))
    assert (tmp_path / "curves.csv").read_text("utf-8").startswith("step,time,losses/fool")


@pytest.mark.parametrize("verb", ["timelapse", "curves"])
def test_what_is_no_run_is_said_in_one_line(ganstudio, tmp_path, verb):
    said = ganstudio(verb, tmp_path, tmp_path / "out.gif")
    assert said.code == 1
    assert said.err == f"ganstudio: {tmp_path} holds no run (no recipe.toml).\n"


@pytest.mark.parametrize(("verb", "suffix"), [("timelapse", ".gif"), ("curves", ".csv")])
def test_a_name_with_a_line_end_is_one_line(ganstudio, run, tmp_path, verb, suffix):
    """Whose files a script reads line by line."""
    file = tmp_path / f"a\nb{suffix}"
    said = ganstudio(verb, run.path, file)
    assert said.code == 0
    assert said.out.splitlines()[-1] == str(file).replace("\n", "\\n")

"""A run's name for people."""

import pytest

from ganstudio.runs.title import LONGEST, entitle, title


def test_a_run_is_called_like_its_folder_until_it_has_a_name(tmp_path):
    run = tmp_path / "007-cyclegan"
    run.mkdir()
    assert title(run) == "007-cyclegan"
    entitle(run, "  Himmel über Köln 🌇 ")
    assert title(run) == "Himmel über Köln 🌇"
    entitle(run, "007-cyclegan")
    assert list(run.iterdir()) == []
    entitle(run, "x" * LONGEST)
    assert title(run) == "x" * LONGEST
    entitle(run, "")
    assert title(run) == "007-cyclegan"
    assert title(tmp_path / "model.safetensors") == "model.safetensors"


@pytest.mark.parametrize("name", ["two\nlines", "x" * (LONGEST + 1)])
def test_a_name_is_one_short_line(tmp_path, name):
    with pytest.raises(ValueError, match="one line"):
        entitle(tmp_path, name)


def test_rubbish_in_its_file_is_no_name(tmp_path):
    (tmp_path / "title.txt").write_bytes(b"\xff" * 500)
    assert len(title(tmp_path)) == LONGEST
    (tmp_path / "title.txt").write_bytes(b"  \n")
    assert title(tmp_path) == tmp_path.name

"""`~` means home also where no shell has looked at it."""

from pathlib import Path

import pytest

from ganstudio.cli.home import placed


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def test_a_tilde_at_the_beginning_is_home(home):
    assert placed("~/a b") == str(home / "a b")
    assert placed("--out=~/a") == f"--out={home / 'a'}"
    assert placed("~") == str(home)


@pytest.mark.parametrize("word", ["~a", "a~", "./~/a", "--set", "--set=width=~/a", "-~/a", "", "--out=~a", "--"])
def test_all_else_stays(word):
    assert placed(word) == word


def test_every_verb_looks_there(ganstudio, home):
    (home / "none").mkdir()
    said = ganstudio("models", "~/none")
    assert said.out == f"No models in {Path(home, 'none')}.\n"

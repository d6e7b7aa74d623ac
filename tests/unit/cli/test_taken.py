"""What is there stays, unless --force says otherwise: the same rule and the same word for every verb that writes."""

import inspect
import sys

import pytest

from ganstudio.cli import app
from ganstudio.runs import model

WRITERS = {"export": "file", "import": "out", "mix": "out", "timelapse": "file", "curves": "target", "doctor": "bundle"}


def test_every_verb_that_writes_one_file_has_the_word():
    verbs = dict(app.VERBS)
    for verb, what in WRITERS.items():
        assert {what, "force"} <= set(inspect.signature(verbs[verb]).parameters)


def written_by(verb, run, file):
    return ["doctor", "--bundle", file] if verb == "doctor" else [verb, run.path, file]


@pytest.mark.parametrize(("verb", "name"), [("timelapse", "a.gif"), ("curves", "a.csv"), ("doctor", "a.zip")])
def test_a_file_that_is_there_stays_until_it_is_forced(ganstudio, run, tmp_path, verb, name):
    file = tmp_path / name
    file.write_bytes(b"mine")
    said = ganstudio(*written_by(verb, run, file))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"ganstudio: {file} is there already. Choose another name, or replace it with --force.\n"
    assert file.read_bytes() == b"mine"
    assert ganstudio(*written_by(verb, run, file), "--force").code == 0
    assert file.stat().st_size > len(b"mine")


@pytest.mark.parametrize(("verb", "name"), [("timelapse", "a.gif"), ("curves", "a.csv"), ("doctor", "a.zip")])
def test_a_folder_is_never_taken_for_a_file(ganstudio, run, tmp_path, verb, name):
    (tmp_path / name).mkdir()
    said = ganstudio(*written_by(verb, run, tmp_path / name), "--force")
    assert (said.code, said.err) == (1, f"ganstudio: {tmp_path / name} is a folder. Name a file to write.\n")


@pytest.mark.parametrize(
    "words", [["export", "m", "{}"], ["import", "m", "--out", "{}"], ["mix", "m", "m", "--out", "{}"]]
)
def test_a_model_that_is_there_stays_and_that_is_said_before_torch_is_loaded(ganstudio, tmp_path, monkeypatch, words):
    for name in ("exporting", "importing", "mixing"):
        monkeypatch.setitem(sys.modules, f"ganstudio.engine.exchange.{name}", None)
    for name in ("card", "header"):
        monkeypatch.setattr(model, name, lambda _: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").touch()
    file = tmp_path / "new.safetensors"
    file.touch()
    said = ganstudio(*(word.format(file) for word in words))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"ganstudio: {file} is there already. Choose another name, or replace it with --force.\n"


def test_event_files_of_another_program_stay_in_their_folder(ganstudio, run, tmp_path):
    board = tmp_path / "board"
    board.mkdir()
    (board / "notes").write_text("mine")
    assert ganstudio("curves", run.path, board).code == 0  # Other files are nobody's business.
    (made,) = board.glob("events.out.tfevents.*")
    said = ganstudio("curves", run.path, board)
    assert said.code == 1
    assert "--force" in said.err
    assert list(board.glob("events.out.tfevents.*")) == [made]
    assert ganstudio("curves", run.path, board, "--force").code == 0
    assert len(list(board.glob("events.out.tfevents.*"))) == 1
    assert (board / "notes").read_text() == "mine"

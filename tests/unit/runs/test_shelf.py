"""Which checkpoint is the newest, which stay, and what a return to an earlier one does."""

import errno

import pytest

from ganstudio.runs.shelf import MARKS, Shelf
from ganstudio.runs.writing import Unwritten
from tests.faults import Drive


@pytest.fixture
def shelf(tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    return Shelf(tmp_path / "run" / "checkpoints")


def save(shelf, *steps, **marks):
    for step in steps:
        path = shelf.place(step)
        path.write_bytes(b"%d" % step)
        shelf.mark(path, **marks)
        shelf.prune()


def steps(entries):
    return [entry.step for entry in entries]


def test_an_empty_shelf_is_empty(tmp_path):
    assert Shelf(tmp_path / "nothing").entries() == []


def test_the_newest_three_stay(shelf):
    save(shelf, 1, 2, 3, 10, 11)
    assert steps(shelf.line()) == [11, 10, 3]
    assert {path.suffix for path in shelf.folder.iterdir()} == {".safetensors"}


def test_what_was_just_written_stays_behind_damaged_ones_that_are_newer(shelf):
    save(shelf, 10, 11, 12)
    for step in (3, 4):
        path = shelf.place(step)
        path.write_bytes(b"whole")
        shelf.prune(path)
        assert steps(shelf.line()) == [12, 11, 10, step]


def test_the_best_stays_until_another_is(shelf):
    save(shelf, 1)
    save(shelf, 2, best=True)
    save(shelf, 3, 4, 5, 6)
    assert steps(shelf.entries()) == [6, 5, 4, 2]
    assert shelf.find().step == 2
    save(shelf, 7, best=True)
    assert steps(shelf.entries()) == [7, 6, 5]
    assert [entry.best for entry in shelf.entries()] == [True, False, False]


def test_one_with_a_name_stays_until_the_name_goes(shelf):
    save(shelf, 1, name="the first snow ❄")
    save(shelf, 2, 3, 4, 5)
    assert shelf.find(name="the first snow ❄").step == 1
    shelf.mark(shelf.find(1).path, name="snow")
    shelf.forget("the first snow ❄")
    assert shelf.entries()[-1].names == ("snow",)
    shelf.forget("snow")
    assert steps(shelf.entries()) == [5, 4, 3]


def test_a_name_that_was_taken_moves(shelf):
    save(shelf, 1, name="good")
    save(shelf, 2, name="good")
    assert [entry.names for entry in shelf.entries()] == [("good",), ()]


def test_what_is_not_there_is_a_sentence(shelf):
    save(shelf, 3, 10)
    with pytest.raises(ValueError, match=r"run has no checkpoint of step 7; it has those of steps: 3, 10\."):
        shelf.find(7)
    with pytest.raises(ValueError, match="no checkpoint marked as the best"):
        shelf.find()
    with pytest.raises(ValueError, match="no checkpoint called snow"):
        shelf.find(name="snow")


def test_after_a_return_a_resume_begins_there_and_later_ones_go_with_the_next_save(shelf):
    save(shelf, 10, 20)
    save(shelf, 30, name="wild")
    shelf.go_back(shelf.find(10))
    assert steps(shelf.line()) == [10]
    assert steps(shelf.entries()) == [30, 20, 10]  # A return by mistake can be undone …
    shelf.go_back(shelf.find(30))
    assert steps(shelf.line()) == [30, 10]
    shelf.go_back(shelf.find(10))
    save(shelf, 15)  # … until the next save.
    assert steps(shelf.line()) == [15, 10]
    assert steps(shelf.entries()) == [30, 15, 10]


def test_what_was_set_aside_is_never_overwritten(shelf):
    save(shelf, 10)
    save(shelf, 20, name="final", best=True)
    shelf.find(20).path.write_bytes(b"the first twenty")
    shelf.go_back(shelf.find(10))
    save(shelf, 20, 20)
    assert steps(shelf.entries()) == [20, 20, 10]
    assert shelf.find(name="final").path.read_bytes() == b"the first twenty"
    assert shelf.find(20).path.read_bytes() == b"20"
    assert steps(shelf.line()) == [20, 10]


def test_when_the_marks_are_lost_nothing_else_is(shelf):
    save(shelf, 1, name="precious")
    save(shelf, 2, 3, 4)
    (shelf.folder / MARKS).write_bytes(b'{"best": ')
    save(shelf, 5, 6)
    assert steps(shelf.entries()) == [6, 5, 4, 3, 2, 1]
    assert shelf.find(name="step 1").step == 1
    save(shelf, 7, best=True)
    save(shelf, 8, 9, 10, 11)
    assert {1, 2, 3, 4, 7} <= set(steps(shelf.entries()))


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '{"best": 3, "names": [], "aside": []}', "\x00"])
def test_marks_of_any_kind_are_no_fault(shelf, text):
    save(shelf, 1, 2)
    (shelf.folder / MARKS).write_text(text)
    assert steps(shelf.line()) == [2, 1]


def test_other_files_are_left_alone(shelf):
    (shelf.folder / "notes.safetensors").write_bytes(b"mine")
    save(shelf, 1, 2, 3, 4, 5)
    assert (shelf.folder / "notes.safetensors").exists()
    assert steps(shelf.line()) == [5, 4, 3]


def test_one_that_was_set_aside_outlives_a_drive_that_once_does_not_read_the_marks(shelf, monkeypatch):
    save(shelf, 1, 2)
    shelf.go_back(shelf.find(1))
    drive = Drive(monkeypatch, shelf.folder)
    drive.fail_where(lambda name, path: (name, path.name) == ("open", MARKS), errno.EIO)
    with pytest.raises(Unwritten, match=r"marks\.json could not be written: Input/output error"):
        shelf.place(2)
    drive.mend()
    assert shelf.place(2) != shelf.find(2).path

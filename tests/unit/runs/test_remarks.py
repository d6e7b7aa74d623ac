import errno
import json
from dataclasses import replace

import pytest

from ganstudio.runs.remarks import FILE, LONGEST_NOTES, check, from_text, header_bytes, remark, remarks, to_text
from ganstudio.runs.run import MODEL, RECIPE
from ganstudio.runs.seal import FACTS
from ganstudio.words.cards import Remarks
from tests.faults import Drive

SAID = Remarks("two\nlines, ★", 4, "CC BY 4.0")


@pytest.fixture
def run(tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "run" / RECIPE).touch()
    (tmp_path / "run" / MODEL).write_bytes(header_bytes({"__metadata__": {FACTS: "{}"}}))
    (tmp_path / "run" / "checkpoints" / "0000000005.safetensors").touch()
    return tmp_path / "run"


def test_nothing_is_said_of_what_is_not_there(tmp_path):
    assert remarks(tmp_path / "none.safetensors") == remarks(tmp_path) == Remarks()


@pytest.mark.parametrize("name", ["", MODEL, "../run@5"])
def test_a_run_its_model_and_its_moments_share_what_is_said(run, name):
    before = (run / MODEL).read_bytes()
    remark(run / name, SAID)
    assert remarks(run) == remarks(run / MODEL) == remarks(run.with_name("run@5")) == SAID
    assert (run / MODEL).read_bytes() == before


def test_a_model_file_carries_what_is_said_and_nothing_else_of_it_changes(tmp_path):
    weights = bytes(range(16))
    tensor = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    file = tmp_path / "a.safetensors"
    file.write_bytes(header_bytes({"__metadata__": {FACTS: '{"x": 1}', "other": "y"}, "w": tensor}) + weights)
    remark(file, SAID)
    data = file.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    table = json.loads(data[8:begin])
    assert begin % 8 == 0
    assert data[begin:] == weights
    assert table["w"] == tensor
    assert {name: table["__metadata__"][name] for name in (FACTS, "other")} == {FACTS: '{"x": 1}', "other": "y"}
    assert remarks(file) == SAID


def test_weights_lie_aligned_whatever_the_header_says():
    assert {len(header_bytes({"x": "y" * length})) % 8 for length in range(8)} == {0}


def test_a_file_of_another_program_is_not_written_to(tmp_path):
    file = tmp_path / "a.safetensors"
    file.write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(ValueError, match="is not a file of GAN Studio"):
        remark(file, SAID)
    assert file.read_bytes() == b"\x02\0\0\0\0\0\0\0{}"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Remarks(stars=6), "0 to 5 stars, not 6"),
        (Remarks(stars=-1), "0 to 5 stars"),
        (Remarks(notes="x" * (LONGEST_NOTES + 1)), "Notes have at most 20,000 letters; these have 20,001"),
        (Remarks(licence="a\nb"), "in one line"),
        (Remarks(licence="x" * 201), "at most 200 letters"),
    ],
)
def test_what_cannot_be_said_is_told_and_nothing_is_written(run, said, why):
    with pytest.raises(ValueError, match=why):
        remark(run, said)
    assert not (run / FILE).exists()


def test_notes_outlive_a_drive_that_once_does_not_read_them(run, monkeypatch):
    remark(run, SAID)
    drive = Drive(monkeypatch, run)
    drive.fail_where(lambda name, path: (name, path.name) == ("open", FILE), errno.EIO)
    shown = remarks(run)
    assert shown == Remarks(unread=True)
    drive.mend()
    with pytest.raises(ValueError, match=r"of run before could not be read just now, and would be lost\. Try again"):
        remark(run, replace(shown, stars=5))
    assert remarks(run) == SAID
    remark(run, replace(remarks(run), stars=5))
    assert remarks(run) == replace(SAID, stars=5)


def test_as_much_as_is_allowed_can_be_said():
    check(Remarks("x" * LONGEST_NOTES, 5, "x" * 200))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "null",
        '{"stars": 9}',
        '{"stars": "many"}',
        '{"licence": "a\\nb"}',
        "[" * 99_999,
        "{}",
        '{"stars": Infinity}',
    ],
)
def test_remarks_that_are_none_are_no_reason_to_refuse_a_model(text):
    assert from_text(text) == Remarks()


def test_remarks_of_a_newer_version_are_read_as_far_as_they_are_known():
    assert from_text(json.dumps({**json.loads(to_text(SAID)), "mood": "good"})) == SAID

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from ganstudio.pictures.health import Report, check
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Domain

PHOTO = Image.fromarray(data.coffee())


def checked(*sources, **more):
    going, events = check(Domain("pictures", tuple(map(str, sources))), **more), []
    while True:
        try:
            events.append(next(going))
        except StopIteration as end:
            return end.value, events


@pytest.fixture
def folder(tmp_path):
    for n in range(1, 4):
        PHOTO.crop((n, n, n + 200, n + 150)).save(tmp_path / f"{n}.jpg")
    (tmp_path / "copy.jpg").write_bytes((tmp_path / "2.jpg").read_bytes())
    (tmp_path / "copy2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes())
    PHOTO.resize((300, 63)).save(tmp_path / "flat.png")
    PHOTO.resize((80, 81)).save(tmp_path / "really.png", format="JPEG")
    PHOTO.resize((80, 80)).convert("CMYK").save(tmp_path / "print.jpg")
    Image.fromarray(np.full((80, 80), 1000, np.uint16)).save(tmp_path / "scan.png")
    (tmp_path / "web.png").write_bytes(b"<html>")
    cut = (tmp_path / "1.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "notes.txt").write_text("mine")
    return tmp_path


def test_each_file_has_its_verdict(folder):
    report, _ = checked(folder)
    assert {Path(one.path).name: one.kind for one in report.findings} == {
        "copy.jpg": "duplicate",
        "copy2.jpg": "duplicate",
        "flat.png": "small",
        "really.png": "odd",
        "print.jpg": "odd",
        "scan.png": "odd",
        "web.png": "broken",
        "cut.jpg": "broken",
    }
    assert report.counts == {"fine": 3, "broken": 2, "small": 1, "duplicate": 2, "odd": 3}
    assert len(report.pictures) == 9


def test_reasons_are_sentences(folder):
    report, _ = checked(folder)
    said = {Path(one.path).name: one.reason for one in report.findings}
    assert said["copy2.jpg"] == "The very same picture as 2.jpg."
    assert said["flat.png"] == "Only 300 × 63 pixels."
    assert said["really.png"] == "It is a JPEG picture named .png."
    assert "CMYK" in said["print.jpg"]
    assert "8 bits" in said["scan.png"]
    assert all(reason[0].isupper() and reason.endswith((".", "pull")) for reason in said.values())


def test_progress_counts_every_file_and_broken_ones_are_told_as_found(folder):
    report, events = checked(folder)
    steps = [event for event in events if isinstance(event, Progress) and event.what != "listing"]
    assert [step.done for step in steps] == list(range(1, 12))
    assert {step.total for step in steps} == {11}
    assert {Path(event.path).name for event in events if isinstance(event, Skipped)} == {"web.png", "cut.jpg"}
    assert [Path(one.path).name for one in report.of("broken")] == ["cut.jpg", "web.png"]


def test_how_small_is_too_small_can_be_set(folder):
    assert checked(folder, smallest=63)[0].counts["small"] == 0
    assert checked(folder, smallest=151)[0].counts["small"] == 7


def test_the_same_size_in_bytes_is_not_the_same_picture(tmp_path):
    for name, colour in (("a.bmp", "red"), ("b.bmp", "blue"), ("c.bmp", "red")):
        Image.new("RGB", (70, 70), colour).save(tmp_path / name)
    report, _ = checked(tmp_path)
    assert [(Path(one.path).name, one.reason) for one in report.findings] == [
        ("c.bmp", "The very same picture as a.bmp.")
    ]


def test_duplicates_are_found_across_folders(tmp_path):
    for name in "xy":
        (tmp_path / name).mkdir()
        PHOTO.save(tmp_path / name / "a.jpg")
    assert checked(tmp_path / "x", tmp_path / "y")[0].counts["duplicate"] == 1


def test_the_table_is_json(folder):
    report, _ = checked(folder)
    table = json.loads(json.dumps(report.to_table()))
    assert table["counts"] == dict(report.counts)
    assert len(table["findings"]) == 8
    assert set(table["findings"][0]) == {"kind", "path", "reason"}


def test_an_empty_folder_is_a_report_too(tmp_path):
    assert checked(tmp_path) == (Report((), ()), [])

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from ganstudio.pictures.health import KINDS, REMEDIES, Report, across, check
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.recipe import Domain


def painted(seed, size=(200, 150)):
    """A picture like no other."""
    cells = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)


def checked(*sources, excluded=(), **more):
    domain = Domain("pictures", tuple(map(str, sources)), excluded=tuple(map(str, excluded)))
    going, events = check(domain, **more), []
    while True:
        try:
            events.append(next(going))
        except StopIteration as end:
            return end.value, events


def kinds(report):
    return {Path(one.path).name: one.kind for one in report.findings}


def reasons(report):
    return {Path(one.path).name: one.reason for one in report.findings}


@pytest.fixture(autouse=True)
def held_out(monkeypatch):
    """Names that are held out here; which they would be is not what is tested."""
    names = set()

    def split(paths):
        return [path for path in paths if path.name not in names], [path for path in paths if path.name in names]

    monkeypatch.setattr("ganstudio.pictures.health.split", split)
    return names


@pytest.fixture
def folder(tmp_path):
    for n in range(1, 4):
        painted(n).save(tmp_path / f"{n}.jpg")
    (tmp_path / "copy-1.jpg").write_bytes((tmp_path / "2.jpg").read_bytes())
    (tmp_path / "copy-2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes())
    painted(3, (133, 100)).save(tmp_path / "again.png")
    painted(4).resize((200, 63)).save(tmp_path / "flat.png")
    painted(5).resize((1000, 100)).save(tmp_path / "long.png")
    painted(6).save(tmp_path / "really.png", format="JPEG")
    painted(7).convert("CMYK").save(tmp_path / "print.jpg")
    deep = np.asarray(painted(8).convert("L")).astype(np.uint16) * 257
    Image.fromarray(deep).save(tmp_path / "scan.png")
    Image.new("RGB", (80, 80), (120, 60, 5)).save(tmp_path / "empty.png")
    (tmp_path / "web.png").write_bytes(b"<html>")
    cut = (tmp_path / "1.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "notes.txt").write_text("mine")
    return tmp_path


def test_each_file_has_its_verdict(folder):
    report, _ = checked(folder)
    assert kinds(report) == {
        "again.png": "near",
        "copy-1.jpg": "duplicate",
        "copy-2.jpg": "duplicate",
        "cut.jpg": "broken",
        "empty.png": "blank",
        "flat.png": "small",
        "long.png": "narrow",
        "print.jpg": "odd",
        "really.png": "odd",
        "scan.png": "odd",
        "web.png": "broken",
    }
    counts = {"fine": 3, "broken": 2, "blank": 1, "duplicate": 2, "narrow": 1, "small": 1, "near": 1, "odd": 3}
    assert report.counts == dict.fromkeys(KINDS, 0) | counts
    assert len(report.pictures) == 12
    assert [Path(one.path).name for one in report.findings][:4] == ["again.png", "copy-1.jpg", "copy-2.jpg", "cut.jpg"]


def test_reasons_are_sentences(folder):
    said = reasons(checked(folder)[0])
    assert said["copy-2.jpg"] == "The very same picture as 2.jpg."
    assert said["again.png"] == "Nearly the same picture as 3.jpg, which is larger (200 × 150 pixels)."
    assert said["flat.png"] == "Only 200 × 63 pixels."
    assert said["long.png"] == "It is very long and narrow (1000 × 100 pixels); most of it is cut away."
    assert said["really.png"] == "It is a JPEG picture named .png."
    assert "one colour" in said["empty.png"]
    assert "CMYK" in said["print.jpg"]
    assert "8 bits" in said["scan.png"]
    assert all(reason[0].isupper() and reason.endswith((".", "pull")) for reason in said.values())


def test_progress_counts_every_file_and_broken_ones_are_told_as_found(folder):
    report, events = checked(folder)
    steps = [event for event in events if isinstance(event, Progress) and event.what == "checking pictures"]
    assert [step.done for step in steps] == list(range(1, 15))
    assert {step.total for step in steps} == {14}
    assert {Path(event.path).name for event in events if isinstance(event, Skipped)} == {"web.png", "cut.jpg"}
    assert [Path(one.path).name for one in report.of("broken")] == ["cut.jpg", "web.png"]


def test_how_small_is_too_small_can_be_set(folder):
    assert checked(folder, smallest=63)[0].counts["small"] == 0
    assert checked(folder, smallest=151)[0].counts["small"] == 8


def test_what_was_left_out_is_not_counted(folder):
    report, _ = checked(folder, excluded=[folder / "2.jpg", folder / "web.png"])
    assert kinds(report)["copy-2.jpg"] == "duplicate"
    assert reasons(report)["copy-2.jpg"] == "The very same picture as copy-1.jpg."
    assert report.counts["broken"] == 1


def test_the_same_size_in_bytes_is_not_the_same_picture(tmp_path):
    for name, seed in (("a.bmp", 1), ("b.bmp", 2), ("c.bmp", 1)):
        painted(seed).save(tmp_path / name)
    report, _ = checked(tmp_path)
    assert reasons(report) == {"c.bmp": "The very same picture as a.bmp."}
    assert report.findings[0].other == str(tmp_path / "a.bmp")


def test_duplicates_are_found_across_folders(tmp_path):
    for name in "xy":
        (tmp_path / name).mkdir()
        painted(1).save(tmp_path / name / "a.jpg")
    assert checked(tmp_path / "x", tmp_path / "y")[0].counts["duplicate"] == 1


def test_of_nearly_the_same_the_largest_and_then_the_sharpest_stays(tmp_path):
    small, large = painted(1, (120, 90)), painted(1, (240, 180))
    small.save(tmp_path / "1.png")
    large.filter(ImageFilter.GaussianBlur(2)).save(tmp_path / "2.png")
    large.save(tmp_path / "3.png")
    large.filter(ImageFilter.GaussianBlur(4)).save(tmp_path / "4.png")
    painted(2).save(tmp_path / "5.png")
    report, _ = checked(tmp_path)
    place = str(tmp_path)
    assert {one.path: one.other for one in report.of("near")} == {
        f"{place}/{name}": f"{place}/3.png" for name in ("1.png", "2.png", "4.png")
    }
    assert reasons(report)["2.png"].endswith(", which is sharper.")


def test_what_is_mirrored_or_recoloured_is_another_picture(tmp_path):
    picture = painted(1)
    picture.save(tmp_path / "1.png")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "2.png")
    picture.convert("L").save(tmp_path / "3.png")
    Image.merge("RGB", picture.split()[::-1]).save(tmp_path / "4.png")
    assert checked(tmp_path)[0].counts["fine"] == 4


def test_different_pictures_are_never_near(tmp_path):
    for n in range(200):
        painted(n, (70, 70)).save(tmp_path / f"{n}.png")
    assert checked(tmp_path)[0].counts["fine"] == 200


def test_a_picture_to_train_on_that_is_also_held_out_is_a_leak(tmp_path, held_out):
    held_out |= {"5.png", "6.png"}
    painted(1).save(tmp_path / "1.png")
    for name, size in (("2.png", (400, 300)), ("3.png", (200, 150)), ("5.png", (200, 150)), ("6.png", (200, 150))):
        painted(2, size).save(tmp_path / name)
    report, _ = checked(tmp_path)
    # The larger one goes: what is held out stays so.
    assert kinds(report) == {"2.png": "leak", "3.png": "leak", "6.png": "duplicate"}
    assert reasons(report)["3.png"] == "The very same picture as 5.png, which is held out to judge by."
    assert reasons(report)["2.png"] == "Nearly the same picture as 5.png, which is held out to judge by."


def test_fine_grain_is_no_blank_and_a_dot_on_white_is(tmp_path):
    grain = np.random.default_rng(1).integers(100, 156, (900, 900, 3), np.uint8)
    Image.fromarray(grain).save(tmp_path / "grain.png")
    page = Image.new("RGB", (900, 900), "white")
    page.paste((0, 0, 0), (10, 10, 60, 60))
    page.save(tmp_path / "page.png")
    Image.new("RGB", (1, 1)).resize((90, 90)).save(tmp_path / "black.png")
    # Two that are blank look alike; that is not said.
    assert kinds(checked(tmp_path)[0]) == {"page.png": "blank", "black.png": "blank"}


def test_pictures_in_two_domains_are_found_in_the_later_one(tmp_path):
    for folder, name, seed, size in (
        ("a", "1.png", 1, (200, 150)),
        ("a", "2.png", 2, (200, 150)),
        ("a", "3.png", 3, (200, 150)),
        ("b", "1.png", 1, (200, 150)),
        ("b", "2.png", 2, (400, 300)),
        ("b", "4.png", 4, (40, 30)),
        ("c", "x.png", 4, (200, 150)),
        ("c", "y.png", 5, (200, 150)),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        painted(seed, size).save(tmp_path / folder / name)
    (tmp_path / "b" / "0.png").write_text("no picture")
    alone = {name: checked(tmp_path / name)[0] for name in "abc"}
    told = across(alone)
    assert {name: kinds(report) for name, report in told.items()} == {
        "a": {},
        "b": {"0.png": "broken", "1.png": "shared", "2.png": "shared", "4.png": "small"},
        "c": {"x.png": "shared"},
    }
    assert [Path(one.path).name for one in told["b"].findings] == ["0.png", "1.png", "2.png", "4.png"]
    assert reasons(told["b"])["1.png"] == "The very same picture is in a: 1.png."
    assert reasons(told["b"])["2.png"] == "Nearly the same picture is in a: 2.png."
    assert sum(told["b"].counts.values()) == 4
    assert told["b"].pictures == alone["b"].pictures
    assert across({}) == {}


def test_to_keep_the_best_leaves_out_all_others(folder):
    assert set(REMEDIES) == set(KINDS)
    report, _ = checked(folder)
    repeated = [one for kind in ("duplicate", "near") for one in report.of(kind)]
    again, _ = checked(folder, excluded=[one.path for one in repeated])
    assert again.counts["duplicate"] == again.counts["near"] == 0
    assert {one.other for one in repeated} <= {str(look.path) for look in again.pictures}


def test_the_table_is_json(folder):
    report, _ = checked(folder)
    table = json.loads(json.dumps(report.to_table()))
    assert table["counts"] == dict(report.counts)
    assert len(table["findings"]) == 11
    assert set(table["findings"][0]) == {"kind", "path", "reason", "other"}


def test_an_empty_folder_is_a_report_too(tmp_path):
    assert checked(tmp_path) == (Report((), ()), [])

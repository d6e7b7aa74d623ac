"""`ganstudio check`."""

import json
import zipfile

import numpy as np
from PIL import Image

from ganstudio.pictures.health import KINDS


def paint(path, seed, side=70):
    path.parent.mkdir(exist_ok=True)
    cells = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC).save(path)


def test_a_link_that_leads_to_itself_is_a_sentence(ganstudio, tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for words in (["check", loop], ["train", loop, loop, "--out", tmp_path / "run"]):
        said = ganstudio(*words)
        assert said.code == 1
        assert said.err.startswith("ganstudio: ")
        assert str(loop) in said.err
        assert "A fault of GAN Studio" not in said.err


def test_check_names_what_is_wrong(ganstudio, tmp_path):
    paint(tmp_path / "good.png", 1)
    paint(tmp_path / "small.png", 2, 20)
    (tmp_path / "broken\n.png").write_text("not a picture")
    table = json.loads(ganstudio("check", tmp_path, "--json").out)
    assert table["counts"] == dict.fromkeys(["fine", *KINDS], 0) | {"fine": 1, "broken": 1, "small": 1}
    assert {finding["kind"] for finding in table["findings"]} == {"broken", "small"}
    said = ganstudio("check", tmp_path)
    assert said.code == 0
    assert said.out.splitlines()[-1] == "1 fine, 1 broken, 1 small"
    assert f"broken: {tmp_path / 'broken'}\\n.png: It is not a picture" in said.out


def test_check_looks_across_folders(ganstudio, tmp_path):
    for name, seed in (("a/1.png", 1), ("a/2.png", 2), ("b/1.png", 1), ("b/3.png", 3)):
        paint(tmp_path / name, seed)
    a, b = tmp_path / "a", tmp_path / "b"
    lines = ganstudio("check", a, b, a).out.splitlines()
    assert lines[-4:] == [
        f"shared: {b / '1.png'}: The very same picture is in {a}: 1.png.",
        f"{a}: 2 fine",
        f"{b}: 1 fine, 1 shared",
        "3 fine, 1 shared",
    ]
    table = json.loads(ganstudio("check", a, b, "--json").out)
    assert [part["folder"] for part in table["folders"]] == [str(a), str(b)]
    assert (table["folders"][1]["counts"]["shared"], table["counts"]["shared"]) == (1, 1)


def test_check_of_a_missing_folder_fails(ganstudio, tmp_path):
    said = ganstudio("check", tmp_path, tmp_path / "gone", "--json")
    assert (said.code, said.out, said.err) == (1, "", f"ganstudio: There is no folder {tmp_path / 'gone'}.\n")


def test_a_zip_is_checked_like_its_folder(ganstudio, tmp_path):
    paint(tmp_path / "a" / "1.png", 1)
    paint(tmp_path / "a" / "2.png", 2)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as zipped:
        for name, content in (
            ("b/1.png", (tmp_path / "a" / "1.png").read_bytes()),
            ("b/bad.png", b"<html>"),
            ("b/more.zip", b"PK"),
            ("../3.png", b"x"),
        ):
            zipped.writestr(name, content)
    source = tmp_path / "b.zip"
    table = json.loads(ganstudio("check", tmp_path / "a", source, "--json").out)
    assert {finding["path"]: finding["kind"] for finding in table["findings"]} == {
        f"{source}/1.png": "shared",
        f"{source}/bad.png": "broken",
        f"{source}/b/more.zip": "broken",
        f"{source}/../3.png": "broken",
    }
    assert table["counts"] == dict.fromkeys(["fine", *KINDS], 0) | {"fine": 2, "broken": 3, "shared": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b.zip"}
    source.write_bytes(b"no zip")
    said = ganstudio("check", source)
    assert (said.code, said.err) == (1, "ganstudio: b.zip is no zip file, or a damaged one. Try to get it again.\n")

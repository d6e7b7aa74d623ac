"""What an artist throws at it: hundreds of pictures, some broken in every way, and the exact counts that come of it."""

import io
import json
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganstudio.cli.app import main
from tests.e2e.conftest import TINY_CYCLEGAN, ganstudio

GOOD = 388


def picture(seed):
    cells = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(cells).resize((72, 68), Image.Resampling.BICUBIC)


def packed(kind, **more):
    file = io.BytesIO()
    picture(0).save(file, kind, **more)
    return file.getvalue()


def bomb():
    body = packed("PNG")
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + body[24:29]
    return body[:12] + header + struct.pack(">I", zlib.crc32(header)) + body[33:]


PNG, JPEG = packed("PNG"), packed("JPEG")
# Twelve ways to be broken: name → (content, a word of the reason).
BROKEN = {
    "b01.png": (b"", "empty"),
    "b02.jpg": (JPEG[: len(JPEG) // 2], "cut off"),
    "b03.png": (PNG[:-40], "cut off|damaged"),
    "b04.jpg": (bytes(3000), "only zeros"),
    "b05.jpg": (b"<!DOCTYPE html><html>404</html>", "web page"),
    "b06.png": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "git lfs pull"),
    "b07.png": (bomb(), "too many pixels"),
    "b08.tif": (b"8BPS\0\1", "Photoshop"),
    "b09.png": (PNG[:60] + bytes([PNG[60] ^ 255]) + PNG[61:], "damaged|cut off"),
    "b10.webp": (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    "b11.mp4": (b"\0\0\0\x20ftypisom", "not a picture|damaged"),
    "b12.png": (None, "leads nowhere"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """388 pictures of which one name is not UTF-8, 12 that are broken, and what lies beside pictures."""
    folder = tmp_path_factory.mktemp("thrown") / "summer"
    folder.mkdir()
    for number in range(GOOD):
        name = os.fsdecode(b"caf\xe9.png") if number == 7 else f"{number:03d}.{'jpg' if number % 2 else 'png'}"
        picture(number).save(folder / name)
    for name, (content, _) in BROKEN.items():
        if content is None:
            (folder / name).symlink_to(folder / "gone")
        else:
            (folder / name).write_bytes(content)
    (folder / "notes.txt").write_text("mine")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


def test_every_broken_file_is_counted_and_named(folder):
    code, out, err = ganstudio("check", folder, "--json")
    assert (code, err) == (0, "")
    table = json.loads(out)
    named = {Path(finding["path"]).name: finding["reason"] for finding in table["findings"]}
    assert table["counts"]["fine"] == GOOD
    assert table["counts"]["broken"] == len(BROKEN) == len(named)
    assert sum(table["counts"].values()) == GOOD + len(BROKEN)
    for name, (_, word) in BROKEN.items():
        assert any(part in named[name] for part in word.split("|")), (name, named[name])


def test_a_training_uses_the_rest_and_names_the_same_files(folder, tmp_path, capsys):
    for number in range(4):
        (tmp_path / "winter").mkdir(exist_ok=True)
        picture(1000 + number).save(tmp_path / "winter" / f"{number}.png")
    words = ["train", folder, tmp_path / "winter", "--out", tmp_path / "run", "--steps", 1, "--events", *TINY_CYCLEGAN]
    assert main([str(word) for word in words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    events = [json.loads(line) for line in out.splitlines()]
    skipped = {Path(event["path"]).name for event in events if event["event"] == "skipped"}
    assert skipped == set(BROKEN)
    (started,) = [event for event in events if event["event"] == "started"]
    summer, winter = json.loads((tmp_path / "run" / "inventory.json").read_text())["domains"]
    assert summer["train"] + summer["test"] == GOOD
    assert winter["train"] + winter["test"] == 4
    assert started["pictures"] == {"summer": summer["train"], "winter": winter["train"]}

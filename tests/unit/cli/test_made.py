"""`made`: how pictures say they were made."""

import json

from PIL import Image

from ganstudio.cli.made import sentence
from ganstudio.pictures.frames import save
from ganstudio.words.making import Making

HARBOUR = Making(
    "Seasons",
    "0123456789abcdef",
    "summer → winter",
    source="harbour.tif",
    source_bytes=1234567,
    strength=0.5,
    blend="colour",
    mask="sky.png",
    version="0.1.0",
    made=1e9,
)


def test_a_picture_tells_its_making(ganstudio, tmp_path):
    path = save(Image.new("RGB", (4, 4)), tmp_path / "a.png", recipe=HARBOUR)
    said = ganstudio("made", path)
    assert said.code == 0
    for words in ("summer → winter, by Seasons (0123456789abcdef)", "harbour.tif (1,234,567", "0.5 (colour), mask sky"):
        assert words in said.out
    [table] = json.loads(ganstudio("made", path, "--json").out)
    assert Making(**table["made"]) == HARBOUR


def test_a_stranger_is_named_and_makes_the_exit_code_1(ganstudio, tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    said = ganstudio("made", tmp_path / "a.png")
    assert said.code == 1
    assert "does not say that GAN Studio made it" in said.out
    assert "1 of 1 do not say" in said.err
    assert "There is no picture" in ganstudio("made", tmp_path / "gone.png").err


def test_numbers_that_are_nonsense_are_no_fault():
    assert "an unknown day" in sentence(Making("m", "s", "r", source="a", source_changed=10**30, made=float("inf")))

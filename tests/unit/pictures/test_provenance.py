"""How a picture was made is written into it and read back, and nothing in it can do harm."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganstudio.pictures.frames import save
from ganstudio.pictures.provenance import packet
from ganstudio.pictures.writing.encoding import SUFFIXES
from ganstudio.pictures.writing.made import made_from
from ganstudio.words.making import Making

ODD = Making('Wärme & "Kälte" <1>\n', "0123", "夏 → 冬", "it's\x00 a \ud800 name.png", 5, strength=0.25)
PICTURE = Image.new("RGB", (20, 10), "red")


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".bmp"])
def test_every_format_gives_it_back(tmp_path, suffix):
    assert made_from(save(PICTURE, tmp_path / f"a{suffix}", recipe=ODD)) == ODD


def test_a_bmp_has_no_room_for_it(tmp_path):
    assert made_from(save(PICTURE, tmp_path / "a.bmp", recipe=ODD)) is None


def test_a_program_that_writes_it_as_an_element_changes_nothing(tmp_path):
    xmp = packet(ODD, "x").decode()
    begin, end = xmp.index('ganstudio:making="'), xmp.index('"/>')
    making = xmp[begin:end].removeprefix('ganstudio:making="')
    element = f"{xmp[:begin]}><ganstudio:making>{making}</ganstudio:making></rdf:Description>{xmp[end + 3 :]}"
    PICTURE.save(tmp_path / "a.jpg", xmp=element.encode())
    assert made_from(tmp_path / "a.jpg") == ODD


@pytest.mark.parametrize(
    "making",
    [b"", b"{", b"{}", b"&quot;" * 1000, b"\xff\xfe", b"{&quot;model&quot;: {}}", b"[" * 5000],
)
def test_what_is_nonsense_is_none(tmp_path, making):
    PICTURE.save(tmp_path / "a.jpg", xmp=b'<x ganstudio:making="' + making + b'"/>')
    assert made_from(tmp_path / "a.jpg") is None


def test_a_text_that_unfolds_to_gigabytes_is_no_harm(tmp_path):
    info = PngInfo()
    info.add_text("XML:com.adobe.xmp", "a" * 50_000_000, zip=True)
    stream = io.BytesIO()
    PICTURE.save(stream, "PNG", pnginfo=info)
    (tmp_path / "a.png").write_bytes(stream.getvalue())
    assert made_from(tmp_path / "a.png") is None

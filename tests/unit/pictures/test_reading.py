import io
import os
import re
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from ganstudio.pictures import reading
from ganstudio.pictures.reading import SUFFIXES, Unreadable, decode, read, size_of

pillow_heif.register_heif_opener()

PHOTO = Image.fromarray(data.astronaut()).resize((96, 64), Image.Resampling.LANCZOS)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def pixels(path, **more):
    return np.asarray(read(path, **more)).astype(int)


def saved(folder, name, picture=PHOTO, **more):
    path = folder / name
    picture.save(path, **more)
    return path


def png(folder, values, colour_type, *chunks):
    """A 16-bit PNG written by hand; Pillow does not write them in colour."""
    values = np.atleast_3d(values)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + b"".join(chunk(*one) for one in chunks)
    body += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path = folder / "deep.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def linear_profile():
    """sRGB's primaries with linear light: a grey of 128 becomes 188 in sRGB."""
    body = bytearray(SRGB)
    count = struct.unpack(">I", body[128:132])[0]
    curve = struct.pack(">4sII", b"curv", 0, 0)
    for at in range(132, 132 + 12 * count, 12):
        tag, _, _ = struct.unpack(">4sII", body[at : at + 12])
        if tag in {b"rTRC", b"gTRC", b"bTRC"}:
            body[at + 4 : at + 12] = struct.pack(">II", len(body), len(curve))
        if tag == b"desc":
            text = struct.pack(">4sII", b"desc", 0, 7) + b"linear\0" + bytes(78)
            body[at + 4 : at + 12] = struct.pack(">II", len(body) + 12, len(text))
    body += curve + text
    body[:4] = struct.pack(">I", len(body))
    return bytes(body)


# Every format and mode.

LOSSLESS = {"a.png": {}, "a.webp": {"lossless": True}, "a.tif": {}, "a.bmp": {}, "a.tiff": {"compression": "tiff_lzw"}}
LOSSY = {"a.jpg": {"quality": 95}, "a.webp": {"quality": 95}, "a.avif": {"quality": 95}, "a.heic": {"quality": 95}}


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_formats_give_the_same_pixels(tmp_path, name):
    assert (pixels(saved(tmp_path, name, **LOSSLESS[name])) == np.asarray(PHOTO)).all()


@pytest.mark.parametrize("name", [*LOSSY, "a.gif", "a.mpo"])
def test_each_other_format_gives_about_the_same_pixels(tmp_path, name):
    more = {"save_all": True, "append_images": [PHOTO]} if name == "a.mpo" else LOSSY.get(name, {})
    path = saved(tmp_path, name, **more)
    assert np.abs(pixels(path) - np.asarray(PHOTO)).mean() < 12
    assert size_of(path) == (96, 64)


def test_the_format_is_told_by_content_after_any_other(tmp_path):
    for name in (*LOSSLESS, *LOSSY, "a.gif"):
        path = saved(tmp_path, name)
        read(path.rename(tmp_path / "picture"))
        assert path.suffix in SUFFIXES


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tif"])
def test_of_several_pictures_the_first_counts(tmp_path, suffix):
    red, blue = (Image.new("RGB", (20, 10), colour) for colour in ("red", "blue"))
    more = {"lossless": True} if suffix == ".webp" else {}
    path = saved(tmp_path, f"a{suffix}", red, save_all=True, append_images=[blue], **more)
    assert (pixels(path) == (255, 0, 0)).all()


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation_is_applied(tmp_path, suffix, turn):
    upright = np.zeros((32, 48, 3), np.uint8)
    upright[:16, :16], upright[:16, 32:], upright[16:, :16] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    undo = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}.get(turn, reading.UPRIGHT.get(turn))
    stored = Image.fromarray(upright)
    stored = stored if undo is None else stored.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010E] = "a hill"
    path = saved(tmp_path, f"a{suffix}", stored, exif=exif)
    found = decode(path)
    assert size_of(path) == found.picture.size == (found.width, found.height) == (48, 32)
    for row, column in ((6, 6), (6, 40), (26, 6), (26, 40)):
        assert np.abs(np.asarray(found.picture)[row, column].astype(int) - upright[row, column]).max() < 40
    kept = Image.Exif()
    kept.load(found.exif)
    if suffix == ".avif":  # Its own header holds the turn.
        assert kept.get(0x0112, 1) == 1
    else:
        assert (kept[0x0112], kept[0x010E]) == (1, "a hill")


@pytest.mark.parametrize("turn", [0, 9, 77])
def test_an_orientation_that_is_none_turns_nothing(tmp_path, turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    path = saved(tmp_path, "a.jpg", exif=exif)
    found = decode(path)
    assert size_of(path) == found.picture.size == (found.width, found.height) == PHOTO.size


def test_an_orientation_in_xmp_counts_where_exif_has_none(tmp_path):
    told = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    path = saved(tmp_path, "a.jpg", xmp=told)
    assert size_of(path) == read(path).size == (64, 96)


def test_of_a_tiff_exif_says_nothing_of_how_its_pixels_lie(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "a hill"
    found = Image.Exif()
    found.load(decode(saved(tmp_path, "a.tif", exif=exif, compression="tiff_lzw")).exif)
    assert dict(found) == {reading.ORIENTATION: 1, 0x010E: "a hill"}


def test_more_than_8_bits_are_told_of_heic(tmp_path):
    deep = np.asarray(PHOTO).astype(np.uint16) * 257
    pillow_heif.from_bytes("RGB;16", PHOTO.size, deep.tobytes()).save(tmp_path / "a.heic")
    assert decode(tmp_path / "a.heic").deep
    assert not decode(saved(tmp_path, "b.heic")).deep


def test_heic_comes_upright_once(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, "a.heic", PHOTO, exif=exif.tobytes())
    assert size_of(path) == read(path).size == (64, 96)


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0rubbish", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0"]
)
def test_broken_exif_is_ignored(tmp_path, exif):
    assert (pixels(saved(tmp_path, "a.png", exif=exif)) == np.asarray(PHOTO)).all()
    assert read(saved(tmp_path, "a.jpg", exif=exif)).size == (96, 64)


def test_a_profile_is_applied_and_dropped(tmp_path):
    grey = Image.new("RGB", (8, 8), (128, 128, 128))
    picture = read(saved(tmp_path, "a.png", grey, icc_profile=linear_profile()))
    assert np.abs(np.asarray(picture).astype(int) - 188).max() <= 1
    assert picture.info == {}


def test_srgb_and_broken_profiles_change_nothing(tmp_path):
    for profile in (SRGB, b"not a profile", SRGB[:200]):
        assert (pixels(saved(tmp_path, "a.png", icc_profile=profile)) == np.asarray(PHOTO)).all()


def test_a_profile_of_another_kind_is_ignored(tmp_path):
    path = saved(tmp_path, "a.png", PHOTO.convert("L"), icc_profile=linear_profile())
    assert (pixels(path)[..., 0] == np.asarray(PHOTO.convert("L"))).all()


def test_the_profile_counts_under_transparency_too(tmp_path):
    grey = Image.new("RGBA", (8, 8), (128, 128, 128, 255))
    assert np.abs(pixels(saved(tmp_path, "a.png", grey, icc_profile=linear_profile())) - 188).max() <= 1


def test_transparency_is_laid_on_white(tmp_path):
    half = Image.new("RGBA", (8, 8), (200, 0, 0, 51))
    assert np.abs(pixels(saved(tmp_path, "a.png", half)) - (244, 204, 204)).max() <= 1
    assert np.abs(pixels(saved(tmp_path, "a.tif", half)) - (244, 204, 204)).max() <= 1
    grey = Image.new("LA", (8, 8), (100, 51))
    assert np.abs(pixels(saved(tmp_path, "b.png", grey)) - 224).max() <= 1


def test_the_hidden_colour_of_a_palette_does_not_show(tmp_path):
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    assert (pixels(saved(tmp_path, "a.png", picture, transparency=1)) == 255).all()
    assert (pixels(saved(tmp_path, "b.png", picture)) == (255, 0, 0)).all()
    assert (pixels(saved(tmp_path, "c.gif", picture, transparency=1)) == 255).all()
    key = Image.new("RGB", (8, 8), (9, 9, 9))
    assert (pixels(saved(tmp_path, "d.png", key, transparency=(9, 9, 9))) == 255).all()
    assert (pixels(saved(tmp_path, "e.png", key.convert("L"), transparency=9)) == 255).all()


def test_one_bit_grey_and_cmyk(tmp_path):
    chequered = Image.fromarray((np.indices((8, 8)).sum(0) % 2 * 255).astype(np.uint8)).convert("1")
    for name in ("a.png", "a.tif", "a.bmp"):
        assert (pixels(saved(tmp_path, name, chequered))[..., 1] == np.asarray(chequered) * 255).all()
    grey = PHOTO.convert("L")
    assert (pixels(saved(tmp_path, "b.png", grey)) == np.asarray(grey)[..., None]).all()
    ink = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    for name in ("c.jpg", "c.tif"):
        found = decode(saved(tmp_path, name, ink))
        assert np.abs(np.asarray(found.picture).astype(int) - (255, 0, 0)).max() < 8
        assert found.mode == "CMYK"


def test_lab_is_converted(tmp_path):
    lab = ImageCms.profileToProfile(
        PHOTO, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    path = saved(tmp_path, "a.tif", lab)
    assert np.abs(pixels(path) - np.asarray(PHOTO)).mean() < 4


RAMP = np.linspace(0, 65535, 256).reshape(16, 16)


def test_16_bit_grey_is_scaled_not_clipped(tmp_path):
    wanted = np.arange(256).reshape(16, 16)
    for name, order in (("a.png", "<u2"), ("a.tif", "<u2"), ("b.tif", ">u2")):
        path = tmp_path / name
        if name == "a.png":
            Image.fromarray(RAMP.astype(order)).save(path)
        else:
            tifffile.imwrite(path, RAMP.astype(order), byteorder=order[0])
        found = decode(path)
        assert found.deep
        assert (np.asarray(found.picture)[..., 0] == wanted).all(), name


def test_12_bit_grey_is_as_white_as_it_can_be(tmp_path):
    entries = {256: 3, 257: 1, 258: 12, 259: 1, 262: 1, 273: 200, 277: 1, 278: 1, 279: 5}
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + table + bytes(4)
    (tmp_path / "a.tif").write_bytes(head.ljust(200, b"\0") + bytes.fromhex("fff80000 00".replace(" ", "")))
    assert pixels(tmp_path / "a.tif")[0, :, 0].tolist() == [255, 128, 0]


def test_16_bit_colour_is_scaled(tmp_path):
    colour = np.stack([RAMP, RAMP[::-1], RAMP.T], -1).astype(np.uint16)
    path = png(tmp_path, colour, 2)
    assert decode(path).deep
    assert np.abs(pixels(path) - colour // 257).max() <= 1
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb")
    assert decode(tmp_path / "a.tif").deep
    assert np.abs(pixels(tmp_path / "a.tif") - colour // 257).max() <= 1
    see_through = np.concatenate([colour, np.full((16, 16, 1), 65535, np.uint16)], -1)
    assert np.abs(pixels(png(tmp_path, see_through, 6)) - colour // 257).max() <= 1


@pytest.mark.parametrize(
    ("values", "white"),
    [
        (np.linspace(0, 1, 64, dtype=np.float32), 1),
        (np.linspace(0, 255, 64, dtype=np.float32), 255),
        (np.linspace(0, 65535, 64, dtype=np.float32), 65535),
        (np.linspace(0, 200, 64).astype(np.int32), 255),
        (np.linspace(0, 60000, 64).astype(np.int32), 65535),
    ],
)
def test_wide_grey_finds_its_white(tmp_path, values, white):
    tifffile.imwrite(tmp_path / "a.tif", values.reshape(8, 8))
    assert np.abs(pixels(tmp_path / "a.tif")[..., 0] - values.reshape(8, 8) / white * 255).max() <= 1


def test_numbers_that_are_none_become_black_and_infinity_white(tmp_path):
    values = np.array([[0.0, np.nan], [np.inf, 0.5]], np.float32)
    tifffile.imwrite(tmp_path / "a.tif", values)
    assert pixels(tmp_path / "a.tif")[..., 0].tolist() == [[0, 0], [255, 128]]


def test_a_large_jpeg_is_decoded_small_but_not_too_small(tmp_path):
    path = saved(tmp_path, "a.jpg", PHOTO.resize((1200, 800)))
    for at_least, size in ((90, (150, 100)), (101, (300, 200)), (500, (1200, 800)), (2000, (1200, 800))):
        found = decode(path, at_least)
        assert found.picture.size == size
        assert (found.width, found.height) == (1200, 800)


# What cannot be read.


def reason(path):
    with pytest.raises(Unreadable) as caught:
        read(path)
    text = str(caught.value)
    assert text[0].isupper()
    assert path.name not in text
    return text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "only zeros"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\n <html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "git lfs pull"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (b"PK\3\4more", "ZIP"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\xff\x0a\0\0", "JPEG XL"),
        (b"hello", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged|cut off"),
        (b"RIFF\0\0\0\0WEBP", "damaged"),
    ],
)
def test_strangers_are_told_what_they_are(tmp_path, content, said):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert re.search(said, reason(path))


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY, "a.gif"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_cut_off_files_are_refused_every_time(tmp_path, name, part):
    picture = Image.fromarray(data.coffee()[:200, :300])
    path = saved(tmp_path, name, picture)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    assert reason(path) == reason(path)
    assert "damaged" in reason(path) or "cut off" in reason(path)


def test_a_flipped_bit_in_a_png_is_refused(tmp_path):
    path = saved(tmp_path, "a.png")
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))
    assert "damaged" in reason(path)


def test_folders_pipes_and_devices_are_refused_without_waiting(tmp_path):
    (tmp_path / "folder.png").mkdir()
    assert "folder" in reason(tmp_path / "folder.png")
    assert "not there" in reason(tmp_path / "gone.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        (tmp_path / "zero.png").symlink_to("/dev/zero")
        for name in ("pipe.png", "zero.png"):
            assert "pipe or a device" in reason(tmp_path / name)


def test_too_many_pixels_are_refused_from_the_header(tmp_path):
    path = saved(tmp_path, "a.png")
    body = path.read_bytes()
    for side in (30_000, 200_000):
        header = b"IHDR" + struct.pack(">II", side, side) + body[24:29]
        path.write_bytes(body[:12] + header + struct.pack(">I", zlib.crc32(header)) + body[33:])
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert "too many pixels" in reason(path)
        assert told == []
        with pytest.raises(Unreadable):
            size_of(path)


def test_the_limits_are_kept_also_where_pillow_has_none(tmp_path, monkeypatch):
    path = saved(tmp_path, "a.png")
    monkeypatch.setattr(reading, "PIXEL_LIMIT", PHOTO.width * PHOTO.height)
    read(path)
    monkeypatch.setattr(reading, "PIXEL_LIMIT", PHOTO.width * PHOTO.height - 1)
    assert "too many pixels" in reason(path)
    monkeypatch.setattr(reading, "BYTE_LIMIT", path.stat().st_size - 1)
    assert "larger than" in reason(path)


def test_a_bomb_is_refused_from_the_header_and_a_large_drawing_is_not(tmp_path):
    bomb = saved(tmp_path, "bomb.png", Image.new("L", (8000, 8000)))
    assert bomb.stat().st_size < 100_000
    assert "64 million pixels from 0.1 MB" in reason(bomb)
    with pytest.raises(Unreadable):
        size_of(bomb)
    strokes = Image.new("1", (8000, 8000))
    for row, column in np.random.default_rng(1).integers(0, 7900, (4000, 2)):
        strokes.paste(1, (int(row), int(column), int(row) + 90, int(column) + 2))
    drawing = saved(tmp_path, "drawing.tif", strokes, compression="group4")
    assert drawing.stat().st_size < 100_000
    assert size_of(drawing) == (8000, 8000)


def test_a_progressive_jpeg_without_its_last_scans_has_a_verdict(tmp_path):
    path = saved(tmp_path, "a.jpg", PHOTO, progressive=True, quality=95)
    body = path.read_bytes()
    scans = [place for place in range(len(body) - 1) if body[place : place + 2] == b"\xff\xda"]
    assert len(scans) > 4
    for scan in scans[1:]:
        path.write_bytes(body[:scan] + b"\xff\xd9")
        try:
            found = read(path)
        except Unreadable as error:
            assert str(error)  # noqa: PT017 - either is a verdict.
        else:
            assert found.size == PHOTO.size
    assert np.abs(pixels(path) - np.asarray(PHOTO)).mean() < 12


FUZZ = """
import io, random, sys, time
from pathlib import Path
from PIL import Image
from ganstudio.pictures.reading import Unreadable, read, size_of

folder, chance, slowest, verdicts = Path(sys.argv[1]), random.Random(1), 0.0, {"read": 0, "not": 0}
good = [(path.suffix, path.read_bytes()) for path in sorted(folder.iterdir())]
for suffix, body in good:
    for round in range(20):
        bad = bytearray(body)
        for _ in range(chance.choice((1, 3, 30))):
            place = chance.randrange(chance.choice((40, len(bad))) if len(bad) > 40 else len(bad))
            bad[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        if round % 3 == 0:
            bad = bad[: chance.randrange(1, len(bad))]
        path = folder / ("fuzzed" + suffix)
        path.write_bytes(bytes(bad))
        start = time.process_time()
        for work in (size_of, read):
            try:
                work(path)
                verdicts["read"] += 1
            except Unreadable as reason:
                assert str(reason)
                verdicts["not"] += 1
        slowest = max(slowest, time.process_time() - start)
highest = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(slowest, int(highest.split()[1]) / 1024, *verdicts.values())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Others tell memory in another way")
def test_fuzzed_pictures_take_neither_time_nor_memory(tmp_path):
    """None crashes the process, whatever a C library does with it."""
    for name in (*LOSSLESS, *LOSSY, "a.gif"):
        saved(tmp_path, f"{len(list(tmp_path.iterdir()))}{name}", **(LOSSLESS | LOSSY).get(name, {}))
    saved(tmp_path, "deep.png", Image.fromarray(np.asarray(PHOTO.convert("L")).astype(np.uint16) * 257))
    saved(tmp_path, "progressive.jpg", progressive=True)
    saved(tmp_path, "ink.tif", PHOTO.convert("CMYK"), compression="jpeg")
    saved(tmp_path, "paged.tif", save_all=True, append_images=[PHOTO.convert("1")])
    done = subprocess.run([sys.executable, "-c", FUZZ, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    slowest, megabytes, could, could_not = map(float, done.stdout.split())
    assert slowest < 10
    assert megabytes < 500
    assert could > 50
    assert could_not > 50


@pytest.mark.parametrize("kind", ["PPM", "TGA", "ICO", "PCX", "EPS", "DDS"])
def test_formats_outside_the_list_are_refused(tmp_path, kind):
    stream = io.BytesIO()
    PHOTO.save(stream, kind)
    path = tmp_path / "a.png"
    path.write_bytes(stream.getvalue())
    assert "not a picture" in reason(path) or "PostScript" in reason(path)


def test_photographs_come_as_they_are(tmp_path):
    for name in ("chelsea", "coffee", "astronaut"):
        photo = getattr(data, name)()
        assert (pixels(saved(tmp_path, f"{name}.png", Image.fromarray(photo))) == photo).all()

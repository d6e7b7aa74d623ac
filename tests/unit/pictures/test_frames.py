import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from ganstudio.pictures.colour import srgb_profile
from ganstudio.pictures.frames import Frame, frame_of, places, save
from ganstudio.pictures.writing import encoding
from ganstudio.pictures.writing.naming import target_for
from ganstudio.words.events import Skipped

PHOTO = Image.fromarray(data.chelsea()[:48, :64])
SUFFIXES = tuple(encoding.SUFFIXES)


def picture(path, image=PHOTO, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **more)
    return path


def frames(inputs):
    return [entry if isinstance(entry, Skipped) else frame_of(entry) for entry in places(inputs)]


def made(inputs, out, suffix=".png"):
    return {str(frame.path.name): str(target_for(frame, out, suffix).relative_to(out)) for frame in frames(inputs)}


def test_folders_keep_their_structure_and_files_their_stem(tmp_path):
    for name in ("in/1.png", "in/sub/deep/2.jpg", "alone/3.webp"):
        picture(tmp_path / name)
    found = made([tmp_path / "in", tmp_path / "alone" / "3.webp"], tmp_path / "out")
    assert found == {"1.png": "1.png", "2.jpg": str(Path("sub/deep/2.png")), "3.webp": "3.png"}


def test_the_same_stem_is_numbered(tmp_path):
    for name in ("a.jpg", "a.png", "a.webp", "A.bmp", "a-2.png"):
        picture(tmp_path / "in" / name)
    found = list(made([tmp_path / "in"], tmp_path / "out").values())
    assert len({name.lower() for name in found}) == 5
    assert {"a-2.png", "a-3.png"} <= {name.lower() for name in found}


def test_pictures_of_two_folders_do_not_meet(tmp_path):
    for folder in "xy":
        picture(tmp_path / folder / "a.png")
    targets = [target_for(frame, tmp_path / "out").name for frame in frames([tmp_path / "x", tmp_path / "y"])]
    assert targets == ["a.png", "a-2.png"]


def test_asking_again_gives_the_same_name(tmp_path):
    for name in ("a.jpg", "a.png"):
        picture(tmp_path / name)
    for frame in list(frames([tmp_path])):
        out = tmp_path / "out"
        assert target_for(frame, out) == target_for(frame, out)


def test_no_original_is_written_over_when_made_beside_them(tmp_path):
    for name in ("a.png", "a-translated.png", "sub/b.png"):
        picture(tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    for _ in range(2):
        batch = list(frames(list(before)))
        for frame in batch:
            save(Image.new("RGB", (4, 4), "red"), target_for(frame, frame.path.parent), frame)
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "sub" / "b-translated.png").exists()
    assert (tmp_path / "a-translated-2.png").exists()


def test_no_original_of_another_folder_is_written_over(tmp_path):
    for name in ("x/a.png", "y/a.png"):
        picture(tmp_path / name)
    names = [target_for(frame, tmp_path / "y").name for frame in frames([tmp_path / "x", tmp_path / "y"])]
    assert names == ["a-translated.png", "a-translated-2.png"]


def test_an_output_folder_under_another_spelling_is_known(tmp_path):
    picture(tmp_path / "in" / "a.png")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    [frame] = frames([tmp_path / "in"])
    for out in (tmp_path / "link", tmp_path / "in" / ".." / "in"):
        assert target_for(frame, out).name.startswith("a-translated")


def test_long_names_are_cut_and_stay_apart(tmp_path):
    for last in "xy":
        picture(tmp_path / ("森" * 80 + last + ".png"))
    targets = [save(PHOTO, target_for(frame, tmp_path / "out"), frame) for frame in frames([tmp_path])]
    assert len(set(targets)) == 2
    assert all(len(os.fsencode(target.name)) <= 255 for target in targets)


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"")
    picture(tmp_path / "c.png")
    found = list(frames([tmp_path, tmp_path / "gone"]))
    assert [type(entry) for entry in found] == [Frame, Skipped, Frame, Skipped]
    assert "empty" in found[1].reason


# Writing.


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_is_written_with_its_pixels_and_profile(tmp_path, suffix):
    path = save(PHOTO, tmp_path / "new" / f"a{suffix}")
    with Image.open(path) as image:
        image.load()
        away = np.abs(np.asarray(image.convert("RGB")).astype(int) - np.asarray(PHOTO))
        profile = image.info.get("icc_profile")
    assert away.max() == 0 if suffix in {".png", ".webp", ".tif", ".tiff", ".bmp"} else away.mean() < 2
    assert suffix == ".bmp" or profile == srgb_profile()
    assert [path.name for path in path.parent.iterdir()] == [f"a{suffix}"]


def test_the_profile_is_srgb_and_the_same_on_every_day():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert ImageCms.getProfileDescription(profile).startswith("sRGB")
    assert srgb_profile()[24:36] == bytes(12)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".bmp"])
@pytest.mark.parametrize("source", [".jpg", ".tif", ".png"])
def test_exif_goes_along_upright(tmp_path, suffix, source):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a cat"
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x9003] = "2020:02:02 02:02:02"
    exif.get_ifd(0x8825)[1] = "N"
    whole = Image.Exif()  # A TIFF is written with the camera's part only when that was read from bytes.
    whole.load(exif.tobytes())
    path = picture(tmp_path / "in" / f"a{source}", exif=whole)
    [frame] = frames([path])
    assert frame.picture.size == (48, 64)
    target = save(frame.picture, target_for(frame, tmp_path / "out", suffix), frame, note="winter")
    with Image.open(target) as image:
        image.load()
        assert image.size == (48, 64)
        kept = image.getexif()
        assert kept.get(0x0112, 1) == 1
        assert (kept[0x010E], kept[0x010F], kept[0x0131]) == ("a cat", "Maker", "GAN Studio: winter")
        assert kept.get_ifd(0x8769)[0x9003] == "2020:02:02 02:02:02"
        assert kept.get_ifd(0x8825)[1] == "N"
    [again] = frames([target])
    assert again.picture.size == (48, 64)


def test_a_picture_says_what_made_it(tmp_path):
    with Image.open(save(PHOTO, tmp_path / "a.png", note="summer → winter")) as image:
        assert image.getexif()[0x0131] == "GAN Studio: summer -> winter"
        assert 'xmp:CreatorTool="GAN Studio: summer &#8594; winter"' in image.info["XML:com.adobe.xmp"]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_of_exif_too_long_for_its_file_what_is_long_is_left_out(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x010E] = "a" * 70_000
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x927C] = bytes(70_000)
    exif.get_ifd(0x8769)[0x9003] = "2020:02:02 02:02:02"
    [frame] = frames([picture(tmp_path / "a.png", exif=exif)])
    with Image.open(save(frame.picture, tmp_path / "out" / f"a{suffix}", frame)) as image:
        kept = image.getexif()
        assert (0x010E in kept, kept[0x010F]) == (False, "Maker")
        assert kept.get_ifd(0x8769)[0x9003] == "2020:02:02 02:02:02"


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_exif_of_many_words_that_are_not_long_is_left_out_whole(tmp_path, suffix):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9000 + number: "a" * 3900 for number in range(20)})
    [frame] = frames([picture(tmp_path / "a.png", exif=exif)])
    with Image.open(save(frame.picture, tmp_path / "out" / f"a{suffix}", frame)) as image:
        assert 0x9003 not in image.getexif().get_ifd(0x8769)


def test_odd_exif_does_not_keep_a_picture_from_being_written(tmp_path):
    exif = Image.Exif()
    exif[0x0103] = 7  # A compression that is not this file's.
    exif[0x0111] = 3
    [frame] = frames([picture(tmp_path / "a.jpg", exif=exif)])
    for suffix in SUFFIXES:
        save(frame.picture, tmp_path / "out" / f"a{suffix}", frame)
    assert all(isinstance(entry, Frame) for entry in frames([tmp_path / "out"]))


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"not written as \.gif.*\.png"):
        save(PHOTO, tmp_path / "a.gif")
    with pytest.raises(ValueError, match="20000 × 1 pixels cannot be written as WEBP"):
        save(Image.new("RGB", (20_000, 1)), tmp_path / "a.webp")
    assert list(tmp_path.iterdir()) == []

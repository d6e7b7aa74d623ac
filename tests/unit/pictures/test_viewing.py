"""Large pictures made small for looking: the same as a whole decoding made small, in any format."""

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from ganstudio.pictures import viewing
from ganstudio.pictures.reading import Unreadable, read
from ganstudio.pictures.viewing import view
from ganstudio.pictures.writing.painted import Painted


@pytest.fixture(scope="module")
def photograph():
    return Image.fromarray(data.chelsea())  # 451 × 300.


def near(one, other):
    return np.abs(np.asarray(one, float) - np.asarray(other, float)).mean() < 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".bmp"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_view_is_the_whole_made_small(photograph, tmp_path, suffix, mode):
    path = tmp_path / f"cat{suffix}"
    photograph.convert(mode).save(path)
    seen = view(path, 150)
    assert seen.size == (150, 100)
    assert seen.mode == "RGB"
    assert near(seen, read(path).resize((150, 100), Image.Resampling.BOX))


@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".webp"])
def test_a_view_is_upright(photograph, tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / f"turned{suffix}"
    photograph.save(path, exif=exif)
    seen = view(path, 150)
    assert seen.size == (100, 150)
    assert near(seen, read(path).resize((100, 150), Image.Resampling.BOX))


def test_a_view_is_on_white_in_srgb_and_of_eight_bits(photograph, tmp_path):
    photograph.putalpha(100)
    photograph.save(tmp_path / "alpha.png")
    assert near(view(tmp_path / "alpha.png", 150), read(tmp_path / "alpha.png").resize((150, 100)))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photograph.convert("RGB").save(tmp_path / "profile.png", icc_profile=lab)
    assert near(view(tmp_path / "profile.png", 150), read(tmp_path / "profile.png").resize((150, 100)))
    with Painted(300, 200, np.uint16) as painted:
        painted.write(0, np.full((200, 300, 3), 40_000, np.uint16))
        painted.save(tmp_path / "deep.png")
    assert np.abs(np.asarray(view(tmp_path / "deep.png", 150)).astype(int) - 40_000 // 257).max() <= 1


def test_a_small_picture_stays_as_it_is(photograph, tmp_path):
    photograph.convert("RGB").save(tmp_path / "cat.png")
    assert np.array_equal(np.asarray(view(tmp_path / "cat.png")), np.asarray(read(tmp_path / "cat.png")))
    assert viewing.LONGEST >= 2048


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(Unreadable):
        view(tmp_path / "broken.png", 100)

"""What comes out is what came in: depth, transparency, colours, resolution, orientation."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from ganstudio.pictures.colour import srgb_profile
from ganstudio.pictures.reading import UPRIGHT, Unreadable, read
from ganstudio.pictures.vips import from_array, vips
from ganstudio.pictures.writing import canvas, encoding, originals, painted
from ganstudio.pictures.writing.originals import original
from ganstudio.pictures.writing.painted import Loss, Painted

PHOTO = data.chelsea()[:61, :83]
HEIGHT, WIDTH = PHOTO.shape[:2]


def deep_photo(bands=3):
    """The photograph in 16 bits, with values between those of 8 bits, and a slope of transparency."""
    noise = np.random.default_rng(0).integers(0, 257, PHOTO.shape)
    deep = np.minimum(PHOTO.astype(np.uint32) * 257 + noise, 65535).astype(np.uint16)
    slope = np.linspace(0, 65535, WIDTH).astype(np.uint16)[None].repeat(HEIGHT, 0)
    return {
        1: deep[..., 1],
        2: np.dstack([deep[..., 1], slope]),
        3: deep,
        4: np.dstack([deep, slope]),
    }[bands]


def keep(pixels, path, profile=b"", dpi=300.0):
    image = from_array(pixels)
    kinds = {1: "grey16", 2: "grey16", 3: "rgb16", 4: "rgb16"}
    image = image.copy(interpretation=kinds[image.bands], xres=dpi / 25.4, yres=dpi / 25.4)
    if profile:
        image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
    getattr(image, {".png": "pngsave", ".tif": "tiffsave"}[path.suffix])(str(path))
    return path


def through(source, target, **more):
    """Read a picture and write it as it is."""
    found = original(source)
    with Painted(found.pixels.shape[1], found.pixels.shape[0], found.pixels.dtype, **more) as sink:
        for top in range(0, len(found.pixels), 7):
            sink.write(top, found.pixels[top : top + 7])
        return found, sink.save(target, found), original(target)


def wide_profile():
    """A matrix profile with the primaries of Adobe RGB and a gamma of 2.2, made from public numbers."""
    profile = bytearray(srgb_profile())
    primaries = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
    }
    count = int.from_bytes(profile[128:132], "big")
    for entry in range(count):
        begin = 132 + 12 * entry
        name, place = bytes(profile[begin : begin + 4]), int.from_bytes(profile[begin + 4 : begin + 8], "big")
        if name in primaries:
            for index, value in enumerate(primaries[name]):
                profile[place + 8 + 4 * index : place + 12 + 4 * index] = round(value * 65536).to_bytes(4, "big")
        if name == b"desc":
            text = "sRGB built-in".encode("utf-16-be")
            at = bytes(profile).index(text, place)
            profile[at : at + len(text)] = "Wide built-in".encode("utf-16-be")
    return bytes(profile)


def grey_profile():
    """Gamma 2.2, as cameras and scanners write it."""
    curve = b"curv" + bytes(4) + (1).to_bytes(4, "big") + (563).to_bytes(2, "big") + bytes(2)
    white = b"XYZ " + bytes(4) + b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1.0, 0.8249))
    text = b"Grey 2.2"
    desc = b"desc" + bytes(4) + (len(text) + 1).to_bytes(4, "big") + text + bytes(79 + 4)
    parts, table, place = [(b"desc", desc), (b"wtpt", white), (b"kTRC", curve)], b"", 128 + 4 + 3 * 12
    body = b""
    for name, bare in parts:
        part = bare + bytes(-len(bare) % 4)
        table += name + (place + len(body)).to_bytes(4, "big") + len(part).to_bytes(4, "big")
        body += part
    size = place + len(body)
    header = bytearray(128)
    header[0:4], header[8:12] = size.to_bytes(4, "big"), bytes.fromhex("02400000")
    header[12:24], header[36:40] = b"mntrGRAYXYZ ", b"acsp"
    header[68:80] = b"".join(round(v * 65536).to_bytes(4, "big") for v in (0.9642, 1.0, 0.8249))
    return bytes(header) + len(parts).to_bytes(4, "big") + table + body


@pytest.mark.parametrize(
    ("suffix", "bands"), [(".png", 1), (".png", 2), (".png", 3), (".png", 4), (".tif", 1), (".tif", 3), (".tif", 4)]
)
def test_16_bits_stay_16_bits(tmp_path, suffix, bands):
    deep = deep_photo(bands)
    found, loss, again = through(keep(deep, tmp_path / f"in{suffix}"), tmp_path / f"out{suffix}")
    assert found.pixels.dtype == again.pixels.dtype == np.uint16
    assert loss == Loss()
    assert np.array_equal(found.pixels, again.pixels)
    if bands in {1, 3}:
        assert found.alpha is None
        assert np.array_equal(found.pixels[..., 1], deep if bands == 1 else deep[..., 1])
    else:
        assert np.array_equal(found.alpha, deep[..., -1])
        assert np.array_equal(again.alpha, deep[..., -1])
    assert found.grey == again.grey == (bands < 3)
    assert np.allclose((found.dpi, again.dpi), 300, atol=0.01)


@pytest.mark.parametrize("bands", [1, 3, 4])
def test_of_16_bits_the_8_that_everybody_else_sees_are_the_same(tmp_path, bands):
    for suffix in (".png", ".tif"):
        path = keep(deep_photo(bands), tmp_path / f"in{suffix}")
        away = np.abs(np.asarray(original(path).picture).astype(int) - np.asarray(read(path)))
        assert away.max() <= (2 if bands == 4 else 1)


@pytest.mark.parametrize(
    ("suffix", "loss"),
    [(".jpg", Loss(transparency=True, depth=True)), (".webp", Loss(depth=True)), (".avif", Loss()), (".png", Loss())],
)
def test_what_a_format_cannot_hold_is_told(tmp_path, suffix, loss):
    _, lost, again = through(keep(deep_photo(4), tmp_path / "in.png"), tmp_path / f"out{suffix}")
    assert lost == loss
    assert again.deep != loss.depth
    assert (again.alpha is None) == loss.transparency


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_transparency_comes_back_and_looks_on_white_as_it_was_painted(tmp_path, suffix):
    alpha = np.linspace(0, 255, WIDTH).astype(np.uint8)[None].repeat(HEIGHT, 0)
    Image.fromarray(np.dstack([PHOTO, alpha])).save(tmp_path / "in.png")
    found, _, again = through(tmp_path / "in.png", tmp_path / f"out{suffix}")
    assert np.array_equal(again.alpha, alpha)
    assert np.abs(found.pixels.astype(int) - again.pixels).max() <= 1
    with Image.open(tmp_path / f"out{suffix}") as image:  # No white rim: where there is something, its own colours.
        shown = np.asarray(image.convert("RGBA"))[:, WIDTH // 2 :, :3]
    assert np.abs(shown.astype(int) - PHOTO[:, WIDTH // 2 :]).max() <= 3


@pytest.mark.parametrize("kind", ["palette", "key", "grey"])
def test_transparency_of_every_kind_is_found(tmp_path, kind):
    image = Image.fromarray(PHOTO)
    if kind == "palette":
        image = image.quantize(16)
        image.info["transparency"] = 3
    elif kind == "key":
        image.info["transparency"] = image.getpixel((5, 5))
    else:
        image = Image.merge("LA", (image.convert("L"), Image.linear_gradient("L").resize(image.size)))
    image.save(tmp_path / "in.png")
    found = original(tmp_path / "in.png")
    with Image.open(tmp_path / "in.png") as image:
        assert np.array_equal(found.alpha, np.asarray(image.convert("RGBA"))[..., 3])
    assert np.array_equal(found.pixels, np.asarray(read(tmp_path / "in.png")))


def test_what_is_opaque_everywhere_has_no_transparency(tmp_path):
    Image.fromarray(PHOTO).convert("RGBA").save(tmp_path / "in.png")
    assert original(tmp_path / "in.png").alpha is None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".avif"])
def test_a_wide_profile_comes_back_with_its_colours(tmp_path, suffix):
    profile = wide_profile()
    assert "Wide" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    muted = (PHOTO // 2 + 64).astype(np.uint8)
    Image.fromarray(muted).save(tmp_path / "in.png", icc_profile=profile)
    found, _, again = through(tmp_path / "in.png", tmp_path / f"out{suffix}")
    assert np.abs(found.pixels.astype(int) - muted).max() > 8  # In sRGB they have other numbers, …
    assert again.profile == profile
    with Image.open(tmp_path / f"out{suffix}") as image:  # … and in their own profile their own again.
        away = np.abs(np.asarray(image.convert("RGB")).astype(int) - muted)
    assert away.max() <= 2 if suffix in {".png", ".webp", ".tif"} else away.mean() < 2


def test_a_wide_profile_comes_back_in_16_bits(tmp_path):
    deep = (deep_photo() // 2 + 16384).astype(np.uint16)
    found, _, _ = through(keep(deep, tmp_path / "in.tif", wide_profile()), tmp_path / "out.tif")
    assert found.pixels.dtype == np.uint16
    shown = vips().Image.tiffload(str(tmp_path / "out.tif"))
    assert shown.get("icc-profile-data") == wide_profile()
    assert np.abs(shown.numpy().astype(int) - deep).max() <= 40  # Of 65535.


def test_a_grey_picture_stays_grey_while_nothing_in_it_has_colour(tmp_path):
    grey = PHOTO[..., 1]
    Image.fromarray(grey).save(tmp_path / "in.png", icc_profile=grey_profile())
    found, _, _ = through(tmp_path / "in.png", tmp_path / "out.png")
    assert found.grey
    with Image.open(tmp_path / "out.png") as image:
        assert image.mode == "L"
        assert image.info["icc_profile"] == grey_profile()
        assert np.abs(np.asarray(image).astype(int) - grey).max() <= 1
    with Painted(WIDTH, HEIGHT) as sink:  # A colourised one is a colour picture.
        sink.write(0, PHOTO)
        sink.save(tmp_path / "colour.png", found)
    with Image.open(tmp_path / "colour.png") as image:
        assert image.mode == "RGB"
        assert image.info["icc_profile"] == srgb_profile()
        assert np.array_equal(np.asarray(image), PHOTO)


def test_a_broken_profile_and_one_that_leads_one_way_are_none(tmp_path):
    cut = wide_profile()[:300]
    Image.fromarray(PHOTO).save(tmp_path / "in.png", icc_profile=cut)
    _, _, again = through(tmp_path / "in.png", tmp_path / "out.png")
    assert again.profile == srgb_profile()


def test_a_profile_that_is_damaged_inside_keeps_no_picture_from_being_written(tmp_path):
    profile = wide_profile()
    entry = profile.index(b"rXYZ")
    at = int.from_bytes(profile[entry + 4 : entry + 8], "big")
    Image.fromarray(PHOTO).save(tmp_path / "in.jpg", icc_profile=profile[:at] + b"rust" + profile[at + 4 :])
    _, _, again = through(tmp_path / "in.jpg", tmp_path / "out.png")
    assert again.profile == srgb_profile()


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_what_stands_behind_a_profile_does_not_come_back(tmp_path, suffix):
    Image.fromarray(PHOTO).save(tmp_path / "in.jpg", icc_profile=wide_profile() + b"more")
    _, _, again = through(tmp_path / "in.jpg", tmp_path / f"out{suffix}")
    assert again.profile == wide_profile()


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("depth", [8, 16])
def test_every_orientation_is_upright_in_bands_as_at_once(tmp_path, monkeypatch, turn, depth):
    monkeypatch.setattr(originals, "BAND", 500)
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / "in.png"
    if depth == 8:
        Image.fromarray(PHOTO).save(path, exif=exif)
    else:
        image = from_array(deep_photo()).copy(interpretation="rgb16")
        image.set_type(vips().GValue.gint_type, "orientation", turn)
        image.pngsave(str(path))
    upright = Image.fromarray(PHOTO)
    upright = upright.transpose(UPRIGHT[turn]) if turn in UPRIGHT else upright
    found = original(path)
    assert found.deep == (depth == 16)
    assert np.abs(np.asarray(found.picture).astype(int) - np.asarray(upright)).max() <= 1


def test_resolution_turns_with_the_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PHOTO).save(tmp_path / "in.jpg", exif=exif, dpi=(300, 150))
    assert original(tmp_path / "in.jpg").dpi == (150, 300)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".avif"])
def test_resolution_comes_back(tmp_path, suffix):
    Image.fromarray(PHOTO).save(tmp_path / "in.jpg", dpi=(240, 240))
    _, _, again = through(tmp_path / "in.jpg", tmp_path / f"out{suffix}")
    assert np.allclose(again.dpi, 240, atol=0.01)


def test_what_says_no_resolution_is_not_said_to_be_huge(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "in.png")
    _, _, again = through(tmp_path / "in.png", tmp_path / "out.png")
    assert np.allclose(again.dpi, 72, atol=0.02)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".avif"])
@pytest.mark.parametrize("bands", [3, 4])
def test_on_disk_or_in_memory_the_same_file_is_written(tmp_path, suffix, bands):
    source = keep(deep_photo(bands), tmp_path / "in.png")
    through(source, tmp_path / f"a{suffix}")
    through(source, tmp_path / f"b{suffix}", in_memory=1000)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_large_original_is_mapped_and_the_same(tmp_path, monkeypatch):
    source = keep(deep_photo(4), tmp_path / "in.png")
    before = original(source)
    monkeypatch.setattr(canvas.Canvas.__init__, "__kwdefaults__", {"in_memory": 1000})
    after = original(source)
    assert isinstance(after.pixels, np.memmap)
    assert np.array_equal(before.pixels, after.pixels)
    assert np.array_equal(before.alpha, after.alpha)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_deep_picture_that_is_cut_off_is_named(tmp_path, suffix):
    path = keep(deep_photo(), tmp_path / f"in{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable):
        original(path)


def test_rows_come_in_order_and_all_of_them():
    with Painted(4, 4) as sink:
        sink.write(0, np.zeros((2, 4, 3), np.uint8))
        for top, rows in ((0, (2, 4, 3)), (2, (3, 4, 3)), (2, (2, 5, 3))):
            with pytest.raises(AssertionError):
                sink.write(top, np.zeros(rows, np.uint8))
        with pytest.raises(AssertionError, match="Only 2 of 4 rows"):
            sink.pixels()


@pytest.mark.parametrize("kind", sorted(encoding.SPEAKING))
def test_a_disk_that_fills_while_an_encoder_writes_is_told_as_such(kind):
    class Full(io.BytesIO):
        def write(self, data):
            if self.tell() + len(data) > 1000:
                raise OSError(28, "No space left on device")
            return super().write(data)

    with pytest.raises(OSError, match="No space left"):
        encoding.write(from_array(PHOTO), kind, Full(), encoding.Beside())


def test_8_bits_of_16_are_rounded(tmp_path):
    found, _, again = through(keep(deep_photo(), tmp_path / "in.png"), tmp_path / "out.webp")
    assert np.array_equal(again.pixels, (found.pixels.astype(np.uint32) + 128) // 257)


def test_a_broken_grey_profile_does_not_come_back(tmp_path):
    Image.fromarray(PHOTO[..., 1]).save(tmp_path / "in.png", icc_profile=grey_profile()[:140])
    _, _, again = through(tmp_path / "in.png", tmp_path / "out.tif")
    assert (again.grey, again.profile) == (True, b"")


def test_colours_that_a_tiff_holds_multiplied_with_their_transparency_are_themselves_again(tmp_path):
    straight = deep_photo(4)
    straight[..., 3] |= 0x8000  # Where next to nothing is seen, next to nothing is kept.
    mixed = straight.astype(np.uint64)
    mixed[..., :3] = (mixed[..., :3] * mixed[..., 3:] + 32767) // 65535
    tifffile.imwrite(tmp_path / "mixed.tif", mixed.astype(np.uint16), photometric="rgb", extrasamples=["assocalpha"])
    keep(straight, tmp_path / "straight.png")
    one, other = original(tmp_path / "mixed.tif"), original(tmp_path / "straight.png")
    assert np.array_equal(one.alpha, other.alpha)
    assert np.abs(one.pixels.astype(int) - other.pixels).max() <= 2


def test_what_is_written_while_the_disk_fills_is_not_there(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with Painted(4, 4) as sink:
        sink.write(0, np.zeros((4, 4, 3), np.uint8))
        monkeypatch.setattr(painted.encoding, "write", full)
        with pytest.raises(OSError, match=r"The disk is full: a\.png"):
            sink.save(tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []

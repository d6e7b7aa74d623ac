"""Blending with known answers: exact at the ends, grey stays grey, light from one and colour from the other."""

import itertools

import numpy as np
import pytest
from PIL import Image
from skimage import color, data

from ganstudio.pictures import blending
from ganstudio.pictures.blending import blended, read_mask
from ganstudio.words.look import Look

LOOKS = [
    Look(0.5),
    Look(0.3, "luminance"),
    Look(0.7, "colour"),
    Look(1, keep_colours=True),
    Look(0.6, "luminance", keep_colours=True),
]
KINDS = [np.uint8, np.uint16]


@pytest.fixture(scope="module")
def photographs():
    """Two photographs of one size, (100, 200, 3) uint8."""
    return data.coffee()[:100, 100:300], data.astronaut()[:100, 100:300]


def pair(kind, seed=0, size=(40, 50)):
    chance = np.random.default_rng(seed)
    return tuple(chance.integers(0, np.iinfo(kind).max + 1, (*size, 3), dtype=kind) for _ in range(2))


def oklab(pixels):
    """L, a, b by the published matrices, in float64; written down here once more."""
    light = color.rgb2xyz(pixels / np.iinfo(pixels.dtype).max)
    to_cone = [[0.8189330101, 0.3618667424, -0.1288597137], [0.0329845436, 0.9293118715, 0.0361456387]]
    to_cone.append([0.0482003018, 0.2643662691, 0.6338517070])
    to_lab = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099]]
    to_lab.append([0.0259040371, 0.7827717662, -0.8086757660])
    return np.cbrt(light @ np.array(to_cone).T) @ np.array(to_lab).T


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blend", ["light", "luminance", "colour"])
def test_the_ends_are_exact(kind, blend):
    before, after = pair(kind)
    assert np.array_equal(blended(before, after, Look(1, blend)), after)
    for keep in (False, True):
        assert np.array_equal(blended(before, after, Look(0, blend, keep)), before)


def test_light_mixes_as_light_does():
    black, white = np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)
    assert blended(black, white, Look(0.5)).tolist() == [[[188, 188, 188]]]  # sRGB of half the light, not 128.
    assert blended(black, white, Look(0.25)).tolist() == [[[137, 137, 137]]]
    deep = blended(black.astype(np.uint16), np.full((1, 1, 3), 65535, np.uint16), Look(0.5))
    assert abs(int(deep[0, 0, 0]) - 188 * 257) <= 128


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_mixed_with_itself_stays(look, kind):
    picture, _ = pair(kind, size=(100, 100))
    for mask in (None, np.full((100, 100), 0.3, np.float32)):
        difference = np.abs(blended(picture, picture, look, mask).astype(int) - picture)
        assert difference.max() <= (0 if kind == np.uint8 else 2)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_grey_stays_grey(look, kind):
    levels = np.arange(256, dtype=kind) * (np.iinfo(kind).max // 255)
    before, after = (np.repeat(one[..., None], 3, 2) for one in np.meshgrid(levels, levels))
    mixture = blended(before, after, look)
    assert (mixture == mixture[..., :1]).all()


@pytest.mark.parametrize(
    ("look", "lightness", "colour"),
    [
        (Look(0.4, "luminance"), 0.4, 1),
        (Look(0.4, "colour"), 1, 0.4),
        (Look(1, keep_colours=True), 1, 0),
        (Look(0.4, "luminance", keep_colours=True), 0.4, 0),
    ],
)
def test_light_comes_from_one_and_colour_from_the_other(photographs, look, lightness, colour):
    before, after = (picture // 4 + 90 for picture in photographs)  # So muted that every mixture can be shown.
    mixture, own, made = (oklab(picture) for picture in (blended(before, after, look), before, after))
    wanted = own + np.array([lightness, colour, colour]) * (made - own)
    assert np.abs(mixture - wanted).max() < 0.006  # Eight bits.


def test_colours_that_no_screen_shows_become_weaker_and_keep_light_and_hue(photographs):
    before, after = photographs
    mixture, own, made = (oklab(one) for one in (blended(before, after, Look(1, keep_colours=True)), before, after))
    strength, wanted = (np.hypot(lab[..., 1], lab[..., 2]) for lab in (mixture, own))
    assert (strength < wanted + 0.01).mean() > 0.99
    assert (strength < wanted - 0.05).mean() > 0.02  # Some do not fit.
    seen = made[..., 0] > 0.2  # Below, one level of eight bits is a great step of lightness.
    assert np.abs(mixture - made)[seen, 0].max() < 0.01
    vivid = seen & (strength > 0.05)
    turned = np.arctan2(mixture[..., 2], mixture[..., 1]) - np.arctan2(own[..., 2], own[..., 1])
    assert np.abs((turned[vivid] + np.pi) % (2 * np.pi) - np.pi).max() < 0.2


@pytest.mark.parametrize("blend", ["luminance", "colour"])
def test_strength_has_no_jump(photographs, blend):
    before, after = photographs
    steps = [blended(before, after, Look(share / 100, blend)).astype(int) for share in (0, 1, 3, 5, 7, 9, 11, 13)]
    assert max(np.abs(one - other).mean() for one, other in itertools.pairwise(steps)) < 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("look", [Look(), *LOOKS])
def test_a_mask_is_exact_where_it_is_black_or_white(kind, look):
    before, after = pair(kind)
    mask = np.zeros((40, 50), np.float32)
    mask[:, 10:30], mask[:, 30:40] = 1, 0.5
    mixture = blended(before, after, look, mask)
    assert np.array_equal(mixture[mask == 0], before[mask == 0])
    assert np.array_equal(mixture[mask == 1], blended(before, after, look)[mask == 1])
    assert not np.array_equal(mixture[mask == 0.5], before[mask == 0.5])


def test_a_mask_of_bytes_is_one_of_shares():
    before, after = pair(np.uint8)
    mask = np.random.default_rng(1).integers(0, 256, (40, 50), dtype=np.uint8)
    shares = mask.astype(np.float32) / 255
    assert np.array_equal(blended(before, after, Look(0.8), mask), blended(before, after, Look(0.8), shares))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("masked", [False, True])
def test_bands_are_the_whole(kind, look, masked, monkeypatch):
    before, after = pair(kind, size=(61, 37))
    mask = np.random.default_rng(2).random((61, 37), np.float32) if masked else None
    whole = blended(before, after, look, mask)
    parts = [
        blended(before[rows], after[rows], look, None if mask is None else mask[rows])
        for rows in (slice(0, 7), slice(7, 8), slice(8, 61))
    ]
    assert np.array_equal(np.concatenate(parts), whole)
    monkeypatch.setattr(blending, "_BAND", 100)
    assert np.array_equal(blended(before, after, look, mask), whole)


def test_what_does_not_belong_together_is_refused():
    before, after = pair(np.uint8)
    with pytest.raises(ValueError, match="cannot be mixed"):
        blended(before, after[1:], Look(0.5))
    with pytest.raises(ValueError, match="cannot be mixed"):
        blended(before, after.astype(np.uint16), Look(0.5))
    with pytest.raises(ValueError, match="mask"):
        blended(before, after, Look(0.5), np.ones((3, 3)))


def test_a_mask_is_read_from_any_picture_at_any_size(tmp_path):
    picture = Image.new("RGB", (40, 20))
    picture.paste((255, 255, 255), (20, 0, 40, 20))
    picture.save(tmp_path / "mask.png")
    mask = read_mask(tmp_path / "mask.png", (40, 20))
    assert mask.shape == (20, 40)
    assert set(np.unique(mask[:, :20])) == {0}
    assert set(np.unique(mask[:, 20:])) == {255}
    large = read_mask(tmp_path / "mask.png", (400, 100))
    assert large.shape == (100, 400)
    assert 0 < large[50, 200] < 255  # The edge is soft.
    (tmp_path / "text.png").write_text("no picture at all")
    with pytest.raises(ValueError, match="not"):
        read_mask(tmp_path / "text.png", (4, 4))

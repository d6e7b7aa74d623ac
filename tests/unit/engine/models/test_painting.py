import itertools

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.models.painting import makers, resized
from ganstudio.words.look import Look
from ganstudio.words.routes import Route


def photo(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    ("old", "new"), [((40, 30), (16, 16)), ((9, 14), (16, 16)), ((7, 5), (33, 3)), ((8, 8), (8, 8))]
)
def test_resizing_is_what_pillow_does(old, new):
    picture = photo(*old)
    ours = resized(torch.tensor(np.asarray(picture)).permute(2, 0, 1)[None].float(), new[1], new[0])
    theirs = np.asarray(picture.resize(new, Image.Resampling.BILINEAR), float)
    assert np.abs(ours[0].permute(1, 2, 0).numpy() - theirs).max() <= 1  # Pillow rounds between its two passes.


def test_resizing_to_the_same_size_changes_nothing():
    x = torch.randn(2, 3, 9, 12)
    assert torch.equal(resized(x, 9, 12), x)


@pytest.mark.parametrize("size", [(16, 16), (17, 31), (3, 40)])
@pytest.mark.parametrize("scale", [2, 4])
def test_an_enlarging_route_gives_exactly_its_scale(toy, size, scale):
    made = toy(Route("a", "a", scale=scale, multiple=4)).translate(
        photo(*size), Route("a", "a", scale=scale, multiple=4)
    )
    assert made.size == (size[0] * scale, size[1] * scale)


def test_half_an_enlargement_is_mixed_with_plain_enlarging(toy):
    route = Route("a", "a", scale=2)
    translator, picture = toy(route), Image.new("RGB", (16, 16), (120, 130, 140))
    assert translator.translate(picture, route, Look(strength=0)).getcolors() == [(1024, (120, 130, 140))]
    assert translator.translate(picture, route, Look(strength=0.5)).size == (32, 32)


@pytest.mark.parametrize("size", [(16, 16), (17, 31), (200, 90)])
def test_a_route_of_one_size_gives_back_the_size_of_the_picture(toy, size):
    route = Route("a", "a", side=8)
    assert toy(route).translate(photo(*size), route).size == size


def test_a_classifier_tells_shares_that_sum_to_one_at_any_size(toy):
    route = Route("class", "a", answers=("cat", "dog", "owl", "hen"), side=8)
    for size in ((8, 8), (31, 17)):
        shares = toy(route).classify(photo(*size), route)
        assert tuple(shares) == route.answers
        assert sum(shares.values()) == pytest.approx(1)
    assert toy(route).classify(photo(8, 8), route) == toy(route).classify(photo(8, 8), route)


def test_a_caption_decides_what_is_drawn(toy):
    route = Route("a", words=("red", "blue"))
    translator = toy(route)
    red, blue = (translator.generate(route, 1, text=text) for text in ("red", "blue"))
    assert red.tobytes() != blue.tobytes()
    assert red.tobytes() == translator.generate(route, 1, text="Red!").tobytes()
    with pytest.raises(ValueError, match="caption is empty"):
        translator.generate(route, 1)
    with pytest.raises(ValueError, match="no labels"):
        translator.generate(route, 1, "red", text="red")


def test_the_way_between_two_seeds_begins_and_ends_at_their_pictures(toy):
    route = Route("a")
    translator = toy(route)
    pixels = [np.asarray(translator.between(route, (1, 2), share / 8), float)[0, 0] for share in range(9)]
    assert (pixels[0] == np.asarray(translator.generate(route, 1))[0, 0]).all()
    assert (pixels[8] == np.asarray(translator.generate(route, 2))[0, 0]).all()
    steps = [np.abs(one - other).max() for one, other in itertools.pairwise(pixels)]
    assert max(steps) < 0.6 * np.abs(pixels[8] - pixels[0]).max() + 20


def test_only_the_networks_a_route_goes_through_are_its_makers(toy):
    for route, names in (
        (Route("a"), {"G"}),
        (Route("a", words=("red",)), {"G", "words"}),
        (Route("c", "a", answers=("x", "y"), side=8), {"G"}),
    ):
        assert set(makers(toy(route)._method, route)) == names

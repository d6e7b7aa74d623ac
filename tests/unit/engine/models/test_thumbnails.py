import io

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.models.thumbnails import LARGEST, MOST, SIDE, befores, small, thumbnails
from ganstudio.runs.thumbnail import is_thumbnail, size_of
from ganstudio.words.routes import Route

THERE, BACK = Route("cold", "warm"), Route("warm", "cold")


def cells(value, rows, columns, side=32):
    return torch.full((rows, columns, 3, side, side), float(value))


def grey(data, left=0):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"), int)[:, left : left + SIDE].mean()


def test_routes_take_turns_and_before_stands_left_of_after():
    there, back = cells(-1, 3, 2), cells(0.5, 2, 2)
    there[:, 1] = 1
    made = thumbnails([there, back])
    assert len(made) == MOST
    assert all(size_of(data) == (2 * SIDE, SIDE) for data in made)
    assert [round(grey(data, left) / 10) for data in made for left in (0, SIDE)] == [0, 26, 19, 19, 0, 26, 19, 19]


def test_what_comes_of_noise_stands_alone():
    assert [size_of(data) for data in thumbnails([cells(0, 6, 1)])] == [(SIDE, SIDE)] * MOST


def test_no_pictures_make_no_thumbnails():
    assert thumbnails([]) == thumbnails([cells(0, 0, 2)]) == ()


@pytest.mark.parametrize("side", [1, 16, SIDE, 900])
def test_the_hardest_pictures_are_small_enough(side):
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    made = small([Image.fromarray(noise)] * 2)
    assert len(made) <= LARGEST
    assert is_thumbnail(made)


def test_what_went_in_is_found_again_with_its_route():
    made = thumbnails([cells(-1, 2, 2), cells(1, 2, 2)])
    found = befores(made, [THERE, Route("", "warm", answers=("a", "b")), BACK])
    assert [route for route, _ in found] == [THERE, BACK, THERE, BACK]
    assert [round(np.asarray(picture).mean() / 10) for _, picture in found] == [0, 26, 0, 26]
    assert befores(thumbnails([cells(0, 4, 1)]), [Route("cats")]) == []

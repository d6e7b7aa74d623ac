import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from ganstudio.networks.resizing import reduced


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("pixels", ["photograph", "noise"])
def test_small_pictures_are_those_that_pillow_makes(scale, pixels):
    picture = data.chelsea()[: 296 - scale] if pixels == "photograph" else None
    if picture is None:
        picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    height, width = picture.shape[:2]
    size = width // scale, height // scale
    picture = picture[: size[1] * scale, : size[0] * scale]
    expected = Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC)
    made = reduced(torch.tensor(picture).permute(2, 0, 1)[None] / 127.5 - 1, scale)
    made = (made[0].permute(1, 2, 0) * 127.5 + 127.5).numpy()
    difference = np.abs(made - np.asarray(expected, float))
    assert difference.max() < 1.01
    assert difference.mean() < 0.01


def test_they_lie_on_the_grid_of_bytes_and_learn_nothing():
    small = reduced(torch.randn(2, 3, 8, 12, requires_grad=True), 2)
    assert small.shape == (2, 3, 4, 6)
    assert not small.requires_grad
    assert small.abs().max() <= 1
    bytes_ = small * 127.5 + 127.5
    torch.testing.assert_close(bytes_, bytes_.round(), atol=1e-4, rtol=0)

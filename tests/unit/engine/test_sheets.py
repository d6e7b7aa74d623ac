import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.sheets import Sheets
from ganstudio.runs.run import Run
from ganstudio.words.routes import Route


class Inverting:
    """Negative one way, and back the other."""

    def routes(self):
        return Route("negative", "picture"), Route("picture", "negative")

    def make(self, route, x, labels=None):
        return -x


@pytest.fixture
def file(tmp_path):
    """Red in the middle square, black beside it."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, 20:40, 0] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    return tmp_path / "wide.png"


def test_cells_are_the_picture_its_translation_and_back(file, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"")
    method = Inverting()
    sheets = Sheets(method, [(broken, file), (file,)], ("picture", "negative"), 10, torch.device("cpu"))
    first, _ = sheets.draw(method, Run(tmp_path / "run"), 3)
    assert first.columns == ("picture", "negative", "back to picture")
    pixels = np.asarray(Image.open(tmp_path / "run" / first.path))
    assert pixels.shape == (10, 30, 3)
    cells = [pixels[5, 10 * column + 5].tolist() for column in range(3)]
    assert cells == [[255, 0, 0], [0, 255, 255], [255, 0, 0]]


def test_the_same_weights_draw_the_same_sheet(file, tmp_path):
    method = Inverting()
    sheets = Sheets(method, [(file,), (file,)], ("picture", "negative"), 10, torch.device("cpu"))
    drawn = [
        (tmp_path / "run" / sheets.draw(method, Run(tmp_path / "run"), step)[0].path).read_bytes() for step in (1, 2)
    ]
    assert drawn[0] == drawn[1]

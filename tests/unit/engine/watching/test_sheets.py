import io

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.watching.sheets import Sheets
from ganstudio.pictures.examples import Example
from ganstudio.pictures.survey import Side
from ganstudio.runs.run import RECIPE, Run
from ganstudio.words.routes import Route


class Inverting:
    """Negative one way, and back the other."""

    def routes(self):
        return Route("negative", "picture"), Route("picture", "negative")

    def make(self, route, x, condition=None):
        return -x


def side(name, *paths):
    return Side((name,), (), tuple(map(Example, paths)))


def run_in(folder):
    """A run folder that holds a recipe and nothing else."""
    (folder / "run").mkdir(exist_ok=True)
    (folder / "run" / RECIPE).touch()
    return Run(folder / "run")


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
    sheets = Sheets(method, [side("picture", broken, file), side("negative", file)], 10, torch.device("cpu"))
    first, _ = sheets.draw(method, run_in(tmp_path), 3)
    assert first.columns == ("picture", "negative", "back to picture")
    pixels = np.asarray(Image.open(tmp_path / "run" / first.path))
    assert pixels.shape == (10, 30, 3)
    cells = [pixels[5, 10 * column + 5].tolist() for column in range(3)]
    assert cells == [[255, 0, 0], [0, 255, 255], [255, 0, 0]]


def test_the_same_weights_draw_the_same_sheet(file, tmp_path):
    method = Inverting()
    sheets = Sheets(method, [side("picture", file), side("negative", file)], 10, torch.device("cpu"))
    drawn = [(tmp_path / "run" / sheets.draw(method, run_in(tmp_path), step)[0].path).read_bytes() for step in (1, 2)]
    assert drawn[0] == drawn[1]


class Made(Inverting):
    """One route, and what it makes."""

    def __init__(self, route, make, width=0):
        self.route, self.making, self.width = route, make, width

    def routes(self):
        return (self.route,)

    def noise_width(self, route):
        return self.width

    def make(self, route, x, condition=None):
        return self.making(x, condition)


def drawn(method, sides, tmp_path, size=8):
    (sheet,) = Sheets(method, sides, size, torch.device("cpu")).draw(method, run_in(tmp_path), 1)
    return sheet, np.asarray(Image.open(tmp_path / "run" / sheet.path))


def test_pairs_show_the_true_answer(file, tmp_path):
    blue = tmp_path / "blue.png"
    Image.new("RGB", (60, 20), (0, 0, 255)).save(blue)
    pair = Side(("a", "b"), (), (Example(file, partner=blue),))
    sheet, pixels = drawn(Made(Route("b", "a"), lambda x, _: -x), [pair], tmp_path)
    assert sheet.columns == ("a", "b", "true b")
    assert [pixels[4, 8 * column + 4].tolist() for column in range(3)] == [[255, 0, 0], [0, 255, 255], [0, 0, 255]]


def test_enlarging_stands_beside_plain_enlarging_and_the_truth(file, tmp_path):
    route = Route("a", "a", scale=2)
    sheet, pixels = drawn(
        Made(route, lambda x, _: -x.repeat_interleave(2, 2).repeat_interleave(2, 3)), [side("a", file)], tmp_path
    )
    assert sheet.columns == ("enlarged plainly", "a ×2", "true a")
    assert [pixels[4, 8 * column + 4].tolist() for column in range(3)] == [[255, 0, 0], [0, 255, 255], [255, 0, 0]]


def test_a_classifier_names_what_it_sees(file, tmp_path):
    route = Route("class", "a", answers=("cat", "dog"), side=4)
    shapes = []

    def tell(x, _):
        shapes.append(x.shape)
        return torch.tensor([[0.25, 0.75]]).expand(len(x), 2)

    sheet, pixels = drawn(Made(route, tell), [side("a", file)], tmp_path)
    assert sheet.rows == ("dog 75%",)
    assert pixels.shape == (8, 8, 3)
    assert shapes == [(1, 3, 4, 4)]


def test_captions_of_held_out_pictures_are_drawn(file, tmp_path):
    (tmp_path / "wide.txt").write_text("a red square\n")
    words = ("a", "square", "red")
    asked = []

    def make(noise, condition):
        asked.append(condition)
        return torch.zeros(len(noise), 3, 8, 8)

    captioned = Side(("a",), (), (Example(file, captions=((1,),)),), words=words)
    sheet, pixels = drawn(Made(Route("a", words=words), make, width=2), [captioned], tmp_path)
    assert sheet.rows == ("a red square",)
    assert pixels.shape == (8, 6 * 8, 3)
    assert asked[0][:, :4].tolist() == [[1, 3, 2, 0]] * 6


def test_a_route_of_one_size_gets_it_and_gives_back_the_cells(file, tmp_path):
    route = Route("a", "a", side=4)
    sheet, pixels = drawn(Made(route, lambda x, _: x if x.shape[-1] == 4 else None), [side("a", file)], tmp_path)
    assert sheet.columns == ("a", "a")
    assert pixels.shape == (8, 16, 3)


def test_the_newest_sheets_leave_thumbnails_for_the_model(tmp_path, file):
    sheets = Sheets(Inverting(), [side("picture", file), side("negative", file)], 16, torch.device("cpu"))
    assert sheets.thumbnails == ()
    sheets.draw(Inverting(), run_in(tmp_path), 5)
    before, after = (Image.open(io.BytesIO(sheets.thumbnails[0])).crop((x, 0, x + 160, 160)) for x in (0, 160))
    assert np.abs(np.asarray(before, int) - (255 - np.asarray(after, int))).mean() < 20
    assert len(sheets.thumbnails) == 2

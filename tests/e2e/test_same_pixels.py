"""What you see is what you get: window, command line, folder and exported model make the same picture."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QSize
from skimage import data

from ganstudio.cli.app import main
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import read
from ganstudio.runs.model import card
from ganstudio.window import jobs
from ganstudio.window.pages.translate_work import mixed, to_picture
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.picture_view import Levels
from ganstudio.words.look import Look


def finished(job):
    """The result of a job of the window."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Photographs as cameras and friends leave them: turned by EXIF, odd in size, with alpha, as a palette."""
    folder = tmp_path_factory.mktemp("photographs")
    coffee = Image.fromarray(data.coffee()).crop((40, 30, 241, 163))
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was held upright.
    coffee.save(folder / "turned.jpg", exif=exif, quality=95)
    cat = Image.fromarray(data.chelsea()).crop((100, 40, 137, 155))
    cat.putalpha(200)
    cat.save(folder / "alpha.png")
    Image.fromarray(data.astronaut()).resize((64, 64)).quantize(64).save(folder / "palette.png")
    Image.fromarray(data.rocket()).resize((17, 16)).save(folder / "tiny.png")
    return folder


def shown(path, window):
    """A written picture; one with transparency looks on white as in the window, as far as light can shine through."""
    pixels = np.asarray(read(path))
    with Image.open(path) as image:
        if image.mode != "RGBA":
            return pixels
        through = 255 - np.asarray(image)[..., 3:]
    assert np.abs(pixels.astype(int) - np.maximum(window, through)).max() <= 1
    return np.asarray(window)


def test_everywhere_the_same_picture_of_the_same_size(trained, photographs, tmp_path):
    run, _ = trained
    route = card(run).routes[0]
    assert main(["translate", *map(str, (run, photographs, "--out", tmp_path / "folder"))]) == 0
    assert main(["export", *map(str, (run, tmp_path / "model.onnx"))]) == 0
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    files = sorted(photographs.iterdir())
    assert len(files) == 4
    for file in files:
        picture = read(file)
        window = finished(jobs.translate(run, route.target, file, device="cpu"))
        pasted = finished(jobs.translate(run, route.target, picture, device="cpu"))
        assert main(["translate", *map(str, (run, file, "--out", tmp_path / "alone"))]) == 0
        (alone,) = (tmp_path / "alone").glob(f"{file.stem}*")
        (folder,) = (tmp_path / "folder").rglob(f"{file.stem}*")
        (exported,) = session.run(None, {"picture": np.asarray(picture)[None]})
        made = [np.asarray(window), np.asarray(pasted), *(shown(path, window) for path in (alone, folder))]
        assert all(pixels.shape == (picture.height, picture.width, 3) for pixels in made)
        assert all(np.array_equal(pixels, made[0]) for pixels in made)
        difference = np.abs(exported[0].astype(int) - made[0].astype(int)).max()
        assert difference <= 1, file.name


@pytest.mark.parametrize("look", [Look(0.35), Look(0.6, "luminance"), Look(0.8, "colour", keep_colours=True)])
def test_the_look_in_the_window_is_the_look_of_files(trained, photographs, tmp_path, look):
    run, _ = trained
    file, route = photographs / "turned.jpg", card(run).routes[0]
    before = read(file)
    after = finished(jobs.translate(run, route.title, before, device="cpu"))
    mask = Mask(QSize(before.width, before.height))
    mask.begin(QPointF(0.4, 0.6), 0.3, 0.7, erases=False)
    mask.end()
    mask.save(tmp_path / "mask.png")
    seen = to_picture(mixed(Levels.of(before), Levels.of(after), look, mask))
    asked = Order(replace(look, mask=str(tmp_path / "mask.png")))
    finished(jobs.translate_file(run, route.title, file, tmp_path / "out.png", asked, device="cpu"))
    assert np.array_equal(np.asarray(seen), np.asarray(read(tmp_path / "out.png")))
    assert not np.array_equal(np.asarray(seen), np.asarray(after))

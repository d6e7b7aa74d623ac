"""Both methods really learn, measured against a known answer. Minutes each: run with `pytest -m slow`."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from ganstudio.engine.planning import plan
from ganstudio.engine.trainer import train
from ganstudio.engine.translator import Translator
from ganstudio.pictures import sample
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def psnr(one, other):
    """Peak signal to noise in dB of two 8-bit pictures."""
    difference = np.asarray(one, float) - np.asarray(other, float)
    return 10 * np.log10(255**2 / np.mean(difference**2))


def trained(folder, method, domains, **wishes):
    run = Run.create(folder, plan(method, domains, preset="quick", device="cpu", **wishes))
    for _ in train(run):
        pass
    return Translator.open(run.path, device="cpu")


def test_the_quick_preset_gains_ten_decibels_both_ways_on_the_sample(tmp_path, record_property):
    for _ in sample.draw(tmp_path / "sample", pictures=300, held_out=40, size=64):
        pass
    domains = [Domain(season, (str(tmp_path / "sample" / season),)) for season in ("summer", "winter")]
    translator = trained(tmp_path / "run", "cyclegan", domains, size=64)
    for route in translator.routes:
        gains = []
        for path in sorted((tmp_path / "sample/held_out" / route.source).iterdir()):
            picture, answer = Image.open(path), Image.open(tmp_path / "sample/held_out" / route.target / path.name)
            gains.append(psnr(translator.translate(picture, route), answer) - psnr(picture, answer))
        record_property(route.title, f"{np.mean(gains):+.2f} dB")
        assert len(gains) == 40
        assert np.mean(gains) >= 10


def test_digits_are_drawn_as_the_label_asked(tmp_path, record_property):
    digits = load_digits()
    for number, (pixels, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        path = tmp_path / "digits" / str(label) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((pixels * 255 / 16).round().astype(np.uint8)).save(path)
    reader = SVC(gamma=0.001, C=10).fit(digits.images.reshape(-1, 64), digits.target)
    translator = trained(tmp_path / "run", "conditional-gan", [Domain("digits", (str(tmp_path / "digits"),))])
    (route,) = translator.routes
    assert route.labels == tuple("0123456789")
    asked = [str(index % 10) for index in range(500)]
    drawn = [translator.generate(route, 1, label, index=index) for index, label in enumerate(asked)]
    small = [picture.convert("L").resize((8, 8), Image.Resampling.BOX) for picture in drawn]
    read = reader.predict(np.stack([np.asarray(picture, float).ravel() * 16 / 255 for picture in small]))
    right = np.mean([str(found) == label for found, label in zip(read, asked, strict=True)])
    record_property("digits read as asked", f"{right:.1%}")
    assert right >= 0.95
    # Not one picture learnt by heart for each label.
    sevens = np.stack([np.asarray(picture, float) for picture, label in zip(small, asked, strict=True) if label == "7"])
    assert sevens.std(axis=0).mean() > 10

"""Data with known answers, and a training from folders to a translator: what every test of learning starts from.

Each test here trains for minutes with the Quick preset. Run them with `pytest -m slow tests/learning`; the figures they
record are what the README's table of methods shows.
"""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from ganstudio.engine.training.planning import plan
from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures import sample
from ganstudio.pictures.folders import find, split
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture
def learn(tmp_path, record_property):
    """learn(method, *folders, **wishes) → a Translator of the model that the Quick preset gave on the CPU."""

    def learn(method, *folders, **wishes):
        domains = [Domain(folder.name, (str(folder),)) for folder in folders]
        recipe = plan(method, domains, **({"preset": "quick", "device": "cpu"} | wishes))
        run = Run.create(tmp_path / f"{method} run {len(list(tmp_path.iterdir()))}", recipe)
        began = time.perf_counter()
        for _ in train(run):
            pass
        record_property("steps", recipe.steps)
        record_property("seconds", round(time.perf_counter() - began))
        return Translator.open(run.path, device="cpu")

    return learn


@pytest.fixture(scope="session")
def seasons(tmp_path_factory):
    """The sample project at 64 pixels: 300 unpaired pictures a side, and 40 held-out pairs in held_out/."""
    folder = tmp_path_factory.mktemp("seasons")
    for _ in sample.draw(folder / "sample", pictures=300, held_out=40, size=64):
        pass
    return folder / "sample"


@pytest.fixture
def gains(seasons, record_property):
    """gains(translator) → route title → how many dB nearer to the known answer than the unchanged picture, on average.

    Only routes between the two seasons count. PSNR, SSIM and the gain are recorded.
    """

    def gains(translator):
        found = {}
        for route in translator.routes:
            if route.source == route.target:
                continue
            scores = []
            for path in sorted((seasons / "held_out" / route.source).iterdir()):
                picture, answer = Image.open(path), Image.open(seasons / "held_out" / route.target / path.name)
                made = translator.translate(picture, route)
                scores.append((psnr(made, answer), psnr(picture, answer), ssim(made, answer)))
            assert len(scores) == 40
            after, before, alike = np.mean(scores, axis=0)
            found[route.title] = after - before
            record_property(route.title, f"{after:.2f} dB ({after - before:+.2f}), SSIM {alike:.3f}")
            print(f"{route.title}: {after:.2f} dB ({after - before:+.2f}), SSIM {alike:.3f}")
        return found

    return gains


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """scikit-learn's 1797 scans of handwritten digits, 8×8 pixels, as class folders "0" to "9"."""
    folder, scans = tmp_path_factory.mktemp("digits") / "digits", load_digits()
    for number, (pixels, label) in enumerate(zip(scans.images, scans.target, strict=True)):
        path = folder / str(label) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((pixels * 255 / 16).round().astype(np.uint8)).save(path)
    return folder


@pytest.fixture(scope="session")
def reader():
    """reader(pictures) → (N, 10) how probable each digit is to a classifier that was trained on the real scans."""
    scans = load_digits()
    discriminator = CalibratedClassifierCV(SVC(gamma=0.001, C=10), ensemble=False)
    discriminator.fit(scans.images.reshape(-1, 64), scans.target)

    def reader(pictures):
        small = [picture.convert("L").resize((8, 8), Image.Resampling.BOX) for picture in pictures]
        return discriminator.predict_proba(
            np.stack([np.asarray(picture, float).ravel() * 16 / 255 for picture in small])
        )

    return reader


@pytest.fixture
def rebuilt(digits, record_property):
    """rebuilt(translator, components) → PSNR in dB of held-out scans at 32 pixels, and what principal components reach.

    Both over the same scans; the components, as many as the model has latents, are those of its training pictures.
    """

    def rebuilt(translator, components):
        (route,) = (route for route in translator.routes if route.source is not None)
        train, held_out = (
            [Image.open(path).convert("RGB").resize((32, 32), Image.Resampling.BICUBIC) for path in paths]
            for paths in split(list(find([digits])))
        )
        principal = PCA(components, svd_solver="full").fit(np.stack([np.ravel(picture) for picture in train]))
        known = principal.inverse_transform(principal.transform(np.stack([np.ravel(p) for p in held_out])))
        made = [translator.translate(picture, route) for picture in held_out]
        ours = np.mean([psnr(one, other) for one, other in zip(made, held_out, strict=True)])
        pairs = zip(known.clip(0, 255), held_out, strict=True)
        theirs = np.mean([psnr(row.reshape(32, 32, 3), picture) for row, picture in pairs])
        record_property("rebuilt", f"{ours:.2f} dB, {components} principal components {theirs:.2f} dB")
        print(f"rebuilt: {ours:.2f} dB, {components} principal components {theirs:.2f} dB")
        return ours, theirs

    return rebuilt


@pytest.fixture
def imagined(reader, record_property):
    """imagined(translator) → of 500 new pictures the share read with 80 % or more, and how many as each digit."""

    def imagined(translator):
        (route,) = (route for route in translator.routes if route.source is None)
        chances = reader([translator.generate(route, 1, index=index) for index in range(500)])
        sure = chances.max(1) >= 0.8
        counts = np.bincount(chances.argmax(1)[sure], minlength=10)
        record_property("sure samples", f"{sure.mean():.1%}, of each digit {counts.tolist()}")
        print(f"sure samples: {sure.mean():.1%}, of each digit {counts.tolist()}")
        return sure.mean(), counts

    return imagined


def psnr(one, other):
    """Peak signal to noise in dB of two 8-bit pictures."""
    difference = np.asarray(one, float) - np.asarray(other, float)
    return 10 * np.log10(255**2 / np.mean(difference**2))


def ssim(one, other):
    """Structural similarity of two 8-bit RGB pictures."""
    return structural_similarity(np.asarray(one), np.asarray(other), channel_axis=-1)

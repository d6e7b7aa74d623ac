"""Photographs of scikit-image: some learnt from, three others made small and then large again."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

LEARNT = {
    "astronaut": data.astronaut,
    "brick": data.brick,
    "coffee": data.coffee,
    "coins": data.coins,
    "grass": data.grass,
    "gravel": data.gravel,
    "hubble": data.hubble_deep_field,
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "retina": data.retina,
}
HELD_OUT = {"camera": data.camera, "cat": data.chelsea, "rocket": data.rocket}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("srgan") / "photographs"
    folder.mkdir()
    for name, picture in LEARNT.items():
        Image.fromarray(picture()).convert("RGB").save(folder / f"{name}.png")
    return folder


def psnr(one, other):
    difference = np.asarray(one, float) - np.asarray(other, float)
    return 10 * np.log10(255**2 / np.mean(difference**2))


def sharpness(picture):
    """Mean length of the gradient of its brightness."""
    gray = np.asarray(picture.convert("L"), float)
    return np.hypot(np.diff(gray, axis=0)[:, :-1], np.diff(gray, axis=1)[:-1]).mean()


def measured(translator, scale):
    """Means over the held-out photographs: dB over Pillow's bicubic, and sharpness as a share of the truth's."""
    (route,) = translator.routes
    assert route.scale == scale
    found = []
    for picture in HELD_OUT.values():
        truth = Image.fromarray(picture()).convert("RGB")
        width, height = (side // scale for side in truth.size)
        truth = truth.crop((0, 0, width * scale, height * scale))
        small = truth.resize((width, height), Image.Resampling.BICUBIC)
        plain, made = small.resize(truth.size, Image.Resampling.BICUBIC), translator.translate(small, route)
        found.append(
            (psnr(made, truth) - psnr(plain, truth), *(sharpness(p) / sharpness(truth) for p in (made, plain)))
        )
    gain, sharp, plain = np.mean(found, axis=0)
    return gain, sharp, plain


@pytest.mark.parametrize(("scale", "least"), [(2, 0.5), (4, 0.2)])
def test_the_first_stage_is_nearer_to_the_truth_than_bicubic(photographs, learn, record_property, scale, least):
    translator = learn("srgan", photographs, settings={"scale": str(scale), "correct": 1.0})
    gain, sharp, plain = measured(translator, scale)
    line = f"{gain:+.2f} dB over bicubic, sharpness {sharp:.2f} of the truth's (bicubic {plain:.2f})"
    record_property(f"first stage ×{scale}", line)
    print(f"first stage ×{scale}: {line}")
    assert gain >= least


def test_the_second_stage_is_as_sharp_as_the_truth_at_a_cost(photographs, learn, record_property):
    correct, soft, plain = measured(learn("srgan", photographs, settings={"correct": 1.0}), 2)
    gain, sharp, _ = measured(learn("srgan", photographs), 2)
    line = f"sharpness {plain:.2f} bicubic, {soft:.2f} first stage, {sharp:.2f} second; cost {correct - gain:.2f} dB"
    record_property("second stage ×2", line)
    print(f"second stage ×2: {line}")
    assert abs(1 - sharp) < abs(1 - soft)
    assert sharp > soft > plain
    assert correct - gain <= 1.5

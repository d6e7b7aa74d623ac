"""Rendered digits made to look like scans of handwritten ones; what they say stays."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits
from sklearn.svm import SVC

SIDE = 16  # Pixels: scans of 8×8, twice enlarged, as rendered digits are too.


def rendered(digit, random):
    """A digit of Pillow's own font as a scan has it: 8×8 counts of ink, the digit as high as the picture."""
    canvas = Image.new("L", (128, 128))
    font = ImageFont.load_default(96)
    stroke = int(random.integers(2, 7))
    ImageDraw.Draw(canvas).text((64, 64), str(digit), 255, font, anchor="mm", stroke_width=stroke)
    canvas = canvas.rotate(random.uniform(-12, 12), Image.Resampling.BICUBIC)
    lean = random.uniform(-0.1, 0.3)
    canvas = canvas.transform(
        canvas.size, Image.Transform.AFFINE, (1, lean, -lean * 64, 0, 1, 0), Image.Resampling.BICUBIC
    )
    width = random.uniform(9, 16) if digit == 1 else random.uniform(15, 22)
    drawn = canvas.crop(canvas.getbbox()).resize((round(width), 32), Image.Resampling.BOX)
    paper = Image.new("L", (32, 32))
    paper.paste(drawn, (round(16 + random.uniform(-1.5, 1.5) - width / 2), 0))
    return paper.point(lambda ink: 255 * (ink > 110)).resize((8, 8), Image.Resampling.BOX)


def scan(pixels):
    return Image.fromarray((pixels * 255 / 16).round().astype(np.uint8))


def enlarged(picture):
    return picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")


def ink(pictures):
    """(N, 64) from 0 to 16, as scikit-learn has its scans."""
    small = [picture.convert("L").resize((8, 8), Image.Resampling.BOX) for picture in pictures]
    return np.stack([np.asarray(picture, float).ravel() * 16 / 255 for picture in small])


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place, random, scans = tmp_path_factory.mktemp("simgan"), np.random.default_rng(0), load_digits().images
    for name, pictures in {
        "rendered": (rendered(number % 10, random) for number in range(3000)),
        "scans": map(scan, scans),
    }.items():
        (place / name).mkdir()
        for number, picture in enumerate(pictures):
            enlarged(picture).save(place / name / f"{number:04d}.png")
    return place / "rendered", place / "scans"


def told_apart(pictures, scans):
    """How often a classifier, trained on half of both, tells the other half of both apart."""
    count = min(len(pictures), len(scans))
    seen, real = np.r_[ink(pictures)[:count], ink(scans)[:count]], np.arange(2 * count) >= count
    order = np.random.default_rng(1).permutation(2 * count)
    learnt, asked = order[:count], order[count:]
    judge = SVC(gamma=0.001, C=10).fit(seen[learnt], real[learnt])
    return np.mean(judge.predict(seen[asked]) == real[asked])


@pytest.mark.xfail(
    reason="Not reached yet: a classifier told 98.9 % of rendered digits from scans and still tells 98.2 % of refined "
    "ones, of which 74 % say the same. The judge wins over so small a refiner within minutes.",
    strict=False,
)
def test_refined_digits_pass_for_scans_and_say_the_same(folders, learn, record_property):
    # Sixteen times smaller than what the preset is for, so more of them fit into its minutes.
    wishes = {
        "size": SIDE,
        "batch": 16,
        "steps": 1000,
        "settings": {"flip": False, "margin": 1.0, "faithfulness": 0.15},
    }
    translator = learn("simgan", *folders, **wishes)
    (route,) = translator.routes
    random, digits = np.random.default_rng(7), load_digits()
    order = np.random.default_rng(2).permutation(len(digits.images))
    scans = [enlarged(scan(digits.images[index])) for index in order]
    said = np.arange(1000) % 10
    before = [enlarged(rendered(digit, random)) for digit in said]
    after = [translator.translate(picture, route) for picture in before]

    # A refined digit lies between both kinds, so its reader knows both; none of what it reads here has it seen.
    known = [rendered(number % 10, random) for number in range(1000)]
    reader = SVC(gamma=0.001, C=10).fit(
        np.r_[ink(scans), ink([enlarged(one) for one in known])], np.r_[digits.target[order], np.arange(1000) % 10]
    )
    apart = told_apart(before, scans), told_apart(after, scans)
    kept = np.mean(reader.predict(ink(after)) == said)
    line = f"told from scans {apart[0]:.1%} before and {apart[1]:.1%} after; {kept:.1%} still say the same"
    record_property("refined", line)
    print(line)
    assert apart[0] >= 0.95
    assert apart[1] <= 0.75
    assert kept >= 0.95

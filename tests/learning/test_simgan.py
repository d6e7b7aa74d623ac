"""Handwritten digits drawn again with one flat pen, made to look like scans of handwriting; what they say stays.

What is rendered comes from lines that writers drew, as the poses of the paper's rendered eyes and hands come from
people, so that what tells it from scans is how it looks and not what it shows. No digit is in both folders.
"""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage.morphology import skeletonize
from sklearn.datasets import load_digits
from sklearn.svm import SVC

SIDE = 16  # Pixels: scans of 8×8, twice enlarged, as rendered digits are too.
PEN = 7  # Breadth of the pen, 64 of which make a picture.
LEARNT = 600  # Lines to learn from; the rest of their half is asked for.
TIMES = 4  # So often each is drawn, every time a bit turned and moved.


def rendered(pixels, random):
    """A writer's line, drawn with one breadth and one ink."""
    large = np.asarray(scan(pixels).resize((64, 64), Image.Resampling.BICUBIC))
    line = Image.fromarray((skeletonize(large > 100) * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(PEN))
    turned = line.rotate(random.uniform(-8, 8), Image.Resampling.BICUBIC, translate=tuple(random.uniform(-1.5, 1.5, 2)))
    return turned.resize((8, 8), Image.Resampling.BOX)


def scan(pixels):
    return Image.fromarray((pixels * 255 / 16).round().astype(np.uint8))


def enlarged(picture):
    return picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")


def ink(pictures):
    """(N, 64) from 0 to 16, as scikit-learn has its scans."""
    small = [picture.convert("L").resize((8, 8), Image.Resampling.BOX) for picture in pictures]
    return np.stack([np.asarray(picture, float).ravel() * 16 / 255 for picture in small])


@pytest.fixture(scope="module")
def digits():
    """Lines to render and learn from, other lines to ask for, and scans: three times (pixels, what they say)."""
    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.images))
    drawn, scanned = order[: len(order) // 2], order[len(order) // 2 :]
    return [(found.images[part], found.target[part]) for part in (drawn[:LEARNT], drawn[LEARNT:], scanned)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory, digits):
    place, random = tmp_path_factory.mktemp("simgan"), np.random.default_rng(0)
    (lines, _), _, (scans, _) = digits
    for name, pictures in {
        "rendered": [rendered(pixels, random) for pixels in lines for _ in range(TIMES)],
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
    reason="Not reached yet: a classifier that told 97.1 % of rendered digits from scans still tells 79.8 % of refined "
    "ones; 95.5 % of those that were read right still are. Pens of three breadths made the game break down.",
    strict=False,
)
def test_refined_digits_pass_for_scans_and_say_the_same(folders, digits, learn, record_property):
    # Sixteen times smaller than what the preset is for, so more of them fit into its minutes.
    wishes = {
        "size": SIDE,
        "batch": 16,
        "steps": 3000,
        "settings": {
            "flip": False,
            "margin": 1.0,
            "faithfulness": 0.08,
            "average": 0.995,
            "refiner_turns": 1,
            "judge_turns": 2,
        },
    }
    translator = learn("simgan", *folders, **wishes)
    (route,) = translator.routes
    random = np.random.default_rng(7)
    (lines, known), (asked, said), (scanned, read) = digits
    scans = [enlarged(scan(pixels)) for pixels in scanned]
    said = np.repeat(said, 3)
    before = [enlarged(rendered(pixels, random)) for pixels in asked for _ in range(3)]
    after = [translator.translate(picture, route) for picture in before]

    # A refined digit lies between both kinds, so its reader knows both; none of what it reads here has it seen.
    drawn = [enlarged(rendered(pixels, random)) for pixels in lines for _ in range(TIMES)]
    reader = SVC(gamma=0.001, C=10).fit(np.r_[ink(scans), ink(drawn)], np.r_[read, np.repeat(known, TIMES)])
    apart = told_apart(before, scans), told_apart(after, scans)
    right = reader.predict(ink(before)) == said
    kept = np.mean(reader.predict(ink(after))[right] == said[right])
    line = f"told from scans {apart[0]:.1%} before and {apart[1]:.1%} after; {kept:.1%} still say the same"
    record_property("refined", line)
    print(line)
    assert right.mean() >= 0.95
    assert apart[0] >= 0.95
    assert apart[1] <= 0.75
    assert kept >= 0.95

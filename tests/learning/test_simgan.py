"""Handwritten digits drawn again with one flat pen, made to look like scans of handwriting; what they say stays.

What is rendered comes from lines that writers drew, as the poses of the paper's rendered eyes and hands come from
people, so that what tells it from scans is how it looks and not what it shows. No digit is in both folders.
"""

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from skimage.morphology import skeletonize
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.svm import SVC

SIDE = 8  # Pixels, as the scans have them.
PEN = 7  # Breadth of the pen, 64 of which make a picture.
LEARNT = 600  # Lines to learn from; the rest of their half is asked for.
TIMES = 4  # So often each is drawn to learn from, every time a bit turned and moved.
ASKED = 3  # And so often to be asked for.


def rendered(pixels, random):
    """A writer's line, drawn with one breadth and one ink."""
    large = np.asarray(scan(pixels).resize((64, 64), Image.Resampling.BICUBIC))
    line = Image.fromarray((skeletonize(large > 100) * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(PEN))
    turned = line.rotate(random.uniform(-8, 8), Image.Resampling.BICUBIC, translate=tuple(random.uniform(-1.5, 1.5, 2)))
    return turned.resize((SIDE, SIDE), Image.Resampling.BOX).convert("RGB")


def scan(pixels):
    return Image.fromarray((pixels * 255 / 16).round().astype(np.uint8))


def ink(pictures):
    """(N, 64) from 0 to 16, as scikit-learn has its scans."""
    return np.stack([np.asarray(picture.convert("L"), float).ravel() * 16 / 255 for picture in pictures])


@torch.inference_mode()
def refined(translator, route, pictures):
    """As the training saw them: a translator continues what is below 16 pixels, and the refiner would see that, too."""
    x = torch.from_numpy(np.stack([np.asarray(picture, np.float32) for picture in pictures])).permute(0, 3, 1, 2)
    made = translator._method.make(route, x / 127.5 - 1)
    return [Image.fromarray(one) for one in ((made + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()]


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
            picture.convert("RGB").save(place / name / f"{number:04d}.png")
    return place / "rendered", place / "scans"


def told_apart(pictures, scans):
    """How often a classifier tells the two apart, each fifth of them by one that was trained on the others.

    The pictures of a line, ASKED of them in a row, are in one fifth: of two it has learnt, it would know the third by
    what it shows, also if that were a scan.
    """
    count = min(len(pictures), len(scans))
    seen, real = np.r_[ink(pictures)[:count], ink(scans)[:count]], np.arange(2 * count) >= count
    lines = np.r_[np.arange(count) // ASKED, count + np.arange(count)]
    fifths = StratifiedGroupKFold(5, shuffle=True, random_state=1)
    return cross_val_score(SVC(gamma=0.001, C=10), seen, real, groups=lines, cv=fifths).mean()


def test_other_scans_are_not_told_apart(digits):
    """What the figure is for pictures that cannot be better."""
    _, (asked, _), (scanned, _) = digits
    others = [scan(pixels) for pixels in asked for _ in range(ASKED)]
    assert told_apart(others, [scan(pixels) for pixels in scanned]) <= 0.55


def test_refined_digits_pass_for_scans_and_say_the_same(folders, digits, learn, record_property):
    """Seeds 0, 1 and 2 leave 72.1, 71.3 and 72.0 % told apart, and 95.9, 96.2 and 95.4 % kept."""
    # Far smaller than what the preset is for, so more of them fit into its minutes.
    wishes = {
        "size": SIDE,
        "batch": 32,
        "steps": 1800,
        "settings": {
            "flip": False,
            "margin": 1.0,
            "calm": 1.0,
            "faithfulness": 0.12,
            "average": 0.998,
            "warm_up": 0.05,
            "refiner_turns": 1,
            "discriminator_turns": 1,
            "discriminator_width": 96,
        },
    }
    translator = learn("simgan", *folders, **wishes)
    (route,) = translator.routes
    random = np.random.default_rng(7)
    (lines, known), (asked, said), (scanned, read) = digits
    scans = [scan(pixels) for pixels in scanned]
    said = np.repeat(said, ASKED)
    before = [rendered(pixels, random) for pixels in asked for _ in range(ASKED)]
    after = refined(translator, route, before)

    # A refined digit lies between both kinds, so its reader knows both; none of what it reads here has it seen.
    drawn = [rendered(pixels, random) for pixels in lines for _ in range(TIMES)]
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

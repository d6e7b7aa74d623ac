"""CoGAN on digits against the edges of other digits, as in its paper.

It draws and does not translate, so pictures of places that are there already say nothing about it. Here the known
answer is an operator: the edge picture that it draws must be the edges of the digit that it draws from the same seed.
"""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from sklearn.datasets import load_digits

COUNT = 300


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """Two folders at 32 pixels: one half of the scans in a random order, and the edges of the other half."""
    folder = tmp_path_factory.mktemp("halves")
    scans = load_digits().images
    for place, index in enumerate(np.random.default_rng(0).permutation(len(scans))):
        scan = Image.fromarray((scans[index] * 255 / 16).round().astype(np.uint8))
        scan = scan.resize((32, 32), Image.Resampling.BICUBIC)
        name, picture = ("digits", scan) if place < len(scans) // 2 else ("edges", edges(scan))
        (folder / name).mkdir(exist_ok=True)
        picture.save(folder / name / f"{place:04d}.png")
    return folder


def edges(picture):
    """The paper's operator: what a dilation adds; 5×5 here, because a scan's pixel is 4×4 of ours."""
    picture = picture.convert("L")
    grown = picture.filter(ImageFilter.MaxFilter(5))
    return Image.fromarray(np.asarray(grown) - np.asarray(picture))


def correlation(one, other):
    return np.corrcoef(np.asarray(one, float).ravel(), np.asarray(other, float).ravel())[0, 1]


def test_one_seed_draws_a_digit_and_the_edges_of_that_digit(halves, learn, reader, record_property):
    translator = learn("cogan", halves / "digits", halves / "edges")
    of_digits, of_edges = translator.routes
    drawn = [translator.generate(of_digits, 1, index=index) for index in range(COUNT)]
    outlined = [translator.generate(of_edges, 1, index=index).convert("L") for index in range(COUNT)]
    truths = [edges(digit) for digit in drawn]
    pairs = np.mean([correlation(*pair) for pair in zip(truths, outlined, strict=True)])
    strangers = np.mean([correlation(*pair) for pair in zip(truths[1:] + truths[:1], outlined, strict=True)])
    read = reader(drawn)
    confident = np.mean(read.max(1) > 0.5)
    figures = f"{pairs:.3f} of pairs, {strangers:.3f} of strangers; {confident:.1%} read with confidence"
    record_property("correlation with the true edges", figures)
    print(figures)
    assert pairs >= 0.8
    assert strangers <= 0.5
    assert confident >= 0.8
    assert set(read.argmax(1)) == set(range(10))

"""Every method takes any batch, and every route any size that it says it takes."""

import re

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ganstudio.engine.models.painting import Imagining, Painting, Telling
from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.words.captions import LONGEST
from ganstudio.words.routes import DomainFound, Inventory, Needs
from ganstudio.words.settings import build

SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "noise": 8, "downs": 2}
CLASSES, WORDS = ("cat", "dog", "hen"), ("a", "red", "blue", "square")
FEW = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def make_method(kind, size, domains):
    names = {card.name for card in kind.card().settings}
    classes = CLASSES if kind.needs in {Needs.CLASSES, Needs.FEW_LABELS} else ()
    words = WORDS if kind.needs is Needs.CAPTIONS else ()
    count = min(max(domains, 2 if kind.needs is Needs.PAIRS else kind.needs.folders.start), kind.needs.folders[-1])
    found = tuple(
        DomainFound(name, 9, 1, () if index else classes, () if index else words)
        for index, name in enumerate("ABCD"[:count])
    )
    torch.manual_seed(0)
    chosen = {name: value for name, value in SMALL.items() if name in names}
    return kind(build(kind.Settings, chosen), Inventory(found, {}), size), found


def make_batch(method, found, size, count):
    count *= method.draws
    images = tuple(torch.rand(count, 3, size, size) * 2 - 1 for _ in found)
    labels = torch.randint(3, (count,)) if found[0].classes else None
    captions = torch.randint(1, 5, (count, LONGEST)) if found[0].words else None
    return Batch(images, labels, captions)


@FEW
@given(count=some.integers(2, 5), size=some.sampled_from([16, 32]), domains=some.integers(1, 4))
def test_a_step_is_played_with_any_batch(kind, count, size, domains):
    method, found = make_method(kind, size, domains)
    terms = Descending(method, steps=3).step(make_batch(method, found, size, count), 0)
    assert terms
    assert all(torch.isfinite(term) for term in terms.values())


def test_pictures_of_one_flat_colour_are_no_accident(kind):
    """A blank page among the pictures: norms and logarithms must not turn it into numbers that are none."""
    method, found = make_method(kind, 16, 2)
    descending = Descending(method, steps=3)
    flat = make_batch(method, found, 16, 2)
    flat = Batch(tuple(torch.ones_like(image) for image in flat.images), flat.labels, flat.captions)
    for step in range(2):
        terms = descending.step(flat, step)
        assert all(torch.isfinite(term) for term in terms.values())
    assert all(torch.isfinite(parameter).all() for parameter in method.parameters())


@FEW
@given(height=some.integers(1, 70), width=some.integers(1, 70), count=some.integers(1, 3))
def test_every_route_takes_any_picture_and_any_number(kind, height, width, count):
    method, _ = make_method(kind, 16, 2)
    method.eval().requires_grad_(False)
    picture = torch.randint(256, (count, height, width, 3), dtype=torch.uint8)
    for route in method.routes():
        with torch.inference_mode():
            if route.source is None:
                condition = torch.zeros(count).long() if route.labels else None
                condition = torch.ones(count, LONGEST).long() if route.words else condition
                made = Imagining(method, route)(torch.randn(count, method.noise_width(route)), condition)
                assert made.shape == (count, 16, 16, 3)
            elif route.answers:
                assert Telling(method, route)(picture).shape == (count, len(route.answers))
                continue
            else:
                made = Painting(method, route)(picture)
                assert made.shape == (count, height * route.scale, width * route.scale, 3)
        assert made.dtype == torch.uint8


def test_an_odd_size_is_played_or_refused_in_a_sentence_with_one_that_fits(kind):
    """17 pixels, in the networks or in the plan that looks at the routes."""
    refusal = ""
    try:
        method, found = make_method(kind, 17, 2)
    except ValueError as error:
        refusal = str(error)
    if refusal:
        assert re.search(r"\b(?!17\b)\d+\b.*\.$", refusal)
    elif all(17 % route.multiple == 0 for route in method.routes()):
        terms = Descending(method, steps=3).step(make_batch(method, found, 17, 2), 0)
        assert all(torch.isfinite(term) for term in terms.values())
    else:  # The plan refuses it, which tests/unit/engine/training/test_planning.py looks at.
        assert max(route.multiple for route in method.routes()) in {2, 4, 8, 16, 32}

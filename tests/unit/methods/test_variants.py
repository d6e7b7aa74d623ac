"""The published variants of networks are real in training: every one plays a step, and all of it learns."""

import itertools
import math

import pytest
import torch

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods import find
from ganstudio.networks.generators import ANTIALIAS, PADDINGS
from ganstudio.networks.norms import NORMS
from ganstudio.words.routes import DomainFound, Inventory
from ganstudio.words.settings import build

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "discriminator_layers": 2}
RESNETS = [
    {"blocks": 1, "norm": norm, "discriminator_norm": norm, "padding": padding, "antialias": antialias, "dropout": True}
    for norm, padding, antialias in zip(NORMS, itertools.cycle(PADDINGS), ANTIALIAS, strict=False)
]
UNETS = [{"downs": 3, "norm": norm, "discriminator_norm": norm} for norm in NORMS]
CASES = [(key, more) for key in ("cyclegan", "cut") for more in RESNETS]
CASES += [(key, more) for key in ("pix2pix", "dualgan") for more in UNETS]


@pytest.mark.parametrize(("key", "more"), CASES, ids=lambda value: value if isinstance(value, str) else value["norm"])
def test_every_variant_learns_and_translates(key, more):
    torch.manual_seed(0)
    kind = find(key)
    method = kind(build(kind.Settings, SMALL | more), FOUND, 32)
    before = {name: weight.clone() for name, weight in method.named_parameters()}
    pictures = torch.rand(2, 2 * method.draws, 3, 32, 32) * 2 - 1
    terms = Descending(method, 9).step(Batch(tuple(pictures)), 0)
    assert all(math.isfinite(value) for value in terms.values())
    still = [
        name for name, weight in method.named_parameters() if weight.dim() > 1 and torch.equal(weight, before[name])
    ]
    assert still == []
    method.eval()
    with torch.inference_mode():
        made = method.make(method.routes()[0], torch.rand(1, 3, 32, 32))
    assert made.shape == (1, 3, 32, 32)


def test_discriminators_of_batch_norm_see_real_and_made_apart_as_published():
    kind = find("cyclegan")
    method = kind(build(kind.Settings, SMALL | {"blocks": 1, "discriminator_norm": "batch"}), FOUND, 32)
    seen = []
    method.D_A.register_forward_hook(lambda _net, given, _made: seen.append(len(given[0])))
    Descending(method, 9).step(Batch(tuple(torch.rand(2, 3, 3, 32, 32))), 0)
    assert seen == [3, 3, 3]  # To please it, and then real and made.

"""Between two noises lie pictures: what a view that glides from one to the other relies on."""

import math

import pytest
import torch

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods import CATALOGUE
from ganstudio.words.routes import DomainFound, Inventory
from ganstudio.words.settings import build

KINDS = [kind for kind in CATALOGUE if kind.task == "reconstruction and generation"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_pictures_change_smoothly_on_the_great_circle_between_two_noises(kind):
    torch.manual_seed(0)
    small = {"width": 4, "noise": 8} | (
        {"discriminator_width": 4} if "discriminator" in str(kind.Settings.__slots__) else {}
    )
    method = kind(build(kind.Settings, small), Inventory((DomainFound("A", 9, 1),), {}), 16)
    descending = Descending(method, steps=20)
    for step in range(20):
        descending.step(Batch((torch.rand(8, 3, 16, 16) * 2 - 1,)), step)
    method.double().eval()
    (route,) = (route for route in method.routes() if route.source is None)
    start, end = torch.randn(2, 1, method.noise_width(route), dtype=torch.float64)

    def path(frames):
        angle = torch.linspace(0, math.pi / 2, frames, dtype=torch.float64)[:, None]
        with torch.inference_mode():
            return method.make(route, angle.cos() * start + angle.sin() * end)

    torch.testing.assert_close(path(3)[[0, -1]], method.make(route, torch.cat([start, end])).detach())
    coarse, fine = ((made := path(frames))[1:] - made[:-1] for frames in (65, 129))
    sizes = coarse.flatten(1).norm(dim=1)
    assert sizes.min() > 0
    assert sizes.max() < 6 * sizes.mean()
    # Twice as many frames, half the change: nothing jumps.
    assert fine.abs().max() / coarse.abs().max() == pytest.approx(0.5, abs=0.1)

"""Light learns what pairs show, by plain comparison."""

import math

import torch

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.light import Light
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 16, "blocks": 1}


def scenes(seed, count=2, side=32):
    """Smooth colours with an edge across."""
    random = torch.Generator().manual_seed(seed)
    rough = torch.rand(count, 3, 4, 4, generator=random) * 1.6 - 0.8
    x = torch.nn.functional.interpolate(rough, (side, side), mode="bilinear")
    x[:, :, :, side // 2 :] *= -1
    return x


def test_its_loss_is_the_distance_of_pixels_and_of_edges():
    method = Light(Light.Settings(**SMALL, edges=3.0), FOUND, 32)
    a, b = scenes(0), scenes(1)
    (turn,) = method.turns(Batch((a, b)), 0.0)
    made = method.G(a).detach()
    apart = (made - b).abs().mean()
    across = (made[..., 1:] - made[..., :-1] - (b[..., 1:] - b[..., :-1])).abs().mean()
    down = (made[..., 1:, :] - made[..., :-1, :] - (b[..., 1:, :] - b[..., :-1, :])).abs().mean()
    torch.testing.assert_close(turn.losses["generator"].detach(), apart + 3 * (across + down))
    assert {name: round(float(value), 5) for name, value in turn.terms.items()} == {
        "likeness": round(float(apart), 5),
        "edges": round(float(across + down), 5),
    }


def test_it_learns_to_turn_colours_round():
    torch.manual_seed(0)
    steps = 80
    method = Light(Light.Settings(**SMALL, learning_rate=2e-3), FOUND, 32)
    descending = Descending(method, steps)
    for step in range(steps):
        x = scenes(step)
        descending.step(Batch((x, -x)), step)
    x = scenes(1000, 4)
    with torch.inference_mode():
        error = float((method.eval().G(x) + x).square().mean())
    assert 10 * math.log10(4 / error) > 24  # dB; the picture itself, unturned, has 9.3, and a grey one 15.3.

"""Any stretch of outputs, made from just the inputs that its reach names, is what the whole map has there."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.networks.reaches import Enlarged, Padded, Plain, Spread, Window

AXES = {
    "plain": (Plain(), lambda x: 2 * x),
    "reflect": (Padded(3, 2, "reflect"), lambda x: F.pad(x, (3, 2), mode="reflect")),
    "replicate": (Padded(1, 4, "replicate"), lambda x: F.pad(x, (1, 4), mode="replicate")),
    "zeros": (Padded(2, 0, "constant"), lambda x: F.pad(x, (2, 0))),
    "window": (Window(3, 1, 1, 1), lambda x: F.conv1d(x, WEIGHT[:, :, :3], padding=1)),
    "halving": (Window(4, 2, 1, 1), lambda x: F.conv1d(x, WEIGHT[:, :, :4], stride=2, padding=1)),
    "dilated": (Window(3, 2, 3, 2), lambda x: F.conv1d(x, WEIGHT[:, :, :3], stride=2, padding=3, dilation=2)),
    "doubling": (
        Spread(3, 2, 1, 1, 1),
        lambda x: F.conv_transpose1d(x, WEIGHT[:, :, :3], stride=2, padding=1, output_padding=1),
    ),
    "spread": (Spread(4, 2, 1, 0, 1), lambda x: F.conv_transpose1d(x, WEIGHT, stride=2, padding=1)),
    "tripling": (Spread(5, 3, 2, 2, 1), lambda x: F.conv_transpose1d(x, FIVE, stride=3, padding=2, output_padding=2)),
    "nearest": (Enlarged(3), lambda x: F.interpolate(x, scale_factor=3, mode="nearest")),
    "linear": (Enlarged(2, 1), lambda x: F.interpolate(x, scale_factor=2, mode="linear", align_corners=False)),
}
WEIGHT = torch.tensor([[[0.3, -1.1, 0.7, 0.4]]], dtype=torch.float64)
FIVE = torch.tensor([[[0.3, -1.1, 0.7, 0.4, 0.9]]], dtype=torch.float64)


def made_of(name, axis, x, reach):
    """What a stage makes of the inputs of a reach alone."""
    part = x[:, :, reach.low : reach.high]
    match axis:
        case Padded():
            return F.pad(part, (reach.before, reach.after), mode=axis.border)
        case Window():
            part = F.pad(part, (reach.before, reach.after))
            return F.conv1d(part, WEIGHT[:, :, : axis.kernel], stride=axis.stride, dilation=axis.dilation)
        case Spread():
            weight = FIVE if axis.kernel == 5 else WEIGHT[:, :, : axis.kernel]
            return F.conv_transpose1d(part, weight, stride=axis.stride)
        case _:
            return AXES[name][1](part)


@pytest.mark.parametrize("name", AXES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_stretch_is_made_from_its_reach(name, data):
    axis, whole = AXES[name]
    size = data.draw(st.integers(5, 40), "size")
    x = torch.arange(size, dtype=torch.float64).sin()[None, None]
    wanted = whole(x)
    assert axis.extent(size) == wanted.shape[2]
    low = data.draw(st.integers(0, wanted.shape[2] - 1), "low")
    high = data.draw(st.integers(low + 1, wanted.shape[2]), "high")
    reach = axis.reach(low, high, size)
    assert 0 <= reach.low < reach.high <= size
    made = made_of(name, axis, x, reach)[:, :, reach.skip : reach.skip + high - low]
    assert torch.allclose(made, wanted[:, :, low:high], atol=1e-12)


@pytest.mark.parametrize("name", AXES)
def test_inside_a_map_nothing_is_made_up(name):
    axis, _ = AXES[name]
    reach = axis.reach(50, 60, 1000)
    assert (reach.before, reach.after) == (0, 0)
    assert reach.high - reach.low <= 32

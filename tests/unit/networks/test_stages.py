"""Stages write over maps that nobody needs any more, and over no other."""

from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganstudio.networks.describing import describe
from ganstudio.networks.stages import Graph, Node, Pointwise, Stage


def run(graph, x):
    maps = [x]
    with torch.inference_mode():
        for node in graph.nodes[1:]:
            maps.append(node.stage.whole([maps[source] for source in node.sources]))
    return maps[-1]


class Overlapping(nn.Module):
    """Maps that are needed again behind what could be written over them."""

    def __init__(self):
        super().__init__()
        self.one, self.other = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 6, 3, padding=1)

    def forward(self, x):
        bright = torch.relu(self.one(torch.tanh(x)))
        found = bright + self.one(bright)
        again = torch.tanh(found)
        both = torch.cat([again * bright, F.leaky_relu(again, 0.1)], dim=1)
        return torch.sigmoid(both) + self.other(found) + self.other(again) * 2


def test_maps_that_are_needed_again_stay():
    torch.manual_seed(0)
    plain = describe(Overlapping().eval(), torch.zeros(1, 3, 16, 16))
    graph = plain.in_place()
    changed = [node.stage is not old.stage for node, old in zip(graph.nodes, plain.nodes, strict=True)]
    assert sum(changed) >= 5
    x = torch.randn(1, 3, 20, 24)
    before = x.clone()
    assert torch.equal(run(graph, x), run(plain, x))
    assert torch.equal(x, before)


@dataclass(frozen=True)
class Same(Stage):
    """Hands on the very map that it is given."""

    def run(self, maps, rows, cols):
        return maps[0]


@dataclass(frozen=True)
class Doubled(Pointwise):
    function: object = lambda x: x * 2
    over: object = lambda x: x.mul_(2)


@pytest.mark.parametrize(
    ("sources", "stages", "ends", "expected"),
    [
        ((0, 1, 2), (Doubled(), Doubled(), Doubled()), (3,), [False, True, True]),  # Not over the picture,
        ((0, 1, 2), (Same(), Doubled(), Doubled()), (3,), [False, False, True]),  # nor by another name,
        ((0, 1, 1), (Doubled(), Same(), Doubled()), (2, 3), [False, False, False]),  # nor over what another lies in,
        ((0, 1, 1), (Doubled(), Doubled(), Doubled()), (2, 3), [False, False, True]),  # and the last one alone.
    ],
)
def test_who_writes_over_what(sources, stages, ends, expected):
    nodes = [Node(stage, (source,), 1) for source, stage in zip(sources, stages, strict=True)]
    nodes.append(Node(Pointwise(function=lambda *maps: sum(maps)), ends, 1))
    plain = Graph((Node(Stage(), (), 1), *nodes))
    graph = plain.in_place()
    assert [node.stage is not stage for node, stage in zip(graph.nodes[1:], stages, strict=False)] == expected
    x = torch.ones(1, 1, 2, 2)
    wanted = run(plain, x)
    assert torch.equal(run(graph, x), wanted)
    assert x.max() == 1

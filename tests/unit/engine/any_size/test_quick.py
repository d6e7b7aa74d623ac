"""The arithmetic that a processor does fastest gives what the plain one gives."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganstudio.engine.any_size.quick import (
    SMALL,
    InBlocks,
    Norm,
    NormInPlace,
    Tiled,
    bytes_in_tiles,
    quick_convolution,
    quickened,
)
from ganstudio.networks import winograd
from ganstudio.networks.describing import describe
from ganstudio.networks.reaches import Reach
from ganstudio.networks.stages import Convolution


class Wide(nn.Module):
    """What is quickened and what is not, with a skip."""

    def __init__(self, width=128, bias=True, padding=1, affine=False):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.pad = nn.ReflectionPad2d(1 - padding)
        self.wide = nn.Conv2d(width, 2 * width, 3, padding=padding, bias=bias)
        self.norm = nn.InstanceNorm2d(2 * width, affine=affine)
        self.last = nn.Conv2d(2 * width, 3, 3, padding=1)
        if affine:
            nn.init.normal_(self.norm.weight)
            nn.init.normal_(self.norm.bias)

    def forward(self, x):
        return torch.tanh(self.last(torch.relu(self.norm(self.wide(self.pad(self.first(x)))))))


def run(graph, x):
    maps = {0: x}
    with torch.inference_mode():
        for number, node in enumerate(graph.nodes[1:], start=1):
            maps[number] = node.stage.whole([maps[source] for source in node.sources])
    return maps[len(graph.nodes) - 1]


@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize(("bias", "padding"), [(True, 1), (False, 1), (True, 0)])
def test_a_quickened_network_makes_the_same(bias, padding, affine, monkeypatch):
    torch.manual_seed(0)
    network = Wide(bias=bias, padding=padding, affine=affine).eval()
    monkeypatch.setattr(winograd, "TILES", 20)  # Several bands, the last one smaller.
    plain = describe(network, torch.zeros(1, 3, 16, 16))
    graph = quickened(plain)
    assert [type(node.stage) for node in graph.nodes if isinstance(node.stage, (Norm, Tiled))] == [Tiled, NormInPlace]
    for height, width in ((32, 32), (37, 42)):
        x = torch.rand(2, 3, height, width) * 2 - 1
        expected, made = run(plain, x), run(graph, x.contiguous(memory_format=torch.channels_last))
        assert made.shape == expected.shape
        assert (made - expected).abs().max() < 2e-5
        alone = [run(graph, one.contiguous(memory_format=torch.channels_last)) for one in x.split(1)]
        assert torch.equal(made, torch.cat(alone))


def test_a_convolution_in_tiles_is_the_convolution():
    torch.manual_seed(0)
    layer = nn.Conv2d(128, 160, 3, padding=1)
    graph = quickened(describe(layer, torch.zeros(1, 128, 16, 16)))
    x = torch.randn(1, 128, 33, 35)
    with torch.inference_mode():
        expected = F.conv2d(x.double(), layer.weight.double(), layer.bias.double(), padding=1)
        assert isinstance(graph.nodes[1].stage, Tiled)
        assert ((run(graph, x) - expected).abs().max() / expected.abs().max()) < 2e-5


def test_a_part_whose_tiles_begin_where_the_whole_has_them_is_the_same_to_the_bit():
    torch.manual_seed(0)
    layer = nn.Conv2d(128, 160, 3, padding=1)
    stage = quick_convolution(describe(layer, torch.zeros(1, 128, 16, 16)).nodes[1].stage, tiled=True)
    x = torch.randn(1, 128, 70, 61).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        whole = stage.whole([x])
        for rows, cols in (((0, 36), (0, 40)), ((12, 60), (20, 61)), ((36, 70), (8, 48)), ((0, 70), (0, 61))):
            down, across = (
                axis.reach(*edge, size) for axis, edge, size in ((stage.rows, rows, 70), (stage.cols, cols, 61))
            )
            part = stage.run([x[:, :, down.low : down.high, across.low : across.high]], down, across)
            assert torch.equal(part, whole[:, :, slice(*rows), slice(*cols)])
        # Begun elsewhere it is rounded elsewhere; and of a few pixels tiles make nothing.
        odd = stage.run([x[:, :, 4:63, 2:47]], Reach(4, 63), Reach(2, 47))
        assert (odd - whole[:, :, 5:62, 3:46]).abs().max() < 1e-4
        few = [x[:, :, 4:12, 2:14]]
        assert torch.equal(stage.run(few, Reach(4, 12), Reach(2, 14)), F.conv2d(few[0], layer.weight, layer.bias))


def test_what_tiles_take_is_counted():
    layers = nn.Sequential(nn.Conv2d(3, 128, 3), nn.Conv2d(128, 160, 3), nn.Conv2d(160, 128, 3))
    stages = [node.stage for node in describe(layers, torch.zeros(1, 3, 64, 64)).nodes]
    quick = [quick_convolution(stage, tiled=True) for stage in stages]
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        for stage in quick[1:]:
            x = stage.whole([x])
    turned = sum(weights.nbytes for stage in quick if isinstance(stage, Tiled) for weights in stage._turned)
    assert turned == 2 * 36 * 128 * 160 * 4
    assert bytes_in_tiles(stages) == turned + 2 * 36 * winograd.TILES * 160 * 4
    assert bytes_in_tiles(stage.in_halves() for stage in stages) == bytes_in_tiles([]) == 0


@pytest.mark.parametrize(("kernel", "padding", "bias"), [(7, 0, True), (3, 1, False), (5, 2, True)])
def test_a_convolution_to_few_channels_gives_blocks_of_pixels(kernel, padding, bias):
    torch.manual_seed(0)
    layer = nn.Conv2d(24, 3, kernel, padding=padding, bias=bias)
    stage = quick_convolution(describe(layer, torch.zeros(1, 24, 16, 16)).nodes[1].stage, tiled=False)
    assert isinstance(stage, InBlocks)
    beyond = kernel - 1 - 2 * padding
    with torch.inference_mode():
        for height, width in ((20, 34), (21, 30), (30, 21)):  # Blocks fit, and leave a row or a column over.
            x = torch.randn(2, 24, height + beyond, width + beyond).contiguous(memory_format=torch.channels_last)
            whole, expected = stage.whole([x]), layer(x)
            assert whole.shape == expected.shape
            assert (whole - expected).abs().max() < 2e-6
            down, across = (
                axis.reach(2, 16, size) for axis, size in zip((stage.rows, stage.cols), x.shape[2:], strict=True)
            )
            part = stage.run([x[:, :, down.low : down.high, across.low : across.high]], down, across)
            assert (part - expected[:, :, 2:16, 2:16]).abs().max() < 2e-6


@pytest.mark.parametrize("beside", [False, True])
def test_what_a_norm_takes_away_again_is_not_added(beside):
    class Biased(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolution, self.norm = nn.Conv2d(3, 8, 3), nn.InstanceNorm2d(8)

        def forward(self, x):
            x = self.convolution(x)
            return self.norm(x) + x if beside else self.norm(x)

    torch.manual_seed(0)
    network = Biased().eval()
    graph = quickened(describe(network, torch.zeros(1, 3, 16, 16)))
    assert (graph.nodes[1].stage.bias is None) is not beside
    x = torch.randn(1, 3, 20, 24)
    with torch.inference_mode():
        assert (run(graph, x) - network(x)).abs().max() < 1e-5


def test_what_gains_nothing_stays_as_it_is():
    for layer in (
        nn.Conv2d(64, 128, 3),
        nn.Conv2d(16, 5, 7),
        nn.Conv2d(16, 3, 1),
        nn.Conv2d(16, 3, 7, stride=2),
        nn.Conv2d(128, 128, 3, stride=2),
        nn.Conv2d(128, 128, 3, dilation=2),
        nn.Conv2d(128, 128, 3, groups=2),
        nn.Conv2d(128, 128, 5),
        nn.ConvTranspose2d(128, 128, 3),
        nn.Conv2d(256, 128, 3, dilation=2),
    ):
        plain = describe(layer, torch.zeros(1, layer.in_channels, 16, 16)).nodes[1].stage
        stage = quick_convolution(plain, tiled=True)
        assert type(stage) is Convolution
        assert torch.equal(stage.weight, plain.weight)
        small = layer.weight.numel() <= SMALL and not stage.transposed
        assert (stage is plain) is not small  # Small ones lie as they are wanted, which memory is spent on.
        assert stage.weight.is_contiguous(memory_format=torch.channels_last) is small


def test_small_maps_read_no_weights_in_tiles():
    layer = nn.Conv2d(128, 128, 3, padding=1)
    graph = quickened(describe(layer, torch.zeros(1, 128, 16, 16)))
    x = torch.randn(1, 128, 28, 28)
    with torch.inference_mode():
        assert torch.equal(run(graph, x), layer(x))
    assert not graph.nodes[1].stage._turned


def test_where_memory_is_short_weights_stay_as_they_are():
    plain = describe(nn.Conv2d(128, 128, 3, padding=1), torch.zeros(1, 128, 16, 16))
    assert isinstance(quickened(plain).nodes[1].stage, Tiled)
    assert type(quickened(plain, tiled=False).nodes[1].stage) is Convolution

import pytest
import torch
from torch import nn

from ganstudio.networks.describing import Undescribed, describe
from ganstudio.networks.srgan import SRResNet
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Pad, Pointwise, Resize, Shuffle
from ganstudio.networks.unet import UNetGenerator

LAYERS = {
    "convolution": (nn.Conv2d(3, 4, 3, stride=2, padding=1), [Convolution]),
    "dilated, in groups": (nn.Conv2d(3, 6, 3, padding=2, dilation=2, groups=3, bias=False), [Convolution]),
    "padded by reflection": (nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"), [Pad, Convolution]),
    "transposed": (nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1), [Convolution]),
    "reflection": (nn.ReflectionPad2d(2), [Pad]),
    "replication": (nn.ReplicationPad2d((1, 0, 2, 1)), [Pad]),
    "zeros": (nn.ZeroPad2d(1), [Pad]),
    "nearest": (nn.Upsample(scale_factor=2), [Resize]),
    "bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), [Resize]),
    "shuffle": (nn.Sequential(nn.Conv2d(3, 8, 1), nn.PixelShuffle(2)), [Convolution, Shuffle]),
    "instance norm": (nn.InstanceNorm2d(3, affine=True), [InstanceNorm]),
    "remembered instance norm": (nn.InstanceNorm2d(3, track_running_stats=True), [Pointwise]),
    "batch norm": (nn.BatchNorm2d(3), [Pointwise]),
    "activations": (
        nn.Sequential(nn.ReLU(True), nn.LeakyReLU(0.2, True), nn.PReLU(3), nn.Tanh(), nn.Sigmoid(), nn.Hardtanh()),
        [Pointwise] * 6,
    ),
    "dropout": (nn.Dropout(0.5), []),
    "nothing": (nn.Identity(), []),
}


def run(graph: Graph, x):
    """The whole picture through a graph, stage by stage."""
    maps, sizes = [x], graph.sizes(*x.shape[2:])
    for number, node in enumerate(graph.nodes[1:], start=1):
        stage, (height, width), (rows, cols) = node.stage, sizes[number], sizes[node.sources[0]]
        if isinstance(stage, InstanceNorm):
            variance, mean = torch.var_mean(maps[node.sources[0]], (0, 2, 3), correction=0)
            stage = stage.known(mean, variance)
        down, across = stage.rows.reach(0, height, rows), stage.cols.reach(0, width, cols)
        seen = [maps[source][:, :, down.low : down.high, across.low : across.high] for source in node.sources]
        made = stage.run(seen, down, across)
        maps.append(made[:, :, down.skip : down.skip + height, across.skip : across.skip + width])
    return maps[-1]


@pytest.mark.parametrize("name", LAYERS)
def test_every_kind_of_layer_is_known_and_does_the_same(name):
    layer, kinds = LAYERS[name]
    layer.eval()
    graph = describe(layer, torch.zeros(1, 3, 8, 8))
    assert [type(node.stage) for node in graph.nodes[1:]] == kinds
    x = torch.randn(1, 3, 13, 9, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(run(graph, x), layer(x.clone()), atol=1e-6)


@pytest.mark.parametrize(
    "network", [UNetGenerator(4, 4), SRResNet(4, 2, 4, residual=True), SRResNet(2, 1, 4)], ids=["unet", "x4", "x2"]
)
def test_ways_around_and_sums_are_followed(network):
    graph = describe(network.eval(), torch.zeros(1, 3, 16, 16))
    x = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(run(graph, x), network(x), atol=1e-5)
    assert any(len(node.sources) == 2 for node in graph.nodes)


class Changed(nn.Module):
    def __init__(self, change):
        super().__init__()
        self.layer, self.change = nn.Conv2d(3, 3, 1), change

    def forward(self, x):
        return self.change(self.layer(x))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda x: x.flip(3), "flip"),
        (lambda x: x - x.mean(), "mean"),
        (lambda x: x + torch.randn_like(x), "randn_like"),
        (lambda x: x + torch.ones(8, 8), "a map of its own"),
        (lambda x: x * torch.ones(8), "a map of its own"),
        (lambda x: x if x.sum() > 0 else -x, "sum"),
        (lambda x: torch.cat([x, x], dim=3), "side by side"),
        (lambda x: nn.functional.pad(x, (1, 1, 1, 1), mode="circular"), "circular"),
        (lambda x: nn.functional.interpolate(x, size=(12, 12)), "resizes"),
        (nn.functional.dropout, "dropout"),
        (lambda x: nn.functional.batch_norm(x, None, None, training=True), "batch norm"),
        (lambda x: x[:, :, 1:], "getitem"),
        (lambda _: torch.zeros(1, 3, 8, 8), "does not come of the picture"),
    ],
)
def test_what_no_stage_describes_is_refused(change, word):
    with pytest.raises(Undescribed, match=word):
        describe(Changed(change).eval(), torch.zeros(1, 3, 8, 8))


def test_an_activation_in_place_is_seen_by_all_who_hold_the_map():
    def shared(x):
        y = 2 * x
        return torch.cat([y, y.relu_()], dim=1)

    x = torch.randn(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(run(describe(shared, torch.zeros(1, 3, 4, 4)), x), shared(x))


def test_in_halves_only_convolutions_change():
    graph = describe(SRResNet(2, 1, 4).eval(), torch.zeros(1, 3, 8, 8)).in_halves()
    kinds = {node.stage.weight.dtype for node in graph.nodes if isinstance(node.stage, Convolution)}
    assert kinds == {torch.bfloat16}
    with torch.inference_mode():
        assert run(graph, torch.randn(1, 3, 8, 8)).dtype == torch.float32

"""A picture in parts is the picture at once, for every generator and every size."""

import contextlib
import dataclasses
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from torch import nn

from ganstudio.engine.any_size.passes import Pass, Thrift, kept_bytes, plan
from ganstudio.engine.any_size.quick import Tiled
from ganstudio.engine.any_size.streaming import Means, Streaming
from ganstudio.engine.any_size.ways import Mirrored
from ganstudio.engine.models.painting import Painting, fitted, numbers
from ganstudio.engine.training.memory import Counting
from ganstudio.networks.describing import describe
from ganstudio.networks.winograd import TILES
from ganstudio.words.routes import Route
from ganstudio.words.works import finished
from tests.unit.engine.zoo import NETWORKS, generator, routes

CPU = torch.device("cpu")
TINY = Thrift(tile=1 << 16, band=1 << 17)
"""Several bands and tiles even of a small picture."""


def graph_of(method, route):
    return describe(lambda x: method.make(route, x), fitted(torch.zeros(1, 3, 1, 1), route))


def noise(height, width, seed=0):
    chance = np.random.default_rng(seed)
    steps = chance.integers(0, 256, (height // 7 + 1, width // 7 + 1, 3)).repeat(7, 0).repeat(7, 1)[:height, :width]
    return (steps * 0.7 + chance.integers(0, 76, (height, width, 3))).astype(np.uint8)


def in_parts(graph, route, pixels, means):
    """(3, H, W) painted in parts, and how it was done."""
    height, width = (side * route.scale for side in pixels.shape[:2])
    made, tops = torch.full((height, width, 3), torch.nan), []

    def into(top, rows):
        tops.append((top, len(rows)))
        made[top : top + len(rows)] = rows

    work = Streaming(graph, Mirrored(pixels, route.multiple), means)
    shares = list(work.paint(into, height, width))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert [top for top, _ in tops] == [sum(rows for _, rows in tops[:at]) for at in range(len(tops))]
    return made.permute(2, 0, 1), work, len(shares)


def means(tmp_path, memory=0, thrift=TINY):
    return Means(memory, CPU, contextlib.nullcontext, thrift, tmp_path)


def worst(method, route, graph, pixels, how):
    with torch.inference_mode():
        whole = Painting(method, route).paint(numbers(pixels, CPU))[0]
    made, _, _ = in_parts(graph, route, pixels, how)
    return (whole - made).abs().max().item()


@pytest.mark.parametrize("name", NETWORKS)
def test_every_generator_at_every_size(name, tmp_path_factory):
    method, route = generator(name)
    graph, folder = graph_of(method, route), tmp_path_factory.mktemp("maps")

    @settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(st.integers(64, 300 // route.scale), st.integers(64, 300 // route.scale), st.sampled_from([0, 100_000]))
    def same(height, width, memory):
        assert worst(method, route, graph, noise(height, width), means(folder, memory)) <= 1e-4

    same()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", NETWORKS)
def test_stage_by_stage_is_the_network_itself(name):
    method, route = generator(name)
    with torch.inference_mode():
        x = fitted(numbers(noise(50, 70), CPU), route)
        maps, graph = [x], graph_of(method, route)
        for node in graph.nodes[1:]:
            maps.append(node.stage.whole([maps[source] for source in node.sources]))
        assert torch.equal(maps[-1], method.make(route, x))


@pytest.mark.parametrize("title", routes())
def test_every_route_of_every_method(title, tmp_path):
    method, route = routes()[title]
    assert worst(method, route, graph_of(method, route), noise(77, 131), means(tmp_path)) <= 1e-4


@pytest.mark.parametrize("size", [(1, 90), (16, 3), (40, 41)])
@pytest.mark.parametrize("name", ["resnet", "unet, batch", "srgan ×4, residual"])
def test_sizes_that_are_hardly_pictures(name, size, tmp_path):
    method, route = generator(name)
    assert worst(method, route, graph_of(method, route), noise(*size), means(tmp_path)) <= 1e-4


LARGE = ("resnet", "resnet, smooth", "antialiased", "unet", "unet, batch", "discogan", "simgan")


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_forty_sizes_up_to_1500_by_2100(name, tmp_path):
    method, route = generator(name)
    graph, chance = graph_of(method, route), random.Random(name)
    far = 0.0
    for turn in range(40):
        # As many small ones as large ones, and the largest.
        height, width = (round(64 * (most / 64) ** (chance.random() if turn else 1)) for most in (1500, 2100))
        how = means(tmp_path, chance.choice([0, 10 << 20, 1 << 30]), Thrift(1 << 19, 1 << 21))
        far = max(far, worst(method, route, graph, noise(height, width, turn), how))
    print(f"{name}: {far:.1e}")
    assert far <= 1e-4


def test_many_tiles_and_bands_are_made_and_files_are_written_in_place(tmp_path):
    method, route = generator("resnet")
    graph = graph_of(method, route)
    made, work, tiles = in_parts(graph, route, noise(200, 240), means(tmp_path))
    assert tiles > 60
    trunk = 50 * 60 * 16 * 4  # Bytes of a map before a norm; a second carries what goes around a block.
    assert work.filed == work.spill.filed == 2 * trunk
    assert work.spill.held == 0
    assert work.spill.moved > 10 * trunk
    again, work, _ = in_parts(graph, route, noise(200, 240), means(tmp_path, 1 << 30))
    assert (work.filed, work.spill.filed, work.spill.moved) == (0, 0, 0)
    assert work.spill.held == 2 * trunk
    assert torch.equal(made, again)


@pytest.mark.parametrize("name", ["resnet", "antialiased", "unet", "unet, batch", "srgan ×2"])
def test_what_will_be_kept_is_known_beforehand(name, tmp_path):
    method, route = generator(name)
    graph = graph_of(method, route)
    _, work, _ = in_parts(graph, route, noise(90, 110), means(tmp_path))
    assert work.spill.filed <= work.filed
    size = Mirrored(noise(90, 110), route.multiple).size
    assert kept_bytes(graph, size, plan(graph, size, TINY)) == work.filed


def test_a_dropped_map_gives_its_place_to_one_map_and_not_to_two():
    graph = graph_of(*generator("resnet"))
    shapes = [(*size, node.channels) for size, node in zip(graph.sizes(64, 64), graph.nodes, strict=True)]
    one, two, three = [node for node, shape in enumerate(shapes) if shape == (16, 16, 16)][:3]
    passes = [
        Pass(one, (0,), (), (one,), (), (4, 4), 1.0),
        Pass(two, (one,), (), (two, three), (one,), (4, 4), 1.0),
    ]
    assert kept_bytes(graph, (64, 64), passes) == 2 * 16 * 16 * 16 * 4


class Broad(nn.Module):
    """Its windows reach further than a band is high, where a band is a row."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(3, 16, 4, 4), nn.InstanceNorm2d(16)
        self.middle = nn.ModuleList(nn.Conv2d(16, 16, 5, padding=2) for _ in range(3))
        self.last = nn.Sequential(nn.ConvTranspose2d(16, 16, 4, 4), nn.Conv2d(16, 3, 1))

    def forward(self, x):
        x = self.first(x)
        for layer in self.middle:
            x = layer(torch.relu(self.norm(x)))
        return torch.tanh(self.last(self.norm(x)))


def test_what_a_later_band_still_reads_is_not_written_over(tmp_path):
    torch.manual_seed(0)
    network, route, pixels = Broad().eval(), Route("a", "b", multiple=4), noise(80, 120)
    graph = describe(network, torch.zeros(1, 3, 16, 16))
    how = means(tmp_path, thrift=Thrift(1 << 12, 1))
    passes = plan(graph, (80, 120), how.thrift)
    assert [(one.tile[0], len(one.keeps), len(one.drops)) for one in passes[1:-1]] == [(1, 1, 1)] * 3
    with torch.inference_mode():
        whole = network(numbers(pixels, CPU))[0]
    made, _, _ = in_parts(graph, route, pixels, how)
    assert (made - whole).abs().max() <= 1e-4


@pytest.mark.parametrize("name", ["simgan", "antialiased", "resnet"])
def test_tiles_and_bands_take_no_more_than_is_kept_free_for_them(name, tmp_path):
    """Beside two bands, which the thread that reads and writes has."""
    method, route = generator(name)
    work = Streaming(graph_of(method, route), Mirrored(noise(300, 400), route.multiple), means(tmp_path))
    with Counting() as counting:
        finished(work.paint(lambda *_: None, 300, 400))
    assert TINY.tile < counting.peak <= 12 * TINY.tile + 4 * TINY.band


MB = 1 << 20


@pytest.mark.parametrize(
    ("memory", "kind", "tile", "band"),
    [
        (8 * MB, "cpu", MB, MB),
        (192 * MB, "cpu", 2 * MB, int(9.6 * MB)),
        (64 << 30, "cpu", 8 * MB, 48 * MB),
        (64 << 30, "cuda", 64 * MB, 48 * MB),
    ],
)
def test_tiles_and_bands_are_a_part_of_the_memory(memory, kind, tile, band):
    how = Means.within(memory, torch.device(kind), contextlib.nullcontext)
    assert how.thrift == Thrift(tile, band)
    assert how.for_maps == max(0, memory - 12 * tile - 6 * band)


def test_every_norm_ends_a_pass_and_only_coarse_maps_are_kept():
    method, route = generator("resnet")
    graph = graph_of(method, route)
    passes = plan(graph, (400, 400), TINY)
    assert len(passes) == 10  # 3 norms on the way down, 2 in each of 2 blocks, 2 on the way up; and the picture.
    sizes = graph.sizes(400, 400)
    assert {sizes[node] for one in passes for node in one.keeps} == {(100, 100)}
    assert passes[0].reads == (0,)
    assert all(set(one.drops).isdisjoint(one.keeps) for one in passes)


def test_without_such_norms_it_is_one_pass_where_tiles_are_large_enough():
    method, route = generator("simgan")
    assert len(plan(graph_of(method, route), (4000, 3000))) == 1
    method, route = generator("unet, batch")
    assert len(plan(graph_of(method, route), (4000, 3008))) <= 3


class Wide(nn.Module):
    """Convolutions that tiles are worth for, with a norm and around one of them a skip."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 128, 3, 2, padding=1), nn.Conv2d(128, 128, 3, padding=1)
        self.norm = nn.InstanceNorm2d(128)
        self.third, self.last = nn.Conv2d(128, 128, 3, padding=1), nn.ConvTranspose2d(128, 3, 2, 2)

    def forward(self, x):
        x = torch.relu(self.first(x))
        return torch.tanh(self.last(x + self.third(torch.relu(self.norm(self.second(x))))))


@pytest.fixture(scope="module")
def wide():
    torch.manual_seed(0)
    network = Wide().eval()
    return network, describe(network, torch.zeros(1, 3, 16, 16)), Route("a", "b", multiple=2)


@pytest.mark.parametrize("size", [(150, 200), (71, 333)])
def test_wide_convolutions_are_computed_in_tiles(size, wide, tmp_path, monkeypatch):
    network, graph, route = wide
    pixels, run, calls = noise(*size), Tiled.run, []
    monkeypatch.setattr(Tiled, "run", lambda *given: calls.append(given) or run(*given))
    how = means(tmp_path, 64 << 20, Thrift(1 << 20, 1 << 20))
    made, work, shares = in_parts(graph, route, pixels, how)
    with torch.inference_mode():
        whole = network(Mirrored(pixels, 2).rows(0, size[0] + size[0] % 2))[0, :, : size[0], : size[1]]
    assert (made - whole).abs().max() <= 1e-4
    assert shares > 6
    assert len(calls) >= shares  # In the first pass one of two convolutions, and in the last one.
    # Two are computed in one pass, and what they take is counted.
    assert work.spill._memory == how.for_maps - 36 * (2 * 128 * 128 + 2 * TILES * 128) * 4


def test_where_there_is_no_room_for_tiles_maps_have_it(wide, tmp_path, monkeypatch):
    _, graph, route = wide
    how = means(tmp_path, 13 << 20, Thrift(1 << 20, 1 << 17))
    assert 0 < how.for_maps < 36 * 128 * 128 * 4  # Bytes of the weights of one.
    monkeypatch.setattr(Tiled, "run", None)
    _, work, _ = in_parts(graph, route, noise(60, 60), how)
    assert work.spill._memory == how.for_maps


@pytest.mark.parametrize("width", [400, 3000, 20_000])
@pytest.mark.parametrize("band", [1 << 16, 1 << 18, 1 << 20])
def test_tiles_have_sides_that_wide_convolutions_compute_at_once_and_bands_are_no_larger_than_they_may_be(
    width, band, wide
):
    _, graph, _ = wide
    sizes = graph.sizes(4000, width)
    for one in plan(graph, (4000, width), Thrift(1 << 19, band)):
        rows, cols = one.tile
        read = [sizes[node][0] * sizes[node][1] * graph.nodes[node].channels for node in (*one.reads, one.target)]
        row = 4 * sum(read) / sizes[one.target][0]
        assert rows * row <= band or rows <= 2  # Less than two rows cannot be made of one that is half as fine.
        assert rows % 4 == 0 or 4 * row > band
        assert cols % 4 == 0


def test_known_statistics_are_taken_as_given(tmp_path):
    method, route = generator("resnet")
    graph, pixels = graph_of(method, route), noise(96, 120)
    how = means(tmp_path)
    found = finished(Streaming(graph, Mirrored(pixels, 4), how).statistics())
    made = torch.zeros(96, 120, 3)

    def into(top, rows):
        made[top : top + len(rows)] = rows

    for _ in Streaming(graph, Mirrored(pixels, 4), how, found).paint(into, 96, 120):
        pass
    exact, _, _ = in_parts(graph, route, pixels, how)
    assert (made.permute(2, 0, 1) - exact).abs().max() <= 1e-5
    other = {node: (mean + 0.1, variance) for node, (mean, variance) in found.items()}
    for _ in Streaming(graph, Mirrored(pixels, 4), how, other).paint(into, 96, 120):
        pass
    assert (made.permute(2, 0, 1) - exact).abs().max() > 1e-3


def test_convolutions_in_halves_stay_near(tmp_path):
    method, route = generator("resnet")
    graph, pixels = graph_of(method, route), noise(96, 120)
    exact, _, _ = in_parts(graph, route, pixels, means(tmp_path))
    rough, _, _ = in_parts(graph.in_halves(), route, pixels, means(tmp_path))
    assert 0 < (exact - rough).abs().max() < 0.2
    assert (exact - rough).abs().mean() < 0.02


@pytest.mark.parametrize("after", [0, 1, 30, 50])
def test_closing_ends_at_once_and_leaves_nothing(after, tmp_path, monkeypatch):
    monkeypatch.setattr("ganstudio.engine.any_size.spill.forget", lambda _: None)  # As on a system that keeps names.
    method, route = generator("resnet")
    work = Streaming(graph_of(method, route), Mirrored(noise(200, 240), 4), means(tmp_path))
    job = work.paint(lambda *_: None, 200, 240)
    for _ in range(after):
        next(job)
    began = time.process_time()
    job.close()
    assert time.process_time() - began < 1  # Work that is left undone, whatever else the machine does.
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_the_thread_that_reads_ends_the_work_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("ganstudio.engine.any_size.spill.forget", lambda _: None)
    method, route = generator("resnet")
    work = Streaming(graph_of(method, route), Mirrored(noise(200, 240), 4), means(tmp_path))

    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(work.spill, "give", broken)
    with pytest.raises(OSError, match="Input/output error"):
        list(work.paint(lambda *_: None, 200, 240))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("last", [False, True])
def test_a_fault_in_the_thread_that_writes_ends_the_work_and_leaves_nothing(last, tmp_path, monkeypatch):
    monkeypatch.setattr("ganstudio.engine.any_size.spill.forget", lambda _: None)
    method, route = generator("resnet")
    work, faults = Streaming(graph_of(method, route), Mirrored(noise(200, 240), 4), means(tmp_path)), iter([1])
    take = work.spill.take

    def broken(kept, low, band):
        if (low + len(band) == kept.shape[0] if last else low == 0) and next(faults, 0):
            raise OSError(28, "No space left on device")
        take(kept, low, band)

    monkeypatch.setattr(work.spill, "take", broken)
    with pytest.raises(OSError, match="No space left on device"):
        list(work.paint(lambda *_: None, 200, 240))
    assert list(tmp_path.iterdir()) == []


def test_others_may_compute_between_two_tiles(tmp_path):
    """No context is held open while the generator rests: a training takes turns with it in one thread."""
    method, route = generator("resnet")

    @contextlib.contextmanager
    def exactly():
        with torch.autocast("cpu", torch.bfloat16):
            yield

    how = dataclasses.replace(means(tmp_path), arithmetic=exactly)
    for _ in Streaming(graph_of(method, route), Mirrored(noise(64, 64), 4), how).paint(lambda *_: None, 64, 64):
        assert not torch.is_inference_mode_enabled()
        assert not torch.is_autocast_enabled("cpu")


def test_a_killed_translation_leaves_nothing(tmp_path):
    """Its files have no names, so the system forgets them with the process."""
    code = (
        "import contextlib, sys, torch; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from tests.unit.engine.any_size.test_streaming import *\n"
        "method, route = generator('resnet')\n"
        "work = Streaming(graph_of(method, route), Mirrored(noise(400, 400), 4), means(Path(sys.argv[2])))\n"
        "for _ in work.paint(lambda *_: None, 400, 400):\n"
        "    if work.spill.filed: print(work.spill.filed, flush=True)\n"
    )
    root = str(Path(__file__).parents[4])
    process = subprocess.Popen([sys.executable, "-c", code, root, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert int(process.stdout.readline()) > 0
    process.kill()
    process.communicate()
    assert list(tmp_path.iterdir()) == []

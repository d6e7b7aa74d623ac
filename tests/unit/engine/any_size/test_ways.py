import contextlib
import mmap

import numpy as np
import psutil
import pytest
import torch

from ganstudio.engine.any_size import spill, ways
from ganstudio.engine.any_size.streaming import Means, Streaming
from ganstudio.engine.any_size.ways import Mirrored, Ways, allowed, allowed_in_parts, reduced
from ganstudio.engine.models.painting import Painting, colours, fitted, numbers
from ganstudio.engine.training.memory import Counting
from ganstudio.engine.translating.translator import Translator
from ganstudio.networks.describing import describe
from ganstudio.words.cards import ModelCard
from ganstudio.words.routes import DomainFound, Inventory, Route
from ganstudio.words.works import finished
from tests.unit.engine.zoo import generator

CPU = torch.device("cpu")


@contextlib.contextmanager
def plainly(*, mixed):
    yield


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


def noise(height, width, kind=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(kind).max + 1, (height, width, 3)).astype(kind)


def painted(pixels, name="resnet", memory=0, *, fast=False):
    method, route = generator(name)
    height, width = (side * route.scale for side in pixels.shape[:2])
    made = np.zeros((height, width, 3), pixels.dtype)

    def into(top, rows):
        made[top : top + len(rows)] = rows

    shares = list(Ways(method, route, CPU, plainly).strips(pixels, into, memory, fast=fast))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    return made


def whole(pixels, name="resnet"):
    with torch.inference_mode():
        return colours(Painting(*generator(name)).paint(numbers(pixels, CPU)), pixels.dtype)


@pytest.mark.parametrize("multiple", [1, 4, 32])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 3), (16, 16), (33, 70), (64, 64)])
def test_a_picture_is_continued_as_for_the_whole_network(size, multiple):
    pixels = noise(*size)
    wanted = fitted(numbers(pixels, CPU), Route("b", "a", multiple=multiple))
    picture = Mirrored(pixels, multiple)
    assert picture.size == tuple(wanted.shape[2:])
    for low, high in [(0, 1), (0, picture.size[0]), (5, 9), (picture.size[0] - 3, picture.size[0])]:
        assert torch.equal(picture.rows(low, high), wanted[:, :, low:high])


@pytest.mark.parametrize("size", [(8, 12), (7, 3), (16, 20), (33, 70)])
def test_at_once_is_the_network_at_every_size(size):
    pixels = noise(*size)
    made = finished(Ways(*generator("resnet"), CPU, plainly).at_once(pixels))
    assert made.shape == pixels.shape
    assert np.abs(made.astype(int) - whole(pixels)).max() <= 1


def test_at_once_no_map_stays_that_nobody_needs_any_more():
    work = Ways(*generator("resnet"), CPU, plainly)
    with Counting() as counting:
        finished(work.through(torch.zeros(1, 3, 128, 128)))
    assert counting.peak < 4 * (128 * 128 * 4 * 4)  # Maps of four channels; all of them together are ten such.


def test_torch_chooses_where_to_be_rough_only_at_once():
    """In parts it would be rough where the whole is not: there stages decide themselves."""
    told = []

    @contextlib.contextmanager
    def noting(*, mixed):
        told.append(mixed)
        yield

    work, pixels = Ways(*generator("resnet"), CPU, noting, bf16=True), noise(32, 32)
    finished(work.strips(pixels, lambda *_: None, 0, fast=False))
    assert set(told) == {False}
    finished(work.at_once(pixels))
    assert set(told) == {False, True}


@pytest.mark.parametrize(("memory", "tiled"), [(None, True), (ways.ENOUGH, True), (ways.ENOUGH - 1, False)])
def test_weights_lie_in_memory_a_second_time_only_where_there_is_enough(memory, tiled, monkeypatch):
    asked = []
    monkeypatch.setattr(ways, "quickened", lambda graph, *, tiled: asked.append(tiled) or graph)
    Ways(*generator("resnet"), CPU, plainly, memory=memory)
    assert asked == [tiled]


def test_sixteen_bits_go_in_as_numbers_and_come_out_as_sixteen_bits():
    pixels = noise(90, 110, np.uint16)
    made, wanted = painted(pixels), whole(pixels)
    assert made.dtype == np.uint16
    assert np.abs(made.astype(int) - wanted).max() <= 4  # 1e-4 of 2, in levels of 65535.
    assert len(np.unique(made)) > 5000


@pytest.mark.parametrize("name", ["resnet", "antialiased", "unet, batch", "srgan ×2"])
def test_in_parts_is_within_one_of_255(name):
    pixels = noise(97, 83)
    assert np.abs(painted(pixels, name).astype(int) - whole(pixels, name)).max() <= 1


def test_fast_takes_the_statistics_of_a_small_copy(monkeypatch):
    monkeypatch.setattr(ways, "COPY", 60 * 50)
    pixels, (method, _) = noise(240, 200), generator("resnet")
    graph = describe(method.network, torch.zeros(1, 3, 16, 16))
    means = Means.within(1 << 30, CPU, contextlib.nullcontext)
    known = finished(Streaming(graph, Mirrored(reduced(pixels, 4), 4), means).statistics())
    rows = []
    finished(Streaming(graph, Mirrored(pixels, 4), means, known).paint(lambda _, band: rows.append(band), 240, 200))
    fast = painted(pixels, fast=True)
    assert np.array_equal(fast, colours(torch.cat(rows).permute(2, 0, 1)[None], pixels.dtype))
    assert not np.array_equal(fast, painted(pixels))
    assert Ways(*generator("resnet"), CPU, plainly).differ((240, 200))
    assert not Ways(*generator("resnet"), CPU, plainly).differ((60, 50))
    assert not Ways(*generator("unet, batch"), CPU, plainly).differ((240, 200))
    pixels = noise(60, 50)
    assert np.array_equal(painted(pixels, fast=True), painted(pixels))  # The copy would be the picture.


def test_a_reduced_picture_holds_means_of_squares():
    pixels = np.arange(5 * 7 * 3, dtype=np.uint16).reshape(5, 7, 3)
    small = reduced(pixels, 2)
    assert (small.shape, small.dtype) == ((2, 3, 3), np.uint16)
    assert small[0, 0].tolist() == [round((0 + 3 + 21 + 24) / 4), 13, 14]
    assert reduced(np.array([[[0, 1, 2]], [[3, 2, 0]]], np.uint8).repeat(2, 1), 2).tolist() == [[[2, 2, 1]]]  # To even.
    assert np.array_equal(reduced(pixels, 1), pixels)


def test_too_little_disk_is_told_before_it_starts(monkeypatch):
    monkeypatch.setattr(spill, "free_bytes", lambda _: 1000)
    with pytest.raises(ValueError, match=r"too little room in .*cache.maps: a picture of 110×90 pixels needs .* GB"):
        painted(noise(90, 110))
    assert painted(noise(90, 110), memory=1 << 30).shape == (90, 110, 3)


def test_what_no_stage_describes_goes_whole(toy):
    assert Ways(toy(Route("a", "a"))._method, Route("a", "a"), CPU, plainly).possible is False
    assert Ways(*generator("resnet"), CPU, plainly).possible is True


def test_memory_is_what_was_asked_for_or_a_share_of_what_is_free(monkeypatch):
    assert allowed(123, CPU) == allowed_in_parts(123, CPU) == 123
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 100 << 30}))
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (10 << 30, 12 << 30))
    card = torch.device("cuda")
    assert (allowed(None, CPU), allowed(None, card)) == (ways.ENOUGH, 5 << 30)
    assert (allowed_in_parts(None, CPU), allowed_in_parts(None, card)) == (ways.IN_PARTS, 50 << 30)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 200 << 20}))
    assert allowed(None, CPU) == allowed_in_parts(None, CPU) == 100 << 20


def test_a_huge_picture_is_never_held_whole():
    """Three hundred million pixels come from a map of nothing, and only a few rows of them are made."""
    pixels = np.broadcast_to(np.uint8(7), (20000, 15000, 3))
    method, route = generator("simgan", 4)
    seen = []

    def into(_, rows):
        seen.append(rows.shape)

    work = Ways(method, route, CPU, plainly).strips(pixels, into, 8 << 20, fast=False)
    before = psutil.Process().memory_info().rss
    while not seen:
        share = next(work)
    work.close()
    assert seen[0][1:] == (15000, 3)
    assert 0 < share < 0.02
    assert psutil.Process().memory_info().rss - before < 300 << 20


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="this system keeps what was read")
def test_a_picture_mapped_from_a_file_takes_no_memory_for_what_was_read(tmp_path):
    file = np.lib.format.open_memmap(tmp_path / "large.npy", "w+", np.uint8, (4000, 10000, 3))
    file[:] = 7
    del file
    pixels = np.load(tmp_path / "large.npy", "r")
    picture, before = Mirrored(pixels, 4), psutil.Process().memory_info().rss
    for low in range(0, 4000, 50):
        assert picture.rows(low, low + 50)[0, 0, 0, 0] == np.float32(7) / 127.5 - 1
    assert reduced(pixels, 10).mean() == 7
    assert psutil.Process().memory_info().rss - before < 60 << 20  # Of 120 million bytes.


def test_a_translator_clears_away_what_a_killed_one_left(tmp_path):
    left = spill.place() / f"{spill.PREFIX}999999999-1-abc"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"x")
    with pytest.raises((ValueError, OSError)):
        Translator.open(tmp_path / "nothing", device="cpu")
    assert not left.exists()


def test_a_translator_goes_in_parts_on_a_device_of_its_own_kind():
    method, route = generator("resnet")
    card = ModelCard("m", "m", "m", (route,), 8, 1, 1, 0.0, 0, {})
    found = Inventory((DomainFound("a", 5, 1), DomainFound("b", 5, 1)), {})
    translator = Translator(card, method, found, CPU, bf16=True, memory=1)
    pixels, rows = noise(64, 64), []
    shares = list(translator.strips(pixels, route, lambda _, band: rows.append(band)))
    assert len(shares) > 10
    away = np.abs(np.concatenate(rows).astype(int) - whole(pixels))
    assert 0 < away.mean() < 3

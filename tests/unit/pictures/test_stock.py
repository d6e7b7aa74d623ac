"""Decoded pictures are the same wherever they lie, and lie where there is room."""

import gc
import shutil
import threading
import time

import numpy as np
import PIL
import psutil
import pytest
import torch
from PIL import Image

from ganstudio.pictures import stock as stocks
from ganstudio.pictures.batches import Batches
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.stock import Filed, Scale, decode, room, stock_up
from ganstudio.pictures.store import Store
from ganstudio.words.events import Held, Progress, Skipped, Warned

SCALE = Scale(8)


def paint(folder, count, side=20, kind="png"):
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 255, (side, side + number % 5, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.{kind}")
        made.append(Example(folder / f"{number}.{kind}"))
    return made


def stocked(examples, scale=SCALE, **more):
    """(stock, events)."""
    work, events = stock_up(examples, scale, **more), []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return stop.value, events


def test_one_file_is_another_picture_alone_than_as_a_pair(tmp_path):
    store, (example, *_) = Store(tmp_path / "cache"), paint(tmp_path / "a", 1)
    pair = Example(example.path, partner=example.path)
    for asked in (example, pair) * 2:
        found, _ = stocked([asked], store=store)
        assert np.array_equal(found.pictures[0], decode(asked, SCALE))


def test_another_pillow_decodes_anew(tmp_path, monkeypatch):
    store, examples = Store(tmp_path / "cache"), paint(tmp_path / "a", 1)
    for version in ("1", "2", "2"):
        monkeypatch.setattr(PIL, "__version__", version)
        stocked(examples, store=store)
    assert len(list((tmp_path / "cache").rglob("*.pixels"))) == 2


@pytest.mark.parametrize(
    ("picture", "fit", "expected"),
    [
        ((4000, 3000), "cover", (381, 286)),  # the short side at 286 for 256, the shape kept
        ((270, 300), "cover", (270, 300)),  # between 256 and 286: never enlarged
        ((64, 128), "cover", (256, 512)),  # too small: enlarged just enough
        ((4000, 3000), "native", (4000, 3000)),
        ((100, 200), "native", (256, 512)),
        ((4000, 3000), "squash", (286, 286)),  # the published way
        ((256, 256), "cover", (256, 256)),
    ],
)
def test_training_size(picture, fit, expected):
    assert Scale(256, fit, 286 / 256).of(*picture) == expected


def test_decoding_keeps_the_shape_and_the_colours(tmp_path):
    Image.new("RGB", (80, 40), (10, 200, 30)).save(tmp_path / "a.png")
    picture = decode(Example(tmp_path / "a.png"), Scale(16))
    assert picture.shape == (3, 18, 36)
    assert picture[:, 0, 0].tolist() == [10, 200, 30]


def test_a_picture_without_a_square_in_it_is_named(tmp_path):
    Image.new("RGB", (6000, 4)).save(tmp_path / "line.png")
    with pytest.raises(Unreadable, match=r"too long and narrow to train on \(6000×4 pixels\)"):
        decode(Example(tmp_path / "line.png"), Scale(16))


def test_a_stock_names_what_it_leaves_out(tmp_path):
    examples = paint(tmp_path, 20)
    examples[3].path.write_bytes(b"no picture")
    stock, events = stocked(examples)
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(examples[3].path)]
    assert [event.done for event in events if isinstance(event, Progress)] == list(range(1, 21))
    assert stock.examples == tuple(example for example in examples if example is not examples[3])
    for example, picture in zip(stock.examples, stock.pictures, strict=True):
        assert np.array_equal(picture, decode(example, SCALE))


def hundred(stock, seed=3):
    batches = Batches((stock,), batch=3, size=8, flip=True, seed=seed, device=torch.device("cpu"))
    return [next(batches).images[0] for _ in range(100)]


def test_a_hundred_batches_are_the_same_from_memory_from_the_disk_from_both_and_decoded_anew(tmp_path):
    examples = paint(tmp_path / "pictures", 12)
    expected = hundred(stocked(examples, memory=10**6)[0])
    ways = {
        "spilled": stocked(examples, memory=0, store=Store(tmp_path / "cache"))[0],
        "found in the cache": stocked(examples, memory=0, store=Store(tmp_path / "cache"))[0],
        "half spilled": stocked(examples, memory=1500, store=Store(tmp_path / "cache"))[0],
        "from the cache into memory": stocked(examples, memory=10**6, store=Store(tmp_path / "cache"))[0],
        "no room anywhere": stocked(examples, memory=0, store=Store(tmp_path / "full", limit=0))[0],
        "no cache": stocked(examples, memory=0)[0],
    }
    assert [ways[way].waits for way in ways] == [True, True, True, False, True, True]
    assert 0 < ways["half spilled"].memory <= 1500
    for way, stock in ways.items():
        assert all(torch.equal(one, other) for one, other in zip(hundred(stock), expected, strict=True)), way


def test_a_run_may_go_on_with_its_pictures_elsewhere(tmp_path):
    examples, cpu = paint(tmp_path / "pictures", 12), torch.device("cpu")
    expected = hundred(stocked(examples, memory=10**6)[0])
    drawn, state = [], None
    for memory in (10**6, 0, 1500, 0):
        stock, _ = stocked(examples, memory=memory, store=Store(tmp_path / "cache"))
        batches = Batches((stock,), batch=3, size=8, flip=True, seed=3, device=cpu)
        if state is not None:
            assert batches.restore(state) == ""
        drawn += [next(batches).images[0] for _ in range(25)]
        state = batches.state()
    assert all(torch.equal(one, other) for one, other in zip(drawn, expected, strict=True))


def test_what_is_in_the_cache_is_not_decoded_again(tmp_path, monkeypatch):
    examples = paint(tmp_path / "pictures", 5)
    stocked(examples, store=Store(tmp_path / "cache"))
    decoded = []
    monkeypatch.setattr(stocks, "decode", lambda example, scale: decoded.append(example) or decode(example, scale))
    again, _ = stocked(examples, memory=0, store=Store(tmp_path / "cache"))
    hundred(again)
    assert decoded == []
    # Another scale is another picture, and so is a changed file.
    Image.new("RGB", (30, 30)).save(examples[2].path)
    changed, _ = stocked(examples, store=Store(tmp_path / "cache"))
    assert decoded == [examples[2]]
    assert not changed.pixels(2).any()
    stocked(examples[:1], Scale(9), store=Store(tmp_path / "cache"))
    assert decoded == [examples[2], examples[0]]


def test_a_cache_that_is_emptied_meanwhile_costs_time_only(tmp_path):
    examples = paint(tmp_path / "pictures", 6)
    stock, _ = stocked(examples, memory=0, store=Store(tmp_path / "cache"))
    expected = hundred(stock)
    shutil.rmtree(tmp_path / "cache")
    assert all(torch.equal(one, other) for one, other in zip(hundred(stock), expected, strict=True))


def test_pairs_are_found_by_both_of_their_files(tmp_path):
    one, other = paint(tmp_path / "a", 1)[0], paint(tmp_path / "b", 1)[0]
    pair = [Example(one.path, partner=other.path)]
    before, _ = stocked(pair, store=Store(tmp_path / "cache"))
    assert before.pixels(0).shape[0] == 6
    Image.new("RGB", (20, 20)).save(other.path)
    after, _ = stocked(pair, store=Store(tmp_path / "cache"))
    assert np.array_equal(after.pixels(0)[:3], before.pixels(0)[:3])
    assert not after.pixels(0)[3:].any()


def test_pictures_that_fit_nowhere_are_said(tmp_path):
    examples = paint(tmp_path, 4)
    stock, events = stocked(examples, memory=600, store=Store(tmp_path / "cache", limit=0))
    (warning,) = [event for event in events if isinstance(event, Warned)]
    count = sum(isinstance(picture, Filed) for picture in stock.pictures)
    assert 0 < count < 4
    assert warning.message.startswith(f"{count} of 4 pictures fit neither into the memory nor into the cache")


def test_another_picture_of_the_same_name_is_not_taken_for_the_first(tmp_path):
    examples = paint(tmp_path, 1)
    stock, _ = stocked(examples, memory=0)
    Image.new("RGB", (90, 30)).save(examples[0].path)
    with pytest.raises(Unreadable, match="another picture than when the training began"):
        stock.pixels(0)
    examples[0].path.write_bytes(b"rubbish")
    with pytest.raises(Unreadable, match="not a picture"):
        stock.pixels(0)


def test_while_the_folder_is_away_the_work_holds_and_then_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr("ganstudio.pictures.away.PAUSE", 0.01)
    folder = tmp_path / "drive"
    examples = paint(folder, 5)
    folder.rename(tmp_path / "elsewhere")
    work = stock_up(examples, SCALE, sources=[folder])
    assert isinstance(next(work), Held)
    (tmp_path / "elsewhere").rename(folder)
    events = list(work)
    assert not any(isinstance(event, Skipped) for event in events)
    assert events[-1] == Progress(5, 5, "reading pictures")


def test_memory_is_what_the_artist_allows_or_a_share_of_what_is_free(monkeypatch):
    monkeypatch.setenv("GANSTUDIO_PICTURE_MEMORY", "12345")
    assert room() == 12345
    monkeypatch.delenv("GANSTUDIO_PICTURE_MEMORY")
    assert 0 < room() < psutil.virtual_memory().available / 2


def test_reading_and_drawing_stay_within_the_memory_allowed(tmp_path):
    """400 pictures are 80 MB at this scale; of them 10 MB may lie in memory."""
    big, small = Scale(256), 10 * 2**20
    examples = paint(tmp_path / "pictures", 6, side=256, kind="bmp")
    many = [Example(tmp_path / "pictures" / f"copy{number}.bmp") for number in range(400)]
    for number, example in enumerate(many):
        example.path.hardlink_to(examples[number % 6].path)
    stocked(examples, big, memory=0, store=Store(tmp_path / "warm"))
    gc.collect()
    before, most, over = psutil.Process().memory_info().rss, [0], threading.Event()

    def watch():
        while not over.is_set():
            most[0] = max(most[0], psutil.Process().memory_info().rss)
            time.sleep(0.005)

    watching = threading.Thread(target=watch)
    watching.start()
    stock, _ = stocked(many, big, memory=small, store=Store(tmp_path / "cache"))
    batches = Batches((stock,), batch=4, size=256, flip=True, seed=0, device=torch.device("cpu"))
    for _ in range(100):
        next(batches)
    over.set()
    watching.join()
    assert small / 2 < stock.memory <= small
    assert most[0] - before < small + 40 * 2**20  # What decoding and the allocator take, and no more.
